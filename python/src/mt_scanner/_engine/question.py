"""What is to be found out about the audio of a file (`wit/analysis.wit`, `request`)."""

from typing import NamedTuple


class Question(NamedTuple):
    """What is to be found out. Whatever is not asked for is not read."""

    depth: str | None = None
    """How closely to look for damage: `header`, `stream` or `audio`; `None`: not at all."""
    hashes: bool = False
    """Whether to hash the coded audio, and the whole file."""
    loudness: bool = False
    """Whether to measure loudness."""
    fingerprint: bool = False
    """Whether to take an acoustic fingerprint."""

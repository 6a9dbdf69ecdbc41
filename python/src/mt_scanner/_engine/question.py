"""What is to be found out about the audio of a file (`wit/analysis.wit`, `request`)."""

from typing import NamedTuple

from mt_scanner._types.report import Depth, check_depth


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


def asked(depth: Depth | None, hashes: bool, loudness: bool, fingerprint: bool) -> Question:
    """The question. Raises `ValueError` for another depth, or if nothing is asked for."""
    question = Question(None if depth is None else check_depth(depth), hashes, loudness, fingerprint)
    if not any(question):
        raise ValueError("ask for a depth, hashes, loudness or a fingerprint")
    return question

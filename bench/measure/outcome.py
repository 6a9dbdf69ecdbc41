"""What came of a row."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Outcome:
    """The samples of a row, or why there are none."""

    files: int = 0
    """Audio files that one sample goes through."""
    audio: float = 0.0
    """How long the audio of these files is in s, as far as the data set says so."""
    size: int = 0
    """Bytes of these files, where the data set says how long they are."""
    seconds: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    """Peak resident memory of the whole process in bytes."""
    processor: list[float] = field(default_factory=list)
    """Processor time of the whole process, start and end included, in s."""
    found: int | None = None
    """Audio files that it says it has found."""
    calls: list[dict[str, int]] = field(default_factory=list)
    """Calls that came to the storage of a sample, by kind, and the most in flight."""
    library: dict[str, str] = field(default_factory=dict)
    """Digests of the columns of the library that it has made."""
    missing: str | None = None
    """Why it was not measured."""

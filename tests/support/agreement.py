"""Whether what a track says agrees with mutagen, tinytag and ffprobe, where these are of one mind.

A reader that fails on a file, or says nothing of a field, has no voice there. A value is judged
where two of them or more have a voice and say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.doors import Row
from support.readers import Reading, by_ffprobe, by_mutagen, by_tinytag

READERS: dict[str, Callable[[Path], Reading]] = {"mutagen": by_mutagen, "tinytag": by_tinytag, "ffprobe": by_ffprobe}
VOICES = 2
"""So many readers make a common mind."""
LENGTH = 0.01, 30.0
"""How far durations may lie apart: this part, or so many ms where that is more. Readers count an
encoder's delay, and the last frame, each in its own way.
"""
BITRATE = 0.07
"""How far bit rates may lie apart: readers count the first frame and the headers of pages, or do not."""


@dataclass(frozen=True)
class Judgement:
    """One value of one file."""

    path: Path
    field: str
    own: Any
    """What the track says."""
    others: Any
    """What the readers say with one voice."""

    @property
    def agrees(self) -> bool:
        return same(self.field, self.own, self.others)

    def __str__(self) -> str:
        return f"{self.path.name}: {self.field}: the readers say {self.others!r}, the track says {self.own!r}"


def same(field: str, one: Any, other: Any) -> bool:
    """Whether two values of a field say the same."""
    if one is None or other is None:
        return one is other
    if field == "duration_ms":
        part, least = LENGTH
        return abs(one - other) <= max(least, part * max(one, other))
    if field == "bitrate":
        return abs(one - other) <= max(1, BITRATE * max(one, other))
    if isinstance(one, float) or isinstance(other, float):
        return abs(one - other) < 1e-6
    return bool(one == other)


def readings(path: Path) -> dict[str, Reading]:
    """What each reader says; nothing where it fails, whatever way it fails."""
    said = {}
    for name, read in READERS.items():
        try:
            said[name] = read(path)
        except Exception:  # Readers raise what they like on damaged files.
            said[name] = {}
    return said


def judge(path: Path, track: Row, said: dict[str, Reading]) -> Iterator[Judgement]:
    """Every value of which the readers are of one mind."""
    for field in sorted({field for reading in said.values() for field in reading}):
        voices = [reading[field] for reading in said.values() if reading.get(field) is not None]
        if len(voices) >= VOICES and all(same(field, voices[0], voice) for voice in voices):
            yield Judgement(path, field, track[field], voices[0])


def judge_all(tracks: dict[Path, Row]) -> list[Judgement]:
    """The judgements of many files, in the order of the files."""
    with ThreadPoolExecutor() as pool:
        everything = list(pool.map(readings, tracks))
    pairs = zip(tracks.items(), everything, strict=True)
    return [judgement for (path, track), said in pairs for judgement in judge(path, track, said)]

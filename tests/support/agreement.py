"""Whether what a track says agrees with mutagen, tinytag and ffprobe, where these are of one mind.

A reader that fails on a file, or says nothing of a field, has no voice there. A value is judged
where those that have one say the same.
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
LENGTH = 0.01, 30.0
"""How far durations may lie apart: this part, or so many ms where that is more."""
FRAMES = 3
"""... and so many frames of an MP3: readers leave out the encoder's delay and padding, or do not."""
BITRATE = 0.07
"""How far bit rates may lie apart: some count the first frame and the headers of pages."""
LOSSY = ("aac", "mp1", "mp2", "mp3", "opus", "speex", "vorbis", "wmav1", "wmav2", "wmapro", "wmavoice")
"""Codecs without a bit depth. Some readers repeat the constant 16 that containers have for them."""


@dataclass(frozen=True)
class Judgement:
    """One value of one file."""

    path: Path
    field: str
    own: Any
    """What the track says."""
    others: Any
    """What the readers say with one voice."""
    voices: tuple[str, ...]
    """Which readers these are."""
    agrees: bool

    def __str__(self) -> str:
        readers = " and ".join(self.voices)
        return f"{self.path}: {self.field}: {readers} say {self.others!r}, the track says {self.own!r}"


def same(field: str, one: Any, other: Any, track: Row) -> bool:
    """Whether two values of a field of a track say the same."""
    if one is None or other is None:
        return one is other
    if field == "duration_ms":
        part, least = LENGTH
        if track["codec"] == "mp3":
            least = max(least, FRAMES * 1000 * (1152 if track["sample_rate"] >= 32_000 else 576) / track["sample_rate"])
        return bool(abs(one - other) <= max(least, part * max(one, other)))
    if field == "bitrate":
        return bool(abs(one - other) <= max(1, BITRATE * max(one, other)))
    if isinstance(one, float) or isinstance(other, float):
        return bool(abs(one - other) < 1e-6)
    return bool(one == other)


def says_something(field: str, value: Any, track: Row) -> bool:
    """Blank texts, numbers and dates of zeros and rates below 1 say nothing; neither does the bit
    depth of what has none.
    """
    if field == "bit_depth" and track["codec"] in LOSSY:
        return False
    if isinstance(value, list):
        return any(text.strip() for text in value)
    if isinstance(value, str):
        return value.strip("0- \0" if field == "date" else None) != ""
    if field == "duration_ms" or isinstance(value, bool):
        return value is not None
    return value is not None and (value >= 0.5 or field.startswith("replaygain"))


def readings(path: Path) -> dict[str, Reading]:
    """What each reader says; nothing where it fails, in whatever way."""
    said = {}
    for name, read in READERS.items():
        try:
            said[name] = read(path)
        except Exception:  # Readers raise what they like over damaged files.
            said[name] = {}
    return said


def judge(path: Path, track: Row, said: dict[str, Reading]) -> Iterator[Judgement]:
    """Every value of which all readers that know it are of one mind."""
    for field in sorted({field for reading in said.values() for field in reading}):
        voices = {
            name: reading[field]
            for name, reading in said.items()
            if field in reading and says_something(field, reading[field], track)
        }
        values = list(voices.values())
        if values and all(same(field, values[0], value, track) for value in values):
            agrees = same(field, track[field], values[0], track)
            yield Judgement(path, field, track[field], values[0], tuple(voices), agrees)


def judge_all(tracks: dict[Path, Row]) -> list[Judgement]:
    """The judgements of many files, in the order of the files."""
    with ThreadPoolExecutor() as pool:
        everything = list(pool.map(readings, tracks))
    pairs = zip(tracks.items(), everything, strict=True)
    return [judgement for (path, track), said in pairs for judgement in judge(path, track, said)]

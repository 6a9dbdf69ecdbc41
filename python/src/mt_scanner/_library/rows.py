"""Rows of a library as values of the API."""

from collections.abc import Sequence
from typing import Any

from mt_scanner._library.report import Change
from mt_scanner._types.cells import plain
from mt_scanner._types.track import LibraryTrack


def track(row: Sequence[Any]) -> LibraryTrack:
    """A track from a row of the library, its id first. Raises `ValueError` if a list is none."""
    number, *cells = row
    return of_library(number, LibraryTrack._make(plain(cells)))


def change(line: dict[str, Any]) -> Change:
    """A change from a line of the library."""
    names = ("change", "former_root", "former_path", "scan", "id")
    kind, former_root, former_path, scan, number = (line.pop(name) for name in names)
    return Change(kind, of_library(number, LibraryTrack(**line)), former_root, former_path, scan)


def of_library(number: int, track: LibraryTrack) -> LibraryTrack:
    """A track with its id."""
    track.id = number
    return track

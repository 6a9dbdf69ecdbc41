"""Rows of a library as values of the API."""

import json
from collections.abc import Sequence
from typing import Any

from mt_scanner._library.report import Change
from mt_scanner._types.track import Track

LISTS = [place for place, default in enumerate(Track("", "", 0, 0, 0)) if default == []]
"""Columns of `Track` that hold a JSON array."""
FLAGS = [place for place, default in enumerate(Track("", "", 0, 0, 0)) if default is False]
"""Columns of `Track` that hold 0 or 1."""


def track(row: Sequence[Any]) -> Track:
    """A track from a row of the library. Raises `ValueError` if a list is none."""
    cells = list(row)
    for place in LISTS:
        try:
            cells[place] = json.loads(cells[place])
        except TypeError as error:
            raise ValueError(f"{Track._fields[place]} is no text: {error}") from error
    for place in FLAGS:
        cells[place] = bool(cells[place])
    return Track._make(cells)


def change(line: dict[str, Any]) -> Change:
    """A change from a line of the library."""
    kind, former_root, former_path = (line.pop(name) for name in ("change", "former_root", "former_path"))
    return Change(kind, Track(**line), former_root, former_path)

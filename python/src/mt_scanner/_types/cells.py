"""Cells of rows that are ready to be bound to a statement, as values of a track."""

import json
from typing import Any

from mt_scanner._types.track import Track

LISTS = [place for place, default in enumerate(Track("", "", 0, 0, 0)) if default == []]
"""Columns of `Track` that hold a JSON array."""
FLAGS = [place for place, default in enumerate(Track("", "", 0, 0, 0)) if default is False]
"""Columns of `Track` that hold 0 or 1."""


def plain(cells: list[Any]) -> list[Any]:
    """The values of a track, in the order of its columns. Raises `ValueError` if a list is none."""
    for place in LISTS:
        try:
            cells[place] = json.loads(cells[place])
        except TypeError as error:
            raise ValueError(f"{Track._fields[place]} is no text: {error}") from error
    for place in FLAGS:
        cells[place] = bool(cells[place])
    return cells

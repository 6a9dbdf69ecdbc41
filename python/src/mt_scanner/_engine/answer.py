"""What a step of a scan has found."""

from typing import Any, NamedTuple


class Answer(NamedTuple):
    """What one step found, besides counts."""

    root: str
    paths: list[str]
    """Absolute, as this system writes paths."""
    tracks: list[list[Any]]
    """The fields of `Track`, in its order."""
    problems: list[list[str]]
    """The fields of `Problem`, in its order."""
    changes: "dict[str, list[list[Any]]]"
    """Of a sync: rows for the library's statements, by their names."""

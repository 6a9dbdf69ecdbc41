"""The tables and statements of a library, as the component gives them (`wit/library.wit`)."""

from typing import NamedTuple


class Schema(NamedTuple):
    """The tables and statements of a library."""

    version: int
    """The version that the migrations lead to."""
    migrations: list[tuple[int, str]]
    """The version that each leads to, and its SQL; in ascending order."""
    statements: dict[str, list[str]]
    """SQL by name, in the order in which the rows of a sync are written."""

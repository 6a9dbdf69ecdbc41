"""Notices: what a user should know of roots, besides problems and reports."""

from typing import NamedTuple


class Notice(NamedTuple):
    """A fact that a user should know."""

    kind: str
    """`polling`: the root tells of no events, or not of all, and is looked at from time to time.
    `events-lost`: a full sync of the root follows. `root-gone`: it cannot be read, or holds no
    music any more; the library is left as it is. `root-back`: it was synced again. `busy`: another
    sync of the library does not end, and what has changed is synced later. `root-inside`: the root
    lies inside another one, and owns its files. `same-root`: it was named more than once, or by
    another name than the library's.
    """
    root: str
    """The root that it is about; empty if it is about the library."""
    detail: str
    """The reason, in words."""

    def __str__(self) -> str:
        return f"{self.root}: {self.detail}" if self.root else self.detail

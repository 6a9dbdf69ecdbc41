"""Notices of a watch, besides the reports of its syncs."""

from typing import NamedTuple


class Notice(NamedTuple):
    """A fact that a user of `Library.watch` should know."""

    kind: str
    """`polling`: the root tells of no events, or not of all, and is looked at from time to time.
    `events-lost`: a full sync of the root follows. `root-gone`: it cannot be read, or holds no
    music any more; the library is left as it is. `root-back`: it was synced again. `busy`: another
    sync of the library does not end, and what has changed is synced later.
    """
    root: str
    """The root that it is about; empty if it is about the library."""
    detail: str
    """The reason, in words."""

    def __str__(self) -> str:
        return f"{self.root}: {self.detail}" if self.root else self.detail

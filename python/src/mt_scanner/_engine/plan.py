"""The plan of a scan: roots, mode, budget and limits."""

import os
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from mt_scanner._types import contract
from mt_scanner._types.contract import Walking

Work = dict[str, Any]
"""A folder, or some files of a folder, as the component hands it back."""

WALKING = Walking(contract.FOLLOW_LINKS, contract.HIDDEN_FOLDERS, contract.IGNORED_FOLDERS, [])
"""The way that scans go unless somebody says otherwise."""


def cores() -> int:
    """How many cores the system gives this process."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


Known = Callable[[str, Sequence[tuple[str, str | None]]], list[str]]
"""The library's knowledge of folders of a root, each as JSON text; of their files only those behind
a name.
"""


class Limits(NamedTuple):
    """The most that one file may cost."""

    seconds: float = contract.FILE_TIMEOUT
    """Time for one file in s."""
    memory: int = contract.MEMORY
    """Linear memory in bytes."""
    listing: float = contract.LISTING_TIMEOUT
    """Time for listing one folder in s: a hundred thousand names take theirs on a slow disk or
    network.
    """


class Sync(NamedTuple):
    """The side of the library in a sync (`step-json`, mode `sync`)."""

    deep: bool
    """Whether folders that the library knows are entered from the folder above."""
    begin: Callable[[str], list[str]]
    """The work that it begins with, for a root: each item as JSON text."""
    known: Known
    """Called by the workers of the portable backend, and by one thread of the native one."""


class Plan(NamedTuple):
    """A scan that is to be done."""

    roots: Sequence[str]
    """Absolute paths."""
    mode: str
    """`count`, `paths`, `tracks` or `sync`."""
    walking: Walking = WALKING
    limits: Limits = Limits()
    workers: int = 8
    """The most instances, each on a thread of its own."""
    items: int | None = None
    """The most files and folders in one step; by default what suits the backend."""
    limit: int | None = None
    """Enough files: the scan ends as soon as that many were found."""
    sync: Sync | None = None

    def begin(self, root: str) -> list[Work]:
        """The work that a scan of a root begins with."""
        if self.sync is None:
            return [{"folder": "", "files": None, "ignored_by": []}]
        import json

        return [json.loads(work) for work in self.sync.begin(root)]

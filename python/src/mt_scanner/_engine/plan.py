"""The plan of a scan: roots, mode, budget and limits."""

import os
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from mt_scanner._engine.arranged import Root
from mt_scanner._types import contract
from mt_scanner._types.contract import Reading, Walking
from mt_scanner._types.options import check_numbers
from mt_scanner._types.progress import Expected

Work = dict[str, Any]
"""A folder, or some files of a folder, as the component hands it back."""


def is_listed(work: Work) -> bool:
    """Whether a step on it finds files and reads none: a folder, or files that somebody has named;
    but not an archive that is listed and read in one go.
    """
    return (work["files"] is None and not work.get("whole")) or bool(work.get("named"))


WALKING = Walking(contract.FOLLOW_LINKS, contract.HIDDEN_FOLDERS, contract.IGNORED_FOLDERS, [], contract.ARCHIVES, [])
"""The way that scans go unless somebody says otherwise."""
READING = Reading(contract.LEGACY_CHARSET, contract.CUE)
"""The values that files have unless somebody says otherwise."""


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


def check_effort(workers: int | None, limits: Limits) -> None:
    """Raises `TypeError` for numbers that are none, and `ValueError` for those that make no sense."""
    check_numbers(workers, limits.seconds, limits.memory)
    if workers is not None and workers < 1:
        raise ValueError(f"workers is at least 1, not {workers}")
    if limits.seconds <= 0 or limits.memory <= 0:
        raise ValueError("file_timeout and memory_limit are more than 0")


class Sync(NamedTuple):
    """The side of the library in a sync (`step-json`, mode `sync`)."""

    deep: bool
    """Whether folders that the library knows are entered from the folder above."""
    begin: Callable[[str], list[str]]
    """The work that it begins with, for a root: each item as JSON text."""
    expected: Expected | None
    """How much there probably is, where that is known."""
    known: Known
    """Called by the workers of the portable backend, and by one thread of the native one."""


class Plan(NamedTuple):
    """A scan that is to be done."""

    whole: Sequence[Root]
    """The roots, with all that is known of them."""
    mode: str
    """`count`, `paths`, `tracks` or `sync`."""
    walking: Walking = WALKING
    reading: Reading = READING
    limits: Limits = Limits()
    workers: int = 8
    """The most instances, each on a thread of its own."""
    items: int | None = None
    """The most files and folders in one step; by default what suits the backend."""
    limit: int | None = None
    """Enough files: the scan ends as soon as that many were found."""
    sync: Sync | None = None

    @property
    def reads(self) -> bool:
        """Whether files are read, and not only found."""
        return self.mode in ("tracks", "sync")

    @property
    def roots(self) -> list[str]:
        """The roots, as absolute paths."""
        return [root.name for root in self.whole]

    def begin(self, root: str) -> list[Work]:
        """The work that a scan of a root begins with."""
        if self.sync is None:
            files = next(one.files for one in self.whole if one.name == root)
            return [{"folder": "", "files": files, "ignored_by": [], "named": files is not None}]
        import json

        return [json.loads(work) for work in self.sync.begin(root)]

    def walking_of(self, root: str) -> Walking:
        """Where a scan of a root goes."""
        inside = next(one.inside for one in self.whole if one.name == root)
        return self.walking._replace(roots_inside=list(inside))


def native_paths(root: str, files: Sequence[str]) -> list[str]:
    """Files of a root as this system writes their paths."""
    return [os.path.join(root, file.replace("/", os.sep)) for file in files]

"""The status of files, seen from this side: under wasmtime's Python package every question of the
component costs a change of threads. One answer it could not get at all: in place of the time of the
last change of status, wasmtime's own `wasi:filesystem` gives the time of birth.
"""

import stat
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import takewhile
from typing import Any

from mt_scanner._engine import beneath
from mt_scanner._engine.archived import files_of
from mt_scanner._engine.plan import Work

Seen = tuple[int, int, int]
"""Size, and the times of last change of content and of status, in ns since 1970; 0 for times before
that.
"""

SLOW = 0.001
"""A look that takes this long, in s, waits for storage: from memory it takes some us."""
SEVERAL = {True: 10, False: 3}
"""Looks in a row that have to agree before storage counts as slow, or as quick again. On a busy
machine a look now and then waits for a processor, or for Python's own lock.
"""
BRIEF = 0.1
"""The time for the looks of one step on slow storage, in s. The files behind these are work for
another one.
"""


class NoFile:
    """What is seen of a pipe, a device or a folder: to open it could block."""


NO_FILE = NoFile()

Look = Seen | NoFile | None
"""What a look has shown; `None` if there was nothing to be seen, or nothing that may be seen."""


class Storage:
    """The storage of one root, and how quick it is. Its looks at files may be asked for by any
    thread.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self.slow = False
        """Whether looks wait for it: on a network, or on a disk that sleeps."""
        self.place: str | None = None
        """The name that the system has for the root, where it tells (`find`)."""
        self._against = 0  # looks in a row that say otherwise
        # Each `os.stat` lets go of the interpreter for a moment. When several workers look at a
        # time, they spend it on handing the interpreter to each other: an unchanged full sync of
        # 41,000 files took 1.6 s, and with this 1.2 s.
        self._one_at_a_time = threading.Lock()

    def find(self) -> None:
        """Asks the system for the root's own name, once."""
        if beneath.CAN and self.place is None:
            self.place = beneath.place_of(self.root) or ""

    def seen(self, work: Iterable[Work], most: int) -> tuple[list[Work], list[Work]]:
        """Looks at the files of each item of work, and adds the looks to it; but only at the first
        `most` of all of them, and on slow storage at those that there is time for. Gives what was
        seen, and what is left.
        """
        until = time.monotonic() + BRIEF
        seen: list[Work] = []
        left: list[Work] = []
        for item in work:
            files = item["files"]
            looks: list[Look] = [*item.get("seen", ())]
            # Those of a solid archive stay together.
            most_here = len(files) if item.get("whole") else most
            wanted = [name_of(file) for file in files[len(looks) : most_here]]
            if wanted and not (seen and self.slow and time.monotonic() >= until):
                with self._turn():
                    self._look_at(item["folder"], wanted, until, looks)
            if looks:
                seen.append({**item, "files": files[: len(looks)], "seen": looks})
            if len(looks) < len(files):
                left.append({**item, "files": files[len(looks) :], "seen": []})
            most = max(0, most - len(looks))
        return seen, left

    def _look_at(self, folder: str, names: list[str], until: float, looks: list[Look]) -> None:
        with beneath.opened(self.root, folder) as below:
            if below is None:
                # They are in an archive, or the component says why.
                looks.extend([archive(self.root, folder)] * len(names))
                return
            since = time.perf_counter()
            for name in names:
                looks.append(look(below, name))
                now = time.perf_counter()
                self._learn(now - since)
                since = now
                if self.slow and time.monotonic() >= until:
                    return

    @contextmanager
    def _turn(self) -> Iterator[None]:
        # Nobody waits for another's look at slow storage, nor for one that does not come back.
        if not self.slow and self._one_at_a_time.acquire(timeout=BRIEF):
            try:
                yield
            finally:
                self._one_at_a_time.release()
        else:
            self.slow = True
            yield

    def _learn(self, took: float) -> None:
        if (took >= SLOW) == self.slow:
            self._against = 0
            return
        self._against += 1
        if self._against >= SEVERAL[not self.slow]:
            self.slow, self._against = not self.slow, 0


def at(root: str, path: str) -> Look:
    """A look at the file at `path` below a root, with links followed inside it; of a member of an
    archive one at the archive.
    """
    folder, _, name = path.rpartition("/")
    if not beneath.CAN:
        return None
    with beneath.opened(root, folder) as below:
        if below is not None:
            return look(below, name)
    return archive(root, folder)


def archive(root: str, path: str) -> Look:
    """A look at the archive that is the folder at `path` below a root, or holds it; `None` if none
    does.
    """
    looks = (at(root, file) for file in files_of(path))
    return next((look for look in looks if look is not None), None)


def kept(work: Iterable[Any], seen: Iterable[Work]) -> None:
    """Adds looks to files that a step has left: nobody looks again."""
    unread = [item for item in work if item["files"] and not item.get("held")]
    if not unread:
        return
    looks = {
        (item["folder"], name_of(file)): look
        for item in seen
        for file, look in zip(item["files"], item["seen"], strict=True)
    }
    for item in unread:
        names = [(item["folder"], name_of(file)) for file in item["files"]]
        item["seen"] = [looks[name] for name in takewhile(looks.__contains__, names)]


def look(below: beneath.Folder, name: str) -> Look:
    try:
        status = below.status(name)
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(status.st_mode):
        return NO_FILE
    return status.st_size, max(0, status.st_mtime_ns), max(0, status.st_ctime_ns)


def name_of(file: str | list[Any]) -> str:
    """The name of a file of an item of work, which may bring what is known of it."""
    return file if isinstance(file, str) else file[0]

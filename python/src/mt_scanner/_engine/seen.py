"""The status of files, seen from this side: under wasmtime's Python package every question of the
component costs a change of threads. One answer it could not get at all: in place of the time of the
last change of status, wasmtime's own `wasi:filesystem` gives the time of birth.
"""

import os
import stat
import threading
import time
from collections.abc import Iterable

from mt_scanner._engine.plan import Work
from mt_scanner._engine.roots import native_path

Seen = tuple[int, int, int]
"""Size, and the times of last change of content and of status, in ns since 1970; 0 for times before
that.
"""

# Each `os.stat` lets go of the interpreter for a moment. When several workers look at a time, they
# spend it on handing the interpreter to each other: an unchanged full sync of 41,000 files took 1.6
# s, and with this 1.2 s.
_one_at_a_time = threading.Lock()

SLOW = 0.001
"""A look that takes this long, in s, waits for storage: from memory it takes some us."""
SEVERAL = 5
"""Looks in a row that have to agree before storage counts as slow, or as quick again."""
BRIEF = 0.02
"""The time for the looks of one step on slow storage, in s. The component asks for the files behind
these itself, if it comes to them.
"""


class Storage:
    """The storage of a scan, and how quick it is. Its looks at files may be asked for by any
    thread.
    """

    def __init__(self) -> None:
        self.slow = False
        """Whether looks wait for it: on a network, or on a disk that sleeps."""
        self._against = 0  # looks in a row that say otherwise

    def seen(self, root: str, work: Iterable[Work], most: int) -> list[list[Seen | None]]:
        """The status of the files of each item of work, but only of the first `most` of all of
        them, and on slow storage of those that there is time for; `None` for an entry that is no
        regular file.
        """
        until = time.monotonic() + BRIEF
        found: list[list[Seen | None]] = []
        for item in work:
            files = item["files"][:most]
            most -= len(files)
            folder = os.path.join(native_path(root, item["folder"]), "")
            paths = [folder + (file if isinstance(file, str) else file[0]) for file in files]
            looks: list[Seen | None] = []
            found.append(looks)
            if not self.slow:
                with _one_at_a_time:
                    while len(looks) < len(paths) and not self.slow:
                        looks.append(self._look(paths[len(looks)]))
            # Nobody waits for another's look at slow storage.
            while len(looks) < len(paths) and time.monotonic() < until:
                looks.append(self._look(paths[len(looks)]))
        return found

    def _look(self, path: str) -> Seen | None:
        since = time.perf_counter()
        status = at(path)
        if (time.perf_counter() - since >= SLOW) == self.slow:
            self._against = 0
        else:
            self._against += 1
            if self._against >= SEVERAL:
                self.slow, self._against = not self.slow, 0
        return status


def at(path: str) -> Seen | None:
    """The status of the file at `path`, links followed."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    # Windows has no time of the last change of status.
    ctime = 0 if os.name == "nt" else max(0, status.st_ctime_ns)
    return status.st_size, max(0, status.st_mtime_ns), ctime

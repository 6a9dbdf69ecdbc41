"""How one root is watched."""

import os
import stat
import sys
import time
from typing import Literal

SHORTEST_REST = 10.0
"""A root that loses events again and again rests between two full syncs: from this long, in s, ...
"""
LONGEST_REST = 600.0
"""... to this long."""
TURNS = 10
"""One look in this many at a polled root is a full sync."""


class Eye:
    """One root."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.real = root
        """The same, links followed. Events name it."""
        self.sight: Literal["none", "events", "polling"] = "none"
        self.emptied = False
        """The last sync found no music, and the library has some."""
        self.full: float | None = None
        """When a full sync is due."""
        self.is_sure = True
        """The next full sync is not one that only makes sure."""
        self._identity: tuple[int, int] | None = None
        self._next = 0.0
        self._turn = 0
        self._lost = -LONGEST_REST
        self._rest = 0.0

    def open(self) -> None:
        """Opens it for events."""
        self._identity = identity(self.root)
        self.real = followed(self.root)
        self.sight = "events"

    def poll(self) -> None:
        """Polls from now on."""
        self.sight, self._next, self._turn = "polling", time.monotonic(), 0

    def close(self) -> None:
        """Closes it: the root is not there."""
        self.sight, self.full, self._identity = "none", None, None

    def is_new(self) -> bool:
        """Whether the root can be read, and nobody looks at it or at another folder in its place."""
        now = identity(self.root)
        return now is not None and now != self._identity and readable(self.root)

    def is_gone(self) -> bool:
        """Whether the root was there and is not any more."""
        return self._identity is not None and identity(self.root) is None

    def lost_events(self) -> None:
        """A full sync is due, now or after a rest. Our own reading makes events, too, and must not
        go on for ever.
        """
        now = time.monotonic()
        again = now - self._lost < 2 * self._rest + SHORTEST_REST
        self._rest = min(max(2 * self._rest, SHORTEST_REST), LONGEST_REST) if again else 0.0
        self._lost = now
        if self.full is None:
            self.full = now + self._rest

    def make_sure(self) -> None:
        """A full sync follows the one that is over. It need not be told of if it finds nothing."""
        self.full = time.monotonic()
        self.is_sure = False

    def due(self) -> float:
        """When there is something to do without an event."""
        polled = self._next if self.sight == "polling" else float("inf")
        return min(polled, float("inf") if self.full is None else self.full)

    def wants(self) -> Literal["full", "quick"] | None:
        """The sync that is due."""
        now = time.monotonic()
        if self.sight == "none":
            return None
        if self.full is not None and self.full <= now:
            return "full"
        if self.sight == "polling" and self._next <= now:
            return "full" if self._turn % TURNS == 0 else "quick"
        return None

    def synced(self, took: float, interval: float) -> None:
        """A full or a quick sync is over."""
        self.full = None
        self.is_sure = True
        self._next = time.monotonic() + max(interval, 10 * took)
        self._turn += 1


def followed(root: str) -> str:
    """A root with links followed, as events name it."""
    if sys.platform == "darwin":
        import fcntl

        # Events have the names that are on the disk, and `realpath` leaves them in the case in
        # which they were written.
        try:
            folder = os.open(root, os.O_RDONLY)
            try:
                return os.fsdecode(fcntl.fcntl(folder, fcntl.F_GETPATH, bytes(1024)).partition(b"\0")[0])
            finally:
                os.close(folder)
        except OSError:
            pass
    return os.path.realpath(root)


def identity(root: str) -> tuple[int, int] | None:
    """A device and the number of a folder there: a mount over it shows. `None` if no folder is
    there.
    """
    try:
        status = os.stat(root)
    except (OSError, ValueError):
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISDIR(status.st_mode) else None


def readable(root: str) -> bool:
    try:
        os.scandir(root).close()
    except OSError:
        return False
    return True

"""Looks at a root. Storage may never answer: each is made in a thread of its own, one at a time."""

import os
import stat
import sys
import time
from typing import NamedTuple

from mt_scanner._engine.within import Attend, Call, Late, nobody
from mt_scanner._library.watch import network

PATIENCE = 0.2
"""The time in s that a look is waited for. One that takes longer is asked for again later."""

Identity = tuple[int, int]
"""A device and the number of a folder there: a mount over it shows."""


class Place(NamedTuple):
    """More of a root that is there."""

    real: str
    """The root with links followed, as events name it."""
    network: str | None
    """The name of the network filesystem that it is on."""
    readable: bool
    """Whether it can be listed."""


class Seen(NamedTuple):
    """What a look has shown."""

    identity: Identity | None
    """`None` if no folder is there."""
    place: Place | None
    """`None` also if it was not asked for."""


class Looks:
    """The looks at one root."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._call: Call[Seen] | None = None
        self._since = 0.0

    def ask(self, known: Identity | None) -> None:
        """Takes a look, unless one is under way. At `known` no second one is taken: it is as it
        was.
        """
        if self._call is None:
            self._since = time.monotonic()
            self._call = Call(look, self._root, known)

    def seen(self, patience: float, attend: Attend = nobody) -> Seen | None:
        """What the look shows that is under way, `patience` s after its begin; `None` if the storage
        does not answer. `attend` is called meanwhile.
        """
        if self._call is None:
            return None
        try:
            seen = self._call.result(max(0.0, self._since + patience - time.monotonic()), attend)
        except Late:
            return None
        self._call = None
        return seen

    @property
    def silence(self) -> float:
        """How long the storage has not answered, in s."""
        return 0.0 if self._call is None else time.monotonic() - self._since


def look(root: str, known: Identity | None) -> Seen:
    """What is there now."""
    now = identity(root)
    if now is None or now == known:
        return Seen(now, None)
    real = followed(root)
    return Seen(now, Place(real, network.filesystem(real), readable(root)))


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


def identity(root: str) -> Identity | None:
    """The folder that is there; `None` if there is none."""
    try:
        status = os.stat(root)
    except (OSError, ValueError):
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISDIR(status.st_mode) else None


def readable(root: str) -> bool:
    """Whether the first entry of a folder can be had, or its end."""
    try:
        with os.scandir(root) as entries:
            next(entries, None)
    except OSError:
        return False
    return True

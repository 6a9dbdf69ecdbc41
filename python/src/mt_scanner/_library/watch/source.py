"""Where events come from, a batch at a time."""

import errno
import os
import sys
import threading
from typing import Protocol

from mt_scanner._engine.within import Attend
from mt_scanner._library.watch.batch import Events
from mt_scanner._library.watch.eye import Eye
from mt_scanner._types.errors import WatchError

PACKAGE = "inotify-simple" if sys.platform == "linux" else "watchfiles"
MISSING = "watching takes the package {package}: `pip install {package}`; or use poll=True (--poll)"


class Watches(Protocol):
    """The system's watches of some roots."""

    def batch(self) -> Events: ...
    def close(self) -> None: ...


class Source:
    """Events of some roots, until `stop` is set."""

    def __init__(self, stop: threading.Event, attend: Attend) -> None:
        """`attend`: called while watches are set up."""
        self._stop = stop
        self._attend = attend
        self._watches: Watches | None = None

    def open(self, eyes: list[Eye]) -> None:
        """Waits for events of these roots and no others, from now on.

        Raises `OSError` or `RuntimeError` if one of them cannot be watched, and `WatchError` if
        what it takes is not installed.
        """
        self.close()
        if eyes:
            self._watches = watches([eye.real for eye in eyes], self._stop, self._attend)

    def wait(self, seconds: float) -> Events:
        """A batch of events; none from time to time, and after `seconds` where no root tells of
        any.

        Raises `OSError` or `RuntimeError` if there will be no more, or some were lost.
        """
        if self._watches is None:
            self._stop.wait(seconds)
            return set()
        return self._watches.batch()

    def close(self) -> None:
        if self._watches is not None:
            self._watches.close()
            self._watches = None


def watches(roots: list[str], stop: threading.Event, attend: Attend) -> Watches:
    """watchfiles sets up its watches with Python's lock held, which stops a window for as long as
    that takes. On Linux it takes a watch for each folder; elsewhere one for a root.
    """
    try:
        if sys.platform == "linux":
            from mt_scanner._library.watch.inotify import Inotify

            opened: Watches = Inotify(roots, stop, attend)
        else:
            from mt_scanner._library.watch.trees import Trees

            opened = Trees(roots, stop)
    except ImportError as error:
        raise WatchError(MISSING.format(package=PACKAGE), "") from error
    return opened


def is_limit(error: BaseException) -> bool:
    """Whether there are too many watches."""
    return getattr(error, "errno", None) == errno.ENOSPC


def crowd() -> int:
    """So many events in a batch may be more than the system's queue has held, where it does not tell.
    The queue of Windows has 16 KiB, in which an event takes some hundred bytes.
    """
    return 64 if os.name == "nt" else 1 << 62

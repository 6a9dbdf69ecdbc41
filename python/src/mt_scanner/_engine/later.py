"""A scan whose roots are looked at when it begins, by whoever iterates over it."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from mt_scanner._engine.answer import Answer
from mt_scanner._engine.within import Attend, nobody
from mt_scanner._types.progress import Progress

if TYPE_CHECKING:
    from mt_scanner._engine.backend import Pool


class Later:
    """A `Pool` that is made when somebody iterates over it: whoever orders a scan does not wait for
    storage. It may be stopped before.
    """

    def __init__(self, begin: "Callable[[Attend], Pool]") -> None:
        """`begin` looks at the roots, and calls what it is given while storage does not answer."""
        self.attend: Attend = nobody
        """Called while roots are looked at whose storage does not answer. It may raise."""
        self._begin = begin
        self._begun = threading.Event()
        self._reader: threading.Thread | None = None
        self._pool: Pool | None = None
        self._stopped = threading.Event()

    def __iter__(self) -> Iterator[Answer]:
        """The answers of the steps. Raises what is wrong with the roots."""
        # As late as a backend is: what a program has registered for its end by then comes after.
        from mt_scanner._engine import ending

        self._reader = threading.current_thread()
        try:
            ending.begin(self)
            if self._stopped.is_set():
                return
            pool = self._pool = self._begin(self._attend)
        except Stopped:
            return
        finally:
            # Whoever waited need not be kept by what it waited for.
            self.attend = nobody
            self._begun.set()
        if self._stopped.is_set():
            pool.stop()
        yield from pool

    @property
    def progress(self) -> Progress:
        """How far the scan is."""
        if self._pool is not None:
            return self._pool.progress
        return Progress(phase="done") if self._stopped.is_set() else Progress(is_estimated=True)

    @property
    def complete(self) -> bool:
        """Whether all of the work was done, and nobody stopped the scan before."""
        return self._pool is not None and self._pool.complete

    def stop(self) -> None:
        """Ends the scan, or keeps it from beginning."""
        self._stopped.set()
        if self._pool is not None:
            self._pool.stop()

    def join(self, seconds: float) -> bool:
        """Waits for who makes the pool, unless that is the caller, and for the workers of a stopped
        scan; false if one is still in its step.
        """
        until = time.monotonic() + seconds
        if self._reader not in (None, threading.current_thread()) and not self._begun.wait(seconds):
            return False
        return self._pool is None or self._pool.join(max(0.0, until - time.monotonic()))

    def _attend(self) -> None:
        if self._stopped.is_set():
            raise Stopped
        self.attend()


class Stopped(Exception):
    """The scan was stopped while its roots were looked at."""

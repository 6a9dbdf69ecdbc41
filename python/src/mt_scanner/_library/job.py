"""A sync in the background."""

import threading
from collections.abc import Callable

from mt_scanner._engine.job import Job
from mt_scanner._library.control import Control
from mt_scanner._library.report import SyncReport
from mt_scanner._types.progress import Progress

CANCELLING = 0.5
"""The most time that `cancel` waits in s."""


class SyncJob(Job[SyncReport]):
    """A sync in the background: watch it, pause it, cancel it, wait for it with `result()` or
    `await`.
    """

    what = "sync"

    def __init__(
        self,
        sync: Callable[[Control, Callable[[Progress], None]], SyncReport],
        on_progress: Callable[[Progress], object] | None,
    ) -> None:
        """`sync` is the work: it obeys a control, and says how far it is."""
        self._sync = sync
        self._on_progress = on_progress
        self._control = Control(threading.Event())
        self._progress = Progress()
        super().__init__()

    @property
    def progress(self) -> Progress:
        """How far the sync is."""
        return self._progress

    @property
    def paused(self) -> bool:
        """Whether the sync is told to rest."""
        return self._control.is_paused

    def pause(self) -> None:
        """Lets the sync rest once it has written what it has found so far, until `resume` or
        `cancel`. The library stays locked for other syncs; anybody may read it.
        """
        self._control.pause()

    def resume(self) -> None:
        """Lets a sync that rests go on."""
        self._control.resume()

    def cancel(self) -> None:
        """Ends the sync, also one that rests. Returns when it has ended, after 0.5 s at most.

        What it has written stays and is true: the next sync goes on from there. `result()` raises
        `SyncStopped`. Cancelling a sync that has ended does nothing.
        """
        if not self.done:
            self._stop()
            if not self._is_inside():
                self._ended.wait(CANCELLING)

    def _stop(self) -> None:
        self._control.stop()

    def _run(self) -> SyncReport:
        return self._sync(self._control, self._report)

    def _report(self, progress: Progress) -> None:
        self._progress = progress
        if self._on_progress is not None:
            self._on_progress(progress)

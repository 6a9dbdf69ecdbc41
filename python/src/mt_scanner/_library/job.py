"""A sync in the background."""

import threading
from collections.abc import Callable, Iterator
from typing import NamedTuple

from mt_scanner._engine.job import Job
from mt_scanner._library.control import Control
from mt_scanner._library.report import Change, SyncReport
from mt_scanner._types.notice import Notice
from mt_scanner._types.progress import Progress
from mt_scanner._types.track import Problem

CANCELLING = 0.5
"""The most time that `cancel` waits in s."""

Event = Change | Notice | Problem | SyncReport


class SyncJob(Job[SyncReport, Event]):
    """A sync in the background: watch it, pause it, cancel it, wait for it with `result()` or
    `await`.

    Its events are each `Notice`, and `Progress` ten to twenty times a second; in the end each
    `Change`, each `Problem` and the `SyncReport`. Changes are read from the library when they are
    asked for, as their tracks are then.
    """

    what = "sync"

    def __init__(
        self, sync: "Callable[[Telling], SyncReport]", on_progress: Callable[[Progress], object] | None
    ) -> None:
        """`sync` is the work: it obeys a control, and tells what happens."""
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
        if not self.done():
            self._stop()
            if not self._is_inside():
                self._ended.wait(CANCELLING)

    def _stop(self) -> None:
        self._control.stop()

    def _run(self) -> SyncReport:
        return self._sync(Telling(self._control, self._report, self._feed.put, self._feed.put_all))

    def _report(self, progress: Progress) -> None:
        self._progress = progress
        self._feed.advance(progress)
        if self._on_progress is not None:
            self._on_progress(progress)


class Telling(NamedTuple):
    """What the work of a job obeys, and where it tells what happens."""

    control: Control
    report: Callable[[Progress], None]
    put: Callable[..., None]
    """Takes events."""
    put_all: Callable[[Iterator[Event]], None]
    """Takes an iterator of events, which is asked when they are read."""

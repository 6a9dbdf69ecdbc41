"""A sync or an analysis in the background."""

import threading
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar

from mt_scanner._engine.job import Job
from mt_scanner._library.control import Control
from mt_scanner._library.report import AnalysisReport, Change, SyncReport
from mt_scanner._types.notice import Notice
from mt_scanner._types.progress import Progress
from mt_scanner._types.track import Problem

CANCELLING = 0.5
"""The most time that `cancel` waits in s."""

Event = Change | Notice | Problem | SyncReport
AnalysisEvent = Problem | AnalysisReport
Result = TypeVar("Result")
Happening = TypeVar("Happening")
Told = TypeVar("Told")


class Controlled(Job[Result, Happening]):
    """A job whose work may be paused, and writes to a library."""

    def __init__(self, work: "Callable[[Telling], Result]", on_progress: Callable[[Progress], object] | None) -> None:
        """`work` obeys a control, and tells what happens."""
        self._work = work
        self._on_progress = on_progress
        self._control = Control(threading.Event())
        self._progress = Progress()
        super().__init__()

    @property
    def progress(self) -> Progress:
        """How far the work is."""
        return self._progress

    @property
    def paused(self) -> bool:
        """Whether the work is told to rest."""
        return self._control.is_paused

    def pause(self) -> None:
        """Lets the work rest once it has written what it has found so far, until `resume` or
        `cancel`.
        """
        self._control.pause()

    def resume(self) -> None:
        """Lets work that rests go on."""
        self._control.resume()

    def cancel(self) -> None:
        """Ends the work, also if it rests. Returns when it has ended, after 0.5 s at most.

        What it has written stays and is true: the next one goes on from there. `result()` raises
        that it was stopped. Cancelling what has ended does nothing.
        """
        if not self.done():
            self._stop()
            if not self._is_inside():
                self._ended.wait(CANCELLING)

    def _stop(self) -> None:
        self._control.stop()

    def _run(self) -> Result:
        return self._work(Telling(self._control, self._report, self._feed.put, self._feed.put_all))

    def _report(self, progress: Progress) -> None:
        self._progress = progress
        self._feed.advance(progress)
        if self._on_progress is not None:
            self._on_progress(progress)


class SyncJob(Controlled[SyncReport, Event]):
    """A sync in the background: watch it, pause it, cancel it, wait for it with `result()` or
    `await`. The library stays locked for other syncs while it rests; anybody may read it. Of a
    cancelled one `result()` raises `SyncStopped`.

    Its events are each `Notice`, and `Progress` ten to twenty times a second; in the end each
    `Change`, each `Problem` and the `SyncReport`. Changes are read from the library when they are
    asked for, as their tracks are then.
    """

    what = "sync"


class AnalysisJob(Controlled[AnalysisReport, AnalysisEvent]):
    """An analysis in the background: watch it, pause it, cancel it, wait for it with `result()` or
    `await`. Of a cancelled one `result()` raises `AnalysisStopped`.

        job = library.start_analysis()
        for event in job.events():
            if isinstance(event, Progress) and event.seconds_left is not None:
                print(f"{event.done} of {event.total_files} files, {event.seconds_left:.0f} s left")

    Its events are `Progress` ten to twenty times a second, each `Problem`, and in the end the
    `AnalysisReport`.
    """

    what = "analysis"


class Telling(NamedTuple):
    """What the work of a job obeys, and where it tells what happens."""

    control: Control
    report: Callable[[Progress], None]
    put: Callable[..., None]
    """Takes events."""
    put_all: Callable[[Iterator[Any]], None]
    """Takes an iterator of events, which is asked when they are read."""


def both(first: Callable[[Told], object] | None, second: Callable[[Told], object]) -> Callable[[Told], object]:
    """A callback that calls both."""
    if first is None:
        return second

    def call(told: Told) -> None:
        first(told)
        second(told)

    return call

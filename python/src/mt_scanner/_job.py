"""A scan in the background."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from mt_scanner._engine.answer import problems_of
from mt_scanner._engine.job import Job
from mt_scanner._types.progress import Progress
from mt_scanner._types.track import Problem, Track

if TYPE_CHECKING:
    from mt_scanner._engine.backend import Pool

BETWEEN_REPORTS = 0.1
"""Least time between two calls of `on_progress` in s."""
CANCELLING = 0.2
"""The most time that `cancel` waits in s."""


class ScanResult(NamedTuple):
    """The tracks and problems of a scan."""

    tracks: list[Track]
    """In no certain order."""
    problems: list[Problem]
    progress: Progress
    """The counts at the end."""
    cancelled: bool
    """Whether the scan was cancelled; then the rest is what it had found so far."""

    def __repr__(self) -> str:
        """The numbers: both lists may be as long as a collection."""
        lists = f"tracks=<{len(self.tracks)}>, problems=<{len(self.problems)}>"
        return f"ScanResult({lists}, progress={self.progress!r}, cancelled={self.cancelled})"


class ScanJob(Job[ScanResult]):
    """A scan in the background: watch it, cancel it, wait for it with `result()` or `await`."""

    what = "scan"

    def __init__(self, pool: "Pool", on_progress: Callable[[Progress], object] | None) -> None:
        self._pool = pool
        self._on_progress = on_progress
        self._cancelled = False
        super().__init__()

    @property
    def progress(self) -> Progress:
        """How far the scan is."""
        return self._pool.progress

    def cancel(self) -> None:
        """Ends the scan. Returns when its workers rest, after 200 ms at most: one stuck in a file
        is left to its limit.

        `result()` gives what was found so far. Cancelling a scan that has ended does nothing.
        """
        with self._lock:
            if self.done:
                return
        self._stop()
        until = time.monotonic() + CANCELLING
        self._pool.join(CANCELLING)
        if not self._is_inside():
            self._ended.wait(max(0.0, until - time.monotonic()))

    def _stop(self) -> None:
        self._cancelled = True
        self._pool.stop()

    def _run(self) -> ScanResult:
        tracks: list[Track] = []
        problems: list[Problem] = []
        reported = time.monotonic()
        try:
            for answer in self._pool:
                tracks.extend(map(Track._make, answer.tracks))
                problems.extend(problems_of(answer))
                if self._on_progress is not None and time.monotonic() - reported >= BETWEEN_REPORTS:
                    reported = time.monotonic()
                    self._on_progress(self._pool.progress)
            if self._on_progress is not None:
                self._on_progress(self._pool.progress)
        finally:
            self._pool.stop()
        return ScanResult(tracks, problems, self._pool.progress, self._cancelled)

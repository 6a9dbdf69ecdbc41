"""A scan in the background."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from mt_scanner._engine.answer import problems_of
from mt_scanner._engine.job import Job
from mt_scanner._types.progress import BETWEEN_REPORTS, Progress
from mt_scanner._types.track import Problem, Track

if TYPE_CHECKING:
    from mt_scanner._engine.later import Later

CANCELLING = 0.2
"""The most time that `cancel` waits in s."""


class ScanResult(NamedTuple):
    """The tracks and problems of a scan."""

    tracks: list[Track]
    """In no certain order; none if `on_tracks` has got them."""
    problems: list[Problem]
    progress: Progress
    """The counts at the end."""
    cancelled: bool
    """Whether the scan was ended before it was done, by `cancel` or because its scanner was closed;
    then the rest is what it had found so far.
    """

    def __repr__(self) -> str:
        """The numbers: both lists may be as long as a collection."""
        lists = f"tracks=<{len(self.tracks)}>, problems=<{len(self.problems)}>"
        return f"ScanResult({lists}, progress={self.progress!r}, cancelled={self.cancelled})"


class ScanJob(Job[ScanResult, Problem | ScanResult]):
    """A scan in the background: watch it, cancel it, wait for it with `result()` or `await`.

    Its events are `Progress`, ten to twenty times a second, each `Problem` as it is found, and in
    the end the `ScanResult`. While roots are looked at that do not answer, progress is told as well.
    """

    what = "scan"

    def __init__(
        self,
        scan: "Later",
        on_progress: Callable[[Progress], object] | None,
        on_tracks: Callable[[list[Track]], object] | None,
    ) -> None:
        self._pool = scan
        scan.attend = self._report
        self._on_progress = on_progress
        self._on_tracks = on_tracks
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
            if self.done():
                return
        self._stop()
        until = time.monotonic() + CANCELLING
        self._pool.join(CANCELLING)
        if not self._is_inside():
            self._ended.wait(max(0.0, until - time.monotonic()))

    def _stop(self) -> None:
        self._pool.stop()

    def _run(self) -> ScanResult:
        tracks: list[Track] = []
        problems: list[Problem] = []
        self._report()
        reported = time.monotonic()
        try:
            for answer in self._pool:
                found = list(map(Track._make, answer.tracks))
                if self._on_tracks is None:
                    tracks += found
                elif found:
                    self._on_tracks(found)
                told = list(problems_of(answer))
                problems += told
                if told:
                    self._feed.put(*told)
                if time.monotonic() - reported >= BETWEEN_REPORTS:
                    reported = time.monotonic()
                    self._report()
        finally:
            self._pool.stop()
        self._report()
        result = ScanResult(tracks, problems, self._pool.progress, not self._pool.complete)
        self._feed.put(result)
        return result

    def _report(self) -> None:
        progress = self._pool.progress
        self._feed.advance(progress)
        if self._on_progress is not None:
            self._on_progress(progress)

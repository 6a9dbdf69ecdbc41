"""A scan in the background."""

import threading
import time
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, NamedTuple

from mt_scanner._engine.answer import problems_of
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


class ScanJob:
    """A scan in the background: watch it, cancel it, wait for it with `result()` or `await`."""

    def __init__(self, pool: "Pool", on_progress: Callable[[Progress], object] | None) -> None:
        self._pool = pool
        self._on_progress = on_progress
        self._tracks: list[Track] = []
        self._problems: list[Problem] = []
        self._cancelled = False
        self._error: BaseException | None = None
        self._ended = threading.Event()
        self._callbacks: list[Callable[[], object]] = []
        self._lock = threading.Lock()
        threading.Thread(target=self._run, name="mt-scanner job", daemon=True).start()

    @property
    def progress(self) -> Progress:
        """How far the scan is."""
        return self._pool.progress

    @property
    def done(self) -> bool:
        """Whether the scan has ended, in whatever way."""
        return self._ended.is_set()

    def cancel(self) -> None:
        """Ends the scan. Returns when its workers rest, after 200 ms at most: one stuck in a file
        is left to its limit.

        `result()` gives what was found so far. Cancelling a scan that has ended does nothing.
        """
        with self._lock:
            if self.done:
                return
            self._cancelled = True
        self._pool.stop()
        until = time.monotonic() + CANCELLING
        self._pool.join(CANCELLING)
        if threading.current_thread().name != "mt-scanner job":
            self._ended.wait(max(0.0, until - time.monotonic()))

    def result(self, timeout: float | None = None) -> ScanResult:
        """Waits for the end of the scan and gives what it has found.

        Raises the error that ended the scan, its own or one of `on_progress`; `TimeoutError` after
        `timeout` s.
        """
        if not self._ended.wait(timeout):
            raise TimeoutError(f"the scan was not done within {timeout} s")
        if self._error is not None:
            raise self._error
        return ScanResult(self._tracks, self._problems, self._pool.progress, self._cancelled)

    def __await__(self) -> Generator[Any, None, ScanResult]:
        """Waits without blocking the event loop. Cancelling the task that waits cancels the scan."""
        # A program that awaits has it loaded already; the others need not.
        import asyncio

        loop = asyncio.get_running_loop()
        ended = loop.create_future()

        def tell() -> None:
            if not ended.done():
                ended.set_result(None)

        def call() -> None:
            try:
                loop.call_soon_threadsafe(tell)
            except RuntimeError:
                # The loop was closed before the scan had ended: nobody waits any more.
                pass

        self._when_ended(call)
        try:
            yield from ended
        except asyncio.CancelledError:
            self._cancelled = True
            self._pool.stop()
            raise
        return self.result()

    def _when_ended(self, callback: Callable[[], object]) -> None:
        with self._lock:
            if not self.done:
                self._callbacks.append(callback)
                return
        callback()

    def _run(self) -> None:
        reported = time.monotonic()
        try:
            for answer in self._pool:
                self._tracks.extend(map(Track._make, answer.tracks))
                self._problems.extend(problems_of(answer))
                if self._on_progress is not None and time.monotonic() - reported >= BETWEEN_REPORTS:
                    reported = time.monotonic()
                    self._on_progress(self._pool.progress)
            if self._on_progress is not None:
                self._on_progress(self._pool.progress)
        except BaseException as error:
            self._error = error
        finally:
            self._pool.stop()
            with self._lock:
                self._ended.set()
                callbacks = self._callbacks
            for callback in callbacks:
                callback()

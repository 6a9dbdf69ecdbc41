"""Work in the background, for a caller that goes on meanwhile."""

import threading
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from mt_scanner._engine.feed import AT_A_TIME, Feed
from mt_scanner._types.progress import Progress

if TYPE_CHECKING:
    import asyncio

Result = TypeVar("Result")
Event = TypeVar("Event")


class Job(ABC, Generic[Result, Event]):
    """Work in a thread of its own: watch it, cancel it, wait for it with `result()` or `await`.

    What happens is told as events: `poll()` for a GUI's timer, `events()` for a thread that waits,
    and `async for event in job`. They are one feed with one reader: an event is given once.
    """

    what: str
    """The noun of the work, for messages."""

    def __init__(self) -> None:
        self._outcome: Result | None = None
        self._error: BaseException | None = None
        self._ended = threading.Event()
        self._callbacks: list[Callable[[], object]] = []
        self._lock = threading.Lock()
        self._feed: Feed[Event] = Feed()
        self._thread = threading.Thread(target=self._live, name="mt-scanner job", daemon=True)
        self._thread.start()

    def done(self) -> bool:
        """Whether the work has ended, in whatever way."""
        return self._ended.is_set()

    @abstractmethod
    def cancel(self) -> None:
        """Ends the work."""

    def poll(self, limit: int = AT_A_TIME) -> "list[Event | Progress]":
        """What has happened since the last call, without waiting: `limit` events at most, the oldest
        first. Of progress it is the latest. Once the work is `done()` it gives what is left, and
        then nothing.

        For a timer, such as tkinter's `after`: look at `done()` before each call, and end with the
        first empty list after it.
        """
        return self._feed.take(limit)

    def events(self) -> "Iterator[Event | Progress]":
        """Every event until the work has ended, waiting for each. Raises what `result` raises in the
        end.
        """
        while self._feed.wait() and not self._feed.is_over:
            yield from self._feed.take()
        self.result()

    async def __aiter__(self) -> "AsyncIterator[Event | Progress]":
        """Every event until the work has ended, without blocking the event loop. Raises what
        `result` raises in the end.
        """
        import asyncio

        loop = asyncio.get_running_loop()
        came = asyncio.Event()

        def call() -> None:
            soon(loop, came.set)

        self._feed.listen(call)
        try:
            while not self._feed.is_over:
                await came.wait()
                came.clear()
                while events := self._feed.take():
                    for event in events:
                        yield event
        finally:
            self._feed.unlisten(call)
        await self

    def result(self, timeout: float | None = None) -> Result:
        """Waits for the end of the work and gives its result.

        Raises the error that ended the work, its own or one of a callback; `TimeoutError` after
        `timeout` s.
        """
        if not self._ended.wait(timeout):
            raise TimeoutError(f"the {self.what} was not done within {timeout} s")
        if self._error is not None:
            raise self._error
        outcome: Result = self._outcome  # type: ignore[assignment]
        return outcome

    def __await__(self) -> Generator[Any, None, Result]:
        """Waits without blocking the event loop. Cancelling the task that waits cancels the work."""
        # A program that awaits has it loaded already; the others need not.
        import asyncio

        loop = asyncio.get_running_loop()
        ended = loop.create_future()

        def tell() -> None:
            if not ended.done():
                ended.set_result(None)

        self._when_ended(lambda: soon(loop, tell))
        try:
            yield from ended
        except asyncio.CancelledError:
            self._stop()
            raise
        return self.result()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {'ended' if self._ended.is_set() else 'under way'}>"

    @abstractmethod
    def _run(self) -> Result:
        """The work."""

    @abstractmethod
    def _stop(self) -> None:
        """Tells the work to end, and does not wait."""

    def _is_inside(self) -> bool:
        """Whether the caller is a callback of the work."""
        return threading.current_thread() is self._thread

    def _when_ended(self, callback: Callable[[], object]) -> None:
        with self._lock:
            if not self.done():
                self._callbacks.append(callback)
                return
        callback()

    def _live(self) -> None:
        try:
            self._outcome = self._run()
        except BaseException as error:
            self._error = error
        finally:
            with self._lock:
                self._ended.set()
                callbacks = self._callbacks
            self._feed.end()
            for callback in callbacks:
                callback()


def soon(loop: "asyncio.AbstractEventLoop", callback: Callable[[], object]) -> None:
    """Calls something in an event loop, if that is still there: once it is closed nobody waits."""
    try:
        loop.call_soon_threadsafe(callback)
    except RuntimeError:
        pass

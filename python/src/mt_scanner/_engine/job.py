"""Work in the background, for a caller that goes on meanwhile."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")


class Job(ABC, Generic[Result]):
    """Work in a thread of its own: cancel it, wait for it with `result()` or `await`."""

    what: str
    """The noun of the work, for messages."""

    def __init__(self) -> None:
        self._outcome: Result | None = None
        self._error: BaseException | None = None
        self._ended = threading.Event()
        self._callbacks: list[Callable[[], object]] = []
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._live, name="mt-scanner job", daemon=True)
        self._thread.start()

    @property
    def done(self) -> bool:
        """Whether the work has ended, in whatever way."""
        return self._ended.is_set()

    @abstractmethod
    def cancel(self) -> None:
        """Ends the work."""

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

        def call() -> None:
            try:
                loop.call_soon_threadsafe(tell)
            except RuntimeError:
                # The loop was closed before the work had ended: nobody waits any more.
                pass

        self._when_ended(call)
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
            if not self.done:
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
            for callback in callbacks:
                callback()

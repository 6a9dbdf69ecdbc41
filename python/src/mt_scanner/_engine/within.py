"""Calls to storage that may not come back: each in a thread of its own, which is left behind then."""

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Late(Exception):
    """A call is not back in time."""


class Call(Generic[T]):
    """A call under way. Its thread touches nothing but this when it comes back."""

    def __init__(self, function: Callable[..., T], *arguments: Any) -> None:
        self._function = function
        self._arguments = arguments
        self._result: T | None = None
        self._error: BaseException | None = None
        self._done = threading.Event()
        threading.Thread(target=self._run, name="mt-scanner call", daemon=True).start()

    def result(self, seconds: float) -> T:
        """Waits for the result. Raises what the call raises, and `Late` after `seconds`."""
        if not self._done.wait(seconds):
            raise Late
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]

    def _run(self) -> None:
        try:
            self._result = self._function(*self._arguments)
        except BaseException as error:
            self._error = error
        self._done.set()


def within(seconds: float, function: Callable[..., T], *arguments: Any) -> T:
    """The result of a call that is given `seconds`. Raises `Late`."""
    return Call(function, *arguments).result(seconds)

"""Calls to storage that may not come back: each in a thread that is left behind then."""

import threading
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

from mt_scanner._types.contract import STEP_OVERDUE

Argument = TypeVar("Argument")
T = TypeVar("T")

AT_A_TIME = 16
"""Calls at a time. One that hangs keeps its thread, and others take its place."""
PULSE = 0.05
"""How often a wait for calls looks up, in s."""

Attend = Callable[[], object]
"""Called while storage keeps somebody waiting, every `PULSE` s. It may raise to end the wait."""


def nobody() -> None:
    """Attends to nothing."""


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

    def result(self, seconds: float, attend: Attend = nobody) -> T:
        """Waits for the result. Raises what the call raises, and `Late` after `seconds`."""
        until = time.monotonic() + seconds
        while not self._done.wait(max(0.0, min(PULSE, until - time.monotonic()))):
            if time.monotonic() >= until:
                raise Late
            attend()
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]

    def _run(self) -> None:
        try:
            self._result = self._function(*self._arguments)
        except BaseException as error:
            self._error = error
        self._done.set()


class Calls(Generic[Argument, T]):
    """A call for each of several arguments, some at a time. Those that hang keep none of the others
    waiting.
    """

    def __init__(self, function: Callable[[Argument], T], several: Sequence[Argument]) -> None:
        self._function = function
        self._several = several
        self._told: SimpleQueue[tuple[int, T | Exception]] = SimpleQueue()
        # Threads share it: taking the next one is atomic.
        self._numbers = iter(range(len(several)))
        self._heard = time.monotonic()
        self._left = len(several)
        self._threads = 0
        self.results: list[T | Exception] = [Late() for _ in several]
        """What each has given, in the order of the arguments: its result, the error that it has
        raised, or `Late`.
        """
        self._hire()

    def wait(self) -> bool:
        """Waits for `PULSE` at most; whether all are back, or none of the others has come for
        `STEP_OVERDUE`.
        """
        until = time.monotonic() + PULSE
        while self._left:
            try:
                number, result = self._told.get(timeout=max(0.0, until - time.monotonic()))
            except Empty:
                self._hire()
                return time.monotonic() - self._heard >= STEP_OVERDUE
            self.results[number] = result
            self._heard = time.monotonic()
            self._left -= 1
        return True

    def _hire(self) -> None:
        """Starts threads for calls that have not begun."""
        more = min(AT_A_TIME, len(self._several) - self._threads)
        self._threads += more
        for _ in range(more):
            threading.Thread(target=self._run, name="mt-scanner call", daemon=True).start()

    def _run(self) -> None:
        for number in self._numbers:
            try:
                result: T | Exception = self._function(self._several[number])
            except Exception as error:
                result = error
            self._told.put((number, result))


class Patience:
    """What one call waits for storage with. A path that has not answered once is not asked again."""

    def __init__(self, attend: Attend = nobody) -> None:
        """`attend`: called while storage does not answer."""
        self.attend = attend
        self._silent: set[str] = set()

    def of_each(self, function: Callable[[str], T], paths: Sequence[str]) -> list[T | Exception]:
        """What a call gives for each of several paths, as `of_each`; `Late` for those that are known
        not to answer.
        """
        asked = [path for path in dict.fromkeys(paths) if path not in self._silent]
        results = dict(zip(asked, of_each(function, asked, self.attend), strict=True))
        self._silent.update(path for path, result in results.items() if isinstance(result, Late))
        return [results.get(path, Late()) for path in paths]


def within(seconds: float, function: Callable[..., T], *arguments: Any) -> T:
    """The result of a call that is given `seconds`. Raises `Late`."""
    return Call(function, *arguments).result(seconds)


def of_each(
    function: Callable[[Argument], T], several: Sequence[Argument], attend: Attend = nobody
) -> list[T | Exception]:
    """What a call gives for each of several arguments (`Calls.results`), all asked together.
    `attend` is called meanwhile.
    """
    calls = Calls(function, several)
    while not calls.wait():
        attend()
    return calls.results

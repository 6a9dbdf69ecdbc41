"""Instances that answer questions. Each is in a thread of its own, since storage may keep it waiting,
and stays there for a moment: who asks about a file asks about the next one soon.
"""

import os
import threading
import time
from collections.abc import Callable
from stat import S_ISDIR
from typing import Generic, NamedTuple, TypeVar

from mt_scanner._engine.component import Component
from mt_scanner._engine.instance import Ended, Hung, Instance
from mt_scanner._engine.plan import Limits
from mt_scanner._engine.roots import check_root
from mt_scanner._engine.within import PULSE
from mt_scanner._types.contract import HANG_MARGIN
from mt_scanner._types.errors import ScanError

T = TypeVar("T")

REST = 0.5
"""How long an instance waits for the next question, in s. Its root is open as long, and a disk with
that cannot be taken out.
"""
FREE = 4
"""Desks that are kept free: who asks about one folder and another by turns has an instance for each.
"""


class About(NamedTuple):
    """What an instance is made for."""

    root: str | None
    limits: Limits


class Desks:
    """The desks of a component."""

    def __init__(self, component: Component) -> None:
        self._component = component
        self._free: list[Desk] = []
        self._lock = threading.Lock()

    def ask(self, about: About, call: Callable[[Instance], T]) -> T:
        """What a call gives with an instance that sees this root, and nothing else.

        Raises what the call raises, `Ended` if that ends the instance or storage does not answer, and
        the errors of a root that cannot be opened.
        """
        question = Question(about, call)
        desk = self._put(question)
        try:
            question.wait()
        except BaseException:
            # Its thread is in the call, and touches nothing but the question when it comes back.
            desk.close()
            raise
        with self._lock:
            self._free.append(desk)
        return question.answer()

    def _put(self, question: "Question[T]") -> "Desk":
        """Lays a question on a desk that is free, or on a new one."""
        while True:
            desk = self._choose(question.about) or Desk(self._component)
            if desk.put(question):
                return desk

    def _choose(self, about: About) -> "Desk | None":
        """One that has answered about the same, or the one that was left alone for longest if there
        are many.
        """
        with self._lock:
            self._free = [desk for desk in self._free if not desk.closed]
            place = next((place for place, desk in enumerate(self._free) if desk.about == about), None)
            if place is None and len(self._free) >= FREE:
                place = 0
            return None if place is None else self._free.pop(place)


class Question(Generic[T]):
    """A call that somebody waits for."""

    def __init__(self, about: About, call: Callable[[Instance], T]) -> None:
        self.about = about
        self._call = call
        self._done = threading.Event()
        self._result: T | None = None
        self._error: BaseException | None = None

    def wait(self) -> None:
        """Waits until it was answered. Raises `Hung` if storage does not answer."""
        seconds = self.about.limits.seconds
        until = time.monotonic() + seconds + HANG_MARGIN
        # Not in one go: on Windows no Ctrl-C would end it.
        while not self._done.wait(PULSE):
            if time.monotonic() >= until:
                raise Hung(seconds)

    def answer(self) -> T:
        """The answer. Raises what the call has raised."""
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]

    def put_to(self, clerk: "Clerk") -> None:
        """Has it answered."""
        try:
            self._result = clerk.answer(self.about, self._call)
        except BaseException as error:
            self._error = error
        self._done.set()

    def refuse(self, error: BaseException) -> None:
        """Says that nobody can answer it."""
        self._error = error
        self._done.set()


class Desk:
    """A desk, at which one asks at a time. Its thread ends when none has asked for a moment."""

    def __init__(self, component: Component) -> None:
        self._component = component
        self._laid: Question[object] | None = None
        self._error: BaseException | None = None
        self._asked = threading.Condition()
        self.closed = False
        """Whether nobody answers any more."""
        self.about: About | None = None
        """What was asked about last."""
        threading.Thread(target=self._run, name="mt-scanner desk", daemon=True).start()

    def put(self, question: "Question[T]") -> bool:
        """Lays a question there; false if nobody is there any more. Raises what kept its thread from
        coming.
        """
        with self._asked:
            if self._error is not None:
                raise self._error
            if self.closed:
                return False
            self.about = question.about
            self._laid = question  # type: ignore[assignment]
            self._asked.notify()
            return True

    def close(self) -> None:
        """Lets the thread end after its call."""
        with self._asked:
            self.closed = True
            self._asked.notify()

    def _next(self) -> "Question[object] | None":
        with self._asked:
            self._asked.wait_for(lambda: self._laid is not None or self.closed, REST)
            laid, self._laid = self._laid, None
            self.closed = self.closed or laid is None
            return laid

    def _run(self) -> None:
        try:
            with self._component.ticking():
                self._answer(Clerk(self._component))
        except BaseException as error:
            # The system has no thread for what ticks.
            self._leave(error)

    def _answer(self, clerk: "Clerk") -> None:
        try:
            while (question := self._next()) is not None:
                question.put_to(clerk)
                # It holds the answer, and its error this frame.
                del question
        finally:
            clerk.dismiss()

    def _leave(self, error: BaseException) -> None:
        """Nobody answers any more, nor what was laid there already."""
        with self._asked:
            laid, self._laid = self._laid, None
            self.closed, self._error = True, error
        if laid is not None:
            laid.refuse(error)


class Clerk:
    """Who answers, with an instance that is made when it is wanted."""

    def __init__(self, component: Component) -> None:
        self._component = component
        self._instance: Instance | None = None
        self._made_for: tuple[About, object] | None = None

    def answer(self, about: About, call: Callable[[Instance], T]) -> T:
        """Calls with an instance that sees the root. Raises as `Desks.ask`."""
        # A folder that was replaced has the same name, and another identity.
        wanted = about, None if about.root is None else identity(about.root)
        if self._instance is None or self._made_for != wanted:
            self.dismiss()
            if about.root is not None:
                check_root(about.root)
            self._instance = Instance(self._component, [] if about.root is None else [about.root], about.limits)
            self._made_for = wanted
        try:
            return call(self._instance)
        except BaseException as error:
            # Errors of the contract leave it as it was.
            if isinstance(error, Ended) or not isinstance(error, ScanError):
                self.dismiss()
            raise

    def dismiss(self) -> None:
        """Lets the instance go."""
        instance, self._instance = self._instance, None
        if instance is not None:
            instance.close()


def identity(root: str) -> tuple[int, int]:
    """What tells whether a folder is still the one that it was. Raises as `check_root` if there is
    none.
    """
    try:
        found = os.stat(root)
    except (OSError, ValueError):
        found = None
    if found is None or not S_ISDIR(found.st_mode):
        check_root(root)
        # It came this moment.
        found = os.stat(root)
    return found.st_dev, found.st_ino

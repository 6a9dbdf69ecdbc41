"""The feed of a job: what happens, in the order in which it does, for one reader."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Generic, TypeVar

from mt_scanner._types.progress import Progress

Event = TypeVar("Event")

AT_A_TIME = 500
"""The most events that `take` gives."""


class Feed(Generic[Event]):
    """Events that wait to be read. Any thread may write; one at a time reads.

    Progress is told as it stands: what nobody has read is replaced by what comes after it. All else
    is kept until it is read. Events of which there may be very many come as an iterator, which is
    asked when they are read.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._came = threading.Condition(self._lock)
        self._reading = threading.Lock()
        self._waiting: deque[Iterator[Event]] = deque()
        self._progress: Progress | None = None
        self._ended = False
        self._listeners: list[Callable[[], object]] = []

    def advance(self, progress: Progress) -> None:
        """Tells how far the work is."""
        with self._lock:
            self._progress = progress
        self._wake()

    def put(self, *events: Event) -> None:
        """Tells of something that happened."""
        self.put_all(iter(events))

    def put_all(self, events: Iterator[Event]) -> None:
        """Tells of all that an iterator gives."""
        with self._lock:
            self._waiting.append(events)
        self._wake()

    def end(self) -> None:
        """Nothing more will happen."""
        with self._lock:
            self._ended = True
        self._wake()

    @property
    def is_over(self) -> bool:
        """Whether all was read, and nothing more will come."""
        with self._lock:
            return self._ended and not self._waiting and self._progress is None

    def take(self, limit: int = AT_A_TIME) -> list[Event | Progress]:
        """What has happened since the last call, without waiting: `limit` events at most, the
        oldest first. Progress comes before what it has brought.
        """
        with self._reading:
            events: list[Event | Progress] = []
            with self._lock:
                if self._progress is not None:
                    events.append(self._progress)
                    self._progress = None
            while len(events) < limit:
                with self._lock:
                    if not self._waiting:
                        break
                    source = self._waiting[0]
                # With no lock of the writers held: it may read a library.
                some = list(islice(source, limit - len(events)))
                events += some
                if not some:
                    with self._lock:
                        self._waiting.popleft()
            return events

    def wait(self, seconds: float | None = None) -> bool:
        """Waits until there is something to read; false if there is nothing in time."""
        with self._lock:
            return self._came.wait_for(lambda: bool(self._waiting or self._progress or self._ended), seconds)

    def listen(self, listener: Callable[[], object]) -> None:
        """`listener` is called from now on whenever something happens, by whoever tells of it."""
        with self._lock:
            self._listeners.append(listener)
        listener()

    def unlisten(self, listener: Callable[[], object]) -> None:
        """It is not called any more."""
        with self._lock:
            self._listeners.remove(listener)

    def _wake(self) -> None:
        with self._lock:
            self._came.notify_all()
            listeners = list(self._listeners)
        for listener in listeners:
            listener()

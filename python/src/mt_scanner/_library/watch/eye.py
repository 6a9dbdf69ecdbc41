"""How one root is watched."""

import time
from typing import Literal

from mt_scanner._engine.within import Attend, nobody
from mt_scanner._library.watch.look import Identity, Looks, Place, Seen
from mt_scanner._types import contract

SHORTEST_REST = 10.0
"""A root that loses events again and again rests between two full syncs: from this long, in s, ...
"""
LONGEST_REST = 600.0
"""... to this long."""
TURNS = 10
"""One look in this many at a polled root is a full sync."""


class Eye:
    """One root."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.real = root
        """The same, links followed. Events name it."""
        self.sight: Literal["none", "events", "polling"] = "none"
        self.emptied = False
        """The last sync found no music, and the library has some."""
        self.full: float | None = None
        """When a full sync is due."""
        self._identity: Identity | None = None
        self._looks = Looks(root)
        self._next = 0.0
        self._turn = 0
        self._lost = -LONGEST_REST
        self._rest = 0.0

    def look(self, afresh: bool = False) -> None:
        """Takes a look at the root. `afresh`: whether it can be listed, even if it is as it was."""
        self._looks.ask(None if afresh else self._identity)

    def seen(self, patience: float, attend: Attend = nobody) -> Seen | None:
        """What the look has shown; `None` if the storage does not answer within `patience` s, in
        which `attend` is called.
        """
        return self._looks.seen(patience, attend)

    @property
    def is_silent(self) -> bool:
        """Whether the storage has not answered for as long as one file may take."""
        return self._looks.silence > contract.FILE_TIMEOUT

    def open(self, seen: Seen) -> Place | None:
        """Opens it for events; gives more of its place."""
        self._identity = seen.identity
        self.real = seen.place.real if seen.place else self.root
        self.sight = "events"
        return seen.place

    def poll(self) -> None:
        """Polls from now on."""
        self.sight, self._next, self._turn = "polling", time.monotonic(), 0

    def close(self) -> None:
        """Closes it: the root is not there."""
        self.sight, self.full, self._identity = "none", None, None

    def is_new(self, seen: Seen) -> bool:
        """Whether the root can be read, and nobody looks at it or at another folder in its place."""
        return seen.identity != self._identity and seen.place is not None and seen.place.readable

    def is_gone(self, seen: Seen) -> bool:
        """Whether the root was there and is not any more."""
        return self._identity is not None and seen.identity is None

    def put_off(self, seconds: float) -> None:
        """Whatever is due is due later: the storage does not answer."""
        later = time.monotonic() + seconds
        self._next = max(self._next, later)
        self.full = None if self.full is None else max(self.full, later)

    def lost_events(self) -> None:
        """A full sync is due, now or after a rest. Our own reading makes events, too, and must not
        go on for ever.
        """
        now = time.monotonic()
        again = now - self._lost < 2 * self._rest + SHORTEST_REST
        self._rest = min(max(2 * self._rest, SHORTEST_REST), LONGEST_REST) if again else 0.0
        self._lost = now
        if self.full is None:
            self.full = now + self._rest

    def due(self) -> float:
        """When there is something to do without an event."""
        polled = self._next if self.sight == "polling" else float("inf")
        return min(polled, float("inf") if self.full is None else self.full)

    def wants(self) -> Literal["full", "quick"] | None:
        """The sync that is due."""
        now = time.monotonic()
        if self.sight == "none":
            return None
        if self.full is not None and self.full <= now:
            return "full"
        if self.sight == "polling" and self._next <= now:
            return "full" if self._turn % TURNS == 0 else "quick"
        return None

    def synced(self, took: float, interval: float) -> None:
        """A full or a quick sync is over."""
        self.full = None
        self._next = time.monotonic() + max(interval, 10 * took)
        self._turn += 1

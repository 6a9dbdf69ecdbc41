"""The work of one root that is pending: what a worker takes next, and how its storage behaves."""

import time
from collections.abc import Sequence
from typing import NamedTuple

from mt_scanner._engine.links import Links
from mt_scanner._engine.plan import Plan, Work, is_listed
from mt_scanner._engine.reading import parted
from mt_scanner._engine.roots import native_path
from mt_scanner._engine.seen import Storage
from mt_scanner._engine.suspects import Found, Suspect
from mt_scanner._types.contract import (
    HANG_MARGIN,
    HUNG_CALLS,
    STEP_MILLISECONDS,
    STEP_OVERDUE,
    Budget,
)

ITEMS = 64
"""The most files and folders a step, unless somebody says otherwise."""
ITEMS_TO_SPREAD = 8
"""Files and folders a step while workers have nothing to do."""
MILLISECONDS = STEP_MILLISECONDS
"""Time a step. A scan that is stopped ends within this and one file."""
SLOW_MILLISECONDS = 4 * STEP_MILLISECONDS
"""The same on slow storage, where each step has to open the folder of its files again."""
TAKEN = {"tracks": 8, "sync": 8, "paths": 64, "count": 64}
"""The most items of the stack that go into one step; those that it does not come to are handed
back.
"""
FOLDERS_TAKEN = 32
"""The most folders that a step lists which does nothing else."""
NEVER = float("inf")
TRYING = 2
"""The most workers that try a root whose storage stalls, until a step comes back."""
SURE = 2
"""The number of times that a step has to be found beyond its limit: if this process was stopped
for a while, it is so the first time.
"""


class Load:
    """What a worker has taken, and since when its step has been under way."""

    def __init__(
        self,
        pending: "Pending",
        items: list[Work],
        budget: Budget,
        seconds: float,
        suspect: Suspect | None,
        share: float,
    ):
        self.pending = pending
        self.items = items
        self.share = share
        """Its share of the root."""
        self.budget = budget
        self.seconds = seconds
        """The time for the component's call."""
        self.suspect = suspect
        self.overdue = False
        """Whether it has lent its place among the workers."""
        self.disowned = False
        """Whether others do what it was given; whatever it brings is too late."""
        self.kept: Suspect | None = None
        """The file that a disowned step is reading. Nobody else opens it."""
        self.since = NEVER
        """When the call of the system that is under way began, as far as one can tell."""
        self._limit = seconds
        self._late = 0

    def begin(self, limit: float | None = None) -> None:
        """Calls of the system begin now, each of which may take so long."""
        self._limit = limit or self._limit
        self.lives()

    def lives(self, since: float | None = None) -> None:
        """The last call of the system has returned: the next one begins."""
        self._late = 0
        self.since = since or time.monotonic()

    def end(self) -> None:
        """No call is under way any more."""
        self.since = NEVER

    @property
    def folders(self) -> int:
        """The number of folders among it that are to be listed."""
        return sum(item["files"] is None for item in self.items)

    @property
    def folder(self) -> str:
        """The first folder of it, as an absolute path."""
        return native_path(self.pending.root, self.items[0]["folder"])

    @property
    def is_under_way(self) -> bool:
        """Whether a call is under way."""
        return self.since != NEVER

    @property
    def is_single(self) -> bool:
        """Whether it is one folder or file, so that nothing is kept back by another."""
        return len(self.items) == 1 and (self.budget.items == 1 or len(self.items[0]["files"] or ()) == 1)

    @property
    def is_file(self) -> bool:
        """Whether it is one file."""
        return len(self.items) == 1 and len(self.items[0]["files"] or ()) == 1 and not self.items[0].get("held")

    def is_overdue(self, now: float) -> bool:
        """Whether others should go on in its place."""
        return now - self.since > STEP_OVERDUE + self.budget.milliseconds / 1000

    def hangs(self, now: float) -> bool:
        """Whether its call is beyond its limit, and no deadline has reached it."""
        self._late = self._late + 1 if now - self.since > self._limit + HANG_MARGIN else 0
        return self._late >= SURE


class Bounds(NamedTuple):
    """How much a worker takes."""

    workers: int
    """Workers that share the work."""
    spread: bool
    """Whether others have nothing to do."""


class Pending:
    """The work of one root. Used with the lock of the pool held."""

    def __init__(self, plan: Plan, root: str, work: Sequence[Work]) -> None:
        self.root = root
        self.storage = Storage(root)
        self.links = Links()
        self.overdue = 0
        """Steps under way that are overdue."""
        self.turn = 0
        """When a worker took some of it."""
        self._plan = plan
        # Where files are read, folders are listed in steps of their own: their files are then seen
        # first (`seen.py`).
        self._lists_first = plan.reads
        self._stack: list[Work | Suspect] = []
        # The share of each in the root, as far as one can tell: the root is 1, and what is found in
        # a folder shares the share of the folder (D. E. Knuth, Estimating the efficiency of
        # backtrack programs, 1975).
        self._shares: list[float] = []
        self.done = 0.0
        """The share of the root that is done."""
        self._push(list(reversed(work)), 1.0)
        self._given_up = False
        self._answers = False
        self._stalls = False
        self._hung = 0
        self._noticed = float("-inf")

    @property
    def workers(self) -> int:
        """The number of workers in a step on it."""
        return self.links.under_way

    @property
    def folders(self) -> int:
        """The number of folders that wait to be listed."""
        return sum(item.is_folder if isinstance(item, Suspect) else item["files"] is None for item in self._stack)

    @property
    def ready(self) -> int:
        """The number of workers that would find something to do."""
        if not self._stack:
            return int(self.links.holds and not self.workers)
        free = TRYING - self.workers if self._stalls or self.overdue else len(self._stack)
        return max(0, min(len(self._stack), free))

    def add(self, found: Found, share: float) -> int:
        """Takes in the work that a step with this share of the root brings; gives how much that is."""
        work = self.links.take_in(found)
        if self._given_up:
            self.links.drop()
            return 0
        if not work:
            self.done += share
        self._push(work, share)
        return len(work)

    def suspect(self, load: Load) -> None:
        """Takes the items back of a step that ended its instance, or does not come back. They are
        done one by one.
        """
        load.disowned = True
        if load.items[0].get("held"):
            self.links.suspect(load.items)
        elif not self._given_up:
            self._push([Suspect(item) for item in reversed(load.items)], load.share)

    def disown(self, load: Load) -> None:
        """Takes the items back of a step that does not come back, but for the file that it is
        reading, if the system tells which one that is: the others are above suspicion then.
        """
        found = None
        if self.storage.place and not load.items[0].get("held"):
            found = parted(self.storage.place, load.items)
        if found is None:
            if not load.is_single:
                self.suspect(load)
            return
        load.disowned = True
        load.kept = Suspect(found[0])
        if not self._given_up:
            self._push(found[1][::-1], load.share)

    def retry(self, suspect: Suspect) -> None:
        """Takes back what a step was at that came back late: it answers, and may be asked again."""
        if not self._given_up:
            self._push([suspect], 0.0)

    def returned(self) -> None:
        """A step has come back: the storage answers."""
        self._answers = True
        self._stalls = False

    def hang(self, load: Load) -> bool:
        """Notes that a call hangs; says whether the root is to be given up. Calls that hang at the
        same time count as one.
        """
        self._stalls = True
        if load.since >= self._noticed:
            self._hung += 1
            self._noticed = time.monotonic()
        return self._hung >= HUNG_CALLS and not self._given_up

    def give_up(self, outcome: str, why: str) -> Found:
        """Drops all that is left; gives the problem of the root."""
        self._stack.clear()
        self._shares.clear()
        self.links.drop()
        self._given_up = True
        return {"problems": [[self.root, "", outcome, why]]}

    def take(self, bounds: Bounds) -> Load:
        """The next work. There is some that is ready."""
        load = self._of_links() if not self._stack else self._alone() or self._several(bounds)
        self.links.under_way += 1
        return load

    def _of_links(self) -> Load:
        alone = self.links.are_suspect
        items = self.links.next()
        if alone:
            return self._of_suspect(Suspect(items[0]), 0.0)
        return self._load(items, Budget(self._plan.items or ITEMS, MILLISECONDS, self._lists_first), 0.0)

    def _alone(self) -> Load | None:
        """The next work if it is under suspicion."""
        if not isinstance(first := self._stack[-1], Suspect):
            return None
        share = self._pop()
        suspect, rest = first.split()
        if rest is None:
            return self._of_suspect(suspect, share)
        self._push([rest], share)
        return self._of_suspect(suspect, 0.0)

    def _several(self, bounds: Bounds) -> Load:
        most = self._plan.items or ITEMS
        enough = min(ITEMS_TO_SPREAD, most) if bounds.spread else most
        first = self._stack[-1]
        lists = self._lists_first and not isinstance(first, Suspect) and is_listed(first)
        taken = FOLDERS_TAKEN if lists else TAKEN[self._plan.mode]
        several = 1 if lists and self.storage.slow else min(len(self._stack) // bounds.workers, taken)
        items: list[Work] = []
        files, share = 0, 0.0
        # Files beyond the budget would be looked at for nothing: they would come back.
        while not items or (len(items) < several and files < enough and self._stack):
            item = self._stack[-1]
            if isinstance(item, Suspect) or (self._lists_first and is_listed(item) != lists):
                break
            items.append(item)
            files += len(item["files"] or ())
            share += self._pop()
        if lists:
            # A folder that hangs keeps those back that are listed with it.
            enough = FOLDERS_TAKEN if self._answers and not self.storage.slow else len(items)
        return self._load(items, Budget(enough, self._milliseconds, lists), share)

    def _of_suspect(self, suspect: Suspect, share: float) -> Load:
        return Load(self, [suspect.work], suspect.budget, suspect.seconds(self._plan.limits), suspect, share)

    def _load(self, items: list[Work], budget: Budget, share: float) -> Load:
        return Load(self, items, budget, self._plan.limits.seconds + budget.milliseconds / 1000, None, share)

    def _push(self, items: Sequence[Work | Suspect], share: float) -> None:
        """Puts items on the stack, which divide a share of the root."""
        self._stack += items
        self._shares += [share / len(items)] * len(items) if items else []

    def _pop(self) -> float:
        """Takes the topmost item off; gives its share."""
        self._stack.pop()
        return self._shares.pop()

    @property
    def _milliseconds(self) -> int:
        return SLOW_MILLISECONDS if self.storage.slow else MILLISECONDS

"""The pool: worker threads, each with an instance of its own, that pull from one stack of work.

- The stack is last in, first out: depth first, so that little work is pending at a time.
- A worker takes several items a step when the stack is long, and does little at a time while there
  is not enough for those that have nothing, so that work spreads.
- Workers start as work appears and lasts: a small folder does not pay for many instances.
- Answers wait in a bounded queue. A slow reader slows the workers down, and memory stays bounded.
- Symbolic links wait until all else of their root is done (`links.py`).
- A step that ends its instance gives its items back as suspects (`suspects.py`).
"""

import os
import threading
import time
from collections import deque
from collections.abc import Iterator

from mt_scanner._engine import ending, forks
from mt_scanner._engine.answer import Answer
from mt_scanner._engine.component import Component
from mt_scanner._engine.instance import Ended, Instance
from mt_scanner._engine.links import Links
from mt_scanner._engine.plan import Plan, Work, cores
from mt_scanner._engine.request import request
from mt_scanner._engine.seen import Storage
from mt_scanner._engine.suspects import Found, Suspect, look_at
from mt_scanner._types.contract import STEP_MILLISECONDS, Budget
from mt_scanner._types.progress import Progress

ITEMS = 64
"""The most files and folders a step, unless somebody says otherwise."""
ITEMS_TO_SPREAD = 8
"""Files and folders a step while workers have nothing to do."""
MILLISECONDS = STEP_MILLISECONDS
"""Time a step. A scan that is stopped ends within this and one file."""
TAKEN = {"tracks": 8, "sync": 8, "paths": 64, "count": 64}
"""The most items of the stack that go into one step; those that it does not come to are handed
back.
"""
FOLDERS_TAKEN = 32
"""The most folders that a step lists which does nothing else."""
WAITING = 2
"""Answers that may wait to be read, for each worker."""
ALONE = 0.005
"""Time in s that the first worker has to itself: a small folder is done by then, and others would
only cost.
"""
PATIENCE = 0.5
"""A reader looks up this often, in s: on some systems a wait without an end cannot be interrupted
from the keyboard.
"""


class Pool:
    """One scan under way. Iterate over it once; everything else may be called from any thread."""

    def __init__(self, component: Component, plan: Plan) -> None:
        self._component = component
        self._plan = plan
        self._storage = Storage()
        # Work that needs more memory becomes a suspect, and has the whole of it then, alone.
        self._limits = plan.limits._replace(memory=plan.limits.memory // 4)
        # Where files are read, folders are listed in steps of their own: their files are then seen
        # first (`seen.py`).
        self._lists_first = plan.mode in ("tracks", "sync")
        self._stack: list[tuple[str, Work | Suspect]] = []
        self._links = {root: Links() for root in plan.roots}
        self._answers: deque[Answer] = deque()
        self._stopped = False
        self.complete = False
        """Whether all of the work was done, and nobody stopped the scan before."""
        self._failure: BaseException | None = None
        self._started = 0  # workers, ever
        self._alive = 0  # workers that have not ended
        self._idle = 0  # workers that wait for work
        self._busy = 0  # workers that may bring more work
        self._folders = self._files = self._tracks = self._problems = self._passed_over = 0
        self._since = time.monotonic()
        self._until: float | None = None
        self._lock = threading.Lock()
        self._work_came = threading.Condition(self._lock)
        self._room_came = threading.Condition(self._lock)
        self._answer_came = threading.Condition(self._lock)

    def __iter__(self) -> Iterator[Answer]:
        """The answers of the steps, in no certain order. Leaving the loop stops the scan."""
        ending.begin(self)
        try:
            for root in reversed(self._plan.roots):
                self._stack.extend((root, item) for item in reversed(self._plan.begin(root)))
            with self._lock:
                self._since = time.monotonic()
                wanted = self._hire()
            self._start(wanted)
            while (answer := self._next()) is not None:
                yield answer
            self.complete = not self._stopped
        finally:
            self.stop()

    @property
    def progress(self) -> Progress:
        """How far the scan is."""
        with self._lock:
            seconds = (self._until or time.monotonic()) - self._since
            return Progress(self._folders, self._files, self._tracks, self._problems, seconds, self._passed_over)

    @property
    def _workers(self) -> int:
        """How many work at a time: more than usual only while storage is slow."""
        return self._plan.workers if self._storage.slow else min(self._plan.workers, usual_workers())

    def stop(self) -> None:
        """Lets the workers end after the step that they are in, and drops the answers that nobody
        has read.
        """
        if not forks.is_forked():
            with self._lock:
                self._end(None)

    def join(self, seconds: float) -> bool:
        """Waits for the workers of a stopped scan; false if one is still in its step."""
        with self._lock:
            return self._answer_came.wait_for(lambda: not self._alive, seconds)

    def _next(self) -> Answer | None:
        forks.check(self._component.path)
        with self._lock:
            while not (self._answers or self._stopped) and self._alive:
                self._answer_came.wait(PATIENCE)
            if self._failure is not None:
                raise self._failure
            if not self._answers:
                return None
            self._room_came.notify()
            return self._answers.popleft()

    def _end(self, failure: BaseException | None) -> None:
        # With the lock held. Nobody waits for the failure of a worker that was told to stop.
        if not self._stopped:
            self._failure = failure
        self._until = self._until or time.monotonic()
        self._stopped = True
        self._answers.clear()
        for condition in (self._work_came, self._room_came, self._answer_came):
            condition.notify_all()

    def _hire(self) -> int:
        # With the lock held. How many workers to start for the work that is there.
        most = 1 if time.monotonic() - self._since < ALONE else self._workers
        wanted = 0 if self._stopped else max(0, min(len(self._stack) - self._idle, most - self._started))
        self._started += wanted
        self._alive += wanted
        return wanted

    def _start(self, wanted: int) -> None:
        for _ in range(wanted):
            threading.Thread(target=self._work, name="mt-scanner worker", daemon=True).start()

    def _work(self) -> None:
        """The life of a worker."""
        try:
            # The clock ticks for workers, not for the reader: one that is stuck needs it after the
            # reader has left.
            with self._component.ticking():
                self._work_on()
        except BaseException as error:
            with self._lock:
                self._end(error)
        finally:
            with self._lock:
                self._alive -= 1
                if not self._alive:
                    self._answer_came.notify_all()

    def _work_on(self) -> None:
        instance: Instance | None = None
        try:
            while (taken := self._take()) is not None:
                root, items, budget = taken
                if isinstance(items, Suspect):
                    self._give(
                        root,
                        look_at(
                            items, self._component, self._plan, root, self._links[root].entered, lambda: self._stopped
                        ),
                    )
                    continue
                instance = instance or Instance(self._component, self._plan.roots, self._limits)
                try:
                    asked = request(self._plan, root, items, budget, self._storage, self._links[root].entered)
                    if self._stopped:
                        return
                    found = instance.step(asked, self._limits.seconds + MILLISECONDS / 1000)
                except Ended:
                    instance.close()
                    instance = None
                    found = self._suspect(root, items)
                self._give(root, found)
        finally:
            if instance is not None:
                instance.close()

    def _take(self) -> tuple[str, list[Work] | Suspect, Budget] | None:
        """The next work, or `None` when there is none and nobody who could bring any."""
        with self._lock:
            links = self._next_links()
            while not self._stopped and not self._stack and links is None:
                if not self._busy:
                    self._work_came.notify_all()
                    return None
                self._idle += 1
                self._work_came.wait()
                self._idle -= 1
                links = self._next_links()
            if self._stopped:
                return None
            self._busy += 1
            if links is not None:
                return links
            stack, workers, most = self._stack, self._workers, self._plan.items or ITEMS
            # Workers without work, and those that are not there yet: as long as there is something
            # for each of them, or all have something, steps are long.
            hungry = workers - self._busy
            enough = most if len(stack) > hungry else min(ITEMS_TO_SPREAD, most)
            root, first = stack.pop()
            self._links[root].under_way += 1
            if isinstance(first, Suspect):
                return root, first, Budget(1, 0, False)
            lists = self._lists_first and first["files"] is None
            share = min((len(stack) + 1) // workers, FOLDERS_TAKEN if lists else TAKEN[self._plan.mode])
            items = [first]
            files = len(first["files"] or ())
            # Files beyond the budget would be looked at for nothing: they would come back.
            while len(items) < share and files < enough and stack and stack[-1][0] == root:
                next_one = stack[-1][1]
                if isinstance(next_one, Suspect) or (self._lists_first and (next_one["files"] is None) != lists):
                    break
                items.append(next_one)
                files += len(next_one["files"] or ())
                stack.pop()
            return root, items, Budget(FOLDERS_TAKEN if lists else enough, MILLISECONDS, lists)

    def _next_links(self) -> tuple[str, list[Work] | Suspect, Budget] | None:
        # With the lock held. The links of a root of which nothing else is left or under way.
        for root, links in self._links.items():
            alone = links.are_suspect
            if links.holds and not any(root == other for other, _ in self._stack) and (items := links.next()):
                links.under_way += 1
                if alone:
                    return root, Suspect(items[0]), Budget(1, 0, False)
                return root, items, Budget(self._plan.items or ITEMS, MILLISECONDS, self._lists_first)
        return None

    def _suspect(self, root: str, items: list[Work]) -> Found:
        """Gives back the items of a step that ended its instance."""
        if items[0].get("held"):
            with self._lock:
                self._links[root].suspect(items)
            return {}
        return {"work": [Suspect(item) for item in reversed(items)]}

    def _give(self, root: str, found: Found) -> None:
        """Takes a step's results in: first its answer, then the work that it brings. A folder's row
        is then written no later than those of folders below it, of which a sync that finds the
        folder unknown does not ask.

        Waits until there is room for the answer. A worker that comes back to a stopped scan leaves
        nothing.
        """
        folder = os.path.join(root, "")
        paths = [folder + path for path in found.get("paths", ())]
        if os.sep != "/":
            paths = [path.replace("/", os.sep) for path in paths]
        answer = Answer(root, paths, found.get("tracks", []), found.get("problems", []), found.get("changes", {}))
        with self._lock:
            if self._stopped:
                return
            if brings := bool(answer.tracks or answer.paths or answer.problems or answer.changes):
                self._answers.append(answer)
                self._answer_came.notify()
            work = self._links[root].take_in(found)
            self._links[root].under_way -= 1
            self._stack.extend((root, item) for item in work)
            self._work_came.notify(len(work))
            self._folders += found.get("folders", 0)
            self._files += found.get("files", 0)
            self._passed_over += found.get("passed_over", 0)
            self._tracks += found.get("read", 0)
            self._problems += len(answer.problems)
            if self._plan.limit is not None and self._files >= self._plan.limit:
                self._end(None)
            wanted = self._hire()
        self._start(wanted)
        with self._lock:
            while brings and len(self._answers) > WAITING * self._workers and not self._stopped:
                self._room_came.wait()
            self._busy -= 1
            if not self._busy and not self._stack:
                self._work_came.notify_all()


def usual_workers() -> int:
    """The workers of a scan on storage that answers from memory: 4 a core, from 8 to 32.

    More than cores, since each call to the filesystem waits for another thread of wasmtime. On two
    cores with a warm cache, in us a file (the best of some runs):

        workers              1     2     4     8    16    24
        real files         130    72    69    71    78    92
        small tagged ones  100    61    54    68    66
        count              4.6   2.2   2.2   2.3   2.4
    """
    return max(8, min(32, 4 * cores()))

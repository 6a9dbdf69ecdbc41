"""The pool: worker threads, each with an instance of its own, that take work of the roots in turn.

- The work of a root is a stack: last in, first out, so that little work is pending at a time. Each
  worker goes where the fewest are, so that no root occupies all of them.
- A worker takes several items a step when the stack is long, and does little at a time while there
  is not enough for those that have nothing, so that work spreads.
- Workers start as work appears and lasts: a small folder does not pay for many instances.
- Answers wait in a bounded queue. A slow reader slows the workers down, and memory stays bounded.
- Symbolic links wait until all else of their root is done (`links.py`).
- A step that ends its instance gives its items back as suspects (`suspects.py`).
- The reader watches over the workers. One whose step does not come back is left behind: what it was
  given becomes suspects, and its root is given up after some of them (`pending.py`).
"""

import os
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator

from mt_scanner._engine import ending, forks
from mt_scanner._engine.answer import Answer
from mt_scanner._engine.component import Component
from mt_scanner._engine.instance import Ended, Hung
from mt_scanner._engine.pending import Bounds, Load, Pending
from mt_scanner._engine.plan import Plan, cores
from mt_scanner._engine.roots import is_opened
from mt_scanner._engine.suspects import Found, Suspect, answered, guilty
from mt_scanner._engine.within import Calls
from mt_scanner._engine.worker import Worker
from mt_scanner._types.contract import (
    GIVEN_UP,
    HUNG_CALLS,
    ROOT_NOT_A_FOLDER,
    ROOT_NOT_FOUND,
    ROOT_UNREADABLE,
)
from mt_scanner._types.errors import RootNotAFolder, RootNotFound, RootUnreadable
from mt_scanner._types.progress import Progress, whole

WAITING = 2
"""Answers that may wait to be read, for each worker."""
ALONE = 0.005
"""Time in s that the first worker has to itself: a small folder is done by then, and others would
only cost.
"""
PULSE = 0.05
"""A reader gets an empty answer if none has come for so long, in s."""
LOOKING = 0.1
"""How often the workers are looked after, in s."""
LEAVING = 0.3
"""The time in s that the workers of a stopped scan have to leave, whoever waits for them."""
NOTHING = Answer("", [], [], [], {})


LOSSES = {
    RootNotFound: ROOT_NOT_FOUND,
    RootNotAFolder: ROOT_NOT_A_FOLDER,
    RootUnreadable: ROOT_UNREADABLE,
}
"""Errors of a root that has gone since the scan began, and what is said of it."""


class Pool:
    """One scan under way. Iterate over it once; everything else may be called from any thread."""

    def __init__(self, component: Component, plan: Plan) -> None:
        self._component = component
        self._plan = plan
        self._roots: list[Pending] = []
        self._answering: tuple[str, ...] = ()
        self._answers: deque[Answer] = deque()
        self._stopped = False
        self.complete = False
        """Whether all of the work was done, and nobody stopped the scan before."""
        self._failure: BaseException | None = None
        self._workers: set[Worker] = set()  # those that have not ended and were not left behind
        self._lent = 0  # workers whose step is overdue
        self._idle = 0  # workers that wait for work
        self._busy = 0  # workers that may bring more work
        self._turn = 0
        self._folders = self._files = self._tracks = self._problems = self._done = 0
        self._passed_over = self._playlists = 0
        self._since = self._watched = time.monotonic()
        self._until: float | None = None
        self._lock = threading.Lock()
        self._work_came = threading.Condition(self._lock)
        self._room_came = threading.Condition(self._lock)
        self._answer_came = threading.Condition(self._lock)

    def __iter__(self) -> Iterator[Answer]:
        """The answers of the steps, in no certain order, and empty ones while none come. Leaving
        the loop stops the scan.
        """
        ending.begin(self)
        try:
            self._roots = [Pending(self._plan, root, self._plan.begin(root)) for root in self._plan.roots]
            if len(self._roots) > 1:
                # A root of files has no links to follow into others, nor others into it.
                whole = [root.name for root in self._plan.whole if root.files is None]
                calls = Calls(is_opened, whole)
                while not (calls.wait() or self._stopped):
                    yield NOTHING
                # Of the others their own steps tell why.
                self._answering = tuple(
                    root for root, opened in zip(whole, calls.results, strict=True) if opened is True
                )
            self._since = time.monotonic()
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
            loads = [worker.load for worker in self._workers if worker.load and worker.load.is_under_way]
            # Folders that wait to be listed, or are being listed.
            waiting = sum(root.folders for root in self._roots) + sum(load.folders for load in loads)
            under_way = self._until is None
            estimated = under_way and waiting > 0
            done = min(self._done, self._files)
            share = sum(root.done for root in self._roots) / len(self._roots) if estimated else 0.0
            progress = Progress(
                self._folders,
                self._files,
                self._tracks,
                self._problems,
                seconds,
                self._passed_over,
                self._playlists,
                done=done,
                total_files=max(self._files, whole(done, share)) if self._plan.reads else 0,
                total_folders=max(self._folders + waiting, whole(self._folders, share)),
                is_estimated=estimated,
                folder=loads[0].folder if loads and under_way else None,
                phase="scanning" if under_way else "done",
            )
        sync = self._plan.sync
        return progress if sync is None or sync.expected is None else sync.expected.of(progress)

    def stop(self) -> None:
        """Lets the workers end after the step that they are in, and drops the answers that nobody
        has read.
        """
        if not forks.is_forked():
            with self._lock:
                self._end(None)

    def join(self, seconds: float) -> bool:
        """Waits for the workers of a stopped scan, but not for those whose step is overdue, nor for
        any when it was stopped `LEAVING` ago; false if one is still in its step.
        """
        with self._lock:
            if self._until is not None:
                seconds = min(seconds, self._until + LEAVING - time.monotonic())
            return self._answer_came.wait_for(lambda: len(self._workers) <= self._lent, max(0.0, seconds))

    def _next(self) -> Answer | None:
        forks.check(self._component.path)
        until = time.monotonic() + PULSE
        while True:
            with self._lock:
                self._watch()
                hired = self._hire()
                if self._failure is not None:
                    raise self._failure
                if self._answers:
                    answer: Answer | None = self._answers.popleft()
                    # The room shrinks when storage turns out to be quick: then nobody waits for it
                    # who was not woken.
                    self._room_came.notify(max(1, self._room() - len(self._answers)))
                    break
                if self._stopped or not self._workers:
                    answer = None
                    break
            self._start(hired)
            with self._lock:
                if not (self._answers or self._stopped) and self._workers:
                    first = time.monotonic() - self._since < ALONE
                    self._answer_came.wait(ALONE if first else PULSE)
            if time.monotonic() >= until and not self._answers:
                return NOTHING
        self._start(hired)
        return answer

    def _end(self, failure: BaseException | None) -> None:
        # With the lock held. Nobody waits for the failure of a worker that was told to stop.
        if not self._stopped:
            self._failure = failure
        self._until = self._until or time.monotonic()
        self._stopped = True
        self._answers.clear()
        for worker in self._workers:
            worker.dismissed = True
        for condition in (self._work_came, self._room_came, self._answer_came):
            condition.notify_all()

    def _others(self) -> tuple[str, ...]:
        """The roots that an instance sees besides its own, for links that lead there: those whose
        storage answers.
        """
        stalled = {root.root for root in self._roots if root.overdue}
        return tuple(root for root in self._answering if root not in stalled)

    def _most(self) -> int:
        """How many workers work at a time: more than usual only while storage is slow."""
        slow = any(root.storage.slow for root in self._roots)
        return self._plan.workers if slow else min(self._plan.workers, usual_workers())

    def _room(self) -> int:
        """The answers that may wait to be read."""
        return WAITING * self._most()

    def _hire(self) -> list[Worker]:
        # With the lock held. The workers to start for the work that is there.
        if self._stopped:
            return []
        most = 1 if time.monotonic() - self._since < ALONE else self._most()
        ready = sum(root.ready for root in self._roots)
        wanted = min(ready - self._idle, most + self._lent - len(self._workers))
        hired = [Worker(self._component, self._plan, self._others) for _ in range(wanted)]
        self._workers.update(hired)
        return hired

    def _start(self, hired: list[Worker]) -> None:
        for worker in hired:
            threading.Thread(target=self._run, args=(worker,), name="mt-scanner worker", daemon=True).start()

    def _run(self, worker: Worker) -> None:
        """The life of a worker."""
        error: BaseException | None = None
        try:
            # The clock ticks for workers, not for the reader: one that is stuck needs it after the
            # reader has left.
            with self._component.ticking():
                worker.work(self._take, self._give)
        except BaseException as failure:
            error = failure
        with self._lock:
            if worker not in self._workers:
                return
            if error is not None and not self._is_loss(worker, error):
                self._end(error)
            self._workers.discard(worker)
            self._answer_came.notify_all()

    def _take(self, worker: Worker) -> Load | None:
        """The next work, or `None` when there is none and nobody who could bring any."""
        with self._lock:
            while not self._stopped:
                ready = [root for root in self._roots if root.ready]
                if ready:
                    break
                if not self._busy:
                    self._work_came.notify_all()
                    return None
                self._idle += 1
                self._work_came.wait()
                self._idle -= 1
            # Others have taken its place while its step was overdue.
            if self._stopped or len(self._workers) - self._lent > self._plan.workers:
                return None
            self._busy += 1
            own = worker.load.pending if worker.load else None
            root = min(ready, key=lambda root: (root.workers, root is not own, root.turn))
            self._turn += 1
            root.turn = self._turn
            # Workers without work, and those that are not there yet: as long as there is something
            # for each of them, or all have something, steps are long.
            most = self._most()
            left = sum(root.ready for root in ready) - 1
            worker.load = root.take(Bounds(max(1, most // len(ready)), left < most - self._busy))
            return worker.load

    def _give(self, worker: Worker, load: Load, found: Found | Ended) -> None:
        """Takes a step's results in: first its answer, then the work that it brings. A folder's row
        is then written no later than those of folders below it, of which a sync that finds the
        folder unknown does not ask.

        Waits until there is room for the answer. A worker that comes back to a stopped scan leaves
        nothing.
        """
        if isinstance(found, dict):
            found["paths"] = absolute(load.pending.root, found.get("paths", ()))
        with self._lock:
            if worker.dismissed:
                return
            self._come_back(load)
            load.pending.returned()
            brings = self._judge(load, found)
            hired = self._hire()
        self._start(hired)
        with self._lock:
            while brings and len(self._answers) > self._room() and not self._stopped:
                self._room_came.wait()
            self._busy -= 1
            if not self._busy:
                self._work_came.notify_all()

    def _watch(self) -> None:
        # With the lock held. Looks after the workers that are in a step.
        now = time.monotonic()
        if now - self._watched < LOOKING:
            return
        self._watched = now
        for worker in [*self._workers]:
            load = worker.load
            if load is None or not load.is_under_way:
                continue
            if worker.lives():
                load.lives(now)
            if load.hangs(now):
                self._leave_behind(worker, load)
            elif load.is_overdue(now) and not load.overdue:
                load.overdue = True
                load.pending.overdue += 1
                self._lent += 1
                if load.suspect is None:
                    load.pending.disown(load)
                    self._work_came.notify(len(load.items))

    def _leave_behind(self, worker: Worker, load: Load) -> None:
        # With the lock held. Goes on without a worker whose call hangs.
        worker.dismissed = True
        self._workers.discard(worker)
        gives_up = load.pending.hang(load)
        self._come_back(load)
        self._busy -= 1
        self._judge(load, Hung(self._plan.limits.seconds))
        if gives_up:
            self._add(load.pending, load.pending.give_up("timeout", GIVEN_UP.format(calls=HUNG_CALLS)))
        self._work_came.notify_all()

    def _is_loss(self, worker: Worker, error: BaseException) -> bool:
        # With the lock held. Whether storage has gone in mid-scan: that costs its root alone.
        load = worker.load
        if load is None or not load.is_under_way or len(self._roots) == 1:
            return False
        why = next((why for kind, why in LOSSES.items() if isinstance(error, kind)), None)
        if why is None:
            return False
        self._come_back(load)
        self._busy -= 1
        self._add(load.pending, load.pending.give_up("unreadable", why))
        self._work_came.notify_all()
        return True

    def _come_back(self, load: Load) -> None:
        # With the lock held. The step of a load is over, one way or the other.
        load.end()
        load.pending.links.under_way -= 1
        if load.overdue:
            load.pending.overdue -= 1
            self._lent -= 1

    def _judge(self, load: Load, found: Found | Ended) -> bool:
        # With the lock held. Takes in what has become of a load; says whether that is an answer.
        if load.disowned:
            if load.kept is None:
                return False
            if not isinstance(found, Hung):
                load.pending.retry(load.kept)
                self._work_came.notify()
                return False
            return self._add(load.pending, guilty(load.kept, load.pending.root, found))
        if isinstance(found, Ended):
            if load.suspect is None and load.is_file and isinstance(found, Hung):
                load.suspect = Suspect(load.items[0])
            if load.suspect is None:
                load.pending.suspect(load)
                self._work_came.notify(len(load.items))
                return False
            found = guilty(load.suspect, load.pending.root, found)
        elif load.suspect is not None:
            found = answered(load.suspect, found)
        return self._add(load.pending, found, load.share)

    def _add(self, root: Pending, found: Found, share: float = 0.0) -> bool:
        # With the lock held. Takes an answer in, and the work that it brings; `share`: that of the
        # root that the step was given.
        tracks, problems = found.get("tracks", []), found.get("problems", [])
        answer = Answer(root.root, found.get("paths", []), tracks, problems, found.get("changes", {}))
        if brings := bool(tracks or answer.paths or problems or answer.changes):
            self._answers.append(answer)
            self._answer_came.notify()
        self._work_came.notify(root.add(found, share))
        self._folders += found.get("folders", 0)
        self._files += found.get("files", 0)
        self._passed_over += found.get("passed_over", 0)
        self._playlists += found.get("playlists", 0)
        self._tracks += found.get("read", 0)
        self._done += found.get("done", 0)
        self._problems += len(problems)
        if self._plan.limit is not None and self._files >= self._plan.limit:
            self._end(None)
        return brings


def absolute(root: str, paths: Iterable[str]) -> list[str]:
    """Paths below a root as this system writes them."""
    folder = os.path.join(root, "")
    return [folder + (path if os.sep == "/" else path.replace("/", os.sep)) for path in paths]


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

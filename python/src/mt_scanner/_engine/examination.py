"""An examination: workers with an instance of the analyser each look into files.

- Somebody finds the files: a walk, or whoever has a list of them.
- Reports wait in a bounded queue: a slow reader slows the workers down.
- A file that ends an instance is looked into once more by a fresh one, unless it had one. Then it
  is a problem, and costs nobody else anything.
- The reader watches over the workers. One whose call does not come back is left behind with its
  file, and its root is given up after some of them.
"""

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol, cast

from mt_scanner._engine import ending, forks, priority
from mt_scanner._engine.analyser import Analyser, Analyst
from mt_scanner._engine.instance import Ended, Hung
from mt_scanner._engine.plan import Limits
from mt_scanner._engine.question import Question
from mt_scanner._types.contract import (
    ESCAPES_ROOT,
    FILE_NOT_FOUND,
    FILE_UNREADABLE,
    GIVEN_UP,
    HANG_MARGIN,
    HUNG_CALLS,
    READING_FAILED,
    Outcome,
)
from mt_scanner._types.errors import (
    ComponentError,
    EscapesRoot,
    RootNotAFolder,
    RootNotFound,
    ScanError,
    TrackNotFound,
)
from mt_scanner._types.progress import Phase, Progress
from mt_scanner._types.track import Problem

Found = dict[str, Any]
"""The report on a file, as the component gives it, with its root."""

FILES = 10_000
"""Files that may wait to be looked into."""
WAITING = 16
"""Reports and problems that may wait to be read, for each worker."""
PULSE = 0.05
"""A reader gets nothing if nothing has come for so long, in s."""
REFUSALS = {"vanished": FILE_NOT_FOUND, "unreadable": FILE_UNREADABLE, "escapes-root": ESCAPES_ROOT}
"""Why a file could not be opened, by the outcome."""
LEAVING = 0.3
"""The time in s that workers have to leave once an examination is stopped."""


class File(NamedTuple):
    """A file to look into."""

    root: str
    path: str
    size: int = 0
    """Its bytes, where they are known."""


class Source(Protocol):
    """Who finds the files of an examination. Progress has what is known of all of them."""

    def begin(self, examination: "Examination") -> None:
        """It gives files from now on: `add`, and `end` once there are no more."""

    @property
    def progress(self) -> Progress:
        """What was found, and how much there is."""

    def stop(self) -> None:
        """No more files are wanted."""

    def join(self, seconds: float) -> bool:
        """Waits for its end; false if it still works."""


class Worker:
    """A worker: a thread with an instance of its own."""

    def __init__(self) -> None:
        self.file: File | None = None
        self.since = 0.0
        """When its latest call began; `inf` while it rests."""
        self.share = 0.0
        """The part of its file that is done."""
        self.dismissed = False
        """Nobody waits for it: it leaves without a word when its call comes back."""


class Examination:
    """One examination under way. Iterate over it once; everything else may be called from any
    thread.
    """

    def __init__(
        self,
        analyser: Analyser,
        source: Source,
        question: Question,
        limits: Limits,
        workers: int,
        *,
        is_modest: bool = False,
    ) -> None:
        """`is_modest`: its workers leave the cores to everybody else who wants them."""
        self._analyser = analyser
        self._source = source
        self._question = question
        self._limits = limits
        self._most = workers
        self._is_modest = is_modest
        self._files: deque[File] = deque()
        self._found: deque[Found | Problem] = deque()
        self._more = True
        self._stopped = False
        self._rests = False
        self._failure: BaseException | None = None
        self._workers: set[Worker] = set()
        self._calls_that_hang: dict[str, int] = {}
        self._taken = self._read = self._done = self._problems = self._bytes = 0
        self._since = time.monotonic()
        self._until: float | None = None
        self._lock = threading.Lock()
        self._work_came = threading.Condition(self._lock)
        self._room_came = threading.Condition(self._lock)
        self._something_came = threading.Condition(self._lock)
        self._rest_ended = threading.Condition(self._lock)
        self.hung: set[File] = set()
        """Files whose storage did not answer."""
        self.complete = False
        """Whether all of the work was done, and nobody stopped it before."""

    def __iter__(self) -> "Iterator[Found | Problem | None]":
        """Reports and problems, in no certain order, and nothing several times a second while none
        come. Leaving the loop stops the work.
        """
        ending.begin(self)
        try:
            self._since = time.monotonic()
            self._source.begin(self)
            while True:
                forks.check(self._analyser.path)
                with self._lock:
                    if not self._found and not self._is_over:
                        self._something_came.wait(PULSE)
                    self._watch()
                    if self._failure is not None:
                        raise self._failure
                    found = self._found.popleft() if self._found else None
                    self._room_came.notify_all()
                    if found is None and self._is_over:
                        break
                yield found
            self.complete = not self._stopped
        finally:
            self.stop()
            self.join(LEAVING)

    @property
    def progress(self) -> Progress:
        """How far it is."""
        found = self._source.progress
        with self._lock:
            under_way = self._until is None
            busy = [(worker, worker.file) for worker in self._workers if worker.file is not None]
            phase: Phase = "paused" if self._rests else "scanning"
            return found._replace(
                tracks=self._read,
                problems=self._problems,
                seconds=(self._until or time.monotonic()) - self._since,
                done=self._done,
                total_files=max(found.total_files, self._taken),
                done_bytes=self._bytes + sum(int(worker.share * file.size) for worker, file in busy),
                is_estimated=under_way and self._more and found.is_estimated,
                folder=busy[0][1].root if busy and under_way else None,
                phase=phase if under_way else "done",
            )

    @property
    def waiting(self) -> int:
        """The number of files that wait to be looked into."""
        return len(self._files)

    @property
    def is_stopped(self) -> bool:
        """Whether no more files are wanted."""
        return self._stopped

    def add(self, file: File) -> None:
        """One more file. Waits while very many wait."""
        with self._lock:
            while len(self._files) >= FILES and not self._stopped:
                self._room_came.wait()
            if self._stopped or not self._more:
                return
            self._taken += 1
            if self._calls_that_hang.get(file.root, 0) >= HUNG_CALLS:
                return
            self._files.append(file)
            self._work_came.notify()
            self._hire()

    def tell(self, problem: Problem) -> None:
        """A problem of whoever finds the files."""
        self._give(None, problem)

    def end(self) -> None:
        """There are no more files."""
        with self._lock:
            self._more = False
            self._work_came.notify_all()
            self._something_came.notify_all()

    def finish(self) -> None:
        """No file is begun any more; those that are looked into are done."""
        with self._lock:
            self._files.clear()
        self.end()

    def fail(self, error: BaseException) -> None:
        """Ends it with an error."""
        with self._lock:
            # Nobody waits for the failure of a worker that was told to stop.
            if not self._stopped:
                self._failure = self._failure or error
            self._something_came.notify_all()

    def rest(self, rests: bool) -> None:
        """Lets the workers rest after the piece of work that they are at, or go on."""
        with self._lock:
            self._rests = rests
            self._rest_ended.notify_all()

    def stop(self) -> None:
        """Lets the workers end after the piece of work that they are at, and drops what nobody has
        read.
        """
        self._source.stop()
        if forks.is_forked():
            return
        with self._lock:
            self._until = self._until or time.monotonic()
            self._stopped = True
            self._found.clear()
            self._files.clear()
            for condition in (self._work_came, self._room_came, self._something_came, self._rest_ended):
                condition.notify_all()

    def join(self, seconds: float) -> bool:
        """Waits for the workers of a stopped one; false if one is still at work."""
        until = time.monotonic() + seconds
        source_left = self._source.join(seconds)
        with self._lock:
            workers_left = self._something_came.wait_for(lambda: not self._workers, max(0.0, until - time.monotonic()))
        return source_left and workers_left

    @property
    def _is_over(self) -> bool:
        # With the lock held.
        return self._stopped or not (self._more or self._files or self._workers)

    def _hire(self) -> None:
        # With the lock held. Starts a worker, if there is work for one more.
        idle = sum(worker.file is None for worker in self._workers)
        if not self._stopped and len(self._workers) < self._most and idle < len(self._files):
            worker = Worker()
            self._workers.add(worker)
            threading.Thread(target=self._work, args=(worker,), name="mt-scanner worker", daemon=True).start()

    def _work(self, worker: Worker) -> None:
        """The life of a worker."""
        analyst: Analyst | None = None
        if self._is_modest:
            priority.lower()
        try:
            with self._analyser.ticking():
                while (file := self._take(worker)) is not None:
                    if analyst is not None and analyst.root != file.root:
                        analyst.close()
                        analyst = None
                    found, analyst = self._look(worker, file, analyst)
                    self._give(worker, found)
        except BaseException as error:
            if not worker.dismissed:
                self.fail(error)
        finally:
            if analyst is not None:
                analyst.close()
            with self._lock:
                self._workers.discard(worker)
                self._something_came.notify_all()

    def _look(
        self, worker: Worker, file: File, analyst: Analyst | None
    ) -> "tuple[Found | Problem | None, Analyst | None]":
        """Looks into a file; gives the instance back if it lives."""

        def goes_on(share: float) -> bool:
            with self._lock:
                # A file is done once more in a fresh instance.
                worker.share = max(share, worker.share)
                while self._rests and not self._stopped:
                    worker.since = math.inf
                    self._rest_ended.wait()
                worker.since = time.monotonic()
                return not (self._stopped or worker.dismissed)

        while True:
            worker.since = time.monotonic()
            was_fresh = analyst is None or analyst.is_fresh
            try:
                if analyst is None:
                    analyst = Analyst(self._analyser, file.root, self._limits)
                report = analyst.examine(file.path, self._question, goes_on)
                return (None if report is None else {"root": file.root, **report}), analyst
            except Ended as ended:
                assert analyst is not None
                analyst.close()
                analyst = None
                if was_fresh or ended.outcome == "timeout":
                    return problem_of(file, ended.outcome, ended.detail), None
            except ComponentError:
                raise
            except ScanError as error:
                outcome = outcome_of(error)
                return problem_of(file, outcome, REFUSALS[outcome]), analyst

    def _take(self, worker: Worker) -> File | None:
        with self._lock:
            worker.file, worker.share = None, 0.0
            while not (self._files or self._stopped) and self._more:
                self._work_came.wait()
            if self._stopped or worker.dismissed or not self._files:
                return None
            worker.since = time.monotonic()
            worker.file = self._files.popleft()
            self._room_came.notify_all()
            return worker.file

    def _give(self, worker: Worker | None, found: Found | Problem | None) -> None:
        with self._lock:
            if worker is not None:
                if worker.dismissed:
                    return
                self._bytes += worker.file.size if worker.file is not None else 0
                worker.file, worker.share = None, 0.0
            while len(self._found) >= WAITING * self._most and not self._stopped:
                self._room_came.wait()
            if found is None or self._stopped:
                return
            self._count(found, is_of_file=worker is not None)

    def _count(self, found: Found | Problem, is_of_file: bool) -> None:
        # With the lock held.
        self._done += is_of_file
        self._problems += isinstance(found, Problem)
        self._read += isinstance(found, dict)
        self._found.append(found)
        self._something_came.notify_all()

    def _watch(self) -> None:
        # With the lock held. Leaves those behind whose call hangs in the storage.
        overdue = time.monotonic() - self._limits.seconds - HANG_MARGIN
        for worker in [*self._workers]:
            file = worker.file
            if file is None or worker.since > overdue:
                continue
            worker.dismissed = True
            self._workers.discard(worker)
            self._bytes += file.size
            self.hung.add(file)
            self._count(problem_of(file, "timeout", Hung(self._limits.seconds).detail), is_of_file=True)
            self._calls_that_hang[file.root] = self._calls_that_hang.get(file.root, 0) + 1
            if self._calls_that_hang[file.root] == HUNG_CALLS:
                self._files = deque(other for other in self._files if other.root != file.root)
                given_up = Problem(file.root, "", "timeout", GIVEN_UP.format(calls=HUNG_CALLS))
                self._count(given_up, is_of_file=False)
            self._hire()


def problem_of(file: File, outcome: str, why: str) -> Problem:
    """What is said of a file on which there is no report."""
    return Problem(file.root, file.path, cast(Outcome, outcome), READING_FAILED.format(why=why))


def outcome_of(error: ScanError) -> str:
    """The outcome of a file that could not be opened."""
    if isinstance(error, (TrackNotFound, RootNotFound, RootNotAFolder)):
        return "vanished"
    return "escapes-root" if isinstance(error, EscapesRoot) else "unreadable"


def reports(
    examination: Examination, tell: Callable[[Problem], object], move: Callable[[], object] | None = None
) -> Iterator[Found]:
    """The reports of an examination. `tell` gets its problems; `move` is called several times a second
    meanwhile.
    """
    try:
        for found in examination:
            if move is not None:
                move()
            if isinstance(found, Problem):
                tell(found)
            elif found is not None:
                yield found
    finally:
        # The traceback of an error of `tell` would keep it.
        examination.stop()

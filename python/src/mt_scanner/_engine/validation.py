"""A validation: the scanner's walk finds files, and workers with an instance of the analyser each
look into them.

- The walk is a scan of its own, which waits while many files wait to be looked into.
- Reports wait in a bounded queue: a slow reader slows the workers down.
- A file that ends an instance is looked into once more by a fresh one, unless it had one. Then it
  is a problem, and costs nobody else anything.
- The reader watches over the workers. One whose call does not come back is left behind with its
  file, and its root is given up after some of them.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from mt_scanner._engine import ending, forks
from mt_scanner._engine.analyser import Analyser, Analyst
from mt_scanner._engine.answer import problems_of
from mt_scanner._engine.instance import Ended, Hung
from mt_scanner._engine.plan import Limits
from mt_scanner._engine.roots import relative_path
from mt_scanner._types.contract import GIVEN_UP, HANG_MARGIN, HUNG_CALLS, READING_FAILED, Outcome
from mt_scanner._types.errors import ComponentError, EscapesRoot, ScanError, TrackNotFound
from mt_scanner._types.progress import Progress
from mt_scanner._types.track import Problem

if TYPE_CHECKING:
    from mt_scanner._engine.backend import Pool

Found = dict[str, Any]
"""The report on a file, as the component gives it, with its root."""

FILES = 10_000
"""Files that may wait to be looked into."""
WAITING = 16
"""Reports and problems that may wait to be read, for each worker."""
PULSE = 0.05
"""A reader gets nothing if nothing has come for so long, in s."""
LEAVING = 0.3
"""The time in s that workers have to leave once a validation is stopped."""


class File(NamedTuple):
    """A file to look into."""

    root: str
    path: str


class Worker:
    """A worker: a thread with an instance of its own."""

    def __init__(self) -> None:
        self.file: File | None = None
        self.since = 0.0
        """When its latest call began."""
        self.dismissed = False
        """Nobody waits for it: it leaves without a word when its call comes back."""


class Validation:
    """One validation under way. Iterate over it once; everything else may be called from any
    thread.
    """

    def __init__(self, analyser: Analyser, walk: "Pool", depth: str, limits: Limits, workers: int) -> None:
        self._analyser = analyser
        self._walk = walk
        self._depth = depth
        self._limits = limits
        self._most = workers
        self._files: deque[File] = deque()
        self._found: deque[Found | Problem] = deque()
        self._walks = True
        self._stopped = False
        self._failure: BaseException | None = None
        self._workers: set[Worker] = set()
        self._hung: dict[str, int] = {}
        self._taken = self._read = self._done = self._problems = 0
        self._since = time.monotonic()
        self._until: float | None = None
        self._lock = threading.Lock()
        self._work_came = threading.Condition(self._lock)
        self._room_came = threading.Condition(self._lock)
        self._something_came = threading.Condition(self._lock)
        self.complete = False
        """Whether all of the work was done, and nobody stopped it before."""

    def __iter__(self) -> "Iterator[Found | Problem | None]":
        """Reports and problems, in no certain order, and nothing several times a second while none
        come. Leaving the loop stops the validation.
        """
        ending.begin(self)
        try:
            self._since = time.monotonic()
            self._start(self._find, "mt-scanner walk")
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
        """How far the validation is."""
        walked = self._walk.progress
        with self._lock:
            under_way = self._until is None
            at = next((worker.file for worker in self._workers if worker.file), None)
            return walked._replace(
                tracks=self._read,
                problems=self._problems,
                seconds=(self._until or time.monotonic()) - self._since,
                done=self._done,
                total_files=max(walked.files, self._taken),
                is_estimated=under_way and self._walks,
                folder=at.root if at is not None and under_way else None,
                phase="scanning" if under_way else "done",
            )

    def stop(self) -> None:
        """Lets the workers end after the piece of work that they are at, and drops what nobody has
        read.
        """
        self._walk.stop()
        if forks.is_forked():
            return
        with self._lock:
            self._until = self._until or time.monotonic()
            self._stopped = True
            self._found.clear()
            self._files.clear()
            for condition in (self._work_came, self._room_came, self._something_came):
                condition.notify_all()

    def join(self, seconds: float) -> bool:
        """Waits for the workers of a stopped validation; false if one is still at work."""
        until = time.monotonic() + seconds
        walk_left = self._walk.join(seconds)
        with self._lock:
            workers_left = self._something_came.wait_for(lambda: not self._workers, max(0.0, until - time.monotonic()))
        return walk_left and workers_left

    @property
    def _is_over(self) -> bool:
        # With the lock held.
        return self._stopped or not (self._walks or self._files or self._workers)

    def _start(self, work: Callable[..., None], name: str, *arguments: object) -> None:
        threading.Thread(target=work, args=arguments, name=name, daemon=True).start()

    def _find(self) -> None:
        """The walk."""
        try:
            for answer in self._walk:
                for problem in problems_of(answer):
                    self._give(None, problem)
                for path in answer.paths:
                    self._add(File(answer.root, relative_path(answer.root, path)))
                if self._stopped:
                    break
        except BaseException as error:
            self._fail(error)
        with self._lock:
            self._walks = False
            self._work_came.notify_all()
            self._something_came.notify_all()

    def _add(self, file: File) -> None:
        with self._lock:
            while len(self._files) >= FILES and not self._stopped:
                self._room_came.wait()
            if self._stopped:
                return
            self._taken += 1
            if self._hung.get(file.root, 0) >= HUNG_CALLS:
                return
            self._files.append(file)
            self._work_came.notify()
            self._hire()

    def _hire(self) -> None:
        # With the lock held. Starts a worker, if there is work for one more.
        idle = sum(worker.file is None for worker in self._workers)
        if not self._stopped and len(self._workers) < self._most and idle < len(self._files):
            worker = Worker()
            self._workers.add(worker)
            self._start(self._work, "mt-scanner worker", worker)

    def _work(self, worker: Worker) -> None:
        """The life of a worker."""
        analyst: Analyst | None = None
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
                self._fail(error)
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

        def goes_on() -> bool:
            worker.since = time.monotonic()
            return not (self._stopped or worker.dismissed)

        while True:
            worker.since = time.monotonic()
            was_fresh = analyst is None or analyst.is_fresh
            try:
                if analyst is None:
                    analyst = Analyst(self._analyser, file.root, self._limits)
                report = analyst.validate(file.path, self._depth, goes_on)
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
                return problem_of(file, outcome_of(error), error.reason), analyst

    def _take(self, worker: Worker) -> File | None:
        with self._lock:
            worker.file = None
            while not (self._files or self._stopped) and self._walks:
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
                worker.file = None
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

    def _fail(self, error: BaseException) -> None:
        with self._lock:
            # Nobody waits for the failure of a worker that was told to stop.
            if not self._stopped:
                self._failure = self._failure or error
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
            self._count(problem_of(file, "timeout", Hung(self._limits.seconds).detail), is_of_file=True)
            self._hung[file.root] = self._hung.get(file.root, 0) + 1
            if self._hung[file.root] == HUNG_CALLS:
                self._files = deque(other for other in self._files if other.root != file.root)
                given_up = Problem(file.root, "", "timeout", GIVEN_UP.format(calls=HUNG_CALLS))
                self._count(given_up, is_of_file=False)
            self._hire()


def problem_of(file: File, outcome: str, why: str) -> Problem:
    """What is said of a file on which there is no report."""
    return Problem(file.root, file.path, cast(Outcome, outcome), READING_FAILED.format(why=why))


def outcome_of(error: ScanError) -> str:
    """The outcome of a file that could not be opened."""
    if isinstance(error, TrackNotFound):
        return "vanished"
    return "escapes-root" if isinstance(error, EscapesRoot) else "unreadable"

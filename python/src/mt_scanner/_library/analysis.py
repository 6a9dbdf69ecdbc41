"""An analysis: the analyser looks into files that the library lists, and this side binds its reports
to the library's statements.

It has a connection of its own and holds no lock of a sync: both may go on at a time. Whether a report
is of the file that the library knows is for the statement to say.
"""

import json
import math
import time
from collections.abc import Collection, Sequence
from itertools import islice
from typing import Any, NamedTuple

from mt_scanner._engine import forks
from mt_scanner._engine.analyser import Analyser
from mt_scanner._engine.examination import Examination, File, Found
from mt_scanner._engine.plan import Limits
from mt_scanner._engine.question import Question
from mt_scanner._engine.reckoner import reckoner
from mt_scanner._library.database import PATIENCE, Database, is_busy
from mt_scanner._library.listed import Listed
from mt_scanner._library.watcher import Watcher
from mt_scanner._types.contract import ANALYSIS_STOPPED
from mt_scanner._types.errors import AnalysisStopped, LibraryError
from mt_scanner._types.progress import BETWEEN_REPORTS, Progress
from mt_scanner._types.track import Problem

SECONDS = 0.8
"""The most time between two transactions in s."""
ALBUMS = 50
"""Albums that are asked for at a time."""
ROWS = 1000
"""Rows that are handed to the component at a time."""
PASSING = ("vanished", "unreadable", "escapes-root")
"""Outcomes that say nothing of the file: it is tried again."""


class Effort(NamedTuple):
    """What an analysis may cost."""

    workers: int
    limits: Limits
    seconds: float | None = None
    """The time after which no file is begun, in s."""


class Analysis:
    """An analysis of the files that a library has listed. `question` is what is asked of each."""

    def __init__(
        self, database: Database, analyser: Analyser, question: Question, effort: Effort, watcher: Watcher
    ) -> None:
        self._database = database
        self._analyser = analyser
        self._question = question
        self._effort = effort
        self._watcher = watcher
        with reckoner(analyser, effort.limits) as instance:
            self._version = instance.version()
        self._rows: dict[str, list[Sequence[Any]]] = {}
        self._examination: Examination | None = None
        self._until = math.inf
        self._written = time.monotonic()
        self._told = 0.0
        self.progress = Progress()
        """How far it is."""
        self.analysed = 0
        """Files that have got a report."""
        self.albums = 0
        """Albums whose loudness was reckoned."""
        self.problems: list[Problem] = []

    def begin(self, roots: Sequence[str] | None) -> None:
        """Lists the files of these roots, or of all, that lack something that is asked for."""
        self._run("analysis")
        self._run("analysis-begin", *self._question, self._version, in_json(roots))

    def begin_duplicates(self, roots: Sequence[str] | None) -> None:
        """Lists the files of these roots, or of all, that have to be hashed to tell whether they are
        the same as others.
        """
        self._run("analysis")
        self._run("duplicates-begin", self._version, in_json(roots))

    def run(self, there: Collection[str]) -> None:
        """Looks into the files of the roots that are there, and writes what is found.

        Raises `AnalysisStopped` if it was stopped before its end.
        """
        listed = Listed(self._database, there)
        effort = self._effort
        examination = Examination(self._analyser, listed, self._question, effort.limits, effort.workers, is_modest=True)
        self._examination = examination
        if effort.seconds is not None:
            self._until = time.monotonic() + effort.seconds
        self._end_in_time(examination)
        self._tell(listed.progress)
        self._written = time.monotonic()
        try:
            for found in examination:
                if found is not None:
                    self._take(listed, found, examination.hung)
                listed.feed(examination)
                self._attend(examination)
                if time.monotonic() - self._written >= SECONDS:
                    self._write()
        finally:
            # The traceback of an error of a callback would keep it.
            examination.stop()
            if not forks.is_forked():
                self._write()
        self._tell(self._reached())
        if not examination.complete:
            raise AnalysisStopped(ANALYSIS_STOPPED, self._database.path)

    def reckon(self) -> None:
        """Reckons the loudness of albums of which a track was measured, has come or has gone.

        Raises `AnalysisStopped`.
        """
        self._run("albums-begin", self._version)
        place = 0
        while rows := list(self._database.query("albums-next", place, ALBUMS)):
            with reckoner(self._analyser, self._effort.limits) as instance:
                for place, tracks in rows:
                    loudness = json.dumps(instance.album(tracks))
                    self._rows.setdefault("album-measured", []).append((place, loudness))
                    self.wait()
            self.albums += len(rows)
            self._write()

    def groups(self, roots: Sequence[str] | None) -> list[dict[str, Any]]:
        """Tracks of these roots, or of all, that are the same, by what is known of them.

        Raises `AnalysisStopped`.
        """
        self._tell(self.progress._replace(phase="finishing", folder=None))
        self._hear()
        rows = self._database.query("duplicate-rows", in_json(roots))
        pages = iter(lambda: list(islice(rows, ROWS)), [])
        with reckoner(self._analyser, self._effort.limits) as instance:
            return instance.groups(pages, lambda _: self.wait())

    def unfingerprinted(self, roots: Sequence[str] | None) -> int:
        """How many tracks of these roots, or of all, have no fingerprint."""
        ((tracks,),) = self._database.query("unfingerprinted", in_json(roots))
        return int(tracks)

    def end(self) -> None:
        """Tells that all is done."""
        self._tell(self.progress._replace(phase="done", folder=None))

    def _run(self, statement: str, *parameters: object) -> None:
        """Runs a statement that may take long."""
        with self._database.attended(self.wait):
            self._database.run(statement, *parameters)

    def _take(self, listed: Listed, found: "Found | Problem", hung: Collection[File]) -> None:
        """Keeps a report, or what there is in place of it, and tells of it. Of `hung` files the
        storage did not answer, which says nothing of them.
        """
        if isinstance(found, Problem):
            self.tell(found)
            if not found.path:
                return
        row = listed.taken(found._asdict() if isinstance(found, Problem) else found)
        read = (row.id, row.size, row.mtime_ns, *self._question, self._version, int(time.time()))
        if not isinstance(found, Problem):
            self.analysed += 1
            self._rows.setdefault("analysed", []).append((*read, json.dumps(found)))
            if self._watcher.on_report is not None:
                self._watcher.on_report(found)
        elif found.outcome not in PASSING and File(row.root, row.path, row.size) not in hung:
            self._rows.setdefault("analysis-failed", []).append((*read, found.outcome, found.detail))

    def tell(self, problem: Problem) -> None:
        """Tells of a problem."""
        self.problems.append(problem)
        if self._watcher.on_problem is not None:
            self._watcher.on_problem(problem)

    def _attend(self, examination: Examination) -> None:
        """Tells of progress, and does what others want."""
        control = self._watcher.control
        if control is not None:
            if control.is_stopped:
                examination.stop()
            elif control.is_paused:
                self._write()
            examination.rest(control.is_paused)
        self._end_in_time(examination)
        if time.monotonic() - self._told >= BETWEEN_REPORTS:
            self._tell(examination.progress)

    def _end_in_time(self, examination: Examination) -> None:
        """Begins no file any more once the time is over."""
        if time.monotonic() >= self._until:
            examination.finish()

    def _write(self) -> None:
        """Writes what was found since the last time, when nobody else writes."""
        rows, self._rows = self._rows, {}
        until = time.monotonic() + PATIENCE
        while rows:
            try:
                with self._database.transaction():
                    self._database.write(rows)
                rows = {}
            except LibraryError as error:
                if not is_busy(error.__cause__) or time.monotonic() >= until:
                    raise
                self.wait()
        self._written = time.monotonic()

    def wait(self) -> None:
        """Tells of progress while no file is worked on. Raises `AnalysisStopped`."""
        if time.monotonic() - self._told >= BETWEEN_REPORTS:
            self._tell(self._reached())
        self._hear()

    def _reached(self) -> Progress:
        """How far it is. What comes when all files are done is not the end."""
        progress = self.progress if self._examination is None else self._examination.progress
        return progress._replace(phase="finishing", folder=None) if progress.phase == "done" else progress

    def _tell(self, progress: Progress) -> None:
        self._told = time.monotonic()
        self.progress = progress
        if self._watcher.on_progress is not None:
            self._watcher.on_progress(progress)

    def _hear(self) -> None:
        """Raises `AnalysisStopped` if somebody wants an end."""
        if self._watcher.control is not None and self._watcher.control.is_stopped:
            raise AnalysisStopped(ANALYSIS_STOPPED, self._database.path)


def in_json(roots: Sequence[str] | None) -> str | None:
    """Roots as the parameter of a statement; all are `None`."""
    return None if roots is None else json.dumps(roots)

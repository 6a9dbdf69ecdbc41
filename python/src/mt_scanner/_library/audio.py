"""What a library knows of the audio of its files, and how it gets to know it."""

import os
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, TypedDict, get_args

from mt_scanner._engine.plan import Limits, check_effort, cores, native_paths
from mt_scanner._engine.question import Question, asked
from mt_scanner._engine.roots import StrPath, check_root
from mt_scanner._engine.session import Session
from mt_scanner._engine.within import Patience
from mt_scanner._library.control import Control
from mt_scanner._library.duplicates import DuplicateGroup, DuplicateKind, group_of
from mt_scanner._library.job import AnalysisJob, Telling, both
from mt_scanner._library.report import AnalysisReport
from mt_scanner._types.contract import ANALYSIS_STOPPED, NOT_A_ROOT, Outcome
from mt_scanner._types.errors import AnalysisStopped, LibraryError, RootUnreadable, ScanError
from mt_scanner._types.options import check_names
from mt_scanner._types.progress import Progress
from mt_scanner._types.report import Depth, Report, report_of
from mt_scanner._types.track import Problem

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from mt_scanner._engine.examination import Found
    from mt_scanner._library.analysis import Analysis
    from mt_scanner._library.database import Database
    from mt_scanner._library.watcher import Watcher

BUSY = 100
"""The time in ms that an analysis waits for another writer before it looks whether it is to end."""

Roots = StrPath | Iterable[StrPath] | None
"""Roots of a library, or all of them."""


class Looking(TypedDict, total=False):
    """How to look into files.

    `workers`: files that are worked on at a time, by default as many as there are cores.
    `file_timeout`: the most time for one file without progress, in s, by default 10. `memory_limit`:
    the most memory of one instance in bytes, by default 256 MiB. `analyser`: another component of
    that world to run, by its path.
    """

    workers: int | None
    file_timeout: float
    memory_limit: int
    analyser: StrPath | None


class AudioLibrary(ABC):
    """The part of a library that is about audio."""

    path: str
    """The database, as an absolute path."""

    def analyse(
        self,
        roots: Roots = None,
        *,
        depth: Depth | None = "stream",
        hashes: bool = True,
        loudness: bool = True,
        fingerprint: bool = True,
        seconds: float | None = None,
        stop: threading.Event | None = None,
        on_report: Callable[[Report], object] | None = None,
        on_problem: Callable[[Problem], object] | None = None,
        on_progress: Callable[[Progress], object] | None = None,
        **options: "Unpack[Looking]",
    ) -> AnalysisReport:
        """Looks into the audio of the library's files, and keeps in it what is found: the tables
        `analyses` and `album_loudness`, and for people the views `damaged`, `loudness` and `copies`.

            with Library("library.db") as library:
                report = library.analyse(seconds=600)
                print(report.damaged, "damaged,", report.left, "to do")

        Only files are read whose analysis is missing, or is of another content, or lacks something
        that is asked for. Whatever ends it, the next one goes on from there. Syncs of the library go
        on meanwhile, in this process too, and readers; another analysis does not. On Linux its
        threads have a low priority (a niceness of 10).

        `roots`: roots of the library, with those inside them; by default all. One that is not there
        is left out then, and is a problem. `depth`, `hashes`, `loudness` and `fingerprint`: what is
        to be found out, as in `Scanner.examine`. Albums are tracks with the same album and album
        artist in a root; their loudness is reckoned in the end, from that of their tracks.
        `seconds`: no file is begun after so many; those under way are finished. `stop`: ends the
        analysis within 0.5 s once it is set. `on_report` and `on_problem`: called for each file.
        `on_progress`: called ten to twenty times a second, and at the end; its `fraction` and
        `seconds_left` go by bytes. `options`: `workers`, `file_timeout` and `memory_limit` as in
        `Scanner.examine`, and `analyser`.

        A file that costs the analyser an instance is a problem of outcome `timeout`, `memory` or
        `trap`, and is not tried again as it is; one that could not be read is.

        Raises `AnalysisStopped` if `stop` was set before the end; `LibraryError` if the database
        cannot be used, another analysis of it is under way, or it has no such root; for a root that
        is named as `Scanner.scan` does; `ComponentError` if the analyser cannot be run; and
        `ValueError` as `Scanner.examine` does.
        """
        from mt_scanner._library.watcher import Watcher

        question = asked(depth, hashes, loudness, fingerprint)
        control = None if stop is None else Control(stop)
        return self._analyse(
            roots, question, seconds, Watcher(on_progress, typed(on_report), on_problem, control), options
        )

    def start_analysis(
        self,
        roots: Roots = None,
        *,
        depth: Depth | None = "stream",
        hashes: bool = True,
        loudness: bool = True,
        fingerprint: bool = True,
        seconds: float | None = None,
        on_report: Callable[[Report], object] | None = None,
        on_problem: Callable[[Problem], object] | None = None,
        on_progress: Callable[[Progress], object] | None = None,
        **options: "Unpack[Looking]",
    ) -> AnalysisJob:
        """`analyse` in the background. `on_report`, `on_problem` and `on_progress` are called from
        there; the job's events need no callback: `poll()`, `events()`, `async for`.

        It returns at once. Raises `TypeError` or `ValueError` for options that make no sense. All else
        that `analyse` raises comes from the job's `result`.
        """
        question = asked(depth, hashes, loudness, fingerprint)
        effort_of(options)

        def run(job: Telling) -> AnalysisReport:
            from mt_scanner._library.watcher import Watcher

            watcher = Watcher(job.report, typed(on_report), both(on_problem, job.put), job.control)
            report = self._analyse(roots, question, seconds, watcher, options)
            job.put(report)
            return report

        return AnalysisJob(run, on_progress)

    def duplicates(
        self,
        roots: Roots = None,
        *,
        kinds: Iterable[DuplicateKind] | None = None,
        hashing: bool = True,
        stop: threading.Event | None = None,
        on_problem: Callable[[Problem], object] | None = None,
        on_progress: Callable[[Progress], object] | None = None,
        **options: "Unpack[Looking]",
    ) -> list[DuplicateGroup]:
        """Groups of tracks that are the same, and which of each to keep. Nothing is ever deleted.

            for group in Library("library.db").duplicates(kinds=["copy", "same-audio"]):
                print(group.kind, group.tracks[0].file, *group.tracks[0].why)

        Files that may be copies of others, by the length and a likeness of their audio, are hashed
        first if they have not been, and the hashes are kept in the library. `same-recording` is
        found among tracks that have a fingerprint, which `analyse` takes.

        `roots` as in `analyse`. `kinds`: kinds of groups; by default all. `hashing`: without it no
        file is read, and only what is known already tells. `stop`, `on_problem`, `on_progress` and
        `options` as in `analyse`.

        Raises as `analyse` does, and `ValueError` for another kind.
        """
        from mt_scanner._library.watcher import Watcher

        wanted = set(kinds_of(kinds))
        control = None if stop is None else Control(stop)
        groups, _ = self._duplicates(roots, hashing, Watcher(on_progress, None, on_problem, control), options)
        return [group_of(group) for group in groups if group["kind"] in wanted]

    def _analyse(
        self, roots: Roots, question: Question, seconds: float | None, watcher: "Watcher", options: Looking
    ) -> AnalysisReport:
        from mt_scanner._library.database import alone_analysing

        with self._analysis(question, seconds, watcher, options) as (database, analysis), alone_analysing(self.path):
            patience = Patience(analysis.wait)
            meant = named(database, roots, patience)
            there = readable(database, meant, analysis, patience)
            analysis.begin(meant)
            analysis.run(there)
            if question.loudness:
                analysis.reckon()
            analysis.end()
            counts = database.record("analysis-report")
            # Of the whole library, as the verdicts are.
            del counts["analysed"]
            done = {"analysed": analysis.analysed, "albums": analysis.albums}
            return AnalysisReport(**done, **counts, problems=analysis.problems, progress=analysis.progress)

    def _duplicates(
        self, roots: Roots, hashing: bool, watcher: "Watcher", options: Looking
    ) -> tuple[list[dict[str, Any]], int]:
        """The groups as the component gives them, and the number of tracks without a fingerprint."""
        from mt_scanner._library.database import alone_analysing

        with self._analysis(Question(hashes=True), None, watcher, options) as (database, analysis):
            patience = Patience(analysis.wait)
            meant = named(database, roots, patience)
            if hashing:
                with alone_analysing(self.path):
                    there = readable(database, meant, analysis, patience)
                    analysis.begin_duplicates(meant)
                    analysis.run(there)
            groups = analysis.groups(meant)
            analysis.end()
            return groups, analysis.unfingerprinted(meant)

    @contextmanager
    def _analysis(
        self, question: Question, seconds: float | None, watcher: "Watcher", options: Looking
    ) -> "Iterator[tuple[Database, Analysis]]":
        """An analysis, and the connection that it has for itself."""
        from mt_scanner._engine.analyser import load
        from mt_scanner._library.analysis import Analysis, Effort

        effort = Effort(*effort_of(options), seconds)
        path = options.get("analyser")

        def attend() -> None:
            if watcher.on_progress is not None:
                watcher.on_progress(Progress())
            if watcher.control is not None and watcher.control.is_stopped:
                raise AnalysisStopped(ANALYSIS_STOPPED, self.path)

        analyser = load(None if path is None else os.fspath(path), attend)
        with closing(self._another()) as database:
            database.connection.execute(f"PRAGMA busy_timeout = {BUSY}")
            yield database, Analysis(database, analyser, question, effort, watcher)

    @abstractmethod
    def _another(self) -> "Database":
        """The library, by a connection of its own."""


def effort_of(options: Looking) -> tuple[int, Limits]:
    """The number of workers, and the limits. Raises `TypeError` or `ValueError` for what makes no
    sense.
    """
    check_names(options, Looking)
    default = Limits()
    limits = Limits(options.get("file_timeout", default.seconds), options.get("memory_limit", default.memory))
    workers = options.get("workers")
    check_effort(workers, limits)
    return workers or cores(), limits


def kinds_of(kinds: Iterable[DuplicateKind] | None) -> Sequence[DuplicateKind]:
    """The kinds, or all. Raises `ValueError` if there is none of a name."""
    known = get_args(DuplicateKind)
    wanted = known if kinds is None else list(kinds)
    for kind in wanted:
        if kind not in known:
            raise ValueError(f"a kind is one of {', '.join(known)}, not {kind!r}")
    return wanted


def typed(on_report: Callable[[Report], object] | None) -> "Callable[[Found], object] | None":
    """A callback that takes what the component gives."""
    return None if on_report is None else lambda found: on_report(report_of(found))


def known_roots(database: "Database") -> list[str]:
    return [root for (root,) in database.query("roots")]


def named(database: "Database", roots: Roots, patience: Patience) -> list[str] | None:
    """Roots as the library knows them, with those inside them; `None`, for all, stays so. Raises
    `LibraryError` if one is none of its roots.
    """
    if roots is None:
        return None
    known = known_roots(database)
    session = Session(roots)
    session.patience = patience
    arranged = session.in_library(known).arranged
    files = [file for root in arranged.roots for file in native_paths(root.name, root.files or ())]
    strangers = [os.path.join(*stranger) for stranger in arranged.strangers]
    folders = [root.name for root in arranged.roots]
    for path in (*files, *strangers, *(folder for folder in folders if folder not in known)):
        raise LibraryError(NOT_A_ROOT, path)
    return folders


def readable(database: "Database", meant: list[str] | None, analysis: "Analysis", patience: Patience) -> set[str]:
    """The roots that are meant and can be read. Raises for one that was named and cannot be; all
    others are problems of the analysis.
    """
    there = set()
    for root, error in checked(known_roots(database) if meant is None else meant, patience):
        if error is None:
            there.add(root)
        elif meant is not None:
            raise error
        else:
            outcome: Outcome = "unreadable" if isinstance(error, RootUnreadable) else "vanished"
            analysis.tell(Problem(root, "", outcome, error.reason))
    return there


def checked(roots: Sequence[str], patience: Patience) -> Iterator[tuple[str, ScanError | None]]:
    """Each root, and why it cannot be read. One that does not answer is left to the work on it."""
    for root, error in zip(roots, patience.of_each(check_root, roots), strict=True):
        yield root, error if isinstance(error, ScanError) else None

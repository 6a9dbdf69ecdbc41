"""The scanner: one root or several, and what can be asked of them."""

import os
import time
from binascii import a2b_base64
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from types import TracebackType
from typing import TYPE_CHECKING, Any

from mt_scanner._engine.answer import problems_of
from mt_scanner._engine.plan import Known, Sync
from mt_scanner._engine.question import Question, asked
from mt_scanner._engine.roots import StrPath
from mt_scanner._engine.session import Session
from mt_scanner._engine.within import Patience
from mt_scanner._types.notice import Notice
from mt_scanner._types.picture import Picture
from mt_scanner._types.progress import BETWEEN_REPORTS, Progress
from mt_scanner._types.report import Depth, Report, check_depth, report_of
from mt_scanner._types.track import Chapter, Inspection, Lyrics, Problem, Tag, Track

if TYPE_CHECKING:
    from mt_scanner._engine import backends
    from mt_scanner._engine.backend import Pool
    from mt_scanner._engine.examination import Examination
    from mt_scanner._engine.held import KnownFiles
    from mt_scanner._job import ScanJob
    from mt_scanner._types.contract import FollowLinks


class Scanner:
    """Scans music folders and files inside the sandbox.

    `roots`: one folder or file, or several. A folder is opened read-only; nothing else can be seen
    from inside. A file is opened through its folder, which is the root of its row then; one in a
    folder that is scanned as well is scanned there, if the scan comes to it. A root inside another
    one owns its files; a folder that is named twice, through a link for one, is one root by its
    first name (`notices`).
    `workers`: the most instances of the component, each on a thread of its own; by default 64. More
    than one a core under `native`, and 4 a core under `wasmtime`, work only while storage is slow.
    `backend`: the way to run the component. `native` is the Rust host (`mt-scanner-native`),
    `wasmtime` wasmtime's Python package; `auto` takes the first of the two that is installed, or
    the one that MT_SCANNER_BACKEND names in the environment. `follow_links`: symbolic links to
    follow inside a root. `once`, the default: those that lead to music that is not reached without
    them, because it is hidden or ignored; `all`: each file and folder once more through a link;
    `no`. `True` is `once`, `False` is `no`. `hidden_folders`: enter folders whose name begins with
    a dot, and what systems leave behind, such as recycle bins. Off by default. `ignored_folders`:
    enter folders with a `.nomedia` and what a `.mtignore` excludes. Off by default. `archives`:
    look into archives (`.zip`, `.7z`, `.rar`, `.tar`, `.tar.gz`, `.tgz`), each of which is a folder
    then, named as its file is with a `!` behind: `Album.zip!/01.mp3`. Off by default. `extensions`:
    extensions of files to look for beside the ten of `get_supported_extensions`, with their dot or
    without it and in any case; none by default. What such a file is, its content says.
    `legacy_charset`: what texts are read in that are not UTF-8, and whose charset nothing says.
    `off`, the default, is ISO 8859-1; `auto` judges by the texts of each file; anything else is a
    label of the Encoding Standard, such as `windows-1251`, and a scan raises `ScanError` if there
    is none of this name. A library reads files again that were read with another one. `cue`: cue
    sheets divide albums in one file into tracks of their own, beside that of the file
    (`Album.flac!/03`). On by default.
    `file_timeout`: time for one file in s; 10 by default. A file that takes longer is a problem of
    outcome `timeout`. `memory_limit`: memory for one file in bytes; 256 MiB by default. A file that
    needs more is a problem of outcome `memory`. `component`: another component of the same world to
    run, by its path.
    """

    def __init__(
        self,
        roots: StrPath | Iterable[StrPath],
        *,
        workers: int | None = None,
        backend: "backends.Name" = "auto",
        follow_links: "FollowLinks | bool" = "once",
        hidden_folders: bool = False,
        ignored_folders: bool = False,
        archives: bool = False,
        extensions: Iterable[str] = (),
        legacy_charset: str = "off",
        cue: bool = True,
        file_timeout: float = 10.0,
        memory_limit: int = 256 << 20,
        component: StrPath | None = None,
    ) -> None:
        self._session = Session(
            roots,
            workers=workers,
            backend=backend,
            follow_links=follow_links,
            hidden_folders=hidden_folders,
            ignored_folders=ignored_folders,
            archives=archives,
            extensions=extensions,
            legacy_charset=legacy_charset,
            cue=cue,
            file_timeout=file_timeout,
            memory_limit=memory_limit,
            component=component,
        )
        self.problems: list[Problem] = []
        """The problems of the latest `scan`, `paths`, `count`, `validate` or `examine`, so far."""
        self._latest: Pool | Examination | None = None

    @property
    def roots(self) -> tuple[str, ...]:
        """The roots, as absolute paths. That of a file is its folder. They are looked at once, here or
        by what needs them before; storage that does not answer is waited for for a second.
        """
        return self._session.roots

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What should be known of the roots: which lie inside another one (`root-inside`), and which
        were named more than once (`same-root`).
        """
        return self._session.arranged.notices

    def scan(
        self, on_problem: Callable[[Problem], object] | None = None, *, known: "KnownFiles | None" = None
    ) -> Iterator[Track]:
        """Every track, as they are found and in no certain order. Leaving the loop ends the scan.

        With `on_problem` problems go there as they are found, and are not kept in `problems`: then
        memory does not grow with the number of files, whatever is wrong with them.

        `known`: what the caller knows already, by absolute path: the size in bytes and the time of
        last change in ns (`Track.size` and `Track.mtime_ns`, `os.stat`). Files that are still so are
        not opened and left out; what comes is new or has changed, and what is gone is not told.

        Raises `RootNotFound`, `RootNotAFolder` or `RootUnreadable` before anything starts.
        """
        pool = self._pool("tracks", known=known)
        problems = self.problems = []
        tell = on_problem or problems.append

        def tracks() -> Iterator[Iterable[Track]]:
            try:
                for answer in pool:
                    for problem in problems_of(answer):
                        tell(problem)
                    yield map(Track._make, answer.tracks)
                    yield tracks_of(answer.changes)
            finally:
                # The traceback of an error of `tell` would keep the scan.
                pool.stop()

        return chain.from_iterable(tracks())

    def compare(
        self, known: Known, *, begin: Callable[[str], list[str]] | None = None, deep: bool = True
    ) -> "Iterator[dict[str, list[list[Any]]]]":
        """The differences from a library that the caller keeps by itself: the component compares the
        roots with what the library knows of them, and the caller runs the library's statements with
        the rows that come out, which are given by the statements' names (`wit/library.wit`).
        `Library` is the library that does so.

        `known`: the answers of the statement `known` for folders of a root, as JSON text, each
        folder with the name behind which its files are asked for. It is called by other threads.
        `begin`: the work that it begins with, for a root: rows of the statement `folders`, or the
        root's own folder. `deep`: whether folders that the library knows are entered from the folder
        above, as in a full sync.

        Raises as `scan` does.
        """
        from mt_scanner._engine.held import whole

        pool = self._pool("sync", sync=Sync(deep, begin or whole, None, known))
        problems = self.problems = []
        for answer in pool:
            problems.extend(problems_of(answer))
            if answer.changes:
                yield answer.changes

    def paths(self) -> Iterator[str]:
        """The absolute path of every audio file, written as this system writes paths. No file is
        opened.

        Raises as `scan` does.
        """
        pool = self._pool("paths")
        problems = self.problems = []

        def paths() -> Iterator[list[str]]:
            for answer in pool:
                problems.extend(problems_of(answer))
                yield answer.paths

        # Python is asked once a step, and not for every path.
        return chain.from_iterable(paths())

    def count(self, limit: int | None = None, *, on_progress: Callable[[Progress], object] | None = None) -> int:
        """The number of audio files, or `limit` as soon as that many were found. No file is opened.
        `on_progress`: called ten to twenty times a second, and at the end.

        Raises as `scan` does.
        """
        return self._counted(self._pool("count", limit=limit), limit, on_progress)

    def _counted(
        self, pool: "Pool", limit: int | None = None, on_progress: Callable[[Progress], object] | None = None
    ) -> int:
        problems = self.problems = []
        told = 0.0
        for answer in pool:
            problems.extend(problems_of(answer))
            if on_progress is not None and time.monotonic() - told >= BETWEEN_REPORTS:
                told = time.monotonic()
                on_progress(pool.progress)
        if on_progress is not None:
            on_progress(pool.progress)
        files = pool.progress.files
        return files if limit is None else min(files, limit)

    def start(
        self,
        on_progress: Callable[[Progress], object] | None = None,
        on_tracks: Callable[[list[Track]], object] | None = None,
    ) -> "ScanJob":
        """Scans in the background. `on_progress` is called from there, ten to twenty times a second
        and at the end. `on_tracks` gets the tracks there as they are found, some at a time, and the
        result has none: a list of all of a large library is work for Python's collector.

        It returns at once: roots are looked at in the background, too. What `scan` raises comes from
        the job's `result`.
        """
        from mt_scanner._job import ScanJob

        scan = self._latest = self._session.later("tracks")
        return ScanJob(scan, on_progress, on_tracks)

    @property
    def progress(self) -> Progress:
        """How far the latest `scan`, `paths`, `count`, `validate` or `examine` is."""
        return self._latest.progress if self._latest is not None else Progress()

    def validate(
        self,
        depth: Depth = "stream",
        on_problem: Callable[[Problem], object] | None = None,
        *,
        analyser: StrPath | None = None,
    ) -> Iterator[Report]:
        """A report on every audio file: whether it is damaged, and where. It is `examine` with a depth
        and nothing else.

            for report in Scanner("Music").validate():
                if report.is_broken:
                    print(report.path, report.verdict, report.findings[0].detail)

        `depth`: how closely to look: `header`, `stream` or `audio`.

        Raises as `examine` does.
        """
        return self.examine(check_depth(depth), on_problem=on_problem, analyser=analyser)

    def examine(
        self,
        depth: Depth | None = None,
        *,
        hashes: bool = False,
        loudness: bool = False,
        fingerprint: bool = False,
        on_problem: Callable[[Problem], object] | None = None,
        analyser: StrPath | None = None,
    ) -> Iterator[Report]:
        """A report on the audio of every file, as they are done and in no certain order. Leaving the
        loop ends the work.

            for report in Scanner("Music").examine(hashes=True, loudness=True):
                print(report.payload_hash, report.loudness and report.loudness.integrated, report.path)

        The analyser does it, a second component in a sandbox of its own, which both backends run
        under wasmtime's Python package. Files are found as `scan` finds them, but archives are not
        looked into. As many files as there are cores are worked on at a time, or `workers` of them.
        `file_timeout` is the time in which nothing comes of the work on a file, however long that
        takes. A file that hangs, needs too much memory or crashes the analyser is a problem of
        outcome `timeout`, `memory` or `trap`, and has no report.

        What is not asked for is not read: `depth`, how closely to look for damage (`header`,
        `stream` or `audio`; `None`: not at all); `hashes` of the coded audio and of the file;
        `loudness`, for which all of it is decoded; `fingerprint`, for which two minutes are.
        `on_problem` as in `scan`. `analyser`: another component of that world to run, by its path.

        Raises as `scan` does, `ComponentError` if the analyser cannot be run, and `ValueError` for
        another depth, or if nothing is asked for.
        """
        question = asked(depth, hashes, loudness, fingerprint)
        return map(report_of, self._examine(question, on_problem, analyser))

    def _examine(
        self,
        question: Question,
        on_problem: Callable[[Problem], object] | None,
        analyser: StrPath | None,
        move: Callable[[], object] | None = None,
    ) -> Iterator[dict[str, Any]]:
        """The reports of `examine`, as the component gives them, with their roots. `move` is called
        several times a second meanwhile.
        """
        from mt_scanner._engine.examination import reports

        self.check()
        examination = self._latest = self._session.examination(question, analyser)
        problems = self.problems = []
        return reports(examination, on_problem or problems.append, move)

    def inspect(self, path: StrPath) -> Inspection:
        """All that can be said of one file, whatever its extension, or of a track of its cue sheet
        (`Album.flac!/03`). `path` is absolute, or relative to the first root.

        Raises `TrackNotFound` if no file is there, `EscapesRoot` if it is in no root, `FileFailed`
        if it ended the component, `ScanError` if its name is not UTF-8, and the errors of `scan`.
        """
        found = self._session.inspect(os.fspath(path))
        return Inspection(
            Track(**found["track"]),
            [Problem(**problem) for problem in found["problems"]],
            [Tag(**tag) for tag in found["tags"]],
            [Lyrics(**lyrics) for lyrics in found["lyrics"]],
            [Chapter(**chapter) for chapter in found["chapters"]],
            [Track(**track) for track in found["cue"]],
        )

    def artwork(self, path: StrPath, on_problem: Callable[[Problem], object] | None = None) -> Picture | None:
        """The picture of a file: its embedded front cover, else another embedded picture, else one
        in its folder (`cover`, `folder`, `front` or `album`, in any case; JPEG, PNG, WebP or GIF);
        `None` if there is none. `path` is absolute, or relative to the first root.

        `on_problem` learns what went wrong on the way: a picture that is damaged, or has more than
        32 MiB, which is the most that is read.

        Raises as `inspect` does.
        """
        return next(self._pictures(path, False, on_problem), None)

    def pictures(self, path: StrPath, on_problem: Callable[[Problem], object] | None = None) -> list[Picture]:
        """All pictures of a file: embedded ones, front covers first, and then those in its folder.
        Else as `artwork`. Memory holds them all.

        Raises as `inspect` does.
        """
        return list(self._pictures(path, True, on_problem))

    def _pictures(
        self, path: StrPath, every: bool, on_problem: Callable[[Problem], object] | None
    ) -> Iterator[Picture]:
        start = 0
        while True:
            found = self._session.artwork(os.fspath(path), every=every, data=True, start=start)
            if on_problem is not None:
                for problem in found["problems"]:
                    on_problem(Problem(**problem))
            # Of very large pictures some at a time are handed over.
            for item, letters in zip(found["pictures"], found["data"], strict=False):
                del item["bytes"]
                # One without bytes could not be read any more.
                if letters:
                    yield Picture(data=a2b_base64(letters), **item)
            start += len(found["data"])
            if len(found["data"]) in (0, len(found["pictures"])):
                return

    def close(self) -> None:
        """Ends every scan that is under way."""
        self._session.close()

    def __repr__(self) -> str:
        return f"Scanner({', '.join(map(repr, self.roots))})"

    def __enter__(self) -> "Scanner":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def check(self) -> None:
        """Raises `RootNotFound`, `RootNotAFolder` or `RootUnreadable` unless every root can be
        scanned.
        """
        self._session.check(patience=Patience())

    def _held(self, known: "KnownFiles") -> Sync:
        from mt_scanner._engine.held import Held

        return Held(self.roots, known).sync

    def _pool(
        self,
        mode: str,
        *,
        limit: int | None = None,
        sync: Sync | None = None,
        known: "KnownFiles | None" = None,
    ) -> "Pool":
        self.check()
        if known is not None:
            mode, sync = "sync", self._held(known)
        pool = self._latest = self._session.pool(mode, limit=limit, sync=sync)
        return pool


def tracks_of(changes: dict[str, list[list[Any]]]) -> Iterator[Track]:
    """The tracks among the changes of a sync."""
    if not changes:
        return
    from mt_scanner._types.cells import plain

    columns = len(Track._fields)
    for row in chain(changes.get("added", ()), changes.get("modified", ())):
        yield Track._make(plain(row[:columns]))

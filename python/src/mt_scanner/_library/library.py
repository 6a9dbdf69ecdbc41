"""The library: an SQLite database that stays true to the disk."""

import json
import os
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import takewhile
from types import TracebackType
from typing import TYPE_CHECKING, Any

from mt_scanner._engine import forks
from mt_scanner._engine.roots import StrPath, resolve
from mt_scanner._engine.session import Options, Session
from mt_scanner._library.audio import AudioLibrary
from mt_scanner._library.control import Control
from mt_scanner._library.job import SyncJob, Telling, both
from mt_scanner._library.report import Change, SyncReport
from mt_scanner._library.rows import change, track
from mt_scanner._library.wish import Mode, Wish
from mt_scanner._types.contract import CHANGES_FORGOTTEN, LIBRARY_IN_USE
from mt_scanner._types.errors import ChangesForgotten, LibraryError
from mt_scanner._types.notice import Notice
from mt_scanner._types.options import check_names
from mt_scanner._types.progress import Progress
from mt_scanner._types.track import LibraryTrack

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from mt_scanner._engine.schema import Schema
    from mt_scanner._library.database import Database


class Library(AudioLibrary):
    """An SQLite library, made on first use if there is none.

    Any thread may use it, one at a time: `sync`, `purge`, `close` and the syncs of `watch` raise
    `LibraryError` at once while one of them runs in another thread. `tracks`, `analyse` and
    `duplicates` have connections of their own and go with everything. A process that was forked from
    one that has used it cannot use it, and says so: start processes by `spawn` or `forkserver`.

    `path`: the database. Its tracks are the table `tracks`, and for people the view `songs`; other
    programs may read it at any time. A track whose file is gone is kept, with `missing_since`; its
    id is its own for ever. `component`: another component of the same world to use, by its path.
    """

    def __init__(self, path: StrPath, *, component: StrPath | None = None) -> None:
        self.path = os.path.abspath(os.path.expanduser(os.fspath(path)))
        self._wasm = None if component is None else os.fspath(component)
        self._opened: Database | None = None
        self._schema: Schema | None = None
        # Held by a thread that opens the database, and by one that writes to it.
        self._opening = threading.Lock()
        self._turn = threading.RLock()
        _libraries.add(self)

    def sync(
        self,
        roots: StrPath | Iterable[StrPath],
        *,
        mode: Mode = "full",
        dry_run: bool = False,
        confirm_empty: bool = False,
        stop: threading.Event | None = None,
        on_notice: Callable[[Notice], object] | None = None,
        on_progress: Callable[[Progress], object] | None = None,
        on_change: Callable[[Change], object] | None = None,
        **options: "Unpack[Options]",
    ) -> SyncReport:
        """Brings the library up to date with what is in the roots.

        Files that are new or have changed are read, whatever else happens to have their name or
        their time. Those that are gone are marked missing; those that are back, or were moved,
        renamed, or moved with new tags, keep their rows. Roots that belong together are best synced
        together: moves are seen within one sync.

        A root that the library knows by another name keeps that name. Of roots inside each other
        the innermost owns a file: those of the library inside `roots` are synced along, and rows
        that are doubled are made one, of which the older stays. `roots` may be files, too: each is
        read again, in the innermost root of the library that holds it.

        `mode`: `full` looks at every file. `quick` trusts every folder whose time of last change is
        as it was: it is made for the start of a player, and does not see files that were changed in
        place, nor a `.mtignore` that was. `dry_run`: the library stays as it is (or is not made),
        and the report tells what would have been done. `confirm_empty`: the roots may be empty.
        Without it a root that has lost all its tracks is an error. `stop`: ends the sync within 0.5
        s once it is set. `on_notice`: told what should be known of the roots, before the sync
        begins: which lie inside another one, for example. `on_progress`: called ten to twenty
        times a second, and at the end. `on_change`: called for each track that was changed, in the
        end. `options`: those of `Scanner`.

        Raises as `Scanner.scan` does, before anything is written; `RootEmptied`, with nothing
        marked missing; `SyncStopped` if `stop` was set before the end; `LibraryError` if the
        database cannot be used, or another sync of it does not end within 30 s. What was written
        until then stays and is true: the next sync goes on from there. `LibraryError` as well if no
        root of the library holds a file of `roots`.
        """
        control = None if stop is None else Control(stop)
        wish = wished(mode, confirm_empty, on_progress, on_change, control)
        session = self._session(roots, options)
        return self._once(session, wish._replace(on_notice=on_notice), dry_run)

    def rescan(
        self,
        files: StrPath | Iterable[StrPath],
        *,
        on_change: Callable[[Change], object] | None = None,
        **options: "Unpack[Options]",
    ) -> SyncReport:
        """Reads one file or several again though their sizes and times are as they were: a tag was
        edited within the grain of the clock, or by a tagger that puts times back. A file that is
        not there any more is marked missing. `on_change` and `options` are those of `sync`.

        Raises `LibraryError` if no root of the library holds one of the files, and as `sync` does.
        """
        several = [files] if isinstance(files, (str, os.PathLike)) else list(files)
        paths = [resolve(file) for file in several]
        session = self._session(paths, options).of_files(paths)
        return self._once(session, wished("full", False, None, on_change), False)

    def start(
        self,
        roots: StrPath | Iterable[StrPath],
        *,
        mode: Mode = "full",
        dry_run: bool = False,
        confirm_empty: bool = False,
        on_notice: Callable[[Notice], object] | None = None,
        on_progress: Callable[[Progress], object] | None = None,
        on_change: Callable[[Change], object] | None = None,
        **options: "Unpack[Options]",
    ) -> SyncJob:
        """`sync` in the background. `on_notice`, `on_progress` and `on_change` are called from there;
        the job's events need no callback: `poll()`, `events()`, `async for`.

        It returns at once. Raises `TypeError` or `ValueError` for options that make no sense. All that
        `sync` raises comes from the job's `result`.
        """
        wished(mode, confirm_empty, None, None)
        session = self._session(roots, options)

        def run(job: Telling) -> SyncReport:
            # What a rehearsal has changed is gone with its copy.
            tell = both(on_change, job.put) if dry_run else on_change
            wish = wished(mode, confirm_empty, job.report, tell, job.control)
            notify = both(on_notice, job.put)
            report = self._once(session, wish._replace(on_notice=notify), dry_run)
            if not dry_run:
                job.put_all(self._changes_of(report.scan))
            job.put(*report.problems, report)
            return report

        return SyncJob(run, on_progress)

    def watch(
        self,
        roots: StrPath | Iterable[StrPath],
        *,
        mode: Mode = "full",
        confirm_empty: bool = False,
        stop: threading.Event | None = None,
        poll: bool = False,
        poll_interval: float = 30.0,
        on_notice: Callable[[Notice], object] | None = None,
        on_progress: Callable[[Progress], object] | None = None,
        on_change: Callable[[Change], object] | None = None,
        **options: "Unpack[Options]",
    ) -> Iterator[SyncReport]:
        """Syncs the roots, then whatever changes in them, and gives a report after each sync: of
        the first one, and of each batch of changes, which ends with a silence of 0.15 to 0.3 s or
        after 2 s. It goes on while somebody iterates, until `stop` is set; leaving the loop ends it
        as well. What waits for changes comes with `mt-scanner[watch]`.

        A root that vanishes, or is empty all of a sudden, changes no row; it is waited for. A root
        on a network filesystem, or one for which the system's watches do not suffice, is polled.
        Links to folders are followed by syncs, and by events for one of several names of a folder;
        the others follow at the next full sync.

        `mode`, `confirm_empty`: those of the first `sync`. A quick one does not see what was
        changed in place before. `poll`: poll every root. That takes no other package. `poll_interval`:
        least time between two looks at a root that is polled, in s; a look that takes long is
        followed by ten times as long a rest. A look is a quick sync, and every tenth a full one.
        `on_notice`: told what should be known: that a root is polled, has lost events, is gone or
        back, lies inside another one, or that another sync of the library does not end and is
        waited for. Without it that is a `RuntimeWarning`. `on_progress`, `on_change`, `options`: as
        in `sync`. Roots are folders; those of the library inside them are watched, too.

        Raises as `sync` does, and after the first sync only `ComponentError` and `LibraryError`;
        `WatchError` if `mt-scanner[watch]` is not installed.
        """
        from mt_scanner._library.sync import attend
        from mt_scanner._library.watch.running import Watch, Watching

        stop = stop or threading.Event()
        first = wished(mode, confirm_empty, on_progress, on_change, Control(stop))
        session = self._session(roots, options)
        attend(session, self.path, first)
        return Watch(self._used, session, Watching(first, stop, on_notice, poll, poll_interval)).run()

    def tracks(self) -> Iterator[LibraryTrack]:
        """Every track whose file is there, by root and path, as they are when the iteration begins.

        It may go on while another thread syncs, purges or closes this library, and in any thread.
        """
        with self._read() as ask:
            for row in ask("tracks"):
                yield track(row)

    def changes(self, since: int | None = None) -> Iterator[Change]:
        """What was changed by the syncs after the one with the number `since` (`SyncReport.scan`,
        `Change.scan`), sync by sync and then by the tracks' ids, with the tracks as they are when
        the iteration begins. Without it, all that is kept: what the last 100 syncs that have changed
        something did. Tracks that were forgotten since are left out.

        So nobody who was not there, or whose callback failed, misses anything. It may go on as that
        of `tracks` may.

        Raises `ChangesForgotten` if what a sync after `since` has changed is not kept any more.
        """
        with self._read() as ask:
            ((forgotten,),) = ask("forgotten", since)
            if forgotten is not None:
                raise ChangesForgotten(CHANGES_FORGOTTEN.format(scan=forgotten), self.path)
            for *_, line in ask("history", since):
                yield change(json.loads(line))

    def latest_scan(self) -> int:
        """The number of the latest sync that was finished, for `changes`; 0 if there is none."""
        with self._read() as ask:
            ((scan,),) = ask("latest")
            return int(scan)

    def purge(self, missing_for: float = 0.0) -> int:
        """Forgets tracks that have been missing for `missing_for` seconds or longer; gives how many
        they were.

        Waits for a sync that is under way, for 30 s at most: it relies on what it has found in the
        library.
        """
        from mt_scanner._library.database import alone

        with self._used() as database, alone(self.path), database.transaction():
            before = database.connection.total_changes
            database.run("purge", int(time.time() - missing_for))
            purged = database.connection.total_changes - before
            database.run("prune")
        return purged

    def _changes_of(self, scan: int) -> Iterator[Change]:
        """What one sync has changed, read when it is asked for."""
        return takewhile(lambda change: change.scan == scan, self.changes(scan - 1))

    @contextmanager
    def _read(self) -> "Iterator[Callable[..., Iterable[Any]]]":
        """Asks statements of a connection of its own, all at one look at the library: a sync may end
        meanwhile.
        """
        from mt_scanner._library.database import failures

        database = self._open()
        with closing(database.reader()) as reader, failures(self.path, "read"):
            reader.execute("BEGIN")
            yield lambda name, *parameters: reader.execute(database.sql(name), parameters)

    def close(self) -> None:
        """Closes the database. The next use opens it again. Raises `LibraryError` while another
        thread uses it.
        """
        with self._taken():
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    def __repr__(self) -> str:
        return f"Library({self.path!r})"

    def __enter__(self) -> "Library":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _open(self) -> "Database":
        from mt_scanner._library.database import Database

        forks.check(self.path)
        with self._opening:
            if self._opened is None:
                if self._schema is None:
                    from mt_scanner._engine import backends

                    self._schema = backends.get().schema(self._wasm)
                self._opened = Database(self.path, self._schema)
            return self._opened

    def _another(self) -> "Database":
        from mt_scanner._library.database import Database

        self._open()
        assert self._schema is not None
        return Database(self.path, self._schema)

    @contextmanager
    def _taken(self) -> "Iterator[None]":
        """Keeps other threads away from the connection. Raises `LibraryError` if one of them has
        it.
        """
        if not self._turn.acquire(blocking=False):
            raise LibraryError(LIBRARY_IN_USE, self.path)
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def _used(self) -> "Iterator[Database]":
        """The open database, for this thread alone."""
        with self._taken():
            yield self._open()

    def _summary(self) -> tuple[list[list[Any]], int]:
        """The kinds of tracks in the roots of the latest sync, and the size of the library in
        bytes.
        """
        with self._used() as database:
            return [list(row) for row in database.query("kinds")], database.size()

    def _session(self, roots: StrPath | Iterable[StrPath], options: Options) -> Session:
        """A session of the library's component. Raises `TypeError` for an option that there is none
        of.
        """
        check_names(options, Options)
        return Session(roots, component=self._wasm, **options)

    def _once(self, session: Session, wish: Wish, dry_run: bool) -> SyncReport:
        """A sync, and the end of its session."""
        try:
            return self._rehearse(session, wish) if dry_run else self._sync(session, wish)
        finally:
            session.close()

    def _sync(self, session: Session, wish: Wish) -> SyncReport:
        from mt_scanner._library.sync import arranged, attend, sync

        attend(session, self.path, wish)
        with self._taken():
            # Before a library is made. Files are in roots that it has, or they are none of its.
            checked = [root.name for root in session.arranged.roots if root.files is None]
            if checked:
                session.check()
            database = self._open()
            session = arranged(database, session, wish)
            session.check(but=checked)
            return sync(database, session, wish)

    def _rehearse(self, session: Session, wish: Wish) -> SyncReport:
        """A sync of a copy."""
        import shutil
        import tempfile

        from mt_scanner._library.database import copied

        folder = tempfile.mkdtemp(prefix="mt-scanner-")
        try:
            copy = os.path.join(folder, "library.db")
            copied(self.path, copy)
            with Library(copy, component=self._wasm) as rehearsal:
                return rehearsal._sync(session, wish)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


_libraries: "weakref.WeakSet[Library]" = weakref.WeakSet()


def _after_fork() -> None:
    """Gives back locks that a thread of the other process may hold."""
    for library in list(_libraries):
        library._opening, library._turn = threading.Lock(), threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def wished(
    mode: Mode,
    confirm_empty: bool,
    on_progress: Callable[[Progress], object] | None,
    on_change: Callable[[Change], object] | None,
    control: Control | None = None,
) -> Wish:
    """How a sync is to be done."""
    if mode not in ("full", "quick"):
        raise ValueError(f"mode is 'full' or 'quick', not {mode!r}")
    tell = None if on_change is None else lambda line: on_change(change(json.loads(line)))
    return Wish(mode, confirm_empty, None, on_progress, tell, control=control)

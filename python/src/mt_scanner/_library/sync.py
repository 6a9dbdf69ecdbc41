"""A sync: the component compares, under one backend or the other, and this side binds rows to its
statements.
"""

import json
import os
import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from mt_scanner._engine.held import named, whole
from mt_scanner._engine.plan import Sync
from mt_scanner._engine.session import Session
from mt_scanner._engine.within import Patience
from mt_scanner._library.database import Database, alone
from mt_scanner._library.knowledge import Knowledge
from mt_scanner._library.report import SyncReport
from mt_scanner._library.wish import Wish
from mt_scanner._types.contract import IN_NO_ROOT, ROOT_EMPTIED, ROOT_NOT_A_FOLDER, SYNC_STOPPED
from mt_scanner._types.errors import LibraryError, RootEmptied, RootNotAFolder, SyncStopped
from mt_scanner._types.progress import BETWEEN_REPORTS, Expected, Phase, Progress
from mt_scanner._types.track import Problem

if TYPE_CHECKING:
    from mt_scanner._engine.backend import Pool

ROWS = 5000
"""Rows in one transaction, about."""
SECONDS = 0.8
"""The most time between two transactions in s, whether more answers come or not."""
LEAVING = 0.2
"""The most time that a sync waits for its workers when it is left early, in s."""


def named_in(folders: Sequence[tuple[str, str]], root: str) -> list[str]:
    """Folders of a root that this side names, as work."""
    return [named(folder) for of, folder in folders if of == root]


def sync(database: Database, session: Session, wish: Wish) -> SyncReport:
    """Brings a library up to date with the roots of a session."""

    attendant = Attendant(database.path, wish)
    with alone(database.path, lambda: attendant.waits("waiting")):
        attendant.hears()
        with database.transaction():
            database.run("begin")
            database.run(
                "scan", wish.mode if wish.folders is None else "folders", json.dumps(session.reading._asdict())
            )
            for root in session.roots:
                database.run("root", root)
            for folder in session.arranged.adopted:
                database.run("adopt", *folder)
                database.run("merge")
        progress = compare(database, session, wish)
        emptied = [root for (root,) in database.query("emptied")]
        if emptied and not wish.confirm_empty:
            raise RootEmptied(ROOT_EMPTIED, emptied[0])
        attendant.begins(progress)
        with database.attended(lambda: attendant.waits("finishing")), database.transaction():
            database.run("finish")
        return report(database, progress, wish)


def attend(session: Session, path: str, wish: Wish) -> None:
    """Lets a session that waits for storage tell of progress, and hear who stops the sync."""
    session.patience = Patience(partial(Attendant(path, wish).waits, "scanning"))


class Attendant:
    """Tells of progress while a sync waits for something else than its scan, and hears who stops
    it.
    """

    def __init__(self, path: str, wish: Wish) -> None:
        self._path = path
        self._wish = wish
        self.begins(Progress())

    def begins(self, progress: Progress) -> None:
        """It waits from now on, having come so far."""
        self._progress = progress._replace(folder=None)
        self._told = 0.0

    def waits(self, phase: Phase) -> None:
        """It still waits. Raises `SyncStopped`."""
        now = time.monotonic()
        if now - self._told < BETWEEN_REPORTS:
            return
        self._told = now
        if self._wish.on_progress is not None:
            self._wish.on_progress(self._progress._replace(phase=phase))
        self.hears()

    def hears(self) -> None:
        """Raises `SyncStopped` if somebody wants an end."""
        if self._wish.control is not None and self._wish.control.is_stopped:
            raise SyncStopped(SYNC_STOPPED, self._path)


def compare(database: Database, session: Session, wish: Wish) -> Progress:
    """Compares the roots with the library and writes what differs.

    Raises `SyncStopped` if the scan was stopped before its end: then nobody knows what is missing.
    """
    knowledge = Knowledge(database)
    try:
        known = expected(database, session, wish)
        if wish.on_progress is not None:
            wish.on_progress(Progress(is_estimated=True) if known is None else known.at_first)
        pool = session.pool("sync", sync=how(knowledge, session, wish, known))
        try:
            write(database, pool, wish)
        finally:
            pool.stop()
            if not pool.complete:
                pool.join(LEAVING)
    finally:
        knowledge.close()
    if not pool.complete:
        raise SyncStopped(SYNC_STOPPED, database.path)
    return pool.progress


def report(database: Database, progress: Progress, wish: Wish) -> SyncReport:
    """The counts, changes and problems of a sync that is done."""
    if wish.on_progress is not None:
        wish.on_progress(progress._replace(phase="done", folder=None))
    counts = database.record("report")
    if wish.on_change is not None:
        for *_, line in database.query("changes"):
            wish.on_change(line)
    problems = [Problem._make(problem) for problem in database.query("problems")]
    return SyncReport(**counts, problems=problems, progress=progress)


def arranged(database: Database, session: Session, wish: Wish) -> Session:
    """The session of a sync, with its roots as the library knows them. Tells what should be known
    of them.

    Raises `LibraryError` if a file is in no root of the library, and `RootNotAFolder` if it is in
    the place of one.
    """
    known = [root for (root,) in database.query("roots")]
    arranged = session.in_library(known)
    for folder, file in arranged.arranged.strangers:
        path = os.path.join(folder, file)
        raise RootNotAFolder(ROOT_NOT_A_FOLDER, path) if path in known else LibraryError(IN_NO_ROOT, path)
    if wish.on_notice is not None:
        for notice in arranged.arranged.notices:
            wish.on_notice(notice)
    return arranged


def expected(database: Database, session: Session, wish: Wish) -> Expected | None:
    """How much there probably is. A quick sync looks at folders, and at files only where one has
    changed.
    """
    in_part = wish.folders is not None or any(root.files is not None for root in session.arranged.roots)
    if in_part or wish.on_progress is None:
        return None
    known = Expected(**database.record("expected"))
    return known._replace(files=None) if wish.mode == "quick" else known


def how(knowledge: Knowledge, session: Session, wish: Wish, expected: Expected | None) -> Sync:
    """The work that a sync begins with, and where its workers ask."""
    named = {root.name: root.files for root in session.arranged.roots if root.files is not None}
    of_folders = how_of_folders(knowledge, wish, expected)

    def begin(root: str) -> list[str]:
        return knowledge.files(root, named[root]) if root in named else of_folders.begin(root)

    return of_folders._replace(begin=begin)


def how_of_folders(knowledge: Knowledge, wish: Wish, expected: Expected | None) -> Sync:
    """The same for roots of which all is meant."""
    folders = wish.folders
    if folders is not None:
        begin = partial(named_in, folders)
        return Sync(False, begin, expected, knowledge.known)
    if wish.mode == "quick":
        return Sync(False, lambda root: knowledge.folders(root) or whole(root), expected, knowledge.known)
    return Sync(True, whole, expected, knowledge.known)


def write(database: Database, pool: "Pool", wish: Wish) -> None:
    """Writes what a pool finds, in transactions."""
    rows: dict[str, list[Sequence[Any]]] = {}
    pending = 0
    written = time.monotonic()
    reported = 0.0
    for answer in pool:
        pending += add(rows, {**answer.changes, "problem": answer.problems})
        now = time.monotonic()
        if pending >= ROWS or now - written >= SECONDS:
            commit(database, rows)
            rows, pending, written = {}, 0, time.monotonic()
        if wish.on_progress is not None and now - reported >= BETWEEN_REPORTS:
            reported = now
            wish.on_progress(pool.progress)
        if wish.control is not None:
            while wish.control.is_paused and not wish.control.is_stopped:
                commit(database, rows)
                rows, pending = {}, 0
                wish.control.rest()
                written = time.monotonic()
                if wish.on_progress is not None:
                    wish.on_progress(pool.progress._replace(phase="paused"))
            if wish.control.is_stopped:
                pool.stop()
    commit(database, rows)


def add(rows: dict[str, list[Sequence[Any]]], more: dict[str, list[Any]]) -> int:
    """Puts rows to those that wait; gives how many they are."""
    for name, some in more.items():
        rows.setdefault(name, []).extend(some)
    return sum(map(len, more.values()))


def commit(database: Database, rows: dict[str, list[Sequence[Any]]]) -> None:
    if any(rows.values()):
        with database.transaction():
            database.write(rows)

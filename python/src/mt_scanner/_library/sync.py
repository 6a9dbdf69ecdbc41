"""A sync: the component compares, under one backend or the other, and this side binds rows to its
statements.
"""

import json
import os
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mt_scanner._engine.plan import Sync
from mt_scanner._engine.session import Session
from mt_scanner._library.database import Database, alone
from mt_scanner._library.knowledge import Knowledge
from mt_scanner._library.report import SyncReport
from mt_scanner._library.wish import Wish
from mt_scanner._types.contract import IN_NO_ROOT, ROOT_EMPTIED, ROOT_NOT_A_FOLDER, SYNC_STOPPED
from mt_scanner._types.errors import LibraryError, RootEmptied, RootNotAFolder, SyncStopped
from mt_scanner._types.progress import Progress
from mt_scanner._types.track import Problem

if TYPE_CHECKING:
    from mt_scanner._engine.backend import Pool

ROWS = 5000
"""Rows in one transaction, about."""
SECONDS = 0.8
"""The most time between two transactions in s, whether more answers come or not."""
BETWEEN_REPORTS = 0.1
"""Least time between two calls of `on_progress` in s."""
LEAVING = 0.2
"""The most time that a sync waits for its workers when it is left early, in s."""


def whole() -> str:
    """A root's own folder, as work."""
    return named("")


def named(folder: str) -> str:
    """A folder that this side names, as work: whether it is skipped is for the component to find
    out.
    """
    return json.dumps({"folder": folder, "files": None, "ignored_by": None})


def sync(database: Database, session: Session, wish: Wish) -> SyncReport:
    """Brings a library up to date with the roots of a session."""

    def look() -> None:
        if wish.on_progress is not None:
            wish.on_progress(Progress())
        if wish.control is not None and wish.control.is_stopped:
            raise SyncStopped(SYNC_STOPPED, database.path)

    with alone(database.path, look):
        look()
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
        with database.transaction():
            database.run("finish")
        return report(database, progress, wish)


def compare(database: Database, session: Session, wish: Wish) -> Progress:
    """Compares the roots with the library and writes what differs.

    Raises `SyncStopped` if the scan was stopped before its end: then nobody knows what is missing.
    """
    knowledge = Knowledge(database)
    try:
        pool = session.pool("sync", sync=how(knowledge, session, wish))
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
        wish.on_progress(progress)
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


def how(knowledge: Knowledge, session: Session, wish: Wish) -> Sync:
    """The work that a sync begins with, and where its workers ask."""
    named = {root.name: root.files for root in session.arranged.roots if root.files is not None}
    whole = how_of_folders(knowledge, wish)

    def begin(root: str) -> list[str]:
        return knowledge.files(root, named[root]) if root in named else whole.begin(root)

    return whole._replace(begin=begin)


def how_of_folders(knowledge: Knowledge, wish: Wish) -> Sync:
    """The same for roots of which all is meant."""
    folders = wish.folders
    if folders is not None:
        return Sync(False, lambda root: [named(folder) for of, folder in folders if of == root], knowledge.known)
    if wish.mode == "quick":
        return Sync(False, lambda root: knowledge.folders(root) or [whole()], knowledge.known)
    return Sync(True, lambda root: [whole()], knowledge.known)


def write(database: Database, pool: "Pool", wish: Wish) -> None:
    """Writes what a pool finds, in transactions."""
    rows: dict[str, list[Sequence[Any]]] = {}
    pending = 0
    written = reported = time.monotonic()
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
            if wish.control.is_paused:
                commit(database, rows)
                rows, pending = {}, 0
                wish.control.rest()
                written = time.monotonic()
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

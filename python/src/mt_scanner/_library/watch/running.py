"""Watching: events become batches, and each batch one sync of the folders that have changed."""

import os
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import NamedTuple

from mt_scanner._engine.roots import native_path
from mt_scanner._engine.session import Session
from mt_scanner._engine.within import Attend, nobody
from mt_scanner._library.database import Database
from mt_scanner._library.report import SyncReport
from mt_scanner._library.sync import arranged, sync
from mt_scanner._library.watch import batch, source
from mt_scanner._library.watch.batch import Events
from mt_scanner._library.watch.eye import Eye
from mt_scanner._library.watch.look import PATIENCE, Seen
from mt_scanner._library.watch.source import Source
from mt_scanner._library.wish import Mode, Wish
from mt_scanner._types import contract
from mt_scanner._types.errors import (
    LibraryError,
    RootEmptied,
    RootNotAFolder,
    RootNotFound,
    RootUnreadable,
    ScanError,
    SyncStopped,
)
from mt_scanner._types.notice import Notice

BETWEEN_CHECKS = 1.0
"""How often to see whether the roots are there, in s."""
BETWEEN_ATTEMPTS = 5.0
"""How long to wait before a library that is busy is tried again, in s."""
LIMIT = "the system watches no more folders (fs.inotify.max_user_watches)"
AT_FIRST = contract.STEP_OVERDUE
"""How long the first look at the roots is waited for, in s."""
OVERFLOWED = "so much has happened at a time that the system's queue of events may have overflowed"


Touched = dict[Eye, list[batch.Event]]
"""Events by the root that they are about."""


class Watching(NamedTuple):
    """How to watch; `Library.watch` explains it."""

    first: Wish
    stop: threading.Event
    on_notice: Callable[[Notice], object] | None
    poll: bool
    poll_interval: float


class Watch:
    """Keeps a library up to date with roots."""

    def __init__(
        self,
        used: Callable[[], AbstractContextManager[Database]],
        session: Session,
        options: Watching,
    ) -> None:
        self._used = used
        self._session = session
        self._options = options
        self._source = Source(options.stop, session.patience.attend)
        self._crowd = source.crowd()
        self._checked = time.monotonic()

    def run(self) -> Iterator[SyncReport]:
        """Syncs every root, then what changes, until it is stopped."""
        try:
            self._begin()
            # Before the first sync, so that nothing in between is missed.
            found = looks(self._eyes, AT_FIRST, attend=self._session.patience.attend)
            there = [eye for eye, seen in found.items() if self._open(eye, seen)]
            self._look()
            # If none answers, the sync says so.
            eyes = there or self._eyes
            report = self._sync(eyes, self._options.first)
            self._settle(eyes, report)
            yield report
            while not self._options.stop.is_set():
                events = self._wait()
                if events or time.monotonic() - self._checked >= BETWEEN_CHECKS:
                    self._check()
                yield from self._deal_with(events)
        except SyncStopped:
            pass
        finally:
            self._source.close()

    def _begin(self) -> None:
        """Has an eye on each root, by the name that the library has for it."""
        self._session.check()
        for root in self._session.arranged.roots:
            for file in root.files or ():
                raise RootNotAFolder(contract.ROOT_NOT_A_FOLDER, native_path(root.name, file))
        with self._used() as database:
            self._session = arranged(database, self._session, Wish(on_notice=self._notify))
        self._eyes = [Eye(root) for root in self._session.roots]

    def _open(self, eye: Eye, seen: Seen | None) -> bool:
        """Opens the eye on a root, if its storage answers. `_look` follows."""
        if seen is None:
            self._say("root-gone", eye, contract.NOTICE_ROOT_GONE.format(why=silent(AT_FIRST)))
            return False
        place = eye.open(seen)
        kind = place.network if place else None
        if self._options.poll:
            self._poll(eye, "that was asked for")
        elif kind is not None:
            self._poll(eye, f"it is on a network filesystem ({kind})")
        return True

    def _poll(self, eye: Eye, why: str) -> None:
        eye.poll()
        self._say("polling", eye, contract.NOTICE_POLLING.format(seconds=f"{self._options.poll_interval:g}", why=why))

    def _look(self) -> None:
        """Waits for events of all roots that have some, from now on."""
        eyes = [eye for eye in self._eyes if eye.sight == "events"]
        try:
            self._source.open(eyes)
        except (OSError, RuntimeError):
            # One of them cannot be watched.
            for eye in eyes:
                try:
                    self._source.open([eye])
                except (OSError, RuntimeError) as error:
                    self._poll(eye, LIMIT if source.is_limit(error) else str(error))
            self._source.open([eye for eye in eyes if eye.sight == "events"])

    def _wait(self) -> Events:
        """A batch of events; none if it is time for something else."""
        due = min((eye.due() for eye in self._eyes), default=0.0) - time.monotonic()
        try:
            events = self._source.wait(max(0.0, min(BETWEEN_CHECKS, due)))
        except (OSError, RuntimeError) as error:
            # After any error there may be more events, and earlier ones are lost.
            self._look()
            for eye in self._eyes:
                if eye.sight == "events":
                    self._lose_events(eye, str(error))
            return set()
        if len(events) > self._crowd:
            self._overflowed(eye for eye in self._eyes if under(eye, events))
            if os.name == "nt":
                # There an overflow may be the end of the watch as well.
                self._look()
        return events

    def _overflowed(self, eyes: Iterable[Eye]) -> None:
        """The queue may have, on Windows: nobody tells."""
        for eye in eyes:
            if eye.sight == "events":
                self._lose_events(eye, OVERFLOWED)

    def _lose_events(self, eye: Eye, why: str) -> None:
        eye.lost_events()
        self._say("events-lost", eye, contract.NOTICE_EVENTS_LOST.format(why=why))

    def _check(self) -> None:
        """Sees whether roots have come or gone."""
        self._checked = time.monotonic()
        changed = False
        for eye, seen in looks(self._eyes, PATIENCE).items():
            if seen is None:
                if eye.is_silent and eye.sight != "none":
                    self._lose(eye, silent(contract.FILE_TIMEOUT))
                    changed = True
            elif eye.is_gone(seen):
                self._lose(eye, contract.ROOT_NOT_FOUND)
                changed = True
            elif eye.is_new(seen):
                # Its sync says whether it is as it was.
                eye.emptied = eye.emptied or eye.sight == "none"
                eye.close()
                self._open(eye, seen)
                eye.full = time.monotonic()
                changed = True
        if changed:
            self._look_again()

    def _look_again(self) -> None:
        """Waits for events of other roots than before. Events of the same ones in between must not
        be missed.
        """
        for eye in self._eyes:
            if eye.sight == "events":
                eye.full = time.monotonic()
        self._look()

    def _lose(self, eye: Eye, why: str) -> None:
        """A root is not there."""
        if eye.sight != "none" and not eye.emptied:
            self._say("root-gone", eye, contract.NOTICE_ROOT_GONE.format(why=why))
        eye.close()

    def _deal_with(self, events: Events) -> Iterator[SyncReport]:
        touched = {eye: under(eye, events) for eye in self._eyes}
        for eye, some in touched.items():
            if some and eye.emptied and eye.sight != "none":
                eye.full = time.monotonic()
        due = [eye for eye in self._eyes if eye.sight != "none" and (touched[eye] or eye.wants())]
        for eye, seen in looks(due, PATIENCE, afresh=True).items():
            if seen is None:
                # What was touched is seen by a full sync, when it answers.
                if touched[eye]:
                    eye.full = time.monotonic()
                    touched[eye] = []
                eye.put_off(BETWEEN_ATTEMPTS)
        wants = {eye: eye.wants() for eye in self._eyes}
        whole = [eye for eye in self._eyes if wants[eye] == "full"]
        quick = [eye for eye in self._eyes if wants[eye] == "quick"]
        partly = [eye for eye in self._eyes if touched[eye] and eye.sight != "none"]
        if whole:
            # A move from one root to another is seen within one sync.
            yield from self._bring([eye for eye in self._eyes if eye in whole or eye in partly], "full")
        elif partly:
            yield from self._bring(partly, "full", touched)
        if quick:
            yield from self._bring(quick, "quick")

    def _bring(self, eyes: list[Eye], mode: Mode, touched: Touched | None = None) -> Iterator[SyncReport]:
        """Syncs roots, or the folders in them that events have touched; roots that are not there
        are left out.
        """
        while eyes:
            try:
                folders = None if touched is None else self._folders(eyes, touched)
                report = self._sync(eyes, self._options.first._replace(mode=mode, confirm_empty=False, folders=folders))
            except (RootEmptied, RootNotFound, RootNotAFolder, RootUnreadable) as error:
                blamed = [eye for eye in eyes if eye.root == error.path]
                if not blamed:
                    raise
                eyes = [eye for eye in eyes if eye.root != error.path]
                self._leave(blamed[0], error)
            except LibraryError as error:
                if error.reason not in (contract.LIBRARY_BUSY, contract.LIBRARY_IN_USE):
                    raise
                self._say("busy", None, contract.NOTICE_BUSY)
                for eye in eyes:
                    eye.full = min(eye.full or float("inf"), time.monotonic() + BETWEEN_ATTEMPTS)
                return
            else:
                if touched is None:
                    self._settle(eyes, report)
                yield report
                return

    def _folders(self, eyes: list[Eye], touched: Touched) -> list[tuple[str, str]]:
        """The folders that events are about, each behind its root."""
        pairs = []
        with self._used() as database:
            for eye in eyes:
                known = [work for (work,) in database.query("folders", eye.root)]
                pairs += [(eye.root, folder) for folder in sorted(self._changed(eye, known, touched[eye]))]
        return pairs

    def _changed(self, eye: Eye, known: list[str], events: list[batch.Event]) -> set[str]:
        """The folders of a root in which something has changed."""
        session = self._session.only([eye.root])
        try:
            return session.folders_of_events(eye.root, known, batch.told(events, eye.real))
        finally:
            session.close()

    def _leave(self, eye: Eye, error: ScanError) -> None:
        """A root cannot be synced. It is waited for."""
        if not isinstance(error, RootEmptied):
            self._lose(eye, error.reason)
            self._look_again()
            return
        if not eye.emptied:
            self._say("root-gone", eye, contract.NOTICE_ROOT_GONE.format(why=error.reason))
        eye.emptied = True
        eye.synced(0.0, self._options.poll_interval)

    def _settle(self, eyes: list[Eye], report: SyncReport) -> None:
        """These roots are as the disk is."""
        for eye in eyes:
            eye.synced(report.progress.seconds, self._options.poll_interval)
            if eye.emptied:
                eye.emptied = False
                self._say("root-back", eye, contract.NOTICE_ROOT_BACK)

    def _sync(self, eyes: list[Eye], wish: Wish) -> SyncReport:
        session = self._session.only(eye.root for eye in eyes)
        session.check()
        try:
            with self._used() as database:
                # For a batch storage is not asked where every root is.
                if wish.folders is None:
                    session = arranged(database, session, wish)
                return sync(database, session, wish)
        finally:
            session.close()

    def _say(self, kind: str, eye: Eye | None, detail: str) -> None:
        self._notify(Notice(kind, "" if eye is None else eye.root, detail))

    def _notify(self, notice: Notice) -> None:
        if self._options.on_notice is None:
            # It comes out of the loop over the reports.
            warnings.warn(str(notice), RuntimeWarning, stacklevel=2)
        else:
            self._options.on_notice(notice)


def looks(eyes: list[Eye], patience: float, afresh: bool = False, attend: Attend = nobody) -> dict[Eye, Seen | None]:
    """A look at each root, all at a time; `None` where the storage does not answer in time, in which
    `attend` is called.
    """
    for eye in eyes:
        eye.look(afresh)
    return {eye: eye.seen(patience, attend) for eye in eyes}


def silent(seconds: float) -> str:
    """Says that a look took too long."""
    return contract.STOPPED_BY_TIME.format(seconds=f"{seconds:g}")


def under(eye: Eye, events: Events) -> list[batch.Event]:
    """The events of one root."""
    return [event for event in events if batch.relative(event[1], eye.real) is not None]

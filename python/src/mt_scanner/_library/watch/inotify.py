"""Events of all folders below some roots on Linux, by inotify(7). The kernel watches single folders,
so each has a watch, and one that is made or comes later gets its own.

Setting the watches up asks storage for every folder. It happens in a thread that Python's lock does
not stop, and that is left behind where storage does not answer.
"""

import errno
import os
import threading
import time
from collections.abc import Iterator

from inotify_simple import INotify, flags

from mt_scanner._engine.within import PULSE, Attend, Call, Late
from mt_scanner._library.watch.batch import ADDED, LONGEST, OTHER, SILENCE, Events
from mt_scanner._types import contract

GONE = flags.DELETE | flags.MOVED_FROM
MADE = flags.CREATE | flags.MOVED_TO
ITSELF = flags.DELETE_SELF | flags.MOVE_SELF
HEARD = MADE | GONE | ITSELF | flags.MODIFY | flags.CLOSE_WRITE | flags.ATTRIB
"""What is asked for. That files are opened and read is not: syncs do that."""
HOW = flags.ONLYDIR | flags.DONT_FOLLOW | flags.EXCL_UNLINK
"""Links are not followed: a place in a root is told by its name without links."""
PASSED_OVER = (errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.ELOOP)
"""The errors of a folder that has gone, or may not be read. The one above it tells when that
changes.
"""
OVERFLOWED = "the system's queue of events has overflowed"


class Inotify:
    """The watches of the folders below some roots."""

    def __init__(self, roots: list[str], stop: threading.Event, attend: Attend) -> None:
        """Watches all that is there now. `attend` is called while that takes its time.

        Raises `OSError` if a folder cannot be watched or its storage does not answer.
        """
        self._stop = stop
        self._attend = attend
        self._system = INotify(nonblocking=True)
        self._folders: dict[int, str] = {}
        """The path of each watch, ..."""
        self._watches: dict[str, int] = {}
        """... and the watch of each path."""
        self._added = 0
        self._turn = threading.Lock()
        self._busy = False
        self._closed = False
        try:
            self._set_up(roots)
            for root in roots:
                if root not in self._watches:
                    raise OSError(errno.ENOENT, os.strerror(errno.ENOENT), root)
        except BaseException:
            self.close()
            raise

    def batch(self) -> Events:
        """Events up to a silence; none if there are none for so long.

        Raises `OSError` if a new folder cannot be watched, `RuntimeError` if events were lost.
        """
        batch: Events = set()
        longest = time.monotonic() + LONGEST
        while not self._stop.is_set() and time.monotonic() < longest:
            events = self._read(SILENCE)
            if not events:
                break
            batch |= events
        return batch

    def close(self) -> None:
        """Ends all watches. A thread that sets some up does so when it comes back: until then it
        may use the number of the open file.
        """
        with self._turn:
            self._closed = True
            if not self._busy:
                self._system.close()

    def _read(self, seconds: float) -> Events:
        """The events that there are, or that come within `seconds`."""
        events: Events = set()
        new: list[str] = []
        for watch, mask, _, name in self._system.read(round(1000 * seconds)):
            if mask & flags.Q_OVERFLOW:
                raise RuntimeError(OVERFLOWED)
            folder = self._folders.get(watch)
            if folder is None:
                continue
            if mask & flags.IGNORED:
                self._forget(watch, folder)
                continue
            path = os.path.join(folder, name) if name else folder
            events.add((ADDED if mask & MADE else OTHER, path))
            if mask & flags.ISDIR and name:
                if mask & flags.MOVED_FROM:
                    self._leave(path)
                elif not mask & GONE and path not in self._watches:
                    # It is new, or may be read now.
                    new.append(path)
        if new:
            self._set_up(new)
        return events

    def _set_up(self, folders: list[str]) -> None:
        """Watches folders and those in them. Raises `OSError`, also if none has answered for as long
        as one file may take.
        """
        self._busy = True
        call = Call(self._watch, folders)
        added, since = self._added, time.monotonic()
        while True:
            try:
                return call.result(PULSE)
            except Late:
                self._attend()
            if added != self._added:
                added, since = self._added, time.monotonic()
            elif time.monotonic() - since > contract.FILE_TIMEOUT:
                raise TimeoutError(contract.STOPPED_BY_TIME.format(seconds=f"{contract.FILE_TIMEOUT:g}"))

    def _watch(self, folders: list[str]) -> None:
        left = folders[:]
        try:
            while left and not self._closed:
                folder = left.pop()
                # What comes after its watch is told, what came before it is listed.
                if self._add(folder):
                    left += folders_in(folder)
        finally:
            with self._turn:
                self._busy = False
                if self._closed:
                    self._system.close()

    def _add(self, folder: str) -> bool:
        """Watches one folder; whether there is one to be watched."""
        try:
            watch = self._system.add_watch(folder, HEARD | HOW)
        except OSError as error:
            if error.errno in PASSED_OVER:
                return False
            raise
        # A folder has one watch. If it has moved it had another path.
        former = self._folders.get(watch)
        if former is not None:
            self._watches.pop(former, None)
        self._folders[watch] = folder
        self._watches[folder] = watch
        self._added += 1
        return True

    def _leave(self, path: str) -> None:
        """Ends the watches of a folder that has moved, and of those in it."""
        inside = os.path.join(path, "")
        for folder, watch in list(self._watches.items()):
            if folder == path or folder.startswith(inside):
                self._forget(watch, folder)
                try:
                    self._system.rm_watch(watch)
                except OSError:
                    # The kernel has ended it: the folder is gone by now.
                    pass

    def _forget(self, watch: int, folder: str) -> None:
        self._folders.pop(watch, None)
        if self._watches.get(folder) == watch:
            del self._watches[folder]


def folders_in(folder: str) -> Iterator[str]:
    """The folders in a folder, without links; none if it cannot be listed."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    yield entry.path
    except OSError:
        pass

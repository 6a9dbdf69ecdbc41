"""The library's knowledge of folders, for the workers of a sync."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from mt_scanner._library.connection import Cursor
from mt_scanner._library.database import Database, failures
from mt_scanner._types.errors import LibraryError

LEAVING = 0.5
"""The most time that `Knowledge.close` waits for the workers inside, in s. SQLite is interrupted,
so they need less.
"""


class Left(Exception):
    """The sync has ended: nobody waits for the answer."""


class Knowledge:
    """A connection of its own, which sees whole transactions only, behind a gate.

    Workers are counted as they go in and out. Once the gate is closed nobody goes in, and the last
    one out closes the connection, so that no statement ever runs on a closed one.
    """

    def __init__(self, database: Database) -> None:
        self._known = database.sql("known")
        self._folders = database.sql("folders")
        self._files = database.sql("files")
        self._path = database.path
        self._reader = database.reader()
        self._gate = threading.Condition()
        self._inside = 0
        self._closed = threading.Event()
        # One at a time: workers who ask at once spend their time on passing the interpreter to each
        # other.
        self._turn = threading.Lock()

    def known(self, root: str, folders: Sequence[tuple[str, str | None]]) -> list[str]:
        """Facts of folders, each as JSON text; of their files only those behind a name.

        Any thread may call it. Raises `Left` once the gate is closed.
        """
        with self._entered(), self._turn:
            cursor = self._reader.cursor(Cursor)
            # To begin and end a transaction for each folder is a tenth of the time.
            cursor.execute("BEGIN")
            try:
                return [self._fact(cursor, root, folder, after) for folder, after in folders]
            finally:
                # SQLite may have rolled back by itself, on an error of the disk for one.
                if self._reader.in_transaction:
                    cursor.execute("ROLLBACK")

    def folders(self, root: str) -> list[str]:
        """Every folder of a root, as work."""
        with self._entered():
            return [work for (work,) in self._reader.execute(self._folders, (root,))]

    def files(self, root: str, paths: Sequence[str]) -> list[str]:
        """Files of a root that somebody has named, as work."""
        with self._entered():
            return [work for (work,) in self._reader.execute(self._files, (root, json.dumps(paths)))]

    def close(self) -> None:
        """Closes the gate and waits for those inside, for `LEAVING` at most."""
        with self._gate:
            self._closed.set()
            if self._inside:
                self._reader.interrupt()
                self._gate.wait_for(lambda: not self._inside, LEAVING)
            else:
                self._reader.close()

    def _fact(self, cursor: Cursor, root: str, folder: str, after: str | None) -> str:
        if self._closed.is_set():
            raise Left
        fact: str = cursor.execute(self._known, (root, folder, after)).fetchone()[0]
        return fact

    @contextmanager
    def _entered(self) -> Iterator[None]:
        with self._gate:
            if self._closed.is_set():
                raise Left
            self._inside += 1
        try:
            with failures(self._path, "read"):
                yield
        except LibraryError as error:
            if self._closed.is_set():
                raise Left from error
            raise
        finally:
            with self._gate:
                self._inside -= 1
                if self._closed.is_set() and not self._inside:
                    self._reader.close()
                    self._gate.notify_all()

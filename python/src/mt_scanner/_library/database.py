"""The connection to a library. Tables, columns and statements are the component's
(`wit/library.wit`).
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mt_scanner._engine.schema import Schema
from mt_scanner._library.connection import Connection
from mt_scanner._types import contract
from mt_scanner._types.errors import LibraryError

PATIENCE = 30.0
"""How long to wait for another writer or another sync, in s."""
BETWEEN_LOOKS = 0.1
"""How often who waits for another sync looks whether to go on, in s."""

INSTRUCTIONS = 50_000
"""Instructions of SQLite's machine between two looks of an `attended` one: some ms."""


class Database:
    """An open library at the present version."""

    def __init__(self, path: str, schema: Schema) -> None:
        self.path = path
        self._statements = schema.statements
        self.connection = connect(path, schema)

    def sql(self, name: str) -> str:
        """The statement of this name, which is a single one."""
        (sql,) = self._statements[name]
        return sql

    def query(self, name: str, *parameters: object) -> Iterator[tuple[Any, ...]]:
        """The rows that a statement answers with."""
        with failures(self.path, "read"):
            yield from self.connection.execute(self.sql(name), parameters)

    def record(self, name: str) -> dict[str, Any]:
        """The single row that a statement answers with, by the names of its columns."""
        with failures(self.path, "read"):
            cursor = self.connection.execute(self.sql(name))
            return dict(zip((column for column, *_ in cursor.description), cursor.fetchone(), strict=True))

    def run(self, name: str, *parameters: object) -> None:
        """Runs every part of a statement. Inside a transaction, if it writes to the library."""
        with failures(self.path, "written"):
            for sql in self._statements[name]:
                self.connection.execute(sql, parameters)

    def write(self, rows: dict[str, list[Sequence[Any]]]) -> None:
        """Runs statements for rows, in the order that the component gives them. Inside a
        transaction.
        """
        with failures(self.path, "written"):
            for name, parts in self._statements.items():
                if name in rows:
                    for sql in parts:
                        self.connection.executemany(sql, rows[name])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One transaction: all of it is written, or nothing."""
        try:
            with failures(self.path, "written"):
                self.connection.execute("BEGIN IMMEDIATE")
            yield
            with failures(self.path, "written"):
                self.connection.execute("COMMIT")
        except BaseException:
            # SQLite may have rolled back by itself, on a full disk for one.
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise

    @contextmanager
    def attended(self, look: Callable[[], object]) -> Iterator[None]:
        """Calls `look` again and again while long statements run. What it raises interrupts them,
        and comes out of here.
        """
        raised: list[BaseException] = []

        def look_in() -> int:
            try:
                look()
            except BaseException as error:
                raised.append(error)
            return len(raised)

        self.connection.set_progress_handler(look_in, INSTRUCTIONS)
        try:
            yield
        except BaseException as error:
            if raised:
                raise raised[0] from None
            if str(error.__cause__) == "interrupted":
                # By an exception on the way into `look`: SQLite drops it, and that is Ctrl-C.
                raise KeyboardInterrupt from None
            raise
        finally:
            self.connection.set_progress_handler(None, 0)

    def reader(self) -> Connection:
        """Another connection, which only reads, from any thread, one at a time."""
        return reader(self.path)

    def size(self) -> int:
        """Its size in bytes. The file's is another: the latest writes are beside it until the
        library is closed.
        """
        with failures(self.path, "read"):
            pages = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
            return int(self.connection.execute(pages).fetchone()[0])

    def close(self) -> None:
        self.connection.close()


def reader(path: str) -> Connection:
    """A connection that only reads, from any thread, one at a time."""
    with failures(path, "opened"):
        return Connection(f"{Path(path).as_uri()}?mode=ro", timeout=PATIENCE, uri=True)


def connect(path: str, schema: Schema) -> Connection:
    """Opens a library, new or old, and brings it to the present version."""
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        raise LibraryError(contract.LIBRARY_WITHOUT_FOLDER, path)
    with failures(path, "opened"):
        connection = Connection(path, timeout=PATIENCE)
    try:
        with failures(path, "used"):
            connection.execute("PRAGMA foreign_keys = ON")
            migrate(connection, path, schema)
            # Readers, the player for one, go on while a sync writes.
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        connection.close()
        raise
    return connection


def migrate(connection: Connection, path: str, schema: Schema) -> None:
    """Runs the migrations that are newer than the database, each in a transaction of its own."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > schema.version:
        reason = contract.LIBRARY_NEWER.format(version=version, known=schema.version)
        raise LibraryError(reason, path)
    for number, sql in schema.migrations:
        if number <= version:
            continue
        try:
            connection.executescript(f"BEGIN IMMEDIATE;\n{sql}\n;PRAGMA user_version = {number};\nCOMMIT;")
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            # Another process may have been quicker.
            (now,) = connection.execute("PRAGMA user_version").fetchone()
            if now < number:
                raise


@contextmanager
def alone(path: str, look: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Keeps other syncs away from a library, whatever host they run in. Readers and other writers
    go on.

    While it waits for another sync, it calls `look`, which ends that by raising.
    """
    until = time.monotonic() + PATIENCE

    def wait() -> None:
        look()
        if time.monotonic() >= until:
            raise LibraryError(contract.LIBRARY_BUSY, path)

    with held(path + "-sync", wait):
        yield


@contextmanager
def alone_analysing(path: str) -> Iterator[None]:
    """Keeps other analyses away from a library. Syncs go on, and so does everybody else. Raises
    `LibraryError` if there is one already.
    """

    def refuse() -> None:
        raise LibraryError(contract.ANALYSIS_BUSY, path)

    with held(path + "-analysis", refuse):
        yield


@contextmanager
def held(beside: str, wait: Callable[[], object]) -> Iterator[None]:
    """Holds the lock of this name. `wait` is called again and again while somebody else has it, and
    ends that by raising.

    The lock is SQLite's own, on an empty database beside the library: it works alike on every
    system, and ends with its process, however that ends.
    """
    try:
        lock = Connection(beside, timeout=min(BETWEEN_LOOKS, PATIENCE))
    except sqlite3.Error as error:
        raise unusable(beside, error) from error
    try:
        while not locked(lock, beside):
            wait()
        yield
    finally:
        lock.close()


def unusable(beside: str, error: sqlite3.Error) -> LibraryError:
    """The error of a lock, the file `beside` the library, that SQLite cannot open or lock."""
    reason = f"the lock beside the library cannot be used: {error}. It holds nothing, and may be deleted"
    return LibraryError(reason, beside)


def locked(lock: Connection, beside: str) -> bool:
    """Whether nobody else has the lock."""
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        if is_busy(error):
            return False
        raise unusable(beside, error) from error
    return True


def copied(path: str, to: str) -> None:
    """Copies a library, as it is at this moment. No library, no copy."""
    if not os.path.exists(path):
        return
    with failures(path, "read"):
        source = reader(path)
        try:
            source.execute("VACUUM INTO ?", (to,))
        finally:
            source.close()


def is_busy(error: BaseException | None) -> bool:
    """Whether somebody else has the lock that SQLite wanted."""
    return isinstance(error, sqlite3.Error) and "locked" in str(error)


@contextmanager
def failures(path: str, done: str) -> Iterator[None]:
    """Makes errors of SQLite, and of values that a damaged library holds, errors of the library at
    `path`.
    """
    try:
        yield
    except (sqlite3.Error, ValueError) as error:
        # Text that is not UTF-8 is a ValueError, wherever it comes up.
        raise LibraryError(f"the library cannot be {done}: {error}", path) from error

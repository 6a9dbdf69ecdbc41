"""The connection to a library. Tables, columns and statements are the component's (`wit/library.wit`)."""

import os
import sqlite3
from typing import NamedTuple

from mt_scanner._component import Component
from mt_scanner._errors import LibraryError
from mt_scanner._instance import Instance
from mt_scanner._plan import Limits


class Schema(NamedTuple):
    """What the component says of a library."""

    version: int
    migrations: list[tuple[int, str]]
    statements: dict[str, str]
    """SQL by name."""


def schema(component: Component) -> Schema:
    """Asks the component."""
    with component.ticking():
        instance = Instance(component, [], Limits())
        try:
            return Schema(
                instance.ask(component.schema_version),
                [(migration.version, migration.sql) for migration in instance.ask(component.migrations)],
                {statement.name: statement.sql for statement in instance.ask(component.statements)},
            )
        finally:
            instance.close()


def connect(path: str, schema: Schema) -> sqlite3.Connection:
    """Opens a library, new or old, and brings it to the present version."""
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        raise LibraryError("the library cannot be opened: its folder does not exist", path)
    try:
        # No transactions but those that are written out here.
        connection = sqlite3.connect(path, timeout=30.0, isolation_level=None)
    except sqlite3.Error as error:
        raise LibraryError(f"the library cannot be opened: {error}", path) from error
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        migrate(connection, path, schema)
        # Readers, the player for one, go on while a scan writes.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
    except sqlite3.Error as error:
        connection.close()
        raise LibraryError(f"the library cannot be used: {error}", path) from error
    except BaseException:
        connection.close()
        raise
    return connection


def migrate(connection: sqlite3.Connection, path: str, schema: Schema) -> None:
    """Runs the migrations that are newer than the database, each in a transaction of its own."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > schema.version:
        reason = (
            f"the library has schema version {version}, and this mt_scanner knows {schema.version} at most: update it"
        )
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

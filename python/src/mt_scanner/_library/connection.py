"""Connections to SQLite that survive a fork.

SQLite remembers the locks of its process. A forked process believes that it has them, and has none:
to close a connection there could write an old state of the database over a newer one. SQLite's
mutexes may be held by threads that were not forked. So a forked process never closes the
connections and cursors that it has inherited.
"""

import os
import sqlite3
import weakref
from typing import Any


class Connection(sqlite3.Connection):
    """A connection that any thread may use, one at a time. There are no transactions but those
    written out.
    """

    def __init__(self, database: str, *, timeout: float, uri: bool = False, **_: Any) -> None:
        self._process = os.getpid()
        super().__init__(database, timeout=timeout, uri=uri, isolation_level=None, check_same_thread=False)
        _open.add(self)

    def execute(self, sql: str, parameters: Any = ()) -> "Cursor":
        """Runs a statement; its rows are the cursor's."""
        return self.cursor(Cursor).execute(sql, parameters)

    def close(self) -> None:
        """Closes it, but not in a forked process."""
        if self._process == os.getpid():
            super().close()


class Cursor(sqlite3.Cursor):
    """A cursor of such a connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        _open.add(self)


_open: "weakref.WeakSet[Connection | Cursor]" = weakref.WeakSet()


def _after_fork() -> None:
    # For ever: the collector closes them, too.
    inherited = list(_open)
    if inherited:
        import ctypes

        for each in inherited:
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(each))


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)

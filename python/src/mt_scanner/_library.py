"""The library: an SQLite database of what scans have found."""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

from mt_scanner._errors import LibraryError
from mt_scanner._progress import Progress
from mt_scanner._roots import StrPath
from mt_scanner._scanner import Scanner
from mt_scanner._track import Problem, Track

if TYPE_CHECKING:
    import sqlite3

ROWS = 2000
"""Rows in one transaction."""
BETWEEN_REPORTS = 0.1
"""Least time between two calls of `on_progress` in s."""

LISTS = [place for place, default in enumerate(Track("", "", 0, 0, 0)) if default == []]
FLAGS = [place for place, default in enumerate(Track("", "", 0, 0, 0)) if default is False]


class SyncReport(NamedTuple):
    """What a sync did."""

    added: int
    """Tracks that the library did not have."""
    modified: int
    """Tracks that it had otherwise."""
    unchanged: int
    """Tracks that it had as they are."""
    problems: list[Problem]
    progress: Progress
    """Counts and time of the scan."""


class Library:
    """An SQLite library, made on first use if there is none. It is used by one thread at a time.

    `path`: the database. Its tracks are the table `tracks`; other programs may read it at any time.
    `component`: another component of the same world to use, by its path.
    """

    def __init__(self, path: StrPath, *, component: StrPath | None = None) -> None:
        self.path = os.path.abspath(os.path.expanduser(os.fspath(path)))
        """The database, as an absolute path."""
        self._wasm = component
        self._opened: tuple[sqlite3.Connection, dict[str, str]] | None = None

    def sync(
        self,
        roots: StrPath | Iterable[StrPath],
        *,
        on_progress: Callable[[Progress], object] | None = None,
        **options: Any,
    ) -> SyncReport:
        """Scans the roots and brings what is found into the library, in transactions of some thousand rows.

        Nothing is ever deleted: tracks of files that are gone stay. `options` are those of `Scanner`. `on_progress` is
        called at most ten times a second and at the end.

        Raises as `Scanner.scan` does, before anything is written; `LibraryError` if the database cannot be used.
        """
        with Scanner(roots, component=self._wasm, **options) as scanner:
            pool = scanner._pool("tracks", text_lists=True)
            connection, statements = self._open()
            (before,) = connection.execute(statements["count_tracks"]).fetchone()
            written = 0
            rows: list[list[Any]] = []
            problems: list[list[str]] = []
            # An empty root may be a disk that is not there: what is known of it stays.
            seen: set[str] = set()
            reported = time.monotonic()
            for answer in pool:
                rows += answer.tracks
                seen.update([answer.root] if answer.tracks else [])
                problems += answer.problems
                if len(rows) >= ROWS:
                    written += self._write(scanner.roots, rows)
                    rows = []
                if on_progress is not None and time.monotonic() - reported >= BETWEEN_REPORTS:
                    reported = time.monotonic()
                    on_progress(pool.progress)
            written += self._write(scanner.roots, rows, problems, forget=seen)
            (after,) = connection.execute(statements["count_tracks"]).fetchone()
            progress = pool.progress
            if on_progress is not None:
                on_progress(progress)
            added = after - before
            return SyncReport(
                added,
                modified=written - added,
                unchanged=progress.tracks - written,
                problems=[Problem._make(problem) for problem in problems],
                progress=progress,
            )

    def tracks(self) -> Iterator[Track]:
        """Every track of the library, by root and path."""
        import json

        connection, statements = self._open()
        for row in connection.execute(statements["tracks"]):
            cells = list(row)
            for place in LISTS:
                cells[place] = json.loads(cells[place])
            for place in FLAGS:
                cells[place] = bool(cells[place])
            yield Track._make(cells)

    def close(self) -> None:
        """Closes the database. The next use opens it again."""
        if self._opened is not None:
            self._opened[0].close()
            self._opened = None

    def __enter__(self) -> "Library":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _open(self) -> "tuple[sqlite3.Connection, dict[str, str]]":
        if self._opened is None:
            from mt_scanner import _component, _database

            component = _component.load(None if self._wasm is None else os.fspath(self._wasm))
            schema = _database.schema(component)
            self._opened = _database.connect(self.path, schema), schema.statements
        return self._opened

    def _write(
        self,
        roots: Iterable[str],
        rows: list[list[Any]],
        problems: Iterable[list[str]] = (),
        forget: Iterable[str] = (),
    ) -> int:
        """Writes one transaction; the old problems of the roots in `forget` go. Gives the tracks that it changed."""
        import sqlite3

        connection, statements = self._open()
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                connection.executemany(statements["root"], [(root,) for root in roots])
                written = connection.executemany(statements["track"], rows).rowcount if rows else 0
                connection.executemany(statements["forget_problems"], [(root,) for root in forget])
                connection.executemany(statements["problem"], problems)
                connection.execute("COMMIT")
            except BaseException:
                connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise LibraryError(f"the library cannot be written: {error}", self.path) from error
        return written

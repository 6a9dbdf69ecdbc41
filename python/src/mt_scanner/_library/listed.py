"""The files that an analysis comes to, as the library lists them."""

from collections.abc import Collection
from typing import Any, NamedTuple

from mt_scanner._engine.examination import Examination, File
from mt_scanner._library.database import Database
from mt_scanner._types.progress import Progress

PAGE = 500
"""Files that are asked for at a time, once fewer wait."""


class Row(NamedTuple):
    """A row of the statement `analysis-next`."""

    place: int
    id: int
    root: str
    path: str
    size: int
    mtime_ns: int


class Listed:
    """A list of files in temporary tables of a connection, read page by page by whoever has that."""

    def __init__(self, database: Database, there: Collection[str]) -> None:
        """`there`: the roots that can be read. Files of others are passed over."""
        self._database = database
        self._there = there
        self._after = 0
        self._under_way: dict[tuple[str, str], Row] = {}
        files, self._bytes = next(database.query("analysis-total"))
        self._files = int(files)
        self._is_read = False

    def feed(self, examination: Examination) -> None:
        """Gives more files, if few wait."""
        if self._is_read or examination.waiting > PAGE or examination.is_stopped:
            return
        rows = [Row._make(row) for row in self._database.query("analysis-next", self._after, PAGE)]
        for row in rows:
            self._after = row.place
            if row.root in self._there:
                self._under_way[row.root, row.path] = row
                examination.add(File(row.root, row.path, row.size))
            else:
                self._files -= 1
                self._bytes -= row.size
        if not rows:
            self._is_read = True
            examination.end()

    def taken(self, found: dict[str, Any]) -> Row:
        """The row of a file that is done, by its root and path."""
        return self._under_way.pop((found["root"], found["path"]))

    def begin(self, examination: Examination) -> None:
        self.feed(examination)

    @property
    def progress(self) -> Progress:
        return Progress(files=self._files, total_files=self._files, total_bytes=self._bytes)

    def stop(self) -> None:
        self._is_read = True

    def join(self, seconds: float) -> bool:
        return True

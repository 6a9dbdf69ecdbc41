"""The time of a file's last change of status. wasmtime's own `wasi:filesystem` gives the time of birth in its place."""

import os
from typing import Any

from mt_scanner import _roots
from mt_scanner._track import Track

PATH, SIZE, MTIME, CTIME = (Track._fields.index(name) for name in ("path", "size", "mtime_ns", "ctime_ns"))


def of(status: os.stat_result) -> int:
    """The time in ns since 1970; 0 on Windows, which has no such time."""
    return 0 if os.name == "nt" else status.st_ctime_ns


def at(path: str) -> int:
    """The time of the file at `path`; 0 if it cannot be told."""
    try:
        return of(os.stat(path))
    except (OSError, ValueError):
        return 0


def correct(root: str, rows: list[list[Any]]) -> None:
    """Sets `ctime_ns` of rows that were just read; 0 where the file is not the same any more."""
    for row in rows:
        try:
            status = os.stat(_roots.native(root, row[PATH]))
        except (OSError, ValueError):
            row[CTIME] = 0
            continue
        same = status.st_size == row[SIZE] and status.st_mtime_ns == row[MTIME]
        row[CTIME] = of(status) if same else 0

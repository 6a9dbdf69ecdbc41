"""The libraries that samples begin with."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

from measure.command import Command
from measure.process import LIBRARY, run_in
from measure.tell import tell
from measure.tools import Tools

SETTLED = 2.0
"""What was changed so many s ago is believed by every sync: the grain of the coarsest clocks."""


class Libraries:
    """Makes each library once, for the samples of a group to begin with a copy of it."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._folder = tempfile.TemporaryDirectory(prefix="mt-scanner-bench-")
        self._made: dict[tuple[Command, Path], Path] = {}

    def __enter__(self) -> Libraries:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def made_by(self, command: Command, root: Path) -> Path:
        """The library that a command makes of a folder. Raises `RunError`."""
        key = (command, root)
        if key not in self._made:
            tell(f"a library by {command.program} {' '.join(command.arguments)}")
            scratch = Path(tempfile.mkdtemp(dir=self._folder.name))
            run_in(scratch, command, root, self._tools)
            # What was too new to be trusted.
            time.sleep(SETTLED)
            run_in(scratch, command, root, self._tools)
            database = scratch / LIBRARY
            with closing(sqlite3.connect(database)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._made[key] = database
        return self._made[key]

"""The analyser, the component that looks into audio (`wit/analysis.wit`)."""

import json
import time
from collections.abc import Callable
from typing import Any

import wasmtime

from mt_scanner._engine import carried
from mt_scanner._engine.component import Compiled, compiled
from mt_scanner._engine.instance import Ended, Sandboxed, record, seen_as_file
from mt_scanner._engine.plan import Limits
from mt_scanner._engine.question import Question
from mt_scanner._engine.roots import native_path
from mt_scanner._engine.within import Attend, nobody
from mt_scanner._types.contract import STOPPED_BY_TIME

PIECE = 50
"""Time for one piece of work in ms: as long as it takes until anybody can stop."""


class Analyser(Compiled):
    """A component of the world `analyser`."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.open = self.export("analysis", "[static]analysis.open")
        self.advance = self.export("analysis", "[method]analysis.advance")
        self.version = self.export("analysis", "version")
        self.album_loudness = self.export("analysis", "album-loudness")
        self.new_grouping = self.export("analysis", "[constructor]grouping")
        self.add_to_grouping = self.export("analysis", "[method]grouping.add")
        self.advance_grouping = self.export("analysis", "[method]grouping.advance")


class Analyst(Sandboxed):
    """An instance of the analyser, which works on one file after the other."""

    def __init__(self, analyser: Analyser, root: str, limits: Limits) -> None:
        super().__init__(analyser, [root], limits)
        self._analyser = analyser
        self.root = root
        self.is_fresh = True
        """Whether it has worked on nothing yet."""

    def examine(self, path: str, question: Question, each: Callable[[float], bool]) -> dict[str, Any] | None:
        """The report on a file. `each` is told before each piece of work which part is done, and asked
        whether to go on; `None` if not. What is no regular file is not opened.

        Raises `Ended`, also if nothing comes of one piece after the other, and `ScanError` for a
        file that cannot be opened.
        """
        self.is_fresh = False
        seen_as_file(self.root, path)
        file = native_path(self.root, path)
        analysis = self._call(self._analyser.open, self.root, path, record(question._asdict()), file=file)
        seconds = self._limits.seconds
        # No longer than half of the time that a piece has: a slow machine is no damage.
        piece = max(1, min(PIECE, int(seconds * 500)))
        report: dict[str, Any] | None = None
        done, share, since = -1, 0.0, time.monotonic()
        while report is None and each(share):
            state = self._call(self._analyser.advance, analysis, piece)
            if isinstance(state, str):
                report = json.loads(state)
            elif state.done != done:
                done, since = state.done, time.monotonic()
                share = min(1.0, state.done / state.total) if state.total else 0.0
            elif time.monotonic() - since > seconds:
                raise Ended("timeout", STOPPED_BY_TIME.format(seconds=f"{seconds:g}"))
        self._drop(analysis)
        return report

    def _drop(self, analysis: Any) -> None:
        self._set_deadline(self._limits.seconds)
        try:
            analysis.drop(self._store)
        except wasmtime.WasmtimeError as error:
            raise self._ended(str(error), self._limits.seconds) from error


def load(path: str | None = None, attend: Attend = nobody) -> Analyser:
    """The analyser of the package, or another one."""
    return compiled(Analyser, path or carried.ANALYSER, attend)

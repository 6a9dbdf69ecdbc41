"""What the analyser makes of what it has found before: no file is read."""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from mt_scanner._engine.analyser import PIECE, Analyser, load
from mt_scanner._engine.instance import Ended, Sandboxed
from mt_scanner._engine.plan import Limits
from mt_scanner._types.contract import STOPPED_BY_TIME
from mt_scanner._types.errors import ComponentError

Measured = tuple[str | None, float | None]
"""What is needed of a track's loudness: its `blocks` and its `true_peak`."""


class Reckoner(Sandboxed):
    """An instance that sees no files."""

    def __init__(self, analyser: Analyser, limits: Limits) -> None:
        super().__init__(analyser, [], limits)
        self._analyser = analyser

    def version(self) -> int:
        """The version of the analyser."""
        return int(self.ask(self._analyser.version))

    def album(self, tracks: str) -> dict[str, Any]:
        """The loudness of an album; `tracks` is JSON text (`wit/analysis.wit`, `album-loudness`)."""
        answer: dict[str, Any] = json.loads(self.ask(self._analyser.album_loudness, tracks))
        return answer

    def groups(self, pages: Iterable[Sequence[Sequence[Any]]], each: Callable[[float], object]) -> list[dict[str, Any]]:
        """Tracks that are the same. `pages` are rows of the statement `duplicate-rows`; `each` is told
        after each piece of work which part is done.

        Raises `Ended`, also if nothing comes of one piece after the other.
        """
        grouping = self._call(self._analyser.new_grouping)
        for rows in pages:
            self._call(self._analyser.add_to_grouping, grouping, json.dumps(rows))
            each(0.0)
        done, since = -1, time.monotonic()
        while not isinstance(state := self._call(self._analyser.advance_grouping, grouping, PIECE), str):
            each(state.done / state.total if state.total else 0.0)
            if state.done != done:
                done, since = state.done, time.monotonic()
            elif time.monotonic() - since > self._limits.seconds:
                raise Ended("timeout", STOPPED_BY_TIME.format(seconds=f"{self._limits.seconds:g}"))
        groups: list[dict[str, Any]] = json.loads(state)
        return groups


@contextmanager
def reckoner(analyser: Analyser, limits: Limits) -> Iterator[Reckoner]:
    """An instance for some calls. Raises `ComponentError` if one of them ends it."""
    with analyser.ticking():
        instance = Reckoner(analyser, limits)
        try:
            yield instance
        except Ended as ended:
            raise ComponentError(f"{ended.outcome}: {ended.detail}", analyser.path) from ended
        finally:
            instance.close()


def loudness_of(albums: Iterable[Sequence[Measured]], analyser: str | None) -> Iterator[dict[str, Any]]:
    """The loudness of each album. `analyser`: another component of that world, by its path."""
    with reckoner(load(analyser), Limits()) as instance:
        for tracks in albums:
            yield instance.album(json.dumps(tracks))

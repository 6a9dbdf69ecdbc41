"""Loudness of several tracks together."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mt_scanner._engine.analyser import Analyser, load
from mt_scanner._engine.instance import Sandboxed
from mt_scanner._engine.plan import Limits

Measured = tuple[str, float | None]
"""What is needed of a track: the `blocks` and the `true_peak` of its loudness."""


class Reckoner(Sandboxed):
    """An instance that sees no files."""

    def __init__(self, analyser: Analyser, limits: Limits) -> None:
        super().__init__(analyser, [], limits)
        self._album_loudness = analyser.export("analysis", "album-loudness")

    def album(self, tracks: str) -> dict[str, Any]:
        """The loudness of an album (`wit/analysis.wit`, `album-loudness`)."""
        answer: dict[str, Any] = json.loads(self.ask(self._album_loudness, tracks))
        return answer


def loudness_of(albums: Iterable[Sequence[Measured]], analyser: str | None) -> Iterator[dict[str, Any]]:
    """The loudness of each album. `analyser`: another component of that world, by its path."""
    component = load(analyser)
    with component.ticking():
        reckoner = Reckoner(component, Limits())
        try:
            for tracks in albums:
                yield reckoner.album(json.dumps(tracks))
        finally:
            reckoner.close()

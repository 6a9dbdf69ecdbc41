"""What a figure is: of the times and sizes of a row, in a unit."""

from __future__ import annotations

import statistics
from enum import Enum

from measure.outcome import Outcome

AWAITED = ("lookup", "getattr", "readlink", "opendir", "readdir", "open", "read")
"""Calls of a storage that somebody waits for; those of folders are among them."""


class Metric(Enum):
    """The value is the unit. Less is better, but for speeds."""

    MILLISECONDS = "ms"
    SECONDS = "s"
    PER_FILE = "µs a file"
    MEGABYTES = "MB"
    CALLS = "calls a file"
    REAL_TIME = "times real time"
    MEGABYTES_A_SECOND = "MB/s"

    @property
    def is_speed(self) -> bool:
        return self in (Metric.REAL_TIME, Metric.MEGABYTES_A_SECOND)

    def figures(self, outcome: Outcome) -> list[float]:
        """One figure a sample."""
        if self is Metric.MEGABYTES:
            return [size / 1e6 for size in outcome.memory]
        if self is Metric.CALLS:
            return [sum(calls[kind] for kind in AWAITED) / outcome.files for calls in outcome.calls if outcome.files]
        if self is Metric.REAL_TIME:
            return [outcome.audio / seconds for seconds in outcome.seconds]
        if self is Metric.MEGABYTES_A_SECOND:
            return [outcome.size / 1e6 / seconds for seconds in outcome.seconds]
        if self is Metric.PER_FILE:
            return [seconds * 1e6 / outcome.files for seconds in outcome.seconds] if outcome.files else []
        return [seconds * (1e3 if self is Metric.MILLISECONDS else 1.0) for seconds in outcome.seconds]

    def median(self, outcome: Outcome) -> float | None:
        figures = self.figures(outcome)
        return statistics.median(figures) if figures else None

    def best(self, outcome: Outcome) -> float | None:
        return (max if self.is_speed else min)(self.figures(outcome), default=None)


def three_digits(figure: float) -> str:
    """A figure for people: three digits, or all of a large whole number."""
    if figure >= 100:
        return f"{figure:,.0f}"
    return f"{figure:.1f}" if figure >= 10 else f"{figure:.2f}"

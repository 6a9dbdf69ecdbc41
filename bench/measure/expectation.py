"""What is expected of the figures: a bound, and beside what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from measure.metric import Metric, three_digits
from measure.outcome import Outcome

Outcomes = Mapping[str, Outcome]
"""Of the rows of one group, by name."""


@dataclass(frozen=True)
class Verdict:
    text: str
    """What was expected and what came."""
    met: bool | None
    """`None`: a row was not measured."""


class Expectation(Protocol):
    def verdict(self, outcomes: Outcomes, usual: Metric) -> Verdict:
        """Compares medians. `usual` is the metric of the group."""


@dataclass(frozen=True)
class Faster:
    """`row` is at least `times` as fast as `than`."""

    row: str
    than: str
    times: float

    def verdict(self, outcomes: Outcomes, usual: Metric) -> Verdict:
        wording = f"at least {self.times:g}x as fast as" if self.times != 1 else "not slower than"
        expected = f"{self.row}: expected {wording} {self.than}"
        got = ratio(outcomes, self.than, self.row, usual)
        return judged(expected, got, "x", lambda times: times >= self.times)


@dataclass(frozen=True)
class AtMost:
    """`row` takes at most `times` as much as `of`."""

    row: str
    of: str
    times: float
    metric: Metric | None = None

    def verdict(self, outcomes: Outcomes, usual: Metric) -> Verdict:
        what = "memory" if self.metric is Metric.MEGABYTES else "time"
        expected = f"{self.row}: expected at most {self.times:g}x the {what} of {self.of}"
        got = ratio(outcomes, self.row, self.of, self.metric or usual)
        return judged(expected, got, "x", lambda times: times <= self.times)


@dataclass(frozen=True)
class Under:
    """`row` stays under `limit`, in the metric's unit."""

    row: str
    limit: float
    metric: Metric | None = None

    def verdict(self, outcomes: Outcomes, usual: Metric) -> Verdict:
        metric = self.metric or usual
        expected = f"{self.row}: expected under {self.limit:g} {metric.value}"
        got = median(outcomes, self.row, metric)
        return judged(expected, got, f" {metric.value}", lambda figure: figure < self.limit)


@dataclass(frozen=True)
class More:
    """`row` takes at most `by` more than `than`, in the metric's unit."""

    row: str
    than: str
    by: float
    metric: Metric | None = None

    def verdict(self, outcomes: Outcomes, usual: Metric) -> Verdict:
        metric = self.metric or usual
        expected = f"{self.row}: expected at most {self.by:g} {metric.value} more than {self.than}"
        first, second = median(outcomes, self.row, metric), median(outcomes, self.than, metric)
        got = first - second if first is not None and second is not None else None
        return judged(expected, got, f" {metric.value} more", lambda more: more <= self.by)


@dataclass(frozen=True)
class Flat:
    """Those of `rows` that were measured, two at least, differ by `percent` at most."""

    rows: tuple[str, ...]
    percent: float
    metric: Metric | None = None

    def verdict(self, outcomes: Outcomes, usual: Metric) -> Verdict:
        metric = self.metric or usual
        what = "memory" if metric is Metric.MEGABYTES else "time a file"
        medians = {row: median(outcomes, row, metric) for row in self.rows}
        figures = [figure for figure in medians.values() if figure is not None]
        measured = [row for row, figure in medians.items() if figure is not None]
        got = (max(figures) / min(figures) - 1) * 100 if len(figures) > 1 else None
        expected = f"{'; '.join(measured if got is not None else self.rows)}: expected {what} within {self.percent:g} %"
        return judged(expected, got, " %", lambda percent: percent <= self.percent)


@dataclass(frozen=True)
class SameLibrary:
    """The libraries that `rows` have made hold the same rows."""

    rows: tuple[str, ...]

    def verdict(self, outcomes: Outcomes, usual: Metric) -> Verdict:
        expected = f"{'; '.join(self.rows)}: expected the same rows"
        made = {row: outcomes[row].library for row in self.rows if row in outcomes and outcomes[row].library}
        if len(made) < 2:
            return Verdict(f"{expected}, not measured", None)
        first, *others = made.values()
        unlike = [column for column in first if any(other.get(column) != first[column] for other in others)]
        missing = [row for row in self.rows if row not in made]
        got = f"got different {', '.join(unlike)}" if unlike else f"got them from {len(made)}"
        got += f" ({'; '.join(missing)} not measured)" if missing else ""
        return Verdict(f"{expected}, {got}", False if unlike else None if missing else True)


def median(outcomes: Outcomes, row: str, metric: Metric) -> float | None:
    return metric.median(outcomes[row]) if row in outcomes else None


def ratio(outcomes: Outcomes, over: str, under: str, metric: Metric) -> float | None:
    first, second = median(outcomes, over, metric), median(outcomes, under, metric)
    return first / second if first is not None and second else None


def judged(expected: str, got: float | None, unit: str, met: Callable[[float], bool]) -> Verdict:
    """What came of an expectation, if it was measured."""
    if got is None:
        return Verdict(f"{expected}, not measured", None)
    return Verdict(f"{expected}, got {three_digits(got)}{unit}", met(got))

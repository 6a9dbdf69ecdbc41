"""What stands in the tables, on the screen and in the documentation."""

from __future__ import annotations

from measure.group import Group, Row
from measure.metric import Metric, three_digits
from measure.outcome import Outcome


def cells(group: Group, row: Row, outcomes: dict[str, Outcome]) -> list[str]:
    outcome = outcomes[row.name]
    if outcome.missing:
        return ["not measured"]
    found = [
        "" if figure is None else three_digits(figure)
        for metric in group.metrics
        for figure in (metric.median(outcome), metric.best(outcome))
    ]
    if group.baseline:
        found.append(against(group.metrics[0], outcome, outcomes.get(group.baseline)))
    return found


def against(metric: Metric, outcome: Outcome, baseline: Outcome | None) -> str:
    """How much more the baseline takes; below 1 it takes less."""
    ours, theirs = metric.median(outcome), metric.median(baseline) if baseline else None
    return f"{theirs / ours:.2f}x" if ours and theirs else ""


def reasons(outcomes: dict[str, Outcome]) -> list[str]:
    """Why rows were not measured."""
    return [outcome.missing for outcome in outcomes.values() if outcome.missing]


def differing(outcomes: dict[str, Outcome]) -> str:
    """The rows that have found other numbers of files than most went through."""
    return ", ".join(
        f"{name} ({outcome.found:,} of {outcome.files:,})"
        for name, outcome in outcomes.items()
        if outcome.found is not None and outcome.found != outcome.files
    )

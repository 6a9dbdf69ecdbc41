"""The tables of docs/benchmarks.md: everything between the two markers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from measure.group import Group, Kind
from measure.outcome import Outcome

from report.cells import cells, differing
from report.results import Results

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
MARKS = {True: "met", False: "**falls short**", None: "not measured"}


class DocumentError(Exception):
    """The document cannot be renewed; the text says why."""


def write(results: Results, path: Path) -> None:
    """Renews what is between the markers."""
    text = path.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise DocumentError(f"{path} has no {BEGIN} followed by {END}")
    figures = "\n".join(lines(results))
    path.write_text(f"{before}{BEGIN}\n\n{figures}\n{END}{after}", encoding="utf-8")


def lines(results: Results) -> Iterator[str]:
    """The lines of the tables."""
    yield "| | |"
    yield "|---|---|"
    for name, value in results.machine.items():
        yield f"| {name} | {value} |"
    yield ""
    if results.quick:
        yield "Small data sets, two rounds: a trial, not figures."
        yield ""
    for group, outcomes in results.groups():
        yield from table(group, outcomes)
    yield from calls(results)
    yield from expectations(results)


def table(group: Group, outcomes: dict[str, Outcome]) -> Iterator[str]:
    yield f"### {group.title}"
    yield ""
    if group.note:
        yield group.note
        yield ""
    headings = ["", *(f"{what} {metric.value}" for metric in group.metrics for what in ("median", "best"))]
    if group.baseline:
        headings.append(f"{group.baseline} takes")
    yield f"| {' | '.join(headings)} |"
    yield f"|---{'|---:' * (len(headings) - 1)}|"
    for row in group.rows:
        if row.name in outcomes:
            name = f"**{row.name}**" if row.kind is Kind.OURS else row.name
            found = cells(group, row, outcomes)
            yield f"| {' | '.join([name, *found, *[''] * (len(headings) - 1 - len(found))])} |"
    yield ""
    unlike = differing(outcomes)
    if unlike:
        yield f"These do not find as many files as there are: {unlike}."
        yield ""


def calls(results: Results) -> Iterator[str]:
    for question, subjects in results.calls.items():
        yield f"### Calls of the system a file: {question}"
        yield ""
        yield "| | all | of these |"
        yield "|---|---:|---|"
        for subject, of in subjects.items():
            kinds = ", ".join(f"{name} {count:.2f}" for name, count in of.items())
            yield f"| {subject} | {sum(of.values()):.2f} | {kinds} |"
        yield ""


def expectations(results: Results) -> Iterator[str]:
    yield "### What was expected"
    yield ""
    yield "| | | |"
    yield "|---|---|---|"
    for group, verdicts in results.verdicts():
        for verdict in verdicts:
            yield f"| {group.name} | {verdict.text} | {MARKS[verdict.met]} |"
    yield ""

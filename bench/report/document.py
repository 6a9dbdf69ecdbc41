"""The tables of docs/benchmarks.md: everything between the two markers. A whole run renews all of
them, a run of some groups theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap

from measure.group import Group, Kind
from measure.outcome import Outcome
from suite import GROUPS

from report.cells import cells, differing
from report.results import Results

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
SECTION = "### "
EXPECTED = "What was expected"
WIDTH = 100
MARKS = {True: "met", False: "**falls short**", None: "not measured"}


class DocumentError(Exception):
    """The document cannot be renewed; the text says why."""


def write(results: Results, path: Path) -> None:
    """Renews what is between the markers, or as much of it as was measured."""
    text = path.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    figures_there, end, after = rest.partition(END)
    if not (begin and end):
        raise DocumentError(f"{path} has no {BEGIN} followed by {END}")
    is_whole = len(results.groups()) == len(GROUPS)
    figures = "\n".join(lines(results)) if is_whole else renewed(figures_there, results)
    path.write_text(f"{before}{BEGIN}\n\n{figures}\n{END}{after}", encoding="utf-8")


def renewed(figures: str, results: Results) -> str:
    """The figures with those tables renewed that were measured, each with its own commit: the facts at
    the top are those of the others.
    """
    facts, *sections = figures.strip("\n").split(f"\n{SECTION}")
    tables = {section.partition("\n")[0]: section.partition("\n")[2].strip("\n") for section in sections}
    machine = results.machine
    measured = f"Measured on {machine['date']} at {machine.get('commit', 'no commit')}, apart from the others."
    for group, outcomes in results.groups():
        _, _, *rest = table(group, outcomes)
        tables[group.title] = "\n".join([measured, "", *rest]).strip("\n")
    tables[EXPECTED] = "\n".join(expected(tables.get(EXPECTED, ""), results))
    known = [group.title for group in GROUPS if group.title in tables]
    others = [title for title in tables if title not in known]
    parts = [f"{SECTION}{title}\n\n{tables[title]}\n" for title in (*known, *others)]
    return "\n".join([f"{facts.strip(chr(10))}\n", *parts])


def expected(there: str, results: Results) -> Iterator[str]:
    """What was expected, with the verdicts of what was measured in place of older ones."""
    _, _, *now = expectations(results)
    groups = [group.name for group, _ in results.groups()]
    heading, rows = now[:2], now[2:-1] if now[-1] == "" else now[2:]
    kept = [line for line in there.splitlines()[2:] if line.split(" | ")[0].removeprefix("| ") not in groups]
    order = {group.name: place for place, group in enumerate(GROUPS)}
    yield from heading
    yield from sorted([*kept, *rows], key=lambda line: order.get(line.split(" | ")[0].removeprefix("| "), -1))


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
    yield f"{SECTION}{group.title}"
    yield ""
    if group.note:
        yield from wrap(group.note, WIDTH, break_on_hyphens=False)
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
    yield f"{SECTION}{EXPECTED}"
    yield ""
    yield "| | | |"
    yield "|---|---|---|"
    for group, verdicts in results.verdicts():
        for verdict in verdicts:
            yield f"| {group.name} | {verdict.text} | {MARKS[verdict.met]} |"
    yield ""

"""The figures on the screen."""

from __future__ import annotations

import calls
from measure.expectation import Verdict
from measure.group import Group, Kind
from measure.outcome import Outcome
from rich.table import Table
from rich.text import Text

from report import console
from report.cells import cells, differing, reasons
from report.results import Results

STYLES = {Kind.OURS: "bold cyan", Kind.PYTHON: "", Kind.NATIVE: ""}
MARKS = {True: ("met", "green"), False: ("falls short", "bold red"), None: ("not measured", "yellow")}


def show(results: Results) -> None:
    screen = console.console()
    for group, outcomes in results.groups():
        console.show(screen, group.title, table(group, outcomes))
        unlike = differing(outcomes)
        if unlike:
            screen.print(Text(f"These do not find as many files as there are: {unlike}\n", style="bold red"))
    calls.show(results.calls)
    for reason in sorted({reason for outcomes in results.outcomes.values() for reason in reasons(outcomes)}):
        screen.print(Text(f"Not measured: {reason}", style="yellow"))
    if results.quick:
        screen.print(Text("The data sets were small: read nothing into what follows.", style="yellow"))
    for group, verdicts in results.verdicts():
        for verdict in verdicts:
            screen.print(line(group, verdict))


def table(group: Group, outcomes: dict[str, Outcome]) -> Table:
    made = Table(box=None, pad_edge=False)
    made.add_column("", no_wrap=True)
    for metric in group.metrics:
        made.add_column(f"median {metric.value}", justify="right")
        made.add_column("best", justify="right", style="dim")
    if group.baseline:
        made.add_column(f"{group.baseline} takes", justify="right")
    for row in group.rows:
        if row.name in outcomes:
            made.add_row(Text(row.name, style=STYLES[row.kind]), *cells(group, row, outcomes))
    return made


def line(group: Group, verdict: Verdict) -> Text:
    mark, style = MARKS[verdict.met]
    return Text.assemble((f"{mark:13}", style), f"{group.name}: {verdict.text}")

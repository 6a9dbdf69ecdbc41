"""Measures a group, in rounds: each runs every row once, beginning with another one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from sqlite3 import DatabaseError
from subprocess import SubprocessError

from measure.group import Data, Group, Row
from measure.outcome import Outcome
from measure.process import RunError, run
from measure.tell import tell
from measure.tools import Tools

Trees = Callable[[Data], "tuple[Path, int] | str"]
"""The folder of a data set and its number of audio files, or why there is none."""


def measured(group: Group, trees: Trees, tools: Tools, *, rounds: int | None, large: bool) -> dict[str, Outcome]:
    """The outcome of every row. `rounds` is instead of what group and rows say."""
    outcomes: dict[str, Outcome] = {}
    ready: list[tuple[Row, Path]] = []
    for row in group.rows:
        if row.large and not large:
            continue
        tree = trees(group.data_of(row))
        missing = tools.missing_for(row.command) or (tree if isinstance(tree, str) else None)
        outcomes[row.name] = Outcome(missing=missing)
        if not missing and not isinstance(tree, str):
            outcomes[row.name].files = tree[1]
            ready.append((row, tree[0]))
    most = rounds or group.rounds
    for number in range(most):
        tell(f"{group.name}: round {number + 1} of {most}")
        first = number % len(ready) if ready else 0
        for row, root in ready[first:] + ready[:first]:
            outcome = outcomes[row.name]
            if number < (rounds or row.rounds or most) and outcome.missing is None:
                add(outcome, row, root, tools)
    return outcomes


def add(outcome: Outcome, row: Row, root: Path, tools: Tools) -> None:
    """Adds a sample."""
    try:
        sample = run(row.command, root, tools)
    except (RunError, ValueError, OSError, SubprocessError, DatabaseError) as error:
        # The reason may name folders of this machine, so it is not kept with the figures.
        outcome.missing = "it failed"
        tell(f"{row.name} failed: {error}")
        return
    outcome.seconds += sample.seconds
    if sample.memory is not None:
        outcome.memory.append(sample.memory)
    if sample.processor is not None:
        outcome.processor.append(sample.processor)
    if sample.found is not None:
        outcome.found = sample.found
        if "--every" in row.command.arguments:
            outcome.files = sample.found
    if outcome.library not in ({}, sample.library):
        outcome.missing = "two runs made two different libraries"
    outcome.library = sample.library

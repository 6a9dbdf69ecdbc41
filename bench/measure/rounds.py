"""Measures a group, in rounds: each runs every row once, beginning with another one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import DatabaseError
from subprocess import SubprocessError

import datasets
from slow.mount import MountError

from measure.copies import Copies
from measure.group import Data, Group, Row, State
from measure.libraries import Libraries
from measure.outcome import Outcome
from measure.process import RunError, Sample, run
from measure.storage import Storages
from measure.tell import tell
from measure.tools import Tools

Trees = Callable[[Data], "tuple[Path, int] | str"]
"""The folder of a data set and its number of audio files, or why there is none."""


@dataclass(frozen=True)
class Samples:
    """What the samples of a group are taken with."""

    tools: Tools
    copies: Copies
    libraries: Libraries
    storages: Storages

    def missing(self, row: Row) -> str | None:
        """The tool that is not there."""
        if row.storage and "slow-mount" in self.tools.missing:
            return self.tools.missing["slow-mount"]
        commands = (row.command, row.begins) if row.begins else (row.command,)
        return next(filter(None, map(self.tools.missing_for, commands)), None)

    def files(self, row: Row, tree: Path, files: int) -> int:
        """The number of audio files that a row goes through, in a data set with so many."""
        return files if row.state is State.SHARED else self.copies.of(tree).files(row.state)

    def take(self, row: Row, tree: Path) -> Sample:
        """Raises `RunError` and `MountError`."""
        if row.storage:
            return self.storages.take(row.command, row.begins, tree, row.storage)
        begin = self.libraries.made_by(row.begins, self.shown(tree, row, before=True)) if row.begins else None
        return run(row.command, self.shown(tree, row), self.tools, begin)

    def shown(self, tree: Path, row: Row, *, before: bool = False) -> Path:
        """The folder that a row goes through."""
        if row.state is State.SHARED:
            return tree
        return self.copies.of(tree).show(State.BEFORE if before else row.state)


def measured(group: Group, trees: Trees, tools: Tools, *, rounds: int | None, large: bool) -> dict[str, Outcome]:
    """The outcome of every row. `rounds` is instead of what group and rows say."""
    with Copies() as copies, Libraries(tools) as libraries, Storages(tools, libraries) as storages:
        samples = Samples(tools, copies, libraries, storages)
        return in_rounds(group, trees, samples, rounds=rounds, large=large)


def in_rounds(group: Group, trees: Trees, samples: Samples, *, rounds: int | None, large: bool) -> dict[str, Outcome]:
    outcomes: dict[str, Outcome] = {}
    ready: list[tuple[Row, Path]] = []
    for row in group.rows:
        if row.large and not large:
            continue
        tree = trees(group.data_of(row))
        missing = samples.missing(row) or (tree if isinstance(tree, str) else None)
        outcomes[row.name] = Outcome(missing=missing)
        if not missing and not isinstance(tree, str):
            outcome = outcomes[row.name]
            outcome.files = samples.files(row, *tree)
            outcome.audio = outcome.files * datasets.seconds(group.data_of(row).name)
            outcome.size = sum(path.stat().st_size for path in tree[0].iterdir()) if outcome.audio else 0
            ready.append((row, tree[0]))
    most = rounds or group.rounds
    for number in range(most):
        tell(f"{group.name}: round {number + 1} of {most}")
        first = number % len(ready) if ready else 0
        for row, root in ready[first:] + ready[:first]:
            outcome = outcomes[row.name]
            if number < (rounds or row.rounds or most) and outcome.missing is None:
                add(outcome, row, root, samples)
    return outcomes


def add(outcome: Outcome, row: Row, tree: Path, samples: Samples) -> None:
    """Adds a sample."""
    try:
        sample = samples.take(row, tree)
    except (RunError, MountError, ValueError, OSError, SubprocessError, DatabaseError) as error:
        # The reason may name folders of this machine, so it is not kept with the figures.
        outcome.missing = "it failed"
        tell(f"{row.name} failed: {error}")
        return
    outcome.seconds += sample.seconds
    if sample.memory is not None:
        outcome.memory.append(sample.memory)
    if sample.processor is not None:
        outcome.processor.append(sample.processor)
    if sample.calls is not None:
        outcome.calls.append(sample.calls)
    if sample.found is not None:
        outcome.found = sample.found
        if "--every" in row.command.arguments:
            outcome.files = sample.found
    if outcome.library not in ({}, sample.library):
        outcome.missing = "two runs made two different libraries"
    outcome.library = sample.library

"""Rows that are compared with each other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from measure.command import Command
from measure.expectation import Expectation
from measure.metric import Metric


class Kind(Enum):
    OURS = "ours"
    PYTHON = "Python peer"
    NATIVE = "native peer"


class State(Enum):
    """Which tree of a data set."""

    SHARED = auto()
    """The data set itself. It is only ever read."""
    BEFORE = auto()
    """A private copy of it."""
    AFTER = auto()
    """The private copy, in the same folder, after files were added, touched and deleted
    (`delta.py`).
    """


@dataclass(frozen=True)
class Storage:
    """A slow mount of a tree."""

    latency: float
    """Added to each call, in ms."""
    busy: bool = False
    """Whether other processes keep every core busy."""


@dataclass(frozen=True)
class Data:
    """A data set of `datasets.py`. A number of files is for the sets that come in sizes."""

    name: str
    files: int | None = None
    quick: int | None = None
    """Files under `--quick`."""


@dataclass(frozen=True)
class Row:
    """One subject and what it is asked to do."""

    name: str
    kind: Kind
    command: Command
    data: Data | None = None
    """Another data set than the group's."""
    state: State = State.SHARED
    begins: Command | None = None
    """Makes the `{scratch}/library.db` that each sample begins with, of the tree as it is before
    its delta.
    """
    storage: Storage | None = None
    """The mount that shows the tree, if not the disk. The time of a whole process is without its
    start then.
    """
    rounds: int | None = None
    """Fewer rounds than the group's: for what takes minutes."""
    large: bool = False
    """Only under `--large`."""
    plotted: bool = True


@dataclass(frozen=True)
class Group:
    """Rows over the same work, measured in turns: each round runs every row once."""

    name: str
    title: str
    data: Data
    metrics: tuple[Metric, ...]
    """The first is what expectations and the plot are about."""
    rows: tuple[Row, ...]
    expectations: tuple[Expectation, ...] = ()
    baseline: str = ""
    """The row that the others are compared with in tables."""
    rounds: int = 5
    plotted: bool = False
    logarithmic: bool = False
    note: str = ""
    """What a reader of the figures should know."""

    def data_of(self, row: Row) -> Data:
        return row.data or self.data

"""How long it takes to bring a library up to date."""

from collections.abc import Iterator
from dataclasses import replace

from measure.command import Clock, Command, mt_scan, native_process, python_door
from measure.expectation import AtMost, More, SameLibrary, Under
from measure.group import Data, Group, Kind, Row, State
from measure.metric import Metric

DB = ("--db", "{scratch}/library.db")
MODES = ("quick", "full")
PLAIN, NATIVE = "os.walk + mutagen + sqlite3", "lofty + rayon + rusqlite, 2 threads"
PEERS = {
    PLAIN: (Kind.PYTHON, Command("python", ("{subjects}/plain_sync.py", "{root}", *DB), Clock.OWN, needs="mutagen")),
    NATIVE: (Kind.NATIVE, native_process("import", 2, *DB)),
}
BACKENDS = {"Python, native": "native", "Python, portable": "portable"}
OURS = ("mt-scan", *BACKENDS)
WHOLE, DELTA = ", quick, whole process", ", delta"


def process(door: str, mode: str = "full") -> Command:
    """A sync by one of ours, the whole process."""
    if door == "mt-scan":
        return mt_scan("index", "--quiet", *DB, "--mode", mode)
    return python_door("index", BACKENDS[door], *DB, "--mode", mode, clock=Clock.PROCESS)


def sync(door: str, mode: str) -> Command:
    """The same, in Python without what a process needs once."""
    return python_door("sync", BACKENDS[door], *DB, "--mode", mode) if door in BACKENDS else process(door, mode)


def rows(state: State, suffix: str = "") -> Iterator[Row]:
    after = state is State.AFTER
    for name, (kind, command) in PEERS.items():
        yield Row(name + suffix, kind, command, state=state, begins=command, plotted=not after)
    for door in OURS:
        for mode in MODES:
            # With digests of what came out: in either mode and by every door it must be the same.
            command = replace(sync(door, mode), library=after)
            begins = process(door)
            yield Row(f"{door}, {mode}{suffix}", Kind.OURS, command, state=state, begins=begins, plotted=not after)


def whole() -> Iterator[Row]:
    """What somebody waits for who starts a player."""
    for door in BACKENDS:
        command, begins = process(door, "quick"), process(door)
        yield Row(door + WHOLE, Kind.OURS, command, state=State.BEFORE, begins=begins, plotted=False)


SYNC = Group(
    name="sync",
    title="Syncing a library of 41,000 real files: unchanged, and with 200 added, 200 replaced and 10 deleted (delta)",
    data=Data("real-no-adts", quick=400),
    metrics=(Metric.MILLISECONDS, Metric.MEGABYTES),
    plotted=True,
    note="Each sample begins with a fresh copy of a library that the same program has made.",
    rows=(*rows(State.BEFORE), *whole(), *rows(State.AFTER, DELTA)),
    expectations=(
        Under("mt-scan, quick", 60),
        Under("mt-scan, full", 200),
        Under("Python, portable, quick", 250),
        Under(f"Python, portable{WHOLE}", 250),
        *(More(f"{door}, {mode}{DELTA}", than=f"{door}, {mode}", by=150) for door in OURS for mode in MODES),
        SameLibrary(tuple(f"{door}, {mode}{DELTA}" for door in OURS for mode in MODES)),
    ),
)


SIZES = {"100k": Data("real", 100_000, quick=800), "1M": Data("real", 1_000_000, quick=1_600)}


def sized() -> Iterator[Row]:
    for door in OURS:
        for size, data in SIZES.items():
            # By one of them: their libraries are the same, and a million files take the others
            # minutes.
            begins = process("mt-scan")
            yield Row(f"{door}, {size}", Kind.OURS, sync(door, "quick"), data, begins=begins, large=size == "1M")


SYNC_SIZE = Group(
    name="sync-size",
    title="A quick sync of 100,000 and 1,000,000 unchanged files: peak memory of the process, and time",
    data=SIZES["100k"],
    metrics=(Metric.MEGABYTES, Metric.MILLISECONDS),
    rounds=3,
    rows=tuple(sized()),
    expectations=(
        *(Under(f"{door}, {size}", 100) for door in OURS for size in SIZES),
        *(AtMost(f"{door}, 1M", of=f"{door}, 100k", times=11, metric=Metric.MILLISECONDS) for door in OURS),
    ),
)

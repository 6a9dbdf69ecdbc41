"""How long it takes until new files are in a library that is being watched."""

from measure.command import Clock, Command
from measure.expectation import Under
from measure.group import Group, Kind, Row, State
from measure.metric import Metric

from suite.sync import BACKENDS, DB, OURS, SYNC, process


def watch(door: str) -> Command:
    """A burst of new files while a library is watched."""
    watcher = ["{mt-scan}", "watch", "{root}", *DB]
    if door in BACKENDS:
        watcher = ["{python}", "{subjects}/doors.py", *watcher[1:], "--backend", BACKENDS[door]]
    burst = ("{subjects}/burst.py", "{root}", *DB, "--", *watcher)
    return Command("python", burst, Clock.OWN, needs=BACKENDS.get(door, door))


WATCH = Group(
    name="watch",
    title="A burst of 500 files into a watched library of 41,000: from the last file until all rows are committed",
    data=SYNC.data,
    metrics=(Metric.MILLISECONDS,),
    rows=tuple(Row(door, Kind.OURS, watch(door), state=State.BEFORE, begins=process(door)) for door in OURS),
    expectations=tuple(Under(door, 1_000) for door in OURS),
)

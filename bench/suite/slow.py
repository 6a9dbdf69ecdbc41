"""How long it takes on storage that needs milliseconds for every call, as network shares do."""

from __future__ import annotations

from collections.abc import Iterator

from measure.command import Command, ceiling, mt_scan, native_peer, peer, python_door, wasmtime
from measure.expectation import Expectation, Faster, Under
from measure.group import Data, Group, Kind, Row, Storage
from measure.metric import Metric

from suite.sync import BACKENDS, DB, MODES, OURS, PLAIN, process, sync
from suite.sync import PEERS as SYNC_PEERS

LATENCIES = (0, 1, 5, 20)
"""Added to each call, in ms."""
DECIDING = 5
"""The latency that expectations are about, in ms."""
FEW_CALLS = 4.4
"""An open, two reads and a look a file. The rest is the share of the 66 folders: a look, an opendir
and two readdirs each.
"""
THREADS = 16
IN_FLIGHT = 64

CEILING = f"ceiling: a look at each file, {IN_FLIGHT} in flight"
MUTAGEN, THREADED = "tags: mutagen, 1 thread", f"tags: mutagen, {THREADS} threads"
NATIVE = f"lofty + rayon + rusqlite, {THREADS} threads"
CLI = "wasmtime CLI"

COUNTS: dict[str, tuple[Kind, Command]] = {
    "os.walk": (Kind.PYTHON, peer("walk-count")),
    f"ignore, {THREADS} threads": (Kind.NATIVE, native_peer("count-ignore", THREADS)),
    "mt-scan": (Kind.OURS, mt_scan("count")),
    "Python, native": (Kind.OURS, python_door("count", "native")),
    "Python, portable": (Kind.OURS, python_door("count", "portable")),
    CLI: (Kind.OURS, wasmtime("count")),
}
TAGS: dict[str, tuple[Kind, Command]] = {
    THREADED.removeprefix("tags: "): (Kind.PYTHON, peer("dicts", "--threads", str(THREADS), needs="mutagen")),
    f"lofty + rayon, tuned, {THREADS} threads": (Kind.NATIVE, native_peer("tags-tuned", THREADS)),
    "mt-scan": (Kind.OURS, mt_scan("scan", "--quiet")),
    "Python, native": (Kind.OURS, python_door("tags", "native")),
    "Python, portable": (Kind.OURS, python_door("tags", "portable")),
    CLI: (Kind.OURS, wasmtime("scan")),
}
SYNCS: dict[str, tuple[Kind, Command]] = {
    PLAIN: SYNC_PEERS[PLAIN],
    NATIVE: (Kind.NATIVE, native_peer("import", THREADS, *DB)),
}


def reading(storage: Storage) -> Iterator[Row]:
    """Everything that reads tags."""
    alone = peer("dicts", needs="mutagen")
    yield Row(MUTAGEN, Kind.PYTHON, alone, storage=storage, rounds=1)
    for name, (kind, command) in TAGS.items():
        yield Row(f"tags: {name}", kind, command, storage=storage)


def rows(storage: Storage) -> Iterator[Row]:
    yield Row(CEILING, Kind.NATIVE, ceiling(IN_FLIGHT), storage=storage)
    for name, (kind, command) in COUNTS.items():
        yield Row(f"counting: {name}", kind, command, storage=storage)
    yield from reading(storage)
    for name, (kind, command) in SYNCS.items():
        yield Row(f"full sync: {name}", kind, command, storage=storage, begins=command)
    for mode in reversed(MODES):
        for door in OURS:
            yield Row(f"{mode} sync: {door}", Kind.OURS, sync(door, mode), storage=storage, begins=process(door))


def expectations() -> Iterator[Expectation]:
    for door in ("mt-scan", *BACKENDS):
        yield Faster(f"tags: {door}", than=THREADED, times=2)
        yield Under(f"tags: {door}", FEW_CALLS, metric=Metric.CALLS)


def group(name: str, title: str, storage: Storage, rows: Iterator[Row]) -> Group:
    return Group(
        name=name,
        title=f"{title}: 810 real files in 66 folders",
        data=Data("few", quick=90),
        metrics=(Metric.MILLISECONDS, Metric.CALLS),
        baseline=THREADED,
        rounds=1 if storage.latency > DECIDING else 3,
        note="Each sample has a fresh mount. A sync finds nothing new. No start of a process is in the time.",
        rows=tuple(rows),
        expectations=tuple(expectations()) if storage.latency == DECIDING else (),
    )


def idle(latency: int) -> Group:
    storage = Storage(latency)
    return group(f"slow-{latency}", f"Storage with {latency} ms more a call", storage, rows(storage))


BUSY = Storage(DECIDING, busy=True)
SLOW = (
    *map(idle, LATENCIES),
    group("slow-busy", f"Storage with {DECIDING} ms more a call, every core kept busy by others", BUSY, reading(BUSY)),
)

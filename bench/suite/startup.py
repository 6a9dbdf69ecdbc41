"""How long it takes before anything is done."""

from dataclasses import replace

from measure.command import Clock, Command, mt_scan, native_process, wasmtime
from measure.expectation import Under
from measure.group import Data, Group, Kind, Row
from measure.metric import Metric


def first(work: str, backend: str) -> Command:
    arguments = ("{subjects}/startup.py", work, "{root}", "--backend", backend)
    return Command("python", arguments, Clock.OWN, needs=backend)


MODULE = Command("python", ("-m", "mt_scanner", "count", "{root}"), needs="portable", counts=True)
NATIVE_MODULE = replace(MODULE, needs="native")
PLAIN = Command("python", ("{subjects}/peers.py", "walk-count", "{root}"))

START = Group(
    name="start",
    title="Start: a folder of 200 files, a fresh process each time",
    data=Data("shape", 200),
    metrics=(Metric.MILLISECONDS,),
    rounds=9,
    rows=(
        Row("import mt_scanner", Kind.OURS, first("import", "portable")),
        Row("import and first count, portable", Kind.OURS, first("count", "portable")),
        Row("the same, nothing cached", Kind.OURS, first("count", "portable").without_cache(), rounds=3),
        Row("import and first count, native", Kind.OURS, first("count", "native")),
        Row("python -m mt_scanner count, whole process", Kind.OURS, MODULE),
        Row("python -m mt_scanner count, native, whole process", Kind.OURS, NATIVE_MODULE),
        Row("python with os.walk, whole process", Kind.PYTHON, PLAIN),
        Row("mt-scan count, whole process", Kind.OURS, mt_scan("count")),
        Row("wasmtime CLI count, whole process", Kind.OURS, wasmtime("count")),
        Row("the same, nothing cached, wasmtime CLI", Kind.OURS, wasmtime("count").without_cache(), rounds=3),
        Row("walkdir, whole process", Kind.NATIVE, native_process("count-walkdir", 1)),
    ),
    expectations=(
        Under("import and first count, portable", 70),
        Under("mt-scan count, whole process", 30),
    ),
)

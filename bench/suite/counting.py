"""How long it takes to find the files."""

from dataclasses import replace

from measure.command import Clock, mt_scan, native_peer, peer, python_door, wasmtime
from measure.expectation import AtMost, Faster
from measure.group import Data, Group, Kind, Row
from measure.metric import Metric

SHAPE = Data("shape", quick=2_000)
ONE, TWO = ("--workers", "1"), ("--workers", "2")
TWICE, BENCHMARK = ("--repeat", "2"), ("--iterations", "2")

COUNT = Group(
    name="count",
    title="Counting audio files: 100,000 empty files in 6,001 folders",
    data=SHAPE,
    metrics=(Metric.MILLISECONDS,),
    baseline="os.walk",
    plotted=True,
    rounds=7,
    rows=(
        Row("os.walk", Kind.PYTHON, peer("walk-count", *TWICE)),
        Row("pathlib.rglob", Kind.PYTHON, peer("rglob"), plotted=False),
        Row("scandir-rs", Kind.PYTHON, peer("scandir-rs-count", *TWICE, needs="scandir-rs")),
        Row("walkdir, 1 thread", Kind.NATIVE, native_peer("count-walkdir", 1, *TWICE)),
        Row("ignore, 1 thread", Kind.NATIVE, native_peer("count-ignore", 1, *TWICE), plotted=False),
        Row("ignore, 2 threads", Kind.NATIVE, native_peer("count-ignore", 2, *TWICE)),
        Row("Python, portable, 1 worker", Kind.OURS, python_door("count", "portable", *ONE), plotted=False),
        Row("Python, portable, 2 workers", Kind.OURS, python_door("count", "portable", *TWO), plotted=False),
        Row("Python, portable", Kind.OURS, python_door("count", "portable", *TWICE)),
        Row("Python, native, 1 worker", Kind.OURS, python_door("count", "native", *ONE), plotted=False),
        Row("Python, native", Kind.OURS, python_door("count", "native", *TWICE)),
        Row(
            "mt-scan, 1 worker",
            Kind.OURS,
            mt_scan("benchmark", *BENCHMARK, *ONE, clock=Clock.MEAN),
            plotted=False,
        ),
        Row(
            "mt-scan, 2 workers",
            Kind.OURS,
            mt_scan("benchmark", *BENCHMARK, *TWO, clock=Clock.MEAN),
        ),
        Row("mt-scan count, whole process", Kind.OURS, mt_scan("count"), plotted=False),
        Row("wasmtime CLI", Kind.OURS, wasmtime("benchmark", *BENCHMARK, clock=Clock.MEAN)),
        Row("wasmtime CLI count, whole process", Kind.OURS, wasmtime("count"), plotted=False),
    ),
    expectations=(
        AtMost("mt-scan, 2 workers", of="ignore, 2 threads", times=1.1),
        Faster("Python, native", than="os.walk", times=2),
    ),
)

# The player's own size.
COUNT_41K = replace(
    COUNT,
    name="count-41k",
    title="The same: 41,000 empty files",
    data=Data("shape", 41_000, quick=1_000),
    plotted=False,
)

LIST = Group(
    name="list",
    title="Listing their full paths",
    data=SHAPE,
    metrics=(Metric.MILLISECONDS,),
    baseline="os.walk, paths",
    rounds=7,
    rows=(
        Row("os.walk, paths", Kind.PYTHON, peer("walk-paths", *TWICE)),
        Row("os.walk, paths, os.stat of each", Kind.PYTHON, peer("walk-stat")),
        Row("scandir-rs", Kind.PYTHON, peer("scandir-rs-paths", *TWICE, needs="scandir-rs")),
        Row("walkdir, 1 thread", Kind.NATIVE, native_peer("list-walkdir", 1, *TWICE)),
        Row("ignore, 2 threads", Kind.NATIVE, native_peer("list-ignore", 2, *TWICE)),
        Row("Python, portable", Kind.OURS, python_door("paths", "portable", *TWICE)),
        Row("Python, native", Kind.OURS, python_door("paths", "native", *TWICE)),
    ),
    expectations=(
        Faster("Python, portable", than="os.walk, paths", times=1),
        Faster("Python, native", than="os.walk, paths", times=3),
    ),
)

"""How long it takes until the music is in a library."""

from measure.command import Clock, mt_scan, native_process, python_door
from measure.expectation import SameLibrary, Under
from measure.group import Data, Group, Kind, Row
from measure.metric import Metric

DB = ("--db", "{scratch}/library.db")

LIBRARY = Group(
    name="library",
    title="41,000 real files into a new SQLite library, whole process",
    data=Data("real", quick=400),
    metrics=(Metric.SECONDS, Metric.MEGABYTES),
    baseline="lofty + rayon + rusqlite, 2 threads",
    plotted=True,
    rows=(
        Row(
            "lofty + rayon + rusqlite, 2 threads",
            Kind.NATIVE,
            native_process("import", 2, *DB, library=True),
        ),
        Row(
            "Python, portable",
            Kind.OURS,
            python_door("index", "portable", *DB, clock=Clock.PROCESS, library=True),
        ),
        Row(
            "Python, native",
            Kind.OURS,
            python_door("index", "native", *DB, clock=Clock.PROCESS, library=True),
        ),
        Row("mt-scan index", Kind.OURS, mt_scan("index", "--quiet", *DB, library=True)),
    ),
    expectations=(
        Under("mt-scan index", 1.5),
        Under("Python, native", 2),
        Under("Python, portable", 5),
        SameLibrary(("mt-scan index", "Python, native", "Python, portable")),
    ),
)

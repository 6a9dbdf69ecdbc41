"""How long it takes to read what is inside the files."""

from dataclasses import replace

from measure.command import mt_scan, native_process, peer, python_door, wasmtime
from measure.expectation import AtMost, Faster
from measure.group import Data, Group, Kind, Row
from measure.metric import Metric

QUIET = ("--quiet", "--workers")

PORTABLE = (
    Row("Python, portable, 1 worker", Kind.OURS, python_door("tags", "portable", "--workers", "1"), plotted=False),
    Row("Python, portable, 2 workers", Kind.OURS, python_door("tags", "portable", "--workers", "2"), plotted=False),
    Row("Python, portable", Kind.OURS, python_door("tags", "portable")),
)
NATIVE = (
    Row("Python, native", Kind.OURS, python_door("tags", "native")),
    Row("mt-scan, 1 worker", Kind.OURS, mt_scan("scan", *QUIET, "1")),
    Row("mt-scan, 2 workers", Kind.OURS, mt_scan("scan", *QUIET, "2")),
    Row("wasmtime CLI", Kind.OURS, wasmtime("scan")),
)
PEERS = (
    Row("lofty, BufReader, 1 thread", Kind.NATIVE, native_process("tags-idiomatic", 1), plotted=False),
    Row("lofty, BufReader, 2 threads", Kind.NATIVE, native_process("tags-idiomatic", 2)),
    Row("lofty, tuned, 1 thread", Kind.NATIVE, native_process("tags-tuned", 1), plotted=False),
    Row("lofty, tuned, 2 threads", Kind.NATIVE, native_process("tags-tuned", 2)),
)

BESIDE_PEERS = (
    Faster("Python, portable", than="mutagen", times=12),
    Faster("Python, portable", than="tinytag", times=3),
    Faster("Python, native", than="mutagen", times=40),
    Faster("Python, native", than="tinytag", times=10),
    Faster("mt-scan, 2 workers", than="lofty, BufReader, 2 threads", times=1),
    AtMost("mt-scan, 2 workers", of="lofty, tuned, 2 threads", times=1.5),
)

REAL = Group(
    name="tags-real",
    title="Reading tags: 41,000 real files of many encoders and taggers, with covers",
    data=Data("real-no-adts", quick=400),
    metrics=(Metric.PER_FILE,),
    baseline="mutagen",
    plotted=True,
    logarithmic=True,
    note="Raw AAC streams are apart. mutagen and tinytag read every tenth file.",
    rows=(
        # A tenth of the files is enough of a minute.
        Row("mutagen", Kind.PYTHON, peer("mutagen", "--every", "10", needs="mutagen")),
        Row("tinytag", Kind.PYTHON, peer("tinytag", "--every", "10", needs="tinytag")),
        *PEERS,
        *PORTABLE,
        *NATIVE,
    ),
    expectations=(
        *BESIDE_PEERS,
        Faster("mt-scan, 2 workers", than="mt-scan, 1 worker", times=1.7),
    ),
)

MIXED = replace(
    REAL,
    name="tags-mixed",
    title="Reading tags: the same, and raw AAC streams among them",
    data=Data("real", quick=400),
    plotted=False,
    note="2 % of the files are raw AAC streams, and decide what some of the peers take. mutagen and tinytag read every "
    "tenth file.",
    expectations=BESIDE_PEERS,
)

ADTS = replace(
    REAL,
    name="tags-adts",
    title="Reading tags: raw AAC streams (ADTS), which have no table of their frames",
    data=Data("adts", quick=40),
    plotted=False,
    note="Whoever wants their length goes through the whole file. mutagen and tinytag read every tenth file.",
    expectations=(),
)

# All of their files, where there are few.
WHOLE = (
    Row("mutagen", Kind.PYTHON, peer("mutagen", needs="mutagen")),
    Row("tinytag", Kind.PYTHON, peer("tinytag", needs="tinytag")),
    *PEERS,
    *PORTABLE,
    *NATIVE,
)

SMALL = replace(
    REAL,
    name="tags-small",
    title="Reading tags: 2,500 small synthetic files",
    data=Data("tags"),
    plotted=False,
    note="Times of whole processes hold some ms of start, of 2,500 files as much as 1 to 5 µs a file.",
    rows=WHOLE,
    expectations=(
        Faster("Python, portable", than="mutagen", times=3.5),
        Faster("Python, portable", than="tinytag", times=1),
    ),
)

PATHOLOGICAL = replace(
    REAL,
    name="tags-odd",
    title="Reading tags: 10,000 tracks in one folder, 500 nested folders, odd names, broken files",
    data=Data("pathological"),
    plotted=False,
    note="",
    rows=WHOLE,
    expectations=(),
)

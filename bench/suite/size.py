"""What the size of a collection costs: memory, and time a file."""

from measure.command import Command, mt_scan, peer, python_door
from measure.expectation import AtMost, Expectation, Flat, Under
from measure.group import Data, Group, Kind, Row
from measure.metric import Metric

SIZES = {"10k": Data("real", 10_000, quick=400), "100k": Data("real", 100_000, quick=800)}
LARGE = {"1M": Data("real", 1_000_000, quick=1_600)}
# Two shapes that trip over recursion, long paths, and lists of a folder's names.
ODD = {"deep": Data("deep", quick=2_000), "flat": Data("flat", quick=2_000)}

OURS: dict[str, Command] = {
    "mt-scan": mt_scan("scan", "--quiet"),
    "Python, native": python_door("tags", "native"),
    "Python, portable": python_door("tags", "portable"),
}
PLAIN = "list of dicts, mutagen"


def rows() -> tuple[Row, ...]:
    plain = [
        Row(f"{PLAIN}, {size}", Kind.PYTHON, peer("dicts", needs="mutagen"), data, rounds=1)
        for size, data in SIZES.items()
    ]
    ours = [
        Row(f"{name}, {size}", Kind.OURS, command, data, large=size not in SIZES, plotted=size not in ODD)
        for name, command in OURS.items()
        for size, data in {**SIZES, **LARGE, **ODD}.items()
    ]
    return (*plain, *ours)


def expectations() -> tuple[Expectation, ...]:
    def sizes(name: str) -> tuple[str, ...]:
        return tuple(f"{name}, {size}" for size in {**SIZES, **LARGE})

    memory = Metric.MEGABYTES
    everywhere = (*sizes("mt-scan"), *(f"mt-scan, {shape}" for shape in ODD))
    return (
        AtMost("Python, portable, 100k", of=f"{PLAIN}, 100k", times=0.5, metric=memory),
        Flat(sizes("Python, portable"), percent=10, metric=memory),
        Flat(sizes("mt-scan"), percent=10, metric=memory),
        Flat(everywhere, percent=10, metric=memory),
        *(Under(f"mt-scan, {size}", 64, metric=memory) for size in ("100k", "1M", *ODD)),
        Flat(sizes("mt-scan"), percent=15, metric=Metric.PER_FILE),
        Flat(everywhere, percent=15, metric=Metric.PER_FILE),
    )


SIZE = Group(
    name="size",
    title="A scan of 10,000 and 100,000 real files: peak memory of the process",
    data=SIZES["10k"],
    metrics=(Metric.MEGABYTES, Metric.PER_FILE),
    baseline=f"{PLAIN}, 100k",
    plotted=True,
    rounds=3,
    rows=rows(),
    expectations=expectations(),
)

"""What is run, each time in a process of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto


class Clock(Enum):
    """Who tells the time."""

    PROCESS = auto()
    """The whole process, from its start to its end."""
    OWN = auto()
    """The process itself: `{"seconds": [...], "found": N}` on stdout."""
    MEAN = auto()
    """The process itself: a mean in ms on stdout."""


@dataclass(frozen=True)
class Command:
    """A program of `Tools` with its arguments.

    `{root}` is the data set, `{scratch}` an empty folder of this one run (or one with the library
    that it begins with), `{subjects}` the folder of the Python subjects, and `{mt-scan}` another
    program of `Tools`, to be run by this one.
    """

    program: str
    arguments: tuple[str, ...]
    clock: Clock = Clock.PROCESS
    needs: str = ""
    """A further tool, without which there is nothing to measure."""
    counts: bool = False
    """Whether stdout is the number of files, and nothing else."""
    library: bool = False
    """Whether it makes `{scratch}/library.db`."""
    cold: bool = False
    """Whether it finds no cache of compiled code."""

    def without_cache(self) -> Command:
        return replace(self, cold=True)


def peer(work: str, *options: str, needs: str = "") -> Command:
    """A peer in Python (`subjects/peers.py`)."""
    return Command("python", ("{subjects}/peers.py", work, "{root}", *options), Clock.OWN, needs)


def judge(program: str, *arguments: str) -> Command:
    """A program that looks into audio (`subjects/judges.py`): once for each file, which is `{}` or
    comes last.
    """
    return Command("python", ("{subjects}/judges.py", "{root}", program, *arguments), Clock.OWN, needs=program)


def native_peer(work: str, threads: int, *options: str) -> Command:
    """A peer in Rust (`native/`), by its own clock."""
    return Command("native-peers", (work, "{root}", "--threads", str(threads), *options), Clock.OWN)


def native_process(work: str, threads: int, *options: str, library: bool = False) -> Command:
    """A peer in Rust, the whole process."""
    return Command("native-peers", (work, "{root}", "--threads", str(threads), *options), library=library)


def python_door(work: str, backend: str, *options: str, clock: Clock = Clock.OWN, library: bool = False) -> Command:
    """Our Python package (`subjects/doors.py`) with one of its backends."""
    arguments = ("{subjects}/doors.py", work, "{root}", "--backend", backend, *options)
    return Command("python", arguments, clock, needs=backend, library=library)


def ceiling(in_flight: int) -> Command:
    """A look at each file of a slow mount, so many in flight. Finding the files is not in the time."""
    return Command("slow-mount", ("ceiling", "--in-flight", str(in_flight), "{root}"), Clock.OWN)


def mt_scan(work: str, *options: str, clock: Clock = Clock.PROCESS, library: bool = False) -> Command:
    """Our Rust host."""
    return Command("mt-scan", (work, "{root}", *options), clock, counts=work == "count", library=library)


def wasmtime(work: str, *options: str, clock: Clock = Clock.PROCESS) -> Command:
    """The component alone, under the wasmtime CLI."""
    return Command("wasmtime", (work, "/music", *options), clock, counts=work == "count")

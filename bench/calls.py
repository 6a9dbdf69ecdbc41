"""Counts what each file costs in calls of the system, with strace (Linux).

    python bench/calls.py [--quick] [--data DIR]

The time of a call differs from machine to machine, their number does not. What a process does
before and after is not in it: the calls over an empty folder are taken off. In Python, `futex` are
the hops between threads.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from measure import tools
from measure.command import Command, mt_scan, native_process, python_door, wasmtime
from measure.data import Trees
from measure.group import Data
from measure.libraries import Libraries
from measure.process import LIBRARY, RunError, copied, filled
from measure.tell import tell
from report.console import console
from report.console import show as show_table
from rich.table import Table
from suite.sync import MODES, OURS, PEERS, process

SCANS: dict[str, Command] = {
    "lofty, BufReader": native_process("tags-idiomatic", 1),
    "lofty, tuned": native_process("tags-tuned", 1),
    "mt-scan": mt_scan("scan", "--quiet", "--workers", "1"),
    "wasmtime CLI": wasmtime("scan"),
    "Python, portable": python_door("tags", "portable"),
    "Python, native": python_door("tags", "native", "--workers", "1"),
}
COUNTS: dict[str, Command] = {
    "walkdir": native_process("count-walkdir", 1),
    "mt-scan": mt_scan("count", "--workers", "1"),
    "wasmtime CLI": wasmtime("count"),
    "Python, portable": python_door("count", "portable"),
    "Python, native": python_door("count", "native", "--workers", "1"),
}
SYNCS: dict[str, Command] = {
    **{name: command for name, (_, command) in PEERS.items()},
    **{f"{door}, {mode}": process(door, mode) for door in OURS for mode in MODES},
}
QUESTIONS = {
    "tags, real files": (Data("real-no-adts", 4_100, quick=400), SCANS),
    "tags, small files": (Data("tags"), SCANS),
    "counting": (Data("shape", 10_000, quick=2_000), COUNTS),
    "syncing, nothing has changed": (Data("real-no-adts", 4_100, quick=400), SYNCS),
}
FEW = 0.05
"""Fewer calls a file are not of the file."""

Calls = dict[str, dict[str, dict[str, float]]]
"""Question -> subject -> call -> times a file."""


def measured(trees: Trees, found: tools.Tools) -> Calls:
    """The calls a file of every subject that is there; none without strace."""
    strace = shutil.which("strace")
    if strace is None:
        tell("calls: no strace, so no calls are counted")
        return {}
    calls: Calls = {}
    for question, (data, subjects) in QUESTIONS.items():
        tree = trees(data)
        if isinstance(tree, str):
            tell(f"calls: {tree}")
            continue
        tell(f"calls: {question}")
        of = calls.setdefault(question, {})
        for name, command in subjects.items():
            if not found.missing_for(command):
                try:
                    of[name] = a_file(strace, command, *tree, found)
                except (RunError, subprocess.SubprocessError) as error:
                    tell(f"{name} failed: {error}")
    return calls


def a_file(strace: str, command: Command, root: Path, files: int, found: tools.Tools) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as empty:
        before = counted(strace, command, Path(empty), found)
    calls = counted(strace, command, root, found)
    calls.subtract(before)
    return {name: round(count / files, 3) for name, count in calls.most_common() if count / files >= FEW}


def counted(strace: str, command: Command, root: Path, found: tools.Tools) -> Counter[str]:
    """The calls of one run, of all of its threads."""
    with tempfile.TemporaryDirectory() as name, Libraries(found) as libraries:
        scratch = Path(name)
        if "--db" in command.arguments:
            copied(libraries.made_by(command, root), scratch / LIBRARY)
        words = [strace, "-f", "-c", "-o", str(scratch / "calls"), *filled(command, root, scratch, found)]
        subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        return parsed((scratch / "calls").read_text(encoding="utf-8"))


def parsed(summary: str) -> Counter[str]:
    """The table of `strace -c`: share, seconds, us a call, calls, errors or nothing, name."""
    calls: Counter[str] = Counter()
    for line in summary.splitlines():
        cells = line.split()
        if len(cells) >= 5 and cells[3].isdigit() and cells[-1] != "total":
            calls[cells[-1]] += int(cells[3])
    return calls


def show(calls: Calls) -> None:
    screen = console()
    for question, subjects in calls.items():
        table = Table(box=None, pad_edge=False)
        for heading in ("", "all", "of these"):
            table.add_column(heading, justify="right" if heading == "all" else "left")
        for subject, of in subjects.items():
            kinds = ", ".join(f"{name} {count:.2f}" for name, count in of.items())
            table.add_row(subject, f"{sum(of.values()):.2f}", kinds)
        show_table(screen, f"Calls of the system a file: {question}", table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer files")
    parser.add_argument("--data", type=Path, metavar="DIR", default=tools.cache() / "data")
    chosen = parser.parse_args()
    show(measured(Trees(chosen.data, None, chosen.quick), tools.find()))


if __name__ == "__main__":
    main()

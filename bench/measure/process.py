"""Runs a command in a process of its own and brings its figures home."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from measure.command import Clock, Command
from measure.tools import Tools

HERE = Path(__file__).resolve().parent
SUBJECTS = HERE.parent / "subjects"
TIMEOUT = 3600.0
"""The most time of one run in s."""
BACKENDS = {"portable": "wasmtime", "native": "native"}
"""What the Python package calls what we call so."""
OWN_COLUMNS = ("id", "folder_id", "settled", "missing_since", "added_at", "updated_at")
"""Columns that differ between two libraries of the same music."""
LIBRARY = "library.db"
"""What libraries are called, in the folder of a run."""


class RunError(Exception):
    """A command failed; the text is the last thing that it said."""


@dataclass(frozen=True)
class Sample:
    seconds: list[float]
    memory: int | None
    processor: float | None
    found: int | None
    library: dict[str, str]
    calls: dict[str, int] | None = None
    """Calls that came to the storage."""


def run(command: Command, root: Path, tools: Tools, begin: Path | None = None) -> Sample:
    """Runs a command once, with a copy of the library `begin` if there is one. Raises `RunError`."""
    with tempfile.TemporaryDirectory(prefix="mt-scanner-bench-") as scratch:
        if begin is not None:
            copied(begin, Path(scratch, LIBRARY))
        return run_in(Path(scratch), command, root, tools)


def copied(library: Path, to: Path) -> None:
    """Copies a library to the disk itself: whoever writes to it first would wait for that."""
    shutil.copyfile(library, to)
    with open(to, "rb+") as file:
        os.fsync(file)


def run_in(scratch: Path, command: Command, root: Path, tools: Tools) -> Sample:
    """Runs a command once, in a folder that stays. Raises `RunError`."""
    out, err, report = scratch / "stdout", scratch / "stderr", scratch / "report.json"
    heard = command.clock is not Clock.PROCESS or command.counts
    launcher = (HERE / "launch.py", report, out if heard else os.devnull, err)
    words = [sys.executable, "-I", "-S", *map(str, launcher), *filled(command, root, scratch, tools)]
    subprocess.run(words, env=environment(command, scratch), timeout=TIMEOUT, check=True)
    usage = json.loads(report.read_text(encoding="utf-8"))
    if usage["code"] != 0:
        said = err.read_text(encoding="utf-8", errors="replace").strip().splitlines() or ["it said nothing"]
        raise RunError(f"exit code {usage['code']}: {said[-1]}")
    seconds, found = times(command, out.read_text(encoding="utf-8") if heard else "", usage["seconds"])
    digests: dict[str, str] = {}
    if command.library:
        found, digests = library(scratch / LIBRARY)
    return Sample(seconds, usage.get("memory"), usage.get("processor"), found, digests)


def filled(command: Command, root: Path, scratch: Path, tools: Tools) -> list[str]:
    """The command line, with the folders of this run in it."""
    words = [*tools.programs[command.program], *command.arguments]
    programs = {name: program for name, (program, *_) in tools.programs.items()}
    for name, value in {**programs, "root": root, "scratch": scratch, "subjects": SUBJECTS}.items():
        words = [word.replace(f"{{{name}}}", str(value)) for word in words]
    return words


def environment(command: Command, scratch: Path) -> dict[str, str]:
    """Ours, with the backend that is measured, and with nothing in the caches of wasmtime for a
    cold start.
    """
    own = dict(os.environ)
    if command.needs in BACKENDS:
        own["MT_SCANNER_BACKEND"] = BACKENDS[command.needs]
    if command.cold:
        own |= {"HOME": str(scratch), "XDG_CACHE_HOME": str(scratch), "LOCALAPPDATA": str(scratch)}
    return own


def times(command: Command, said: str, whole: float) -> tuple[list[float], int | None]:
    if command.clock is Clock.OWN:
        told = json.loads(said)
        return told["seconds"], told.get("found")
    if command.clock is Clock.MEAN:
        return [float(said) / 1e3], None
    return [whole], int(said) if command.counts else None


def library(path: Path) -> tuple[int, dict[str, str]]:
    """The number of tracks that are not missing, and a digest of each of their columns in the order
    of the paths.
    """
    with closing(sqlite3.connect(path)) as connection:
        names = [row[1] for row in connection.execute("PRAGMA table_info(tracks)") if row[1] not in OWN_COLUMNS]
        present = f"SELECT {', '.join(names)} FROM tracks WHERE missing_since IS NULL ORDER BY path"
        rows = connection.execute(present).fetchall()
    columns = zip(names, zip(*rows, strict=True), strict=True) if rows else ()
    return len(rows), {name: hashlib.sha256(repr(column).encode()).hexdigest()[:16] for name, column in columns}

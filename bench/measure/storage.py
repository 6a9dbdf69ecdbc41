"""Samples on slow storage: each has a mount of its own, so that no cache of the kernel is warm."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

from slow.mount import SlowMount

from measure.command import Clock, Command
from measure.group import Storage
from measure.libraries import Libraries
from measure.process import Sample, run, run_in
from measure.tools import Tools

STARTS = 3
"""Runs whose median is the start of a program."""


class Storages:
    """Takes samples on mounts, all at one place: a library knows its tracks by their paths."""

    def __init__(self, tools: Tools, libraries: Libraries) -> None:
        self._tools = tools
        self._libraries = libraries
        self._folder = tempfile.TemporaryDirectory(prefix="mt-scanner-bench-")
        self._starts: dict[Command, float] = {}

    def __enter__(self) -> Storages:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def take(self, command: Command, begins: Command | None, tree: Path, storage: Storage) -> Sample:
        """Runs a command once, after `begins` has made a library. Raises `RunError` and
        `MountError`.
        """
        at = Path(self._folder.name, "music")
        at.mkdir(exist_ok=True)
        begin = None
        if begins:
            # What the library is made of costs nothing here: only the sample is slow.
            with SlowMount(tree, at=at):
                begin = self._libraries.made_by(begins, at)
        start = self._start(command) if command.clock is Clock.PROCESS else 0.0
        others = busy() if storage.busy else nullcontext()
        with SlowMount(tree, at=at, latency=storage.latency) as mount, others:
            sample = run(command, at, self._tools, begin)
            calls = mount.calls()
        # Of a few ms of work the noise of the start may leave nothing.
        return replace(sample, seconds=[max(seconds - start, 0.0) for seconds in sample.seconds], calls=calls)

    def _start(self, command: Command) -> float:
        """The time of a process over an empty folder, in a library that knows it."""
        if command not in self._starts:
            with tempfile.TemporaryDirectory() as empty, tempfile.TemporaryDirectory() as scratch:
                # Once more: the first makes the library.
                runs = [run_in(Path(scratch), command, Path(empty), self._tools) for _ in range(STARTS + 1)]
            self._starts[command] = statistics.median(sample.seconds[0] for sample in runs[1:])
        return self._starts[command]


@contextmanager
def busy() -> Iterator[None]:
    """Keeps every core busy, at the usual priority."""
    loops = [
        subprocess.Popen([sys.executable, "-I", "-S", "-c", "while True: pass"]) for _ in range(os.cpu_count() or 1)
    ]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
        for loop in loops:
            loop.wait()

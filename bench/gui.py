"""Whether a window stays smooth while a library is kept: gaps between ticks of tkinter's loop.

    xvfb-run -a python bench/gui.py [--files 42000] [--backend native]

A timer of 10 ms polls the job, as a player's window would. In each row: ticks, and the gap between
two of them in ms, the median, the 99th percentile and the longest. The first row is the loop by
itself. Run it on a quiet machine.
"""

from __future__ import annotations

import argparse
import gc
import os
import tempfile
import threading
import time
import tkinter
from collections.abc import Callable
from itertools import count, pairwise
from pathlib import Path
from typing import Any

from mt_scanner import Library, Scanner

TICK = 10
"""Time between two ticks in ms."""
ENOUGH = 2.0
"""Time in s that a row takes at least."""
IDLE = 5.0
"""Time in s that the loop is watched by itself."""
SAMPLES = Path(__file__).parents[1] / "tests" / "fixtures" / "sample-library"


def grown(folder: Path, files: int) -> Path:
    """A folder with so many files: the samples, again and again."""
    samples = [file for file in SAMPLES.rglob("*") if file.suffix in (".mp3", ".flac", ".ogg", ".m4a", ".opus")]
    numbers = count()
    for number in range(files):
        album = folder / f"{number // 300}" / f"{number // 12}"
        album.mkdir(parents=True, exist_ok=True)
        sample = samples[number % len(samples)]
        os.link(sample, album / f"{next(numbers)}{sample.suffix}")
    return folder


class Loop:
    """A window whose ticks are timed."""

    def __init__(self) -> None:
        self.window = tkinter.Tk()
        self.label = tkinter.Label(self.window, text="")
        self.label.pack()

    def run(self, tick: Callable[[], bool]) -> list[float]:
        """Ticks until `tick` says that it is over; gives the gaps in ms."""
        times: list[float] = []
        # Tracks that a row before has kept in one list are no matter of this one.
        gc.collect()

        def step() -> None:
            times.append(time.perf_counter())
            if tick():
                self.window.quit()
            else:
                self.window.after(TICK, step)

        self.window.after(TICK, step)
        self.window.mainloop()
        return [1000 * (later - earlier) for earlier, later in pairwise(times)]


def row(name: str, gaps: list[float], took: float) -> None:
    gaps.sort()
    median, late = (gaps[int(share * (len(gaps) - 1))] for share in (0.5, 0.99))
    print(f"{name:33} {len(gaps):6} ticks {median:7.1f} {late:7.1f} {gaps[-1]:7.1f} ms {took:7.2f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=42_000)
    parser.add_argument("--backend", choices=("native", "wasmtime"), action="append")
    options = parser.parse_args()
    loop = Loop()
    # Beside the samples, so that they can be linked.
    with tempfile.TemporaryDirectory(dir=SAMPLES.parents[2]) as folder:
        music = grown(Path(folder) / "music", options.files)
        started = time.monotonic()
        row("idle", loop.run(lambda: time.monotonic() - started > IDLE), IDLE)
        for backend in options.backend or ("native", "wasmtime"):
            with Library(Path(folder) / f"{backend}.db") as library:
                jobs(loop, backend, library, music)
                watched(loop, backend, library, music)


def jobs(loop: Loop, backend: Any, library: Library, music: Path) -> None:
    """Jobs in the background, polled by the window."""
    scanner = Scanner(music, backend=backend)
    for name, begin in (
        ("first sync", lambda: library.start(music, backend=backend)),
        ("full sync, nothing new", lambda: library.start(music, backend=backend)),
        ("quick sync, nothing new", lambda: library.start(music, mode="quick", backend=backend)),
        ("scan, tracks in batches", lambda: scanner.start(on_tracks=lambda _: None)),
        ("scan, one list", lambda: scanner.start()),
    ):
        started = time.monotonic()
        gaps: list[float] = []
        # Short ones again and again: a few ticks say nothing.
        while time.monotonic() - started < ENOUGH:
            gaps += loop.run(polled(begin(), loop))
        row(f"{backend}: {name}", gaps, time.monotonic() - started)


def polled(job: Any, loop: Loop) -> Callable[[], bool]:
    """A tick that shows what has happened in a job."""

    def tick() -> bool:
        over: bool = job.done()
        events = job.poll(100)
        for event in events:
            loop.label.config(text=str(event)[:40])
        return over and not events

    return tick


def watched(loop: Loop, backend: Any, library: Library, music: Path) -> None:
    """The first sync of a watch and a second of silence, in a thread of the program's own."""
    stop, synced = threading.Event(), threading.Event()

    def watch() -> None:
        for _ in library.watch(music, stop=stop, backend=backend, on_notice=lambda _: None):
            synced.set()

    thread = threading.Thread(target=watch)
    started = time.monotonic()
    thread.start()
    until = [0.0]

    def tick() -> bool:
        if synced.is_set() and not until[0]:
            until[0] = time.monotonic() + 1
        return bool(until[0]) and time.monotonic() > until[0]

    row(f"{backend}: watch", loop.run(tick), time.monotonic() - started)
    stop.set()
    thread.join()


if __name__ == "__main__":
    main()

"""Our Python package at work, in a process of its own.

    python doors.py count|paths|tags|index FOLDER --backend NAME [--workers N] [--repeat N] [--db FILE]

Prints the times of the repetitions and the number of files; what is needed only once a process was done before.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import deque
from typing import Any

from mt_scanner import Library, Scanner


def count(folder: str, options: dict[str, Any]) -> int:
    return Scanner(folder, **options).count()


def paths(folder: str, options: dict[str, Any]) -> int:
    return len(list(Scanner(folder, **options).paths()))


def tags(folder: str, options: dict[str, Any]) -> int:
    """Streams every track, and keeps none."""
    with Scanner(folder, **options) as scanner:
        tracks = scanner.scan()
        deque(tracks, maxlen=0)
        return scanner.progress.tracks


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", choices=("count", "paths", "tags", "index"))
    parser.add_argument("folder")
    parser.add_argument("--backend", required=True)
    parser.add_argument("--workers", type=int)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--db")
    chosen = parser.parse_args()
    backend = "wasmtime" if chosen.backend == "portable" else chosen.backend
    options: dict[str, Any] = {"backend": backend, "workers": chosen.workers}
    if chosen.work == "index":
        with Library(chosen.db) as library:
            library.sync(chosen.folder, **options)
        return
    work = {"count": count, "paths": paths, "tags": tags}[chosen.work]
    # Loads and compiles the component.
    Scanner(chosen.folder, **options).count(limit=1)
    seconds = []
    found = 0
    for _ in range(chosen.repeat):
        start = time.perf_counter()
        found = work(chosen.folder, options)
        seconds.append(time.perf_counter() - start)
    print(json.dumps({"seconds": seconds, "found": found}))


if __name__ == "__main__":
    main()

"""Our Python package at work, in a process of its own.

    python doors.py count|paths|tags FOLDER --backend NAME [--workers N] [--archives] [--repeat N]
    python doors.py sync|index|watch FOLDER --backend NAME [--workers N] --db FILE [--mode full|quick]

Prints the times of the repetitions and the number of files; what is needed only once a process was
done before. `index` is a sync of which the whole process is measured, and `watch` goes on until it
is ended: they print nothing.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import deque
from tempfile import TemporaryDirectory
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


def sync(folder: str, options: dict[str, Any], db: str, mode: Any) -> int:
    """Brings a library up to date, from opening it to closing it."""
    with Library(db) as library:
        report = library.sync(folder, mode=mode, **options)
    return report.added + report.modified + report.moved + report.restored + report.reread + report.unchanged


def watch(folder: str, options: dict[str, Any], db: str) -> None:
    """Keeps a library up to date until the process is ended."""
    with Library(db) as library:
        deque(library.watch(folder, **options), maxlen=0)


READERS = {"count": count, "paths": paths, "tags": tags}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", choices=(*READERS, "sync", "index", "watch"))
    parser.add_argument("folder")
    parser.add_argument("--backend", required=True)
    parser.add_argument("--workers", type=int)
    parser.add_argument("--archives", action="store_true")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--db")
    parser.add_argument("--mode", default="full")
    chosen = parser.parse_args()
    backend = "wasmtime" if chosen.backend == "portable" else chosen.backend
    options: dict[str, Any] = {"backend": backend, "workers": chosen.workers, "archives": chosen.archives}
    if chosen.work == "index":
        sync(chosen.folder, options, chosen.db, chosen.mode)
        return
    if chosen.work == "watch":
        watch(chosen.folder, options, chosen.db)
        return
    # Loads and compiles the component; elsewhere, because calls to slow storage are counted.
    with TemporaryDirectory() as empty:
        Scanner(empty, **options).count()
    seconds = []
    found = 0
    for _ in range(chosen.repeat):
        start = time.perf_counter()
        if chosen.work == "sync":
            found = sync(chosen.folder, options, chosen.db, chosen.mode)
        else:
            found = READERS[chosen.work](chosen.folder, options)
        seconds.append(time.perf_counter() - start)
    print(json.dumps({"seconds": seconds, "found": found}))


if __name__ == "__main__":
    main()

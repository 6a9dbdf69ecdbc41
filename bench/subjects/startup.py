"""The first use of our Python package in a process: what a program waits for that imports it and
asks one thing.

    python startup.py import|count FOLDER --backend NAME

The interpreter's own start is not in the time.
"""

import sys
import time

start = time.perf_counter()
work, folder, _, backend = sys.argv[1:]
if work == "import":
    import mt_scanner  # noqa: F401

    found = "null"
else:
    from mt_scanner import Scanner

    found = str(Scanner(folder, backend="wasmtime" if backend == "portable" else backend).count())  # type: ignore[arg-type]
print(f'{{"seconds": [{time.perf_counter() - start}], "found": {found}}}')

"""Programs of others that look into audio, each with the files of a folder.

    python judges.py FOLDER PROGRAM [ARGUMENT ...]

Runs PROGRAM once for each file, with the file in place of the argument `{}` or at the end, one after
the other. Prints the time of all, starts included, and the number of files.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path


def main() -> None:
    folder, *command = sys.argv[1:]
    files = sorted(str(path) for path in Path(folder).iterdir())
    since = time.perf_counter()
    for file in files:
        words = [word.replace("{}", file) for word in command]
        if words == command:
            words.append(file)
        subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    print(json.dumps({"seconds": [time.perf_counter() - since], "found": len(files)}))


if __name__ == "__main__":
    main()

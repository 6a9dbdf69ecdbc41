"""Runs one command and writes what it took, as JSON, into a file.

    python -I -S launch.py REPORT STDOUT STDERR PROGRAM ARGUMENT...

It stands between the benchmark and the command because on Linux a process begins with the peak
memory of the one that has started it: this one has a few MB.
"""

import json
import os
import sys
import time

report, out, err, *command = sys.argv[1:]
usage: dict[str, float] = {}
writing = os.O_WRONLY | os.O_CREAT | os.O_TRUNC

if sys.platform == "win32":
    import subprocess

    with open(out, "wb") as stdout, open(err, "wb") as stderr:
        start = time.perf_counter()
        code = subprocess.run(command, stdout=stdout, stderr=stderr, stdin=subprocess.DEVNULL).returncode
        seconds = time.perf_counter() - start
else:
    files = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, out, writing, 0o600),
        (os.POSIX_SPAWN_OPEN, 2, err, writing, 0o600),
    ]
    start = time.perf_counter()
    process = os.posix_spawn(command[0], command, os.environ, file_actions=files)
    _, status, used = os.wait4(process, 0)
    seconds = time.perf_counter() - start
    code = os.waitstatus_to_exitcode(status)
    # In KiB, but on macOS in bytes.
    usage["memory"] = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    usage["processor"] = used.ru_utime + used.ru_stime

with open(report, "w", encoding="utf-8") as file:
    json.dump({"code": code, "seconds": seconds, **usage}, file)

"""Tells how much of an archive is read for the tags in it, with strace (Linux).

    python bench/reads.py [--data DIR]

The bytes that a process reads of the archives, as a part of their size: what storage that is far
away has to send. More than one: some of them twice.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import tools
from measure.command import Command
from measure.data import Trees
from measure.process import filled
from measure.tell import tell
from report.console import console
from report.console import show as show_table
from rich.table import Table
from suite.archives import ARCHIVES

CALLS = "read,readv,pread64,preadv,preadv2"
RETURNED = re.compile(r"= (\d+)$")


def read_of(strace: str, command: Command, root: Path, found: tools.Tools) -> float:
    """The bytes that one run reads of the files below a root, for each byte of them."""
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        # A file a thread: in one file the calls of several threads break each other's lines.
        words = [strace, "-ff", "-y", "-e", f"trace={CALLS}", "-o", str(scratch / "calls")]
        words += filled(command, root, scratch, found)
        subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        of_root, read = f"<{root}/", 0
        for thread in scratch.glob("calls.*"):
            for call in thread.read_text(encoding="utf-8", errors="replace").splitlines():
                returned = RETURNED.search(call)
                if returned and of_root in call.partition(",")[0]:
                    read += int(returned[1])
    return read / sum(path.stat().st_size for path in root.iterdir())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, metavar="DIR", default=tools.cache() / "data")
    chosen = parser.parse_args()
    strace = shutil.which("strace")
    if strace is None:
        sys.exit("there is no strace")
    found, trees = tools.find(), Trees(chosen.data)
    table = Table(box=None, pad_edge=False)
    for heading in ("", "subject", "read of it"):
        table.add_column(heading)
    for group in ARCHIVES:
        tree = trees(group.data)
        if isinstance(tree, str):
            tell(tree)
            continue
        for row in group.rows:
            if not found.missing_for(row.command):
                share = read_of(strace, row.command, tree[0].resolve(), found)
                table.add_row(group.data.name, row.name, f"{share:.3f}")
    show_table(console(), "Bytes read for each byte of the archives", table)


if __name__ == "__main__":
    main()

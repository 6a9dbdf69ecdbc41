"""The progress bar: it fits the terminal, writes what the terminal can show, and never runs
backwards.
"""

from __future__ import annotations

import os
import re
import struct
import subprocess
from pathlib import Path

import pytest
from mt_scanner import Progress
from mt_scanner.cli._screen import Fraction, counts
from support.doors import LIBRARIANS, Door
from support.scenarios import song

FILES = 20_000
"""Files of a tree that every door scans for longer than the bar waits for its first update."""
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Names of one file."""
    root = tmp_path_factory.mktemp("screen") / "music"
    (root / "0").mkdir(parents=True)
    first = root / "0" / "0.mp3"
    first.write_bytes(song(1, "A"))
    for number in range(1, FILES):
        if number % 200 == 0:
            (root / str(number // 200)).mkdir()
        os.link(first, root / str(number // 200) / f"{number}.mp3")
    return root


def on_terminal(door: Door, root: Path, columns: int, **environment: str) -> list[str]:
    """The lines that a scan writes to a terminal of so many columns, each time anew."""
    import fcntl
    import pty
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    command, name = door.command(root)
    variables = {key: value for key, value in os.environ.items() if not key.startswith("LC_")}
    variables |= {"TERM": "xterm", **dict(door.environment), **environment}
    for size in ("COLUMNS", "LINES"):
        variables.pop(size, None)
    process = subprocess.Popen([*command, "scan", name], stdout=subprocess.DEVNULL, stderr=theirs, env=variables)
    os.close(theirs)
    written = b""
    while True:
        try:
            more = os.read(ours, 1 << 16)
        except OSError:  # EIO: the other end is closed.
            break
        if not more:
            break
        written += more
    os.close(ours)
    assert process.wait(60) == 0
    text = ESCAPES.sub("\r", written.decode("utf-8"))
    return [line for line in re.split(r"[\r\n]+", text) if line.strip()]


@pytest.mark.skipif(os.name == "nt", reason="there is no pseudo-terminal")
@pytest.mark.parametrize("columns", [40, 80, 120])
@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_the_bar_fits_the_terminal(door: Door, columns: int, music: Path) -> None:
    lines = on_terminal(door, music, columns, LANG="C.UTF-8")
    told = [line for line in lines if " files" in line or "problems" in line]
    assert told, lines
    assert all(len(line) <= columns for line in lines), lines
    assert all(("problems" in line) == (columns > 40) for line in told), told
    assert all(("folders" in line) == (columns > 80) for line in told), told


@pytest.mark.skipif(os.name == "nt", reason="there is no pseudo-terminal")
@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_a_terminal_without_unicode_is_shown_ascii(door: Door, music: Path) -> None:
    lines = on_terminal(door, music, 80, LANG="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert any(" files" in line for line in lines), lines
    assert all(line.isascii() and "\\u" not in line for line in lines), lines


def test_the_bar_never_runs_backwards() -> None:
    fraction = Fraction()
    seen = [
        fraction.at(Progress(total_files=files, done=done)) for files, done in ((0, 0), (10, 5), (100, 10), (100, 90))
    ]
    assert seen == [0.0, 0.5, 0.5, 0.9]


def test_the_counts_are_as_many_as_there_is_room_for() -> None:
    progress = Progress(folders=12, total_files=2000, done=1000, problems=3, seconds=2.0)
    assert counts(progress, 40) == "1,000/2,000 files"
    assert counts(progress, 80) == "1,000/2,000 files, 3 problems, 0:02 left"
    assert counts(progress, 120) == "1,000/2,000 files, 12 folders, 500 files/s, 3 problems, 0:02 left"
    assert counts(progress._replace(phase="finishing"), 80) == "finishing, 3 problems, 0:00 left"
    quick = Progress(total_folders=40, is_estimated=True, seconds=3725.0)
    assert counts(quick, 80) == "0/~40 folders, 0 problems, 1:02:05"
    long = Progress(total_files=7_654_321, done=1_234_567, problems=3, is_estimated=True, seconds=10_000)
    # The spinner, a bar of ten columns, and what is between them.
    assert all(len(counts(long, width)) + 13 <= width for width in (40, 68, 80, 100))

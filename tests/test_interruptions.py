"""Interruptions: Ctrl-C at any moment ends a command with one line, and costs a library nothing."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from support.doors import LIBRARIANS, Door
from support.durable import Content, content, copied
from support.interruptions import DEADLOCK, Interrupter, assert_quiet, interruptible
from support.scenarios import do, settle, song
from support.slow_mount import needs_fuse, slow_mount, wait_until_used

INTERRUPTIONS = int(os.environ.get("MT_SCANNER_INTERRUPTIONS", "50"))
"""Interruptions of each backend, over all kinds of work."""
FOLDERS = 1500
"""Folders of the tree, with one file each: a sync of it takes about a second."""
END = 1.0
"""The most time in s from Ctrl-C to the end: half a second, and what ending a process takes."""
WORK = {
    "first sync": ["index", "--quiet"],
    "full sync": ["index", "--quiet"],
    "quick sync": ["index", "--quiet", "--mode", "quick"],
    "watch": ["watch", "--quiet", "--poll"],
    "scan": ["scan", "--json"],
}

pytestmark = [pytest.mark.skipif(os.name == "nt", reason="there is no SIGINT for one process"), pytest.mark.alone]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree `music`, and `before.db`, a library of it as it was before much has changed."""
    place = tmp_path_factory.mktemp("interruptions")
    music = place / "music"
    for folder in range(FOLDERS):
        (music / f"{folder:04}").mkdir(parents=True)
        (music / f"{folder:04}" / "a.mp3").write_bytes(song(folder, f"Song {folder}"))
    settle()
    Interrupter(random.Random()).undisturbed("index", "--quiet", "--db", str(place / "before.db"), str(music))
    do(
        place,
        [
            *({"rename": [f"music/{folder:04}", f"music/moved {folder:04}"]} for folder in range(100)),
            *({"retag": [f"music/{folder:04}/a.mp3", "Other"]} for folder in range(100, 200)),
            *({"put": {f"music/{folder:04}/b.mp3": {"song": FOLDERS + folder}}} for folder in range(200, 300)),
        ],
    )
    shutil.rmtree(music / "0300")
    settle()
    return place


@pytest.mark.parametrize("work", WORK)
def test_an_interruption_at_any_moment_is_quiet_and_costs_nothing(
    work: str, backend: str, place: Path, tmp_path: Path
) -> None:
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    music, base = str(place / "music"), None if work == "first sync" else place / "before.db"
    interrupter = Interrupter(random.Random(seed))
    calm = copied(base, tmp_path / "calm.db")
    interrupter.undisturbed("index", "--quiet", "--db", str(calm), music)
    expected = content(calm)
    early = 0
    for number in range(INTERRUPTIONS // len(WORK)):
        database = copied(base, tmp_path / f"{number}.db")
        library = [] if work == "scan" else ["--db", str(database)]
        ended = interrupter.interrupted(*WORK[work], *library, music)
        early += ended.early
        # Watching has no other end than Ctrl-C: that is success.
        assert_quiet(ended, {0, 130})
        if work != "scan":
            interrupter_free_sync(database, music, expected)
    print(f"{early} of {number + 1} before the end")
    assert early


def interrupter_free_sync(database: Path, music: str, expected: Content) -> None:
    """The next sync completes what was broken off."""
    Interrupter(random.Random()).undisturbed("index", "--quiet", "--db", str(database), music)
    assert content(database) == expected
    for file in database.parent.glob(f"{database.name}*"):
        file.unlink()


@needs_fuse
@pytest.mark.parametrize("verb", ["scan", "count", "index"])
@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_one_line_says_what_is_kept_and_how_to_go_on(door: Door, verb: str, tmp_path: Path) -> None:
    (tmp_path / "good").mkdir()
    (tmp_path / "hung").mkdir()
    for number in range(20):
        (tmp_path / "good" / f"{number}.mp3").write_bytes(song(number))
    database = tmp_path / "library.db"
    with slow_mount(tmp_path / "hung", stall="list=.") as mount:
        roots = [tmp_path / "good", mount.path]
        command, _ = door.command(roots[0])
        library = ["--db", str(database)] if verb == "index" else []
        process = started(door, [*command, verb, "--quiet", *library, *map(str, roots)])
        wait_until_used(mount)
        until = time.monotonic() + DEADLOCK
        while verb == "index" and tracks(database) < 20 and time.monotonic() < until:
            time.sleep(0.1)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        _, said = process.communicate(timeout=DEADLOCK)
        assert time.monotonic() - began < END
    kept = f": what was found until now is in {database}; run the same command again to go on"
    program = "mt-scan" if door.name == "mt-scan" else "mt-scanner"
    assert (process.returncode, said) == (130, f"{program}: interrupted{kept if verb == 'index' else ''}\n")
    assert verb != "index" or tracks(database) == 20


def tracks(database: Path) -> int:
    """How many tracks a library has; none if it is not there yet."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT count(*) FROM tracks").fetchone()[0])
    except sqlite3.Error:
        return 0


@needs_fuse
@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_a_second_interruption_ends_it_at_once(door: Door, tmp_path: Path) -> None:
    (tmp_path / "hung").mkdir()
    with slow_mount(tmp_path / "hung", stall="list=.") as mount:
        process = started(door, door.indexing(tmp_path / "library.db", [mount.path]))
        wait_until_used(mount)
        process.send_signal(signal.SIGINT)
        time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        process.communicate(timeout=DEADLOCK)
        # The second one comes while it ends by the first, or ends it: to a shell that is the same.
        assert process.returncode in (130, -signal.SIGINT)
        assert time.monotonic() - began < END


def started(door: Door, command: list[str]) -> subprocess.Popen[str]:
    environment = os.environ | dict(door.environment)
    return interruptible(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_whoever_ignores_the_signal_goes_on(door: Door, tmp_path: Path) -> None:
    """As a shell has it for what runs in its background."""
    for number in range(2000):
        place = tmp_path / "music" / str(number // 50) / f"{number}.mp3"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(song(number))
    command = door.indexing(tmp_path / "library.db", [tmp_path / "music"])
    ready = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); print('ignored', flush=True); "
    process = started(door, [sys.executable, "-c", ready + "os.execv(sys.argv[1], sys.argv[1:])", *command])
    assert process.stdout is not None
    process.stdout.readline()
    for _ in range(10):
        time.sleep(0.05)
        process.send_signal(signal.SIGINT)
    assert (process.communicate(timeout=DEADLOCK)[1], process.returncode) == ("", 0)

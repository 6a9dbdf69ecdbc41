"""Storage that does not answer, fails or goes away costs its own root, and nobody else.

Every door that keeps libraries, on mounts that stall in each kind of call (`support/slow_mount.py`).
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from support.doors import LIBRARIANS, Door
from support.interruptions import interruptible
from support.scenarios import settle, song
from support.slow_mount import needs_fuse, slow_mount, wait_until_used

pytestmark = [needs_fuse, pytest.mark.alone]

FOLDERS, FILES = 60, 50
"""Folders of the good root, and files in each."""
SOON = 5.0
"""The most time in s until all files of the good root are in the library."""
END = 0.5
"""The most time in s from the end that somebody asks for to the end."""
STARTS = 0.5
"""What starting and ending a process may take beside, in s."""
WHILE = 2.5
"""The most time in s from the first call to the storage to the end that somebody asks for. Roots are
looked at meanwhile, and then scanned.
"""
LONG = 60.0
"""The most time in s for everything that ends by itself."""

FAULTS: dict[str, dict[str, Any]] = {
    "listing the root": {"stall": "list=."},
    "listing a folder": {"stall": "list=album/**"},
    "looking": {"stall": "look=**"},
    "opening": {"stall": "open=**"},
    "reading": {"stall": "read=**"},
    "input/output errors": {"fail": ["open=**", "read=**"]},
    "folders that fail": {"fail": "list=album"},
    "a connection that ends": {"disconnect_after": 12},
}

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture(params=LIBRARIANS, ids=str)
def door(request: pytest.FixtureRequest) -> Door:
    chosen: Door = request.param
    return chosen


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root of 3,000 files."""
    root = tmp_path_factory.mktemp("good") / "music"
    for folder in range(FOLDERS):
        (root / f"{folder:02}").mkdir(parents=True)
        for file in range(FILES):
            (root / f"{folder:02}" / f"{file:02}.mp3").write_bytes(song(folder * FILES + file))
    return root


@pytest.fixture
def music(tmp_path: Path) -> Path:
    """What the mounts show: a few files, two of them in a folder."""
    root = tmp_path / "behind"
    for number, path in enumerate(["a.mp3", "b.mp3", "album/c.mp3", "album/d.mp3", "other/e.mp3"]):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(song(number, path))
    return root


@pytest.fixture
def start(door: Door, tmp_path: Path) -> Iterator[Start]:
    """Starts `index` of some roots, or another command. All that was started ends after the test."""
    started: list[subprocess.Popen[str]] = []

    def run(*roots: Path, options: tuple[str, ...] = (), verb: str = "index") -> subprocess.Popen[str]:
        command = door.indexing(tmp_path / "library.db", roots, *options, verb=verb)
        process = interruptible(
            command,
            env=environment(door),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate(timeout=LONG)


def environment(door: Door) -> dict[str, str]:
    return os.environ | dict(door.environment)


def tracks(database: Path, root: Path) -> list[str]:
    """The tracks of a root that the library has for there, at this moment."""
    sql = (
        "SELECT tracks.path FROM tracks JOIN folders ON folders.id = folder_id JOIN roots ON roots.id = root_id "
        "WHERE roots.path = ? AND missing_since IS NULL ORDER BY tracks.path"
    )
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=LONG)) as connection:
            return [path for (path,) in connection.execute(sql, [str(root)])]
    except sqlite3.OperationalError:
        return []


def problems(database: Path, root: Path) -> dict[str, str]:
    """The outcomes of a root's problems by path, as the library has them."""
    sql = "SELECT problems.path, outcome FROM problems JOIN roots ON roots.id = root_id WHERE roots.path = ?"
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=LONG)) as connection:
        return dict(connection.execute(sql, [str(root)]))


def wait_for(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:g} s"
        time.sleep(0.02)


def ended(process: subprocess.Popen[str]) -> str:
    """What a process that ended well said on stderr."""
    _, said = process.communicate(timeout=LONG)
    assert process.returncode == 0, said
    return said


@pytest.mark.parametrize("fault", FAULTS)
def test_a_root_is_in_the_library_whatever_another_one_does(
    fault: str, good: Path, music: Path, start: Start, tmp_path: Path
) -> None:
    with slow_mount(music, **FAULTS[fault]) as mount:
        process = start(mount.path, good)
        wait_for(lambda: len(tracks(tmp_path / "library.db", good)) == FOLDERS * FILES, SOON)
        process.kill()


def test_so_it_is_beside_a_mount_whose_program_was_stopped(
    good: Path, music: Path, start: Start, tmp_path: Path
) -> None:
    with slow_mount(music) as mount:
        mount.stop()
        process = start(mount.path, good)
        wait_for(lambda: len(tracks(tmp_path / "library.db", good)) == FOLDERS * FILES, SOON)
        process.kill()
        process.communicate(timeout=LONG)


def test_with_one_worker_too(good: Path, music: Path, start: Start, tmp_path: Path) -> None:
    with slow_mount(music, stall="list=.") as mount:
        process = start(mount.path, good, options=("--workers", "1"))
        # One worker alone on a busy machine takes its time; the mount would keep it for 10 s.
        wait_for(lambda: len(tracks(tmp_path / "library.db", good)) == FOLDERS * FILES, 1.6 * SOON)
        process.kill()


def test_a_root_below_a_mount_that_does_not_answer_keeps_nobody_waiting(
    good: Path, music: Path, start: Start, tmp_path: Path
) -> None:
    with slow_mount(music, stall="look=album") as mount:
        process = start(mount.path / "album", good)
        wait_for(lambda: len(tracks(tmp_path / "library.db", good)) == FOLDERS * FILES, SOON)
        process.kill()


@pytest.mark.parametrize("call", ["open", "read"])
def test_a_file_that_does_not_answer_is_named_and_the_rest_is_read(
    call: str, music: Path, start: Start, tmp_path: Path
) -> None:
    database = tmp_path / "library.db"
    with slow_mount(music, timeout=0, stall=f"{call}=album/c.mp3") as mount:
        began = time.monotonic()
        ended(start(mount.path, options=("--file-timeout", "1")))
        assert time.monotonic() - began < SOON
        assert problems(database, mount.path) == {"album/c.mp3": "timeout"}
        assert tracks(database, mount.path) == ["a.mp3", "album/d.mp3", "b.mp3", "other/e.mp3"]
        # Whoever opened a file again that hangs in a read would wait in the kernel.
        assert call == "open" or mount.calls()["open"] == 5
        # The next quick sync looks again where something was not seen.
        mount.release()
        ended(start(mount.path, options=("--mode", "quick")))
        assert problems(database, mount.path) == {}
        assert "album/c.mp3" in tracks(database, mount.path)


def test_a_file_that_becomes_a_pipe_after_it_was_listed_blocks_nobody(
    music: Path, start: Start, tmp_path: Path
) -> None:
    (music / "album" / "c.mp3").unlink()
    with slow_mount(music, timeout=0, stall="open=a.mp3") as mount:
        process = start(mount.path, options=("--workers", "1"))
        # The root was listed, and its first file is being opened.
        wait_for(lambda: mount.calls().get("open", 0) > 0, SOON)
        (music / "b.mp3").unlink()
        os.mkfifo(music / "b.mp3")
        mount.release()
        ended(process)
        assert problems(tmp_path / "library.db", mount.path) == {"b.mp3": "vanished"}
        assert tracks(tmp_path / "library.db", mount.path) == ["a.mp3", "album/d.mp3", "other/e.mp3"]


@pytest.mark.parametrize("rule", ["list=album", "look=album", "open=album/.mtignore", "read=album/.mtignore"])
def test_a_folder_that_does_not_answer_has_the_time_of_a_file(
    rule: str, music: Path, start: Start, tmp_path: Path
) -> None:
    (music / "album" / ".mtignore").write_text("nothing\n")
    with slow_mount(music, timeout=0, stall=rule) as mount:
        began = time.monotonic()
        ended(start(mount.path, options=("--file-timeout", "1")))
        assert time.monotonic() - began < 2 * SOON
        ((path, outcome),) = problems(tmp_path / "library.db", mount.path).items()
        assert path.startswith("album") and outcome == "timeout"
        assert tracks(tmp_path / "library.db", mount.path)[-2:] == ["b.mp3", "other/e.mp3"]


def test_rows_of_what_does_not_answer_stay(music: Path, start: Start, tmp_path: Path) -> None:
    database = tmp_path / "library.db"
    at = tmp_path / "mount"
    at.mkdir()
    with slow_mount(music, at=at):
        ended(start(at))
    everything = tracks(database, at)
    assert len(everything) == 5
    (music / "album" / "c.mp3").write_bytes(song(9, "other"))
    at.mkdir(exist_ok=True)
    with slow_mount(music, at=at, stall=["open=album/c.mp3", "look=other/e.mp3"]):
        ended(start(at, options=("--file-timeout", "1")))
        assert tracks(database, at) == everything
        assert problems(database, at) == {"album/c.mp3": "timeout", "other/e.mp3": "timeout"}
    at.mkdir(exist_ok=True)
    with slow_mount(music, at=at):
        ended(start(at, options=("--mode", "quick")))
        assert tracks(database, at) == everything
        # The one was read, the other is as it was.
        assert problems(database, at) == {}


@pytest.mark.parametrize("was_read", [True, False])
def test_a_look_at_a_file_ends_its_timeout_if_it_was_read_once(
    was_read: bool, music: Path, start: Start, tmp_path: Path
) -> None:
    database = tmp_path / "library.db"
    # Else the file is read again for its time.
    settle()
    ended(start(music))
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("INSERT INTO problems (root_id, path, outcome, detail) VALUES (1, 'a.mp3', 'timeout', '')")
        if not was_read:
            # A file that ended every instance has a row with nothing in it, and is not tried again.
            connection.execute("UPDATE tracks SET audio_key = NULL WHERE path = 'a.mp3'")
    for _ in range(2):
        ended(start(music))
        assert problems(database, music) == ({} if was_read else {"a.mp3": "timeout"})


def test_a_root_that_never_answers_is_given_up(music: Path, start: Start, tmp_path: Path) -> None:
    database = tmp_path / "library.db"
    for number in range(30):
        (music / f"{number:02}.mp3").write_bytes(song(number))
    with slow_mount(music, stall="open=**") as mount:
        ended(start(mount.path, options=("--file-timeout", "0.5", "--workers", "2")))
        found = problems(database, mount.path)
        assert found[""] == "timeout"
        assert set(found.values()) == {"timeout"}
        # Two workers try it at a time.
        assert len(found) <= 1 + 2 * 8
        assert mount.calls()["open"] <= 2 * 8
        mount.release()
        ended(start(mount.path, options=("--mode", "quick")))
        assert len(tracks(database, mount.path)) == 35
        assert problems(database, mount.path) == {}


@pytest.fixture
def many(music: Path) -> Path:
    """400 files more in 20 folders."""
    for number in range(400):
        place = music / f"{number % 20:02}" / f"{number:03}.mp3"
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(song(number))
    return music


def test_what_stalls_for_a_while_is_there_once(many: Path, door: Door) -> None:
    with slow_mount(many, stall=["read=07/007.mp3", "look=12/012.mp3", "open=other/*"]) as mount:
        timer = threading.Timer(2.5, mount.release)
        timer.start()
        scan = door.scan(mount.path)
        timer.join()
    there = sorted(str(path.relative_to(many)) for path in many.rglob("*.mp3"))
    assert sorted(row["path"] for row in scan.tracks) == there
    assert scan.problems == []


def test_what_was_found_is_in_the_library_while_something_else_stalls(many: Path, start: Start, tmp_path: Path) -> None:
    with slow_mount(many, stall="read=07/007.mp3") as mount:
        process = start(mount.path)
        # But for the folder in which it stalls.
        wait_for(lambda: len(tracks(tmp_path / "library.db", mount.path)) >= 380, SOON)
        assert process.poll() is None
        process.kill()


@pytest.mark.parametrize("rule", ["list=.", "list=album", "open=**", "read=**", "look=**"])
def test_ctrl_c_ends_it_whatever_stalls(rule: str, music: Path, start: Start, door: Door) -> None:
    with slow_mount(music, stall=rule) as mount:
        process = start(mount.path)
        seconds = random.uniform(0.0, WHILE)
        wait_until_used(mount, seconds)
        said = ends_at_once(process, seconds)
        assert process.returncode == 130
        assert said.splitlines()[-1].partition(": ")[2].startswith("interrupted: what was found until now is in ")


@pytest.mark.parametrize("verb", ["index", "watch", "scan", "count", "validate"])
def test_ctrl_c_ends_what_looks_at_roots_that_answer_no_look(verb: str, music: Path, start: Start) -> None:
    with slow_mount(music, stall="look=**") as mount, slow_mount(music, stall="look=**") as other:
        process = start(mount.path, other.path, verb=verb)
        seconds = random.uniform(0.0, WHILE)
        wait_until_used(mount, seconds)
        ends_at_once(process, seconds)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A root of one file, to which others come."""
    root = tmp_path / "own"
    root.mkdir()
    (root / "0.mp3").write_bytes(song(100))
    return root


def test_a_watch_follows_the_others_beside_a_root_that_does_not_answer(
    own: Path, music: Path, start: Start, tmp_path: Path
) -> None:
    database = tmp_path / "library.db"
    with slow_mount(music, stall="look=album") as mount:
        # The folder is looked at before anything else is.
        process = start(mount.path / "album", own, verb="watch", options=("--file-timeout", "1"))
        wait_for(lambda: tracks(database, own) == ["0.mp3"], SOON)
        for number in range(1, 4):
            (own / f"{number}.mp3").write_bytes(song(100 + number))
            wait_for(lambda: len(tracks(database, own)) == 1 + number, SOON)  # noqa: B023 (called at once)
        ends_at_once(process)


@pytest.mark.parametrize("polls", [False, True])
def test_a_watch_follows_the_others_when_a_root_ceases_to_answer(
    polls: bool, own: Path, music: Path, start: Start, tmp_path: Path
) -> None:
    database = tmp_path / "library.db"
    options = ("--poll", "--poll-interval", "0.5") if polls else ()
    with slow_mount(music, timeout=0) as mount:
        process = start(mount.path, own, verb="watch", options=("--file-timeout", "1", *options))
        wait_for(lambda: (len(tracks(database, mount.path)), len(tracks(database, own))) == (5, 1), SOON)
        mount.stop()
        # Some looks later.
        time.sleep(3.0)
        (own / "1.mp3").write_bytes(song(101))
        wait_for(lambda: len(tracks(database, own)) == 2, SOON)
        assert len(tracks(database, mount.path)) == 5
        ends_at_once(process)


def ends_at_once(process: subprocess.Popen[str], after: float = 0.0) -> str:
    """Interrupts a process; what it says on stderr. `after`: the moment, for the message."""
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    _, said = process.communicate(timeout=LONG)
    took = time.monotonic() - began
    assert took < END + STARTS, f"it took {took:.2f} s to end, {after:.2f} s after the first call"
    # `mt-scan watch` is ended by the system before it has a library.
    assert process.returncode in (0, 130, -signal.SIGINT) and "Traceback" not in said, said
    return said


@pytest.mark.parametrize("verb", ["inspect", "artwork"])
def test_a_single_file_is_not_waited_for_either(verb: str, music: Path, door: Door) -> None:
    with slow_mount(music, stall="read=a.mp3") as mount:
        command, name = door.command(mount.path)
        began = time.monotonic()
        run = subprocess.run(
            [*command, verb, "--file-timeout", "1", f"{name}/a.mp3"],
            env=environment(door),
            capture_output=True,
            text=True,
            timeout=LONG,
        )
        assert time.monotonic() - began < 1.0 + END + 2 * STARTS
        assert run.returncode == 3
        assert "longer than 1 s" in run.stderr and len(run.stderr.splitlines()) == 1


def test_a_mtignore_may_take_its_time(music: Path, start: Start, tmp_path: Path) -> None:
    (music / ".mtignore").write_text("album\n")
    with slow_mount(music, latency=250) as mount:
        ended(start(mount.path, options=("--file-timeout", "0.6")))
        assert tracks(tmp_path / "library.db", mount.path) == ["a.mp3", "b.mp3", "other/e.mp3"]
        assert {"", "other"}.isdisjoint(problems(tmp_path / "library.db", mount.path))


def test_nothing_is_asked_twice(music: Path, start: Start, door: Door) -> None:
    with slow_mount(music, timeout=60) as mount:
        ended(start(mount.path))
        calls = mount.calls()
        assert calls["open"] == 5
        # The root is looked at before the scan as well. Wasmtime's own filesystem opens a folder to
        # list it, once more for the list, and once for its files.
        assert calls["opendir"] <= (3 if door.name == "python" else 1) * 3 + 2
        assert calls["read"] <= 2 * 5

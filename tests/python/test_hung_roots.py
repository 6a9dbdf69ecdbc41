"""Roots whose storage hangs, fails or goes away cost themselves: nothing else waits for them, and
they are named.
"""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from mt_scanner import Library, Scanner
from mt_scanner._engine import pending, pool
from support.interruptions import interruptible
from support.slow_mount import needs_fuse, slow_mount
from support.trees import FIXTURES, Tree

pytestmark = [needs_fuse, pytest.mark.alone]

SONG = (FIXTURES / "formats" / "mp3-cbr.mp3").read_bytes()
GOOD = 200
SOON = 5.0
"""The time in s for the good root, and for all that a hung root must not hold up."""
MOMENT = 3.0
"""The time in s for an end: 0.5, and slack for a busy machine."""
STALLS = {
    "list=.": "",
    "list=2": "2",
    "open=1/5.mp3": "1/5.mp3",
    "read=1/5.mp3": "1/5.mp3",
    "look=1/5.mp3": "1/5.mp3",
}
"""Stalls, and the path of the problem that names each."""


@pytest.fixture
def good(tmp_path: Path) -> Path:
    tree = Tree(tmp_path / "good")
    for number in range(GOOD):
        tree.files(f"{number % 20}/{number}.mp3", content=SONG)
    return tree.root


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    tree = Tree(tmp_path / "bad")
    for number in range(20):
        tree.files(f"{number % 4}/{number}.mp3", content=SONG)
    return tree.root


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where storage is mounted that goes by the same name, stalling or not."""
    (tmp_path / "nas").mkdir()
    return tmp_path / "nas"


class Watched:
    """The rows of a library while a sync writes it."""

    def __init__(self, database: Path) -> None:
        self.began = time.monotonic()
        self.took: dict[int, float] = {}
        """How long it took until so many rows were there."""
        self._database = database
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Watched:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended = time.monotonic() - self.began
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.05):
            self.took.setdefault(rows(self._database), time.monotonic() - self.began)


def rows(database: Path) -> int:
    try:
        connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        try:
            return int(connection.execute("SELECT count(*) FROM tracks").fetchone()[0])
        finally:
            connection.close()
    except sqlite3.OperationalError:
        return 0


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until, "it does not happen"
        time.sleep(0.02)


@pytest.mark.parametrize("stall", STALLS)
def test_a_root_that_hangs_is_named_and_the_other_is_in_the_library_soon(
    stall: str, good: Path, bad: Path, tmp_path: Path
) -> None:
    database = tmp_path / "library.db"
    with slow_mount(bad, stall=stall) as mount, Library(database) as library, Watched(database) as watched:
        report = library.sync([mount.path, good], backend="wasmtime", file_timeout=3)
    assert [(problem.root, problem.path, problem.outcome) for problem in report.problems] == [
        (str(mount.path), STALLS[stall], "timeout")
    ]
    assert "it took longer than 3 s and was stopped" in report.problems[0].detail
    assert report.added - GOOD == {"list=.": 0, "list=2": 15}.get(stall, 19)
    # Before the call that hangs was given up.
    assert min(took for count, took in watched.took.items() if count >= GOOD) < watched.ended - 2, watched.took


def test_nothing_of_a_hung_root_is_missing(bad: Path, place: Path, tmp_path: Path) -> None:
    with Library(tmp_path / "library.db") as library:
        with slow_mount(bad, at=place):
            assert library.sync(place, backend="wasmtime").added == 20
        for stall in ("list=.", "list=2", "look=**/5.mp3"):
            with slow_mount(bad, at=place, stall=stall):
                report = library.sync(place, backend="wasmtime", file_timeout=0.5)
                assert (report.missing, [problem.outcome for problem in report.problems]) == (0, ["timeout"])
        assert len(list(library.tracks())) == 20
        with slow_mount(bad, at=place):
            report = library.sync(place, mode="quick", backend="wasmtime")
            assert (report.added, report.missing) == (0, 0)


def test_what_a_hung_folder_holds_is_found_by_the_next_quick_sync(bad: Path, place: Path, tmp_path: Path) -> None:
    with Library(tmp_path / "library.db") as library:
        with slow_mount(bad, at=place, stall="list=2"):
            assert library.sync(place, backend="wasmtime", file_timeout=0.5).added == 15
        with slow_mount(bad, at=place):
            assert library.sync(place, mode="quick", backend="wasmtime").added == 5


def test_a_root_that_hangs_again_and_again_is_given_up(
    bad: Path, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (pending, pool):
        monkeypatch.setattr(module, "HUNG_CALLS", 3)
    with Library(tmp_path / "library.db") as library:
        with slow_mount(bad, at=place, stall="open=**/*.mp3") as mount:
            report = library.sync(place, backend="wasmtime", file_timeout=0.3)
            # Calls that hang at the same time count as one, and each has a worker.
            assert mount.calls()["open"] <= 3 * 8
        assert report.problems[0] == (
            str(place),
            "",
            "timeout",
            "3 calls to the storage did not return: the rest of the root was not looked at",
        )
        with slow_mount(bad, at=place):
            library.sync(place, mode="quick", backend="wasmtime")
            assert len(list(library.tracks())) == 20


def test_a_hung_file_is_opened_twice_at_most(bad: Path) -> None:
    with slow_mount(bad, stall="open=1/5.mp3") as mount:
        scanner = Scanner(mount.path, backend="wasmtime", file_timeout=0.5)
        tracks = {track.path: track for track in scanner.scan()}
        # Once among others, and once by itself.
        assert mount.calls()["open"] <= 19 + 2
    assert len(tracks) == 19 and "1/5.mp3" not in tracks
    assert [(problem.path, problem.outcome) for problem in scanner.problems] == [("1/5.mp3", "timeout")]


def test_progress_goes_on_while_everything_hangs(bad: Path) -> None:
    told = []
    with slow_mount(bad, stall="list=.") as mount:
        job = Scanner(mount.path, backend="wasmtime", file_timeout=1).start(lambda progress: told.append(progress))
        result = job.result(30)
    assert len(told) > 5
    assert [problem.outcome for problem in result.problems] == ["timeout"]


def test_a_job_is_cancelled_while_everything_hangs(bad: Path) -> None:
    with slow_mount(bad, stall="list=.") as mount:
        job = Scanner(mount.path, backend="wasmtime").start()
        time.sleep(0.5)
        began = time.monotonic()
        job.cancel()
        assert job.result(SOON).cancelled
        assert time.monotonic() - began < MOMENT


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    monkeypatch.setenv("MT_SCANNER_BACKEND", "wasmtime")

    def run(code: str, *arguments: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", code, *map(str, arguments)]
        started.append(interruptible(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.communicate(timeout=60)


SYNC = """
import sys
from mt_scanner.cli import main
sys.argv = ["mt-scanner", "index", *sys.argv[2:], "--db", sys.argv[1]]
sys.exit(main())
"""
ENDS = """
import sys, threading, time
from mt_scanner import Library, ScanError
def work():
    try: Library(sys.argv[1]).sync(sys.argv[2:], backend="wasmtime")
    except ScanError: pass
threading.Thread(target=work, daemon=True).start()
sys.stdin.readline()
"""
CLOSES = """
import sys, time
from mt_scanner import Scanner
scanner = Scanner(sys.argv[1], backend="wasmtime")
job = scanner.start()
time.sleep(0.5)
began = time.monotonic()
scanner.close()
print(time.monotonic() - began)
"""


def test_control_c_ends_a_sync_that_hangs(
    start: Callable[..., subprocess.Popen[str]], bad: Path, tmp_path: Path
) -> None:
    other = Tree(tmp_path / "other").files("a.mp3", content=SONG)
    database = tmp_path / "library.db"
    with slow_mount(bad, stall="list=.") as mount:
        process = start(SYNC, database, mount.path, other.root)
        wait_until(lambda: rows(database) == 1)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        took = time.monotonic() - began
    assert process.returncode in (130, -signal.SIGINT) and "Traceback" not in said
    assert took < MOMENT


def test_the_end_of_a_program_waits_for_no_call_that_hangs(bad: Path, tmp_path: Path) -> None:
    other = Tree(tmp_path / "other").files("a.mp3", content=SONG)
    database = tmp_path / "library.db"
    with slow_mount(bad, stall="list=.") as mount:
        command = [sys.executable, "-c", ENDS, str(database), str(mount.path), str(other.root)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            wait_until(lambda: rows(database) == 1)
            began = time.monotonic()
            _, said = process.communicate("\n", timeout=60)
            took = time.monotonic() - began
    assert (process.returncode, said) == (0, "")
    assert took < MOMENT


def test_closing_a_scanner_waits_for_no_call_that_hangs(start: Callable[..., subprocess.Popen[str]], bad: Path) -> None:
    with slow_mount(bad, stall="list=.") as mount:
        said, errors = start(CLOSES, mount.path).communicate(timeout=60)
    assert float(said) < MOMENT and errors == ""


def test_inspecting_a_file_that_hangs_ends(bad: Path) -> None:
    from mt_scanner import FileFailed

    with slow_mount(bad, stall="read=1/5.mp3") as mount, pytest.raises(FileFailed) as failed:
        Scanner(mount.path, backend="wasmtime", file_timeout=0.5).inspect("1/5.mp3")
    assert failed.value.reason == "timeout: it took longer than 0.5 s and was stopped"


@pytest.mark.parametrize("stall", ["list=.", "list=2", "open=1/.mtignore"])
def test_plain_python_gives_a_count_up_that_hangs(stall: str, bad: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mt_scanner import RootUnreadable, _functions, count_audio_files
    from mt_scanner._plain import fallback

    (bad / "1" / ".mtignore").write_text("nothing\n")
    monkeypatch.setattr(_functions, "_fallback_needed", lambda: fallback)
    monkeypatch.setattr(_functions, "FILE_TIMEOUT", 0.5)
    with slow_mount(bad, timeout=0, stall=stall) as mount:
        began = time.monotonic()
        with pytest.raises(RootUnreadable, match=r"longer than 0.5 s"):
            count_audio_files(mount.path)
        assert time.monotonic() - began < MOMENT
        mount.release()
        assert count_audio_files(mount.path) == 20


COUNTS = """
import sys
sys.modules["wasmtime"] = None
sys.modules["mt_scanner_native"] = None
from mt_scanner import count_audio_files
print("begins", flush=True)
count_audio_files(sys.argv[1])
"""


def test_control_c_ends_a_count_in_plain_python_that_hangs(
    start: Callable[..., subprocess.Popen[str]], bad: Path
) -> None:
    with slow_mount(bad, stall="list=2") as mount:
        process = start(COUNTS, mount.path)
        assert process.stdout is not None and process.stdout.readline() == "begins\n"
        wait_until(lambda: mount.calls().get("readdir", 0) > 2)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        assert time.monotonic() - began < MOMENT


@pytest.mark.parametrize("options", [{"fail": "open=**/*.mp3"}, {"disconnect_after": 15}])
def test_storage_that_fails_costs_itself(options: dict[str, object], good: Path, bad: Path, tmp_path: Path) -> None:
    database = tmp_path / "library.db"
    with slow_mount(bad, **options) as mount, Library(database) as library, Watched(database) as watched:
        report = library.sync([mount.path, good], backend="wasmtime")
        assert report.problems and {problem.root for problem in report.problems} == {str(mount.path)}
        assert {problem.outcome for problem in report.problems} == {"unreadable"}
        wait_until(lambda: max(watched.took, default=0) >= GOOD)


def test_a_worker_that_comes_back_late_brings_nothing(bad: Path, tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with slow_mount(bad, stall="read=1/5.mp3") as mount:
        scanner = Scanner(mount.path, backend="wasmtime", file_timeout=0.5)
        scan = scanner.scan()
        tracks = list(scan)
        mount.release()
        wait_until(
            lambda: not [each for each in set(threading.enumerate()) - before if each.name == "mt-scanner worker"]
        )
    assert len(tracks) == 19 == len({track.path for track in tracks})
    assert len(scanner.problems) == 1

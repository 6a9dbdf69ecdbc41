"""Scans and syncs that are left early: by errors of callbacks, by the end of the program, in forked
processes.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from mt_scanner import Library, Scanner
from support.durable import Content, content
from support.scenarios import settle, song
from support.trees import Tree

EXCEPTIONS = int(os.environ.get("MT_SCANNER_EXCEPTIONS", "15"))
"""Errors of callbacks for each backend, in one process."""
ENDS = int(os.environ.get("MT_SCANNER_ENDS", "4"))
"""Processes that end in the middle of each kind of work, for each backend."""
FOLDERS = 300
DEADLOCK = 60
"""Seconds after which a process that should have ended hangs."""


class Refused(Exception):
    """The error of a callback."""


class Refusal:
    """A callback that raises when it is called for the n-th time."""

    def __init__(self, chance: random.Random) -> None:
        self.error = chance.choice([Refused, KeyboardInterrupt])
        self.left = chance.choice([1, 1, chance.randrange(1, 40)])

    def __call__(self, *_: object) -> None:
        self.left -= 1
        if self.left == 0:
            raise self.error


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("leaving") / "music"
    for folder in range(FOLDERS):
        (root / f"{folder:03}").mkdir(parents=True)
        (root / f"{folder:03}" / "a.mp3").write_bytes(song(folder, f"Song {folder}"))
        if folder % 10 == 0:
            (root / f"{folder:03}" / "malformed.mp3").write_text("not music")
    settle()
    return root


@pytest.fixture(scope="module")
def expected(music: Path, tmp_path_factory: pytest.TempPathFactory) -> Content:
    database = tmp_path_factory.mktemp("calm") / "library.db"
    with Library(database) as library:
        library.sync(music)
    return content(database)


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Callbacks that tell of progress are called at every step, and transactions are small."""
    monkeypatch.setattr("mt_scanner._library.sync.BETWEEN_REPORTS", 0.0)
    monkeypatch.setattr("mt_scanner._library.sync.ROWS", 20)
    monkeypatch.setattr("mt_scanner._job.BETWEEN_REPORTS", 0.0)


def sync_progress(music: Path, library: Library, refuse: Refusal) -> None:
    library.sync(music, on_progress=refuse)


def sync_change(music: Path, library: Library, refuse: Refusal) -> None:
    library.sync(music, on_change=refuse)


def watch_notice(music: Path, library: Library, refuse: Refusal) -> None:
    for _ in library.watch(music, poll=True, on_notice=refuse):
        break


def watch_progress(music: Path, library: Library, refuse: Refusal) -> None:
    for _ in library.watch(music, poll=True, on_notice=lambda _: None, on_progress=refuse):
        break


def scan_problem(music: Path, library: Library, refuse: Refusal) -> None:
    for _ in Scanner(music).scan(refuse):
        pass


def scan_left(music: Path, library: Library, refuse: Refusal) -> None:
    for _ in Scanner(music).scan():
        refuse()


def paths_left(music: Path, library: Library, refuse: Refusal) -> None:
    for _ in Scanner(music).paths():
        refuse()


def job_progress(music: Path, library: Library, refuse: Refusal) -> None:
    Scanner(music).start(refuse).result(DEADLOCK)


def sync_job_progress(music: Path, library: Library, refuse: Refusal) -> None:
    library.start(music, on_progress=refuse).result(DEADLOCK)


LEFT: list[Callable[[Path, Library, Refusal], None]] = [
    sync_progress,
    sync_change,
    watch_notice,
    watch_progress,
    scan_problem,
    scan_left,
    paths_left,
    job_progress,
    sync_job_progress,
]


def held() -> dict[str, int]:
    """Descriptors of this process, and its threads that are the package's."""
    names = [thread.name for thread in threading.enumerate()]
    tasks = Path("/proc/self/task")
    if tasks.is_dir():
        names += [read(task / "comm") for task in tasks.iterdir()]
    descriptors = Path("/proc/self/fd")
    count = len(list(descriptors.iterdir())) if descriptors.is_dir() else 0
    return {"threads": sum(name.startswith("mt-scanner") for name in names), "descriptors": count}


def read(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        return ""


def test_the_error_of_any_callback_comes_through_and_costs_nothing(
    backend: str, often: None, music: Path, expected: Content, tmp_path: Path
) -> None:
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    library, raised, before = Library(tmp_path / "0.db"), 0, held()
    for number in range(EXCEPTIONS):
        work = LEFT[number % len(LEFT)]
        refuse = Refusal(chance)
        try:
            work(music, library, refuse)
        except (Refused, KeyboardInterrupt) as error:
            assert type(error) is refuse.error
            raised += 1
        if chance.random() < 0.3 or number == EXCEPTIONS - 1:
            assert library.sync(music).unchanged in range(FOLDERS * 11 // 10 + 1)
            library.close()
            assert content(Path(library.path)) == expected
            library = Library(tmp_path / f"{number + 1}.db")
        if number == len(LEFT) - 1:
            before = settled(before)
    print(f"{raised} errors of {EXCEPTIONS} calls")
    assert raised >= EXCEPTIONS // 3
    after = settled(before)
    assert after["threads"] <= before["threads"] and after["descriptors"] <= before["descriptors"], (before, after)


def settled(before: dict[str, int]) -> dict[str, int]:
    """What is held once the workers that were left have gone, for which they have a while."""
    until = time.monotonic() + 10
    while (now := held())["threads"] or now["descriptors"] > before["descriptors"]:
        if time.monotonic() >= until:
            break
        time.sleep(0.05)
    return now


ENDING = {
    "a sync": "library.sync(root)",
    "a quick sync": "library.sync(root, mode='quick')",
    "a watch": "list(library.watch(root, poll=True, on_notice=print))",
    "a scan": "list(Scanner(root).scan())",
    "a sync in the background": "library.start(root).result()",
    "a job": "Scanner(root).start(lambda _: None).result()",
}
PROGRAM = """
import sys, threading, time
from mt_scanner import Library, Scanner, ScanError
database, root, seconds = sys.argv[1:]
library = Library(database)
def work():
    try: {work}
    except ScanError as error: assert "stopped before its end" in error.reason, error
    except RuntimeError as error: assert "interpreter ends" in str(error), error
library.tracks() and Scanner(root).count()
threading.Thread(target=work, daemon=True).start()
time.sleep(float(seconds))
"""


@pytest.mark.parametrize("work", ENDING)
def test_a_program_ends_in_the_middle_of_its_work(
    work: str, backend: str, music: Path, expected: Content, tmp_path: Path
) -> None:
    chance = random.Random()
    for number in range(ENDS):
        database = tmp_path / f"{number}.db"
        command = [sys.executable, "-c", PROGRAM.format(work=ENDING[work])]
        command += [str(database), str(music), str(chance.uniform(0.0, 0.3))]
        done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLOCK)
        assert (done.returncode, done.stderr) == (0, ""), done
        if "Scanner" not in ENDING[work]:
            with Library(database) as library:
                report = library.sync(music)
                # Had it finished, whatever it had not come to would be missing.
                assert report.restored == report.moved == report.missing == 0
            assert content(database) == expected


FORKS = """
import os, sys, threading
from mt_scanner import ComponentError, Library, LibraryError, Scanner
database, root, forks = sys.argv[1:]
library = Library(database)
library.sync(root)
scan, tracks = Scanner(root).scan(), library.tracks()
next(scan), next(tracks)
syncs = threading.Thread(target=library.sync, args=(root,))
syncs.start()
for number in range(int(forks)):
    child = os.fork()
    if not child:
        if number % 3 == 0:
            try: list(scan)
            except ComponentError as error: assert "spawn" in error.reason
            else: os._exit(7)
        if number % 3 == 1:
            try: list(library.tracks())
            except ComponentError as error: assert "spawn" in error.reason
            else: os._exit(8)
        sys.exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, number
syncs.join()
assert len(list(scan)) > 100 and len(list(tracks)) > 100 and library.sync(root).missing == 0
print("done")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_process_ends_and_the_other_goes_on(
    backend: str, music: Path, expected: Content, tmp_path: Path
) -> None:
    database = tmp_path / "library.db"
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORKS]
    command += [str(database), str(music), str(3 * ENDS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLOCK)
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", ""), done
    assert content(database) == expected


LATE = """
import atexit, sys, threading
from mt_scanner import Scanner
def late():
    # The main thread outlasts its own scans; no other thread does.
    assert Scanner(sys.argv[1]).count() == 2
    def other():
        try: Scanner(sys.argv[1]).count()
        except RuntimeError as error: print(error)
    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
atexit.register(late)
Scanner(sys.argv[1]).count()
"""


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="there no thread can start then")
def test_no_other_thread_begins_a_scan_while_the_interpreter_ends(backend: str, tree: Tree) -> None:
    tree.files("a.mp3", "b/c.mp3")
    command = [sys.executable, "-c", LATE, str(tree.root)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLOCK)
    assert (done.stdout, done.stderr) == ("no scan can begin while the interpreter ends\n", "")


@pytest.fixture(autouse=True)
def no_thread_dies(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An error that ends a thread fails its test."""
    died: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", died.append)
    yield
    assert not died

"""The slow mount shows its folder, and is as slow, hung or broken as it is asked to be."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import Tree
from support.interruptions import interruptible
from support.slow_mount import SlowMount, needs_fuse, program, slow_mount

pytestmark = [needs_fuse, pytest.mark.alone]

MOMENT = 0.3
"""A call that is not back after this many s stalls."""
SOON = 5.0
"""The most time in s for everything that does not stall."""

Caller = subprocess.Popen[str]
Start = Callable[[str, Path], Caller]

LIST = "print(*sorted(os.listdir(sys.argv[1])))"
OPEN = "os.close(os.open(sys.argv[1], os.O_RDONLY))"
READ = "print(open(sys.argv[1]).read())"


@pytest.fixture
def music(tree: Tree) -> Path:
    tree.files("a.mp3", "b/c.mp3", "b/d.mp3", content=b"sound").link("link.mp3", "a.mp3").folders("empty")
    return tree.root


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a process that makes one call. All end after the test: until then the mount may hold
    them.
    """
    started: list[Caller] = []

    def run(code: str, path: Path) -> Caller:
        command = [sys.executable, "-c", f"import os, sys; {code}", str(path)]
        started.append(interruptible(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.communicate(timeout=SOON)


def look_at_many(root: Path) -> None:
    """Looks at twenty files that are not there."""
    for number in range(20):
        with suppress(FileNotFoundError):
            os.lstat(root / str(number))


def stalls(process: Caller) -> bool:
    try:
        process.wait(MOMENT)
    except subprocess.TimeoutExpired:
        return True
    return False


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def mounted(path: Path) -> bool:
    return any(line.split()[4] == str(path) for line in Path("/proc/self/mountinfo").read_text().splitlines())


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.01)


def test_the_mount_shows_what_the_folder_holds(music: Path) -> None:
    with slow_mount(music) as mount:
        shown = [(os.path.relpath(here, mount.path), sorted(a), sorted(b)) for here, a, b in os.walk(mount.path)]
        assert sorted(shown) == sorted(
            (os.path.relpath(here, music), sorted(a), sorted(b)) for here, a, b in os.walk(music)
        )
        assert (mount.path / "b" / "c.mp3").read_bytes() == b"sound"
        assert os.readlink(mount.path / "link.mp3") == "a.mp3"
        ours, theirs = os.stat(mount.path / "a.mp3"), os.stat(music / "a.mp3")
        for field in ("st_size", "st_mtime_ns", "st_ctime_ns", "st_mode", "st_uid", "st_gid"):
            assert getattr(ours, field) == getattr(theirs, field), field


def test_a_large_file_is_shown_byte_by_byte(tree: Tree) -> None:
    content = os.urandom(3_000_001)
    tree.files("large.mp3", content=content)
    with slow_mount(tree.root) as mount:
        assert (mount.path / "large.mp3").read_bytes() == content


def test_a_wide_folder_is_listed_whole(tree: Tree) -> None:
    names = [f"{number:05} {'x' * 100}.mp3" for number in range(3_000)]
    tree.files(*names)
    with slow_mount(tree.root) as mount:
        assert sorted(os.listdir(mount.path)) == names


def test_nothing_can_be_written(music: Path) -> None:
    with slow_mount(music) as mount, pytest.raises(OSError) as refused:
        (mount.path / "new.mp3").touch()
    assert refused.value.errno == errno.EROFS


def test_every_call_takes_the_latency(music: Path) -> None:
    with slow_mount(music, latency=50) as mount:
        took = seconds(lambda: os.stat(mount.path / "a.mp3"))
        assert 0.05 <= took < 0.15
        # A file that is not there is a call as well.
        assert seconds(lambda: (mount.path / "missing.mp3").exists()) >= 0.05


def test_the_latency_of_calls_in_flight_overlaps(tree: Tree) -> None:
    names = [f"{number}.mp3" for number in range(64)]
    tree.files(*names)
    with slow_mount(tree.root, latency=50) as mount, ThreadPoolExecutor(64) as pool:
        took = seconds(lambda: list(pool.map(lambda name: os.stat(mount.path / name), names)))
        assert took < 64 * 0.05 / 4
        assert mount.calls()["most_in_flight"] > 32


def test_calls_are_counted_by_kind(music: Path) -> None:
    with slow_mount(music, timeout=60) as mount:
        before = mount.calls()
        os.stat(mount.path / "a.mp3")
        (mount.path / "a.mp3").read_bytes()
        after = mount.calls()
        assert {kind: after[kind] - before[kind] for kind in ("lookup", "open", "readdir")} == {
            "lookup": 1,
            "open": 1,
            "readdir": 0,
        }
        assert after["read"] > before["read"]


def test_a_listing_gives_kinds_and_asks_for_no_attributes(music: Path) -> None:
    with slow_mount(music) as mount:
        with os.scandir(mount.path) as entries:
            kinds = {entry.name: (entry.is_dir(follow_symlinks=False), entry.is_symlink()) for entry in entries}
        assert kinds == {
            "a.mp3": (False, False),
            "b": (True, False),
            "empty": (True, False),
            "link.mp3": (False, True),
        }
        calls = mount.calls()
        assert (calls["opendir"], calls["lookup"]) == (1, 0)
        # It was no more than a name: to look at it is a call.
        os.stat(mount.path / "a.mp3")
        assert mount.calls()["lookup"] == 1


@pytest.mark.parametrize(("timeout", "looks"), [(0, 2), (60, 1)])
def test_the_kernel_keeps_attributes_until_the_timeout(music: Path, timeout: int, looks: int) -> None:
    with slow_mount(music, timeout=timeout) as mount:
        for _ in range(2):
            os.lstat(mount.path / "a.mp3")
        assert mount.calls()["lookup"] == looks


@pytest.mark.parametrize(
    ("rule", "code", "path", "output"),
    [
        ("list=b", LIST, "b", "c.mp3 d.mp3\n"),
        ("look=**/c.mp3", READ, "b/c.mp3", "sound\n"),
        ("open=**/c.mp3", OPEN, "b/c.mp3", ""),
        ("read=**/c.mp3", READ, "b/c.mp3", "sound\n"),
    ],
)
def test_a_stalled_call_goes_on_when_it_is_released(
    music: Path, start: Start, rule: str, code: str, path: str, output: str
) -> None:
    with slow_mount(music, stall=rule) as mount:
        process = start(code, mount.path / path)
        assert stalls(process)
        # What the rule does not name is answered meanwhile.
        assert (mount.path / "a.mp3").read_bytes() == b"sound"
        mount.release()
        assert process.communicate(timeout=SOON)[0] == output


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_a_stalled_call_is_interrupted(music: Path, start: Start, ending: signal.Signals) -> None:
    with slow_mount(music, stall="list=b") as mount:
        process = start(LIST, mount.path / "b")
        assert stalls(process)
        process.send_signal(ending)
        process.communicate(timeout=SOON)
        assert mount.calls()["interrupt"] == 1


def test_with_interrupts_ignored_not_even_a_kill_ends_the_caller(music: Path, start: Start) -> None:
    with slow_mount(music, stall="list=b", ignore_interrupts=True) as mount:
        process = start(LIST, mount.path / "b")
        assert stalls(process)
        process.kill()
        assert stalls(process)
    assert process.wait(SOON) == -signal.SIGKILL


def test_a_stopped_mount_answers_nothing_until_it_goes_on(music: Path, start: Start) -> None:
    with slow_mount(music) as mount:
        mount.stop()
        process = start(LIST, mount.path / "b")
        assert stalls(process)
        mount.go_on()
        assert process.communicate(timeout=SOON)[0] == "c.mp3 d.mp3\n"


@pytest.mark.parametrize(
    ("rule", "call"),
    [
        ("look=**/c.mp3", lambda root: os.stat(root / "b" / "c.mp3")),
        ("list=b", lambda root: os.listdir(root / "b")),
        ("open=**/c.mp3", lambda root: os.open(root / "b" / "c.mp3", os.O_RDONLY)),
        ("read=**/c.mp3", lambda root: (root / "b" / "c.mp3").read_bytes()),
    ],
)
def test_a_failing_call_fails_with_eio(music: Path, rule: str, call: Callable[[Path], object]) -> None:
    with slow_mount(music, fail=rule) as mount:
        with pytest.raises(OSError) as failed:
            call(mount.path)
        assert failed.value.errno == errno.EIO
        assert (mount.path / "a.mp3").read_bytes() == b"sound"


def test_after_the_last_call_the_connection_is_gone(music: Path) -> None:
    with slow_mount(music, disconnect_after=10) as mount:
        with pytest.raises(OSError) as first:
            look_at_many(mount.path)
        assert first.value.errno == errno.ECONNABORTED
        calls = mount.calls()
        assert sum(calls.values()) - calls["most_in_flight"] == 11
        with pytest.raises(OSError) as later:
            os.listdir(mount.path)
        assert later.value.errno == errno.ENOTCONN
        assert mounted(mount.path)
    assert not mount.path.exists()


def test_a_disconnection_ends_calls_that_stall(music: Path, start: Start) -> None:
    with slow_mount(music, stall="list=b", ignore_interrupts=True, disconnect_after=10) as mount:
        process = start(LIST, mount.path / "b")
        assert stalls(process)
        with pytest.raises(ConnectionAbortedError):
            look_at_many(mount.path)
        assert process.wait(SOON) == 1


@pytest.mark.parametrize("options", [{}, {"ignore_interrupts": True}])
def test_a_mount_ends_while_calls_stall(music: Path, start: Start, options: dict[str, bool]) -> None:
    with slow_mount(music, stall="list=**", **options) as mount:
        process = start(LIST, mount.path)
        assert stalls(process)
    assert process.wait(SOON) == 1
    assert not mount.path.exists()


def test_a_stopped_mount_ends(music: Path) -> None:
    with slow_mount(music) as mount:
        mount.stop()
    assert not mount.path.exists()


def test_a_mount_whose_program_was_killed_ends(music: Path) -> None:
    with slow_mount(music) as mount:
        mount._process.kill()
        mount._process.wait()
        assert mounted(mount.path)
    assert not mount.path.exists()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_program_unmounts_when_it_is_ended(music: Path, ending: signal.Signals) -> None:
    with slow_mount(music) as mount:
        mount._process.send_signal(ending)
        assert mount._process.wait(SOON) == 0
        assert not mounted(mount.path)


def test_the_program_ends_when_somebody_else_unmounts(music: Path) -> None:
    with slow_mount(music) as mount:
        subprocess.run(["fusermount3", "-u", mount.path], check=True)
        assert mount._process.wait(SOON) == 0


def test_the_mount_ends_with_the_process_that_has_made_it(music: Path, tmp_path: Path) -> None:
    at = tmp_path / "mount"
    at.mkdir()
    parent = (
        "import sys, time; from pathlib import Path; from slow.mount import SlowMount\n"
        "with SlowMount(Path(sys.argv[1]), at=Path(sys.argv[2])): print('there', flush=True); time.sleep(60)"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", parent, music, at], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout and process.stdout.readline() == "there\n"
        assert mounted(at)
        process.kill()
    wait_until(lambda: not mounted(at))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "what to do is missing"),
        (["mount", "only-one"], "the folder and the mountpoint are needed"),
        (["mount", "--stall", "write=*", "a", "b"], "no call is named write"),
        (["mount", "--latency", "soon", "a", "b"], "not a number"),
        (["mount", "--latency", "-1", "a", "b"], "negative"),
    ],
)
def test_a_wrong_command_line_is_told(words: list[str], said: str) -> None:
    done = subprocess.run([program(), *words], capture_output=True, text=True)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_place_where_nothing_can_be_mounted_is_told(music: Path, tmp_path: Path) -> None:
    done = subprocess.run([program(), "mount", music, tmp_path / "nowhere"], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("slow-mount: ")


def test_the_ceiling_looks_at_each_file_once(tree: Tree) -> None:
    tree.files(*(f"{number % 7}/{number}.mp3" for number in range(200)))
    with slow_mount(tree.root, timeout=60) as mount:
        done = subprocess.run([program(), "ceiling", mount.path], capture_output=True, text=True, check=True)
        assert '"found": 200' in done.stdout
        # And at each folder, to find the files.
        assert mount.calls()["lookup"] == 207


def test_a_mount_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    at = tmp_path / "mount"
    (at / "occupied").mkdir(parents=True)
    with pytest.raises(Exception, match="did not mount"), SlowMount(tmp_path, at=at):
        pass
    assert not mounted(at)

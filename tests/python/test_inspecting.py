"""Files that are asked about one after the other: an instance answers about several."""

import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from mt_scanner import FileFailed, RootNotAFolder, RootNotFound, Scanner
from mt_scanner._engine import desk
from support.trees import Tree

pytestmark = pytest.mark.usefixtures("backend")


def test_files_are_inspected_as_they_are_now(tree: Tree) -> None:
    inside = tree.files("in/a.mp3").root / "in"
    other = tree.files("other/a.mp3", content=b"12345").root / "other"
    scanner = Scanner(inside)
    assert scanner.inspect("a.mp3").track.size == 0
    (inside / "a.mp3").write_bytes(b"123")
    assert scanner.inspect("a.mp3").track.size == 3
    # Another folder by the same name.
    inside.rename(tree.root / "old")
    with pytest.raises(RootNotFound):
        scanner.inspect("a.mp3")
    other.rename(inside)
    assert scanner.inspect("a.mp3").track.size == 5
    (inside / "a.mp3").unlink()
    inside.rmdir()
    inside.touch()
    with pytest.raises(RootNotAFolder):
        scanner.inspect("a.mp3")


def test_what_ended_an_instance_is_no_other_file_s(misbehaving: Path, tree: Tree) -> None:
    tree.files("panic.mp3", content=b"MT-MISBEHAVE panic").files("good.mp3", content=b"123")
    scanner = Scanner(tree.root, component=misbehaving)
    for _ in range(3):
        with pytest.raises(FileFailed, match="asked to panic"):
            scanner.inspect("panic.mp3")
        assert scanner.inspect("good.mp3").track.size == 3


def test_threads_may_inspect_at_a_time(tree: Tree) -> None:
    roots = [tree.files(f"{number}/a.mp3", content=b"1" * number).root / str(number) for number in range(12)]
    scanners = [Scanner(root) for root in roots]
    with ThreadPoolExecutor(6) as pool:
        for _ in range(5):
            sizes = [found.track.size for found in pool.map(lambda scanner: scanner.inspect("a.mp3"), scanners)]
            assert sizes == list(range(12))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing tells what is open")
def test_what_was_inspected_is_let_go_after_a_moment(tree: Tree) -> None:
    for number in range(20):
        Scanner(tree.files(f"{number}/a.mp3").root / str(number)).inspect("a.mp3")
        # However many folders it was asked about.
        assert opened(tree.root) <= 3 * desk.FREE
    until = time.monotonic() + 20
    while opened(tree.root) or desks():
        assert time.monotonic() < until
        time.sleep(0.02)


def opened(folder: Path) -> int:
    """How many descriptors of this process are of something in a folder."""
    descriptors = Path("/proc/self/fd")
    targets = []
    for descriptor in os.listdir(descriptors):
        try:
            targets.append(os.readlink(descriptors / descriptor))
        except FileNotFoundError:
            pass
    return sum(target.startswith(str(folder)) for target in targets)


def desks() -> int:
    return sum(thread.name == "mt-scanner desk" for thread in threading.enumerate())


@pytest.mark.parametrize("missing", ["clock", "desk"])
def test_without_a_thread_nobody_waits(
    missing: str, misbehaving: Path, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree.files("good.mp3").files("loop.mp3", content=b"MT-MISBEHAVE loop")
    # A component that was just loaded: no clock of it runs.
    own = tree.root / "own.wasm"
    own.write_bytes(misbehaving.read_bytes())
    scanner = Scanner(tree.root, component=own, backend="wasmtime", file_timeout=0.5)
    start = threading.Thread.start

    def refuse(thread: threading.Thread) -> None:
        if thread.name == f"mt-scanner {missing}":
            raise RuntimeError("can't start new thread")
        start(thread)

    began = time.monotonic()
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        with pytest.raises(RuntimeError, match="new thread"):
            scanner.inspect("good.mp3")
    assert time.monotonic() - began < 10
    # The next one has its threads, and a clock that reaches an endless loop.
    assert scanner.inspect("good.mp3").track.size == 0
    with pytest.raises(FileFailed, match=r"0\.5"):
        scanner.inspect("loop.mp3")

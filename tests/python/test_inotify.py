"""The watches of a tree of folders on Linux: which there are, and what they tell. What the kernel
says of an open file of inotify (`/proc/self/fdinfo`) is the oracle.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from mt_scanner._engine.within import nobody
from mt_scanner._library.watch.batch import ADDED, OTHER
from mt_scanner._types import contract
from support.slow_mount import needs_fuse, slow_mount
from support.trees import FIXTURES, Tree

if sys.platform == "linux":
    from mt_scanner._library.watch.inotify import Inotify

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")

SONG = (FIXTURES / "formats" / "mp3-cbr.mp3").read_bytes()

Open = Callable[..., "Inotify"]


@pytest.fixture
def watching() -> Iterator[Open]:
    opened: list[Inotify] = []

    def watching(*roots: Path) -> Inotify:
        opened.append(Inotify([str(root) for root in roots], threading.Event(), nobody))
        return opened[-1]

    yield watching
    for watches in opened:
        watches.close()


def watched() -> int:
    """The number of folders that the kernel watches for this process."""
    count = 0
    for file in os.listdir("/proc/self/fdinfo"):
        try:
            count += Path("/proc/self/fdinfo", file).read_text().count("inotify wd:")
        except OSError:
            # The one of the listing itself.
            pass
    return count


def told(watches: Inotify, root: Path) -> dict[str, int]:
    """The batch of events that comes now: the paths below the root, each with the least kind."""
    batch: dict[str, int] = {}
    for kind, path in sorted(watches.batch(), reverse=True):
        batch[os.path.relpath(path, root)] = kind
    return batch


def test_every_folder_is_watched_and_reading_makes_no_events(tree: Tree, watching: Open) -> None:
    tree.files("a/b/1.mp3", "a/c/2.mp3", ".hidden/3.mp3", content=SONG)
    before = watched()
    watches = watching(tree.root)
    assert watched() - before == 5
    for _, _, files in os.walk(tree.root):
        assert files is not None
    for file in tree.root.rglob("*.mp3"):
        assert file.read_bytes() == SONG
    assert told(watches, tree.root) == {}
    watches.close()
    assert watched() == before


def test_files_are_told_with_what_has_happened(tree: Tree, watching: Open) -> None:
    tree.files("a/gone.mp3", "a/written.mp3", "a/from.mp3", "a/rights.mp3")
    watches = watching(tree.root)
    tree.files("a/new.mp3")
    (tree.root / "a/gone.mp3").unlink()
    with open(tree.root / "a/written.mp3", "ab") as file:
        file.write(b"TAG")
    (tree.root / "a/from.mp3").rename(tree.root / "a/to.mp3")
    (tree.root / "a/rights.mp3").chmod(0o400)
    expected = dict.fromkeys(("gone.mp3", "written.mp3", "from.mp3", "rights.mp3"), OTHER)
    expected |= dict.fromkeys(("new.mp3", "to.mp3"), ADDED)
    assert told(watches, tree.root) == {f"a/{name}": kind for name, kind in expected.items()}


def test_a_tree_that_comes_is_watched_and_one_that_goes_is_not(tree: Tree, watching: Open, tmp_path: Path) -> None:
    tree.files("a/b/c/1.mp3")
    aside = Tree(tmp_path / "aside").files("x/y/z/2.mp3")
    before = watched()
    watches = watching(tree.root)
    assert watched() - before == 4
    (aside.root / "x").rename(tree.root / "x")
    assert told(watches, tree.root) == {"x": ADDED}
    assert watched() - before == 7
    tree.files("x/y/z/3.mp3")
    assert told(watches, tree.root) == {"x/y/z/3.mp3": ADDED}
    (tree.root / "a").rename(aside.root / "a")
    assert told(watches, tree.root)["a"] == OTHER
    assert watched() - before == 4
    aside.files("a/b/c/4.mp3")
    assert told(watches, tree.root) == {}
    shutil.rmtree(tree.root / "x")
    assert told(watches, tree.root)["x"] == OTHER
    assert watched() - before == 1


def test_a_folder_that_moves_is_told_by_its_new_name(tree: Tree, watching: Open) -> None:
    tree.files("a/b/1.mp3", "ab/2.mp3")
    before = watched()
    watches = watching(tree.root)
    (tree.root / "a").rename(tree.root / "z")
    assert {"a": OTHER, "z": ADDED}.items() <= told(watches, tree.root).items()
    tree.files("z/b/3.mp3", "ab/4.mp3")
    assert told(watches, tree.root) == {"z/b/3.mp3": ADDED, "ab/4.mp3": ADDED}
    # Names that change places, all in one batch.
    (tree.root / "z").rename(tree.root / "aside")
    (tree.root / "ab").rename(tree.root / "z")
    (tree.root / "aside").rename(tree.root / "ab")
    told(watches, tree.root)
    tree.files("ab/b/5.mp3", "z/6.mp3")
    assert told(watches, tree.root) == {"ab/b/5.mp3": ADDED, "z/6.mp3": ADDED}
    assert watched() - before == 4


def test_many_folders_that_come_and_go_leave_the_watches_that_there_are(tree: Tree, watching: Open) -> None:
    tree.files("stays/1.mp3")
    before = watched()
    watches = watching(tree.root)
    for number in range(200):
        tree.files(f"{number}/a/b/1.mp3")
        if number % 3 == 0:
            shutil.rmtree(tree.root / f"{number}")
        elif number % 3 == 1:
            (tree.root / f"{number}").rename(tree.root / f"moved-{number}")
    while watches.batch():
        pass
    folders = sum(len(names) for _, names, _ in os.walk(tree.root)) + 1
    assert watched() - before == folders
    tree.files("moved-100/a/b/2.mp3", "101/a/b/2.mp3")
    assert told(watches, tree.root) == {"moved-100/a/b/2.mp3": ADDED, "101/a/b/2.mp3": ADDED}


def test_links_are_not_followed(tree: Tree, watching: Open, tmp_path: Path) -> None:
    Tree(tmp_path / "aside").files("x/1.mp3")
    tree.files("a/1.mp3").link("out", str(tmp_path / "aside")).link("up", ".").link("a/file.mp3", "1.mp3")
    before = watched()
    watching(tree.root)
    assert watched() - before == 2


def test_lost_events_are_told(tree: Tree, watching: Open) -> None:
    files = tree.files("1.mp3", "2.mp3").root.glob("*.mp3")
    one, two = files
    watches = watching(tree.root)
    room = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    for _ in range(room // 2 + 1):
        # By turns: equal events behind each other are one.
        os.utime(one)
        os.utime(two)
    with pytest.raises(RuntimeError, match="overflowed"):
        watches.batch()


def test_a_root_that_is_not_there_is_an_error(tree: Tree, watching: Open) -> None:
    before = watched()
    with pytest.raises(FileNotFoundError, match="none"):
        watching(tree.root, tree.root / "none")
    assert watched() == before


@needs_fuse
@pytest.mark.alone
def test_storage_that_hangs_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, watching: Open) -> None:
    folder = Tree(tmp_path / "behind").files("a/1.mp3", "hangs/2.mp3").root
    monkeypatch.setattr(contract, "FILE_TIMEOUT", 0.3)
    before = watched()
    with slow_mount(folder, stall="look=hangs") as mount:
        with pytest.raises(TimeoutError):
            watching(mount.path)
        seen: list[float] = []

        def attend() -> None:
            seen.append(time.monotonic())
            raise InterruptedError

        with pytest.raises(InterruptedError):
            Inotify([str(mount.path)], threading.Event(), attend)
        assert len(seen) == 1
    # The threads come back now, and end what they have begun.
    until = time.monotonic() + 10
    while watched() != before and time.monotonic() < until:
        time.sleep(0.01)
    assert watched() == before

"""What this side sees of files: beneath a root only, and without ever blocking."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest
from mt_scanner import Scanner, TrackNotFound
from mt_scanner._engine import beneath, seen
from support.slow_mount import needs_fuse, slow_mount
from support.trees import Tree

pytestmark = [
    pytest.mark.skipif(not beneath.CAN, reason="this system cannot look from an open folder"),
    pytest.mark.alone,
]

OUTSIDE = 77_777
"""The size of the file that no row may be of."""


@pytest.fixture
def place(tree: Tree) -> Tree:
    """A root with a file three folders down, and a file of another size beside the root."""
    tree.files("a/b/c/x.mp3", content=b"abc")
    (tree.root.parent / "out.mp3").write_bytes(bytes(OUTSIDE))
    return tree


def size(tree: Tree, path: str) -> int | None:
    look = seen.at(str(tree.root), path)
    return look[0] if isinstance(look, tuple) else None


@pytest.mark.parametrize(
    ("link", "to", "path"),
    [
        ("a/b/l.mp3", "c/x.mp3", "a/b/l.mp3"),
        ("a/b/l.mp3", "../../a/b/c/x.mp3", "a/b/l.mp3"),
        ("l", "a/b", "l/c/x.mp3"),
        ("a/up", "..", "a/up/a/b/c/x.mp3"),
        ("l", ".//a/./b/", "l/c/x.mp3"),
    ],
)
def test_links_inside_a_root_are_followed(place: Tree, link: str, to: str, path: str) -> None:
    place.link(link, to)
    assert size(place, path) == 3


@pytest.mark.parametrize(
    ("link", "to", "path"),
    [
        ("a/b/l.mp3", "../../../out.mp3", "a/b/l.mp3"),
        ("l", "..", "l/out.mp3"),
        ("a/l", "../..", "a/l/out.mp3"),
        ("l", "l", "l"),
        ("l.mp3", "none.mp3", "l.mp3"),
    ],
)
def test_nothing_is_seen_through_links_that_leave_or_lead_nowhere(place: Tree, link: str, to: str, path: str) -> None:
    place.link(link, to)
    assert size(place, path) is None
    place.link("absolute", str(place.root.parent))
    assert size(place, "absolute/out.mp3") is None
    assert size(place, "../out.mp3") is None


def test_looks_leave_no_descriptor(place: Tree) -> None:
    place.link("l", "a/b").link("out", "../out.mp3").link("loop", "loop")
    before = set(os.listdir("/dev/fd"))
    for path in ("a/b/c/x.mp3", "l/c/x.mp3", "out", "loop", "none/x.mp3", "a/b/c/x.mp3/y.mp3"):
        seen.at(str(place.root), path)
    assert set(os.listdir("/dev/fd")) == before


def test_a_root_that_is_a_link_is_followed(place: Tree, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(place.root)
    assert seen.at(str(tmp_path / "link"), "a/b/c/x.mp3")[0] == 3  # type: ignore[index]


def test_no_row_is_of_a_file_outside_while_folders_become_links(tree: Tree) -> None:
    outside = tree.root.parent / "outside"
    outside.mkdir()
    names = [f"{number:03}.mp3" for number in range(40)]
    for name in names:
        (outside / name).write_bytes(bytes(OUTSIDE))
    tree.files(*(f"folder/{name}" for name in names), content=b"abc")
    folder, aside = tree.root / "folder", tree.root.parent / "aside"
    ended = threading.Event()

    def swap() -> None:
        while not ended.is_set():
            folder.rename(aside)
            folder.symlink_to(outside)
            time.sleep(0.0005)
            folder.unlink()
            aside.rename(folder)
            time.sleep(0.0005)

    thread = threading.Thread(target=swap)
    thread.start()
    rows = 0
    try:
        scanner = Scanner(tree, backend="wasmtime", workers=2)
        until = time.monotonic() + 60
        while rows < 80 and time.monotonic() < until:
            for track in scanner.scan():
                assert track.size != OUTSIDE, track
                rows += 1
    finally:
        ended.set()
        thread.join()
    assert rows


@pytest.fixture
def pipes(tree: Tree, song: Path) -> Tree:
    tree.copy(song, "a/x.mp3").copy(song, "a/y.mp3").copy(song, "a/z.mp3")
    return tree


def test_a_pipe_is_no_track_and_is_never_opened(pipes: Tree) -> None:
    os.mkfifo(pipes.root / "pipe.mp3")
    began = time.monotonic()
    for ask in (Scanner.inspect, Scanner.artwork):
        with pytest.raises(TrackNotFound):
            ask(Scanner(pipes, backend="wasmtime"), "pipe.mp3")
    scanner = Scanner(pipes, backend="wasmtime")
    assert len(list(scanner.scan())) == 3 and not scanner.problems
    assert time.monotonic() - began < 8


def test_a_file_that_became_a_pipe_before_it_is_looked_at_is_not_opened(
    pipes: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = seen.look

    def late(below: beneath.Folder, name: str) -> seen.Look:
        if name == "y.mp3" and (pipes.root / "a/y.mp3").is_file():
            (pipes.root / "a/y.mp3").unlink()
            os.mkfifo(pipes.root / "a/y.mp3")
        return look(below, name)

    monkeypatch.setattr(seen, "look", late)
    scanner = Scanner(pipes, backend="wasmtime")
    assert sorted(track.path for track in scanner.scan()) == ["a/x.mp3", "a/z.mp3"]
    assert [(problem.path, problem.outcome, problem.detail) for problem in scanner.problems] == [
        ("a/y.mp3", "vanished", "this is no file any more")
    ]
    assert scanner.progress.seconds < 8


def test_a_file_that_becomes_a_pipe_after_that_costs_its_own_time(pipes: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    look = seen.look

    def early(below: beneath.Folder, name: str) -> seen.Look:
        found = look(below, name)
        if name == "y.mp3" and (pipes.root / "a/y.mp3").is_file():
            (pipes.root / "a/y.mp3").unlink()
            os.mkfifo(pipes.root / "a/y.mp3")
        return found

    monkeypatch.setattr(seen, "look", early)
    scanner = Scanner(pipes, backend="wasmtime", file_timeout=1)
    assert sorted(track.path for track in scanner.scan()) == ["a/x.mp3", "a/z.mp3"]
    # Its step hangs in the opening. When it is looked at alone, it is seen to be no file.
    assert [(problem.path, problem.outcome) for problem in scanner.problems] == [("a/y.mp3", "vanished")]


@needs_fuse
def test_a_look_that_hangs_keeps_no_other_root_from_looking(tree: Tree, song: Path, tmp_path: Path) -> None:
    tree.copy(song, "x.mp3")
    other = Tree(tmp_path / "other")
    for number in range(100):
        other.copy(song, f"{number}.mp3")
    with slow_mount(tree.root, stall="look=x.mp3") as mount:
        scan = Scanner([mount.path, other.root], backend="wasmtime").scan()
        assert sum(1 for _ in zip(range(100), scan, strict=False)) == 100

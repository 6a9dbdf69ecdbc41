"""Errors: of one hierarchy and of the built-in families, with the path in them, before anything
starts.
"""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Callable
from pathlib import Path

import mt_scanner
import pytest
from mt_scanner import (
    ComponentError,
    EscapesRoot,
    Library,
    RootNotAFolder,
    RootNotFound,
    RootUnreadable,
    ScanError,
    Scanner,
    TrackNotFound,
    scan_music_directory,
)
from support.trees import Tree

pytestmark = pytest.mark.usefixtures("backend")

CALLS: dict[str, Callable[[str], object]] = {
    "scan": lambda root: Scanner(root).scan(),
    "paths": lambda root: Scanner(root).paths(),
    "count": lambda root: Scanner(root).count(),
    "start": lambda root: Scanner(root).start().result(),
    "inspect": lambda root: Scanner(root).inspect("a.mp3"),
    "scan_music_directory": scan_music_directory,
    "benchmark_directory": mt_scanner.benchmark_directory,
    "sync": lambda root: Library(os.path.join(os.path.dirname(root), "library.db")).sync(root),
}


@pytest.fixture(params=CALLS)
def call(request: pytest.FixtureRequest) -> Callable[[str], object]:
    return CALLS[request.param]


def test_a_missing_root_is_said_at_once(call: Callable[[str], object], tmp_path: Path) -> None:
    root = str(tmp_path / "no such folder")
    with pytest.raises(RootNotFound, match="no such folder: the root does not exist") as caught:
        call(root)
    assert isinstance(caught.value, FileNotFoundError) and isinstance(caught.value, ScanError)
    assert caught.value.path == caught.value.filename == root
    assert not (tmp_path / "library.db").exists()


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes")
def test_a_pipe_as_root_is_said_at_once(call: Callable[[str], object], tmp_path: Path) -> None:
    root = tmp_path / "song.mp3"
    os.mkfifo(root)
    with pytest.raises(RootNotAFolder, match="not a folder") as caught:
        call(str(root))
    assert isinstance(caught.value, NotADirectoryError) and caught.value.path == str(root)


def test_a_root_below_a_file_is_said_at_once(call: Callable[[str], object], tmp_path: Path) -> None:
    (tmp_path / "song.mp3").touch()
    with pytest.raises(RootNotFound, match="a part of its path is a file"):
        call(str(tmp_path / "song.mp3" / "below"))


def test_one_missing_root_among_several_is_enough(tmp_path: Path, tree: Tree) -> None:
    with pytest.raises(RootNotFound, match="gone"):
        Scanner([tree, tmp_path / "gone"]).scan()


def test_an_empty_name_is_no_root() -> None:
    with pytest.raises(RootNotFound):
        Scanner("").scan()


@pytest.mark.skipif(os.name == "nt", reason="POSIX modes")
def test_a_root_without_permission_is_said_at_once(public_tree: Tree, without_rights: Callable[..., str]) -> None:
    public_tree.files("a.mp3").root.chmod(0)
    said = without_rights(
        "try: mt_scanner.Scanner(sys.argv[1]).scan()\n"
        "except mt_scanner.RootUnreadable as error: print(isinstance(error, PermissionError), error)\n",
        public_tree.root,
    )
    assert said.strip() == f"True {public_tree.root}: the root cannot be opened or listed: Permission denied"


@pytest.mark.skipif(os.name == "nt", reason="POSIX modes")
def test_a_folder_and_a_file_without_permission_are_problems(
    public_tree: Tree, without_rights: Callable[..., str], song: Path
) -> None:
    public_tree.copy(song, "open.mp3").copy(song, "closed.mp3").files("closed folder/x.mp3")
    for name in ("closed.mp3", "closed folder"):
        (public_tree.root / name).chmod(0)
    (public_tree.root / "open.mp3").chmod(0o644)
    said = without_rights(
        "scanner = mt_scanner.Scanner(sys.argv[1])\n"
        "tracks = sorted((t.path, t.size, t.format) for t in scanner.scan())\n"
        "print(json.dumps([tracks, sorted(p[1:3] for p in scanner.problems)]))\n",
        public_tree.root,
    )
    tracks, problems = json.loads(said)
    size = song.stat().st_size
    assert tracks == [["closed.mp3", size, None], ["open.mp3", size, "mp3"]]
    assert problems == [["closed folder", "unreadable"], ["closed.mp3", "unreadable"]]


@pytest.mark.skipif(os.name == "nt" or not hasattr(os, "fsencode"), reason="POSIX names")
def test_a_root_whose_name_is_not_utf8_is_refused_in_words(tmp_path: Path) -> None:
    root = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")
    try:
        os.mkdir(root)
    except OSError:
        pytest.skip("this filesystem takes no such names")
    with pytest.raises(RootUnreadable, match="not valid UTF-8"):
        Scanner(root).scan()


def test_a_root_that_vanishes_during_the_scan_ends_it_with_an_error(tree: Tree) -> None:
    tree.files(*(f"{number}/a.mp3" for number in range(50)))
    pool = Scanner(tree, workers=1)._pool("tracks")
    import shutil

    shutil.rmtree(tree.root)
    with pytest.raises(RootNotFound):
        list(pool)


def test_inspecting_says_what_is_not_there(tree: Tree, song: Path) -> None:
    tree.copy(song, "a.mp3")
    scanner = Scanner(tree)
    with pytest.raises(TrackNotFound) as caught:
        scanner.inspect("b.mp3")
    assert isinstance(caught.value, FileNotFoundError) and caught.value.path == str(tree.root / "b.mp3")
    with pytest.raises(EscapesRoot):
        scanner.inspect(tree.root.parent / "a.mp3")
    with pytest.raises(EscapesRoot):
        scanner.inspect("../a.mp3")


def test_a_component_that_is_none_is_said(tree: Tree, tmp_path: Path) -> None:
    with pytest.raises(ComponentError, match=r"none\.wasm: the component cannot be read"):
        Scanner(tree, component=tmp_path / "none.wasm").scan()
    (tmp_path / "text.wasm").write_text("this is text")
    with pytest.raises(ComponentError, match="cannot be compiled"):
        Scanner(tree, component=tmp_path / "text.wasm").scan()
    # The smallest component there is: its preamble.
    (tmp_path / "empty.wasm").write_bytes(b"\0asm\x0d\0\x01\0")
    with pytest.raises(ComponentError, match=r"export.*mt:scanner/\w+@0\.1\.0"):
        Scanner(tree, component=tmp_path / "empty.wasm").scan()


def test_without_a_home_to_keep_a_cache_in_there_is_none(
    tree: Tree, python: Callable[..., object], tmp_path: Path
) -> None:
    tree.files("a.mp3")
    closed = tmp_path / "a file"
    closed.touch()
    python(
        "import os, sys\n"
        "os.environ['HOME'] = os.environ['XDG_CACHE_HOME'] = os.environ['LOCALAPPDATA'] = sys.argv[2]\n"
        "import mt_scanner\n"
        "assert mt_scanner.scan_music_directory(sys.argv[1]) == 1\n",
        tree.root,
        closed,
    )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_process_is_told_that_it_cannot_scan(tree: Tree, python: Callable[..., object]) -> None:
    tree.files("a.mp3")
    python(
        "import os, sys, mt_scanner\n"
        "mt_scanner.scan_music_directory(sys.argv[1])\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    try: mt_scanner.scan_music_directory(sys.argv[1])\n"
        "    except mt_scanner.ComponentError as error: os._exit(0 if 'spawn' in str(error) else 2)\n"
        "    os._exit(1)\n"
        "assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0\n"
        "assert mt_scanner.scan_music_directory(sys.argv[1]) == 1\n",
        tree.root,
    )


def test_errors_survive_pickling() -> None:
    for kind in (ScanError, RootNotFound, RootUnreadable, ComponentError):
        error = pickle.loads(pickle.dumps(kind("why", "/where")))
        assert (type(error), error.path, error.reason, str(error)) == (kind, "/where", "why", "/where: why")


def test_a_process_that_ends_does_not_wait_for_its_scans(tree: Tree, python: Callable[..., object]) -> None:
    tree.files(*(f"{folder}/{number}.mp3" for folder in range(40) for number in range(50)))
    python(
        "import sys, mt_scanner\n"
        "job = mt_scanner.Scanner(sys.argv[1]).start()\n"
        "next(mt_scanner.Scanner(sys.argv[1]).scan())\n",
        tree.root,
    )

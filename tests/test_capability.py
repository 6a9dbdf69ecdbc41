"""The capability: a scan reads its root and nothing else, and writes nowhere.

How the hosts' own sandboxes refuse a component that tries worse is tested beside them, with a
component made for it: `tests/python/test_sandbox.py` and `host/tests`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.doors import DOORS, Door
from support.golden import FIXTURES
from support.guest import MUSIC, Failed, Guest
from support.trees import Tree

every_door = pytest.mark.parametrize("door", DOORS, ids=str)
posix = pytest.mark.skipif(os.name == "nt", reason="POSIX modes and links")


@pytest.fixture
def music(tree: Tree) -> Tree:
    """Files of every kind, links and closed places among them."""
    for folder in ("formats", "malformed"):
        for path in sorted((FIXTURES / folder).iterdir()):
            tree.copy(path, f"{folder}/{path.name}")
    tree.files(".mtignore", "no/.nomedia", ".hidden/a.mp3")
    if os.name != "nt":
        tree.link("song", to="formats/mp3-cbr.mp3").link("folder", to="formats").link("out", to="..").link(
            "loop", to="."
        )
    return tree


def whole_state(tree: Tree) -> str:
    """`Tree.state`, and the time of the last change of status of everything: that one cannot be set
    back.
    """
    times = [
        os.lstat(os.path.join(folder, name)).st_ctime_ns
        for folder, folders, names in os.walk(tree.root)
        for name in (".", *sorted(folders), *sorted(names))
    ]
    return f"{tree.state()} {times}"


@every_door
def test_nothing_is_written_under_a_root(door: Door, music: Tree) -> None:
    before = whole_state(music)
    assert len(door.scan(music.root, "--hidden", "--include-ignored").tracks) > 60
    assert door.count(music.root) > 60
    assert door.inspect(music.root, "formats/flac-24-96.flac")["tags"]
    assert whole_state(music) == before


@pytest.fixture
def read_only(music: Tree) -> Iterator[Tree]:
    """The same, with permission to read and for nothing else."""
    change_modes(music.root, 0o555, 0o444)
    yield music
    change_modes(music.root, 0o755, 0o644)


def change_modes(root: Path, folder_mode: int, file_mode: int) -> None:
    for folder, _, names in os.walk(root):
        os.chmod(folder, folder_mode)
        for name in names:
            if not os.path.islink(os.path.join(folder, name)):
                os.chmod(os.path.join(folder, name), file_mode)


@posix
@every_door
def test_permission_to_read_is_enough(door: Door, read_only: Tree) -> None:
    scan = door.scan(read_only.root, rights=False)
    assert len(scan.tracks) > 60
    assert "unreadable" not in {problem["outcome"] for problem in scan.problems}


WAYS_OUT = (
    "..",
    "../secret.mp3",
    "folder/../../secret.mp3",
    "./../secret.mp3",
    "/secret.mp3",
    "/etc/passwd",
    "a//b",
    ".",
)


@pytest.fixture
def beside_a_secret(tree: Tree) -> Guest:
    """An instance whose root has a neighbour that it must not see."""
    (tree.root.parent / "secret.mp3").write_bytes(b"secret")
    return Guest(tree.files("folder/song.mp3").root)


@pytest.mark.parametrize("path", WAYS_OUT)
def test_no_path_leads_out(path: str, beside_a_secret: Guest) -> None:
    attempts: list[Any] = [
        lambda: beside_a_secret.inspect(path),
        lambda: beside_a_secret.step([{"folder": path, "files": None, "ignored_by": []}]),
        lambda: beside_a_secret.step([{"folder": path, "files": ["secret.mp3"], "ignored_by": []}]),
        lambda: beside_a_secret.step([{"folder": "", "files": [path], "ignored_by": []}]),
        lambda: beside_a_secret.step([{"folder": "", "files": None, "ignored_by": [path]}]),
        lambda: beside_a_secret.step(root=f"{MUSIC}/{path}"),
    ]
    for attempt in attempts:
        with pytest.raises(Failed) as failed:
            attempt()
        assert failed.value.case == "escapes-root"


@pytest.mark.parametrize("root", ["", "/", "/musi", "/music2", "/etc", "music", "/music/none", "/../music"])
def test_there_is_no_other_root(root: str, beside_a_secret: Guest) -> None:
    with pytest.raises(Failed) as failed:
        beside_a_secret.step(root=root)
    assert failed.value.case == "root-not-found"


def test_a_file_is_no_root(beside_a_secret: Guest) -> None:
    with pytest.raises(Failed) as failed:
        beside_a_secret.step(root=f"{MUSIC}/folder/song.mp3")
    assert failed.value.case == "root-not-a-folder"


def test_a_folder_below_a_root_may_be_one(beside_a_secret: Guest) -> None:
    for root in (f"{MUSIC}/folder", f"{MUSIC}/folder/", f"{MUSIC}/"):
        answer = beside_a_secret.step(root=root, mode="paths")
        assert answer["paths"] == (["song.mp3"] if "folder" in root else ["folder/song.mp3"])


LINKS_OUT = (
    "../secret.mp3",
    "..",
    "../../..",
    "{outside}/secret.mp3",
    "/etc/passwd",
    "/etc",
    "folder/../../secret.mp3",
)


@posix
@pytest.mark.parametrize("target", LINKS_OUT)
def test_no_link_leads_out(target: str, tree: Tree, beside_a_secret: Guest) -> None:
    for name in ("link", "link.mp3"):
        tree.link(name, to=target.format(outside=tree.root.parent))
    for path in ("link", "link.mp3", "link/secret.mp3", "link/passwd"):
        with pytest.raises(Failed) as failed:
            beside_a_secret.inspect(path)
        assert failed.value.case in ("escapes-root", "file-not-found")
        # Handed in as work, as if it had been found: the sandbox refuses, and the problem is named.
        answer = beside_a_secret.step([{"folder": "", "files": ["link.mp3"], "ignored_by": []}])
        assert answer["tracks"] == [] and [row[1:3] for row in answer["problems"]] == [["link.mp3", "escapes-root"]]
        answer = beside_a_secret.step([{"folder": "link", "files": None, "ignored_by": []}])
        assert answer["files"] == 0 and [row[1:3] for row in answer["problems"]] == [["link", "escapes-root"]]

"""Walking: the set of files is the one that the system itself would walk, whatever the tree."""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.doors import DOORS, Door
from support.guest import Guest
from support.trees import EXTENSIONS, Tree
from support.walker import is_audio, walked

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such names and links")
every_door = pytest.mark.parametrize("door", DOORS, ids=str)


def paths(door: Door, root: Path, *options: str) -> set[str]:
    tracks = [track["path"] for track in door.scan(root, *options).tracks]
    assert len(tracks) == len(set(tracks)) == door.count(root, *options)
    return set(tracks)


def relative(tree: Tree) -> set[str]:
    return {os.path.relpath(path, tree.root).replace(os.sep, "/") for path in tree.walked()}


@posix
@every_door
def test_odd_names_and_empty_folders(door: Door, tree: Tree) -> None:
    tree.files(
        "a song.mp3", "with  spaces/and more/x y.flac", "emoji 🎸/🎵.ogg", "a\nnew line/b\nc.opus", "日本語/曲.m4a"
    )
    tree.files("MiXeD.Mp3", "SHOUT.FLAC", "not.mp3.txt", "cover.jpg", ".mp3", "no extension", "ends.with.dot.")
    tree.folders("empty", "empty/more empty", "folder.mp3").files("é.WAV")
    assert paths(door, tree.root) == relative(tree)


@every_door
def test_every_extension_in_any_case(door: Door, tree: Tree) -> None:
    for number, extension in enumerate(EXTENSIONS):
        mixed = extension[0].upper() + extension[1:]
        tree.files(
            *(f"{number}/{name}" for name in (f"a.{extension}", f"b.{extension.upper()}", f"c.{mixed}", extension))
        )
    assert paths(door, tree.root) == relative(tree)
    assert len(relative(tree)) == 3 * len(EXTENSIONS)


@every_door
def test_ten_thousand_files_in_one_folder(door: Door, tree: Tree) -> None:
    tree.files(*(f"many/{number:05}.{EXTENSIONS[number % 10]}" for number in range(10_000)), "many/cover.jpg")
    assert paths(door, tree.root) == relative(tree)


@pytest.fixture
def abyss(tmp_path: Path) -> Iterator[Path]:
    """Five hundred folders in each other, each with a file; the last paths are far longer than the
    system takes.
    """
    root = tmp_path / "abyss"
    root.mkdir()
    here = os.open(root, os.O_RDONLY)
    for depth in range(500):
        name = f"{depth:03} {'deep ' * 4}"
        os.mkdir(name, dir_fd=here)
        below = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(os.open("song.mp3", os.O_CREAT | os.O_WRONLY, dir_fd=below))
        if depth % 100 == 99:
            os.symlink("song.mp3", "link", dir_fd=below)
        os.close(here)
        here = below
    os.close(here)
    yield root
    # What Python deletes it deletes by whole paths or by recursion.
    subprocess.run(["rm", "-rf", str(root)], check=True)


@posix
@every_door
def test_folders_nested_beyond_the_longest_path(door: Door, abyss: Path) -> None:
    expected = set()
    for folder, _, names, _ in os.fwalk(abyss):
        below = os.path.relpath(folder, abyss)
        expected |= {os.path.join(below, name) for name in names if name == "song.mp3"}
    assert len(expected) == 500 and max(map(len, expected)) > 10_000
    scan = door.scan(abyss)
    assert {track["path"] for track in scan.tracks} == expected
    assert {problem["outcome"] for problem in scan.problems} == {"malformed"}
    assert door.count(abyss) == 500


@posix
@every_door
@pytest.mark.parametrize(
    "options", [(), ("--no-follow-links",), ("--hidden",), ("--follow-links", "all")], ids=" ".join
)
def test_links(door: Door, tree: Tree, options: tuple[str, ...]) -> None:
    grow(tree.root, random.Random(8))
    scan = door.scan(tree.root, *options)
    hidden = "--hidden" in options
    follow = "no" if "--no-follow-links" in options else "all" if "all" in options else "once"
    files, problems = walked(tree.root, follow_links=follow, hidden_folders=hidden)
    assert {track["path"] for track in scan.tracks} == files
    assert {(row["path"], row["outcome"]) for row in scan.problems if row["outcome"] != "malformed"} == problems


@posix
@pytest.mark.parametrize("follow", ["no", "once", "all"])
@pytest.mark.parametrize("hidden", [False, True], ids=["", "hidden"])
def test_random_links_in_random_trees(tmp_path: Path, follow: str, hidden: bool) -> None:
    for seed in range(40):
        root = tmp_path / str(seed)
        root.mkdir()
        grow(root, random.Random(seed))
        guest = Guest(root)
        for items in (1000, 1):
            chance = random.Random(seed) if items == 1 else None
            listed, said = guest.whole(chance, items=items, mode="paths", follow_links=follow, hidden_folders=hidden)
            found = {json.loads(path) for path in listed}, {tuple(json.loads(row)[1:3]) for row in said}
            assert found == walked(root, follow_links=follow, hidden_folders=hidden), f"seed {seed}, {items} items"


def tangle(root: Path, links: list[tuple[int, int]]) -> None:
    """Folders with a file each, linked to each other."""
    for number in range(1 + max(map(max, links))):
        (root / f"{number:02}").mkdir()
        (root / f"{number:02}/song.mp3").touch()
    for number, (start, end) in enumerate(links):
        (root / f"{start:02}/link {number}").symlink_to(f"../{end:02}")


EACH_OTHER = [(start, end) for start in range(14) for end in range(14)]
IN_A_ROW = [(start, start + 1) for start in range(23)] * 2
"""24 folders and 46 links: to the last one there are 2^23 ways."""


@posix
@pytest.mark.parametrize("links", [EACH_OTHER, IN_A_ROW], ids=["each other", "in a row"])
def test_work_is_bounded_by_what_is_there_and_not_by_the_ways_to_it(
    tmp_path: Path, links: list[tuple[int, int]]
) -> None:
    tangle(tmp_path, links)
    guest = Guest(tmp_path)
    linked = {end for _, end in links}
    names = {f"{number:02}/song.mp3" for number in range(1 + max(map(max, links)))}
    once = {json.loads(path) for path in guest.whole(mode="paths")[0]}
    every = {json.loads(path) for path in guest.whole(mode="paths", follow_links="all")[0]}
    assert once == names
    assert names < every and len(every) == len(names) + len(linked)
    assert guest.whole(mode="count", follow_links="all")[1] == []


@posix
@every_door
def test_folders_that_link_to_each_other_end(door: Door, tree: Tree) -> None:
    tangle(tree.root, EACH_OTHER)
    assert door.count(tree.root) == 14
    assert door.count(tree.root, "--follow-links", "all") == 28


@every_door
@pytest.mark.parametrize("follow", ["once", "all"])
@pytest.mark.parametrize("root", ["/sys", "/proc"])
def test_a_tangle_of_the_systems_own_ends(door: Door, root: str, follow: str) -> None:
    if not Path(root).is_dir():
        pytest.skip(f"there is no {root}")
    assert door.count(Path(root), "--follow-links", follow) == 0


@posix
def test_files_of_folders_in_each_other_are_read_in_one_step(tmp_path: Path) -> None:
    """A folder below the one before it is opened from there, which a link that climbs by `..` does
    not survive.
    """
    for seed in range(40):
        root = tmp_path / str(seed)
        root.mkdir()
        grow(root, random.Random(seed))
        guest = Guest(root)
        slices: list[Any] = []
        folders: list[Any] = [{"folder": "", "files": None, "ignored_by": []}]
        while folders:
            work = guest.step(folders, only_list=True)["work"]
            folders = [item for item in work if item["files"] is None]
            slices += [item for item in work if item["files"] is not None]
        read = guest.step(sorted(slices, key=lambda item: item["folder"]))
        assert {path for _, path, *_ in read["tracks"]} == walked(root)[0], f"seed {seed}"


def grow(root: Path, chance: random.Random) -> None:
    """A small tree with links of all kinds: up, down, to each other, into loops, out of the root,
    to nothing.
    """
    folders, others = [""], []
    kinds = ("folder {}/", "folder {}/", "{}.mp3/", ".hidden {}/", "...title {}/", "#recycle/", "@eaDir/")
    for number in range(chance.randint(2, 6)):
        folders.append(chance.choice(folders) + chance.choice(kinds).format(number))
        (root / folders[-1]).mkdir(exist_ok=True)
    for number in range(chance.randint(3, 9)):
        others.append(
            chance.choice(folders) + chance.choice(["{}.mp3", "{}.FLAC", "._{}.mp3", "{}.txt", "{}"]).format(number)
        )
        (root / others[-1]).touch()
    for number in range(chance.randint(2, 7)):
        link = chance.choice(folders) + chance.choice(["link {}", "link {}.mp3", ".link {}", "link {}.txt"]).format(
            number
        )
        target = os.path.relpath(root / chance.choice(folders + others * 2), (root / link).parent)
        if chance.random() < 0.2:
            strange = (
                "nowhere.mp3",
                "/etc",
                "link 0",
                "link 1/0.mp3",
                str(root),
                "../" * chance.randint(1, 4) + "0.mp3",
            )
            target = chance.choice(strange)
        (root / link).symlink_to(target + chance.choice(["", "", "", "/"]))
        others.append(link)


@posix
def test_patterns_leave_out_what_git_would(tmp_path: Path) -> None:
    """`.mtignore` has the syntax of gitignore(5), and git can be told to read patterns from files
    of any name.
    """
    for seed in range(20):
        root = tmp_path / str(seed) / "music"
        root.mkdir(parents=True)
        grow_patterns(root, random.Random(seed))
        git = ["git", "--git-dir", str(root.parent / "git"), "--work-tree", str(root), "-c", "core.ignoreCase=false"]
        subprocess.run([*git, "init", "--quiet"], check=True)
        listing = [*git, "ls-files", "-z", "--others", "--exclude-per-directory=.mtignore"]
        kept = subprocess.run(listing, cwd=root, check=True, capture_output=True).stdout.decode().split("\0")
        listed, _ = Guest(root).whole(mode="paths")
        assert {json.loads(path) for path in listed} == {path for path in kept if is_audio(path.rpartition("/")[2])}, (
            seed
        )


NAMES = ("x.mp3", "y.mp3", "z z.mp3", "é.flac", "[k].mp3", "{q}.mp3", "!w.mp3", "#h.mp3", "b.mp3", "sp .mp3")
GLOBS = ("*", "*.mp3", "?", "?.mp3", "[ab]", "[!a]", "[^b]", "[a-y].mp3", "a*", "*b*", "**", "*.{mp3,flac}", "[x-z]*")
ESCAPES = (
    "\\[k].mp3",
    "[[]k].mp3",
    "[]x].mp3",
    "\\#h.mp3",
    "\\!w.mp3",
    "sp*",
    "z\\ z.mp3",
    "x\\.mp3",
    "[a\\]]",
    "a",
    "b",
)
STRANGE = ("", "  ", "# note", "/", "!", "!/", "***", "a//b", "\\", "[", "[a", "a\\ ", "\\ a", "x.mp3 ", "\t")


def grow_patterns(root: Path, chance: random.Random) -> None:
    """A small tree with patterns in several of its folders."""
    folders = [""]
    for _ in range(chance.randint(2, 6)):
        folders.append(chance.choice(folders) + chance.choice(["a/", "b/", "ab/", "x.mp3/"]))
        (root / folders[-1]).mkdir(exist_ok=True)
    for _ in range(20):
        file = root / chance.choice(folders) / chance.choice(NAMES)
        if not file.is_dir():
            file.touch()
    for folder in {"", *chance.sample(folders, 2)}:
        lines = [pattern(chance) + chance.choice(["\n", "\n", "\r\n"]) for _ in range(chance.randint(1, 5))]
        (root / folder / ".mtignore").write_bytes("".join(lines).encode())


def pattern(chance: random.Random) -> str:
    if chance.random() < 0.1:
        return chance.choice(STRANGE)
    text = "/".join(chance.choice(NAMES + GLOBS + ESCAPES) for _ in range(chance.choice([1, 1, 1, 2, 3])))
    return chance.choice(["", "", "", "!"]) + chance.choice(["", "", "", "/"]) + text + chance.choice(["", "", "", "/"])

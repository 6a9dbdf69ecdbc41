"""A folder of very many names is listed in pages (`PAGE` in `guest/src/walk/listing.rs`): each name
comes once.
"""

from __future__ import annotations

import os
import random
import sqlite3
from pathlib import Path

import pytest
from support.doors import DOORS, LIBRARIANS, Door
from support.trees import EXTENSIONS, Tree

PAGE = 560 * 1024
"""In bytes of names."""
KNOWN = 12 * 1024
"""Files of a folder that a library tells of at a time (`library/statements/beginning.rs`)."""
FILES = 2 * KNOWN + 1000
FOLDERS = 300
SONG = "a song whose name is longer than those of most songs"


def name(number: int) -> str:
    """Names whose order is not that in which they were made."""
    return f"{number * 7919 % FILES:05} {SONG}.{EXTENSIONS[number % 10]}"


def test_the_folder_is_wider_than_two_pages() -> None:
    assert sum(len(name(number)) + 1 for number in range(FILES)) > 2 * PAGE


def made(tree: Tree) -> Tree:
    """One folder, wider than two pages: files, folders between them, texts, and links."""
    wide = tree.root / "wide"
    wide.mkdir()
    for number in range(FILES):
        (wide / name(number)).touch()
    for number in range(FOLDERS):
        tree.files(f"wide/{number * 100:05} folder/inner.mp3", f"wide/{number * 100:05} notes.txt")
    if os.name != "nt":
        tree.link("wide/00000 link.flac", name(5)).link("wide/99999 link.flac", name(6))
    return tree


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """For tests that change nothing in it."""
    return made(Tree(tmp_path_factory.mktemp("wide") / "music"))


def relative(tree: Tree) -> set[str]:
    """A link to a file that is listed itself adds no row."""
    paths = {os.path.relpath(path, tree.root).replace(os.sep, "/") for path in tree.walked()}
    return {path for path in paths if not path.endswith(" link.flac")}


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_every_file_of_a_wide_folder_is_found_once(door: Door, wide: Tree) -> None:
    tracks = [track["path"] for track in door.scan(wide.root).tracks]
    assert len(tracks) == len(set(tracks)) == door.count(wide.root)
    assert set(tracks) == relative(wide)


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_patterns_hold_on_every_page(door: Door, wide: Tree) -> None:
    patterns = wide.root / "wide" / ".mtignore"
    patterns.write_text(f"*7 {SONG}.*\n*00 folder/\n!00007 {SONG}.*\n")
    try:
        kept = {
            path
            for path in relative(wide)
            if "folder" not in path and (not path.rpartition(".")[0].endswith(f"7 {SONG}") or f"00007 {SONG}" in path)
        }
        assert {track["path"] for track in door.scan(wide.root).tracks} == kept
        assert door.count(wide.root) == len(kept)
    finally:
        patterns.unlink()


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_a_sync_compares_page_by_page(door: Door, tree: Tree, tmp_path: Path) -> None:
    made(tree)
    database = tmp_path / "library.db"
    assert len(door.index(database, [tree.root]).changes) == len(relative(tree))
    assert rows(database) == relative(tree)
    assert door.index(database, [tree.root]).changes == []

    # Some of each page go, some come, and more than a page of what is known comes at once in
    # between.
    chance = random.Random(4)
    wide = tree.root / "wide"
    gone = chance.sample(range(FILES), 40)
    for number in gone:
        (wide / name(number)).unlink()
    come = [f"{number:05} new.mp3" for number in chance.sample(range(FILES), 40)]
    come += [f"12345 {number} new.mp3" for number in range(KNOWN + 10)]
    for new in come:
        (wide / new).touch()
    changes = door.index(database, [tree.root]).changes
    told = {kind: {row["path"] for row in changes if row["change"] == kind} for kind in ("added", "missing")}
    assert told == {"added": {f"wide/{new}" for new in come}, "missing": {f"wide/{name(number)}" for number in gone}}
    assert len(changes) == len(come) + len(gone)
    assert rows(database) == relative(tree)

    for number in gone:
        (wide / name(number)).touch()
    back = door.index(database, [tree.root]).changes
    assert {row["path"] for row in back} == {f"wide/{name(number)}" for number in gone}
    assert rows(database) == relative(tree)


def rows(database: Path) -> set[str]:
    """The paths of the tracks that are there."""
    with sqlite3.connect(database) as connection:
        paths = [path for (path,) in connection.execute("SELECT path FROM tracks WHERE missing_since IS NULL")]
    connection.close()
    assert len(paths) == len(set(paths))
    return set(paths)

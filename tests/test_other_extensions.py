"""Files of other extensions: told of by every door, and looked for where these are named."""

from __future__ import annotations

from pathlib import Path

import pytest
from mt_scanner import Library, Scanner, is_audio_file
from support.doors import DOORS, LIBRARIANS, Door
from support.trees import FIXTURES, Tree

every_door = pytest.mark.parametrize("door", DOORS, ids=str)
OTHERS = ("1.aiff", "2.APE", "folder/3.m4b", "folder/4.mid")
ASKED = ("--extension", ".aiff", "--extension", "m4b")


def others(tree: Tree) -> Path:
    """One audio file, four of other extensions, and what is no audio or is not looked at."""
    tree.copy(FIXTURES / "formats" / "mp3-cbr.mp3", "0.mp3")
    tree.files(*OTHERS, "notes.txt", "cover.jpg", ".hidden/5.aiff", "skipped/.nomedia", "skipped/6.aiff", "mka")
    tree.files("patterns/7.aiff", "patterns/8.ape")
    (tree.root / "patterns" / ".mtignore").write_text("*.aiff\n8.ape\n")
    return tree.root


@every_door
def test_a_scan_tells_how_many_files_it_passed_over(door: Door, tree: Tree) -> None:
    root = others(tree)
    scan = door.scan(root)
    assert ([track["path"] for track in scan.tracks], scan.passed_over) == (["0.mp3"], len(OTHERS))
    scan = door.scan(root, *ASKED)
    assert {track["path"] for track in scan.tracks} == {"0.mp3", "1.aiff", "folder/3.m4b"}
    assert scan.passed_over == len(OTHERS) - 2
    assert door.count(root, *ASKED) == 3


@every_door
def test_what_is_no_extension_is_wrong_usage(door: Door, tree: Tree) -> None:
    tree.files("a.mp3")
    scan = door.scan(tree.root, "--extension", "a/b")
    assert scan.code == (1 if door.name == "wasmtime" else 2)
    assert "a/b is no extension: that is a dot and 1 to 16 letters or digits, +, - or _" in scan.message.replace(
        "\n", " "
    )


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_a_sync_tells_it_too(door: Door, tree: Tree, tmp_path: Path) -> None:
    root = others(tree)
    assert door.index(tmp_path / "library.db", [root]).passed_over == len(OTHERS)
    said = door.index_for_people(tmp_path / "library.db", [root])
    assert f"\n{len(OTHERS)} audio files of other extensions were passed over: --extension adds them\n" in said
    said = door.index_for_people(tmp_path / "library.db", [root], *ASKED, "--extension", ".ape")
    assert "\n1 audio file of another extension was passed over: --extension adds it\n" in said


def test_scanner_and_library_take_extensions(backend: str, tree: Tree, tmp_path: Path) -> None:
    root = others(tree)
    with Scanner(root, extensions=[".AIFF", "ape"]) as scanner:
        assert scanner.count() == 3
        assert (scanner.progress.files, scanner.progress.passed_over) == (3, 2)
        assert {path.rpartition("/")[2] for path in scanner.paths()} == {"0.mp3", "1.aiff", "2.APE"}
    with Library(tmp_path / "library.db") as library:
        assert library.sync(root, extensions=[".aiff"]).added == 2
        report = library.sync(root)
        assert (report.missing, report.progress.passed_over) == (1, len(OTHERS))
        assert library.sync(root, extensions=[".aiff"]).restored == 1
    assert not is_audio_file("a.aiff")


@pytest.mark.parametrize("extension", ["", ".", "a/b", "a.b", "é", "x" * 17])
def test_what_is_no_extension_is_a_value_error(extension: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is no extension"):
        Scanner(tmp_path, extensions=[extension])


def test_one_text_is_no_list_of_extensions(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        Scanner(tmp_path, extensions=".aiff")


def test_the_component_refuses_what_is_no_extension(tree: Tree) -> None:
    from support.guest import Guest

    with pytest.raises(Exception, match="is no extension"):
        Guest(tree.files("a.mp3").root).step(extensions=["a/b"])

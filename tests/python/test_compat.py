"""`mt_scanner.compat`: what the MT player asks of its old extension, with each backend."""

from __future__ import annotations

import doctest
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from mt_scanner import compat
from support.trees import Tree

pytestmark = pytest.mark.usefixtures("backend")

FUNCTIONS = (
    "scan_music_directory",
    "count_audio_files",
    "is_audio_file",
    "benchmark_directory",
    "get_supported_extensions_count",
)
NOWHERE = "/some/path"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_module_has_the_old_functions(name: str) -> None:
    assert callable(getattr(compat, name)) and name in compat.__all__


def test_a_root_that_does_not_exist_counts_nothing() -> None:
    assert compat.scan_music_directory(NOWHERE) == 0
    assert compat.count_audio_files(NOWHERE) == 0


def test_a_root_that_is_a_file_counts_nothing(tree: Tree) -> None:
    tree.files("a.mp3")
    assert compat.scan_music_directory(tree.root / "a.mp3") == 0
    assert compat.count_audio_files(tree.root / "a.mp3") == 0


@pytest.mark.skipif(os.name == "nt", reason="there are no modes")
def test_a_root_that_may_not_be_opened_counts_nothing(tmp_path: Path, without_rights: Callable[..., str]) -> None:
    (tmp_path / "closed").mkdir(mode=0o000)
    code = "print(mt_scanner.compat.count_audio_files(sys.argv[1]))"
    assert without_rights(code, tmp_path / "closed").strip() == "0"


def test_a_benchmark_of_a_root_that_does_not_exist_is_a_number() -> None:
    assert type(compat.benchmark_directory(NOWHERE, 10)) is float


def test_a_benchmark_of_no_iterations_takes_no_time(tree: Tree) -> None:
    tree.files("a.mp3")
    assert compat.benchmark_directory(tree.root, 0) == 0.0
    with pytest.raises(OverflowError, match="-1"):
        compat.benchmark_directory(tree.root, -1)


def test_a_benchmark_is_the_mean_of_its_counts(tree: Tree) -> None:
    tree.files("song.mp3")
    took = compat.benchmark_directory(str(tree.root), 2)
    assert type(took) is float and took > 0


@pytest.mark.parametrize("name", ["song.mp3", "song.m4a", "song.flac", "song.MP3", "song.Mp3", "song.M4A", ".mp3"])
def test_names_of_audio_files_are_known_in_any_case(name: str) -> None:
    assert compat.is_audio_file(name) is True


@pytest.mark.parametrize("name", ["document.txt", "image.jpg", "mp3", "", "song.mp3.txt"])
def test_other_names_are_no_audio_files(name: str) -> None:
    assert compat.is_audio_file(name) is False


def test_there_are_ten_extensions() -> None:
    assert compat.get_supported_extensions_count() == 10 == len(compat.get_supported_extensions())


def test_an_empty_folder_counts_nothing(tree: Tree) -> None:
    tree.root.mkdir(exist_ok=True)
    assert compat.count_audio_files(str(tree.root)) == 0
    assert compat.scan_music_directory(str(tree.root)) == 0


def test_a_folder_counts_its_audio_files(tree: Tree) -> None:
    tree.files("song1.mp3", "song2.mp3", "below/song3.m4a", "not_audio.txt")
    for count in (compat.count_audio_files(str(tree.root)), compat.scan_music_directory(root_path=str(tree.root))):
        assert type(count) is int and count == 3


def test_one_line_takes_the_place_of_the_old_module(tree: Tree, tmp_path: Path) -> None:
    tree.files("a.mp3")
    line = b"from mt_scanner.compat import *\n"
    Tree(tmp_path / "player").files("core/__init__.py").files("core/_scan.py", content=line)
    code = (
        "import sys; import core._scan as scan\n"
        "print(scan.count_audio_files(sys.argv[1]), scan.count_audio_files('/some/path'))\n"
    )
    command = [sys.executable, "-c", code, str(tree.root)]
    run = subprocess.run(command, cwd=tmp_path / "player", capture_output=True, text=True, check=True)
    assert run.stdout == "1 0\n"


def test_its_examples_are_true() -> None:
    assert doctest.testmod(compat).failed == 0

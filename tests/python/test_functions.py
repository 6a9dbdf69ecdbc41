"""The simple functions: as the player knows them, with any backend and with none."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from mt_scanner import Scanner, benchmark_directory, count_audio_files, is_audio_file, scan_music_directory
from mt_scanner._plain import fallback, links
from support.trees import Tree

DROP_IN = """\
from mt_scanner import benchmark_directory, count_audio_files, get_supported_extensions
from mt_scanner import get_supported_extensions_count, is_audio_file, scan_music_directory
"""

NO_BACKEND = """\
import os, sys
os.environ.pop("MT_SCANNER_BACKEND", None)
sys.modules["wasmtime"] = sys.modules["mt_scanner_native"] = None
"""

COUNT = """\
import warnings
warnings.simplefilter("always")
with warnings.catch_warnings(record=True) as caught:
    import mt_scanner
    answers = [mt_scanner.scan_music_directory(sys.argv[1]), mt_scanner.count_audio_files(sys.argv[1], limit=2)]
    answers += [mt_scanner.count_audio_files(sys.argv[1]), mt_scanner.is_audio_file("A.MP3")]
    answers += [mt_scanner.benchmark_directory(sys.argv[1], iterations=2) > 0]
    answers += [mt_scanner.get_supported_extensions_count()]
print(answers, [warning.category.__name__ for warning in caught], "wasmtime" in str(caught[0].message))
"""


every_backend = pytest.mark.usefixtures("backend")


@every_backend
def test_two_lines_take_the_place_of_the_old_module(tree: Tree, tmp_path: Path) -> None:
    tree.files("a.mp3", "b/c.FLAC", "b/d.txt")
    Tree(tmp_path / "player").files("core/__init__.py").files("core/_scan.py", content=DROP_IN.encode())
    code = (
        "import pathlib, sys\n"
        "from core import _scan\n"
        "for root in (sys.argv[1], pathlib.Path(sys.argv[1])):\n"
        "    assert _scan.scan_music_directory(root) == 2 and type(_scan.scan_music_directory(root)) is int\n"
        "    assert _scan.count_audio_files(root) == 2 and _scan.count_audio_files(root, 1) == 1\n"
        "    assert type(_scan.benchmark_directory(root, 3)) is float and _scan.benchmark_directory(root, 1) > 0\n"
        "assert _scan.is_audio_file('x/Y.Mp3') is True and _scan.is_audio_file(pathlib.Path('y.txt')) is False\n"
        "assert _scan.get_supported_extensions()[0] == '.mp3' and _scan.get_supported_extensions_count() == 10\n"
        "try: _scan.scan_music_directory(sys.argv[1] + '/none')\n"
        "except FileNotFoundError: print('done')\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tree.root)],
        cwd=tmp_path / "player",
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == "done\n"


def test_a_limit_below_nothing_is_refused(tree: Tree) -> None:
    with pytest.raises(ValueError, match="limit"):
        count_audio_files(tree, -1)


@every_backend
def test_a_benchmark_is_the_mean_of_at_least_one_count(tree: Tree) -> None:
    tree.files("a.mp3")
    assert 0 < benchmark_directory(tree, iterations=0) < 1000


def test_without_backends_there_is_one_warning_and_the_same_answers(tree: Tree, python: Callable[..., object]) -> None:
    tree.files("a.mp3", "b/c.flac", ".hidden/d.ogg", "b/e.wma", "b/notes.txt")
    run = python(NO_BACKEND + COUNT, tree.root)
    assert isinstance(run, subprocess.CompletedProcess)
    assert run.stdout.strip() == "[3, 2, 3, True, True, 10] ['ImportWarning'] True"


def test_without_backends_everything_else_says_what_is_missing(tree: Tree, python: Callable[..., object]) -> None:
    python(
        NO_BACKEND + "import mt_scanner\n"
        "try: mt_scanner.Scanner(sys.argv[1]).scan()\n"
        "except mt_scanner.ComponentError as error: assert 'wasmtime cannot be imported' in str(error)\n"
        "else: sys.exit('no error')\n",
        tree.root,
    )


def test_without_backends_errors_are_the_same(tmp_path: Path, python: Callable[..., object]) -> None:
    python(
        NO_BACKEND + "import mt_scanner\n"
        "try: mt_scanner.scan_music_directory(sys.argv[1])\n"
        "except mt_scanner.RootNotFound: pass\n"
        "else: sys.exit('no error')\n",
        tmp_path / "none",
    )


# Below: plain Python follows the component through the odd corners of a tree.


def both(root: Tree | Path) -> tuple[int, int]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return scan_music_directory(root), fallback.count(os.fspath(root), is_audio_file)


@every_backend
def test_plain_python_counts_the_sample_library(sample_library: Path) -> None:
    component, plain = both(sample_library)
    assert plain == component > 20


@every_backend
@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_plain_python_judges_links_alike(tree: Tree) -> None:
    tree.files("real/a.mp3", "real/deep/b.flac", "real/text.txt", "notes.txt", "odd.mp3/c.mp3", ".hidden/d.mp3")
    tree.files("...title/f.mp3", "..h/._g.mp3", "#Recycle/h.mp3", "real/@eaDir/i.mp3", "._x/j.mp3", "lost+found/k.mp3")
    tree.files(*(f"{name.upper()}/l.mp3" for name in links.LEFT_BEHIND), "snapshot/m.mp3")
    outside = Tree(tree.root.parent / "outside").files("e.mp3")
    for name, to in {
        "to a bin": "#Recycle",
        "...to a title": "...title",
        "lost+found link": "lost+found",
        "file.mp3": "real/a.mp3",
        "renamed.txt": "real/a.mp3",
        "not audio.mp3": "real/text.txt",
        "folder": "real",
        "real/deep/up.mp3": "../../real/a.mp3",
        "real/loop": "..",
        "self.mp3": "self.mp3",
        "broken.mp3": "nowhere.mp3",
        "chain.mp3": "file.mp3",
        "to hidden": ".hidden",
        ".hidden link": "real",
        "absolute.mp3": str(tree.root / "real/a.mp3"),
        "absolute folder": str(tree.root / "real"),
        "outside.mp3": "../outside/e.mp3",
        "outside": "../outside",
        "through": "real/loop/real/deep",
        "folder.mp3": "odd.mp3",
    }.items():
        tree.link(name, to=to)
    component, plain = both(tree)
    assert plain == component
    assert outside.walked()


@every_backend
def test_plain_python_leaves_out_what_is_ignored(tree: Tree) -> None:
    tree.files("a.mp3", "no/b.mp3", "no/.nomedia", "no/below/c.mp3", "x/keep.mp3", "x/drop.mp3", "x/y/drop.mp3")
    tree.files(".mtignore", content=b"drop.mp3\n").files("x/y/.mtignore", content=b"!drop.mp3\n")
    component, plain = both(tree)
    assert plain == component == 3


@every_backend
def test_plain_python_reads_patterns_alike(tmp_path: Path) -> None:
    chance = random.Random(11)
    names = ["a", "b", "ab", "a b", "a-b", "é", "{a}", "a,b", "#a", "!a"]
    atoms = [
        "a",
        "b",
        "*",
        "**",
        "?",
        "/",
        "/",
        "[ab]",
        "[!a]",
        "[a-c]",
        "[^b]",
        "{a,b}",
        "{a}",
        "\\*",
        "\\#a",
        "\\!a",
        "!",
        "#",
    ]
    atoms += [" ", ".mp3", ".mp3", "**/", "/**", "é", ",", "-", "a b", "\\ "]
    tree = Tree(tmp_path / "patterns")
    for folder in names:
        tree.files(f"{folder}/x.mp3", f"{folder}/{folder}.mp3", f"{folder}/b/a.mp3", f"{folder}.mp3")
    for _ in range(300):
        lines = [
            "".join(chance.choice(atoms) for _ in range(chance.randrange(1, 6))) for _ in range(chance.randrange(1, 4))
        ]
        # What three stars and more mean is nobody's rule.
        lines = [line.replace("***", "") for line in lines]
        tree.files(chance.choice((".mtignore", "a/.mtignore")), content="\n".join(lines).encode())
        component, plain = both(tree)
        assert plain == component, lines
    (tree.root / ".mtignore").unlink()


@every_backend
def test_the_component_agrees_with_os_walk_where_nothing_is_odd(tree: Tree) -> None:
    tree.files(
        *(f"{folder}/{number}.{end}" for folder in "abc" for number in range(9) for end in ("mp3", "txt", "WAV"))
    )
    assert Scanner(tree).count() == len(tree.walked()) == fallback.count(str(tree.root), is_audio_file)

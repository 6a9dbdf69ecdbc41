"""A column takes one line in the contract and one in the formats: everything else follows from
these.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from mt_scanner import Library
from mutagen.id3 import ID3, TMOO
from support.doors import wasmtime
from support.scenarios import settle
from support.trees import FIXTURES, REPOSITORY

pytestmark = pytest.mark.alone

CONTRACT = (
    "wit/types.wit",
    # The end of the last record, the track.
    "\n    }\n}\n",
    "\n        /// Mood.\n        mood: option<string>,",
)
FORMATS = (
    "guest/formats/src/fields/field.rs",
    "    Isrc text(isrc)",
    '    Mood text(mood) [b"MOOD"] [b"TMOO"] [] [] [];\n',
)


@pytest.fixture(scope="module")
def component(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The component with one more column, beside others that only tests need."""
    place = tmp_path_factory.mktemp("column")
    listed = [
        "git",
        "ls-files",
        "-z",
        "Cargo.*",
        "rust-toolchain.toml",
        "contract",
        "guest",
        "wit",
        "host",
        "python/native",
    ]
    names = subprocess.run(listed, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(REPOSITORY / name, place / name)
    for name, neighbour, line in (CONTRACT, FORMATS):
        text = (place / name).read_text(encoding="utf-8")
        assert text.count(neighbour) == 1, f"{name} has changed: this test adds a line before {neighbour!r}"
        changed = text.replace(neighbour, line + neighbour)
        (place / name).write_text(changed, encoding="utf-8")
    into = place / "mt_scanner.wasm"
    target = Path(os.environ.get("CARGO_TARGET_DIR") or REPOSITORY / "target") / "with" / "misbehave"
    build = [sys.executable, str(place / "guest" / "build.py"), "--debug", "--output", str(into)]
    subprocess.run(build, check=True, capture_output=True, env={**os.environ, "CARGO_TARGET_DIR": str(target)})
    return into


@pytest.fixture
def music(tmp_path: Path) -> Path:
    folder = tmp_path / "music"
    folder.mkdir()
    shutil.copyfile(FIXTURES / "formats" / "mp3-cbr.mp3", folder / "a.mp3")
    tag = ID3(folder / "a.mp3")
    tag.add(TMOO(encoding=3, text=["calm"]))
    tag.save()
    return folder


def test_the_rows_have_it(component: Path, music: Path) -> None:
    command = [str(wasmtime()), "run", "--dir", f"{music}::/music", str(component), "scan", "/music"]
    row = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert (row["path"], row["mood"]) == ("a.mp3", "calm")


def test_a_library_of_the_version_before_gets_it(
    component: Path, music: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The native backend's types are those of the contract that it was built with.
    monkeypatch.setenv("MT_SCANNER_BACKEND", "wasmtime")
    with Library(tmp_path / "library.db") as library:
        settle()
        library.sync(music)
    with Library(tmp_path / "library.db", component=component) as library:
        assert library.sync(music).reread == 1
        (music / "b.mp3").write_bytes((music / "a.mp3").read_bytes())
        library.sync(music)
    with closing(sqlite3.connect(tmp_path / "library.db")) as connection:
        assert connection.execute("SELECT path, mood FROM tracks ORDER BY path").fetchall() == [
            ("a.mp3", "calm"),
            ("b.mp3", "calm"),
        ]

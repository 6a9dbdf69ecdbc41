"""What the README shows, run: its Python in a home with music in it, its command lines, its Rust."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support import sheets

REPOSITORY = Path(__file__).resolve().parent.parent
SAMPLES = REPOSITORY / "tests" / "fixtures" / "sample-library"
FLAC = REPOSITORY / "tests" / "fixtures" / "formats" / "flac-16-44.flac"
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
PAGES = {"README.md": README, "python/README.md": (REPOSITORY / "python" / "README.md").read_text(encoding="utf-8")}

COVER = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffc0000b080008000801011100ffd9")
"""The headers of a JPEG of 8 by 8 dots."""


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a folder Music, in which some.mp3 and a cover are, Artist/Album/1.mp3, and an album
    in one file.
    """
    shutil.copytree(SAMPLES, tmp_path / "Music")
    song = next(path for path in sorted(SAMPLES.rglob("*.mp3")))
    shutil.copyfile(song, tmp_path / "Music" / "some.mp3")
    (tmp_path / "Music" / "cover.jpg").write_bytes(COVER)
    (tmp_path / "Music" / "Artist" / "Album").mkdir(parents=True)
    shutil.copyfile(song, tmp_path / "Music" / "Artist" / "Album" / "1.mp3")
    (tmp_path / "Music" / "Artist" / "Album" / "cover.jpg").write_bytes(COVER)
    shutil.copyfile(FLAC, tmp_path / "Music" / "Album.flac")
    (tmp_path / "Music" / "Album.cue").write_text(sheets.sheet("Album.wav", ["00:00:00", "00:00:20", "00:00:40"]))
    return tmp_path


def run(home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"HOME": str(home), "USERPROFILE": str(home), "PYTHONUTF8": "1"}
    # The compile cache stays where it is: a new home would begin without one.
    environment.setdefault("XDG_CACHE_HOME", str(Path.home() / ".cache"))
    return subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, encoding="utf-8")


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(code, id=f"{page}-{number}")
        for page, text in PAGES.items()
        for number, code in enumerate(blocks(text, "python"), 1)
    ],
)
def test_the_python_of_the_readme_runs(code: str, home: Path) -> None:
    done = run(home, sys.executable, "-W", "error", "-c", code)
    assert done.returncode == 0, done.stderr
    assert done.stdout


COMMANDS = [
    shlex.split(line, comments=True)
    for block in blocks(README, "sh")
    for line in block.splitlines()
    if line.startswith("python -m mt_scanner")
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_command_lines_of_the_readme_run(command: list[str], home: Path) -> None:
    words = [word.replace("~", str(home), 1) for word in command[1:]]  # what a shell does
    if {"purge", "changes", "analyse", "duplicates"} & {*words}:
        assert run(home, sys.executable, "-m", "mt_scanner", "index", str(home / "Music")).returncode == 0
    done = run(home, sys.executable, *words)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_the_readme_shows_commands_and_python() -> None:
    assert len(COMMANDS) >= 6
    assert len(blocks(README, "python")) >= 2


def test_the_rust_of_the_readme_is_the_example_that_cargo_builds_and_it_runs(home: Path) -> None:
    example = REPOSITORY / "host" / "examples" / "embedding.rs"
    (shown,) = blocks(README, "rust")
    assert example.read_text(encoding="utf-8").endswith(f"\n\n{shown}")
    program = REPOSITORY / "target" / "release" / "examples" / f"embedding{'.exe' if os.name == 'nt' else ''}"
    assert program.exists(), "cargo build --release -p mt-scanner --examples"
    done = run(home, str(program), str(home / "Music"))
    assert done.returncode == 0, done.stderr
    assert "some.mp3: " in done.stdout

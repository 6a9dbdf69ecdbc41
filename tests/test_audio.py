"""The commands `hash`, `loudness`, `fingerprint` and `validate --events`, through every host."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.doors import LIBRARIANS, Door
from support.trees import FIXTURES, Tree

FORMATS = FIXTURES / "formats"
COMMANDS = ("validate", "hash", "loudness", "fingerprint")
VERDICTS = ["damaged", "truncated", "suspicious", "unchecked", "intact"]

pytestmark = pytest.mark.parametrize("door", LIBRARIANS, ids=str)


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def tone(path: Path, level: float, seconds: float = 4) -> None:
    """1 kHz on both channels with a peak of `level` dBFS."""
    rate, amplitude = 48_000, 32767 * 10 ** (level / 20)
    values = (int(amplitude * math.sin(2 * math.pi * 1000 * frame / rate)) for frame in range(int(rate * seconds)))
    data = b"".join(struct.pack("<hh", value, value) for value in values)
    head = b"RIFF" + (len(data) + 36).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    head += struct.pack("<HHIIHH", 1, 2, rate, rate * 4, 4, 16) + b"data" + len(data).to_bytes(4, "little")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(head + data)


def test_copies_with_other_tags_have_the_same_hash_and_other_files(door: Door, tree: Tree) -> None:
    tree.copy(FORMATS / "mp3-cbr.mp3", "a.mp3").copy(FORMATS / "mp3-cbr.mp3", "b.mp3")
    tree.copy(FORMATS / "mp3-vbr.mp3", "c.mp3").files("no audio.mp3", content=b"text")
    with (tree.root / "b.mp3").open("ab") as file:
        file.write(b"TAG" + b"Other title".ljust(125, b"\0"))
    done = door.ask("hash", tree.root)
    assert (done.returncode, done.stderr) == (0, "")
    lines = sorted(done.stdout.splitlines(), key=lambda line: line[66:])
    assert [line[64:] for line in lines] == [
        f"  {tree.root / name}" for name in ("a.mp3", "b.mp3", "c.mp3", "no audio.mp3")
    ]
    a, b, c, none = (line[:64] for line in lines)
    assert a == b != c and re.fullmatch("[0-9a-f]{64}", a) and none == 64 * "-"
    files = dict(reversed(line.split("  ", 1)) for line in door.ask("hash", "--file", tree.root).stdout.splitlines())
    assert len(set(files.values())) == 4
    if shutil.which("b3sum"):
        judged = subprocess.run(["b3sum", *files], capture_output=True, text=True, check=True).stdout
        assert dict(reversed(line.split("  ", 1)) for line in judged.splitlines()) == files


def test_loudness_is_a_table_with_the_albums_of_folders(door: Door, tree: Tree) -> None:
    tone(tree.root / "Album" / "1.wav", -20)
    tone(tree.root / "Album" / "2.wav", -26)
    tone(tree.root / "alone.wav", -23)
    tree.copy(FORMATS / "wma-wmav2.wma", "Album/3.wma")
    done = door.ask("loudness", tree.root)
    assert (done.returncode, done.stderr) == (0, "")
    tracks, albums = done.stdout.split("\n\n")
    head, *lines = tracks.splitlines()
    assert head.split() == ["LUFS", "LU", "dBTP", "gain", "dB", "file"]
    names = [str(tree.root / name) for name in ("Album/1.wav", "Album/2.wav", "Album/3.wma", "alone.wav")]
    assert [line.split(maxsplit=4)[4] for line in lines] == names
    values = [line.split()[:4] for line in lines]
    assert values[2] == ["-"] * 4
    assert [float(row[0]) for row in (values[0], values[1], values[3])] == pytest.approx([-20, -26, -23], abs=0.11)
    assert all(float(row[0]) + float(row[3]) == pytest.approx(-18, abs=0.06) for row in values if row[0] != "-")
    head, line = albums.splitlines()
    assert head.split()[-1] == "album" and line.split(maxsplit=4)[4] == str(tree.root / "Album")
    assert float(line.split()[0]) == pytest.approx(10 * math.log10((10**-2 + 10**-2.6) / 2), abs=0.11)
    assert door.ask("loudness", tree.root, "--quiet").stdout == done.stdout


def test_fingerprints_are_of_what_is_long_enough(door: Door, tree: Tree) -> None:
    tone(tree.root / "a.wav", -20, 8)
    tree.copy(FORMATS / "wav-pcm16.wav", "short.wav")
    done = door.ask("fingerprint", tree.root)
    assert (done.returncode, done.stderr) == (0, "")
    told = {line.rpartition("  ")[2]: line for line in done.stdout.splitlines()}
    assert told.keys() == {str(tree.root / "a.wav"), str(tree.root / "short.wav")}
    assert re.search(r"\bAQ[A-Za-z0-9_-]+  ", told[str(tree.root / "a.wav")])
    assert told[str(tree.root / "short.wav")].split("  ")[-2].endswith("-")


@pytest.mark.parametrize("command", COMMANDS)
def test_json_is_a_report_a_line_with_what_was_asked_for(door: Door, command: str, tree: Tree) -> None:
    tone(tree.root / "a.wav", -20, 8)
    (report,) = rows(door.ask(command, tree.root, "--json").stdout)
    there = {name for name in ("verdict", "payload_hash", "file_hash", "loudness", "fingerprint") if report[name]}
    assert (
        there
        == {
            "validate": {"verdict"},
            "hash": {"payload_hash", "file_hash"},
            "loudness": {"loudness"},
            "fingerprint": {"fingerprint"},
        }[command]
    )
    assert list(report)[:2] == ["root", "path"] and report["root"] == str(tree.root)


@pytest.mark.parametrize("command", COMMANDS)
def test_programs_are_told_of_all_that_happens(door: Door, command: str, tree: Tree) -> None:
    tree.copy(FORMATS / "flac-16-44.flac", "a.flac").copy(FORMATS / "wav-pcm16.wav", "b.wav")
    done = door.ask(command, tree.root, "--events")
    assert (done.returncode, done.stderr) == (0, "")
    told = rows(done.stdout)
    files = [event for event in told if event["event"] == "file"]
    assert {file["path"] for file in files} == {"a.flac", "b.wav"}
    assert all(list(file)[:3] == ["event", "root", "path"] for file in files)
    last = [event for event in told if event["event"] == "progress"][-1]
    assert (last["phase"], last["done"], last["tracks"], last["total_files"], last["fraction"]) == ("done", 2, 2, 2, 1)
    report = told[-1]
    assert (report["event"], report["files"], report["problems"]) == ("report", 2, 0)
    if command == "validate":
        assert list(report) == ["event", "files", "problems", "verdicts", "progress"]
        assert list(report["verdicts"]) == VERDICTS and report["verdicts"]["intact"] == 1
    else:
        assert list(report) == ["event", "files", "problems", "progress"]


@pytest.mark.skipif(sys.platform != "linux", reason="names that are not UTF-8")
@pytest.mark.parametrize("command", COMMANDS)
def test_problems_are_told_beside_what_is_data(door: Door, command: str, tree: Tree) -> None:
    tree.copy(FORMATS / "flac-16-44.flac", "a.flac").files(os.fsdecode(b"\xff.flac"))
    done = door.ask(command, tree.root, "--strict")
    assert done.returncode == 1
    beside, other = (done.stderr, done.stdout) if command in ("hash", "fingerprint") else (done.stdout, done.stderr)
    assert "name-not-utf8" in beside and "name-not-utf8" not in other
    done = door.ask(command, tree.root, "--events")
    told = rows(done.stdout)
    (problem,) = (event for event in told if event["event"] == "problem")
    assert (problem["root"], problem["outcome"]) == (str(tree.root), "name-not-utf8")
    assert (told[-1]["files"], told[-1]["problems"], done.returncode) == (1, 1, 0)


def test_wrong_usage_is_two_and_what_could_not_run_is_three(door: Door, tmp_path: Path) -> None:
    for command in ("hash", "loudness"):
        done = door.ask(command, tmp_path / "nowhere")
        assert (done.returncode, done.stdout) == (3, "") and "the root does not exist" in done.stderr
        assert door.ask(command).returncode == 2
        assert door.ask(command, tmp_path, "--events", "--json").returncode == 2

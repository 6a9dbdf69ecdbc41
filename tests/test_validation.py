"""The command `validate`, through the doors of the Python package."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from support.doors import LIBRARIANS, Door
from support.interruptions import interruptible
from support.slow_mount import needs_fuse, slow_mount
from support.trees import FIXTURES, Tree

FORMATS = FIXTURES / "formats"
KEYS = ["root", "path", "size", "format", "codec", "depth", "verdict", "proof", "findings", "more_findings"]
KEYS += ["payload_hash", "file_hash", "audio", "loudness", "fingerprint"]

pytestmark = pytest.mark.parametrize("door", LIBRARIANS, ids=str)


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def mixed(tree: Tree) -> Tree:
    """A good file, one without checksums, one that is cut off, one with a changed byte, and one with
    junk behind its audio.
    """
    whole = (FORMATS / "flac-16-44.flac").read_bytes()
    changed = bytearray(whole)
    changed[len(whole) // 2] ^= 1
    tree.files("good.flac", content=whole).files("cut.flac", content=whole[: len(whole) // 2])
    tree.files("deep/changed.flac", content=bytes(changed)).copy(FORMATS / "wav-pcm16.wav", "plain.wav")
    return tree.copy(FORMATS / "mp3-cbr.mp3", "wrong.flac")


def test_people_are_told_of_each_bad_file_and_of_the_sum(door: Door, mixed: Tree) -> None:
    done = door.ask("validate", mixed.root)
    *lines, total = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (1, "")
    assert total == "5 files: 1 damaged, 1 truncated, 1 suspicious, 1 unchecked, 1 intact"
    told = {line.partition(": ")[0]: line.partition(": ")[2] for line in lines}
    assert told.keys() == {str(mixed.root / name) for name in ("cut.flac", "deep/changed.flac", "wrong.flac")}
    damaged = told[str(mixed.root / "deep/changed.flac")]
    assert re.fullmatch(r"damaged: checksum, .+, at byte \d+, at \d+\.\d s", damaged), damaged
    assert told[str(mixed.root / "cut.flac")].startswith("truncated: cut-off, ")


def test_quiet_leaves_the_bad_files(door: Door, mixed: Tree) -> None:
    done = door.ask("validate", mixed.root, "--quiet")
    assert len(done.stdout.splitlines()) == 3 and " files: " not in done.stdout


def test_nothing_is_wrong_with_good_files(door: Door, tmp_path: Path) -> None:
    for depth in ("header", "stream", "audio"):
        done = door.ask("validate", FORMATS, "--depth", depth)
        assert (done.returncode, done.stderr) == (0, "")
        assert re.fullmatch(r"\d+ files: [^:]*\n", done.stdout)
    shutil.copy(FORMATS / "flac-16-44.flac", tmp_path / "a.flac")
    assert door.ask("validate", tmp_path / "a.flac").stdout == "1 file: 1 intact\n"
    (tmp_path / "empty").mkdir()
    assert door.ask("validate", tmp_path / "empty").stdout == "0 files: 0 intact\n"


def test_json_is_a_report_a_line_as_the_component_gives_it(door: Door, mixed: Tree) -> None:
    done = door.ask("validate", mixed.root, "--json", "--depth", "audio", "--workers", "2")
    reports = {row["path"]: row for row in rows(done.stdout)}
    assert (done.returncode, done.stderr, len(reports)) == (1, "", 5)
    for report in reports.values():
        assert list(report) == KEYS
        assert (report["root"], report["depth"]) == (str(mixed.root), "audio")
    assert reports["good.flac"]["proof"] == "md5" and reports["good.flac"]["audio"]["channels"] == 2
    (finding, *_) = reports["deep/changed.flac"]["findings"]
    assert list(finding) == ["kind", "verdict", "detail", "position", "position_ms"]


@pytest.mark.alone
def test_a_poisoned_file_is_a_problem_and_the_others_have_reports(
    door: Door, tree: Tree, misbehaving_analyser: Path
) -> None:
    for number in range(10):
        tree.copy(FORMATS / "flac-16-44.flac", f"{number}.flac")
    for word in ("loop", "allocate", "panic"):
        tree.files(f"{word}.flac", content=f"MT-MISBEHAVE {word}".encode())
    options = ["--component", misbehaving_analyser, "--file-timeout", "1", "--memory-limit", "64", "--depth", "header"]
    done = door.ask("validate", tree.root, "--json", *options)
    assert done.returncode == 0 and len(rows(done.stdout)) == 10
    problems = {row["path"]: row for row in rows(done.stderr)}
    assert {path: row["outcome"] for path, row in problems.items()} == {
        "loop.flac": "timeout",
        "allocate.flac": "memory",
        "panic.flac": "trap",
    }
    assert all(list(row) == ["root", "path", "outcome", "detail"] for row in problems.values())
    done = door.ask("validate", tree.root, "--strict", *options)
    assert done.returncode == 1
    first, *others = done.stdout.splitlines()
    assert first == "10 files: 10 unchecked" and "loop.flac" in "\n".join(others)


def test_files_that_are_passed_over_are_told(door: Door, tree: Tree) -> None:
    tree.copy(FORMATS / "wav-pcm16.wav", "a.wav").files("b.aiff")
    done = door.ask("validate", tree.root, "--json")
    assert [row["notice"] for row in rows(done.stderr)] == ["passed-over"]
    assert "--extension" in door.ask("validate", tree.root).stdout


def test_what_could_not_run_is_three(door: Door, tree: Tree, tmp_path: Path) -> None:
    done = door.ask("validate", tmp_path / "nowhere")
    assert (done.returncode, done.stdout) == (3, "") and "the root does not exist" in done.stderr
    done = door.ask("validate", tree.root, "--component", tmp_path / "none.wasm")
    assert done.returncode == 3 and "cannot be read" in done.stderr
    assert door.ask("validate", tree.root, "--depth", "deep").returncode == 2


@pytest.mark.alone
@needs_fuse
def test_a_root_that_does_not_answer_is_given_up_and_costs_no_other(door: Door, tree: Tree, tmp_path: Path) -> None:
    (tmp_path / "good").mkdir()
    shutil.copyfile(FORMATS / "flac-16-44.flac", tmp_path / "good" / "good.flac")
    for number in range(12):
        tree.copy(FORMATS / "flac-16-44.flac", f"{number:02}.flac")
    with slow_mount(tree.root, stall="read=**") as mount:
        done = door.ask("validate", mount.path, tmp_path / "good", "--json", "--workers", "1", "--file-timeout", "0.2")
        assert [row["path"] for row in rows(done.stdout)] == ["good.flac"]
    problems = rows(done.stderr)
    assert {problem["outcome"] for problem in problems} == {"timeout"}
    assert (len(problems), done.returncode) == (9, 0)
    assert [problem["path"] for problem in problems].count("") == 1


@pytest.mark.alone
@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_an_interruption_is_quick_and_quiet(door: Door, tree: Tree, misbehaving_analyser: Path) -> None:
    for number in range(40):
        tree.copy(FORMATS / "flac-16-44.flac", f"{number}.flac")
    tree.files("loop.flac", content=b"MT-MISBEHAVE loop")
    command, _ = door.command(Path("/"))
    command += ["validate", "--json", "--component", str(misbehaving_analyser), "--file-timeout", "60"]
    with interruptible(
        [*command, str(tree.root)],
        env=os.environ | dict(door.environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        time.sleep(2.5)
        started = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    program = "mt-scan" if door.name == "mt-scan" else "mt-scanner"
    assert (process.returncode, errors) == (130, f"{program}: interrupted\n")
    assert time.monotonic() - started < 3

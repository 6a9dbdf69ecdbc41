"""`analyse` and `duplicates`: what is found out about a library's audio is kept in it, whatever
ends the work.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from support.doors import LIBRARIANS, SECONDS, Door
from support.interruptions import interruptible
from support.scenarios import settle
from support.trees import FIXTURES, Tree

FORMATS = FIXTURES / "formats"
COUNTS = ["damaged", "truncated", "suspicious", "unchecked", "intact", "unreported", "left"]
REPORT = ["analysed", "albums", "problems", *COUNTS, "progress"]
RATE = 48_000
FILES = 10

Row = dict[str, Any]


@pytest.fixture(params=LIBRARIANS, ids=str)
def door(request: pytest.FixtureRequest) -> Door:
    chosen: Door = request.param
    return chosen


@pytest.fixture
def music(tree: Tree) -> Tree:
    """A good file, one that nothing can be said of, one that is cut off and one with a changed
    byte.
    """
    whole = (FORMATS / "flac-16-44.flac").read_bytes()
    changed = bytearray(whole)
    changed[len(whole) // 2] ^= 1
    cut = (FORMATS / "ogg-vorbis.ogg").read_bytes()
    tree.files("good.flac", content=whole).files("cut.ogg", content=cut[: len(cut) // 2])
    return tree.files("deep/changed.flac", content=bytes(changed)).copy(FORMATS / "wav-pcm16.wav", "plain.wav")


def silence(place: Path, minutes: float) -> None:
    """A file that takes its time and no room: 48 kHz, stereo, 16 bits, without a block on the disk."""
    size = int(minutes * 60 * RATE) * 4
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + size, b"WAVE", b"fmt ", 16, 1, 2, RATE, RATE * 4, 4, 16,
                       b"data", size)  # fmt: skip
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + size)


@pytest.fixture
def long_files(tree: Tree) -> Tree:
    """Ten files, each of some tenths of a second of work."""
    for number in range(FILES):
        silence(tree.root / f"{number:02}.wav", 0.6 + number / 100)
    return tree


def command(door: Door, verb: str, database: Path, *arguments: object) -> list[str]:
    start, _ = door.command(database)
    return [*start, verb, "--db", str(database), *map(str, arguments)]


def run(door: Door, verb: str, database: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return door.ask(verb, "--db", database, *arguments)


def started(door: Door, verb: str, database: Path, *arguments: object) -> subprocess.Popen[str]:
    return interruptible(
        command(door, verb, database, *arguments),
        env=os.environ | dict(door.environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def analysed(door: Door, database: Path, *arguments: object, code: int = 0) -> Row:
    """The report of an analysis."""
    done = run(door, "analyse", database, "--json", *arguments)
    assert done.returncode == code, done.stderr
    report: Row = json.loads(done.stdout)["report"]
    assert list(report) == REPORT
    return report


def counts(report: Row) -> Row:
    """What of a library's files is known."""
    return {name: report[name] for name in COUNTS if report[name]}


def rows(database: Path, sql: str = "SELECT * FROM analyses JOIN tracks ON tracks.id = track_id") -> list[Row]:
    with closing(sqlite3.connect(database)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(sql)]


def until(true: Callable[[], bool], what: str) -> None:
    """Waits until it is true."""
    deadline = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


@pytest.fixture
def library(door: Door, music: Tree, tmp_path: Path) -> Path:
    """A library of `music`."""
    database = tmp_path / "library.db"
    settle()
    assert door.index(database, [music.root]).code == 0
    return database


@pytest.fixture
def long_library(door: Door, long_files: Tree, tmp_path: Path) -> Path:
    """A library of `long_files`."""
    database = tmp_path / "library.db"
    assert door.index(database, [long_files.root]).code == 0
    return database


def test_all_is_found_out_once_and_again_of_what_has_changed(door: Door, music: Tree, library: Path) -> None:
    report = analysed(door, library)
    assert (report["analysed"], report["problems"]) == (4, 0)
    known = {"damaged": 1, "truncated": 1, "unchecked": 1, "intact": 1}
    assert counts(report) == known
    good = next(row for row in rows(library) if row["path"] == "good.flac")
    assert (good["depth"], good["verdict"], good["proof"]) == ("stream", "intact", "md5")
    assert len(good["payload_hash"]) == len(good["file_hash"]) == 64
    # It is too short for a fingerprint, and need not be asked again.
    assert good["fingerprinted"] and good["fingerprint"] is None
    assert good["integrated"] + good["track_gain"] == pytest.approx(-18)
    assert good["analysed_at"] == pytest.approx(time.time(), abs=SECONDS)
    assert [Path(row["file"]).name for row in rows(library, "SELECT * FROM damaged")] == ["changed.flac", "cut.ogg"]
    again = analysed(door, library)
    assert again["analysed"] == 0 and counts(again) == known
    shutil.copyfile(FORMATS / "ogg-vorbis.ogg", music.root / "cut.ogg")
    music.copy(FORMATS / "mp3-cbr.mp3", "new.mp3")
    settle()
    assert door.index(library, [music.root]).code == 0
    assert analysed(door, library)["analysed"] == 2
    assert [Path(row["file"]).name for row in rows(library, "SELECT * FROM damaged")] == ["changed.flac"]


def test_more_is_found_out_when_more_is_asked_for_and_what_is_known_stays(door: Door, library: Path) -> None:
    assert analysed(door, library, "--only", "damage", "--depth", "header")["analysed"] == 4
    good = next(row for row in rows(library) if row["path"] == "good.flac")
    assert good["depth"] == "header" and good["payload_hash"] is None and good["integrated"] is None
    assert analysed(door, library, "--only", "hashes", "--only", "loudness")["analysed"] == 4
    good = next(row for row in rows(library) if row["path"] == "good.flac")
    assert good["depth"] == "header" and good["payload_hash"] and good["integrated"] and not good["fingerprint"]
    assert analysed(door, library, "--only", "damage", "--depth", "audio")["analysed"] == 4
    good = next(row for row in rows(library) if row["path"] == "good.flac")
    assert (good["depth"], good["proof"]) == ("audio", "md5") and good["payload_hash"] and good["samples"]
    # What was looked at more closely is not looked at again.
    assert analysed(door, library, "--only", "damage", "--only", "hashes")["analysed"] == 0
    assert analysed(door, library)["analysed"] == 4


def test_people_are_told_what_was_done_and_what_is_left(door: Door, library: Path) -> None:
    done = run(door, "analyse", library, "--for", "0s")
    assert done.stdout.splitlines()[1:] == ["4 files are left: run the same command again to go on"]
    done = run(door, "analyse", library)
    first, *others = done.stdout.splitlines()
    assert first.startswith("4 files analysed in ") and first.endswith(" s")
    assert others == ["in the library: 1 damaged, 1 truncated, 1 unchecked, 1 intact"]
    assert (done.returncode, done.stderr) == (0, "")
    assert run(door, "analyse", library, "--quiet").stdout == ""


def test_programs_are_told_of_all_that_happens(door: Door, music: Tree, library: Path) -> None:
    done = run(door, "analyse", library, "--events")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    progress = [event for event in told if event["event"] == "progress"]
    files = {event["path"]: event for event in told if event["event"] == "file"}
    assert files.keys() == {"good.flac", "cut.ogg", "deep/changed.flac", "plain.wav"}
    assert all(file["root"] == str(music.root) and file["depth"] == "stream" for file in files.values())
    size = sum((music.root / path).stat().st_size for path in files)
    first, last = progress[0], progress[-1]
    assert (first["done_bytes"], first["total_bytes"], first["total_files"]) == (0, size, 4)
    assert (last["phase"], last["done_bytes"], last["done"], last["fraction"]) == ("done", size, 4, 1)
    assert list(told[-1]) == ["event", *REPORT]
    assert (told[-1]["event"], told[-1]["analysed"], told[-1]["damaged"]) == ("report", 4, 1)


@pytest.mark.alone
def test_an_analysis_that_is_killed_is_gone_on_with(door: Door, long_library: Path) -> None:
    with started(door, "analyse", long_library, "--only", "loudness", "--workers", "1") as process:
        until(lambda: len(rows(long_library)) >= 2, "rows are written within a second or so")
        process.kill()
    done = len(rows(long_library))
    assert 2 <= done < FILES
    report = analysed(door, long_library, "--only", "loudness")
    assert (report["analysed"], report["left"], len(rows(long_library))) == (FILES - done, 0, FILES)


@pytest.mark.alone
def test_no_file_is_begun_after_the_time_and_those_under_way_are_done(door: Door, long_library: Path) -> None:
    report = analysed(door, long_library, "--only", "loudness", "--workers", "1", "--for", "1s")
    assert 0 < report["analysed"] < FILES and report["left"] == FILES - report["analysed"]
    assert len(rows(long_library)) == report["analysed"]
    report = analysed(door, long_library, "--only", "loudness", "--for", "1h")
    assert (report["left"], len(rows(long_library))) == (0, FILES)


@pytest.mark.alone
@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_ctrl_c_ends_it_at_once_and_what_is_done_is_kept(door: Door, long_files: Tree, tmp_path: Path) -> None:
    silence(long_files.root / "zz" / "of ten hours.wav", 180)
    database = tmp_path / "library.db"
    assert door.index(database, [long_files.root]).code == 0
    with started(door, "analyse", database, "--only", "loudness", "--file-timeout", "60") as process:
        until(lambda: len(rows(database)) >= FILES, "all but the long one")
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=SECONDS)
    assert time.monotonic() - began < 3
    assert process.returncode == 130
    assert f"interrupted: what was found until now is in {database}; run the same command again to go on" in said
    assert len(said.splitlines()) == 1 and len(rows(database)) == FILES


def test_a_file_that_is_another_one_meanwhile_is_left(door: Door, music: Tree, library: Path) -> None:
    (music.root / "good.flac").write_bytes((FORMATS / "flac-24-96.flac").read_bytes())
    report = analysed(door, library)
    assert (report["left"], "good.flac" in {row["path"] for row in rows(library)}) == (1, False)
    settle()
    assert door.index(library, [music.root]).code == 0
    assert (analysed(door, library)["analysed"], counts(analysed(door, library)).get("left")) == (1, None)


def test_a_file_that_is_gone_is_a_problem_and_tried_again(door: Door, music: Tree, library: Path) -> None:
    (music.root / "good.flac").rename(music.root / "aside")
    done = run(door, "analyse", library, "--json", "--strict")
    problem, report = json.loads(done.stderr), json.loads(done.stdout)["report"]
    assert (problem["path"], problem["outcome"], done.returncode) == ("good.flac", "vanished", 1)
    assert (report["analysed"], report["problems"], report["left"], report["unreported"]) == (3, 1, 1, 0)
    (music.root / "aside").rename(music.root / "good.flac")
    assert counts(analysed(door, library))["intact"] == 1


@pytest.mark.alone
def test_a_poisoned_file_is_a_named_outcome_and_not_tried_again(
    door: Door, tree: Tree, tmp_path: Path, misbehaving_analyser: Path
) -> None:
    for number in range(10):
        tree.copy(FORMATS / "flac-16-44.flac", f"{number}.flac")
    for word in ("loop", "allocate", "panic"):
        tree.files(f"{word}.flac", content=f"MT-MISBEHAVE {word}".encode())
    database = tmp_path / "library.db"
    settle()
    assert door.index(database, [tree.root]).code == 0
    limits = ["--file-timeout", "1", "--memory-limit", "64"]
    report = analysed(door, database, "--only", "damage", "--component", misbehaving_analyser, *limits)
    assert (report["analysed"], report["problems"]) == (10, 3)
    assert counts(report) == {"intact": 10, "unreported": 3}
    outcomes = {row["path"]: row["outcome"] for row in rows(database) if row["outcome"]}
    assert outcomes == {"loop.flac": "timeout", "allocate.flac": "memory", "panic.flac": "trap"}
    again = analysed(door, database, "--only", "damage")
    assert (again["analysed"], again["problems"], counts(again)) == (0, 0, {"intact": 10, "unreported": 3})


@pytest.mark.alone
def test_a_sync_goes_on_meanwhile(door: Door, long_files: Tree, long_library: Path) -> None:
    # Some seconds of work behind the others.
    silence(long_files.root / "zz" / "long.wav", 10)
    assert door.index(long_library, [long_files.root]).code == 0
    (long_files.root / "00.wav").unlink()
    silence(long_files.root / "new.wav", 0.1)
    with started(door, "analyse", long_library, "--json", "--only", "loudness", "--workers", "1") as process:
        until(lambda: len(rows(long_library)) >= 1, "the first is written")
        sync = door.index(long_library, [long_files.root])
        assert process.poll() is None, "the sync has waited for the analysis"
        told, said = process.communicate(timeout=SECONDS)
    assert (sync.code, len(sync.changes), process.returncode) == (0, 2, 0), said
    assert json.loads(told)["report"]["analysed"] in (FILES, FILES + 1)
    assert analysed(door, long_library, "--only", "loudness")["analysed"] == 1


def test_a_second_analysis_is_told_so_at_once(door: Door, library: Path) -> None:
    with closing(sqlite3.connect(f"{library}-analysis", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        for verb in ("analyse", "duplicates"):
            began = time.monotonic()
            done = run(door, verb, library)
            assert done.returncode == 3 and "another analysis of this library is under way" in done.stderr
            assert time.monotonic() - began < 10
        assert run(door, "duplicates", library, "--no-hashing").returncode == 0
    assert analysed(door, library)["analysed"] == 4


def test_what_cannot_run_is_three_and_makes_no_library(door: Door, music: Tree, library: Path, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere.db"
    for verb in ("analyse", "duplicates"):
        done = run(door, verb, nowhere)
        assert done.returncode == 3 and "there is no library" in done.stderr and not nowhere.exists()
        for path in (tmp_path, music.root / "deep", music.root / "good.flac"):
            done = run(door, verb, library, path)
            assert done.returncode == 3 and f"{path}: no root of the library" in done.stderr, done.stderr
        assert run(door, verb, library, "--component", tmp_path / "none.wasm").returncode == 3
    assert run(door, "analyse", library, "--for", "soon").returncode == 2
    assert run(door, "analyse", library, "--only", "tags").returncode == 2
    assert run(door, "duplicates", library, "--kind", "twin").returncode == 2
    assert rows(library) == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="permissions, as root too")
def test_a_library_that_may_not_be_written_is_an_error(door: Door, library: Path) -> None:
    folder = library.parent / "closed"
    folder.mkdir()
    closed = Path(shutil.copyfile(library, folder / "library.db"))
    closed.chmod(0o444)
    folder.chmod(0o555)
    start = command(door, "analyse", closed)
    try:
        done = door._start(start, rights=False)
    finally:
        folder.chmod(0o755)
    assert done.returncode == 3 and str(closed) in done.stderr, done
    assert rows(closed) == []


def test_a_root_that_is_away_is_a_problem_unless_it_is_named(door: Door, tmp_path: Path) -> None:
    for root in ("here", "away"):
        (tmp_path / root).mkdir()
        shutil.copyfile(FORMATS / "flac-16-44.flac", tmp_path / root / "a.flac")
    database = tmp_path / "library.db"
    settle()
    assert door.index(database, [tmp_path / "here", tmp_path / "away"]).code == 0
    (tmp_path / "away").rename(tmp_path / "off")
    done = run(door, "analyse", database, "--json")
    problem, report = json.loads(done.stderr), json.loads(done.stdout)["report"]
    assert (problem["root"], problem["path"], problem["outcome"]) == (str(tmp_path / "away"), "", "vanished")
    assert (report["analysed"], report["left"], done.returncode) == (1, 1, 0)
    assert run(door, "analyse", database, tmp_path / "away").returncode == 3
    (tmp_path / "off").rename(tmp_path / "away")
    assert analysed(door, database, tmp_path / "here")["analysed"] == 0
    assert analysed(door, database, tmp_path / "away")["analysed"] == 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="threads have a priority of their own there")
def test_workers_give_way_to_others(door: Door, long_library: Path) -> None:
    def niceness(process: int) -> set[int]:
        # proc(5): the fields behind the name, which may have blanks.
        tasks = [task.read_text().rpartition(")")[2].split() for task in Path(f"/proc/{process}/task").glob("*/stat")]
        return {int(task[16]) for task in tasks}

    with started(door, "analyse", long_library, "--only", "loudness") as process:
        before = os.getpriority(os.PRIO_PROCESS, 0)
        until(lambda: max(before, 10) in niceness(process.pid), "workers are nicer than others")
        # The thread that looks after wasmtime's cache is somewhere between.
        assert min(niceness(process.pid)) == before and max(niceness(process.pid)) == max(before, 10)
        process.kill()


@pytest.fixture
def copies(door: Door, tree: Tree, tmp_path: Path) -> Path:
    """A library of a file, a copy of it, the same with other tags, and others that are like no
    other.
    """
    tree.copy(FORMATS / "flac-16-44.flac", "a.flac").copy(FORMATS / "flac-16-44.flac", "b/copy.flac")
    tree.copy(FORMATS / "wav-pcm16.wav", "c.wav").copy(FORMATS / "mp3-cbr.mp3", "d.mp3")
    wave = bytearray((FORMATS / "wav-pcm16.wav").read_bytes())
    # A chunk behind the audio.
    wave += b"junk\x02\0\0\0ab"
    wave[4:8] = struct.pack("<I", len(wave) - 8)
    tree.files("e.wav", content=bytes(wave))
    database = tmp_path / "library.db"
    settle()
    assert door.index(database, [tree.root]).code == 0
    return database


def groups(door: Door, database: Path, *arguments: object) -> list[tuple[str, list[str]]]:
    done = run(door, "duplicates", database, "--json", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert all([track["keep"] for track in group["tracks"]].count(True) == 1 for group in told)
    return [(group["kind"], [track["path"] for track in group["tracks"]]) for group in told]


def test_copies_are_found_by_what_is_read_only_where_needed_and_kept(door: Door, copies: Path, tree: Tree) -> None:
    was = tree.state()
    proved = {"copy", "same-audio"}
    assert not [group for group in groups(door, copies, "--no-hashing") if group[0] in proved]
    found = [group for group in groups(door, copies) if group[0] in proved]
    assert [(kind, set(paths)) for kind, paths in found] == [
        ("copy", {"a.flac", "b/copy.flac"}),
        ("same-audio", {"c.wav", "e.wav"}),
    ]
    assert {row["path"] for row in rows(copies)} == {"a.flac", "b/copy.flac", "c.wav", "e.wav"}
    assert [group for group in groups(door, copies, "--no-hashing") if group[0] in proved] == found
    assert groups(door, copies, "--kind", "copy") == found[:1]
    assert tree.state() == was


def test_people_are_told_what_to_keep(door: Door, copies: Path, tree: Tree) -> None:
    done = run(door, "duplicates", copies, "--kind", "copy")
    size = (tree.root / "a.flac").stat().st_size / 1000
    head, keep, other, blank, total, more = done.stdout.splitlines()
    assert head == f"copy: 2 files, {size:.1f} kB beside the one to keep"
    # Rows of one sync are as old as their ids: workers bring them in any order.
    kept, spare = keep.removeprefix("  keep  ").removesuffix(" (older-row)"), other.strip()
    assert {kept, spare} == {f"{tree.root}/a.flac", f"{tree.root}/b/copy.flac"}
    assert keep.endswith(" (older-row)") and other.startswith("        /")
    assert (blank, total) == ("", f"1 group: {size:.1f} kB beside those to keep")
    assert more == "5 tracks have no fingerprint: after analyse, the same recordings are found among them"
    assert analysed(door, copies)["analysed"] == 5
    assert "fingerprint" not in run(door, "duplicates", copies).stdout

"""`--events` and `changes`: every door tells the same of what happens, in the same words."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from support.doors import LIBRARIANS, SECONDS, Door

Event = dict[str, Any]

COUNTS = ["folders", "files", "done", "tracks", "problems", "passed_over", "playlists"]
COUNTS += ["total_files", "total_folders", "done_bytes", "total_bytes"]
TIMES = ["seconds", "files_per_second", "fraction", "seconds_left"]
PROGRESS = ["event", "phase", *COUNTS, "is_estimated", "folder", *TIMES]
REACHED = ["folders", "tracks", "passed_over", "playlists", "seconds", "files_per_second"]
CHANGES = ["added", "modified", "moved", "restored", "reread", "missing", "unchanged"]
SYNCED = ["event", "scan", *CHANGES, "problems", "progress"]


@pytest.fixture
def music(tmp_path: Path, sample_library: Path) -> Path:
    """The samples, and a file that is damaged."""
    shutil.copytree(sample_library, tmp_path / "music")
    (tmp_path / "music" / "damaged.mp3").write_bytes(b"no music")
    return tmp_path / "music"


def run(door: Door, *arguments: str, at: Path) -> subprocess.CompletedProcess[str]:
    command, _ = door.command(at)
    environment = os.environ | dict(door.environment)
    return subprocess.run(
        [*command, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )


def events(door: Door, verb: str, root: Path, *options: str, code: int = 0) -> list[Event]:
    """What a command tells, line by line."""
    done = run(door, verb, str(root), "--events", *options, at=root)
    assert done.returncode == code and done.stderr == "", done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert all(next(iter(event)) == "event" for event in told)
    assert told[-1]["event"] == "report" and told[0]["event"] == "progress"
    for event in told:
        if event["event"] == "progress":
            assert list(event) == PROGRESS
    assert list(told[-1]["progress"]) == REACHED
    return told


def of(told: list[Event], kind: str) -> list[Event]:
    """The events of a kind, without the key that says so, by root and path."""
    rows = [{key: value for key, value in event.items() if key != "event"} for event in told if event["event"] == kind]
    return sorted(rows, key=lambda row: (row.get("root", ""), row.get("path", "")))


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_a_scan_tells_of_tracks_and_problems_as_they_come(door: Door, music: Path) -> None:
    told = events(door, "scan", music)
    lines = door.scan(music)
    tracks = sorted(({"root": str(music), **track} for track in lines.tracks), key=lambda row: row["path"])
    assert [{**track, "root": str(music)} for track in of(told, "track")] == tracks
    assert [problem["path"] for problem in of(told, "problem")] == ["damaged.mp3"]
    report, last = told[-1], [event for event in told if event["event"] == "progress"][-1]
    assert (report["files"], report["problems"], report["progress"]["tracks"]) == (len(tracks), 1, len(tracks))
    assert (last["phase"], last["done"], last["total_files"], last["fraction"]) == ("done", len(tracks), len(tracks), 1)
    assert events(door, "scan", music, "--strict", code=1)[-1]["problems"] == 1


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_a_count_tells_how_many_there_are(door: Door, music: Path) -> None:
    told = events(door, "count", music)
    assert told[-1]["files"] == door.count(music) > 20
    assert of(told, "track") == []


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_a_sync_tells_of_changes_and_the_library_keeps_them(door: Door, music: Path, tmp_path: Path) -> None:
    db = str(tmp_path / "x.db")
    first = events(door, "index", music, "--db", db)
    assert list(first[-1]) == SYNCED
    assert (
        first[-1]["added"] == len(of(first, "change")) > 20 and first[-1]["problems"] == len(of(first, "problem")) == 1
    )
    song = next(music.rglob("*.flac"))
    song.rename(song.with_name("moved.flac"))
    second = events(door, "index", music, "--db", db)
    (moved,) = of(second, "change")
    assert (moved["change"], moved["scan"]) == ("moved", second[-1]["scan"])
    assert moved["former_path"] == song.relative_to(music).as_posix()

    def kept(*since: str) -> list[Event]:
        done = run(door, "changes", "--db", db, "--json", *since, at=music)
        assert done.returncode == 0 and done.stderr == "", done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    assert kept("--since", str(first[-1]["scan"])) == [moved]
    assert kept("--since", str(second[-1]["scan"])) == []
    assert len(kept()) == len(of(first, "change")) + 1
    said = run(door, "changes", "--db", db, "--since", str(first[-1]["scan"]), at=music)
    assert said.stdout.startswith("moved ") and "moved.flac" in said.stdout


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_a_rehearsal_tells_of_changes_too(door: Door, music: Path, tmp_path: Path) -> None:
    told = events(door, "index", music, "--db", str(tmp_path / "x.db"), "--dry-run")
    assert told[-1]["added"] == len(of(told, "change")) > 20
    assert not (tmp_path / "x.db").exists()


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_a_watch_tells_of_its_notices_and_of_each_sync(door: Door, music: Path, tmp_path: Path) -> None:
    command, _ = door.command(music)
    arguments = ["watch", str(music), "--db", str(tmp_path / "x.db"), "--events", "--poll", "--poll-interval", "0.2"]
    environment = os.environ | dict(door.environment)
    with subprocess.Popen([*command, *arguments], env=environment, stdout=subprocess.PIPE, text=True) as watch:
        assert watch.stdout is not None
        told: list[Event] = []
        reports = 0
        for line in watch.stdout:
            told.append(json.loads(line))
            reports += told[-1]["event"] == "report"
            if reports == 1 and told[-1]["event"] == "report":
                shutil.copy(music / "damaged.mp3", music / "another.mp3")
            if told[-1]["event"] == "report" and told[-1]["added"] == 1:
                break
        watch.kill()
    assert [(notice["notice"], notice["detail"].startswith(str(music))) for notice in of(told, "notice")] == [
        ("polling", True)
    ]
    assert sorted(problem["path"] for problem in of(told, "problem")) == ["another.mp3", "damaged.mp3"]
    assert [change["path"] for change in of(told, "change") if change["scan"] > 1] == ["another.mp3"]


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
@pytest.mark.parametrize("other", ["--json", "--quiet"])
def test_events_stand_alone(door: Door, other: str, music: Path) -> None:
    done = run(door, "scan", str(music), "--events", other, at=music)
    assert done.returncode == 2 and "--events" in done.stderr and done.stdout == ""


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_changes_of_no_library_or_of_forgotten_syncs_are_an_error(door: Door, music: Path, tmp_path: Path) -> None:
    db = tmp_path / "x.db"
    done = run(door, "changes", "--db", str(db), at=music)
    assert done.returncode == 3 and "there is no library" in done.stderr and not db.exists()
    import sqlite3

    run(door, "index", str(music), "--db", str(db), "--quiet", at=music)
    with sqlite3.connect(db) as database:
        database.execute("DELETE FROM history")
    done = run(door, "changes", "--db", str(db), "--since", "0", at=music)
    assert done.returncode == 3 and "what sync 1 has changed is not kept any more" in done.stderr

"""Cue sheets: the tracks of an album in one file are those that mutagen and ffprobe know, every door
shows them alike, and what counts files counts no tracks.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from mt_scanner import Library, Scanner, compat
from mutagen.flac import FLAC
from support import sheets
from support.doors import DOORS, LIBRARIANS, Door
from support.guest import Guest
from support.scenarios import connected, settle
from support.trees import FIXTURES, Tree

every_door = pytest.mark.parametrize("door", DOORS, ids=str)
AUDIO = FIXTURES / "formats" / "flac-16-44.flac"
STARTS = ["00:00:00", "00:00:20", "00:00:40"]
STARTS_MS = [0, 267, 533]
LENGTH_MS = 1000
KNOWN = 12 * 1024
"""Files of a folder that a library tells of at a time (`library/statements/beginning.rs`)."""


def album(tree: Tree, name: str = "Album", folder: str = "a") -> Path:
    """An album in one file, and its sheet; gives the file."""
    tree.copy(AUDIO, f"{folder}/{name}.flac")
    (tree.root / folder / f"{name}.cue").write_text(sheets.sheet(f"{name}.wav", STARTS))
    return tree.root / folder / f"{name}.flac"


def named(file: str, tracks: int = len(STARTS)) -> list[str]:
    """The paths of a file and its tracks."""
    return [file, *(f"{file}!/{number:02}" for number in range(1, tracks + 1))]


def chapters(path: Path) -> list[tuple[int, int]]:
    """Where tracks begin and end in ms, as ffprobe has them from the block of a FLAC file."""
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_chapters", str(path)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["chapters"]
    return [(round(float(one["start_time"]) * 1000), round(float(one["end_time"]) * 1000)) for one in found]


@every_door
def test_a_block_has_the_tracks_that_mutagen_and_ffprobe_find(door: Door, tree: Tree) -> None:
    tree.copy(AUDIO, "Album.flac")
    samples = [0, 11_025, 30_001]
    sheets.block(tree.root / "Album.flac", samples)
    rows = [row for row in door.scan(tree.root).tracks if row["audio_file"]]
    flac = FLAC(tree.root / "Album.flac")
    of_mutagen = [round(track.start_offset * 1000 / flac.info.sample_rate) for track in flac.cuesheet.tracks]
    assert [row["start_ms"] for row in rows] + [LENGTH_MS] == of_mutagen
    assert [(row["start_ms"], row["end_ms"]) for row in rows] == chapters(tree.root / "Album.flac")
    assert [row["path"] for row in rows] == named("Album.flac")[1:]


@every_door
def test_a_file_and_its_tracks_are_inspected_alike_through_every_door(door: Door, tree: Tree) -> None:
    file = album(tree)
    (tree.root / "Wham!").mkdir()
    shutil.copy(file, tree.root / "Wham!" / "01.flac")
    scanned = {row["path"]: row for row in door.scan(tree.root).tracks}
    whole = door.inspect(tree.root, "a/Album.flac")
    assert whole["track"]["cue_tracks"] == len(STARTS)
    # The root of a file that is inspected may be its own folder.
    prefix = "" if whole["track"]["path"].startswith("a/") else "a/"

    def as_scanned(row: dict[str, object]) -> dict[str, object]:
        row["path"] = f"{prefix}{row['path']}"
        row["audio_file"] = row["audio_file"] and f"{prefix}{row['audio_file']}"
        return {name: value for name, value in row.items() if name != "root"}

    assert [as_scanned(row) for row in whole["cue"]] == [scanned[path] for path in named("a/Album.flac")[1:]]
    one = door.inspect(tree.root, "a/Album.flac!/02")
    assert as_scanned(one["track"]) == scanned["a/Album.flac!/02"]
    assert (one["cue"], one["problems"]) == ([], []) and one["tags"] == whole["tags"]
    assert door.inspect(tree.root, "Wham!/01.flac")["track"]["cue_tracks"] is None
    assert door.inspect(tree.root, "a/Album.flac", "--no-cue")["cue"] == []


@every_door
def test_a_picture_of_a_track_is_that_of_its_file(door: Door, tree: Tree) -> None:
    tree.copy(FIXTURES / "formats" / "flac-picture-first.flac", "a/Album.flac")
    (tree.root / "a" / "Album.cue").write_text(sheets.sheet("Album.flac", STARTS))
    of_file = door.artwork(tree.root, "a/Album.flac").pictures
    assert of_file and door.artwork(tree.root, "a/Album.flac!/02").pictures == of_file
    assert door.artwork(tree.root, "a/Other.flac!/02").code == door.could_not_run


@every_door
@pytest.mark.parametrize("path", ["a/Album.flac!/04", "a/Album.flac!/2", "a/Other.flac!/01", "a/Album.cue!/01"])
def test_a_track_that_is_not_there_is_no_file(door: Door, path: str, tree: Tree) -> None:
    album(tree)
    run, _ = door._run("inspect", tree.root, below=path)
    assert run.returncode == door.could_not_run and "no file is there" in run.stderr


@every_door
def test_what_counts_files_counts_no_tracks(door: Door, tree: Tree) -> None:
    album(tree)
    assert door.count(tree.root) == 1
    assert len(door.scan(tree.root).tracks) == len(named("Album"))
    assert len(door.scan(tree.root, "--no-cue").tracks) == 1
    of_file = door.scan(tree.root / "a" / "Album.flac").tracks
    assert [row["path"] for row in of_file] == named("Album.flac")


def test_tracks_do_not_depend_on_the_budget_or_the_order(tree: Tree) -> None:
    for number in range(3):
        album(tree, f"Album {number}")
        album(tree, f"Album {number}", "b")
        tree.copy(AUDIO, f"a/Song {number}.flac")
    guest = Guest(tree.root)
    first = guest.whole()
    assert len(first[0]) == 3 + 6 * len(named("Album"))
    for items in (1, 2, 3, 7):
        assert guest.whole(items=items) == first
        assert guest.whole(Random(items), items=items) == first


def test_scanner_takes_the_option_and_counts_files(backend: str, tree: Tree) -> None:
    album(tree)
    scanner = Scanner(tree)
    tracks = sorted(scanner.scan(), key=lambda track: track.path)
    assert [track.path for track in tracks] == named("a/Album.flac")
    assert [track.start_ms for track in tracks] == [None, *STARTS_MS]
    assert [track.end_ms for track in tracks] == [None, *STARTS_MS[1:], LENGTH_MS]
    progress = scanner.progress
    assert (progress.files, progress.tracks, progress.done, progress.total_files) == (1, 1, 1, 1)
    assert (scanner.count(), len(list(scanner.paths())), compat.scan_music_directory(str(tree.root))) == (1, 1, 1)
    assert [track.cue_tracks for track in Scanner(tree, cue=False).scan()] == [None]
    assert [track.path for track in scanner.inspect("a/Album.flac").cue] == named("a/Album.flac")[1:]


def test_what_a_caller_knows_of_a_file_and_its_tracks_is_left_out(backend: str, tree: Tree) -> None:
    file = album(tree)
    scanner = Scanner(tree)
    known = {os.path.join(track.root, track.path): (track.size, track.mtime_ns) for track in scanner.scan()}
    assert list(scanner.scan(known=known)) == []
    settle()
    file.with_suffix(".cue").write_text(sheets.sheet("Album.wav", STARTS, title="another title"))
    assert sorted(track.path for track in scanner.scan(known=known)) == named("a/Album.flac")[1:]


@every_door
def test_playlists_are_told_apart_from_audio_of_other_extensions(door: Door, tree: Tree) -> None:
    tree.files("list.m3u", "LIST.M3U8", "a/list.pls", "notes.txt", "skipped/.nomedia", "skipped/list.m3u", "sheet.cue")
    tree.files("patterns/list.m3u")
    (tree.root / "patterns" / ".mtignore").write_text("*.m3u\n")

    def notice(*options: str) -> dict[str, object]:
        run, _ = door._run("count", tree.root, *options)
        lines: list[dict[str, object]] = [json.loads(line) for line in run.stderr.splitlines()]
        return lines[0]

    said = "3 playlists were passed over: they are no audio"
    assert notice() == {"notice": "passed-over", "detail": said, "files": 0, "playlists": 3}
    tree.files("a.aiff")
    said = "1 audio file of another extension was passed over: --extension adds it; and 3 playlists"
    assert notice() == {"notice": "passed-over", "detail": said, "files": 1, "playlists": 3}


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_a_report_for_people_counts_files_and_tells_of_playlists(door: Door, tree: Tree, tmp_path: Path) -> None:
    album(tree)
    tree.files("list.m3u")
    said = door.index_for_people(tmp_path / "library.db", [tree.root])
    assert said.startswith("1 track, 1 s, 31.7 kB\n"), said
    assert "\n1 playlist was passed over: it is no audio\n" in said and "4 new" in said


def test_the_view_for_people_shows_an_album_once(tree: Tree, tmp_path: Path) -> None:
    album(tree)
    tree.copy(AUDIO, "Song.flac")
    with Library(tmp_path / "library.db") as library:
        library.sync(tree.root)
    with closing(connected(tmp_path / "library.db")) as connection:
        files = [row["file"] for row in connection.execute("SELECT file FROM songs ORDER BY file")]
    root = str(tree.root)
    assert files == [f"{root}/Song.flac", *(f"{root}/{path}" for path in named("a/Album.flac")[1:])]


def test_tracks_go_over_to_another_root_with_their_files(tree: Tree, tmp_path: Path) -> None:
    album(tree)
    with Library(tmp_path / "library.db") as library:
        library.sync(tree.root)
        before = {track.id: track.audio_file for track in library.tracks()}
        library.sync([tree.root, tree.root / "a"])
        after = {track.id: (track.path, track.audio_file) for track in library.tracks()}
        assert {track.file for track in library.tracks()} == {str(tree.root / "a" / "Album.flac")}
        assert sorted(after) == sorted(before)
        assert sorted(path for path, _ in after.values()) == named("Album.flac")
        assert {audio for _, audio in after.values()} == {None, "Album.flac"}
        assert library.sync([tree.root, tree.root / "a"]).unchanged == len(after)


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_files_that_are_named_are_synced_with_their_tracks(door: Door, tree: Tree, tmp_path: Path) -> None:
    file, database = album(tree), tmp_path / "library.db"
    assert len(door.index(database, [tree.root]).changes) == len(named("Album"))
    settle()
    file.with_suffix(".cue").write_text(sheets.sheet("Album.wav", STARTS[:2], title="another title"))
    changes = door.index(database, [file]).changes
    kinds = {change["path"]: change["change"] for change in changes}
    first, *tracks = named("a/Album.flac")
    assert kinds == {first: "modified", tracks[0]: "modified", tracks[1]: "modified", tracks[2]: "missing"}


def test_tracks_stay_with_their_files_where_a_page_of_what_is_known_ends(tree: Tree, tmp_path: Path) -> None:
    """The names of the albums are around the end of the page, one a beginning of the other."""
    for number in range(KNOWN + 100):
        tree.files(f"wide/{number:06}.mp3")
    edges = [f"{KNOWN - 3:06}", f"{KNOWN - 3:06}.flac ", f"{KNOWN - 2:06}", f"{KNOWN - 1:06}", f"{KNOWN:06}"]
    for edge in edges:
        album(tree, edge, "wide")
    with Library(tmp_path / "library.db") as library:
        every = library.sync(tree.root).added
        assert every == KNOWN + 100 + len(edges) * len(named("Album"))
        settle()
        # Whatever is known of the folder is compared.
        os.utime(tree.root / "wide")
        report = library.sync(tree.root)
        assert (report.unchanged, report.added, report.missing) == (every, 0, 0)
        for edge in edges:
            (tree.root / "wide" / f"{edge}.cue").unlink()
        report = library.sync(tree.root)
        assert (report.added, report.missing) == (0, len(edges) * len(STARTS))


@every_door
@pytest.mark.parametrize(
    "text", [b"", b"\0" * 100, b"REM TRACK 01 " * 1000, b"\xff\xfe" + b"\0\xd8" * 50, b"x" * (1 << 20) + b"x"]
)
def test_what_is_no_sheet_costs_one_problem(door: Door, text: bytes, tree: Tree) -> None:
    file = album(tree)
    file.with_suffix(".cue").write_bytes(text)
    found = door.scan(tree.root)
    assert [track["path"] for track in found.tracks] == ["a/Album.flac"]
    assert [(problem["path"], problem["outcome"]) for problem in found.problems] == [("a/Album.cue", "malformed")]


@every_door
def test_a_sheet_that_may_not_be_read_costs_one_problem(door: Door, tree: Tree) -> None:
    sheet = album(tree).with_suffix(".cue")
    sheet.chmod(0)
    found = door.scan(tree.root, rights=False)
    assert [(problem["path"], problem["outcome"]) for problem in found.problems] == [("a/Album.cue", "unreadable")]
    assert len(found.tracks) == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@every_door
def test_a_pipe_that_is_called_a_sheet_blocks_nothing(door: Door, tree: Tree) -> None:
    sheet = album(tree).with_suffix(".cue")
    sheet.unlink()
    os.mkfifo(sheet)
    os.mkfifo(tree.root / "pipe.flac")
    (tree.root / "a" / "link.cue").symlink_to("Album.cue")
    found = door.scan(tree.root)
    assert (len(found.tracks), found.problems) == (1, [])
    run, _ = door._run("inspect", tree.root, below="pipe.flac!/01")
    assert "no file is there" in run.stderr


@every_door
def test_of_very_many_sheets_the_first_by_name_are_looked_at(door: Door, tree: Tree) -> None:
    tree.copy(AUDIO, "Album.flac")
    for number in range(1100):
        (tree.root / f"{number:04}.cue").write_text(sheets.sheet(f"{number:04}.wav", STARTS))
    (tree.root / "0999.cue").write_text(sheets.sheet("Album.wav", STARTS))
    (tree.root / "1000.cue").write_text(sheets.sheet("Album.wav", STARTS[:2]))
    assert len(door.scan(tree.root).tracks) == len(named("Album"))
    (tree.root / "0999.cue").write_text(sheets.sheet("0999.wav", STARTS))
    assert len(door.scan(tree.root).tracks) == 1

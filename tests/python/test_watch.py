"""Watching: what changes is in the library soon, in few syncs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from mt_scanner.cli import main
from support import sheets
from support.archives import write
from support.interruptions import interruptible
from support.trees import FIXTURES, Tree
from support.watched import FLAC, OTHER, PATIENCE, Watch

pytestmark = pytest.mark.usefixtures("backend")


def test_a_file_is_added_changed_and_removed(artists: Tree, watch: Watch) -> None:
    watched = watch(artists.root)
    assert watched.first.added == 2
    artists.copy(OTHER, "A/Album/new.mp3")
    watched.until("added A/Album/new.mp3")
    # In place: the folder does not change.
    with open(artists.root / "A/Album/new.mp3", "ab") as file:
        file.write(b"TAG")
    watched.until("modified A/Album/new.mp3")
    (artists.root / "A/Album/new.mp3").unlink()
    watched.until("missing A/Album/new.mp3")


def test_a_folder_that_is_renamed_keeps_its_rows(artists: Tree, watch: Watch) -> None:
    watched = watch(artists.root)
    ids = watched.ids()
    (artists.root / "A").rename(artists.root / "C")
    watched.until("moved C/Album/a.mp3")
    assert watched.ids() == ids
    # It is watched in its new place.
    artists.copy(OTHER, "C/Album/new.mp3")
    watched.until("added C/Album/new.mp3")


def test_folders_that_change_places_are_seen_with_all_that_is_below(artists: Tree, watch: Watch) -> None:
    watched = watch(artists.root)
    ids = watched.ids()
    (artists.root / "A").rename(artists.root / "aside")
    (artists.root / "B").rename(artists.root / "A")
    (artists.root / "aside").rename(artists.root / "B")
    watched.until("moved B/Album/a.mp3", "moved A/Album/b.flac")
    assert watched.ids() == ids


def test_a_burst_is_one_batch(artists: Tree, song: Path, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    # Longer than it is, for machines that are busy otherwise.
    monkeypatch.setattr("mt_scanner._library.watch.inotify.SILENCE", 2.0)
    monkeypatch.setattr("mt_scanner._library.watch.inotify.LONGEST", 30.0)
    watched = watch(artists.root)
    ids = watched.ids()
    content = song.read_bytes()
    artists.files(*(f"New/Album/{number:03}.mp3" for number in range(500)), content=content)
    (artists.root / "B").rename(artists.root / "Renamed")
    report = watched.report()
    assert (report.added, report.moved, report.missing) == (500, 1, 0)
    assert watched.ids()[:2] == ids


def test_a_burst_is_committed_soon(artists: Tree, song: Path, watch: Watch, backend: str) -> None:
    watched = watch(artists.root)
    artists.files(*(f"New/{number:03}.mp3" for number in range(500)), content=song.read_bytes())
    written = time.monotonic()
    added = batches = 0
    while added < 500:
        added += watched.report().added
        batches += 1
    took = time.monotonic() - written
    print(f"{backend}: 500 files in {batches} batch(es), {took:.3f} s after the last was written")
    assert took < PATIENCE


def test_what_is_made_below_new_folders_is_seen(artists: Tree, watch: Watch) -> None:
    watched = watch(artists.root)
    artists.copy(OTHER, "C/D/E/F/new.mp3")
    watched.until("added C/D/E/F/new.mp3")
    artists.copy(FIXTURES / "formats" / "ogg-vorbis.ogg", "C/D/E/F/newer.ogg")
    watched.until("added C/D/E/F/newer.ogg")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every name is Unicode")
def test_names_that_are_no_unicode_end_no_watch(artists: Tree, watch: Watch) -> None:
    watched = watch(artists.root)
    folder = os.fsencode(artists.root) + b"/A/\xff"
    os.makedirs(folder)
    (artists.root / "A" / os.fsdecode(b"\xfe.mp3")).write_bytes(OTHER.read_bytes())
    assert watched.report().progress.problems
    artists.copy(OTHER, "A/new.mp3")
    watched.until("added A/new.mp3")


def test_what_says_that_folders_are_skipped_is_heard(artists: Tree, watch: Watch) -> None:
    watched = watch(artists.root)
    artists.files("A/.nomedia")
    watched.until("missing A/Album/a.mp3")
    (artists.root / "A/.nomedia").unlink()
    watched.until("restored A/Album/a.mp3")


@pytest.mark.alone
def test_a_watch_that_is_stopped_ends_soon(artists: Tree, watch: Watch) -> None:
    assert watch(artists.root).end() < 2.0


@pytest.mark.skipif(os.name == "nt", reason="links take rights there")
def test_a_root_may_be_a_link_and_hold_links(artists: Tree, watch: Watch, tmp_path: Path) -> None:
    artists.link("link", "B")
    (tmp_path / "root").symlink_to(artists.root)
    watched = watch(tmp_path / "root")
    artists.copy(OTHER, "B/Album/new.mp3")
    watched.until("added B/Album/new.mp3")


@pytest.mark.alone
@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent in another way")
def test_the_command_line_watches_until_it_is_interrupted(artists: Tree, tmp_path: Path) -> None:
    command = [sys.executable, "-u", "-m", "mt_scanner", "watch", str(artists.root), "--json"]
    command += ["--db", str(tmp_path / "library.db")]
    with interruptible(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            lines = [json.loads(process.stdout.readline()) for _ in range(2)]
            assert [line["change"] for line in lines] == ["added", "added"]
            artists.copy(OTHER, "A/Album/new.mp3")
            assert json.loads(process.stdout.readline())["path"] == "A/Album/new.mp3"
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()


def test_the_command_line_refuses_what_cannot_be(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["watch", str(tmp_path / "none"), "--db", str(tmp_path / "library.db")]) == 3
    assert "the root does not exist" in capsys.readouterr().err


def test_an_archive_that_changes_in_its_place_is_seen(artists: Tree, song: Path, watch: Watch) -> None:
    write(artists.root / "A" / "x.zip", {"1.mp3": song.read_bytes()})
    watched = watch(artists.root, archives=True)
    assert watched.first.added == 3
    # The folder around it does not change.
    with zipfile.ZipFile(artists.root / "A" / "x.zip", "a") as archive:
        archive.writestr("2.mp3", OTHER.read_bytes())
    watched.until("modified A/x.zip!/1.mp3", "added A/x.zip!/2.mp3")
    (artists.root / "A" / "x.zip").unlink()
    watched.until("missing A/x.zip!/1.mp3", "missing A/x.zip!/2.mp3")


def test_an_edited_sheet_changes_the_tracks_of_its_file(artists: Tree, watch: Watch) -> None:
    artists.copy(FLAC, "Ada/Album.flac")
    starts = ["00:00:00", "00:00:40"]
    sheet = artists.root / "Ada" / "Album.cue"
    sheet.write_text(sheets.sheet("Album.flac", starts))
    watched = watch(artists.root)
    sheet.write_text(sheets.sheet("Album.flac", starts, title="another title"))
    watched.until("modified Ada/Album.flac!/01", "modified Ada/Album.flac!/02")
    sheet.unlink()
    watched.until("missing Ada/Album.flac!/01", "missing Ada/Album.flac!/02", "modified Ada/Album.flac")

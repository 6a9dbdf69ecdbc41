"""The library's statements for analyses, as a host runs them: what is to be read, what is kept of
it and for how long, which albums are measured, and what people see.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from support.guest import Guest

Row = dict[str, Any]
REPORT: Row = {
    "depth": "stream",
    "verdict": "intact",
    "proof": "checksums",
    "findings": [],
    "more_findings": 0,
    "payload_hash": None,
    "file_hash": None,
    "audio": None,
    "loudness": None,
    "fingerprint": None,
}
LOUDNESS = {
    "integrated": -14.0,
    "range": 6.0,
    "true_peak": -1.0,
    "replaygain_track_gain": -4.0,
    "replaygain_track_peak": 0.9,
    "blocks": "B",
}
ROW = """
    id root path size format codec bitrate sample_rate bit_depth duration_ms tags title artist recording verdict
    payload_hash file_hash fingerprint
"""
"""The columns of `duplicate-rows`, as `wit/analysis.wit` has them."""


@cache
def sql() -> tuple[list[str], dict[str, tuple[list[str], list[str]]]]:
    """The migrations, and the statements by name with their parameters."""
    guest = Guest(Path(__file__).parent)
    migrations = [migration.sql for migration in guest.call("library", "migrations")]
    statements = guest.call("library", "statements")
    return migrations, {statement.name: (statement.sql, statement.parameters) for statement in statements}


class Library:
    """A library in memory, whose rows are written by hand."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.connection.row_factory = sqlite3.Row
        self.connection.execute("PRAGMA foreign_keys = ON")
        for script in sql()[0]:
            self.connection.executescript(script)
        self.run("analysis")

    def run(self, name: str, **values: object) -> list[Row]:
        """Runs a statement as a host does, by the names of its parameters."""
        texts, parameters = sql()[1][name]
        assert values.keys() == set(parameters)
        rows: list[sqlite3.Row] = []
        for text in texts:
            # A script of tables takes none.
            rows = self.connection.execute(text, [values[parameter] for parameter in parameters]).fetchall()
        return [dict(row) for row in rows]

    def query(self, text: str, *values: object) -> list[Row]:
        return [dict(row) for row in self.connection.execute(text, values)]

    def track(self, path: str, root: str = "/music", **columns: object) -> int:
        """Adds a track."""
        folder = path.rpartition("/")[0]
        self.query("INSERT OR IGNORE INTO roots (path) VALUES (?)", root)
        self.query("INSERT OR IGNORE INTO folders (root_id, path) SELECT id, ? FROM roots WHERE path = ?", folder, root)
        values = {"path": path, "size": 100, "mtime_ns": 1, "ctime_ns": 1, "settled": 1, **columns}
        row = self.connection.execute(
            f"INSERT INTO tracks (folder_id, {', '.join(values)}) SELECT folders.id, {', '.join('?' * len(values))} "
            "FROM folders JOIN roots ON roots.id = root_id WHERE folders.path = ? AND roots.path = ?",
            [*values.values(), folder, root],
        )
        assert row.lastrowid
        return row.lastrowid

    def begin(self, depth: str | None = "stream", what: str = "", version: int = 1, roots: object = None) -> list[str]:
        """Begins an analysis; `what` is of `hashes`, `loudness` and `fingerprints`. The paths that
        are to be read.
        """
        self.run("analysis")
        asked = {name: int(name in what.split()) for name in ("hashes", "loudness", "fingerprints")}
        self.run(
            "analysis-begin", depth=depth, version=version, roots=None if roots is None else json.dumps(roots), **asked
        )
        return self.paths()

    def paths(self) -> list[str]:
        """What is to be read, a file at a time."""
        paths, after = [], 0
        while rows := self.run("analysis-next", after=after, limit=2):
            paths += [row["path"] for row in rows]
            after = rows[-1]["place"]
        assert self.run("analysis-total") == [{"files": len(paths), "bytes": 100 * len(paths)}]
        return paths

    def read(self, track: int, what: str = "", depth: str | None = "stream", **values: object) -> None:
        """Writes a report; `values` are of the call or of the report."""
        asked = {name: int(name in what.split()) for name in ("hashes", "loudness", "fingerprints")}
        call = {"id": track, "size": 100, "mtime_ns": 1, "depth": depth, "version": 1, "analysed_at": 5, **asked}
        call |= {name: values.pop(name) for name in ("mtime_ns", "analysed_at") if name in values}
        if "outcome" in values:
            self.run("analysis-failed", **call, **values)
            return
        report = REPORT | {"size": 100, "depth": depth} | values
        if depth is None:
            report |= {"verdict": None, "proof": None}
        self.run("analysed", **call, report=json.dumps(report))

    def analysis(self, track: int) -> Row:
        (row,) = self.query("SELECT * FROM analyses WHERE track_id = ?", track)
        return row

    def measure_albums(self) -> list[list[list[object]]]:
        """Measures what is to be measured, and gives the tracks that were measured together."""
        self.run("albums-begin", version=1)
        albums, after = [], 0
        while rows := self.run("albums-next", after=after, limit=1):
            ((after, tracks),) = (row.values() for row in rows)
            albums.append(json.loads(tracks))
            loudness = {"integrated": -12.0, "range": 3.0, "true_peak": -1, "replaygain_album_gain": -6.0}
            self.run("album-measured", place=after, loudness=json.dumps(loudness | {"replaygain_album_peak": 0.5}))
        return albums


@pytest.fixture
def library() -> Iterator[Library]:
    library = Library()
    yield library
    assert library.query("PRAGMA foreign_key_check") == []
    library.connection.close()


def test_files_of_a_disk_are_read_in_order_and_nothing_else(library: Library) -> None:
    for path in ("b.mp3", "a/2.mp3", "a/1.mp3", "x!/1.mp3"):
        library.track(path)
    library.track("gone.mp3", missing_since=1)
    library.track("album.flac#01", audio_file="album.flac", track_number=1)
    for archive in ("a.zip!", "b.Tar.GZ!", "c.7z!!", "d/e.tgz!/f"):
        library.track(f"{archive}/1.mp3")
    library.track("c.mp3", root="/other")
    assert library.begin() == ["a/1.mp3", "a/2.mp3", "b.mp3", "x!/1.mp3", "c.mp3"]
    assert library.begin(roots=["/other"]) == ["c.mp3"]
    assert library.begin(roots=[]) == []


def test_what_is_analysed_is_not_read_again_until_it_changes_or_more_is_asked_for(library: Library) -> None:
    track = library.track("a.mp3")
    library.read(track, "hashes")
    for depth, what, is_read in (
        ("stream", "hashes", False),
        ("header", "", False),
        (None, "hashes", False),
        ("audio", "", True),
        ("stream", "loudness", True),
        (None, "fingerprints", True),
    ):
        assert library.begin(depth, what) == ["a.mp3"] * is_read, (depth, what)
    assert library.begin(version=2) == ["a.mp3"]
    library.query("UPDATE tracks SET mtime_ns = 2")
    assert library.begin() == ["a.mp3"]


def test_what_was_found_before_stays_beside_what_is_found_now(library: Library) -> None:
    track = library.track("a.mp3")
    finding = {"kind": "checksum", "verdict": "damaged", "detail": "x", "position": 3, "position_ms": None}
    library.read(track, depth="audio", verdict="damaged", findings=[finding], audio={"samples": 7, "is_silent": False})
    library.read(track, "hashes", payload_hash="p", file_hash="f", verdict="intact")
    library.read(track, "loudness", depth=None, loudness=LOUDNESS)
    library.read(track, "fingerprints", depth=None, fingerprint="F", analysed_at=9)
    row = library.analysis(track)
    assert (row["depth"], row["verdict"], json.loads(row["findings"])) == ("audio", "damaged", [finding])
    assert (row["samples"], row["is_silent"], row["payload_hash"], row["file_hash"]) == (7, 0, "p", "f")
    assert (row["integrated"], row["track_gain"], row["blocks"], row["fingerprint"]) == (-14, -4, "B", "F")
    assert (row["hashed"], row["measured"], row["fingerprinted"], row["analysed_at"]) == (1, 1, 1, 9)
    # Of another file under the same name nothing is kept.
    library.query("UPDATE tracks SET mtime_ns = 2")
    library.read(track, mtime_ns=2, verdict="unchecked")
    row = library.analysis(track)
    assert (row["depth"], row["verdict"], row["samples"], row["payload_hash"]) == ("stream", "unchecked", None, None)
    assert (row["hashed"], row["measured"], row["fingerprint"], row["mtime_ns"]) == (0, 0, None, 2)


def test_a_report_on_a_file_that_has_changed_since_is_not_kept(library: Library) -> None:
    track = library.track("a.mp3")
    library.read(track, mtime_ns=2)
    library.read(track, size=101)
    library.read(track, mtime_ns=2, outcome="trap", detail="x")
    assert library.query("SELECT * FROM analyses") == []


def test_a_file_that_fails_is_not_tried_again_unless_more_is_asked_for(library: Library) -> None:
    track = library.track("a.mp3")
    library.read(track, "hashes", payload_hash="p")
    library.read(track, depth="audio", outcome="timeout", detail="took too long")
    assert library.begin("audio") == []
    assert library.begin("audio", "hashes") == []
    assert library.begin("stream", "loudness") == ["a.mp3"]
    library.read(track, "loudness", depth=None, loudness=LOUDNESS)
    row = library.analysis(track)
    assert (row["verdict"], row["payload_hash"], row["integrated"], row["outcome"]) == ("intact", "p", -14, "timeout")
    library.read(track, "hashes loudness", depth="audio")
    assert library.analysis(track)["outcome"] is None


def test_a_track_that_moves_keeps_its_analysis_and_one_that_is_forgotten_does_not(library: Library) -> None:
    track = library.track("a.mp3")
    library.read(track)
    library.query("UPDATE tracks SET path = 'b.mp3'")
    assert library.begin() == []
    library.query("DELETE FROM tracks")
    assert library.query("SELECT * FROM analyses") == []


def test_the_report_counts_verdicts_and_what_is_left(library: Library) -> None:
    verdicts = ["intact", "unchecked", "suspicious", "truncated", "damaged"]
    tracks = [library.track(f"{number}.mp3") for number in range(7)]
    assert len(library.begin()) == 7
    for track, verdict in zip(tracks, verdicts, strict=False):
        library.read(track, verdict=verdict)
    library.read(tracks[5], outcome="trap", detail="x")
    counts = dict.fromkeys(verdicts, 1)
    assert library.run("analysis-report") == [{"analysed": 6, **counts, "unreported": 1, "left": 1}]


def test_an_album_is_measured_once_and_anew_when_its_tracks_change(library: Library) -> None:
    album = {"album": "A", "album_artist": "X"}
    one, two = library.track("1/1.mp3", **album), library.track("2/2.mp3", **album)
    other = library.track("3/1.mp3", **album | {"album_artist": "Y"})
    alone = library.track("3/2.mp3")
    # Without an album artist it is the folder that tells.
    nameless = [library.track(f"{folder}/0.mp3", album="Greatest Hits") for folder in "12"]
    for track in (one, two, other, alone, *nameless):
        library.read(track, "loudness", loudness=LOUDNESS | {"blocks": str(track)})

    def is_measured() -> list[list[str]]:
        return sorted([str(track[0]) for track in tracks] for tracks in library.measure_albums())

    assert is_measured() == sorted([[str(one), str(two)], [str(other)], *([str(track)] for track in nameless)])
    assert is_measured() == []
    # One is measured again, another comes, one goes.
    library.read(two, "loudness", loudness=LOUDNESS | {"blocks": "new"})
    assert is_measured() == [[str(one), "new"]]
    three = library.track("1/3.mp3", **album)
    assert is_measured() == []
    library.read(three, "loudness", loudness=LOUDNESS | {"blocks": "3"})
    assert is_measured() == [[str(one), "new", "3"]]
    library.query("UPDATE tracks SET missing_since = 1 WHERE id = ?", one)
    assert is_measured() == [["new", "3"]]
    assert is_measured() == []
    shown = library.query("SELECT id, lufs, album_lufs, album_gain, file FROM loudness WHERE id = ?", two)
    assert shown == [{"id": two, "lufs": -14, "album_lufs": -12, "album_gain": -6, "file": "/music/2/2.mp3"}]
    # Nothing is left of albums that are no more.
    library.query("DELETE FROM tracks")
    assert is_measured() == []
    assert library.query("SELECT * FROM album_loudness") == []


def candidates(library: Library, roots: object = None) -> list[str]:
    library.run("analysis")
    library.run("duplicates-begin", version=1, roots=None if roots is None else json.dumps(roots))
    return library.paths()


def test_only_files_that_could_be_the_same_are_hashed(library: Library) -> None:
    kind = {"codec": "mp3", "format": "mp3", "sample_rate": 44100, "channels": 2, "bitrate": 256}
    library.track("a.mp3", audio_key="1", duration_ms=1000, **kind)
    library.track("b.mp3", audio_key="1", duration_ms=1000, **kind)
    library.track("c.mp3", audio_key="2", duration_ms=5000, **kind)
    library.track("d.mp3", audio_key="3", duration_ms=5050, **kind)
    library.track("e.mp3", audio_key="4", duration_ms=5101, **kind)
    library.track("f.mp3", audio_key="5", duration_ms=5000, **kind | {"bitrate": 200})
    for name, title in (("x", "One"), ("y", "Two"), ("z", "two")):
        library.track(f"{name}.mp3", audio_key=name, duration_ms=70_000, title=title, **kind)
    aac = {"codec": "aac", "sample_rate": 44100, "channels": 2, "bitrate": 128}
    for name, ms in (("k", 30_000), ("l", 50_000)):
        library.track(f"{name}.m4a", audio_key=name, duration_ms=ms, format="mp4", **aac)
        library.track(f"{name}.aac", audio_key=f"{name}!", duration_ms=ms + 1_600, format="aac", **aac)
    library.track("g.mp3", audio_key="6", duration_ms=5000, **kind | {"channels": 1})
    library.track("h.mka", audio_key="7", duration_ms=1010, **kind | {"format": "mp4", "bitrate": 200})
    for number in range(3):
        library.track(f"{number}.flac", audio_key=f"f{number}", duration_ms=9000, **kind | {"format": "flac"})
    same = ["b.mp3", "c.mp3", "d.mp3", "h.mka", "l.aac", "l.m4a", "y.mp3", "z.mp3"]
    assert candidates(library) == ["a.mp3", *same]
    (track,) = library.query("SELECT id FROM tracks WHERE path = 'a.mp3'")
    library.read(track["id"], "hashes", depth=None, payload_hash="p")
    assert candidates(library) == same
    # Whoever is alone in a root is no candidate there.
    library.track("i.mp3", root="/other", audio_key="1", duration_ms=1000, **kind)
    assert candidates(library, ["/other"]) == []
    assert "i.mp3" in candidates(library)


def test_rows_for_grouping_have_the_columns_of_the_contract(library: Library) -> None:
    track = library.track("a.mp3", title="T", artist="A", year=2000, has_artwork=1, codec="mp3")
    library.track("b.mp3", missing_since=1)
    library.read(track, "hashes", payload_hash="p", file_hash="f", verdict="damaged")
    (row,) = library.run("duplicate-rows", roots=None)
    assert ROW.split() == list(row)
    assert (row["tags"], row["payload_hash"], row["verdict"]) == (4, "p", "damaged")
    assert library.run("unfingerprinted", roots=None) == [{"tracks": 1}]
    library.read(track, "fingerprints", depth=None)
    assert library.run("unfingerprinted", roots=None) == [{"tracks": 0}]
    # An analysis of the file as it was says nothing of this one.
    library.query("UPDATE tracks SET size = 101")
    (row,) = library.run("duplicate-rows", roots=json.dumps(["/music"]))
    assert (row["payload_hash"], row["verdict"]) == (None, None)


def test_views_show_people_what_is_damaged_and_what_there_is_twice(library: Library) -> None:
    tracks = [library.track(f"{name}.mp3") for name in "abcde"]
    findings = [{"verdict": None, "detail": "remark"}, {"verdict": "truncated", "detail": "the end is missing"}]
    library.read(tracks[0], "hashes", payload_hash="p", file_hash="1", verdict="truncated", findings=findings)
    library.read(tracks[1], "hashes", payload_hash="p", file_hash="1")
    library.read(tracks[2], "hashes", payload_hash="p", file_hash="2")
    library.read(tracks[3], "hashes", payload_hash="q", file_hash="3")
    library.read(tracks[4], outcome="memory", detail="took more than 256 MiB")
    shown = [(row["verdict"], row["finding"], row["file"]) for row in library.query("SELECT * FROM damaged")]
    assert shown == [
        ("truncated", "the end is missing", "/music/a.mp3"),
        ("memory", "took more than 256 MiB", "/music/e.mp3"),
    ]
    copies = [(row["audio"], row["bytes"], row["file"]) for row in library.query("SELECT * FROM copies")]
    assert copies == [(1, 1, "/music/a.mp3"), (1, 1, "/music/b.mp3"), (1, 2, "/music/c.mp3")]

"""Every field of every tag format, as mutagen writes it; lyrics, chapters and tags that `inspect`
gives through every door.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mutagen
import mutagen.apev2
import mutagen.asf
import mutagen.id3
import mutagen.mp4
import pytest
from support.doors import DOORS, Door, Row
from support.golden import FIXTURES
from support.guest import Guest
from support.readers import by_mutagen

TEXTS = {
    "title_sort": ("TITLESORT", "TSOT", "sonm", "WM/TitleSortOrder"),
    "artist_sort": ("ARTISTSORT", "TSOP", "soar", "WM/ArtistSortOrder"),
    "album_sort": ("ALBUMSORT", "TSOA", "soal", "WM/AlbumSortOrder"),
    "album_artist_sort": ("ALBUMARTISTSORT", "TSO2", "soaa", "WM/AlbumArtistSortOrder"),
    "composer_sort": ("COMPOSERSORT", "TSOC", "soco", "WM/ComposerSortOrder"),
    "grouping": ("GROUPING", "GRP1", "\xa9grp", "WM/ContentGroupDescription"),
    "work": ("WORK", "TXXX:WORK", "\xa9wrk", "WM/Work"),
    "movement": ("MOVEMENTNAME", "MVNM", "\xa9mvn", None),
    "label": ("LABEL", "TPUB", "----:LABEL", "WM/Publisher"),
    "catalog_number": ("CATALOGNUMBER", "TXXX:CATALOGNUMBER", "----:CATALOGNUMBER", "WM/CatalogNo"),
    "barcode": ("BARCODE", "TXXX:BARCODE", "----:BARCODE", "WM/Barcode"),
    "media": ("MEDIA", "TMED", "----:MEDIA", "WM/Media"),
    "lyricist": ("LYRICIST", "TEXT", "----:LYRICIST", "WM/Writer"),
    "conductor": ("CONDUCTOR", "TPE3", "----:CONDUCTOR", "WM/Conductor"),
    "remixer": ("REMIXER", "TPE4", "----:REMIXER", "WM/ModifiedBy"),
    "language": ("LANGUAGE", "TLAN", "----:LANGUAGE", "WM/Language"),
    "encoder": ("ENCODER", "TSSE", "\xa9too", "WM/EncodingSettings"),
}
"""Fields of one text with their free name, ID3v2 frame, MP4 atom and ASF attribute: the tables of
MusicBrainz Picard's documentation, appendix "Tag mapping", and of mutagen's `Easy*` classes.
"""
VALUES: Row = {field: f"{field} é月" for field in TEXTS}
WORDS = "Eins\nzwei, drei\n"
TIMED = "[00:01.000]Eins\n[00:02.500]zwei, drei"
ALL: Row = VALUES | {"original_date": "1967-06-01", "bpm": 128.0, "has_lyrics": "plain"}


def vorbis(path: Path) -> None:
    file: Any = mutagen.File(path)
    file.tags.clear()
    for field, (name, *_) in TEXTS.items():
        file.tags[name] = VALUES[field]
    file.tags.update({"ORIGINALDATE": "1967-06-01", "BPM": "128", "LYRICS": WORDS})
    file.save()


def id3(version: int) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        tags = mutagen.id3.ID3()
        for field, (_, name, *_) in TEXTS.items():
            if name.startswith("TXXX:"):
                tags.add(mutagen.id3.TXXX(encoding=1, desc=name[5:], text=[VALUES[field]]))
            else:
                tags.add(getattr(mutagen.id3, name)(encoding=1, text=[VALUES[field]]))
        tags.add(mutagen.id3.TDOR(encoding=0, text=["1967-06-01"]))
        tags.add(mutagen.id3.TBPM(encoding=0, text=["128"]))
        tags.add(mutagen.id3.USLT(encoding=1, lang="deu", desc="words", text=WORDS))
        if version == 3:
            # It leaves out what the specification of 2.3 has not, and taggers write all the same.
            sort_names = [frame for frame in tags.values() if frame.FrameID in ("TSOT", "TSOP", "TSOA")]
            tags.update_to_v23()
            list(map(tags.add, sort_names))
        tags.save(path, v2_version=version, v1=0)

    return write


def mp4(path: Path) -> None:
    file: Any = mutagen.mp4.MP4(path)
    file.tags.clear()
    for field, (_, _, name, *_) in TEXTS.items():
        if name.startswith("----:"):
            file.tags[f"----:com.apple.iTunes:{name[5:]}"] = [VALUES[field].encode()]
        else:
            file.tags[name] = [VALUES[field]]
    file.tags["----:com.apple.iTunes:ORIGINALDATE"] = [b"1967-06-01"]
    file.tags.update({"tmpo": [128], "\xa9lyr": [WORDS]})
    file.save()


def apev2(path: Path) -> None:
    tags = mutagen.apev2.APEv2()
    for field, (name, *_) in TEXTS.items():
        tags[name] = VALUES[field]
    tags.update({"ORIGINALDATE": "1967-06-01", "BPM": "128", "Lyrics": WORDS})
    tags.save(path)


def asf(path: Path) -> None:
    file: Any = mutagen.asf.ASF(path)
    for field, (*_, name) in TEXTS.items():
        file.tags[name or "MOVEMENTNAME"] = [VALUES[field]]
    file.tags.update({"WM/OriginalReleaseTime": ["1967-06-01"], "WM/BeatsPerMinute": ["128"], "WM/Lyrics": [WORDS]})
    file.save()


@pytest.mark.parametrize(
    "write, name",
    [
        (vorbis, "flac-16-44.flac"),
        (vorbis, "ogg-vorbis.ogg"),
        (vorbis, "ogg-flac.ogg"),
        (vorbis, "opus-mono.opus"),
        (id3(3), "mp3-untagged.mp3"),
        (id3(4), "mp3-untagged.mp3"),
        (id3(4), "aac-adts.aac"),
        (mp4, "m4a-moov-first.m4a"),
        (apev2, "mp3-untagged.mp3"),
        (asf, "wma-wmav2.wma"),
    ],
)
def test_every_field_is_read_and_mutagen_reads_the_same(
    write: Callable[[Path], None], name: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    shutil.copyfile(FIXTURES / "formats" / name, path)
    write(path)
    found = Guest(tmp_path).inspect(path.name)
    # ID3v2.3 has the year alone.
    has_year = any(tag["key"] == "TORY" for tag in found["tags"])
    expected = ALL | ({"original_date": "1967"} if has_year else {})
    assert {field: found["track"][field] for field in expected} == expected
    (lyrics,) = found["lyrics"]
    assert (lyrics["form"], lyrics["text"].rstrip("\n")) == ("plain", WORDS.rstrip("\n"))
    reading = by_mutagen(path)
    judged = ALL.keys() & reading.keys()
    assert {field: found["track"][field] for field in judged} == {field: reading[field] for field in judged}
    assert len(judged) >= (len(ALL) - 1 if write is not apev2 else 0), ALL.keys() - judged


def test_fields_of_riff_info_are_read(tmp_path: Path) -> None:
    texts = {
        "IBPM": "128",
        "IPUB": "label",
        "IMED": "CD",
        "IWRI": "lyricist",
        "IEDT": "remixer",
        "ILNG": "deu",
        "ISFT": "encoder",
    }
    whole = bytearray((FIXTURES / "formats" / "wav-pcm16.wav").read_bytes())
    chunks = b"".join(
        name.encode() + len(text).to_bytes(4, "little") + text.encode() + b"\0" * (len(text) % 2)
        for name, text in texts.items()
    )
    whole += b"LIST" + (len(chunks) + 4).to_bytes(4, "little") + b"INFO" + chunks
    whole[4:8] = (len(whole) - 8).to_bytes(4, "little")
    (tmp_path / "a.wav").write_bytes(whole)
    track = Guest(tmp_path).inspect("a.wav")["track"]
    fields = ("bpm", "label", "media", "lyricist", "remixer", "language")
    assert [track[field] for field in fields] == [128.0, "label", "CD", "lyricist", "remixer", "deu"]


def everything(path: Path) -> Path:
    """Writes an MP3 with lyrics in two forms, chapters, and tags in three blocks."""
    shutil.copyfile(FIXTURES / "formats" / "mp3-untagged.mp3", path)
    tags = mutagen.id3.ID3()
    tags.add(mutagen.id3.TIT2(encoding=3, text=["title"]))
    tags.add(mutagen.id3.USLT(encoding=3, lang="deu", desc="words", text=WORDS * 1_000))
    timed = [("Eins", 1_000), ("\nzwei, ", 2_500), ("drei", 3_000)]
    tags.add(mutagen.id3.SYLT(encoding=3, lang="deu", format=2, type=1, desc="", text=timed))
    for number, (start, end) in enumerate([(0, 1_500), (1_500, 3_000)]):
        title = mutagen.id3.TIT2(encoding=3, text=[f"part {number}"])
        tags.add(mutagen.id3.CHAP(element_id=f"c{number}", start_time=start, end_time=end, sub_frames=[title]))
    tags.save(path, v2_version=4, v1=2)
    ape = mutagen.apev2.APEv2()
    ape["Album"] = "album"
    ape.save(path)
    return path


@pytest.mark.parametrize("options", [(), ("-f", "mov")], ids=["m4a", "mov"])
def test_chapters_of_a_track_of_texts_are_those_of_ffprobe(options: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "a.m4a"
    chapters = [(0, 600, "Eins"), (600, 1_000, "Zwei é月"), (1_000, 1_100, "Drei")]
    lines = [f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={begin}\nEND={end}\ntitle={title}" for begin, end, title in chapters]
    (tmp_path / "chapters").write_text("\n".join([";FFMETADATA1", *lines]) + "\n", encoding="utf-8")
    audio = FIXTURES / "formats" / "m4a-moov-first.m4a"
    command = ["ffmpeg", "-v", "error", "-i", audio, "-i", tmp_path / "chapters", "-map", "0:a", "-map_chapters", "1"]
    subprocess.run([*command, "-c", "copy", *options, path], check=True)
    probe = ["ffprobe", "-v", "error", "-show_chapters", "-of", "json", path]
    judged = json.loads(subprocess.run(probe, capture_output=True, check=True).stdout)["chapters"]
    found = Guest(tmp_path).inspect(path.name)["chapters"]
    assert [(one["start_ms"], one["title"]) for one in found] == [(begin, title) for begin, _, title in chapters]
    said = [(one["start_ms"] / 1000, one["end_ms"] / 1000, one["title"]) for one in found]
    assert said == [(float(one["start_time"]), float(one["end_time"]), one["tags"]["title"]) for one in judged]


def form(lyrics: Row) -> str:
    """Its form, to sort by: mutagen writes short frames first."""
    return str(lyrics["form"])


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_every_door_gives_lyrics_chapters_and_tags_of_every_block(door: Door, tmp_path: Path) -> None:
    path = everything(tmp_path / "a.mp3")
    found = door.inspect(tmp_path, path.name)
    assert [(one["form"], one["language"], one["text"]) for one in sorted(found["lyrics"], key=form)] == [
        ("plain", "deu", WORDS * 1_000),
        ("synchronised", "deu", TIMED),
    ]
    assert found["chapters"] == [
        {"start_ms": 0, "end_ms": 1_500, "title": "part 0"},
        {"start_ms": 1_500, "end_ms": 3_000, "title": "part 1"},
    ]
    assert {tag["block"] for tag in found["tags"]} == {"ID3v2.4", "APE", "ID3v1"}
    (track,) = door.scan(tmp_path).tracks
    assert (track["has_lyrics"], track["album"]) == ("synchronised", "album")


@pytest.mark.parametrize("door", [door for door in DOORS if door.flags], ids=str)
def test_people_see_lyrics_and_chapters(door: Door, tmp_path: Path) -> None:
    path = everything(tmp_path / "a.mp3")
    command, _ = door.command(tmp_path)
    said = subprocess.run([*command, "inspect", str(path)], capture_output=True, text=True, check=True).stdout
    assert "\nlyrics: plain, deu, words\n  Eins\n  zwei, drei\n" in said
    assert "\nlyrics: synchronised, deu\n  [00:01.000]Eins\n" in said
    assert said.endswith("\nchapters\n  0:00:00.000  part 0\n  0:00:01.500  part 1\n")
    assert "\ntags as in the file: ID3v1\n" in said


def test_a_tag_that_a_scan_passes_over_is_listed_and_fills_no_column(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    shutil.copyfile(FIXTURES / "formats" / "flac-16-44.flac", path)
    file = mutagen.File(path)
    assert file is not None
    file.tags.clear()
    file["TITLE"] = "inside"
    file.save()
    with path.open("ab") as end:
        end.write(b"TAG" + b"behind".ljust(30, b"\0") + b"artist".ljust(30, b"\0") + bytes(64) + b"\xff")
    found = Guest(tmp_path).inspect(path.name)
    assert (found["track"]["title"], found["track"]["artist"], found["problems"]) == ("inside", None, [])
    assert [(tag["block"], tag["value"]) for tag in found["tags"]] == [
        ("Vorbis comments", "inside"),
        ("ID3v1", "behind"),
        ("ID3v1", "artist"),
    ]


@pytest.mark.parametrize(
    "version, artists, expected",
    [
        (3, ["A/B; C"], ["A", "B", "C"]),
        (4, ["A/B; C"], ["A/B", "C"]),
        (4, ["A/B", "C; D"], ["A/B", "C; D"]),
        (3, ["AC/DC/Other"], ["AC/DC", "Other"]),
        (4, ["AC/DC"], ["AC/DC"]),
    ],
)
def test_artists_of_one_text_are_told_apart(
    version: int, artists: list[str], expected: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "a.mp3"
    shutil.copyfile(FIXTURES / "formats" / "mp3-untagged.mp3", path)
    tags = mutagen.id3.ID3()
    tags.add(mutagen.id3.TPE1(encoding=3, text=artists))
    tags.save(path, v2_version=version, v1=0)
    track = Guest(tmp_path).inspect(path.name)["track"]
    assert (track["artists"], track["artist"]) == (expected, artists[0])


def test_a_gain_in_lames_header_is_that_of_mutagen(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    whole = bytearray((FIXTURES / "formats" / "mp3-vbr.mp3").read_bytes())
    at = max(whole.find(b"Info"), whole.find(b"Xing"))
    assert at > 0 and whole[at + 7] == 0x0F, "the fixture has no header of an encoder"
    lame = at + 120
    whole[lame : lame + 9] = b"LAME3.100"
    whole[lame + 11 : lame + 19] = bytes([0, 0x40, 0, 0, 0x2E, 0x43, 0x4C, 0x15])
    path.write_bytes(whole)
    track = Guest(tmp_path).inspect(path.name)["track"]
    expected = {"replaygain_track_gain": -6.7, "replaygain_track_peak": 0.5, "replaygain_album_gain": 2.1}
    assert {field: track[field] for field in expected} == expected
    reading = by_mutagen(path)
    assert {field: reading.get(field) for field in expected} == expected
    tags = mutagen.id3.ID3()
    tags.add(mutagen.id3.TXXX(encoding=3, desc="replaygain_track_gain", text=["-1.00 dB"]))
    tags.save(path)
    track = Guest(tmp_path).inspect(path.name)["track"]
    assert (track["replaygain_track_gain"], track["replaygain_album_gain"]) == (-1.0, 2.1)


def test_a_length_that_is_estimated_is_marked(tmp_path: Path) -> None:
    whole = (FIXTURES / "formats" / "aac-adts.aac").read_bytes()
    (tmp_path / "short.aac").write_bytes(whole)
    (tmp_path / "long.aac").write_bytes(whole * (300_000 // len(whole) + 1))
    guest = Guest(tmp_path)
    assert [guest.inspect(name)["track"]["duration_estimated"] for name in ("short.aac", "long.aac")] == [False, True]

"""Metadata: what tracks say agrees with three independent readers, on files that real encoders and
taggers wrote.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import mutagen
import mutagen.apev2
import mutagen.flac
import mutagen.id3
import mutagen.mp4
import pytest
from support.doors import DOORS, Row
from support.golden import FIXTURES
from support.guest import Guest
from support.readers import Reading, by_ffprobe, by_mutagen, by_tinytag
from support.walker import is_audio

READERS: dict[str, Callable[[Path], Reading]] = {
    "mutagen": cache(by_mutagen),
    "tinytag": cache(by_tinytag),
    "ffprobe": cache(by_ffprobe),
}

BITRATE = 0.07
"""Readers differ in whether the Info frame counts: a large frame among thirty in the shortest files
here.
"""

# A reader that is known to be wrong, by the bytes or by the specification: (reader, field, codec or
# file): why.
KNOWN = {
    ("mutagen", "bit_depth", "aac"): "repeats the sample entry's constant 16; AAC has no bit depth",
    ("mutagen", "bitrate", "alac"): "repeats the decoder's configuration, which has the rate of the uncompressed audio",
    ("tinytag", "bitrate", "alac"): "as mutagen",
    ("tinytag", "duration_ms", "aac-adts.aac"): "estimates from the first frames: 183 ms of 45 frames",
    ("tinytag", "bitrate", "aac-adts.aac"): "as its duration",
    ("tinytag", "duration_ms", "03 Kettle.aac"): "estimates from the first frames: 940 ms of 45 frames",
    ("tinytag", "bitrate", "03 Kettle.aac"): "as its duration",
    ("tinytag", "title", "flac-id3v2.flac"): "trusts an ID3v2 tag in front more than FLAC's own comment",
    ("tinytag", "bit_depth", "wmav1"): "repeats WAVEFORMATEX's constant 16; lossy audio has no bit depth",
    ("tinytag", "bit_depth", "wmav2"): "as for wmav1",
    ("tinytag", "has_artwork", "wmav2"): "knows no pictures in ASF",
    ("tinytag", "artist", "02 Náměstí.wma"): "takes the last of several values",
    ("tinytag", "genre", "02 Náměstí.wma"): "takes the last of several values",
    ("ffprobe", "duration_ms", "02 Náměstí.wma"): "more than is decoded",
    ("tinytag", "genres", "02 Náměstí.wma"): "puts the last of several values first",
    ("tinytag", "genre", "06 Corvin & the Slow Trains - Signal Box.wma"): "takes the last of several values",
    (
        "ffprobe",
        "duration_ms",
        "06 Corvin & the Slow Trains - Signal Box.wma",
    ): "more than is decoded",
    ("tinytag", "genres", "06 Corvin & the Slow Trains - Signal Box.wma"): "puts the last of several values first",
    ("tinytag", "bitrate", "ogg-flac.ogg"): "counts the pages of the comments as audio",
    ("ffprobe", "title", "mp3-id3v1.mp3"): "takes the Latin-1 of ID3v1 for UTF-8",
    ("ffprobe", "album", "mp3-id3v1.mp3"): "takes the Latin-1 of ID3v1 for UTF-8",
}


def tolerance(track: Row) -> float:
    """How far durations may lie apart, in ms."""
    frame = 1000.0 / int(track["sample_rate"])
    match track["codec"]:
        # mutagen takes off the encoder's delay and padding where LAME wrote them, at most three
        # frames; others count the bytes of an ID3v1 or APEv2 tag at the end as audio.
        case "mp3":
            return frame * 3 * (1152 if track["sample_rate"] >= 32_000 else 576)
        # Some apply the edit list, which cuts off the encoder's delay of a frame or two.
        case "aac" if track["format"] == "mp4":
            return frame * 2 * 1024
        # ffprobe leaves in what is to be skipped at the beginning: 312 samples at 48 kHz, and
        # Speex's look-ahead.
        case "opus" | "speex":
            return 10
        case _:
            return 1.5


@cache
def tracks() -> dict[Path, tuple[Row, str]]:
    """Every fixture as the component reads it, with the outcome if there is a problem."""
    found = {}
    for folder in ("formats", "sample-library"):
        scan = DOORS[0].scan(FIXTURES / folder)
        problems = {problem["path"]: problem["outcome"] for problem in scan.problems}
        for track in scan.tracks:
            found[FIXTURES / folder / track["path"]] = (track, problems.get(track["path"], ""))
    return found


def fixtures() -> list[Path]:
    folders = (FIXTURES / "formats", FIXTURES / "sample-library")
    return sorted(path for folder in folders for path in folder.rglob("*") if path.is_file() and is_audio(path.name))


@pytest.mark.parametrize("path", fixtures(), ids=lambda path: str(path.name))
def test_every_field_agrees_with_the_readers(path: Path) -> None:
    track, outcome = tracks()[path]
    assert outcome == ""
    readings = {name: read(path) for name, read in READERS.items()}
    for name, reading in readings.items():
        for field, value in reading.items():
            if (name, field, track["codec"]) not in KNOWN and (name, field, path.name) not in KNOWN:
                assert agrees(track, field, value), f"{field}: {name} says {value!r}, the track says {track[field]!r}"
    # ... and nothing is made up.
    for field, value in track.items():
        if value not in (None, [], False, "none") and field not in (
            "path",
            "size",
            "mtime_ns",
            "ctime_ns",
            "audio_key",
        ):
            # Some know the first of several only.
            known = any({field, field.rstrip("s")} & reading.keys() for reading in readings.values())
            assert known, f"nobody else knows {field} {value!r}"


def agrees(track: Row, field: str, value: Any) -> bool:
    own = track[field]
    if value == 0 and field.endswith(("_number", "_total")):
        # Taggers write 0 for no number.
        return own is None
    if own is None or not isinstance(value, (int, float)) or isinstance(value, bool):
        return bool(own == value)
    if field == "duration_ms":
        return bool(abs(own - value) <= tolerance(track))
    if field == "bitrate":
        return bool(abs(own - value) <= max(1, BITRATE * value))
    return bool(abs(own - value) < 1e-6)


def test_the_known_errors_of_the_readers_are_real() -> None:
    """An exception that nobody needs any more is to be deleted."""
    needed = set()
    for path, (track, outcome) in tracks().items():
        for name, read in READERS.items() if outcome == "" else ():
            reading = read(path)
            for key in (key for key in KNOWN if key[0] == name and key[2] in (track["codec"], path.name)):
                if key[1] in reading and not agrees(track, key[1], reading[key[1]]):
                    needed.add(key)
    assert needed == set(KNOWN)


TEXTS = (
    "Title",
    "Ünïcödé",
    "日本語",
    "emoji 🎸",
    "a/b",
    "a;b",
    "AC/DC",
    "ملف",
    "e\u0301",
    "x" * 3000,
    "  wide  ",
    "1",
    " ",
)
NUMBERS = ("4", "4/9", "04/09", "4 / 9", "A1", "/9", "0")
DATES = ("2009", "2009-05", "2009-05-21")
GAINS = ("-6.20 dB", "+1.5 dB", "-6.2", "0.00 dB")
VORBIS = ("TITLE", "ARTIST", "ARTISTS", "ALBUM", "ALBUMARTIST", "COMPOSER", "COMMENT", "ISRC", "GENRE")
IDENTIFIERS = ("MUSICBRAINZ_TRACKID", "MUSICBRAINZ_ALBUMID", "MUSICBRAINZ_ARTISTID", "MUSICBRAINZ_ALBUMARTISTID")
TXXX = ("MusicBrainz Album Id", "MusicBrainz Artist Id", "MusicBrainz Release Track Id", "ARTISTS")
ATOMS = ("\xa9nam", "\xa9ART", "\xa9alb", "aART", "\xa9wrt", "\xa9cmt", "\xa9gen")


class Tagger:
    """Writes tags as people's taggers do: some, in any order, several values, odd texts."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def some(self, names: tuple[str, ...]) -> list[str]:
        return self.chance.sample(names, self.chance.randint(1, len(names)))

    def texts(self, most: int = 3) -> list[str]:
        return self.chance.choices(TEXTS, k=self.chance.randint(1, most))

    def picture(self) -> bytes:
        return b"\xff\xe0\0\x89" * self.chance.choice([10, 30_000])

    def vorbis(self, path: Path) -> None:
        file: Any = mutagen.File(path)
        file.tags.clear()
        items = [(name, text) for name in self.some(VORBIS + IDENTIFIERS) for text in self.texts()]
        numbers = (("TRACKNUMBER", NUMBERS), ("TOTALTRACKS", ("9",)), ("DISCNUMBER", NUMBERS), ("TOTALDISCS", ("2",)))
        for name, values in (*numbers, ("DATE", DATES), ("REPLAYGAIN_TRACK_GAIN", GAINS)):
            if self.chance.random() < 0.5:
                items.insert(self.chance.randint(0, len(items)), (name, self.chance.choice(values)))
        file.tags[:] = [(self.chance.choice([name, name.lower(), name.title()]), text) for name, text in items]
        if isinstance(file, mutagen.flac.FLAC) and self.chance.random() < 0.5:
            picture = mutagen.flac.Picture()
            picture.data = self.picture()
            file.add_picture(picture)
        file.save()

    def id3(self, path: Path) -> None:
        version = self.chance.choice([3, 4])
        tags = mutagen.id3.ID3()
        for name in self.some(("TIT2", "TPE1", "TALB", "TPE2", "TCOM", "TSRC")):
            tags.add(getattr(mutagen.id3, name)(encoding=1, text=self.texts(1 if version == 3 else 3)))
        for name in self.some(("TRCK", "TPOS")):
            tags.add(getattr(mutagen.id3, name)(encoding=0, text=[self.chance.choice(NUMBERS)]))
        for name in self.some(TXXX):
            tags.add(mutagen.id3.TXXX(encoding=1, desc=name, text=self.texts(1 if version == 3 else 3)))
        tags.add(mutagen.id3.TCON(encoding=0, text=[self.chance.choice(["Rock", "(17)", "17", "(17)Hard", "(4)(7)"])]))
        tags.add(mutagen.id3.TDRC(encoding=0, text=[self.chance.choice(DATES)]))
        tags.add(mutagen.id3.TXXX(encoding=0, desc="replaygain_track_gain", text=[self.chance.choice(GAINS)]))
        description = self.chance.choice(["", "iTunNORM"])
        tags.add(mutagen.id3.COMM(encoding=1, lang="eng", desc=description, text=self.texts(1)))
        if self.chance.random() < 0.5:
            tags.add(mutagen.id3.APIC(encoding=0, mime="image/png", type=3, desc="", data=self.picture()))
        if version == 3:
            tags.update_to_v23()
        tags.save(path, v2_version=version, v1=self.chance.choice([0, 2]))

    def mp4(self, path: Path) -> None:
        file: Any = mutagen.mp4.MP4(path)
        file.tags.clear()
        for name in self.some(ATOMS):
            file.tags[name] = self.texts()
        for name in self.some(("trkn", "disk")):
            file.tags[name] = [(self.chance.choice([0, 4, 300]), self.chance.choice([0, 9, 300]))]
        for name in self.some(TXXX):
            file.tags[f"----:com.apple.iTunes:{name}"] = [text.encode() for text in self.texts()]
        file.tags["\xa9day"] = [self.chance.choice(DATES)]
        file.tags["cpil"] = self.chance.random() < 0.5
        if self.chance.random() < 0.5:
            file.tags["covr"] = [mutagen.mp4.MP4Cover(self.picture(), mutagen.mp4.MP4Cover.FORMAT_PNG)]
        file.save()

    def apev2(self, path: Path) -> None:
        tags = mutagen.apev2.APEv2()
        for name in self.some(("Title", "Artist", "Album", "Album Artist", "Composer", "Comment", "Genre", "ISRC")):
            tags[name] = self.texts()
        for name, values in {"Track": NUMBERS, "Disc": NUMBERS, "Year": DATES, "REPLAYGAIN_TRACK_GAIN": GAINS}.items():
            tags[name] = self.chance.choice(values)
        if self.chance.random() < 0.5:
            tags["Cover Art (Front)"] = mutagen.apev2.APEValue(b"front.png\0" + self.picture(), mutagen.apev2.BINARY)
        tags.save(path)


@pytest.mark.parametrize(
    "write, name",
    [
        (Tagger.vorbis, "flac-16-44.flac"),
        (Tagger.vorbis, "ogg-vorbis.ogg"),
        (Tagger.vorbis, "opus-r128.opus"),
        (Tagger.id3, "mp3-untagged.mp3"),
        (Tagger.mp4, "m4a-moov-first.m4a"),
        (Tagger.mp4, "m4a-moov-end.m4a"),
        (Tagger.apev2, "mp3-untagged.mp3"),
    ],
)
def test_tags_agree_whatever_a_tagger_writes(write: Callable[[Tagger, Path], None], name: str, tmp_path: Path) -> None:
    guest = Guest(tmp_path)
    for seed in range(20):
        path = tmp_path / f"{seed}{Path(name).suffix}"
        shutil.copyfile(FIXTURES / "formats" / name, path)
        write(Tagger(seed), path)
        found = guest.inspect(path.name)
        assert found["problems"] == []
        wrong = {
            field: (found["track"][field], value)
            for field, value in by_mutagen(path).items()
            if field not in ("duration_ms", "bitrate", "bit_depth") and not agrees(found["track"], field, value)
        }
        assert wrong == {}, f"seed {seed}: {found['tags']}"

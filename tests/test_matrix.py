"""The matrix: container by form of tag by field, on files of several encoders and taggers each.

A track says what was written, and what mutagen, tinytag and ffprobe say where those that know a
value are of one mind. `pytest -s` shows the matrix.

The audio is that of the fixtures: of LAME, flac, oggenc, opusenc, speexenc, GStreamer and ffmpeg.
The tags are their encoders' own and those of kid3 (which is TagLib, and Xiph's libraries), eyeD3 and
AtomicParsley, or written anew by ffmpeg (which copies the audio), by mutagen, and by hand.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mutagen
import mutagen.apev2
import mutagen.asf
import mutagen.flac
import mutagen.id3
import mutagen.mp4
import mutagen.wave
import pytest
from support import handmade
from support.agreement import Judgement, judge_all
from support.doors import DOORS, Row
from support.golden import FIXTURES

FORMATS = FIXTURES / "formats"
ENCODERS = FIXTURES / "encoders"
TAGS = {
    "title": handmade.TITLE,
    "artist": handmade.ARTIST,
    "album": handmade.ALBUM,
    "date": "2009",
    "track_number": 4,
    "genre": handmade.GENRE,
}
"""What every tag says that is written here."""
COLUMNS = (
    *("format", "codec", "duration_ms", "bitrate", "sample_rate", "channels", "bit_depth"),
    *("title", "artist", "album", "date", "track_number", "track_total", "genre", "comment", "has_artwork"),
)

# Where readers are of one mind and wrong: (cell, field): why.
KNOWN = {
    ("ogg-flac-ogg comments flac.ogg", "bitrate"): "tinytag alone knows one, and counts the pages of the comments",
    ("ogg-flac-ogg comments mutagen.ogg", "bitrate"): "as above",
}


@dataclass(frozen=True)
class Cell:
    """A file: the audio of a fixture, or none, and who wrote the tag in which form."""

    audio: str
    form: str
    writer: str
    write: Callable[[Path], None]
    lacks: tuple[str, ...] = ()
    """Fields that the form has no room for."""

    @property
    def name(self) -> str:
        stem = self.audio.replace(".", "-")
        return f"{stem} {self.form} {self.writer}".replace("/", "-") + Path(self.audio).suffix


def own(path: Path) -> None:
    """The tag of the encoder, as it is in the fixture."""


def by_ffmpeg(*options: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        texts = {**TAGS, "track": "4/9"}
        del texts["track_number"]
        words = [word for key, text in texts.items() for word in ("-metadata", f"{key}={text}")]
        target = path.with_name(f"new {path.name}")
        command = ["ffmpeg", "-v", "error", "-nostdin", "-i", str(path), "-map", "0:a", "-map_metadata", "-1"]
        subprocess.run([*command, "-c", "copy", "-bitexact", *words, *options, str(target)], check=True)
        target.replace(path)

    return write


def by_hand(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    return lambda path: _ignored(path.write_bytes(change(path.read_bytes() if path.exists() else b"")))


def _ignored(_: object) -> None:
    pass


def frames(version: int) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        file: Any = mutagen.wave.WAVE(path) if path.suffix == ".wav" else None
        if file is None:
            tags = mutagen.id3.ID3()
        else:
            file.add_tags()
            tags = file.tags
        pairs = {"TIT2": TAGS["title"], "TPE1": TAGS["artist"], "TALB": TAGS["album"], "TDRC": "2009", "TRCK": "4/9"}
        for name, text in (*pairs.items(), ("TCON", TAGS["genre"])):
            tags.add(getattr(mutagen.id3, name)(encoding=1, text=[text]))
        tags.add(mutagen.id3.APIC(encoding=0, mime="image/png", type=3, desc="", data=b"\x89PNG"))
        if version == 3:
            tags.update_to_v23()
        if file is None:
            tags.save(path, v2_version=version, v1=0)
        else:
            file.save(v2_version=version)

    return write


def by_mutagen(path: Path) -> None:
    """The form of tag that the container has."""
    file: Any = mutagen.File(path)
    if isinstance(file, mutagen.mp4.MP4):
        file.tags.clear()
        names = {"\xa9nam": "title", "\xa9ART": "artist", "\xa9alb": "album", "\xa9day": "date", "\xa9gen": "genre"}
        file.tags.update({name: [TAGS[field]] for name, field in names.items()})
        file.tags["trkn"] = [(4, 9)]
        file.tags["covr"] = [mutagen.mp4.MP4Cover(b"\x89PNG", mutagen.mp4.MP4Cover.FORMAT_PNG)]
    elif isinstance(file, mutagen.asf.ASF):
        file.tags.clear()
        names = {"Title": "title", "Author": "artist", "WM/AlbumTitle": "album", "WM/Year": "date", "WM/Genre": "genre"}
        for name, field in names.items():
            file.tags[name] = [TAGS[field]]
        file.tags["WM/TrackNumber"] = ["4"]
    else:
        file.tags.clear()
        for name, field in (("TITLE", "title"), ("ARTIST", "artist"), ("ALBUM", "album"), ("DATE", "date")):
            file.tags[name] = TAGS[field]
        file.tags["TRACKNUMBER"], file.tags["TRACKTOTAL"], file.tags["GENRE"] = "4", "9", TAGS["genre"]
        if isinstance(file, mutagen.flac.FLAC):
            picture = mutagen.flac.Picture()
            picture.data, picture.type = b"\x89PNG", 3
            file.add_picture(picture)
    file.save()


def ape_items(path: Path) -> None:
    tags = mutagen.apev2.APEv2()
    for name, field in (("Title", "title"), ("Artist", "artist"), ("Album", "album"), ("Year", "date")):
        tags[name] = TAGS[field]
    tags["Track"], tags["Genre"] = "4/9", TAGS["genre"]
    tags.save(path)


def asf(tag: int, bits: int, extra: bytes, **more: Any) -> Callable[[Path], None]:
    return by_hand(lambda _: handmade.asf(tag, bits, extra, **more))


MPEG = ("mp3-untagged.mp3", "mp3-no-xing.mp3")
OTHERS = [
    ("mp3-gstreamer.mp3", "ID3v2.3", "gstreamer", ("date",)),
    ("mp3-kid3.mp3", "ID3v2.3", "kid3", ()),
    ("mp3-eyed3.mp3", "ID3v2.4", "eyeD3", ()),
    ("flac-gstreamer.flac", "comments", "gstreamer", ()),
    ("flac-kid3.flac", "comments", "kid3", ()),
    ("vorbis-gstreamer.ogg", "comments", "gstreamer", ()),
    ("vorbis-kid3.ogg", "comments", "kid3", ()),
    ("opus-gstreamer.opus", "comments", "gstreamer", ()),
    ("opus-kid3.opus", "comments", "kid3", ()),
    ("speex-gstreamer.ogg", "comments", "gstreamer", ()),
    ("speex-speexenc.ogg", "comments", "speexenc", ()),
    ("aac-gstreamer.m4a", "item list", "gstreamer", ("date",)),
    ("aac-kid3.m4a", "item list", "kid3", ()),
    ("aac-atomicparsley.m4a", "item list", "AtomicParsley", ()),
    ("pcm-gstreamer.wav", "INFO", "gstreamer", ("date", "track_number")),
    ("pcm-kid3.wav", "INFO and ID3v2", "kid3", ()),
    ("aac-gstreamer.aac", "ID3v2.4", "gstreamer", ("date",)),
    ("wmav2-gstreamer.wma", "attributes", "gstreamer", ("date",)),
    ("wmav2-kid3.wma", "attributes", "kid3", ()),
]
"""Files of `fixtures/encoders`, and what their taggers did not write."""
CELLS = [
    Cell("mp3-cbr.mp3", "ID3v2.3", "lame", own, ("genre",)),
    Cell("mp3-id3v1.mp3", "ID3v1", "lame", own, ("genre",)),
    Cell("mp3-id3v23-utf16.mp3", "ID3v2.3 UTF-16", "lame", own, ("genre",)),
    *(Cell(audio, form, writer, own, lacks) for audio, form, writer, lacks in OTHERS),
    *(
        Cell(audio, f"ID3v2.{minor}", "ffmpeg", by_ffmpeg("-id3v2_version", str(minor)))
        for audio in MPEG
        for minor in (3, 4)
    ),
    *(Cell(audio, f"ID3v2.{minor}", "mutagen", frames(minor)) for audio in MPEG for minor in (3, 4)),
    *(
        Cell("mp3-untagged.mp3", f"ID3v2.{minor}", "by hand", by_hand(lambda file, n=minor: handmade.id3v2(n) + file))
        for minor in (2, 3, 4)
    ),
    Cell("mp3-untagged.mp3", "ID3v2.4 UTF-8", "by hand", by_hand(lambda file: handmade.id3v2(4, 3) + file)),
    Cell("mp3-untagged.mp3", "ID3v1", "by hand", by_hand(lambda file: file + handmade.id3v1())),
    Cell("mp3-untagged.mp3", "APEv2", "mutagen", ape_items),
    Cell("mp3-untagged.mp3", "APEv2", "by hand", by_hand(lambda file: file + handmade.apev2())),
    Cell("flac-16-44.flac", "comments", "flac", own, ("genre",)),
    Cell("flac-24-96.flac", "comments", "ffmpeg", by_ffmpeg()),
    Cell("flac-16-44.flac", "comments", "mutagen", by_mutagen),
    Cell(
        "flac-16-44.flac", "ID3v2.3 and comments", "by hand", by_hand(lambda file: handmade.id3v2(3) + file), ("genre",)
    ),
    Cell("ogg-vorbis.ogg", "comments", "oggenc", own, ("genre",)),
    Cell("ogg-vorbis.ogg", "comments", "ffmpeg", by_ffmpeg()),
    Cell("ogg-vorbis.ogg", "comments", "mutagen", by_mutagen),
    Cell("ogg-flac.ogg", "comments", "flac", own, ("genre",)),
    Cell("ogg-flac.ogg", "comments", "ffmpeg", by_ffmpeg("-f", "ogg")),
    Cell("ogg-flac.ogg", "comments", "mutagen", by_mutagen),
    Cell("ogg-speex.ogg", "comments", "ffmpeg", by_ffmpeg("-f", "ogg")),
    Cell("ogg-speex.ogg", "comments", "mutagen", by_mutagen),
    Cell("opus-mono.opus", "comments", "opusenc", own, ("genre",)),
    Cell("opus-mono.opus", "comments", "ffmpeg", by_ffmpeg()),
    Cell("opus-mono.opus", "comments", "mutagen", by_mutagen),
    Cell("m4a-moov-first.m4a", "item list", "ffmpeg", by_ffmpeg()),
    Cell("m4a-alac-16.m4a", "item list", "ffmpeg", by_ffmpeg()),
    Cell("m4a-moov-first.m4a", "item list", "mutagen", by_mutagen),
    Cell("m4a-alac-24.m4a", "item list", "mutagen", by_mutagen),
    Cell(
        "m4a-moov-end.m4a",
        "item list",
        "by hand",
        by_hand(lambda file: handmade.mp4_with(handmade.item_list(), file)),
    ),
    Cell(
        "m4a-moov-end.m4a",
        "FairPlay",
        "by hand",
        by_hand(lambda file: handmade.protected(handmade.mp4_with(handmade.item_list(), file))),
    ),
    Cell("wav-pcm16.wav", "INFO", "ffmpeg", by_ffmpeg()),
    Cell("wav-pcm24.wav", "INFO", "ffmpeg", by_ffmpeg()),
    Cell("wav-pcm16.wav", "ID3v2.3", "mutagen", frames(3)),
    Cell("wav-float32.wav", "ID3v2.4", "mutagen", frames(4)),
    Cell("by hand.wav", "INFO", "by hand", by_hand(lambda _: handmade.wave(handmade.info()))),
    Cell(
        "by hand.wav",
        "ID3v2.3",
        "by hand",
        by_hand(lambda _: handmade.wave(handmade.chunk(b"id3 ", handmade.id3v2(3)), tag=7, bits=8)),
    ),
    Cell("aac-adts.aac", "ID3v2.4", "ffmpeg", by_ffmpeg("-write_id3v2", "1")),
    Cell("aac-adts.aac", "ID3v2.4", "mutagen", frames(4)),
    Cell("aac-adts.aac", "ID3v2.3", "by hand", by_hand(lambda file: handmade.id3v2(3) + file)),
    Cell("wma-wmav1.wma", "attributes", "ffmpeg", by_ffmpeg()),
    Cell("wma-wmav2.wma", "attributes", "ffmpeg", by_ffmpeg()),
    Cell("wma-wmav2.wma", "attributes", "mutagen", by_mutagen),
    Cell("wmav2.wma", "attributes", "by hand", asf(0x161, 16, bytes(10))),
    Cell("WMA Pro.wma", "attributes", "by hand", asf(0x162, 24, bytes.fromhex("180003000000000000000000000000e00000"))),
    Cell(
        "WMA Lossless.wma",
        "attributes",
        "by hand",
        asf(0x163, 16, bytes.fromhex("100003000000000000000000000000000000")),
    ),
    Cell("WMA Voice.wma", "attributes", "by hand", asf(0x00A, 16, bytes(46), rate=16_000)),
    Cell("WMA.wma", "DRM", "by hand", asf(0x161, 16, bytes(10), is_protected=True)),
]


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> Matrix:
    folder = tmp_path_factory.mktemp("matrix")
    for cell in CELLS:
        path = folder / cell.name
        for fixtures in (FORMATS, ENCODERS):
            if (fixtures / cell.audio).exists():
                shutil.copyfile(fixtures / cell.audio, path)
        cell.write(path)
    scan = DOORS[0].scan(folder)
    rows = {track["path"]: track for track in scan.tracks}
    problems = {problem["path"]: f"{problem['outcome']}: {problem['detail']}" for problem in scan.problems}
    judgements = judge_all({folder / cell.name: rows[cell.name] for cell in CELLS})
    return Matrix(rows, problems, judgements)


@dataclass(frozen=True)
class Matrix:
    rows: dict[str, Row]
    problems: dict[str, str]
    judgements: list[Judgement]

    def text(self) -> str:
        """The matrix: how many readers agree on a value, `!` where the track says another one, `~`
        where they differ among themselves, `.` where none knows it.
        """
        found = {(judged.path.name, judged.field): judged for judged in self.judgements}
        lines = [" " * 44 + " ".join(column[:6].ljust(6) for column in COLUMNS)]
        for cell in CELLS:
            marks = []
            for column in COLUMNS:
                judged = found.get((cell.name, column))
                known = self.rows[cell.name][column] not in (None, False)
                marks.append(
                    ("~" if known else ".") if judged is None else str(len(judged.voices)) if judged.agrees else "!"
                )
            lines.append(f"{Path(cell.name).stem:44}" + " ".join(mark.ljust(6) for mark in marks))
        return "\n".join(lines)


def test_tracks_agree_with_the_readers(matrix: Matrix) -> None:
    print(matrix.text())
    wrong = {(judged.path.name, judged.field): str(judged) for judged in matrix.judgements if not judged.agrees}
    assert set(wrong) == set(KNOWN), "\n".join(wrong.values())
    assert len(matrix.judgements) > 12 * len(CELLS)


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: str(cell.name))
def test_a_track_says_what_was_written(cell: Cell, matrix: Matrix) -> None:
    row = matrix.rows[cell.name]
    said = {field: row[field] for field in TAGS if field not in cell.lacks}
    assert said == {field: value for field, value in TAGS.items() if field not in cell.lacks}
    drm = {"DRM": "unsupported: the audio is protected by DRM: Windows Media DRM"}
    drm["FairPlay"] = "unsupported: the audio is protected by DRM: FairPlay"
    assert matrix.problems.get(cell.name) == drm.get(cell.form)


def test_every_container_has_files_of_three_writers() -> None:
    writers: dict[str, set[str]] = {}
    for cell in CELLS:
        codec = re.split("[-.]", cell.audio.replace("ogg-", "").replace("m4a-", "aac-"))[0]
        ending = cell.audio.rpartition(".")[2]
        writers.setdefault({"wav": "wav", "wma": "wma"}.get(ending, f"{codec} in {ending}"), set()).add(cell.writer)
    few = {name: found for name, found in writers.items() if len(found) < 3}
    assert few == {}


def test_codecs_of_wma_have_their_names(matrix: Matrix) -> None:
    found = {cell.audio: matrix.rows[cell.name] for cell in CELLS if cell.audio.startswith("WMA")}
    said = {name: (row["codec"], row["bit_depth"], row["duration_ms"]) for name, row in found.items()}
    assert said == {
        "WMA Pro.wma": ("wmapro", None, 3000),
        "WMA Lossless.wma": ("wmalossless", 16, 3000),
        "WMA Voice.wma": ("wmavoice", None, 3000),
        "WMA.wma": ("wmav2", None, 3000),
    }

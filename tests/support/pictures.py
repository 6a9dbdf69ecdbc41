"""Audio files with pictures in every form of tag, and pictures."""

# mypy: allow-untyped-calls
# mutagen types its classes in part.

from __future__ import annotations

import base64
import shutil
import struct
import zlib
from pathlib import Path
from typing import Any

import mutagen
from mutagen import aiff, apev2, asf, flac, id3, mp4, oggopus, oggvorbis, wave

from support.trees import FIXTURES

FORMATS = FIXTURES / "formats"
FRONT, BACK, ARTIST = 3, 4, 8
"""Kinds by the numbers of ID3v2."""
Pictures = list[tuple[int, bytes]]


def jpeg(width: int = 320, height: int = 240, size: int = 3000) -> bytes:
    """The headers of a JPEG, and bytes that unsynchronisation has to do with."""
    start = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"
    frame = b"\xff\xc0\0\x11\x08" + struct.pack(">HH", height, width) + b"\3\1\x22\0\2\x11\1\3\x11\1"
    body = b"\xff\0\xff\xe0\0\0\xff\xff\xff\0\0" + bytes(number * 7 % 256 for number in range(size))
    return start + frame + b"\xff\xda" + body + b"\xff\xd9"


def png(width: int = 64, height: int = 48) -> bytes:
    """A PNG of one colour."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    rows = (b"\0" + b"\x40\x80\xff" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def gif(width: int = 10, height: int = 20) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\0\0\0\0\0\xff\xff\xff\x2c\0\0\0\0\1\0\1\0\0\2\2D\1\0;"


def webp(width: int = 30, height: int = 40) -> bytes:
    """The headers of an extended WebP."""
    size = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    chunk = b"VP8X" + struct.pack("<I", 10) + bytes(4) + size
    return b"RIFF" + struct.pack("<I", 4 + len(chunk) + 8) + b"WEBP" + chunk + b"VP8 \0\0\0\0"


BACK_COVER, FRONT_COVER = png(), jpeg()
BOTH: Pictures = [(BACK, BACK_COVER), (FRONT, FRONT_COVER)]


def build(folder: Path) -> dict[str, Path]:
    """Files with `BOTH`, the back cover first where the tag has kinds, by names that say how."""
    folder.mkdir(parents=True, exist_ok=True)
    made: dict[str, Path] = {}

    def copy(name: str, source: str) -> Path:
        made[name] = folder / (name + Path(source).suffix)
        shutil.copyfile(FORMATS / source, made[name])
        return made[name]

    for version in (3, 4):
        tags = id3.ID3()
        add_frames(tags)
        tags.save(copy(f"id3v2.{version}", "mp3-untagged.mp3"), v2_version=version)
    audio = (FORMATS / "mp3-untagged.mp3").read_bytes()
    for name, tag in tags_by_hand().items():
        made[name] = folder / f"{name}.mp3"
        made[name].write_bytes(tag + audio)
    items = apev2.APEv2()
    for kind, data in (("Back", BACK_COVER), ("Front", FRONT_COVER)):
        items[f"Cover Art ({kind})"] = apev2.APEValue(b"cover.x\0" + data, apev2.BINARY)
    items.save(copy("ape", "mp3-untagged.mp3"))
    native = flac.FLAC(copy("flac", "flac-16-44.flac"))
    for picture in map(structure, BOTH):
        native.add_picture(picture)
    native.save()
    for name, kind, source in (
        ("vorbis", oggvorbis.OggVorbis, "ogg-vorbis.ogg"),
        ("opus", oggopus.OggOpus, "ogg-opus.ogg"),
    ):
        comments: Any = kind(copy(name, source))
        comments["METADATA_BLOCK_PICTURE"] = [base64.b64encode(structure(one).write()).decode() for one in BOTH]
        comments.save()
    older = oggvorbis.OggVorbis(copy("coverart", "ogg-vorbis.ogg"))
    older["COVERART"] = base64.b64encode(FRONT_COVER).decode()
    older.save()
    atoms = mp4.MP4(copy("mp4", "m4a-moov-first.m4a"))
    atoms["covr"] = [
        mp4.MP4Cover(FRONT_COVER, mp4.MP4Cover.FORMAT_JPEG),
        mp4.MP4Cover(BACK_COVER, mp4.MP4Cover.FORMAT_PNG),
    ]
    atoms.save()
    attributes = asf.ASF(copy("asf", "wma-wmav2.wma"))
    attributes["WM/Picture"] = [asf.ASFByteArrayAttribute(wm_picture(*one)) for one in BOTH]
    attributes.save()
    waves = wave.WAVE(copy("wave", "wav-pcm16.wav"))
    waves.add_tags()
    add_frames(waves.tags)
    waves.save()
    made["aiff"] = folder / "aiff.aiff"
    made["aiff"].write_bytes(empty_aiff())
    chunks = aiff.AIFF(made["aiff"])
    chunks.add_tags()
    add_frames(chunks.tags)
    chunks.save()
    return made


def told_by_mutagen(path: Path) -> Pictures:
    """The pictures as mutagen reads them: the kind, 3 where the tag has none, and the bytes."""
    if path.stem == "ape":
        items = apev2.APEv2(path)
        kinds = {"Cover Art (Back)": BACK, "Cover Art (Front)": FRONT}
        return [(kinds[key], items[key].value.partition(b"\0")[2]) for key in items]
    file: Any = mutagen.File(path)
    match file:
        case flac.FLAC():
            return [(picture.type, picture.data) for picture in file.pictures]
        case oggvorbis.OggVorbis() | oggopus.OggOpus():
            blocks = [flac.Picture(base64.b64decode(text)) for text in file.get("metadata_block_picture", [])]
            covers = [(FRONT, base64.b64decode(text)) for text in file.get("coverart", [])]
            return [*((block.type, block.data) for block in blocks), *covers]
        case mp4.MP4():
            return [(FRONT, bytes(cover)) for cover in file["covr"]]
        case asf.ASF():
            return [wm_parts(attribute.value) for attribute in file["WM/Picture"]]
        case _:
            return [(frame.type, frame.data) for frame in file.tags.getall("APIC")]


def front_first(pictures: Pictures) -> Pictures:
    return sorted(pictures, key=lambda picture: picture[0] != FRONT)


def add_frames(tags: Any) -> None:
    for number, (kind, data) in enumerate(BOTH):
        mime = "image/png" if data == BACK_COVER else "image/jpeg"
        tags.add(id3.APIC(encoding=1, mime=mime, type=kind, desc=f"picture {number}", data=data))


def structure(picture: tuple[int, bytes]) -> flac.Picture:
    made = flac.Picture()
    made.type, made.data = picture
    # What a tag claims does not count.
    made.mime, made.desc = "image/wrong", "a description"
    return made


def safe(number: int) -> bytes:
    """A size of ID3v2: seven bits a byte."""
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def unsynchronised(content: bytes) -> bytes:
    return b"".join(bytes([byte]) + b"\0" * (byte == 0xFF) for byte in content)


def tags_by_hand() -> dict[str, bytes]:
    """Tags that mutagen reads and does not write: ID3v2.2, and unsynchronisation everywhere."""

    def frames(version: int, unsynchronise: bool = False, compress: bool = False) -> bytes:
        all_of_them = b""
        for kind, data in BOTH:
            form = (b"PNG" if data == BACK_COVER else b"JPG") if version == 2 else b"image/wrong\0"
            content = b"\0" + form + bytes([kind]) + b"picture %d\0" % kind + data
            size, flags = len(content), 0
            if compress:
                content, flags = safe(size) + zlib.compress(content), 0x09
            if unsynchronise:
                content, flags = unsynchronised(content), flags | 0x02
            match version:
                case 2:
                    all_of_them += b"PIC" + struct.pack(">I", len(content))[1:]
                case 3:
                    all_of_them += b"APIC" + struct.pack(">I", len(content)) + b"\0\0"
                case _:
                    all_of_them += b"APIC" + safe(len(content)) + bytes([0, flags])
            all_of_them += content
        return all_of_them

    def tag(version: int, flags: int, content: bytes) -> bytes:
        return b"ID3" + bytes([version, 0, flags]) + safe(len(content)) + content

    return {
        "id3v2.2": tag(2, 0, frames(2)),
        "id3v2.2-unsynchronised": tag(2, 0x80, unsynchronised(frames(2))),
        "id3v2.3-unsynchronised": tag(3, 0x80, unsynchronised(frames(3))),
        "id3v2.4-unsynchronised": tag(4, 0x80, frames(4, unsynchronise=True)),
        "id3v2.4-compressed": tag(4, 0, frames(4, compress=True)),
    }


def wm_picture(kind: int, data: bytes) -> bytes:
    texts = "image/wrong\0a description\0".encode("utf-16-le")
    return struct.pack("<BI", kind, len(data)) + texts + data


def wm_parts(value: bytes) -> tuple[int, bytes]:
    """The kind and the bytes of a `WM/Picture`, as its specification has them."""
    kind, size = struct.unpack_from("<BI", value)
    return kind, value[-size:]


def empty_aiff() -> bytes:
    """A mono AIFF of 16 bits and 44.1 kHz: a hundred samples of silence."""
    common = struct.pack(">hIh", 1, 100, 16) + b"\x40\x0e\xac\x44" + bytes(6)
    sound = bytes(8 + 200)
    chunks = b"COMM" + struct.pack(">I", len(common)) + common + b"SSND" + struct.pack(">I", len(sound)) + sound
    return b"FORM" + struct.pack(">I", 4 + len(chunks)) + b"AIFF" + chunks

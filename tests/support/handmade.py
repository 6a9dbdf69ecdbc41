"""Files and tags put together byte by byte from the specifications, for forms that no encoder or
tagger at hand writes.
"""

from __future__ import annotations

import struct
import uuid

TITLE, ARTIST, ALBUM, GENRE, COMMENT = "Glasbläser", "Ada Quill", "Öfen & Sand", "Jazz", "by hand"


def id3v2(version: int, encoding: int = 1) -> bytes:
    """A tag of ID3v2.2, 2.3 or 2.4, with its texts in UTF-16 (1) or UTF-8 (3)."""
    frames = b""
    names = {"TT2": TITLE, "TP1": ARTIST, "TAL": ALBUM, "TRK": "4/9", "TYE": "2009", "TCO": GENRE}
    if version > 2:
        names = {"TIT2": TITLE, "TPE1": ARTIST, "TALB": ALBUM, "TRCK": "4/9", "TYER": "2009", "TCON": GENRE}
    if version == 4:
        names["TDRC"] = names.pop("TYER")
    for name, value in names.items():
        content = bytes([encoding]) + value.encode("utf-16" if encoding == 1 else "utf-8")
        if version == 2:
            frames += name.encode() + len(content).to_bytes(3, "big") + content
        else:
            size = synchsafe(len(content)) if version == 4 else len(content).to_bytes(4, "big")
            frames += name.encode() + size + b"\0\0" + content
    return b"ID3" + bytes([version, 0, 0]) + synchsafe(len(frames)) + frames


def synchsafe(number: int) -> bytes:
    """28 bits in four bytes (ID3v2.4.0 structure, section 6.2)."""
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def id3v1() -> bytes:
    """A tag of ID3v1.1: 30 bytes of Latin-1 a text, the track behind the comment."""
    texts = [(TITLE, 30), (ARTIST, 30), (ALBUM, 30), ("2009", 4), (COMMENT, 28)]
    fields = b"".join(text.encode("latin-1")[:width].ljust(width, b"\0") for text, width in texts)
    return b"TAG" + fields + bytes([0, 4, 8])


def apev2() -> bytes:
    """A tag of APEv2 with a footer alone."""
    items = b""
    texts = {"Title": TITLE, "Artist": ARTIST, "Album": ALBUM, "Track": "4/9", "Year": "2009", "Genre": GENRE}
    for key, text in texts.items():
        value = text.encode()
        items += struct.pack("<II", len(value), 0) + key.encode() + b"\0" + value
    return items + b"APETAGEX" + struct.pack("<IIII", 2000, len(items) + 32, len(texts), 0) + bytes(8)


def info() -> bytes:
    """A `LIST` chunk of the kind `INFO`, in UTF-8."""
    texts = {"INAM": TITLE, "IART": ARTIST, "IPRD": ALBUM, "ICRD": "2009", "IGNR": GENRE, "IPRT": "4"}
    return chunk(
        b"LIST", b"INFO" + b"".join(chunk(name.encode(), text.encode() + b"\0") for name, text in texts.items())
    )


def chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def wave(*more: bytes, tag: int = 1, bits: int = 16, seconds: int = 1) -> bytes:
    """A WAVE file: two channels of 8 kHz, and the chunks that follow the audio."""
    block = 2 * bits // 8
    data = bytes(8000 * block * seconds)
    parts = chunk(b"fmt ", struct.pack("<HHIIHH", tag, 2, 8000, 8000 * block, block, bits)) + chunk(b"data", data)
    parts += b"".join(more)
    return b"RIFF" + struct.pack("<I", len(parts) + 4) + b"WAVE" + parts


def atom(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + name + content


def item_list() -> bytes:
    """An `udta` atom with an item list."""

    def item(name: bytes, kind: int, value: bytes) -> bytes:
        return atom(name, atom(b"data", struct.pack(">II", kind, 0) + value))

    texts = {b"\xa9nam": TITLE, b"\xa9ART": ARTIST, b"\xa9alb": ALBUM, b"\xa9day": "2009", b"\xa9gen": GENRE}
    items = b"".join(item(name, 1, text.encode()) for name, text in texts.items())
    items += item(b"trkn", 0, struct.pack(">HHHH", 0, 4, 9, 0))
    handler = atom(b"hdlr", bytes(8) + b"mdirappl" + bytes(9))
    return atom(b"udta", atom(b"meta", bytes(4) + handler + atom(b"ilst", items)))


def mp4_with(tags: bytes, file: bytes) -> bytes:
    """A file whose `moov` is the last atom, with other tags in it."""
    start = file.rindex(b"moov") - 4
    (size,) = struct.unpack_from(">I", file, start)
    assert start + size == len(file), "the moov atom is not the last"
    children, at = b"", start + 8
    while at < len(file):
        (length,) = struct.unpack_from(">I", file, at)
        if file[at + 4 : at + 8] != b"udta":
            children += file[at : at + length]
        at += length
    return file[:start] + atom(b"moov", children + tags)


def protected(file: bytes) -> bytes:
    """The same file as the FairPlay of a shop has it: a sample entry `drms` with its original
    format in `sinf` (ISO/IEC 14496-12, section 8.12).
    """
    entry = file.rindex(b"mp4a") - 4
    (size,) = struct.unpack_from(">I", file, entry)
    scheme = atom(b"schm", bytes(4) + b"itun" + bytes(4))
    more = atom(b"sinf", atom(b"frma", b"mp4a") + scheme)
    changed = bytearray(file[:entry] + struct.pack(">I", size + len(more)) + b"drms" + file[entry + 8 : entry + size])
    changed += more + file[entry + size :]
    # All that it is in grows.
    for parent in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd"):
        at = changed.rindex(parent) - 4
        struct.pack_into(">I", changed, at, struct.unpack_from(">I", changed, at)[0] + len(more))
    return bytes(changed)


# ASF (Advanced Systems Format specification, revision 01.20.05).
HEADER = uuid.UUID("75b22630-668e-11cf-a6d9-00aa0062ce6c")
DATA = uuid.UUID("75b22636-668e-11cf-a6d9-00aa0062ce6c")
FILE_PROPERTIES = uuid.UUID("8cabdca1-a947-11cf-8ee4-00c00c205365")
STREAM_PROPERTIES = uuid.UUID("b7dc0791-a9b7-11cf-8ee6-00c00c205365")
CONTENT_DESCRIPTION = uuid.UUID("75b22633-668e-11cf-a6d9-00aa0062ce6c")
EXTENDED_CONTENT_DESCRIPTION = uuid.UUID("d2d0a440-e307-11d2-97f0-00a0c95ea850")
CONTENT_ENCRYPTION = uuid.UUID("2211b3fb-bd23-11d2-b4b7-00a0c955fc6e")
AUDIO = uuid.UUID("f8699e40-5b4d-11cf-a8fd-00805f5c442b")
NO_CORRECTION = uuid.UUID("20fb5700-5b55-11cf-a8fd-00805f5c442b")
PACKET = 1024
"""Bytes of a packet of data."""


def asf(tag: int, bits: int, extra: bytes, *, is_protected: bool = False, rate: int = 44_100) -> bytes:
    """A file of one audio stream, 3 s long, in the codec with this format tag and these bytes
    behind `WAVEFORMATEX` (section 9.1). Its packets are padding.
    """
    wave_format = struct.pack("<HHIIHHH", tag, 2, rate, 16_000, 1024, bits, len(extra)) + extra
    stream = AUDIO.bytes_le + NO_CORRECTION.bytes_le + struct.pack("<QIIHI", 0, len(wave_format), 0, 1, 0) + wave_format
    units = 10_000_000
    numbers = struct.pack("<QQQQQQIIII", 0, 0, 1, 4 * units, 3 * units, 1000, 2, PACKET, PACKET, 128_000)
    objects = [
        thing(FILE_PROPERTIES, bytes(16) + numbers),
        thing(STREAM_PROPERTIES, stream),
        thing(CONTENT_DESCRIPTION, description()),
        thing(EXTENDED_CONTENT_DESCRIPTION, attributes()),
    ]
    if is_protected:
        secret, kind, key, url = b"secret\0\0", b"DRM\0", b"key\0", b"http://example.org\0"
        parts = (struct.pack("<I", len(part)) + part for part in (secret, kind, key, url))
        objects.append(thing(CONTENT_ENCRYPTION, b"".join(parts)))
    header = thing(HEADER, struct.pack("<IBB", len(objects), 1, 2) + b"".join(objects))
    # One packet: error correction, no payload, padding (section 5.2.2).
    packet = (b"\x82\0\0" + b"\x10\0" + struct.pack("<HIH", PACKET - 13, 0, 3000)).ljust(PACKET, b"\0")
    return header + thing(DATA, bytes(16) + struct.pack("<QH", 1, 0x101) + packet)


def thing(identifier: uuid.UUID, content: bytes) -> bytes:
    return identifier.bytes_le + struct.pack("<Q", len(content) + 24) + content


def description() -> bytes:
    texts = [(text + "\0").encode("utf-16-le") for text in (TITLE, ARTIST, "", COMMENT, "")]
    return struct.pack("<5H", *map(len, texts)) + b"".join(texts)


def attributes() -> bytes:
    texts = {"WM/AlbumTitle": ALBUM, "WM/Genre": GENRE, "WM/Year": "2009", "WM/TrackNumber": "4"}
    found = struct.pack("<H", len(texts))
    for name, text in texts.items():
        key, value = (name + "\0").encode("utf-16-le"), (text + "\0").encode("utf-16-le")
        found += struct.pack("<H", len(key)) + key + struct.pack("<HH", 0, len(value)) + value
    return found

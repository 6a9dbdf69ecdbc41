"""Texts in wrong charsets: files as taggers of their time have written them, in the charset of the
system and declared as Latin-1.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest
from mutagen.apev2 import APEv2
from mutagen.id3 import COMM, ID3, TALB, TIT2, TPE1
from support.doors import DOORS, LIBRARIANS, Door, Row
from support.scenarios import contents, settle
from support.trees import FIXTURES

TEXTS = {
    "windows-1251": ("Группа крови", "Кино", "Последний герой"),
    "Shift_JIS": ("上を向いて歩こう", "坂本九", "ベスト"),
    "GBK": ("月亮代表我的心", "邓丽君", "精选"),
    "EUC-KR": ("벚꽃 엔딩", "버스커 버스커", "첫 번째 앨범"),
    "Big5": ("月亮代表我的心", "鄧麗君", "精選"),
}
"""Title, artist and album, by the name of their charset in the Encoding Standard."""
PYTHON = {"Shift_JIS": "cp932", "EUC-KR": "cp949"}
"""The names of codecs that Python has under another one."""
LATIN_1 = {
    "sigur.mp3": ("Svefn-g-englar", "Sigur Rós", "Ágætis byrjun"),
    "moetley.mp3": ("Für Elise", "Mötley Crüe", "Größenwahn"),
    "short.mp3": ("é", "ü", "Ø"),
    "edith.mp3": ("Non, je ne regrette rien", "Édith Piaf", "Où çà?"),
}
UNTAGGED = FIXTURES / "formats" / "mp3-untagged.mp3"


def bytes_of(text: str, charset: str) -> bytes:
    return text.encode(PYTHON.get(charset, charset.lower()))


def id3v2(path: Path, texts: list[bytes]) -> None:
    """Frames that say ISO 8859-1."""
    shutil.copyfile(UNTAGGED, path)
    title, artist, album = (text.decode("latin-1") for text in texts)
    tag = ID3()
    tag.add(TIT2(encoding=0, text=[title]))
    tag.add(TPE1(encoding=0, text=[artist]))
    tag.add(TALB(encoding=0, text=[album]))
    tag.add(COMM(encoding=0, lang="XXX", desc="", text=["ASCII"]))
    tag.save(path, v2_version=3)


def id3v1(path: Path, texts: list[bytes]) -> None:
    fields = b"".join(text[:30].ljust(30, b"\0") for text in texts)
    path.write_bytes(UNTAGGED.read_bytes() + b"TAG" + fields + b"2001" + bytes(30) + b"\xff")


def info(path: Path, texts: list[bytes]) -> None:
    """A list of texts behind the samples of a WAVE file that has nothing else."""
    wave = (FIXTURES / "formats" / "wav-pcm16.wav").read_bytes()
    chunks = b"".join(wave[at : at + 8 + int.from_bytes(wave[at + 4 : at + 8], "little")] for at in places(wave))
    listed = b"INFO"
    for name, text in zip((b"INAM", b"IART", b"IPRD"), texts, strict=True):
        text += b"\0" * (2 - len(text) % 2)
        listed += name + len(text).to_bytes(4, "little") + text
    chunks += b"LIST" + len(listed).to_bytes(4, "little") + listed
    path.write_bytes(b"RIFF" + (len(chunks) + 4).to_bytes(4, "little") + b"WAVE" + chunks)


def places(wave: bytes) -> list[int]:
    """Where the format and the samples are."""
    return [wave.index(b"fmt "), wave.index(b"data")]


KINDS = {"v2.mp3": id3v2, "v1.mp3": id3v1, "info.wav": info}


@pytest.fixture
def music(tmp_path: Path) -> Path:
    """A file of each kind in each charset, and some in Latin-1."""
    folder = tmp_path / "music"
    for charset, texts in TEXTS.items():
        (folder / charset).mkdir(parents=True)
        for name, write in KINDS.items():
            write(folder / charset / name, [bytes_of(text, charset) for text in texts])
    for name, texts in LATIN_1.items():
        id3v2(folder / name, [text.encode("latin-1") for text in texts])
    return folder


def texts_of(row: Row) -> tuple[str, str, str]:
    return row["title"], row["artist"], row["album"]


def scanned(door: Door, music: Path, *options: str) -> dict[str, Row]:
    scan = door.scan(music, *options)
    assert (scan.code, scan.problems) == (0, []), scan.message
    return {row["path"]: row for row in scan.tracks}


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_auto_judges_by_all_texts_of_a_file(door: Door, music: Path) -> None:
    rows = scanned(door, music, "--legacy-charset", "auto")
    for charset, texts in TEXTS.items():
        for name in KINDS:
            row = rows[f"{charset}/{name}"]
            assert (texts_of(row), row["text_charset"]) == (texts, charset)
    for name, texts in LATIN_1.items():
        assert (texts_of(rows[name]), rows[name]["text_charset"]) == (texts, None)


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_off_reads_latin_1(door: Door, music: Path) -> None:
    for options in ((), ("--legacy-charset", "off")):
        for path, row in scanned(door, music, *options).items():
            charset = Path(path).parent.name
            texts = TEXTS[charset] if charset else LATIN_1[path]
            expected = tuple(bytes_of(text, charset or "latin-1").decode("latin-1").strip() for text in texts)
            assert (texts_of(row), row["text_charset"]) == (expected, None), path


@pytest.mark.parametrize("charset", TEXTS)
def test_a_charset_that_is_named_is_taken(charset: str, music: Path) -> None:
    label = {"Shift_JIS": "sjis", "windows-1251": "CP1251"}.get(charset, charset)
    rows = scanned(DOORS[-1], music / charset, "--legacy-charset", label)
    for name in KINDS:
        assert (texts_of(rows[name]), rows[name]["text_charset"]) == (TEXTS[charset], charset)


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_a_charset_that_there_is_not_is_an_error(door: Door, music: Path) -> None:
    scan = door.scan(music, "--legacy-charset", "klingon")
    assert (scan.code, scan.tracks) == (door.could_not_run, [])
    assert scan.message.startswith("klingon: no charset has this name"), scan.message


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_what_is_utf_8_is_utf_8_though_declared_as_latin_1(door: Door, tmp_path: Path) -> None:
    texts = ("Éloïse", "月見楽団", "ASCII")
    for kind in ("v2.mp3", "v1.mp3"):
        KINDS[kind](tmp_path / kind, [text.encode() for text in texts])
    for options in ((), ("--legacy-charset", "auto"), ("--legacy-charset", "windows-1251")):
        for row in scanned(door, tmp_path, *options).values():
            assert (texts_of(row), row["text_charset"]) == (texts, "UTF-8")


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_inspect_shows_the_tags_as_they_say(door: Door, music: Path) -> None:
    charset = "windows-1251"
    found = door.inspect(music, f"{charset}/v2.mp3", "--legacy-charset", "auto")
    assert texts_of(found["track"]) == TEXTS[charset]
    original = bytes_of(TEXTS[charset][0], charset).decode("latin-1")
    assert [tag["value"] for tag in found["tags"] if tag["key"] == "TIT2"] == [original]


def test_what_says_its_charset_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    shutil.copyfile(UNTAGGED, path)
    tag = ID3()
    tag.add(TIT2(encoding=1, text=["Ãðóïïà êðîâè"]))
    tag.save(path, v2_version=3)
    ape = APEv2()
    ape["Artist"] = "Êèíî"
    ape.save(path)
    for charset in ("auto", "windows-1251"):
        row = scanned(DOORS[-1], tmp_path, "--legacy-charset", charset)["a.mp3"]
        assert (row["title"], row["artist"], row["text_charset"]) == ("Ãðóïïà êðîâè", "Êèíî", None)


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_a_library_reads_again_what_was_read_with_another_option(door: Door, music: Path, tmp_path: Path) -> None:
    database = tmp_path / "library.db"
    settle()
    assert door.index(database, [music]).code == 0
    before = {row["id"]: row["added_at"] for row in contents(database)["tracks"]}
    # A quick sync looks into these folders, too; the second one has nothing left to do.
    for expected in ({"reread": len(before)}, {}):
        sync = door.index(database, [music], "--mode", "quick", "--legacy-charset", "auto")
        assert (sync.code, Counter(row["change"] for row in sync.changes)) == (0, expected)
    rows = contents(database)["tracks"]
    assert {row["id"]: row["added_at"] for row in rows} == before
    named = {row["path"]: texts_of(row) for row in rows}
    assert all(named[f"{charset}/v2.mp3"] == texts for charset, texts in TEXTS.items())
    # Back again, by the other door: what tells options apart is the same text in every host.
    other = LIBRARIANS[LIBRARIANS.index(door) - 1]
    assert other.index(database, [music], "--legacy-charset", "auto").changes == []
    assert Counter(row["change"] for row in other.index(database, [music]).changes) == {"reread": len(before)}

"""The key of a file's audio: the same under other tags and names, another for other audio."""

from __future__ import annotations

import shutil
from pathlib import Path

import mutagen
import pytest
from mt_scanner import Scanner, Track
from support.trees import FIXTURES, Tree

FORMATS = FIXTURES / "formats"
TAGGED = [
    "aac-adts.aac",
    "flac-16-44.flac",
    "flac-picture-first.flac",
    "m4a-alac-16.m4a",
    "m4a-cover.m4a",
    "m4a-moov-end.m4a",
    "m4a-moov-first.m4a",
    "mp3-cbr.mp3",
    "mp3-id3v1.mp3",
    "mp3-id3v24-apev2.mp3",
    "mp3-untagged.mp3",
    "ogg-opus.ogg",
    "ogg-vorbis.ogg",
    "ogg-vorbis-picture.ogg",
    "opus-r128.opus",
    "wav-pcm16.wav",
]


def read(path: Path) -> Track:
    (track,) = Scanner(path.parent).scan()
    return track


def retag(path: Path, title: str) -> None:
    """Gives a file another title and more tags than it had, by mutagen."""
    file = mutagen.File(path, easy=path.suffix not in (".wav", ".aac"))
    if file is None or path.suffix == ".aac":
        from mutagen.id3 import ID3, TIT2

        tags = ID3()
        tags.add(TIT2(text=title))
        tags.save(path)
        return
    if file.tags is None:
        file.add_tags()
    if path.suffix == ".wav":
        from mutagen.id3 import TIT2

        file.tags.add(TIT2(text=title))
    else:
        file["title"] = title
        file["artist"] = ["somebody else " * 50]
    file.save()


@pytest.mark.parametrize("name", TAGGED)
def test_other_tags_make_no_difference(tree: Tree, name: str) -> None:
    path = tree.root / name
    shutil.copyfile(FORMATS / name, path)
    before = read(path)
    assert before.audio_key is not None and len(before.audio_key) == 16
    retag(path, "something else " * 100)
    after = read(path)
    assert after.title != before.title
    assert after.audio_key == before.audio_key


def test_each_recording_has_a_key_of_its_own() -> None:
    keys: dict[str | None, set[str]] = {}
    for track in Scanner(FORMATS).scan():
        keys.setdefault(track.audio_key, set()).add(track.path)
    assert None not in keys
    same = [paths for paths in keys.values() if len(paths) > 1]
    # The same samples, so that their FLAC files have one MD5; the same MP3 frames under other tags.
    assert all(len({path.split("-")[0] for path in paths}) == 1 for paths in same), same
    assert len(keys) > 20


def test_other_audio_has_another_key(tree: Tree) -> None:
    path = tree.root / "a.mp3"
    whole = (FORMATS / "mp3-untagged.mp3").read_bytes()
    path.write_bytes(whole)
    key = read(path).audio_key
    for other in (whole[:-417], whole + whole[-417:], whole[:600] + bytes([whole[600] ^ 1]) + whole[601:]):
        path.write_bytes(other)
        assert read(path).audio_key != key


def test_what_is_not_understood_is_known_by_its_bytes(tree: Tree) -> None:
    tree.files("a/broken.mp3", content=b"no music" * 100)
    tree.files("b/same.mp3", content=b"no music" * 100)
    tree.files("c/other.mp3", content=b"no music" * 101)
    tree.files("d/empty.mp3")
    keys = {track.path[0]: track.audio_key for track in Scanner(tree).scan()}
    assert keys["a"] == keys["b"] != keys["c"]
    assert keys["d"] is None

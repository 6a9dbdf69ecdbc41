"""Which files are the same, and how loud albums are, as the second component says it under the
wasmtime CLI: copies, retagged and re-muxed files are found, encodings of a recording are told from
other recordings, and other performances of a score from both.
"""

from __future__ import annotations

import array
import itertools
import json
import math
import operator
import os
import random
import shutil
import subprocess
import wave
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import mutagen
import pytest
from support.trees import FIXTURES
from test_analyser import FORMATS, SECONDS, ffmpeg, reports, run, synthesised

Group = dict[str, Any]
DIFFERENT = int(os.environ.get("MT_SCANNER_RECORDINGS", "15"))
"""Recordings that are all different."""
ENCODED = max(DIFFERENT // 10, 4)
"""Recordings that are encoded in several ways."""
RATE = 11_025
ENCODINGS = {
    "flac": ["-c:a", "flac"],
    "mp3": ["-c:a", "libmp3lame", "-b:a", "128k"],
    "low.mp3": ["-c:a", "libmp3lame", "-b:a", "48k", "-ar", "22050", "-ac", "1"],
    "m4a": ["-c:a", "aac", "-b:a", "96k"],
    "ogg": ["-c:a", "libvorbis", "-q:a", "2"],
    "opus": ["-c:a", "libopus", "-b:a", "64k"],
}


def groups(folder: Path) -> list[Group]:
    """The groups of all files of a folder."""
    done = run(folder, "duplicates", "/music", seconds=SECONDS + DIFFERENT)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def told(found: Iterable[Group]) -> set[tuple[str, frozenset[str]]]:
    """The kinds of groups, with the paths of their files."""
    return {(group["kind"], frozenset(track["path"] for track in group["tracks"])) for group in found}


@cache
def tone(pitch: int, instrument: int, beat: int) -> array.array[int]:
    """A note: a pitch in semitones, an instrument that is a mixture of harmonics, and its length in
    samples.
    """
    chance = random.Random(instrument)
    harmonics = [(1, 1.0)] + [(number, chance.random() / number) for number in range(2, 7) if instrument]
    decay = chance.uniform(0, 6) * bool(instrument)
    turn = math.tau * 110 * 2 ** (pitch / 12) / RATE
    level = 6000 / sum(part for _, part in harmonics)
    return array.array(
        "h",
        [
            int(level * math.exp(-decay * at / RATE) * sum(part * math.sin(turn * n * at) for n, part in harmonics))
            for at in range(beat)
        ],
    )


def performance(path: Path, score: int, instrument: int = 0, tempo: float = 4.0, seconds: int = 30) -> Path:
    """A score, which is random, of three voices: chords of which each note has a length of its own,
    `tempo` beats a second.
    """
    chance = random.Random(score)
    beat = int(RATE / tempo)
    voices = []
    for register in (0, 12, 24):
        voice = array.array("h")
        while len(voice) < seconds * RATE:
            beats = chance.choice((1, 1, 2, 3))
            voice.extend(tone(register + chance.randrange(14), instrument, beat * beats))
        voices.append(voice[: seconds * RATE])
    samples = array.array("h", map(operator.add, map(operator.add, voices[0], voices[1]), voices[2]))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    return path


def test_whatever_is_done_to_a_copy_it_is_found(tmp_path: Path) -> None:
    song = synthesised(tmp_path / "song.mp3", "-c:a", "libmp3lame", "-metadata", "title=Song", seconds=12)
    (tmp_path / "elsewhere" / "deep").mkdir(parents=True)
    shutil.copyfile(song, tmp_path / "elsewhere" / "deep" / "copied.mp3")
    retagged = mutagen.File(shutil.copyfile(song, tmp_path / "retagged.mp3"), easy=True)
    retagged["title"], retagged["artist"], retagged["album"] = ["Other"] * 3
    retagged.save()
    stripped = mutagen.File(shutil.copyfile(song, tmp_path / "stripped.mp3"))
    stripped.delete()
    ffmpeg("-i", song, "-c", "copy", "-metadata", "comment=muxed", tmp_path / "muxed.mp3")
    aac = synthesised(tmp_path / "a.m4a", "-c:a", "aac", "-af", "atempo=1.1", seconds=12)
    ffmpeg("-i", aac, "-c", "copy", tmp_path / "b.aac")
    ffmpeg("-i", aac, "-c", "copy", "-movflags", "frag_keyframe+empty_moov", tmp_path / "c.mp4")
    flac = synthesised(tmp_path / "a.flac", "-af", "atempo=0.8", seconds=12)
    ffmpeg("-i", flac, "-c", "copy", tmp_path / "b.ogg")
    found = groups(tmp_path)
    assert told(found) == {
        ("copy", frozenset({"song.mp3", "elsewhere/deep/copied.mp3"})),
        # The first of copies stands for them.
        ("same-audio", frozenset({"elsewhere/deep/copied.mp3", "retagged.mp3", "stripped.mp3", "muxed.mp3"})),
        ("same-audio", frozenset({"a.m4a", "b.aac", "c.mp4"})),
        ("same-audio", frozenset({"a.flac", "b.ogg"})),
    }
    (best,) = [group["tracks"] for group in found if "retagged.mp3" in json.dumps(group)]
    assert (best[0]["path"], best[0]["keep"], best[0]["why"]) == ("retagged.mp3", True, ["better-tagged"])
    assert not any(track["keep"] for track in best[1:])


def test_encodings_of_a_recording_are_one_and_other_recordings_are_not(tmp_path: Path) -> None:
    for number in range(DIFFERENT):
        wav = performance(tmp_path / "x.wav", number, instrument=number % 5)
        for name, options in (ENCODINGS if number < ENCODED else {"flac": []}).items():
            ffmpeg("-i", wav, *options, tmp_path / f"{number}.{name}")
    (tmp_path / "x.wav").unlink()
    found = groups(tmp_path)
    assert {group["kind"] for group in found} == {"same-recording"}
    pairs = [
        (one["path"].partition(".")[0], other["path"].partition(".")[0])
        for group in found
        for one, other in itertools.combinations(group["tracks"], 2)
    ]
    right = sum(one == other for one, other in pairs)
    assert right >= 0.98 * ENCODED * math.comb(len(ENCODINGS), 2)
    assert right >= 0.995 * len(pairs)
    for group in found:
        first, *others = group["tracks"]
        assert (first["codec"], first["why"], first["score"]) == ("flac", ["lossless"], None)
        assert all(0 <= track["score"] < 6 and abs(track["offset_ms"]) < 250 for track in others), group


def test_another_performance_of_a_score_is_another_recording(tmp_path: Path) -> None:
    for score in range(4):
        for instrument, tempo in ((0, 4.0), (0, 4.2), (1, 4.0), (2, 3.9), (3, 4.1)):
            performance(tmp_path / f"{score}-{instrument}-{tempo}.wav", score, instrument, tempo)
    assert groups(tmp_path) == []


def test_a_recording_that_begins_later_is_found_with_its_offset(tmp_path: Path) -> None:
    wav = performance(tmp_path / "a.wav", 7, instrument=2, seconds=40)
    ffmpeg("-ss", "3", "-i", wav, "-c:a", "libmp3lame", tmp_path / "b.mp3")
    (group,) = groups(tmp_path)
    first, second = group["tracks"]
    assert (first["path"], group["kind"]) == ("a.wav", "same-recording")
    assert -3250 < second["offset_ms"] < -2750


def test_folders_that_hold_no_music_are_passed_over(tmp_path: Path) -> None:
    for folder in ("a", "b", ".hidden"):
        (tmp_path / folder).mkdir()
        shutil.copyfile(FORMATS / "mp3-cbr.mp3", tmp_path / folder / "x.mp3")
    assert told(groups(tmp_path)) == {("copy", frozenset({"a/x.mp3", "b/x.mp3"}))}
    (tmp_path / "b" / ".nomedia").touch()
    (tmp_path / "b" / "c").mkdir()
    shutil.copyfile(FORMATS / "mp3-cbr.mp3", tmp_path / "b" / "c" / "x.mp3")
    assert groups(tmp_path) == []


def test_an_album_is_as_loud_as_ffmpeg_finds_its_tracks_together(tmp_path: Path) -> None:
    folder = tmp_path / "Album"
    folder.mkdir()
    levels = {"1.flac": "0.9", "2.flac": "0.2", "3.flac": "0.5"}
    for name, level in levels.items():
        synthesised(folder / name, "-af", f"volume={level}", seconds=20)
    shutil.copyfile(folder / "1.flac", tmp_path / "alone.flac")
    lines = run(tmp_path, "loudness", "/music").stdout.splitlines()
    *tracks, album = map(json.loads, lines)
    assert [track["path"] for track in tracks] == ["Album/1.flac", "Album/2.flac", "Album/3.flac", "alone.flac"]
    assert (album["folder"], album["tracks"]) == ("Album", 3)
    inputs = [option for name in levels for option in ("-i", str(folder / name))]
    joined = f"concat=n={len(levels)}:v=0:a=1,ebur128=peak=true"
    command = ["ffmpeg", "-hide_banner", "-nostats", *inputs, "-filter_complex", joined, "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True).stderr
    summary = said[said.rindex("Summary:") :].split()
    integrated, span, peak = (float(summary[summary.index(word) + 1]) for word in ("I:", "LRA:", "Peak:"))
    loudness = album["loudness"]
    assert loudness["integrated"] == pytest.approx(integrated, abs=0.1)
    assert loudness["range"] == pytest.approx(span, abs=1)
    assert loudness["true_peak"] == pytest.approx(peak, abs=0.3)
    assert loudness["replaygain_album_gain"] == pytest.approx(-18 - loudness["integrated"])


def test_the_sample_library_has_no_two_recordings_that_are_one() -> None:
    library = FIXTURES / "sample-library"
    names = {path: report["file_hash"] for path, report in reports(library, "hash").items()}
    for group in groups(library):
        hashes = {names[track["path"]] for track in group["tracks"]}
        assert group["kind"] != "copy" or len(hashes) == 1

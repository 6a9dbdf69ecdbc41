"""Recordings such as a collection holds: shorter, but by the same tools.

`make_recordings` gives the 400 files that the data set `real` links to, `make_small_recordings`
the 60 that `tags` varies. Each recording has its own seed, so any of them comes out alike
whatever the order.
"""

from __future__ import annotations

import math
import random
import sys
import tempfile
import wave
from array import array
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from encoders import ffmpeg, require_tools, run
from songs import Song, picard

# Encoders that run at one time.
PROCESSES = 2

RATE = 44_100
LOOPS = 6
LOOP_SECONDS = 10
COVERS = 40


@dataclass(frozen=True)
class Kind:
    """A way to make a recording.

    `seconds` is the range of lengths, which with the bit rate gives 300 KB to 3 MB; `covers` is the
    share that carries a picture, `picard` whether a tagger went over the file afterwards.
    """

    name: str
    ending: str
    count: int
    seconds: tuple[float, float]
    covers: float = 0.0
    picard: bool = False


# In the proportions of common collections: half of them MP3, then FLAC, then MPEG-4.
KINDS = (
    Kind("lame-cbr320", ".mp3", 40, (18, 50), 0.6),
    Kind("lame-v0", ".mp3", 40, (18, 64), 0.9, picard=True),
    Kind("lame-v2", ".mp3", 30, (20, 75), 0.5),
    Kind("lame-cbr128", ".mp3", 25, (20, 95)),
    Kind("lame-abr160", ".mp3", 10, (24, 75), 0.5, picard=True),
    Kind("ffmpeg-mp3", ".mp3", 25, (18, 58), 0.6),
    Kind("ffmpeg-mp3-no-xing", ".mp3", 5, (18, 58)),
    Kind("lame-apev2", ".mp3", 5, (18, 58), 0.5, picard=True),
    Kind("flac", ".flac", 60, (5, 22), 0.8),
    Kind("ffmpeg-flac", ".flac", 20, (5, 22), 0.8, picard=True),
    Kind("aac-moov-first", ".m4a", 20, (18, 64), 0.8, picard=True),
    Kind("aac-moov-end", ".m4a", 20, (18, 64), 0.6),
    Kind("alac", ".m4a", 10, (5, 18), 0.6),
    Kind("aac-moov-first", ".mp4", 4, (18, 64)),
    Kind("aac-moov-first", ".m4p", 6, (18, 64), 0.8, picard=True),
    Kind("oggenc", ".ogg", 16, (18, 70), 0.5, picard=True),
    Kind("ffmpeg-vorbis", ".ogg", 8, (18, 70)),
    Kind("opusenc", ".opus", 16, (24, 80), 0.6),
    Kind("ffmpeg-opus", ".opus", 8, (24, 80), 0.5, picard=True),
    Kind("wav", ".wav", 8, (2, 12)),
    Kind("wma", ".wma", 16, (18, 70), 0.4, picard=True),
    Kind("adts", ".aac", 8, (18, 64)),
)

# About a second, by ffmpeg alone: ten of each.
SMALL_KINDS = (
    Kind("ffmpeg-mp3", ".mp3", 10, (0.5, 1.2)),
    Kind("ffmpeg-flac", ".flac", 10, (0.5, 1.2)),
    Kind("aac-moov-end", ".m4a", 10, (0.5, 1.2)),
    Kind("ffmpeg-vorbis", ".ogg", 10, (0.5, 1.2)),
    Kind("ffmpeg-opus", ".opus", 10, (0.5, 1.2)),
    Kind("wav-untagged", ".wav", 10, (0.5, 1.2)),
)


def make_recordings(folder: Path) -> None:
    record(KINDS, folder, covers=COVERS)


def make_small_recordings(folder: Path) -> None:
    record(SMALL_KINDS, folder, covers=0)


def record(kinds: tuple[Kind, ...], folder: Path, *, covers: int) -> None:
    require_tools()
    wanted = [kind for kind in kinds for _ in range(kind.count)]
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(PROCESSES) as pool:
        loops = [loop(seed) for seed in range(LOOPS)]
        session = Session(Path(scratch), folder, loops, draw_covers(Path(scratch), covers))
        # The first failure, met in this loop, calls off what has not begun.
        for _ in pool.map(session.record, wanted, count()):
            pass


@dataclass(frozen=True)
class Session:
    """What all recordings of one run share."""

    scratch: Path
    folder: Path
    loops: list[bytes]
    covers: list[Path]

    def record(self, kind: Kind, number: int) -> None:
        rng = random.Random(f"{kind.name} {number}")
        song = Song.drawn(rng)
        source = self.scratch / f"{number}.wav"
        frames = rng.choice(self.loops)
        write_wav(source, frames, start=rng.random(), seconds=rng.uniform(*kind.seconds))
        cover = rng.choice(self.covers) if rng.random() < kind.covers else None
        target = self.folder / f"{number:03} {kind.name}{kind.ending}"
        encode(kind, source, target, song, cover, serial=number + 1)
        source.unlink()
        if kind.picard:
            picard(target, song, cover, ape=kind.name == "lame-apev2")


def loop(seed: int) -> bytes:
    """Plucked notes, a bass and a little hiss: 16-bit stereo that compresses as music does."""
    rng = random.Random(seed)
    scale = [220.0 * 2 ** (step / 12) for step in (0, 2, 4, 7, 9, 12, 14)]
    notes = [rng.choice(scale) for _ in range(LOOP_SECONDS * 4)]
    samples = array("h")
    for index in range(LOOP_SECONDS * RATE):
        time = index / RATE
        note, age = divmod(time, 0.25)
        turn = math.tau * notes[int(note)] * age
        pluck = (math.sin(turn) + 0.4 * math.sin(2.01 * turn)) * math.exp(-7 * age)
        bass = math.sin(math.tau * scale[seed % len(scale)] / 4 * time)
        hiss = rng.random() - 0.5
        samples.append(int(9_000 * pluck + 5_000 * bass + 900 * hiss))
        samples.append(int(6_000 * pluck + 5_000 * bass - 700 * hiss))
    if sys.byteorder == "big":
        samples.byteswap()
    return samples.tobytes()


def write_wav(path: Path, frames: bytes, *, start: float, seconds: float) -> None:
    """Writes a WAV that repeats the loop `frames`, from the part `start` (0-1) of it on."""
    at = 4 * int(start * (len(frames) // 4))
    left = 4 * int(seconds * RATE)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        while left > 0:
            part = frames[at : at + left]
            file.writeframes(part)
            left -= len(part)
            at = 0


def make_source(path: Path, *, seconds: float) -> Path:
    write_wav(path, loop(0), start=0, seconds=seconds)
    return path


def draw_covers(folder: Path, number_of: int) -> list[Path]:
    """Square JPEGs of 30 to 400 KB."""
    paths = []
    for number in range(number_of):
        size = 400 + 15 * number
        path = folder / f"cover{number}.jpg"
        noise = f"noise=alls={16 + number % 8}:all_seed={number + 1}"
        picture = f"testsrc2=size={size}x{size}:rate=1,{noise}"
        quality = str(3 + number % 4)
        words = ["-frames:v", "1", "-bitexact", "-q:v", quality, "-pix_fmt", "yuvj420p"]
        ffmpeg("-f", "lavfi", "-i", picture, *words, path)
        paths.append(path)
    return paths


def encode(kind: Kind, source: Path, target: Path, song: Song, cover: Path | None, serial: int) -> None:
    """Encodes `source` with the tags and the picture that the encoder itself can write."""
    mine = None if kind.picard else cover
    picture: list[str | Path] = ["--picture", mine] if mine else []
    match kind.name:
        case "lame-cbr320" | "lame-v0" | "lame-v2" | "lame-cbr128" | "lame-abr160" | "lame-apev2":
            words: list[str | Path] = [*LAME_MODES[kind.name], "--add-id3v2", "--id3v2-utf16"]
            words += ["--tt", song.title, "--ta", song.artist, "--tl", song.album]
            words += ["--ty", song.date, "--tg", song.genre, "--tn", f"{song.number}/14"]
            words += ["--ti", mine] if mine else []
            run("lame", "--quiet", *words, source, target)
        case "flac":
            words = [f"--tag={comment}" for comment in song.comments()]
            words += [f"--picture={mine}"] if mine else []
            run("flac", "--silent", "-5", *words, source, "-o", target)
            run("metaflac", "--add-replay-gain", target)
        case "oggenc":
            words = [word for comment in song.comments() for word in ("-c", comment)]
            words += ["-q", "5", "--serial", str(serial)]
            run("oggenc", "--quiet", *words, source, "-o", target)
        case "opusenc":
            words = [word for comment in song.comments() for word in ("--comment", comment)]
            words += ["--bitrate", "128", "--serial", str(serial), *picture]
            run("opusenc", "--quiet", *words, source, target)
        case _:
            words = ["-i", source]
            if mine:
                words += ["-i", mine, "-map", "0:a", "-map", "1:v", "-c:v", "copy"]
                words += ["-disposition:v", "attached_pic"]
            words += FFMPEG_MODES[kind.name]
            if kind.name != "wav-untagged":
                for name, value in song.common().items():
                    words += ["-metadata", f"{name}={value}"]
            # The serial numbers of Ogg streams are random otherwise.
            words += ["-fflags", "+bitexact"] if kind.ending in (".ogg", ".opus") else []
            words += ["-f", "ipod"] if kind.ending == ".m4p" else []
            ffmpeg(*words, target)


LAME_MODES = {
    "lame-cbr320": ["-b", "320"],
    "lame-v0": ["-V", "0"],
    "lame-v2": ["-V", "2"],
    "lame-cbr128": ["-b", "128"],
    "lame-abr160": ["--abr", "160"],
    "lame-apev2": ["-b", "192"],
}
FFMPEG_MODES = {
    "ffmpeg-mp3": ["-c:a", "libmp3lame", "-b:a", "256k"],
    "ffmpeg-mp3-no-xing": ["-c:a", "libmp3lame", "-b:a", "192k", "-write_xing", "0"],
    "ffmpeg-flac": ["-c:a", "flac"],
    "ffmpeg-vorbis": ["-c:a", "libvorbis", "-q:a", "5"],
    "ffmpeg-opus": ["-c:a", "libopus", "-b:a", "128k"],
    "aac-moov-first": ["-c:a", "aac", "-b:a", "192k", "-movflags", "+faststart"],
    "aac-moov-end": ["-c:a", "aac", "-b:a", "192k"],
    "alac": ["-c:a", "alac"],
    "adts": ["-c:a", "aac", "-b:a", "160k", "-write_id3v2", "1"],
    "wma": ["-c:a", "wmav2", "-b:a", "192k"],
    "wav": ["-c:a", "pcm_s16le"],
    "wav-untagged": ["-c:a", "pcm_s16le", "-ar", "16000", "-map_metadata", "-1"],
}

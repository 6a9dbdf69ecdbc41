"""The data set that scanners trip over."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from pathlib import Path

from encoders import require_tools, run
from recordings import make_source
from trees import nest, touch

CROWD = 10_000
LEVELS = 500
TRUNCATED = 50
EMPTY = 100
NOISE = 20

# Legal on Linux and macOS, and trouble for whoever splits, quotes, prints or normalises names.
NAMES = (
    "🎸🎶 Ω≈ç√ 🚀.mp3",
    "👩‍🎤 singer with a joined emoji.mp3",
    "a newline\nin the middle.mp3",
    "a tab\tand a return\r.mp3",
    " leading space.mp3",
    "trailing space.mp3 ",
    "-rf.mp3",
    "100% %s %d {0} $HOME `id`.mp3",
    "\"double\" and 'single' quotes.mp3",
    "back\\slash.mp3",
    "colon: question? star*.mp3",
    "cafe\u0301 decomposed.mp3",
    "right \u202eto left.mp3",
    "CON.mp3",
    "two.endings.flac.mp3",
    "an audio ending inside.mp3.txt",
    ".mp3",
    "mp3",
    "no dot mp3",
    "upper.MP3",
)


def make_pathological(root: Path) -> None:
    require_tools()
    with tempfile.TemporaryDirectory() as scratch:
        source = make_source(Path(scratch, "source.wav"), seconds=1.0)
        mp3, flac = Path(scratch, "track.mp3"), Path(scratch, "track.flac")
        run("lame", "--quiet", "-b", "64", "--tt", "One of Many", "--ta", "The Crowd", source, mp3)
        run("flac", "--silent", "--tag=TITLE=One of Many", source, "-o", flac)
        make_crowd(root / "crowd", mp3)
        make_nested(root / "nested", mp3)
        make_names(root / "names", mp3)
        make_broken(root / "broken", mp3, flac)


def make_crowd(folder: Path, mp3: Path) -> None:
    """One folder with more tracks than any album; links, as in the data set `real`."""
    folder.mkdir()
    first = folder / "00000.mp3"
    shutil.copyfile(mp3, first)
    for number in range(1, CROWD):
        os.link(first, folder / f"{number:05}.mp3")


def make_nested(folder: Path, mp3: Path) -> None:
    folder.mkdir()
    data = mp3.read_bytes()

    def fill(depth: int, here: int) -> None:
        track = os.open(f"{depth:03}.mp3", os.O_CREAT | os.O_WRONLY, 0o644, dir_fd=here)
        with open(track, "wb") as file:
            file.write(data)

    nest(folder, LEVELS, fill)


def make_names(folder: Path, mp3: Path) -> None:
    folder.mkdir()
    # 200 bytes each; a name may have 255 bytes on Linux, 255 UTF-16 units on macOS.
    long_names = ("n" * 196 + ".mp3", "夜" * 65 + "x.mp3", "é" * 98 + ".mp3")
    for name in NAMES + long_names:
        shutil.copyfile(mp3, folder / name)
    long_folder = folder / ("f" * 200) / ("長" * 66)
    long_folder.mkdir(parents=True)
    shutil.copyfile(mp3, long_folder / long_names[0])


def make_broken(folder: Path, mp3: Path, flac: Path) -> None:
    folder.mkdir()
    rng = random.Random(5)
    for number in range(TRUNCATED):
        whole = flac if number % 2 else mp3
        data = whole.read_bytes()
        part = folder / f"truncated {number:02}{whole.suffix}"
        part.write_bytes(data[: rng.randrange(1, len(data))])
    for number in range(EMPTY):
        touch(f"{folder}/empty {number:02}.mp3")
    for number in range(NOISE):
        (folder / f"noise {number:02}.mp3").write_bytes(rng.randbytes(rng.randrange(1, 65_536)))
    shutil.copyfile(flac, folder / "really a flac.mp3")
    shutil.copyfile(mp3, folder / "really an mp3.flac")
    (folder / "a folder.mp3").mkdir()

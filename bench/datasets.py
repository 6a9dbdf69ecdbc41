"""Makes the music trees that the benchmarks scan, once, and keeps them in a cache folder.

    python bench/datasets.py NAME DEST [--files N] [--base DIR] [--copy]

The tree is DEST/NAME, or DEST/NAME-N when its number of files is not the usual one. NAME.done
beside it says that it is complete and how it was made: a second call with the same recipe returns
at once, one with another recipe makes the tree anew. Everything is drawn from fixed seeds.

shape         N empty files (100,000): artists x 5 albums x 20 files, eight of nine with audio names
tags          2,500 small tagged files written by ffmpeg
real          N files (41,000), links to 400 recordings of many encoders and taggers, with covers
real-no-adts  the same (N files) without raw AAC streams, which several readers read to their end
adts          N files (400), links to these streams alone
few           N files (810) of real-no-adts in 54 albums of 11 artists: 66 folders, for slow storage
pathological  10,000 tracks in one folder, 500 nested folders, odd names, broken files
deep          the files of `real` (N, 41,000) in 1,000 nested folders
flat          the files of `real` (N, 200,000) in one folder
long-CODEC    6 recordings of three minutes: flac, mp3, vorbis, opus, aac
archived-KIND 60 recordings in five archives: stored and zip (ZIP), tar.gz, 7z (solid),
    7z-apart (not solid), rar (stored)

shape needs Python alone, the others mutagen and encoders; what is missing is named.
deep and pathological hold paths and names that Windows cannot.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from encoders import ToolError
from packed import PACKERS
from pathological import make_pathological
from recordings import Kind, make_recordings, make_small_recordings, record
from songs import Song, retag
from trees import FILES_OF_AN_ALBUM, albums, nest, remove, touch

AUDIO_ENDINGS = (".mp3", ".flac", ".m4a", ".ogg", ".wav", ".wma", ".aac", ".opus", ".m4p", ".mp4")
# How often each comes, in percent.
SHARES = (40, 20, 12, 6, 4, 4, 4, 6, 2, 2)
OTHER_ENDINGS = (".jpg", ".txt", ".cue", ".log")
# Every ninth file of `shape` is no audio: 11.1 %.
OTHER_EVERY = 9
ADTS = ".aac"
# In `few`, which has many folders for its files.
FILES_OF_A_SHORT_ALBUM = 15
# Folders inside each other in `deep`.
LEVELS = 1_000
# In `archived-KIND`.
ALBUMS_IN_ARCHIVES = 5
FILES_OF_A_CD = 12
IN_ARCHIVES = ALBUMS_IN_ARCHIVES * FILES_OF_A_CD
# In `long-CODEC`: the kind of recording.
LONG = {
    codec: Kind(kind, ending, 6, (180, 180))
    for codec, kind, ending in (
        ("flac", "flac", ".flac"),
        ("mp3", "lame-v2", ".mp3"),
        ("vorbis", "oggenc", ".ogg"),
        ("opus", "opusenc", ".opus"),
        ("aac", "aac-moov-first", ".m4a"),
    )
}
# As many of the user's own recordings as there are synthesised ones.
OWN_RECORDINGS = 400


class DatasetError(Exception):
    """A tree cannot be made; the text says what to do."""


@dataclass(frozen=True)
class Recipe:
    """What a tree depends on; it stands in the tree's .done file."""

    name: str
    files: int
    base: str = ""
    copy: bool = False
    # Raised whenever this module would make another tree from the same recipe.
    version: int = 2


Maker = Callable[[Path, Recipe], None]


def build(
    name: str,
    dest: Path,
    *,
    files: int | None = None,
    base: Path | None = None,
    copy: bool = False,
) -> Path:
    """Makes the tree `name` in the cache folder `dest` unless it is there, and returns it.

    `files` is the number of files of the sets in `SIZABLE`. For those in `RECORDED` alone, `base`
    is a folder whose audio files take the place of the synthesised recordings, and `copy` makes
    copies (about 1 MB a file) instead of links.
    """
    if name not in MAKERS:
        raise DatasetError(f"no data set is called {name}; there are {', '.join(MAKERS)}")
    maker, usual = MAKERS[name]
    if files is not None and name not in SIZABLE:
        raise DatasetError(f"{name} has one size; a number of files is for {', '.join(SIZABLE)}")
    if (base or copy) and name not in RECORDED:
        raise DatasetError(f"{name} has no recordings to choose or copy; {', '.join(RECORDED)} have")
    recipe = Recipe(name, files or usual, str(base.resolve()) if base else "", copy)
    tree = name if recipe.files == usual else f"{name}-{files}"
    return cached(dest / tree, recipe, maker)


def cached(tree: Path, recipe: Recipe, maker: Maker) -> Path:
    done = tree.with_name(f"{tree.name}.done")
    text = json.dumps(asdict(recipe), indent=2) + "\n"
    if tree.is_dir() and done.is_file():
        if done.read_text(encoding="utf-8") == text:
            return tree
        done.unlink()
        remove(tree)
    if tree.exists():
        raise DatasetError(f"{tree} exists, but was not made here; move it away")
    # Under another name until it is whole, so that a half-made tree is never taken for one.
    partial = tree.with_name(f"{tree.name}.partial")
    if partial.exists():
        remove(partial)
    partial.mkdir(parents=True)
    maker(partial, recipe)
    partial.rename(tree)
    done.write_text(text, encoding="utf-8")
    return tree


def make_shape(root: Path, recipe: Recipe) -> None:
    rng = random.Random(1)
    for folder, numbers in albums(root, recipe.files):
        for number in numbers:
            other = number % OTHER_EVERY == OTHER_EVERY - 1
            ending = rng.choice(OTHER_ENDINGS) if other else audio_ending(rng)
            touch(f"{folder}/{number % FILES_OF_AN_ALBUM + 1:02} Song {number:06}{ending}")


def audio_ending(rng: random.Random) -> str:
    """One of the ten, now and then in the capitals of old recorders and rippers."""
    [ending] = rng.choices(AUDIO_ENDINGS, SHARES)
    spell = rng.choice((str.lower, str.lower, str.lower, str.upper, str.title))
    return spell(ending)


def make_tags(root: Path, recipe: Recipe) -> None:
    small = cached(
        root.with_name("small-recordings"),
        Recipe("small-recordings", 60),
        lambda folder, _: make_small_recordings(folder),
    )
    sources = sorted(small.iterdir())
    rng = random.Random(3)
    for folder, numbers in albums(root, recipe.files):
        for number in numbers:
            source = sources[number % len(sources)]
            track = number % FILES_OF_AN_ALBUM + 1
            target = Path(folder, f"{track:02} Song {number:06}{source.suffix}")
            shutil.copyfile(source, target)
            retag(target, replace(Song.drawn(rng), album=target.parent.name, number=track))


def make_real(root: Path, recipe: Recipe, takes: Callable[[Path], bool] = lambda _: True) -> None:
    """Fills albums with links to the recordings, each as often as the others.

    Hard links, because 41,000 copies would take 50 GB. To a scanner a link is a file like any
    other: it has a name, a fingerprint and bytes to read. Three things differ from a collection,
    and a benchmark must allow for them: the links of a recording change together (so replace a
    file, never edit it in place), every recording comes a hundred times, and all that is read
    fits into memory, so nothing here measures a cold disk.
    """
    sources = shuffled(root, recipe, takes)
    put = shutil.copyfile if recipe.copy else os.link
    for folder, numbers in albums(root, recipe.files):
        for number, source in zip(numbers, sources, strict=False):
            track = number % FILES_OF_AN_ALBUM + 1
            put(source, f"{folder}/{track:02} Song {number:06}{source.suffix}")


def make_few(root: Path, recipe: Recipe) -> None:
    sources = shuffled(root, recipe, lambda path: not is_adts(path))
    for folder, numbers in albums(root, recipe.files, FILES_OF_A_SHORT_ALBUM):
        for number, source in zip(numbers, sources, strict=False):
            os.link(source, f"{folder}/{number % FILES_OF_A_SHORT_ALBUM + 1:02} Song {number:06}{source.suffix}")


def make_deep(root: Path, recipe: Recipe) -> None:
    """The files of `real`, as many in each of many nested folders."""
    sources = shuffled(root, recipe)
    each = recipe.files // LEVELS

    def fill(depth: int, here: int) -> None:
        for number, source in zip(range(each), sources, strict=False):
            os.link(source, f"{number:02} Song {depth:04}{source.suffix}", dst_dir_fd=here)

    nest(root, LEVELS, fill)


def make_flat(root: Path, recipe: Recipe) -> None:
    for number, source in zip(range(recipe.files), shuffled(root, recipe), strict=False):
        os.link(source, root / f"Song {number:06}{source.suffix}")


def make_archived(root: Path, recipe: Recipe) -> None:
    extension, pack, needs = PACKERS[recipe.name.removeprefix("archived-")]
    sources = shuffled(root, recipe, lambda path: not is_adts(path))
    try:
        for album in range(ALBUMS_IN_ARCHIVES):
            files = [(next(sources), number) for number in range(1, FILES_OF_A_CD + 1)]
            pack(
                root / f"Album {album}{extension}",
                [(file, f"Album {album}/{number:02} Song{file.suffix}") for file, number in files],
            )
    except ImportError as error:
        raise DatasetError(f"pip install {needs}") from error


def make_long(root: Path, recipe: Recipe) -> None:
    record((LONG[recipe.name.removeprefix("long-")],), root, covers=0)


def seconds(name: str) -> float:
    """How long each recording of a data set is, where all are equally long; else 0."""
    kind = LONG.get(name.removeprefix("long-")) if name.startswith("long-") else None
    return kind.seconds[0] if kind else 0.0


def shuffled(root: Path, recipe: Recipe, takes: Callable[[Path], bool] = lambda _: True) -> Iterator[Path]:
    """The recordings without end: all of them in one order, then in another, and so on."""
    if recipe.base:
        recordings = cached(
            root.with_name("own-recordings"),
            Recipe("own-recordings", OWN_RECORDINGS, recipe.base),
            copy_own_recordings,
        )
    else:
        recordings = cached(
            root.with_name("recordings"),
            Recipe("recordings", 400),
            lambda folder, _: make_recordings(folder),
        )
    sources = sorted(filter(takes, recordings.iterdir()))
    if not sources:
        raise DatasetError(f"none of the recordings is one for {recipe.name}")
    rng = random.Random(4)
    while True:
        yield from reversed(rng.sample(sources, len(sources)))


def is_adts(recording: Path) -> bool:
    return recording.suffix.lower() == ADTS


def copy_own_recordings(folder: Path, recipe: Recipe) -> None:
    """Copies a sample of the audio files under the base, which is only ever read."""
    found = sorted(
        path for path in Path(recipe.base).rglob("*") if path.suffix.lower() in AUDIO_ENDINGS and path.is_file()
    )
    if not found:
        raise DatasetError(f"{recipe.base} holds no audio files")
    chosen = random.Random(6).sample(found, min(recipe.files, len(found)))
    for number, path in enumerate(chosen):
        shutil.copyfile(path, folder / f"{number:03}{path.suffix}")


# Name -> what makes it, and its usual number of files.
MAKERS: dict[str, tuple[Maker, int]] = {
    "shape": (make_shape, 100_000),
    "tags": (make_tags, 2_500),
    "real": (make_real, 41_000),
    "real-no-adts": (lambda root, recipe: make_real(root, recipe, lambda path: not is_adts(path)), 41_000),
    "adts": (lambda root, recipe: make_real(root, recipe, is_adts), 400),
    "few": (make_few, 810),
    "pathological": (lambda root, _: make_pathological(root), 0),
    "deep": (make_deep, 41_000),
    "flat": (make_flat, 200_000),
    **{f"archived-{kind}": (make_archived, IN_ARCHIVES) for kind in PACKERS},
    **{f"long-{codec}": (make_long, kind.count) for codec, kind in LONG.items()},
}
ARCHIVED = tuple(f"archived-{kind}" for kind in PACKERS)
RECORDED = ("real", "real-no-adts", "adts", "few", "deep", "flat", *ARCHIVED)
SIZABLE = ("shape", *RECORDED)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=MAKERS)
    parser.add_argument("dest", type=Path, help="the cache folder")
    parser.add_argument("--files", type=int, metavar="N")
    parser.add_argument("--base", type=Path, metavar="DIR", help="your own recordings, for the sets of real files")
    parser.add_argument("--copy", action="store_true", help="copies instead of links, for these sets")
    chosen = parser.parse_args()
    try:
        tree = build(chosen.name, chosen.dest, files=chosen.files, base=chosen.base, copy=chosen.copy)
    except (DatasetError, ToolError) as error:
        sys.exit(str(error))
    print(tree)


if __name__ == "__main__":
    main()

"""What a Python program does without us, in a process of its own.

    python peers.py WORK FOLDER [--repeat N] [--every N] [--threads N]

Prints the times of the repetitions and the number of files.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

ENDINGS = frozenset({".mp3", ".flac", ".m4a", ".ogg", ".wav", ".wma", ".aac", ".opus", ".m4p", ".mp4"})
# Of a track: what most programs ask for.
EASY = ("title", "artist", "album", "albumartist", "tracknumber", "discnumber", "date", "genre", "composer")


def walk_count(folder: str) -> int:
    splitext, found = os.path.splitext, 0
    for _, _, names in os.walk(folder):
        for name in names:
            if splitext(name)[1].lower() in ENDINGS:
                found += 1
    return found


def walk_paths(folder: str) -> int:
    return len(paths(folder))


def walk_stat(folder: str) -> int:
    splitext, join, found = os.path.splitext, os.path.join, []
    for here, _, names in os.walk(folder):
        for name in names:
            if splitext(name)[1].lower() in ENDINGS:
                path = join(here, name)
                found.append((path, os.stat(path)))
    return len(found)


def rglob(folder: str) -> int:
    return sum(path.suffix.lower() in ENDINGS for path in Path(folder).rglob("*"))


def scandir_rs_count(folder: str) -> int:
    return len(scandir_rs_files(folder))


def scandir_rs_paths(folder: str) -> int:
    return len([os.path.join(folder, path) for path in scandir_rs_files(folder)])


def scandir_rs_files(folder: str) -> list[str]:
    from scandir_rs import ReturnType, Walk

    patterns = [f"**/*{ending}" for ending in ENDINGS]
    found = Walk(folder, file_include=patterns, case_sensitive=False, return_type=ReturnType.Base).collect()
    files: list[str] = found.files
    return files


def mutagen(path: str) -> dict[str, Any]:
    """A track as a dict, by mutagen."""
    from mutagen import File, MutagenError

    status = os.stat(path)
    track: dict[str, Any] = {"path": path, "size": status.st_size, "mtime": status.st_mtime_ns}
    try:
        file = File(path, easy=True)
    except MutagenError:
        file = None
    if file is not None:
        for name in ("length", "bitrate", "sample_rate", "channels", "bits_per_sample"):
            track[name] = getattr(file.info, name, None)
        for name in EASY:
            track[name] = file.get(name)
    return track


def tinytag(path: str) -> dict[str, Any]:
    """A track as a dict, by tinytag."""
    from tinytag import TinyTag, TinyTagException

    status = os.stat(path)
    track: dict[str, Any] = {"path": path, "size": status.st_size, "mtime": status.st_mtime_ns}
    try:
        track |= TinyTag.get(path).as_dict()
    except TinyTagException:
        pass
    return track


def dicts(folder: str, threads: int = 1) -> int:
    """A plain scanner: everything in a list. Threads share the files when all are found."""
    if threads == 1:
        return len([mutagen(path) for path in paths(folder)])
    with ThreadPoolExecutor(threads) as pool:
        return len(list(pool.map(mutagen, paths(folder))))


def archived(folder: str) -> int:
    """Every track in archives as a dict: each member is taken into memory."""
    from io import BytesIO

    from mutagen import File, MutagenError

    found = 0
    for place in sorted(Path(folder).iterdir()):
        for name, content in members(place):
            if os.path.splitext(name)[1].lower() not in ENDINGS:
                continue
            try:
                file = File(BytesIO(content), easy=True)
            except MutagenError:
                file = None
            track = {attribute: file.get(attribute) for attribute in EASY} if file is not None else {}
            found += track is not None
    return found


def members(path: Path) -> Iterator[tuple[str, bytes]]:
    """The files of an archive."""
    if path.suffix == ".zip":
        import zipfile

        with zipfile.ZipFile(path) as archive:
            yield from ((name, archive.read(name)) for name in archive.namelist())
    elif path.suffix == ".gz":
        import tarfile

        with tarfile.open(path) as packed:
            for member in packed:
                content = packed.extractfile(member)
                if content is not None:
                    yield member.name, content.read()
    elif path.suffix == ".7z":
        import py7zr

        factory = py7zr.io.BytesIOFactory(1 << 40)
        with py7zr.SevenZipFile(path) as seven:
            seven.extractall(factory=factory)
        yield from ((name, product.read()) for name, product in factory.products.items())
    else:
        import rarfile

        with rarfile.RarFile(path) as rar:
            yield from ((name, rar.read(name)) for name in rar.namelist())


def paths(folder: str) -> list[str]:
    splitext, join, found = os.path.splitext, os.path.join, []
    for here, _, names in os.walk(folder):
        for name in names:
            if splitext(name)[1].lower() in ENDINGS:
                found.append(join(here, name))  # noqa: PERF401
    return found


WALKS: dict[str, Callable[[str], int]] = {
    "walk-count": walk_count,
    "walk-paths": walk_paths,
    "walk-stat": walk_stat,
    "rglob": rglob,
    "scandir-rs-count": scandir_rs_count,
    "scandir-rs-paths": scandir_rs_paths,
    "dicts": dicts,
    "archived": archived,
}
READERS: dict[str, Callable[[str], dict[str, Any]]] = {"mutagen": mutagen, "tinytag": tinytag}


def reader(read: Callable[[str], object], folder: str, every: int) -> Callable[[str], int]:
    """Reads some of the files. Walking is a small part of it and stays out of the time, since it
    goes over them all.
    """
    files = paths(folder)[::every]
    read(files[0])
    return lambda _: sum(1 for _ in map(read, files))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", choices=[*WALKS, *READERS])
    parser.add_argument("folder")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="readers: take every Nth file only")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="dicts: threads that read")
    chosen = parser.parse_args()
    seconds = []
    found = 0
    walks = {**WALKS, "dicts": partial(dicts, threads=chosen.threads)}
    if chosen.work == "dicts":
        # Not in the time.
        import_module("mutagen")
    if chosen.work == "archived":
        for module in ("mutagen", "zipfile", "tarfile", "py7zr", "rarfile"):
            with suppress(ImportError):
                import_module(module)
    work = walks[chosen.work] if chosen.work in walks else reader(READERS[chosen.work], chosen.folder, chosen.every)
    for _ in range(chosen.repeat):
        start = time.perf_counter()
        found = work(chosen.folder)
        seconds.append(time.perf_counter() - start)
    print(json.dumps({"seconds": seconds, "found": found}))


if __name__ == "__main__":
    main()

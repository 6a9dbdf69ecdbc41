"""Packs files into archives, each with the format's usual settings."""

from __future__ import annotations

import tarfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

Files = Sequence[tuple[Path, str]]
"""Files, and the names that they have in the archive."""


def stored(path: Path, files: Files) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for file, name in files:
            archive.write(file, name)


def deflated(path: Path, files: Files) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, name in files:
            archive.write(file, name)


def tar(path: Path, files: Files) -> None:
    with tarfile.open(path, "w:gz") as archive:
        for file, name in files:
            archive.add(file, name)


def seven(path: Path, files: Files) -> None:
    """Solid, LZMA2."""
    import py7zr

    with py7zr.SevenZipFile(path, "w") as archive:
        for file, name in files:
            archive.write(file, name)


def seven_apart(path: Path, files: Files) -> None:
    """Each file in a stream of its own, LZMA2."""
    import py7zr

    for number, (file, name) in enumerate(files):
        # What is added to an archive goes into another stream.
        with py7zr.SevenZipFile(path, "a" if number else "w") as archive:
            archive.write(file, name)


def rar(path: Path, files: Files) -> None:
    """Stored, as scenes do and as music suggests."""
    import rars

    archive = rars.RarBuilder(store=True)
    for file, name in files:
        archive.add(str(file), name)
    archive.write(str(path))


PACKERS: dict[str, tuple[str, Callable[[Path, Files], None], str]] = {
    "stored": (".zip", stored, ""),
    "zip": (".zip", deflated, ""),
    "tar.gz": (".tar.gz", tar, ""),
    "7z": (".7z", seven, "py7zr"),
    "7z-apart": (".7z", seven_apart, "py7zr"),
    "rar": (".rar", rar, "rars"),
}
"""By kind: extension, packer, and the package that it needs."""

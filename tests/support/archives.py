"""Archives of files, by writers of all kinds: each gives what an archive of a folder holds."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import rars

EPOCH = (2001, 2, 3, 4, 5, 6)
"""The time of members, so that equal members make equal archives."""


def files(folder: Path) -> list[str]:
    """The files of a folder and below, by their paths there."""
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


def write(path: Path, members: Mapping[str, bytes]) -> None:
    """Writes an archive; its name tells which."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_DEFLATED)
        return
    with tarfile.open(path, "w:gz" if path.suffix in (".gz", ".tgz") else "w") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def run(*command: str | Path, at: Path) -> None:
    """Runs a program, which has to be there."""
    assert shutil.which(command[0]), f"{command[0]} is missing: apt install zip p7zip-full libarchive-tools"
    subprocess.run(list(map(str, command)), cwd=at, check=True, stdout=subprocess.DEVNULL)


def seven(*options: str) -> Callable[[Path, Path], None]:
    """7-Zip with these options."""
    return lambda folder, path: run("7z", "a", *options, path, ".", at=folder)


def rar(**options: Any) -> Callable[[Path, Path], None]:
    """RAR 5, by the package `rars`."""

    def pack(folder: Path, path: Path) -> None:
        archive = rars.RarBuilder(**options)
        for file in files(folder):
            archive.add(str(folder / file), file)
        archive.write(str(path))

    return pack


def of_python(kind: int) -> Callable[[Path, Path], None]:
    """Python's zipfile with this method."""

    def pack(folder: Path, path: Path) -> None:
        with zipfile.ZipFile(path, "w", kind) as archive:
            for file in files(folder):
                archive.write(folder / file, file)

    return pack


WRITERS: dict[str, tuple[str, Callable[[Path, Path], None]]] = {
    "info-zip": (".zip", lambda folder, path: run("zip", "-qr", path, ".", at=folder)),
    "info-zip stored": (".zip", lambda folder, path: run("zip", "-qr0", path, ".", at=folder)),
    "zipfile": (".zip", of_python(zipfile.ZIP_DEFLATED)),
    "zipfile stored": (".ZIP", of_python(zipfile.ZIP_STORED)),
    "7-zip zip": (".zip", seven("-tzip")),
    "7-zip solid": (".7z", seven("-ms=on")),
    "7-zip not solid": (".7z", seven("-ms=off")),
    "7-zip lzma": (".7z", seven("-m0=LZMA")),
    "7-zip copy": (".7z", seven("-mx=0")),
    "bsdtar tar": (".tar", lambda folder, path: run("bsdtar", "-cf", path, ".", at=folder)),
    "bsdtar tar.gz": (".tar.gz", lambda folder, path: run("bsdtar", "-czf", path, ".", at=folder)),
    "bsdtar zip": (".zip", lambda folder, path: run("bsdtar", "--format=zip", "-cf", path, ".", at=folder)),
    "bsdtar 7z": (".7z", lambda folder, path: run("bsdtar", "--format=7zip", "-cf", path, ".", at=folder)),
    "gnu tar": (".tgz", lambda folder, path: run("tar", "-czf", path, ".", at=folder)),
    "rar": (".rar", rar(store=True)),
    "rar 4": (".rar", rar(store=True, format="rar40")),
}
"""Writers, each with the extension of what it writes: it packs a folder into a file."""

"""RAR by other writers: what is read of an archive is, byte for byte, what bsdtar takes out of it. The
archives are the test data of the project rarfile, fetched from the package index.
"""

from __future__ import annotations

import subprocess
import tarfile
import zlib
from pathlib import Path

import pytest
from support.archives import run
from support.doors import REPOSITORY
from support.projects import cache, download

PROJECT = "rarfile==4.2"
EXAMPLE = ("cargo", "run", "--quiet", "--locked", "--package", "mt-scanner-archives", "--example", "members", "--")
UNREAD = {
    "compressed RAR entries are not read",
    "the entry is encrypted",
    "the directory is encrypted",
    "a volume of several; what is in the others is not read with it",
    "the entry goes on in another volume",
}
"""All that may be said of archives that are whole."""


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    place = cache() / "rarfile.tar.gz"
    if not place.is_file():
        place.parent.mkdir(parents=True, exist_ok=True)
        download(PROJECT, tmp_path_factory.mktemp("download")).replace(place)
    folder = tmp_path_factory.mktemp("rar")
    found = []
    with tarfile.open(place) as files:
        for member in files:
            if member.name.endswith(".rar") and (content := files.extractfile(member)):
                found.append(folder / Path(member.name).name)
                found[-1].write_bytes(content.read())
    assert len(found) > 40
    return found


def test_members_are_those_that_bsdtar_takes_out(archives: list[Path], tmp_path: Path) -> None:
    compared, said = 0, set()
    for archive in archives:
        folder = tmp_path / archive.stem
        folder.mkdir()
        # It does not take out all of them either.
        subprocess.run(["bsdtar", "-xf", archive], cwd=folder, capture_output=True)
        told = subprocess.run([*EXAMPLE, archive], cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout
        for line in told.splitlines():
            name, size, crc, trouble = line.split("\t")
            said.add(trouble)
            theirs = folder / name
            if crc and theirs.is_file():
                content = theirs.read_bytes()
                assert (int(size), int(crc, 16)) == (len(content), zlib.crc32(content)), (archive.name, name)
                compared += 1
    assert said - {""} == UNREAD
    assert compared >= 20
    print(f"{compared} members of {len(archives)} archives are equal")


def test_bsdtar_is_there(tmp_path: Path) -> None:
    run("bsdtar", "--version", at=tmp_path)

"""RAR by other writers: what is read of an archive is, byte for byte, what bsdtar takes out of it. The
archives are the test data of the projects rarfile and libarchive, fetched from the package indexes.
"""

from __future__ import annotations

import binascii
import os
import subprocess
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.archives import run
from support.doors import REPOSITORY
from support.projects import cache, crate, download

RARFILE = "rarfile==4.2"
LIBARCHIVE = ("libarchive2-sys", "0.2.0")
"""A crate that comes with the sources of libarchive 3.8.1."""
MEMBERS = REPOSITORY / "target" / "debug" / "examples" / f"members{'.exe' if os.name == 'nt' else ''}"
"""The example of the archives, as the tests of their crate have built it."""
UNREAD = {
    "compressed RAR entries are not read",
    "the entry is encrypted",
    "the directory is encrypted",
    "a volume of several; what is in the others is not read with it",
    "the entry goes on in another volume",
}
"""All that may be said of archives that are whole."""
DAMAGED = {
    "a header is damaged; what is behind it is lost",
    "the archive is cut",
    "the entry ends after 6913 of 20111 bytes",
    "no ZIP, 7Z, RAR, TAR or TAR.GZ",
}
"""What may be said as well of those that were made to be damaged, or were cut in pieces."""
Archives = Iterator[tuple[str, bytes]]


def of_rarfile(scratch: Path) -> Archives:
    """50 archives by RAR's own programs, all of them whole."""
    place = cache() / "rarfile.tar.gz"
    if not place.is_file():
        place.parent.mkdir(parents=True, exist_ok=True)
        download(RARFILE, scratch).replace(place)
    with tarfile.open(place) as files:
        for member in files:
            if member.name.endswith(".rar") and (content := files.extractfile(member)):
                yield Path(member.name).name, content.read()


def of_libarchive(scratch: Path) -> Archives:
    """109 archives; many are hostile: they broke readers once."""
    folder = crate(*LIBARCHIVE, scratch) / "libarchive/libarchive/test"
    for encoded in sorted(folder.glob("*rar*.uu")):
        yield encoded.name.removesuffix(".uu"), uudecoded(encoded.read_bytes())


def uudecoded(text: bytes) -> bytes:
    lines = iter(text.splitlines())
    while not next(lines).startswith(b"begin "):
        pass
    content = bytearray()
    for line in lines:
        if line == b"end":
            break
        # Some encoders pad a line with more than its length asks for.
        length = (line[0] - 32) & 63 if line else 0
        content += binascii.a2b_uu(line[: 1 + (length * 4 + 2) // 3])
    return bytes(content)


@pytest.mark.parametrize(
    ("of_project", "archives", "members", "said"),
    [(of_rarfile, 41, 20, UNREAD), (of_libarchive, 100, 20, UNREAD | DAMAGED)],
)
def test_members_are_those_that_bsdtar_takes_out(
    of_project: Callable[[Path], Archives], archives: int, members: int, said: set[str], tmp_path: Path
) -> None:
    paths = {}
    for name, content in of_project(tmp_path):
        paths[name] = tmp_path / name
        paths[name].write_bytes(content)
    assert MEMBERS.exists(), "cargo build --package mt-scanner-archives --example members"
    lines = subprocess.run([MEMBERS, *paths.values()], check=True, capture_output=True, text=True).stdout
    found = [line.split("\t") for line in lines.splitlines()]
    compared = 0
    for name, path in paths.items():
        ours = [row for archive, *row in found if archive == str(path)]
        whole = {member: (int(size), int(crc, 16)) for member, size, crc, trouble in ours if crc and not trouble}
        if whole:
            theirs = taken_out(path, tmp_path / f"{name}-members")
            both = whole.keys() & theirs.keys()
            assert {member: whole[member] for member in both} == {member: theirs[member] for member in both}, name
            compared += len(both)
    assert {trouble for *_, trouble in found} - {""} == said
    assert len(paths) >= archives
    assert compared >= members
    print(f"{compared} members of {len(paths)} archives are equal")


def taken_out(archive: Path, folder: Path) -> dict[str, tuple[int, int]]:
    """Size and CRC-32 of what bsdtar takes out; it does not take out all of it either."""
    folder.mkdir()
    subprocess.run(["bsdtar", "-xf", archive], cwd=folder, capture_output=True, timeout=60)
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    contents = {str(path.relative_to(folder)): path.read_bytes() for path in files}
    return {name: (len(content), zlib.crc32(content)) for name, content in contents.items()}


def test_bsdtar_is_there(tmp_path: Path) -> None:
    run("bsdtar", "--version", at=tmp_path)

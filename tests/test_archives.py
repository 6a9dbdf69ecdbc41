"""Music in archives: the rows of what an archive holds are those of the files outside of it, through
every door and whoever has written the archive.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from mt_scanner import Library, Scanner
from support import archives, sheets
from support.archives import WRITERS, rar, write
from support.doors import DOORS, LIBRARIANS, Door, Row
from support.opened import CHANGED, OPENED, told
from support.pictures import png
from support.scenarios import settle
from support.trees import FIXTURES, Tree

every_door = pytest.mark.parametrize("door", DOORS, ids=str)
ASKED = "--archives"
SONG = FIXTURES / "formats" / "mp3-cbr.mp3"
OF_ITS_FILE = ("path", "mtime_ns", "ctime_ns")
"""What of a row is of the place and the times of its file."""


def album(tree: Tree) -> Path:
    """A folder with a file of each container, in folders, and what is no music."""
    folder = tree.root / "outside" / "Album"
    for name in ("mp3-cbr.mp3", "flac-picture-first.flac", "ogg-vorbis-picture.ogg", "m4a-cover.m4a"):
        tree.copy(FIXTURES / "formats" / name, f"outside/Album/{name}")
    for name in ("wma-wmav2.wma", "aac-adts.aac", "opus-mono.opus", "wav-pcm16.wav"):
        tree.copy(FIXTURES / "formats" / name, f"outside/Album/CD 2/{name}")
    tree.copy(FIXTURES / "formats" / "mp3-vbr.mp3", "outside/Album/CD 2/Ünï.mp3")
    # Longer than what is read whole, so that its end is read by itself.
    (folder / "long.mp3").write_bytes(SONG.read_bytes() + bytes(range(256)) * 2000)
    tree.files("outside/Album/notes.txt", "outside/Album/other.aiff", "outside/Album/._x.mp3")
    tree.files("outside/Album/.hidden/y.mp3", "outside/Album/skipped/.nomedia", "outside/Album/skipped/z.mp3")
    return folder


def rows(tracks: list[Row], folder: str) -> dict[str, Row]:
    """Rows below a folder by their path there, without what is of their file."""
    below = [track for track in tracks if track["path"].startswith(f"{folder}/")]
    return {
        track["path"][len(folder) + 1 :]: {name: track[name] for name in track if name not in OF_ITS_FILE}
        for track in below
    }


@pytest.mark.parametrize("writer", WRITERS)
@every_door
def test_an_archive_has_the_rows_of_its_files(door: Door, writer: str, tree: Tree) -> None:
    folder = album(tree)
    extension, pack = WRITERS[writer]
    pack(folder, tree.root / f"Album{extension}")
    scan = door.scan(tree.root, ASKED)
    outside, inside = rows(scan.tracks, "outside/Album"), rows(scan.tracks, f"Album{extension}!")
    assert len(outside) > 6
    assert inside == outside
    assert scan.problems == []
    assert door.count(tree.root, ASKED) == 2 * len(outside)
    # Nothing is extracted, and nothing is seen of an archive that was not asked for.
    assert door.count(tree.root) == len(outside)


@pytest.mark.parametrize("options", [{}, {"solid": True}], ids=["compressed", "solid"])
@every_door
def test_a_compressed_rar_is_named_and_has_rows_without_tags(door: Door, options: dict[str, bool], tree: Tree) -> None:
    folder = album(tree)
    rar(**options)(folder, tree.root / "Album.rar")
    scan = door.scan(tree.root, ASKED)
    outside, inside = rows(scan.tracks, "outside/Album"), rows(scan.tracks, "Album.rar!")
    assert inside.keys() == outside.keys() and len(outside) > 6
    assert {track["size"] for track in inside.values()} == {track["size"] for track in outside.values()}
    named = {problem["path"]: (problem["outcome"], problem["detail"]) for problem in scan.problems}
    compressed = {path.partition("!/")[2] for path in named}
    # What the writer has stored, since it becomes no smaller, is read as it is outside.
    assert compressed and all(inside[path] == outside[path] for path in inside.keys() - compressed)
    assert {outcome for outcome, _ in named.values()} == {"unsupported"}
    assert all("compressed RAR entries are not read" in detail for _, detail in named.values())
    assert not any(inside[path]["title"] for path in compressed)


@every_door
def test_members_have_the_time_of_their_archive(door: Door, tree: Tree) -> None:
    write(tree.root / "a.zip", {"x.mp3": SONG.read_bytes()})
    os.utime(tree.root / "a.zip", ns=(0, 1_234_567_890_123_456_789))
    (track,) = door.scan(tree.root, ASKED).tracks
    status = (tree.root / "a.zip").stat()
    assert (track["size"], track["mtime_ns"]) == (SONG.stat().st_size, status.st_mtime_ns)
    assert track["ctime_ns"] == (status.st_ctime_ns if door.knows_ctime else 0)


@every_door
def test_a_member_is_inspected_by_its_path(door: Door, tree: Tree) -> None:
    folder = album(tree)
    archives.run("zip", "-qr", tree.root / "Album.zip", ".", at=folder)
    for name in ("m4a-cover.m4a", "CD 2/Ünï.mp3"):
        outside, inside = (door.inspect(tree.root, f"{place}/{name}") for place in ("outside/Album", "Album.zip!"))
        for found in (outside, inside):
            for field in ("root", *OF_ITS_FILE):
                del found["track"][field]
        assert inside == outside
    outside, inside = (
        door.artwork(tree.root, f"{place}/m4a-cover.m4a", "--all") for place in ("outside/Album", "Album.zip!")
    )
    assert inside.pictures == outside.pictures != []


@every_door
def test_pictures_lie_beside_a_file_in_its_archive(door: Door, tree: Tree) -> None:
    cover = png(3, 2)
    untagged = (FIXTURES / "formats" / "mp3-untagged.mp3").read_bytes()
    name = "CD 1/cover.png"
    write(tree.root / "a.zip", {"CD 1/x.mp3": untagged, name: cover, "CD 2/y.mp3": untagged})
    (found,) = door.artwork(tree.root, "a.zip!/CD 1/x.mp3").pictures
    assert (found["bytes"], found["source"]) == (len(cover), name)
    assert door.artwork(tree.root, "a.zip!/CD 2/y.mp3").pictures == []


@every_door
def test_an_archive_is_scanned_by_its_own_path(door: Door, tree: Tree) -> None:
    write(tree.root / "a.zip", {"x.mp3": SONG.read_bytes(), "y.txt": b""})
    scan = door.scan(tree.root / "a.zip", ASKED)
    assert [track["path"] for track in scan.tracks] == ["a.zip!/x.mp3"]


@pytest.mark.parametrize("extension", [".zip", ".tar.gz"])
@every_door
def test_a_folder_with_the_name_of_an_archive_keeps_it(door: Door, extension: str, tree: Tree) -> None:
    folders = ["Help!/x.mp3", f"a{extension}!/x.mp3", f"b{extension}!!/x.mp3", f"c{extension}!/d{extension}!/x.mp3"]
    for path in folders:
        tree.copy(SONG, path)
    album = tree.root / f"a{extension}"
    write(album, {"x.mp3": SONG.read_bytes()})
    member = f"a{extension}!!/x.mp3"
    tracks = {track["path"]: track for track in door.scan(tree.root, ASKED).tracks}
    assert sorted(tracks) == sorted([*folders, member])
    if door.knows_ctime:
        times = {path: (tree.root / path).stat().st_ctime_ns for path in folders} | {member: album.stat().st_ctime_ns}
        assert {path: track["ctime_ns"] for path, track in tracks.items()} == times
    found = door.inspect(tree.root, member)
    assert found["track"]["audio_key"] == door.inspect(tree.root, folders[1])["track"]["audio_key"]


@every_door
def test_patterns_are_about_archives_and_what_they_hold(door: Door, tree: Tree) -> None:
    song = SONG.read_bytes()
    for name in ("a.zip", "b.zip", ".c.zip"):
        write(tree.root / name, {"x.mp3": song, "demo/y.mp3": song, "z.wav": song})
    (tree.root / ".mtignore").write_text("b.zip\ndemo/\n*.wav\n")
    assert [track["path"] for track in door.scan(tree.root, ASKED).tracks] == ["a.zip!/x.mp3"]


@every_door
def test_names_in_archives_are_names_and_nothing_else(door: Door, tree: Tree) -> None:
    song = SONG.read_bytes()
    names = ["../../up.mp3", "/etc/root.mp3", "C:\\win.mp3", "a\\b.mp3", "./x//y.mp3", "sub/../z.mp3"]
    write(tree.root / "in" / "a.zip", dict.fromkeys(names, song))
    with told(tree.root, CHANGED) as changed, told(tree.root / "in", CHANGED) as changed_inside:
        scan = door.scan(tree.root, ASKED)
    expected = ["_/_/up.mp3", "etc/root.mp3", "C:\\win.mp3", "a\\b.mp3", "x/y.mp3", "sub/_/z.mp3"]
    assert sorted(track["path"] for track in scan.tracks) == sorted(f"in/a.zip!/{name}" for name in expected)
    assert scan.problems == []
    assert changed == changed_inside == []


def damaged(tree: Tree) -> None:
    """Archives that cannot be read, or not whole."""
    song = SONG.read_bytes()
    tree.files("empty.zip").files("words.zip", content=b"no archive at all\n" * 100)
    write(tree.root / "cut.zip", {"a.mp3": song, "b.mp3": song})
    whole = (tree.root / "cut.zip").read_bytes()
    (tree.root / "cut.zip").write_bytes(whole[: len(whole) // 4])
    write(tree.root / "encrypted.zip", {"x.mp3": song})
    content = bytearray((tree.root / "encrypted.zip").read_bytes())
    # The bit of encryption in the local header and in the central one (APPNOTE.TXT 4.4.4).
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    (tree.root / "encrypted.zip").write_bytes(content)
    with zipfile.ZipFile(tree.root / "bzip2.zip", "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("x.mp3", song)
    with zipfile.ZipFile(tree.root / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.mp3", song + bytes(100_000_000))
    write(tree.root / "good.zip", {"x.mp3": song})


@every_door
def test_an_archive_that_cannot_be_read_is_a_problem_with_a_name(door: Door, tree: Tree) -> None:
    damaged(tree)
    scan = door.scan(tree.root, ASKED)
    problems = {(problem["path"], problem["outcome"]) for problem in scan.problems}
    assert {
        ("empty.zip!", "malformed"),
        ("words.zip!", "malformed"),
        ("cut.zip!", "malformed"),
        ("encrypted.zip!/x.mp3", "unsupported"),
        ("bzip2.zip!/x.mp3", "unsupported"),
        ("bomb.zip!/x.mp3", "archive-limit"),
    } <= problems
    tracks = {track["path"]: track for track in scan.tracks}
    # What can be listed is a row, and what can be read is read.
    assert {"encrypted.zip!/x.mp3", "bzip2.zip!/x.mp3", "bomb.zip!/x.mp3", "good.zip!/x.mp3", "cut.zip!/a.mp3"} <= set(
        tracks
    )
    assert tracks["cut.zip!/a.mp3"]["title"] == tracks["good.zip!/x.mp3"]["title"] is not None
    assert door.inspect(tree.root, "encrypted.zip!/x.mp3")["problems"][0]["outcome"] == "unsupported"


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_a_library_opens_no_archive_twice(door: Door, tree: Tree, tmp_path: Path) -> None:
    song = SONG.read_bytes()
    for number in range(20):
        write(tree.root / f"{number}.zip", {"x.mp3": song, "y.mp3": song})
    damaged(tree)
    settle()
    library = tmp_path / "library.db"
    first = door.index(library, [tree.root], ASKED)
    assert first.report is not None and first.report["added"] >= 45
    for mode in ("full", "quick"):
        with told(tree.root, OPENED) as opened:
            again = door.index(library, [tree.root], ASKED, "--mode", mode)
        assert (again.changes, opened) == ([], [])


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="proc(5)")
@every_door
def test_a_tar_gz_is_read_once(door: Door, tree: Tree, tmp_path: Path) -> None:
    """Listing one is a pass through all of it, and what tags are in passes on the way."""
    # Noise, so that the archive is as large as what it holds.
    songs = {f"{number:02}.mp3": SONG.read_bytes() + random.Random(number).randbytes(700_000) for number in range(12)}
    album = tree.root / "Album.tar.gz"
    write(album, songs)
    command, root = door.command(tree.root)
    scan = [*command, "scan", *door.flags, root]
    idle = bytes_read(door, scan)
    passes = [bytes_read(door, [*scan, ASKED]) - idle]
    if door.keeps_libraries:
        index = door.indexing(tmp_path / "library.db", [tree.root])
        bytes_read(door, index)
        passes.append(bytes_read(door, [*index, ASKED]) - idle)
        os.utime(album)
        passes.append(bytes_read(door, [*index, ASKED, "--mode", "quick"]) - idle)
    assert [round(read / album.stat().st_size) for read in passes] == [1] * len(passes), passes


def bytes_read(door: Door, command: list[str]) -> int:
    """The bytes that a process asks the system for, from its start to its end."""
    with subprocess.Popen(command, env=os.environ | dict(door.environment), stdout=subprocess.DEVNULL) as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        counts = dict(line.split(": ") for line in Path(f"/proc/{process.pid}/io").read_text().splitlines())
    assert process.returncode == 0
    return int(counts["rchar"])


def test_python_takes_archives(backend: str, tree: Tree, tmp_path: Path) -> None:
    write(tree.root / "a.zip", {"x.mp3": SONG.read_bytes()})
    with Scanner(tree.root, archives=True) as scanner:
        assert (scanner.count(), [track.path for track in scanner.scan()]) == (1, ["a.zip!/x.mp3"])
    tree.copy(SONG, "b.mp3")
    with Scanner(tree.root, archives=True) as scanner:
        assert scanner.inspect("a.zip!/x.mp3").track.title is not None
    with Library(tmp_path / "library.db") as library:
        assert (library.sync(tree.root).added, library.sync(tree.root, archives=True).added) == (1, 1)
        assert library.sync(tree.root).missing == 1
        assert library.sync(tree.root, archives=True).restored == 1


@every_door
@pytest.mark.parametrize("extension", [".zip", ".7z"])
def test_cue_sheets_divide_albums_in_archives(door: Door, extension: str, tree: Tree) -> None:
    for disc in ("CD 1", "CD 2"):
        tree.copy(FIXTURES / "formats" / "flac-16-44.flac", f"outside/{disc}/Album.flac")
        text = sheets.sheet("Album.wav", ["00:00:00", "00:00:20"], title=disc)
        (tree.root / "outside" / disc / "Album.cue").write_text(text)
    tree.copy(FIXTURES / "formats" / "flac-16-44.flac", "outside/Inside.flac")
    sheets.block(tree.root / "outside" / "Inside.flac", [0, 11_025])
    archives.run("7z", "a", tree.root / f"Albums{extension}", ".", at=tree.root / "outside")
    scan = door.scan(tree.root, ASKED)
    outside, inside = (rows(scan.tracks, folder) for folder in ("outside", f"Albums{extension}!"))
    for found, folder in ((outside, "outside"), (inside, f"Albums{extension}!")):
        for row in found.values():
            row["audio_file"] = row["audio_file"] and row["audio_file"].removeprefix(f"{folder}/")
    assert len(outside) == 9 and inside == outside
    assert {row["album"] for row in inside.values() if row["audio_file"]} >= {"CD 1", "CD 2"}
    one = door.inspect(tree.root, f"Albums{extension}!/CD 2/Album.flac!/02")["track"]
    assert (one["title"], one["album"], one["start_ms"]) == ("Track 2", "CD 2", 267)


MUTATED = int(os.environ.get("MT_SCANNER_ARCHIVES", "60"))
"""Archives that are damaged at random, of each writer; 2,000 in a long drill."""


@every_door
def test_mutated_archives_cost_themselves_and_nothing_else(door: Door, tree: Tree) -> None:
    chance = random.Random(15)
    folder = tree.root / "outside"
    tree.copy(SONG, "outside/a.mp3").copy(FIXTURES / "formats" / "ogg-vorbis.ogg", "outside/b.ogg")
    for number, (writer, (extension, pack)) in enumerate(WRITERS.items()):
        whole = tree.root / f"whole{extension}"
        pack(folder, whole)
        content = whole.read_bytes()
        whole.unlink()
        for copy in range(MUTATED):
            mutated = bytearray(content[: chance.randrange(len(content)) if copy % 5 == 0 else len(content)])
            for _ in range(chance.randrange(1, 20)):
                if mutated:
                    mutated[chance.randrange(len(mutated))] = chance.randrange(256)
            tree.files(f"{number}-{copy}{extension}", content=bytes(mutated))
        assert writer
    write(tree.root / "good.zip", {"x.mp3": SONG.read_bytes()})
    with told(tree.root, CHANGED) as changed:
        scan = door.scan(tree.root, ASKED)
    assert changed == []
    allowed = {"malformed", "unsupported", "archive-limit", "wrong-extension", "unreadable"}
    assert {problem["outcome"] for problem in scan.problems} <= allowed
    assert {"good.zip!/x.mp3", "outside/a.mp3", "outside/b.ogg"} <= {track["path"] for track in scan.tracks}


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_a_folder_with_the_mark_of_an_archive_in_its_name_is_a_folder(door: Door, tree: Tree) -> None:
    tree.copy(FIXTURES / "formats" / "mp3-cbr.mp3", "Help!/a.mp3").files("Help!/x.m3u", "Help!/y.aiff")
    tree.copy(FIXTURES / "formats" / "mp3-cbr.mp3", "Help!/CD1/b.mp3")
    without, asked = door.scan(tree.root), door.scan(tree.root, ASKED)
    rows = {str(row["path"]): row for row in without.tracks}
    assert sorted(rows) == ["Help!/CD1/b.mp3", "Help!/a.mp3"]
    assert {row["path"]: row for row in asked.tracks} == rows
    assert without.problems == asked.problems == []

"""Pictures: the same bytes through every door, and those that mutagen reads."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any, get_args

import pytest
from mt_scanner import EscapesRoot, Picture, Problem, Scanner, TrackNotFound
from mt_scanner._types.contract import PictureKind
from support.doors import DOORS, LIBRARIANS, Door
from support.pictures import (
    BACK_COVER,
    BOTH,
    FRONT_COVER,
    build,
    front_first,
    gif,
    jpeg,
    png,
    structure,
    told_by_mutagen,
    webp,
)
from support.trees import FIXTURES, Tree

every_door = pytest.mark.parametrize("door", DOORS, ids=str)
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such links")
KINDS = get_args(PictureKind)
SONG = FIXTURES / "formats" / "mp3-untagged.mp3"
MEBIBYTE = 1 << 20


@pytest.fixture(scope="module")
def tagged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return build(tmp_path_factory.mktemp("tagged"))


def song(tree: Tree, path: str = "a.mp3", tag: bytes = b"") -> Path:
    tree.files(path, content=tag + SONG.read_bytes())
    return tree.root / path


def with_front_cover(tree: Tree, path: str = "a.mp3") -> Path:
    from mutagen import id3

    place = song(tree, path)
    tags = id3.ID3()
    tags.add(id3.APIC(encoding=0, mime="image/jpeg", type=3, desc="", data=FRONT_COVER))
    tags.save(place)
    return place


# Embedded pictures


@every_door
def test_every_door_gives_the_bytes_that_mutagen_reads(door: Door, tagged: dict[str, Path]) -> None:
    for name, path in tagged.items():
        written = door.artwork(path.parent, path.name, "--output", "-")
        assert (written.code, written.problems, written.message) == (0, [], ""), name
        assert written.data == front_first(told_by_mutagen(path))[0][1] == FRONT_COVER, name


def test_all_pictures_of_all_forms_of_tags(backend: str, tagged: dict[str, Path]) -> None:
    for name, path in tagged.items():
        problems: list[Problem] = []
        pictures = Scanner(path.parent).pictures(path, problems.append)
        told = [(KINDS.index(picture.kind), picture.data) for picture in pictures]
        assert told == front_first(told_by_mutagen(path)), name
        assert problems == [], name
        if name not in ("mp4", "coverart"):
            assert told == front_first(BOTH), name
        first = Scanner(path.parent).artwork(path.name)
        assert first == pictures[0]
        expected = ("image/jpeg", 320, 240, "embedded", ".jpg")
        assert (first.mime, first.width, first.height, first.source, first.extension) == expected, name


@every_door
def test_lines_say_what_the_pictures_are(door: Door, tree: Tree) -> None:
    from mutagen import flac

    path = tree.copy(FIXTURES / "formats" / "flac-16-44.flac", "deep/a.flac").root / "deep" / "a.flac"
    file = flac.FLAC(path)
    for picture in BOTH:
        file.add_picture(structure(picture))
    file.save()
    tree.files("deep/Cover.PNG", content=png(7, 9))
    lines = [
        line("image/jpeg", ".jpg", "front-cover", 320, 240, len(FRONT_COVER), "embedded"),
        line("image/png", ".png", "back-cover", 64, 48, len(BACK_COVER), "embedded"),
        line("image/png", ".png", "front-cover", 7, 9, len(png(7, 9)), "Cover.PNG"),
    ]
    assert door.artwork(tree.root, "deep/a.flac", "--all").pictures == lines
    assert door.artwork(tree.root, "deep/a.flac").pictures == lines[:1]


def line(mime: str, extension: str, kind: str, width: int, height: int, size: int, source: str) -> dict[str, Any]:
    values = {"mime": mime, "extension": extension, "kind": kind, "width": width, "height": height}
    return values | {"bytes": size, "source": source}


def test_links_and_pictures_of_no_bytes_are_none(backend: str, tree: Tree) -> None:
    from mutagen import id3

    path = song(tree)
    tags = id3.ID3()
    tags.add(id3.APIC(encoding=0, mime="-->", type=3, desc="", data=b"http://example.com/a.jpg"))
    tags.add(id3.APIC(encoding=0, mime="image/jpeg", type=4, desc="", data=b""))
    tags.save(path)
    tree.files("cover.jpg")
    with Scanner(tree) as scanner:
        assert scanner.artwork(path) is None
        assert scanner.pictures(path) == []


def test_what_a_tag_claims_counts_only_where_the_content_is_of_no_known_type(backend: str, tree: Tree) -> None:
    from mutagen import id3

    for number, (claimed, data, told) in enumerate(
        [
            ("image/png", jpeg(), "image/jpeg"),
            ("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
            ("image/jpeg", b"no picture at all", "application/octet-stream"),
            ("text/html", b"<html></html> and more", "application/octet-stream"),
        ]
    ):
        path = song(tree, f"{number}.mp3")
        tags = id3.ID3()
        tags.add(id3.APIC(encoding=0, mime=claimed, type=3, desc="", data=data))
        tags.save(path)
        picture = Scanner(tree).artwork(path)
        assert picture is not None
        assert (picture.mime, picture.data) == (told, data)


def test_a_picture_of_some_megabytes_comes_whole(backend: str, tree: Tree) -> None:
    """Over many reads and pages, and through the letters of a long text."""
    from mutagen import id3

    data = jpeg(size=0) + os.urandom(5 * MEBIBYTE + 1)
    path = song(tree, tag=b"")
    tags = id3.ID3()
    tags.add(id3.APIC(encoding=0, mime="image/jpeg", type=3, desc="", data=data))
    tags.save(path)
    picture = Scanner(tree).artwork(path)
    assert picture is not None
    assert picture.data == data


# Pictures in the folder


def test_pictures_of_the_folder_have_an_order(backend: str, tree: Tree) -> None:
    song(tree, "album/a.mp3")
    order = {
        "COVER.jpg": jpeg(1, 1),
        "cover.JPG": jpeg(2, 2),
        "cover.jpeg": jpeg(3, 3),
        "cover.png": png(4, 4),
        "Cover.webp": webp(5, 5),
        "cover.gif": gif(6, 6),
        "folder.jpg": png(7, 7),
        "Front.png": png(8, 8),
        "album.gif": gif(9, 9),
    }
    for name, data in order.items():
        tree.files(f"album/{name}", content=data)
    tree.files("album/back.jpg", "album/cover.txt", "album/cover 2.jpg", "cover.jpg", content=jpeg())
    tree.folders("album/front.jpg")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tree.root / "album" / "front.webp")
    pictures = Scanner(tree).pictures("album/a.mp3")
    there = [name for name in order if name in os.listdir(tree.root / "album")]
    assert [picture.source for picture in pictures] == there
    assert [picture.data for picture in pictures] == [(tree.root / "album" / name).read_bytes() for name in there]
    assert {picture.kind for picture in pictures} == {"front-cover"}
    # By its content, whatever its name says.
    assert next(picture for picture in pictures if picture.source == "folder.jpg").mime == "image/png"
    first = Scanner(tree).artwork("album/a.mp3")
    assert first == pictures[0]


def test_embedded_pictures_come_before_those_of_the_folder(backend: str, tree: Tree) -> None:
    path = with_front_cover(tree)
    tree.files("cover.jpg", content=png())
    with Scanner(tree) as scanner:
        assert [picture.source for picture in scanner.pictures(path)] == ["embedded", "cover.jpg"]
        picture = scanner.artwork(path)
        assert picture is not None and picture.data == FRONT_COVER


@every_door
def test_what_is_no_picture_is_a_problem_and_the_next_one_counts(door: Door, tree: Tree) -> None:
    song(tree)
    tree.files("cover.jpg", content=b"words, and no picture")
    tree.files("folder.png", content=png())
    found = door.artwork(tree.root, "a.mp3")
    assert (found.code, [line["source"] for line in found.pictures]) == (0, ["folder.png"])
    assert [(row["path"], row["outcome"]) for row in found.problems] == [("cover.jpg", "malformed")]


@every_door
def test_what_is_too_large_is_a_problem_and_not_read(door: Door, tree: Tree) -> None:
    song(tree)
    for name, size in (("cover.png", 32 * MEBIBYTE + 1), ("folder.png", 32 * MEBIBYTE)):
        tree.files(name, content=png())
        os.truncate(tree.root / name, size)
    found = door.artwork(tree.root, "a.mp3", "--all")
    assert [(line["source"], line["bytes"]) for line in found.pictures] == [("folder.png", 32 * MEBIBYTE)]
    [problem] = found.problems
    assert (problem["path"], problem["outcome"]) == ("cover.png", "unsupported")
    assert problem["detail"] == "the picture has more than 32 MiB, which is the most that is read"


def test_pictures_that_are_large_together_come_some_at_a_time(backend: str, tree: Tree) -> None:
    song(tree)
    for name in ("cover.png", "folder.png", "front.png"):
        tree.files(name, content=png() + name.encode())
        os.truncate(tree.root / name, 20 * MEBIBYTE)
    pictures = Scanner(tree).pictures("a.mp3")
    assert [picture.source for picture in pictures] == ["cover.png", "folder.png", "front.png"]
    for picture in pictures:
        assert picture.data == (tree.root / picture.source).read_bytes()


@posix
@every_door
def test_links_to_pictures_are_followed_inside_the_root_alone(door: Door, tree: Tree, tmp_path: Path) -> None:
    (tmp_path / "outside.jpg").write_bytes(jpeg())
    song(tree, "album/a.mp3")
    tree.files("art/inside.png", content=png())
    tree.link("album/cover.jpg", to="../../outside.jpg")
    tree.link("album/folder.jpg", to=str(tmp_path / "outside.jpg"))
    tree.link("album/front.jpg", to="nowhere.jpg")
    tree.link("album/album.png", to="../art/inside.png")
    with Scanner(tree) as scanner:
        problems: list[Problem] = []
        pictures = scanner.pictures("album/a.mp3", problems.append)
    assert [(picture.source, picture.data) for picture in pictures] == [("album.png", png())]
    told = [(problem.path, problem.outcome) for problem in problems]
    assert told == [
        ("album/cover.jpg", "escapes-root"),
        ("album/folder.jpg", "escapes-root"),
        ("album/front.jpg", "vanished"),
    ]
    if door.name == "wasmtime":
        found = door.artwork(tree.root, "album/a.mp3", "--all")
        assert [line["source"] for line in found.pictures] == ["album.png"]
        assert [(row["path"], row["outcome"]) for row in found.problems] == told
    else:
        # The root of a command line is the file's folder.
        found = door.artwork(tree.root, "album/a.mp3", "--all")
        assert (found.code, found.pictures) == (1, [])
        assert {row["outcome"] for row in found.problems} == {"escapes-root", "vanished"}


# No picture, damage, other files


@every_door
def test_a_file_without_a_picture_is_told_with_one_line(door: Door, tree: Tree) -> None:
    song(tree)
    expected = "ROOT/a.mp3: no picture is embedded in the file, and none is in its folder"
    for options in ((), ("--all",), ("--output", "-")):
        found = door.artwork(tree.root, "a.mp3", *options)
        assert (found.code, found.data, found.problems, found.message) == (1, b"", [], expected), options


def test_a_file_without_a_picture_has_none(backend: str, tree: Tree) -> None:
    song(tree)
    with Scanner(tree) as scanner:
        assert scanner.artwork("a.mp3") is None
        assert scanner.pictures("a.mp3") == []


@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_damage_costs_the_damaged_picture_alone(backend: str, tree: Tree, tagged: dict[str, Path], keep: float) -> None:
    """Files that are cut off in a picture: what was before it is there, and the folder is asked."""
    tree.files("cover.gif", content=gif())
    for name, path in tagged.items():
        whole = path.read_bytes()
        at = whole.find(FRONT_COVER[:40]) if FRONT_COVER in whole else -1
        if at < 0:
            continue
        place = tree.root / path.name
        place.write_bytes(whole[: at + int(len(FRONT_COVER) * keep)])
        problems: list[Problem] = []
        pictures = Scanner(tree).pictures(place, problems.append)
        assert pictures[-1].data == gif(), name
        assert all(picture.data in (BACK_COVER, gif()) for picture in pictures if picture.mime != "image/jpeg"), name
        # Of APEv2 the end is lost, which says that there is a tag.
        assert problems or name == "ape", name
        place.unlink()


def test_a_compressed_picture_that_cannot_be_unpacked_is_a_problem(
    backend: str, tree: Tree, tagged: dict[str, Path]
) -> None:
    whole = bytearray(tagged["id3v2.4-compressed"].read_bytes())
    at = whole.index(b"APIC", whole.index(b"APIC") + 4)
    whole[at + 60 : at + 100] = bytes(40)
    place = tree.files("a.mp3", content=bytes(whole)).root / "a.mp3"
    problems: list[Problem] = []
    pictures = Scanner(tree).pictures(place, problems.append)
    assert [picture.data for picture in pictures] == [BACK_COVER]
    assert "malformed" in {problem.outcome for problem in problems}


def test_files_that_are_not_there_or_in_no_root(backend: str, tree: Tree, tmp_path: Path) -> None:
    with_front_cover(tree)
    with Scanner(tree) as scanner:
        for path in ("b.mp3", "no/b.mp3"):
            with pytest.raises(TrackNotFound):
                scanner.artwork(path)
        with pytest.raises(EscapesRoot):
            scanner.artwork(tmp_path / "b.mp3")
        if os.name != "nt":
            (tmp_path / "outside.mp3").write_bytes((tree.root / "a.mp3").read_bytes())
            tree.link("link.mp3", to="../outside.mp3")
            with pytest.raises(EscapesRoot):
                scanner.pictures("link.mp3")


@every_door
def test_a_file_that_is_not_there_cannot_be_asked(door: Door, tree: Tree) -> None:
    found = door.artwork(tree.root, "b.mp3")
    assert (found.code, found.pictures) == (door.could_not_run, [])
    assert "b.mp3: no file is there" in found.message


def test_a_picture_is_shown_without_its_bytes() -> None:
    assert (
        repr(Picture("image/png", "other", bytes(9)))
        == "Picture('image/png', 'other', <9 bytes>, None, None, 'embedded')"
    )


# The command line


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_pictures_are_written_where_the_user_says(door: Door, tree: Tree, tmp_path: Path) -> None:
    path = with_front_cover(tree)
    tree.files("cover.png", content=png())
    before = tree.state()
    told = door.artwork(tree.root, path.name, "--output", str(tmp_path / "one.jpg"))
    assert told.code == 0
    assert (tmp_path / "one.jpg").read_bytes() == FRONT_COVER
    assert b"front-cover" in told.data
    assert door.artwork(tree.root, path.name, "--all", "--output", str(tmp_path / "all" / "of them")).code == 0
    names = {place.name: place.read_bytes() for place in (tmp_path / "all" / "of them").iterdir()}
    assert names == {"01-front-cover.jpg": FRONT_COVER, "02-front-cover.png": png()}
    assert tree.state() == before, "nothing was written where nobody said so"
    inside = tree.root / "written.jpg"
    assert door.artwork(tree.root, path.name, "--output", str(inside)).code == 0
    assert inside.read_bytes() == FRONT_COVER


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_no_audio_file_is_written_over(door: Door, tree: Tree, tmp_path: Path) -> None:
    path = with_front_cover(tree)
    song(tree, "b.flac")
    odd = tree.root / "odd name"
    odd.write_bytes(path.read_bytes())
    before = tree.state()
    for file, output in ((path, path), (path, tree.root / "b.flac"), (odd, odd)):
        told = door.artwork(tree.root, file.name, "--output", str(output))
        assert (told.code, told.data) == (3, b"")
        assert "an audio file is there, and no picture is written over it" in told.message
    assert tree.state() == before
    told = door.artwork(tree.root, path.name, "--output", str(tmp_path / "no folder" / "a.jpg"))
    assert told.code == 3 and "a.jpg" in told.message


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_what_people_read_is_the_same_everywhere(door: Door, tree: Tree) -> None:
    path = with_front_cover(tree)
    tree.files("folder.png", content=png())
    tree.files("front.gif", content=b"no gif")
    command, name = door.command(tree.root)
    run = subprocess.run(
        [*command, "artwork", "--all", f"{name}/{path.name}"],
        env=os.environ | dict(door.environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    size = f"{len(FRONT_COVER) / 1000:.1f} kB"
    assert run.stdout == (
        f"front cover   image/jpeg   320 x 240      {size}   embedded\n"
        f"front cover   image/png      64 x 48   {len(png())} bytes   folder.png\n"
    )
    assert run.stderr == "\n1 problem: 1 malformed\n  front.gif: malformed: the file is no picture\n"
    assert run.returncode == 0


@posix
@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_no_picture_is_written_to_a_terminal(door: Door, tree: Tree) -> None:
    import pty

    path = with_front_cover(tree)
    command, name = door.command(tree.root)
    main, terminal = pty.openpty()
    try:
        run = subprocess.run(
            [*command, "artwork", f"{name}/{path.name}", "--output", "-"],
            env=os.environ | dict(door.environment),
            stdin=subprocess.DEVNULL,
            stdout=terminal,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
        )
    finally:
        os.close(terminal)
        os.close(main)
    assert run.returncode == 2
    assert "stdout is a terminal" in run.stderr

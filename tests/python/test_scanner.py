"""Scanning: what is found is what is there, however the work is cut up."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from mt_scanner import Problem, Scanner, Track
from mt_scanner._engine import backends
from mt_scanner._engine.arranged import Root
from mt_scanner._engine.component import load
from mt_scanner._engine.plan import Limits, Plan
from support.trees import EXTENSIONS, Tree, digest

pytestmark = pytest.mark.usefixtures("backend")


def odd_tree(tree: Tree) -> Tree:
    tree.files(
        "a song.mp3", "with spaces/and more/x y.flac", "emoji 🎸/🎵.ogg", "a\nnewline/b\nc.opus", "日本語/曲.m4a"
    )
    tree.files("MiXeD.Mp3", "SHOUT.FLAC", "not.mp3.txt", "cover.jpg", ".mp3", "no extension", "ends.with.dot.", "é.WAV")
    return tree.folders("empty", "empty/more empty").files("deep/" * 30 + "x.aac")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_paths_are_those_of_os_walk(tree: Tree) -> None:
    odd_tree(tree)
    assert sorted(Scanner(tree).paths()) == sorted(tree.walked())


def test_every_extension_counts_in_any_case(tree: Tree) -> None:
    tree.files(
        *(f"{case(extension)}/x.{case(extension)}" for extension in EXTENSIONS for case in (str.lower, str.upper))
    )
    assert set(Scanner(tree).paths()) == tree.walked()


@pytest.mark.skipif(os.mkdir not in os.supports_dir_fd, reason="needs folders relative to others")
def test_five_hundred_nested_folders_are_followed_to_the_end(tree: Tree) -> None:
    # One at a time, each from the one above: the whole path is longer than the system takes.
    here = os.open(tree.root, os.O_RDONLY)
    for _ in range(500):
        os.mkdir("nested folder", dir_fd=here)
        deeper = os.open("nested folder", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(os.open("end.mp3", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)
    found = [track.path for track in Scanner(tree).scan()]
    assert found == ["nested folder/" * 500 + "end.mp3"]


def test_hidden_and_ignored_folders_are_entered_when_asked_for(tree: Tree) -> None:
    tree.files("a.mp3", ".hidden/b.mp3", "no/c.mp3", "no/.nomedia", "patterns/d.mp3").files(
        ".mtignore", content=b"patterns/\n"
    )
    root = str(tree.root)

    def names(scanner: Scanner) -> str:
        return "".join(sorted(Path(path).stem for path in scanner.paths()))

    assert names(Scanner(root)) == "a"
    assert names(Scanner(root, hidden_folders=True)) == "ab"
    assert names(Scanner(root, ignored_folders=True)) == "acd"


def test_several_roots_are_scanned_as_one(tmp_path: Path) -> None:
    one, two = Tree(tmp_path / "one").files("a.mp3"), Tree(tmp_path / "two").files("a.mp3", "b/c.ogg")
    tracks = list(Scanner([one, two]).scan())
    assert sorted((track.root, track.path) for track in tracks) == sorted(
        [(str(one.root), "a.mp3"), (str(two.root), "a.mp3"), (str(two.root), "b/c.ogg")]
    )


def test_a_root_that_is_given_twice_is_scanned_once(tree: Tree) -> None:
    tree.files("a.mp3")
    assert Scanner([tree, str(tree.root), tree.root / "." / "x" / ".."]).count() == 1


def test_a_root_and_a_link_to_it_are_one_root_by_the_first_name(tmp_path: Path) -> None:
    one, two = Tree(tmp_path / "one").files("a.mp3"), Tree(tmp_path / "two").files("b.mp3")
    link, chain = tmp_path / "link", tmp_path / "chain"
    link.symlink_to(one.root, target_is_directory=True)
    chain.symlink_to(link, target_is_directory=True)
    for named, kept in (([one.root, two.root, link, chain], "one two"), ([chain, two.root, link], "chain two")):
        scanner = Scanner(named)
        assert [Path(root).name for root in scanner.roots] == kept.split()
        assert scanner.count() == 2
        assert sorted(Path(track.root).name for track in scanner.scan()) == sorted(kept.split())


def test_tracks_carry_what_the_file_says(tree: Tree, song: Path) -> None:
    tree.copy(song, "Folder/song.mp3")
    (track,) = Scanner(tree).scan()
    status = (tree.root / "Folder/song.mp3").stat()
    assert track == track._replace(root=str(tree.root), path="Folder/song.mp3", size=status.st_size, format="mp3")
    assert track.mtime_ns == status.st_mtime_ns
    assert track.duration_ms and track.sample_rate and track.title and track.artists == [track.artist]
    assert type(track) is Track and type(track.compilation) is bool and type(track.genres) is list


def test_a_file_that_is_no_music_is_a_track_and_a_problem(tree: Tree, song: Path) -> None:
    tree.copy(song, "good.mp3").files("bad.flac", content=b"hello")
    scanner = Scanner(tree)
    tracks = {track.path: track for track in scanner.scan()}
    assert tracks.keys() == {"good.mp3", "bad.flac"}
    assert tracks["bad.flac"].size == 5 and tracks["bad.flac"].format is None
    (problem,) = scanner.problems
    assert type(problem) is Problem and problem[:3] == (str(tree.root), "bad.flac", "malformed")


def test_problems_can_be_told_as_they_are_found(tree: Tree) -> None:
    tree.files("a.mp3", "b.mp3", content=b"no music")
    scanner = Scanner(tree)
    told: list[Problem] = []
    assert len(list(scanner.scan(on_problem=told.append))) == 2
    assert sorted(problem.path for problem in told) == ["a.mp3", "b.mp3"]
    assert scanner.problems == [] and scanner.progress.problems == 2


def test_the_fields_of_tracks_and_problems_are_the_parameters_of_the_library() -> None:
    from mt_scanner._engine.instance import Instance

    component = load()
    with component.ticking():
        instance = Instance(component, [], Limits())
        parameters = {statement.name: statement.parameters for statement in instance.ask(component.statements)}
        instance.close()
    assert list(Track._fields) == parameters["track"]
    assert list(Problem._fields) == parameters["problem"]


@pytest.mark.parametrize("workers", [1, 4, 16])
@pytest.mark.parametrize("items", [1, 64])
def test_rows_do_not_depend_on_workers_or_budget(sample_library: Path, workers: int, items: int) -> None:
    def rows(plan: Plan) -> str:
        return digest(tuple(track) for answer in backends.get().pool(plan, None) for track in answer.tracks)

    plan = Plan([Root(str(sample_library))], "tracks")
    assert rows(plan._replace(workers=workers, items=items)) == rows(plan._replace(workers=2, items=7))


def test_a_scan_streams(tree: Tree) -> None:
    tree.files(*(f"{folder}/{number}.mp3" for folder in range(40) for number in range(250)))
    scanner = Scanner(tree, workers=2)
    tracks = scanner.scan()
    next(tracks)
    time.sleep(0.5)
    # Nobody reads on: the workers stand still with little in hand.
    assert scanner.progress.tracks < 5000
    assert 1 + sum(1 for _ in tracks) == 10_000


def test_leaving_the_loop_ends_the_scan(tree: Tree) -> None:
    tree.files(*(f"{folder}/{number}.mp3" for folder in range(40) for number in range(250)))
    scanner = Scanner(tree, workers=2)
    for _ in scanner.scan():
        break
    gc.collect()
    assert scanner._latest is not None and scanner._latest.join(2)
    assert scanner.progress.tracks < 10_000


def test_closing_the_scanner_ends_its_scans(tree: Tree) -> None:
    tree.files(*(f"{folder}/{number}.mp3" for folder in range(40) for number in range(250)))
    with Scanner(tree, workers=2) as scanner:
        tracks = scanner.scan()
        next(tracks)
    assert scanner._latest is not None and scanner._latest.join(2)
    assert len(list(tracks)) < 9_999


def test_a_scanner_can_scan_again_and_twice_at_a_time(tree: Tree) -> None:
    tree.files("a.mp3", "b/c.mp3")
    scanner = Scanner(tree)
    first, second = scanner.scan(), scanner.scan()
    assert len([*first, *second, *scanner.scan()]) == 6


def test_a_count_stops_at_its_limit(tree: Tree) -> None:
    tree.files(*(f"{folder}/{number}.mp3" for folder in range(1000) for number in range(3)))
    scanner = Scanner(tree, workers=1)
    assert scanner.count(limit=5) == 5
    assert scanner.progress.folders < 1000
    assert (scanner.count(limit=0), scanner.count(limit=5000), scanner.count()) == (0, 3000, 3000)


def test_inspecting_a_file_gives_its_tags(sample_library: Path) -> None:
    path = next(path for path in sorted(sample_library.rglob("*.flac")))
    found = Scanner(sample_library).inspect(path)
    (track,) = (track for track in Scanner(sample_library).scan() if path.samefile(Path(track.root, track.path)))
    assert found.track == track and found.problems == []
    assert (f"{track.title}") in [tag.value for tag in found.tags if tag.key.upper() == "TITLE"]
    assert Scanner(sample_library).inspect(track.path) == found


def test_nothing_is_written_under_a_root(tree: Tree, sample_library: Path) -> None:
    for path in sample_library.rglob("*.mp3"):
        tree.copy(path, path.name)
    before = tree.state()
    scanner = Scanner(tree)
    assert list(scanner.scan()) and scanner.count() and list(scanner.paths())
    assert tree.state() == before


def test_options_that_make_no_sense_are_refused(tree: Tree) -> None:
    for wrong in ({"workers": 0}, {"file_timeout": 0}, {"memory_limit": -1}, {"backend": "quick"}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            Scanner(tree, **wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="at least one root"):
        Scanner([])
    with pytest.raises(TypeError):
        Scanner(b"/music")  # type: ignore[arg-type]


def test_files_that_are_as_the_caller_knows_them_are_left_out(sample_library: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_library, tmp_path / "music")
    scanner = Scanner(tmp_path / "music")
    every = {os.path.join(track.root, track.path): track for track in scanner.scan()}
    known = {path: (track.size, track.mtime_ns) for path, track in every.items()}
    assert list(scanner.scan(known=known)) == [] and scanner.progress.tracks == 0
    assert scanner.progress.done == len(every)
    new, changed, older, unknown = sorted(every)[:4]
    os.rename(new, new + ".renamed.mp3")
    with open(changed, "ab") as file:
        file.write(b"\0")
    os.utime(older, ns=(1, 1_000_000_000))
    del known[unknown]
    found = {os.path.join(track.root, track.path): track for track in scanner.scan(known=known)}
    assert set(found) == {new + ".renamed.mp3", changed, older, unknown}
    assert found[unknown] == every[unknown]


def test_nothing_that_is_known_is_a_whole_scan(sample_library: Path) -> None:
    scanner = Scanner(sample_library)
    assert sorted(scanner.scan(known={})) == sorted(scanner.scan())
    elsewhere = {"/elsewhere/a.mp3": (1, 1)}
    assert sorted(scanner.scan(known=elsewhere)) == sorted(scanner.scan())


def test_a_caller_that_keeps_a_library_gets_rows_for_its_statements(sample_library: Path, tmp_path: Path) -> None:
    asked: list[str] = []

    def known(root: str, folders: Sequence[tuple[str, str | None]]) -> list[str]:
        asked.extend(folder for folder, _ in folders)
        return ['{"new": true}'] * len(folders)

    added = [row for changes in Scanner(sample_library).compare(known) for row in changes.get("added", ())]
    assert len(added) == Scanner(sample_library).count() and "" in asked


@pytest.mark.skipif(os.name == "nt" or sys.platform == "darwin", reason="there are no such names")
def test_what_the_caller_knows_by_a_name_that_is_not_utf8_ends_no_scan(song: Path, tree: Tree) -> None:
    tree.copy(song, "a.mp3")
    hostile = os.fsdecode(os.fsencode(tree.root) + b"/\xff.mp3")
    shutil.copy(song, hostile)
    size, mtime = song.stat().st_size, (tree.root / "a.mp3").stat().st_mtime_ns
    scanner = Scanner(tree)
    assert list(scanner.scan(known={str(tree.root / "a.mp3"): (size, mtime), hostile: (size, mtime)})) == []
    assert [problem.outcome for problem in scanner.problems] == ["name-not-utf8"]


def test_what_the_caller_knows_is_of_the_innermost_root(song: Path, tree: Tree) -> None:
    tree.copy(song, "a.mp3").copy(song, "inside/b.mp3")
    scanner = Scanner([tree.root, tree.root / "inside"])
    known = {os.path.join(track.root, track.path): (track.size, track.mtime_ns) for track in scanner.scan()}
    assert len(known) == 2 and list(scanner.scan(known=known)) == []

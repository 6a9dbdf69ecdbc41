"""Determinism: the same tree gives the same rows, whatever the door, the number of workers, the
budget, the order.
"""

from __future__ import annotations

import hashlib
import json
import random
from pathlib import Path
from typing import Any

import pytest
from support.doors import DOORS, Door, Row, fields
from support.golden import FIXTURES
from support.guest import MUSIC, Failed, Guest, rows
from wasmtime import component as wasm

TREE = FIXTURES
"""Samples, every format and everything malformed: rows of all kinds, and problems."""

WORKERS = {"python": ("1", "4", "16"), "python-native": ("1", "4"), "mt-scan": ("1", "2", "8")}

TRACK = ["root", *fields("track")]


def digest(tracks: list[Row], problems: list[Row]) -> str:
    """A digest of sorted rows, but for the root's name and the time that not every host knows."""
    left_out = {"root": "", "ctime_ns": 0}

    def same(row: Row) -> Row:
        return row | {name: left_out[name] for name in left_out if name in row}

    both = [rows(map(same, part)) for part in (tracks, problems)]
    return hashlib.sha256(json.dumps(both).encode()).hexdigest()


def named(rows: list[list[Any]], names: list[str]) -> list[Row]:
    return [dict(zip(names, row, strict=True)) for row in rows]


@pytest.fixture(scope="module")
def golden_digest() -> str:
    """One instance, one large step."""
    answer = Guest(TREE).step(items=1_000_000)
    assert answer["work"] == [] and answer["files"] == len(answer["tracks"]) > 80 and answer["problems"]
    return digest(named(answer["tracks"], TRACK), named(answer["problems"], ["root", *fields("problem")]))


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_every_door_gives_the_same_rows(door: Door, golden_digest: str) -> None:
    every: list[tuple[str, ...]] = [("--workers", workers) for workers in WORKERS.get(door.name, ())]
    for options in every or [()]:
        scan = door.scan(TREE, *options)
        rows = [[{"root": "", **row} for row in part] for part in (scan.tracks, scan.problems)]
        assert digest(*rows) == golden_digest, options


@pytest.mark.parametrize("items", [1, 2, 7, 64])
@pytest.mark.parametrize("seed", [None, 1, 2])
def test_neither_budget_nor_order_matters(items: int, seed: int | None, golden_digest: str) -> None:
    chance = None if seed is None else random.Random(seed)
    tracks, problems = Guest(TREE).whole(chance, items=items)
    loaded = [[json.loads(row) for row in part] for part in (tracks, problems)]
    assert digest(named(loaded[0], TRACK), named(loaded[1], ["root", *fields("problem")])) == golden_digest


def test_a_budget_is_kept() -> None:
    """A folder is listed at once, unless it is wide; beyond that no step does more than it may,
    none does nothing.
    """
    guest = Guest(TREE)
    work: list[Any] = [{"folder": "", "files": None, "ignored_by": []}]
    while work:
        answer = guest.step(work, items=1)
        assert answer["folders"] + len(answer["tracks"]) == 1
        work = answer["work"]


def test_a_step_that_only_lists_hands_every_file_back() -> None:
    guest = Guest(TREE)
    work: list[Any] = [{"folder": "", "files": None, "ignored_by": []}]
    files: set[str] = set()
    while work:
        answer = guest.step(work, items=5, only_list=True)
        assert (answer["tracks"], answer["read"]) == ([], 0) and answer["folders"] <= 5
        work = [item for item in answer["work"] if item["files"] is None]
        left = [item for item in answer["work"] if item["files"] is not None]
        files |= {f"{item['folder']}/{name}".lstrip("/") for item in left for name in item["files"]}
        # Handed in, files come back as they are. What is to be done first is first in a request,
        # last in an answer.
        assert guest.step(left, items=5, only_list=True)["work"] == left[::-1]
    assert files == {json.loads(path) for path in guest.whole(mode="paths")[0]}


def test_work_that_is_done_leaves_nothing_behind() -> None:
    """An instance that has scanned and met every malformed file scans again as a new one would."""
    guest = Guest(TREE)
    first = guest.whole()
    with_new_eyes = Guest(TREE).whole()
    assert guest.whole(items=3) == first == with_new_eyes


def test_the_typed_door_and_the_json_door_are_one() -> None:
    """`step` with records and `step-json` with rows."""
    guest = Guest(TREE / "sample-library")
    place: dict[str, Any] = {"folder": "", "files": None, "after": None, "ignored-by": []}
    links: dict[str, Any] = {"links": 0, "place": None, "held": False}
    folders = {"hidden-folders": False, "ignored-folders": False}
    typed = guest.call(
        "scan",
        "step",
        MUSIC,
        [record(place | links | {"named": False, "sheets": []})],
        "",
        record({"items": 1_000_000, "milliseconds": 0, "only-list": False}),
        "tracks",
        record({"follow-links": "once"} | folders | {"extensions": [], "archives": False, "roots-inside": []}),
        record({"legacy-charset": "off", "cue": True}),
    )
    answer = guest.step(items=1_000_000)
    for kind in ("tracks", "problems"):
        assert [list(vars(row).values()) for row in getattr(typed, kind)] == answer[kind]
    assert [name.replace("-", "_") for name in vars(typed.tracks[0])] == TRACK
    assert (typed.folders, typed.files, typed.paths, typed.work) == (answer["folders"], answer["files"], "", [])


def record(values: dict[str, Any]) -> wasm.Record:
    made = wasm.Record()
    vars(made).update(values)
    return made


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_inspecting_gives_the_row_of_the_scan(door: Door) -> None:
    root = TREE / "formats"
    track = next(track for track in door.scan(root).tracks if track["path"] == "flac-24-96.flac")
    found = door.inspect(root, "flac-24-96.flac")
    assert {name: value for name, value in found["track"].items() if name != "root"} == track
    title = {"key": "TITLE", "value": track["title"], "block": "Vorbis comments"}
    assert title in found["tags"] and found["problems"] == []


def test_a_request_that_cannot_be_parsed_says_where(tmp_path: Path) -> None:
    for request in ("", "[]", '{"root": "/music"}', '{"rot": 1}'):
        with pytest.raises(Failed) as failed:
            Guest(tmp_path).call("scan", "step-json", request)
        assert failed.value.case == "invalid-request" and "line 1" in str(failed.value)

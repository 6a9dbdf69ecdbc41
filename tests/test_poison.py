"""Ten poisoned files among a thousand: each is a problem with its outcome for a name, and the others
have their verdicts.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from support.doors import LIBRARIANS, Door
from support.trees import FIXTURES, Tree

FILES = 1000
# What ends each, by the words of `guest/formats/src/misbehave.rs`.
OUTCOMES = {"loop": "timeout", "allocate": "memory", "panic": "trap"}
POISONS = ["loop", "allocate", "panic"] * 3 + ["loop"]
LIMITS = ["--file-timeout", "1", "--memory-limit", "64", "--workers", "4"]
SECONDS = 60
"""What none of them may take, of which the four endless files take one each."""

ENDS = [*range(5), *range(FILES - 5, FILES)]
SPREAD = random.Random(16).sample(range(FILES), len(POISONS))

pytestmark = [pytest.mark.parametrize("door", LIBRARIANS, ids=str), pytest.mark.alone]


def poison(tree: Tree, places: list[int]) -> dict[str, str]:
    """Makes a thousand files in ten folders, of which those at `places` are poisoned; gives the
    outcomes of these by path.
    """
    words = dict(zip(places, POISONS, strict=True))
    outcomes = {}
    for number in range(FILES):
        path = f"{number // 100}/{number:03}.flac"
        if word := words.get(number):
            tree.files(path, content=f"MT-MISBEHAVE {word}".encode())
            outcomes[path] = OUTCOMES[word]
        else:
            tree.copy(FIXTURES / "formats" / "flac-16-44.flac", path)
    return outcomes


def test_each_poisoned_file_is_named_and_no_verdict_is_lost(door: Door, tree: Tree, misbehaving_analyser: Path) -> None:
    outcomes = poison(tree, ENDS)
    began = time.monotonic()
    done = door.ask("validate", tree.root, "--json", "--component", misbehaving_analyser, *LIMITS)
    assert time.monotonic() - began < SECONDS
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    problems = [json.loads(line) for line in done.stderr.splitlines()]
    assert (done.returncode, len(reports), len(problems)) == (0, FILES - len(POISONS), len(POISONS))
    assert {row["verdict"] for row in reports} == {"intact"}
    assert {row["path"]: row["outcome"] for row in problems} == outcomes
    assert {row["path"] for row in reports} | outcomes.keys() == every_path(tree)


def test_a_library_has_each_verdict_and_each_outcome(
    door: Door, tree: Tree, misbehaving_analyser: Path, tmp_path: Path
) -> None:
    outcomes = poison(tree, SPREAD)
    database = tmp_path / "library.db"
    assert door.index(database, [tree.root]).code == 0
    began = time.monotonic()
    only = ["--only", "damage", "--component", misbehaving_analyser]
    done = door.ask("analyse", "--db", database, "--json", *only, *LIMITS)
    assert time.monotonic() - began < SECONDS
    report = json.loads(done.stdout)["report"]
    assert (done.returncode, report["unreported"]) == (0, len(POISONS))
    assert report["analysed"] == report["intact"] == FILES - len(POISONS)
    told = [json.loads(line) for line in done.stderr.splitlines()]
    assert {row["path"]: row["outcome"] for row in told} == outcomes and len(told) == len(outcomes)
    with closing(sqlite3.connect(database)) as connection:
        kept = {
            path: (verdict, outcome)
            for path, verdict, outcome in connection.execute(
                "SELECT path, verdict, outcome FROM analyses JOIN tracks ON tracks.id = track_id"
            )
        }
    fine = dict.fromkeys(every_path(tree) - outcomes.keys(), ("intact", None))
    assert kept == fine | {path: (None, outcome) for path, outcome in outcomes.items()}


def every_path(tree: Tree) -> set[str]:
    return {f"{os.path.basename(folder)}/{name}" for folder, _, names in os.walk(tree.root) for name in names}

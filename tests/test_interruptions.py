"""Interruptions: Ctrl-C at any moment ends the Python package's command line quietly, and costs a
library nothing.
"""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest
from support.durable import Content, content, copied
from support.interruptions import Interrupter, assert_quiet
from support.scenarios import do, settle, song

INTERRUPTIONS = int(os.environ.get("MT_SCANNER_INTERRUPTIONS", "50"))
"""Interruptions of each backend, over all kinds of work."""
FOLDERS = 1500
"""Folders of the tree, with one file each: a sync of it takes about a second."""
WORK = {
    "first sync": ["index", "--quiet"],
    "full sync": ["index", "--quiet"],
    "quick sync": ["index", "--quiet", "--mode", "quick"],
    "watch": ["watch", "--quiet", "--poll"],
    "scan": ["scan", "--json"],
}

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no SIGINT for one process")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree `music`, and `before.db`, a library of it as it was before much has changed."""
    place = tmp_path_factory.mktemp("interruptions")
    music = place / "music"
    for folder in range(FOLDERS):
        (music / f"{folder:04}").mkdir(parents=True)
        (music / f"{folder:04}" / "a.mp3").write_bytes(song(folder, f"Song {folder}"))
    settle()
    Interrupter(random.Random()).undisturbed("index", "--quiet", "--db", str(place / "before.db"), str(music))
    do(
        place,
        [
            *({"rename": [f"music/{folder:04}", f"music/moved {folder:04}"]} for folder in range(100)),
            *({"retag": [f"music/{folder:04}/a.mp3", "Other"]} for folder in range(100, 200)),
            *({"put": {f"music/{folder:04}/b.mp3": {"song": FOLDERS + folder}}} for folder in range(200, 300)),
        ],
    )
    shutil.rmtree(music / "0300")
    settle()
    return place


@pytest.mark.parametrize("work", WORK)
def test_an_interruption_at_any_moment_is_quiet_and_costs_nothing(
    work: str, backend: str, place: Path, tmp_path: Path
) -> None:
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    music, base = str(place / "music"), None if work == "first sync" else place / "before.db"
    interrupter = Interrupter(random.Random(seed))
    calm = copied(base, tmp_path / "calm.db")
    interrupter.undisturbed("index", "--quiet", "--db", str(calm), music)
    expected = content(calm)
    early = 0
    for number in range(INTERRUPTIONS // len(WORK)):
        database = copied(base, tmp_path / f"{number}.db")
        library = [] if work == "scan" else ["--db", str(database)]
        ended = interrupter.interrupted(*WORK[work], *library, music)
        early += ended.early
        # Watching has no other end than Ctrl-C: that is success.
        assert_quiet(ended, {0, 130})
        if work != "scan":
            interrupter_free_sync(database, music, expected)
    print(f"{early} of {number + 1} before the end")
    assert early


def interrupter_free_sync(database: Path, music: str, expected: Content) -> None:
    """The next sync completes what was broken off."""
    Interrupter(random.Random()).undisturbed("index", "--quiet", "--db", str(database), music)
    assert content(database) == expected
    for file in database.parent.glob(f"{database.name}*"):
        file.unlink()

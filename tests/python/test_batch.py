"""Events, put together to folders: cases that the Rust host runs as well (`host/src/library/watch/folders.rs`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from mt_scanner._library.batch import folders
from support.golden import CASES

SHARED: dict[str, Any] = json.loads((CASES / "watch-batches" / "batches.json").read_text(encoding="utf-8"))
ADDED, MODIFIED, DELETED = 1, 2, 3
KINDS = {
    "made": ADDED,
    "written": MODIFIED,
    "permitted": MODIFIED,
    "renamed from": DELETED,
    "renamed to": ADDED,
    "removed": DELETED,
}
"""What `watchfiles.Change` makes of events."""


@pytest.mark.parametrize("batch", SHARED["batches"], ids=lambda batch: batch["about"])
def test_a_batch_comes_to_the_folders_that_its_case_expects(batch: dict[str, Any], tmp_path: Path) -> None:
    place = tmp_path.resolve()
    known, gone = set(SHARED["known"]), set(SHARED["gone"])
    for folder in known - gone:
        (place / "music" / folder).mkdir(parents=True, exist_ok=True)
    events = [(KINDS[what], str(place / path)) for what, path in batch["events"]]
    assert folders(events, str(place / "music"), known) == set(batch["folders"])

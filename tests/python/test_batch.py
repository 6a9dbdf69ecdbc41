"""Events, put together to folders by the component: the cases that its own tests and the Rust host
run as well.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from mt_scanner._engine.session import Session
from mt_scanner._library.watch.batch import told
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
def test_a_batch_comes_to_the_folders_of_its_case(batch: dict[str, Any], tmp_path: Path, backend: str) -> None:
    place = tmp_path.resolve()
    known, gone = set(SHARED["known"]), set(SHARED["gone"])
    for folder in known - gone:
        (place / "music" / folder).mkdir(parents=True, exist_ok=True)
    root = str(place / "music")
    events = told([(KINDS[what], str(place / path)) for what, path in batch["events"]], root)
    rows = [json.dumps({"folder": folder, "ignored_by": []}) for folder in known]
    session = Session(root, backend=backend)  # type: ignore[arg-type]
    assert session.folders_of_events(root, rows, events) == set(batch["folders"])


def test_below_a_name_that_is_no_unicode_the_folder_above_stands_for_it(tmp_path: Path) -> None:
    # The words of the Rust host's own test (`host/src/library/watch/inbox.rs`).
    events = [(MODIFIED, f"{tmp_path}/a/\udcff/b/c.mp3"), (ADDED, f"{tmp_path}/\udcff.mp3")]
    assert dict(told(events, str(tmp_path))) == {"a/": "changed", "": "made"}

"""Scenarios: every one through every door that keeps libraries. What a sync does is tested here,
once for all hosts.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.doors import LIBRARIANS, Door
from support.doors import Sync as Output
from support.golden import PLATFORM
from support.scenarios import KINDS, WRITING, Content, Keeper, Scenario, Step, contents, do, scenarios, settle


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: str(scenario.folder.name))
def test_every_door_does_what_the_scenario_expects(scenario: Scenario, tmp_path: Path) -> None:
    if PLATFORM not in scenario.platforms:
        pytest.skip(f"this scenario cannot be built on {PLATFORM}")
    scenario.build(tmp_path)
    keepers = [Keeper(door, scenario, tmp_path) for door in LIBRARIANS]
    for number, step in enumerate(scenario.steps, 1):
        do(tmp_path, step.do)
        if not step.hasty:
            settle()
        for keeper in keepers:
            keeper.grow_old(step.older)
        rehearsal = rehearse(keepers[-1], step)
        together = sync(keepers, step)
        assert told(rehearsal) == told(together[-1]), f"step {number}: --dry-run tells something else"
        for keeper, output in zip(keepers, together, strict=True):
            check(keeper, step, output, f"step {number} through {keeper.door}")
        digests = {keeper.content().digest() for keeper in keepers}
        assert len(digests) == 1 or step.hasty, f"step {number}: the libraries differ"
        for keeper in keepers:
            # Files whose times cannot be trusted yet are read again, and a mark would be a change.
            keeper.remember(mark=not step.hasty)
    if scenario.steps[-1].error is None:
        nothing_is_left_to_do(keepers, scenario)
        as_if_new(keepers[-1], scenario, tmp_path)


def sync(keepers: list[Keeper], step: Step) -> list[Output]:
    """Through all doors, at the same time: they have one tree and do not write to it."""
    with ThreadPoolExecutor(len(keepers)) as threads:
        return list(threads.map(lambda keeper: keeper.sync(step), keepers))


def rehearse(keeper: Keeper, step: Step) -> Output:
    before = keeper.database.read_bytes() if keeper.database.exists() else None
    output = keeper.sync(step, "--dry-run")
    after = keeper.database.read_bytes() if keeper.database.exists() else None
    assert before == after, "--dry-run has written to the library"
    return output


def told(output: Output) -> tuple[object, ...]:
    """What was told of a sync. Rows that were added have the same place, and not the same number."""
    changes = [{**change, "id": None} if change["change"] == "added" else change for change in output.changes]
    return output.code, changes, output.problems


def check(keeper: Keeper, step: Step, output: Output, where: str) -> None:
    before, after = keeper.before, keeper.content()
    if step.error is not None:
        assert output.code == keeper.door.could_not_run, where
        assert step.error in output.message, where
        assert (output.changes, output.report) == ([], None), where
        assert (after.present(), after.missing()) == (before.present(), before.missing()), where
        return
    assert (output.code, output.message) == (0, ""), where
    assert after.present() == step.tracks, where
    assert after.missing() == step.missing, where
    assert len(after.missing()) + len(after.present()) == len(after.tracks), where
    assert after.read() == sorted(step.read) or not keeper.marked, where
    problems = sorted([keeper.where(row["root"], row["path"]), row["outcome"]] for row in after.problems)
    assert problems == sorted(step.problems), where
    assert "quick" in step.options or keeper.of_older_readers() == [], where
    check_report(keeper, step, output, where)
    check_changes(keeper, output, before, after, where)


def check_report(keeper: Keeper, step: Step, output: Output, where: str) -> None:
    """The library's own record and the lines that were written agree with what is expected."""
    expected = {kind: step.report.get(kind, 0) for kind in KINDS}
    finished = keeper.finished()
    assert {kind: finished[kind] for kind in KINDS} == expected, where
    assert finished["mode"] == ("quick" if "quick" in step.options else "full"), where
    assert Counter(change["change"] for change in output.changes) == Counter(expected), where
    report = output.report
    assert report is not None and {kind: report[kind] for kind in KINDS} == expected, where
    assert report["problems"] == len(output.problems), where
    # A track that was added or is back was not there before; of a root that is away none is seen.
    assert report["unchanged"] <= len(step.tracks), where
    reached = ["folders", "tracks", "passed_over", "playlists", "seconds", "files_per_second"]
    assert list(report["progress"]) == reached, where


def check_changes(keeper: Keeper, output: Output, before: Content, after: Content, where: str) -> None:
    """Every line tells of a row as it is, and of a move as it was. Rows keep the time when they
    were added.
    """
    by_place: dict[tuple[object, ...], list[int]] = {}
    for number, row in after.tracks.items():
        by_place.setdefault((row["root"], row["path"], row["missing_since"] is not None), []).append(number)
        known = before.tracks.get(number)
        assert known is None or row["added_at"] == known["added_at"], where
    for change in output.changes:
        numbers = by_place[change["root"], change["path"], change["change"] == "missing"]
        assert numbers, f"{where}: {change}"
        if change["change"] == "moved":
            former = before.tracks[numbers[0]]
            assert (change["former_root"], change["former_path"]) == (former["root"], former["path"]), where
        row = after.tracks[numbers[0]]
        if len(numbers) == 1:
            assert (change["title"], change["size"], change["audio_key"]) == (
                row["title"],
                row["size"],
                row["audio_key"],
            ), where


def nothing_is_left_to_do(keepers: list[Keeper], scenario: Scenario) -> None:
    """One more sync, a full one, changes nothing unless the last one did not look at everything."""
    quick = "quick" in scenario.steps[-1].options
    settle()
    for keeper, output in zip(keepers, sync(keepers, full(scenario)), strict=True):
        assert output.code == 0, output.message
        assert output.changes == [] or quick, f"one more sync through {keeper.door}"


def full(scenario: Scenario) -> Step:
    """A full sync that looks for what the last step has looked for."""
    return Step(options=[option for option in scenario.steps[-1].options if option == "--archives"])


def as_if_new(keeper: Keeper, scenario: Scenario, place: Path) -> None:
    """The library says of the files that are there what one says that was made just now."""
    new = Keeper(keeper.door, scenario, place)
    new.database = place / "new.db"
    assert new.sync(full(scenario)).code == 0
    one, other = keeper.content(), new.content()
    assert files(one) == files(other)
    assert [row for row in one.folders if row["present"]] == other.folders
    assert one.problems == other.problems


def files(content: Content) -> list[dict[str, object]]:
    # The comment has the mark.
    left_out = {*WRITING, "comment", "since"}
    present = [row for row in content.tracks.values() if row["missing_since"] is None]
    return [{name: row[name] for name in row if name not in left_out} for row in present]


def test_every_scenario_is_whole() -> None:
    for scenario in scenarios():
        assert scenario.about.endswith("."), scenario.folder.name
        assert scenario.steps, scenario.folder.name


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_an_id_is_never_given_again(door: Door, tmp_path: Path) -> None:
    """Not even that of the newest track, after it was forgotten: others may have noted it."""
    database, music = tmp_path / "library.db", tmp_path / "music"
    do(tmp_path, [{"put": {"music/a.mp3": {"song": 1}, "music/b.mp3": {"song": 2}}}])
    assert door.index(database, [music]).code == 0
    newest = max(row["id"] for row in contents(database)["tracks"])
    (music / next(row["path"] for row in contents(database)["tracks"] if row["id"] == newest)).unlink()
    assert door.index(database, [music]).code == 0
    assert door.purge(database) == 1
    do(tmp_path, [{"put": {"music/c.mp3": {"song": 3}}}])
    assert door.index(database, [music]).code == 0
    assert max(row["id"] for row in contents(database)["tracks"]) > newest

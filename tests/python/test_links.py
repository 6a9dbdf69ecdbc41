"""Symbolic links in the portable pool: held back, in order, one by one where that is needed; and
the option.
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from mt_scanner import Scanner
from mt_scanner._engine.links import IN_A_STEP, Links, path


def link(links: int, folder: str, name: str) -> dict[str, Any]:
    return {
        "folder": folder,
        "files": [name],
        "ignored_by": [],
        "links": links,
        "held": True,
    }


def test_links_come_by_number_and_path_when_nothing_else_is_under_way() -> None:
    links = Links()
    folder = {"folder": "x", "files": None, "ignored_by": []}
    links.under_way = 1
    rest = links.take_in(
        {
            "work": [link(2, "", "a"), folder, link(1, "b", "c"), link(1, "", "b-")],
            "entered": "x",
        }
    )
    assert (rest, links.entered, links.next()) == ([folder], "x", [])
    links.under_way = 0
    assert [path(item) for item in links.next()] == ["b-", "b/c"]
    assert [path(item) for item in links.next()] == ["a"]
    assert links.next() == []


def test_links_of_a_step_that_did_not_return_are_followed_one_by_one() -> None:
    links = Links()
    links.suspect([link(1, "", "b"), link(1, "", "a")])
    for name in ("a", "b"):
        assert links.are_suspect
        assert [path(item) for item in links.next()] == [name]
    assert not links.are_suspect


def test_very_many_links_are_several_steps() -> None:
    links = Links()
    links.take_in({"work": [link(1, "", f"{number:03}") for number in reversed(range(600))]})
    steps = [links.next() for _ in range(3)]
    assert list(map(len, steps)) == [IN_A_STEP, IN_A_STEP, 600 - 2 * IN_A_STEP]
    assert list(chain(*steps)) == sorted(chain(*steps), key=path)


def test_follow_links_takes_words_and_truths(tmp_path: Path) -> None:
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden/a.mp3").touch()
    (tmp_path / "b.mp3").touch()
    (tmp_path / "c").symlink_to(".hidden")
    (tmp_path / "d").symlink_to("b.mp3")
    counts = {which: Scanner(tmp_path, follow_links=which).count() for which in ("no", "once", "all", False, True)}
    assert counts == {"no": 1, "once": 2, "all": 3, False: 1, True: 2}


def test_another_word_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no, once, all"):
        Scanner(tmp_path, follow_links="twice")  # type: ignore[arg-type]

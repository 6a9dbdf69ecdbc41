"""The watches of whole trees, as macOS and Windows have them. On Linux what makes them follows each
folder.
"""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest
from mt_scanner._library.watch.batch import ADDED
from mt_scanner._library.watch.trees import Trees
from support.trees import Tree
from support.watched import PATIENCE


def test_what_is_made_in_either_of_two_roots_is_told(tmp_path: Path) -> None:
    one, two = Tree(tmp_path / "one").files("a/1.mp3"), Tree(tmp_path / "two").files("2.mp3")
    stop = threading.Event()
    watches = Trees([os.path.realpath(tree.root) for tree in (one, two)], stop)
    try:
        assert watches.batch() == set()
        one.files("a/new.mp3")
        two.files("b/new.mp3")
        expected = {(ADDED, os.path.realpath(one.root / "a/new.mp3")), (ADDED, os.path.realpath(two.root / "b"))}
        told, until = set(), time.monotonic() + PATIENCE
        while not expected <= told and time.monotonic() < until:
            told |= watches.batch()
        assert expected <= told
        stop.set()
        # It ends, and then there is nothing more.
        while watches.batch():
            pass
        assert watches.batch() == set()
    finally:
        watches.close()


def test_a_root_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Trees([str(tmp_path / "none")], threading.Event())

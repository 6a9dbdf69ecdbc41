"""The pool of the portable backend: how work is spread over its threads."""

from __future__ import annotations

import threading

import pytest
from mt_scanner import Scanner
from support.trees import Tree


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> list[threading.Thread]:
    """The workers that are started."""
    started: list[threading.Thread] = []
    start = threading.Thread.start

    def counted(thread: threading.Thread) -> None:
        if thread.name == "mt-scanner worker":
            started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", counted)
    return started


def test_one_folder_of_ten_thousand_files_is_spread_over_workers(tree: Tree, workers: list[threading.Thread]) -> None:
    tree.files(*(f"{number:05}.mp3" for number in range(10_000)))
    scanner = Scanner(tree, backend="wasmtime", workers=4)
    assert len({track.path for track in scanner.scan()}) == 10_000
    assert len(workers) == 4


@pytest.mark.alone
def test_a_small_folder_costs_one_worker(tree: Tree, workers: list[threading.Thread]) -> None:
    tree.files("a.mp3", "b.mp3")
    assert Scanner(tree, backend="wasmtime").count() == 2
    assert len(workers) == 1

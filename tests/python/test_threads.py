"""A library may be used from any thread, one at a time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from mt_scanner import Library, LibraryError, Progress
from support.trees import Tree

PATIENCE = 30


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "library.db"


@contextmanager
def syncing(library: Library, root: Tree) -> Iterator[None]:
    """Another thread is in the middle of a sync."""
    inside, leave = threading.Event(), threading.Event()

    def hold(_: Progress) -> None:
        inside.set()
        leave.wait(PATIENCE)

    thread = threading.Thread(target=library.sync, args=(root,), kwargs={"on_progress": hold})
    thread.start()
    try:
        assert inside.wait(PATIENCE)
        yield
    finally:
        leave.set()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_a_library_is_synced_in_one_thread_and_read_in_another(backend: str, tree: Tree, song: Path, db: Path) -> None:
    tree.copy(song, "a.mp3")

    async def main() -> list[str]:
        library = Library(db)
        assert (await asyncio.to_thread(library.sync, tree)).added == 1
        paths = [track.path for track in library.tracks()]
        assert await asyncio.to_thread(library.purge) == 0
        await asyncio.to_thread(library.close)
        library.close()
        return paths

    assert asyncio.run(main()) == ["a.mp3"]


def test_a_second_thread_is_told_at_once_that_the_library_is_in_use(tree: Tree, song: Path, db: Path) -> None:
    tree.copy(song, "a.mp3")
    with Library(db) as library:
        with syncing(library, tree):
            for use in (lambda: library.sync(tree), library.purge, library.close):
                with pytest.raises(LibraryError, match=r"library\.db: the library is in use by another thread: wait"):
                    use()
        assert library.sync(tree).unchanged == 1


def test_tracks_are_read_while_another_thread_syncs_and_after_the_library_is_closed(
    tree: Tree, song: Path, db: Path
) -> None:
    for name in "abc":
        tree.copy(song, f"{name}.mp3")
    library = Library(db)
    library.sync(tree)
    tracks = library.tracks()
    assert next(tracks).path == "a.mp3"
    (tree.root / "b.mp3").unlink()
    with syncing(library, tree):
        assert next(tracks).path == "b.mp3"
    library.close()
    assert [track.path for track in tracks] == ["c.mp3"], "an iteration sees the library as it was when it began"
    assert [track.path for track in library.tracks()] == ["a.mp3", "c.mp3"]
    library.close()


def test_an_iteration_over_tracks_goes_from_thread_to_thread(tree: Tree, song: Path, db: Path) -> None:
    for name in "ab":
        tree.copy(song, f"{name}.mp3")
    with Library(db) as library:
        library.sync(tree)
        tracks = library.tracks()
        found = [next(tracks).path]
        thread = threading.Thread(target=lambda: found.extend(track.path for track in tracks))
        thread.start()
        thread.join(PATIENCE)
        assert found == ["a.mp3", "b.mp3"]


def test_a_callback_may_use_the_library_that_calls_it(tree: Tree, song: Path, db: Path) -> None:
    tree.copy(song, "a.mp3")
    seen: list[str] = []
    with Library(db) as library:
        library.sync(tree, on_change=lambda _: seen.extend(track.path for track in library.tracks()))
    assert seen == ["a.mp3"]


def test_a_watch_waits_for_a_library_that_another_thread_uses(
    tree: Tree, song: Path, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree.copy(song, "a.mp3")
    monkeypatch.setattr("mt_scanner._library.watch.running.BETWEEN_ATTEMPTS", 0.1)
    notices: list[str] = []
    stop = threading.Event()
    with Library(db) as library:
        reports = library.watch(
            tree, poll=True, poll_interval=0.1, stop=stop, on_notice=lambda notice: notices.append(notice.kind)
        )
        next(reports)
        tree.copy(song, "b.mp3")
        with syncing(library, tree):
            threading.Timer(1.0, stop.set).start()
            assert list(reports) == []
    assert "busy" in notices

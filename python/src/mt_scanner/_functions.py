"""The simple functions: for those who want a number. They need no object, and answer even without
any backend.
"""

import os
import time
import warnings
from collections.abc import Iterable
from types import ModuleType

from mt_scanner._engine import backends
from mt_scanner._engine.extensions import audio_extensions, is_audio_file
from mt_scanner._engine.roots import StrPath, check_root, resolve
from mt_scanner._engine.within import Call, Late
from mt_scanner._scanner import Scanner
from mt_scanner._types.contract import FILE_TIMEOUT, HANG_MARGIN, ROOT_NOT_A_FOLDER, ROOT_UNREADABLE, STOPPED_BY_TIME
from mt_scanner._types.errors import ComponentError, RootNotAFolder, RootUnreadable
from mt_scanner._types.report import AlbumLoudness, Loudness


def scan_music_directory(root: StrPath) -> int:
    """The number of audio files under `root`.

    Raises `RootNotFound`, `RootNotAFolder` or `RootUnreadable` if `root` cannot be scanned.
    """
    return count_audio_files(root)


def count_audio_files(root: StrPath, limit: int | None = None) -> int:
    """The number of audio files under `root`, or `limit` as soon as that many were found.

    Raises as `scan_music_directory` does.
    """
    if limit is not None and limit < 0:
        raise ValueError(f"limit is at least 0, not {limit}")
    fallback = _fallback_needed()
    if fallback is not None:
        return _counted_plainly(fallback, resolve(root), limit)
    scanner = Scanner(root)
    scanner.check()
    session = scanner._session
    if any(one.files is not None for one in session.arranged.roots):
        raise RootNotAFolder(ROOT_NOT_A_FOLDER, resolve(root))
    return scanner._counted(session.pool("count", limit=limit), limit)


def benchmark_directory(root: StrPath, iterations: int = 10) -> float:
    """The mean time of one count of `root` in ms, over `iterations` counts (at least one).

    Raises as `scan_music_directory` does.
    """
    iterations = max(1, iterations)
    started = time.perf_counter()
    for _ in range(iterations):
        count_audio_files(root)
    return (time.perf_counter() - started) * 1000 / iterations


def album_loudness(tracks: Iterable[Loudness], *, analyser: StrPath | None = None) -> AlbumLoudness:
    """How loud tracks are together, as those of an album: within 0.1 LU of what they are one behind
    the other. `analyser`: another component of that world to run, by its path.

        reports = Scanner("Music/Album").examine(loudness=True)
        print(album_loudness([report.loudness for report in reports if report.loudness]))

    Raises `ComponentError` if the analyser cannot be run, and `ScanError` for loudness of another
    version.
    """
    from mt_scanner._engine.reckoner import loudness_of

    (found,) = loudness_of(
        [[(track.blocks, track.true_peak) for track in tracks]], None if analyser is None else os.fspath(analyser)
    )
    return AlbumLoudness(*map(found.get, AlbumLoudness._fields))


def get_supported_extensions() -> list[str]:
    """The extensions of audio files, in lower case, with their dot."""
    return audio_extensions()


def get_supported_extensions_count() -> int:
    """How many extensions of audio files there are."""
    return len(audio_extensions())


PULSE = 0.1
"""How often to see whether a count in plain Python goes on, in s."""


class _GivenUp(Exception):
    """Nobody waits for a count any more."""


def _counted_plainly(fallback: ModuleType, root: str, limit: int | None) -> int:
    """Counts in a thread of its own: neither Ctrl-C nor the end of the program waits for storage
    that does not answer.

    Raises as `scan_music_directory` does, and `RootUnreadable` if no entry comes for as long as one
    file may take.
    """
    seen = time.monotonic()
    given_up = False

    def goes_on() -> None:
        nonlocal seen
        if given_up:
            raise _GivenUp
        seen = time.monotonic()

    def counted() -> int:
        check_root(root)
        count: int = fallback.count(root, is_audio_file, limit, goes_on)
        return count

    call = Call(counted)
    try:
        while True:
            try:
                return call.result(PULSE)
            except Late:
                if time.monotonic() - seen > FILE_TIMEOUT + HANG_MARGIN:
                    why = STOPPED_BY_TIME.format(seconds=f"{FILE_TIMEOUT:g}")
                    raise RootUnreadable(f"{ROOT_UNREADABLE}: {why}", root) from None
    finally:
        given_up = True


_looked = False
_fallback: ModuleType | None = None


def _fallback_needed() -> ModuleType | None:
    """The module that counts in plain Python, if no backend can be imported. Says so once."""
    global _looked, _fallback
    if not _looked:
        try:
            backends.get()
        except ComponentError as error:
            from mt_scanner._plain import fallback as plain

            _fallback = plain
            outside = "counting in plain Python, outside the sandbox; everything else of mt_scanner needs wasmtime"
            warnings.warn(f"{error}: {outside}", ImportWarning, stacklevel=3)
        _looked = True
    return _fallback

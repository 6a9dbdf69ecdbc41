"""The simple functions: for those who want a number. They need no object, and answer even without
any backend.
"""

import time
import warnings
from types import ModuleType

from mt_scanner._engine import backends
from mt_scanner._engine.extensions import audio_extensions, is_audio_file
from mt_scanner._engine.roots import StrPath, check_root, resolve
from mt_scanner._scanner import Scanner
from mt_scanner._types.contract import ROOT_NOT_A_FOLDER
from mt_scanner._types.errors import ComponentError, RootNotAFolder


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
        resolved = resolve(root)
        check_root(resolved)
        count: int = fallback.count(resolved, is_audio_file, limit)
        return count
    scanner = Scanner(root)
    if any(one.files is not None for one in scanner._session.arranged.roots):
        raise RootNotAFolder(ROOT_NOT_A_FOLDER, resolve(root))
    return scanner.count(limit)


def benchmark_directory(root: StrPath, iterations: int = 10) -> float:
    """The mean time of one count of `root` in ms, over `iterations` counts (at least one).

    Raises as `scan_music_directory` does.
    """
    iterations = max(1, iterations)
    started = time.perf_counter()
    for _ in range(iterations):
        count_audio_files(root)
    return (time.perf_counter() - started) * 1000 / iterations


def get_supported_extensions() -> list[str]:
    """The extensions of audio files, in lower case, with their dot."""
    return audio_extensions()


def get_supported_extensions_count() -> int:
    """How many extensions of audio files there are."""
    return len(audio_extensions())


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

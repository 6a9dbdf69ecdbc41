"""Scans music folders inside a WebAssembly sandbox, and keeps an SQLite library of what it finds."""

from mt_scanner._errors import (
    ComponentError,
    EscapesRoot,
    FileFailed,
    LibraryError,
    RootEmptied,
    RootNotAFolder,
    RootNotFound,
    RootUnreadable,
    ScanError,
    TrackNotFound,
    WatchError,
)
from mt_scanner._extensions import is_audio_file
from mt_scanner._functions import (
    benchmark_directory,
    count_audio_files,
    get_supported_extensions,
    get_supported_extensions_count,
    scan_music_directory,
)
from mt_scanner._job import ScanJob, ScanResult
from mt_scanner._library import Library
from mt_scanner._notice import Notice
from mt_scanner._progress import Progress
from mt_scanner._report import Change, SyncReport
from mt_scanner._scanner import Scanner
from mt_scanner._track import Inspection, Problem, Tag, Track

__all__ = [
    "Change",
    "ComponentError",
    "EscapesRoot",
    "FileFailed",
    "Inspection",
    "Library",
    "LibraryError",
    "Notice",
    "Problem",
    "Progress",
    "RootEmptied",
    "RootNotAFolder",
    "RootNotFound",
    "RootUnreadable",
    "ScanError",
    "ScanJob",
    "ScanResult",
    "Scanner",
    "SyncReport",
    "Tag",
    "Track",
    "TrackNotFound",
    "WatchError",
    "benchmark_directory",
    "count_audio_files",
    "get_supported_extensions",
    "get_supported_extensions_count",
    "is_audio_file",
    "scan_music_directory",
]

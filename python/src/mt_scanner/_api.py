"""The public names of the package."""

from mt_scanner._engine.extensions import is_audio_file
from mt_scanner._functions import (
    album_loudness,
    benchmark_directory,
    count_audio_files,
    get_supported_extensions,
    get_supported_extensions_count,
    scan_music_directory,
)
from mt_scanner._job import ScanJob, ScanResult
from mt_scanner._library.duplicates import Duplicate, DuplicateGroup, DuplicateKind
from mt_scanner._library.job import AnalysisJob, SyncJob
from mt_scanner._library.library import Library
from mt_scanner._library.report import AnalysisReport, Change, SyncReport
from mt_scanner._scanner import Scanner
from mt_scanner._types.contract import ChangeKind, Outcome, Verdict
from mt_scanner._types.errors import (
    AnalysisStopped,
    ChangesForgotten,
    ComponentError,
    EscapesRoot,
    FileFailed,
    LibraryError,
    RootEmptied,
    RootNotAFolder,
    RootNotFound,
    RootUnreadable,
    ScanError,
    SyncStopped,
    TrackNotFound,
    WatchError,
)
from mt_scanner._types.notice import Notice
from mt_scanner._types.picture import Picture
from mt_scanner._types.progress import Progress
from mt_scanner._types.report import AlbumLoudness, Decoded, Depth, Finding, Loudness, Proof, Report
from mt_scanner._types.track import Chapter, Inspection, LibraryTrack, Lyrics, Problem, Tag, Track

__all__ = [
    "AlbumLoudness",
    "AnalysisJob",
    "AnalysisReport",
    "AnalysisStopped",
    "Change",
    "ChangeKind",
    "ChangesForgotten",
    "Chapter",
    "ComponentError",
    "Decoded",
    "Depth",
    "Duplicate",
    "DuplicateGroup",
    "DuplicateKind",
    "EscapesRoot",
    "FileFailed",
    "Finding",
    "Inspection",
    "Library",
    "LibraryError",
    "LibraryTrack",
    "Loudness",
    "Lyrics",
    "Notice",
    "Outcome",
    "Picture",
    "Problem",
    "Progress",
    "Proof",
    "Report",
    "RootEmptied",
    "RootNotAFolder",
    "RootNotFound",
    "RootUnreadable",
    "ScanError",
    "ScanJob",
    "ScanResult",
    "Scanner",
    "SyncJob",
    "SyncReport",
    "SyncStopped",
    "Tag",
    "Track",
    "TrackNotFound",
    "Verdict",
    "WatchError",
    "album_loudness",
    "benchmark_directory",
    "count_audio_files",
    "get_supported_extensions",
    "get_supported_extensions_count",
    "is_audio_file",
    "scan_music_directory",
]

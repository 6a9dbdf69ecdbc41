"""The reports of syncs and analyses."""

from typing import NamedTuple

from mt_scanner._types.contract import ChangeKind
from mt_scanner._types.progress import Progress
from mt_scanner._types.track import LibraryTrack, Problem


class Change(NamedTuple):
    """One track that a sync has changed."""

    change: ChangeKind
    """What the sync has done with it."""
    track: LibraryTrack
    """The track as the library has it now."""
    former_root: str | None = None
    """Of a moved one: the root where it was."""
    former_path: str | None = None
    """Of a moved one: its path there."""
    scan: int = 0
    """The number of the sync."""


class SyncReport(NamedTuple):
    """The report of a sync: counts of tracks, and problems."""

    added: int
    """Tracks that the library did not have."""
    modified: int
    """Tracks whose files have changed."""
    moved: int
    """Tracks whose files were found in another place. They keep their rows."""
    missing: int
    """Tracks whose files are not there any more. They are kept, and marked so."""
    restored: int
    """Missing tracks whose files are back."""
    reread: int
    """Tracks whose files are as before, and were read again, because the reader or one of its options
    is another than when they were read.
    """
    unchanged: int
    """Tracks that are as before."""
    problems: list[Problem]
    """The problems of these roots, found now or known from before."""
    progress: Progress
    """Counts and time of the scan."""
    scan: int = 0
    """The number of the sync, for `Library.changes`. Later ones have greater numbers."""

    def __repr__(self) -> str:
        """The numbers: problems may be as many as files."""
        counts = ", ".join(f"{name}={count}" for name, count in zip(self._fields, self[:7], strict=False))
        return f"SyncReport({counts}, problems=<{len(self.problems)}>, progress={self.progress!r})"


class AnalysisReport(NamedTuple):
    """The report of an analysis: what it has done, and what is known of the library's files now."""

    analysed: int
    """Files that have got a report from this analysis."""
    albums: int
    """Albums whose loudness was reckoned."""
    damaged: int
    """Files of the library of which bytes are not as they were written."""
    truncated: int
    """Files of which the end is missing."""
    suspicious: int
    """Files that are as no encoder leaves them; the audio may be whole."""
    unchecked: int
    """Files in which no damage was found, and a changed byte could have gone unseen."""
    intact: int
    """Files in which a changed byte would have been seen."""
    unreported: int
    """Files that have cost the analyser an instance: they are not tried again as they are."""
    left: int
    """Files that this analysis did not come to, or could not read."""
    problems: list[Problem]
    """What went wrong with files of this analysis."""
    progress: Progress
    """Counts and time."""

    def __repr__(self) -> str:
        """The numbers: problems may be as many as files."""
        counts = ", ".join(f"{name}={count}" for name, count in zip(self._fields, self[:9], strict=False))
        return f"AnalysisReport({counts}, problems=<{len(self.problems)}>, progress={self.progress!r})"

"""How far a scan is."""

from typing import Literal, NamedTuple

BETWEEN_REPORTS = 0.05
"""Least time between two reports of progress in s."""

Phase = Literal["waiting", "scanning", "paused", "finishing", "done"]
"""What a scan does at the moment: it waits for another sync of the library; it lists folders and
reads files; it rests; all was looked at, and what is missing or has moved is being found out; it is
over.
"""


class Progress(NamedTuple):
    """How far a scan or a sync is. Counts only grow; totals may shrink as long as they are
    estimated.
    """

    folders: int = 0
    """Folders that were listed, or are as the library knows them."""
    files: int = 0
    """Audio files that were found in them."""
    tracks: int = 0
    """Audio files that were read."""
    problems: int = 0
    """Problems that were found."""
    seconds: float = 0.0
    """Time since the start of the scan in s, until its end."""
    passed_over: int = 0
    """Files that were passed over, though their extension is one of audio too (`extensions`)."""
    playlists: int = 0
    """Playlists that were passed over: they are no audio."""
    done: int = 0
    """Audio files whose turn has come: they were read, or are as the library has them, or could not
    be read. None where files are only counted.
    """
    total_files: int = 0
    """Audio files that are to be done. While that is an estimate: of a sync those that the library
    knows, otherwise as many as the share of the folders lets expect that are done; and at least
    those that were found. 0 where folders alone tell how far it is: in a count, and in a quick sync.
    """
    total_folders: int = 0
    """Folders that are to be listed, estimated in the same way."""
    is_estimated: bool = False
    """Whether the totals may still change, because not every folder was listed."""
    folder: str | None = None
    """A folder that is being worked on, as an absolute path."""
    phase: Phase = "scanning"
    """What is done at the moment."""
    done_bytes: int = 0
    """Bytes of files that were worked through, where their sizes are known before: in an analysis of
    a library. A file counts little by little.
    """
    total_bytes: int = 0
    """Bytes of all of them; 0 where nobody knows them."""

    @property
    def files_per_second(self) -> float:
        """Files that were done, or found where they are only counted, per second since the start."""
        return (self.done or self.files) / self.seconds if self.seconds > 0 else 0.0

    @property
    def fraction(self) -> float | None:
        """The part that is done, between 0 and 1; `None` while nothing is known of the whole. It may
        run backwards while `is_estimated`.
        """
        if self.phase == "waiting":
            return None
        if self.phase in ("finishing", "done"):
            return 1.0
        done, total = (self.done, self.total_files) if self.total_files else (self.folders, self.total_folders)
        if self.total_bytes:
            done, total = self.done_bytes, self.total_bytes
        return min(1.0, done / total) if total else None

    @property
    def seconds_left(self) -> float | None:
        """The time that is left in s, if the rest goes as quickly as what was done; `None` while
        that cannot be said.
        """
        fraction = None if self.phase == "paused" else self.fraction
        return self.seconds * (1 - fraction) / fraction if fraction else None


class Expected(NamedTuple):
    """How much a sync will probably come to: what the library knows."""

    files: int | None
    """Audio files; `None` where folders alone tell how far it is."""
    folders: int

    @property
    def at_first(self) -> Progress:
        """The progress before anything is done."""
        return self.of(Progress(is_estimated=True))

    def of(self, progress: Progress) -> Progress:
        """The progress of a scan of which this is expected."""
        files, folders = progress.total_files, progress.total_folders
        if progress.is_estimated:
            files = max(self.files, progress.files) if self.files else files
            folders = max(self.folders, progress.folders) if self.folders else folders
        return progress._replace(total_files=0 if self.files is None else files, total_folders=folders)


TELLING = 0.01
"""A smaller share of the work says nothing of the whole."""


def whole(part: int, share: float) -> int:
    """What of the whole is, if this part is that share of it; 0 if nobody can tell."""
    return int(part / share) if share >= TELLING else 0

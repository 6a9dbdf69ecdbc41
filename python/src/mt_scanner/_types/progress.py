"""How far a scan is."""

from typing import NamedTuple


class Progress(NamedTuple):
    """Counts of a scan, under way or at its end. They only grow."""

    folders: int = 0
    """Folders that were listed."""
    files: int = 0
    """Audio files that were found in them."""
    tracks: int = 0
    """Audio files that were read."""
    problems: int = 0
    """Problems that were found."""
    seconds: float = 0.0
    """Time since the start in s."""
    passed_over: int = 0
    """Files that were passed over, though their extension is one of audio too (`extensions`)."""

    @property
    def files_per_second(self) -> float:
        """Files that were read, or found where reading was not asked for, per second."""
        return (self.tracks or self.files) / self.seconds if self.seconds > 0 else 0.0

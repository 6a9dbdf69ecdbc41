"""What a scan finds. The records are those of the contract; see `contract.py` here, which is
generated.
"""

import os

from mt_scanner._types.contract import Chapter, Inspection, Lyrics, LyricsForm, Problem, Tag, Track

__all__ = ["Chapter", "Inspection", "LibraryTrack", "Lyrics", "LyricsForm", "Problem", "Tag", "Track"]


class LibraryTrack(Track):
    """A track of a library: as a scan finds it, and with the library's own id. It is equal to the
    track of a scan that has found the same.
    """

    id: int
    """Its own for ever, whatever becomes of the file: for what others keep about it."""

    @property
    def file(self) -> str:
        """The file of audio, as an absolute path of this system."""
        return os.path.join(self.root, (self.audio_file or self.path).replace("/", os.sep))

"""What a scan finds. The records are those of the contract; see `contract.py` here, which is
generated.
"""

from mt_scanner._types.contract import Chapter, Inspection, Lyrics, LyricsForm, Problem, Tag, Track

__all__ = ["Chapter", "Inspection", "Lyrics", "LyricsForm", "Problem", "Tag", "Track"]

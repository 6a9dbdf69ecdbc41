"""Cue sheets: texts of them, and those inside of files, as mutagen writes them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mutagen.flac import FLAC, CueSheet, CueSheetTrack, CueSheetTrackIndex

RATE = 44_100
LEAD_OUT = 170


def sheet(file: str, starts: Sequence[str], performer: str = "Artist", title: str = "Album") -> str:
    """A sheet of one file, with a track at each time."""
    lines = [f'PERFORMER "{performer}"', f'TITLE "{title}"', f'FILE "{file}" WAVE']
    for number, start in enumerate(starts, 1):
        lines += [f"  TRACK {number:02} AUDIO", f'    TITLE "Track {number}"', f"    INDEX 01 {start}"]
    return "\n".join(lines) + "\n"


def comment(path: Path, text: str) -> None:
    """Writes the comment `CUESHEET` into a FLAC file."""
    flac = FLAC(path)
    flac["CUESHEET"] = text
    flac.save()


def block(path: Path, starts: Sequence[int]) -> None:
    """Writes the block CUESHEET into a FLAC file: a track at each sample, and the lead-out."""
    flac = FLAC(path)
    made = CueSheet(None)
    for number, start in enumerate(starts, 1):
        track = CueSheetTrack(number, start)
        track.indexes.append(CueSheetTrackIndex(1, 0))
        made.tracks.append(track)
    made.tracks.append(CueSheetTrack(LEAD_OUT, flac.info.total_samples))
    flac.cuesheet = made
    flac.metadata_blocks.append(made)
    flac.save()

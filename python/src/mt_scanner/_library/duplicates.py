"""Groups of tracks that are the same."""

import os
from typing import Any, Literal, NamedTuple

DuplicateKind = Literal["copy", "same-audio", "same-recording", "same-song"]
"""In which way tracks are the same, from the surest. `copy`: the files have the same bytes.
`same-audio`: the coded audio is the same, and tags or containers are not. `same-recording`: they
sound alike to their end. `same-song`: by tags alone, a hint and no more.
"""


class Duplicate(NamedTuple):
    """A track of a group."""

    id: int
    """As `LibraryTrack.id`."""
    root: str
    """The root that it is in."""
    path: str
    """The file, relative to the root, with `/` between names."""
    size: int
    """Bytes of the file."""
    format: str | None
    """As `Track.format`."""
    codec: str | None
    """As `Track.codec`."""
    bitrate: int | None
    """As `Track.bitrate`."""
    duration_ms: int | None
    """As `Track.duration_ms`."""
    keep: bool
    """Whether it is the one to keep."""
    why: list[str]
    """What decided for the one to keep: `undamaged`, `lossless`, `longer`, `bit-rate`,
    `better-tagged` or `older-row`. Of the others `damaged` or `truncated`, if they are.
    """
    score: float | None
    """Of the others of a `same-recording`: how many of the 32 bits of an item of the fingerprints
    differ on average in the part that both have. 0 is equal, 16 is chance.
    """
    offset_ms: int | None
    """Of those: how much later the recording begins in this file than in the one to keep, in ms."""

    @property
    def file(self) -> str:
        """The file, as an absolute path of this system."""
        return os.path.join(self.root, self.path.replace("/", os.sep))


class DuplicateGroup(NamedTuple):
    """Tracks that are the same."""

    kind: DuplicateKind
    """In which way."""
    tracks: list[Duplicate]
    """At least two, the one to keep first."""

    @property
    def others(self) -> list[Duplicate]:
        """All but the one to keep."""
        return self.tracks[1:]

    @property
    def spare_bytes(self) -> int:
        """Bytes of the files that are not to be kept."""
        return sum(track.size for track in self.others)


def group_of(found: dict[str, Any]) -> DuplicateGroup:
    """The group, from what the component gives."""
    tracks = [Duplicate(*map(track.get, Duplicate._fields)) for track in found["tracks"]]
    return DuplicateGroup(found["kind"], tracks)

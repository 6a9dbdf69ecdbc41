"""What a scan finds. The fields are those of `wit/types.wit`, in its order."""

from typing import NamedTuple


class Track(NamedTuple):
    """One audio file: what the filesystem, the audio properties and the tags say of it.

    A file that could not be read or parsed still is a track, with its fingerprint and without the rest, and a `Problem`
    says why. Text is as written in the file. Absent and empty tags are `None`.
    """

    root: str
    """The root, as an absolute path."""
    path: str
    """The file, relative to the root, separated by `/` on every system."""
    size: int
    """Size in bytes."""
    mtime_ns: int
    """Time of last change of the content, in ns since 1970-01-01T00:00:00Z; 0 when unknown."""
    ctime_ns: int
    """Time of last change of the file's status (POSIX ctime), in ns since 1970-01-01T00:00:00Z; 0 when unknown."""
    format: str | None = None
    """The container that the content shows: `flac`, `mp3`, `mp4`, `ogg`, `wav`, `asf`, `aac` (ADTS), ..."""
    codec: str | None = None
    """The codec: `aac`, `alac`, `flac`, `mp3`, `opus`, `pcm`, `vorbis`, ..."""
    duration_ms: int | None = None
    """Length in ms."""
    bitrate: int | None = None
    """Bit rate of the audio in kbit/s."""
    sample_rate: int | None = None
    """Sample rate in Hz."""
    channels: int | None = None
    """Number of channels."""
    bit_depth: int | None = None
    """Bits a sample, where the format has such a thing."""
    title: str | None = None
    artist: str | None = None
    """Artist, as one text: the first value when there are several."""
    artists: list[str] = []  # noqa: RUF012 (a default of a NamedTuple; see `blank`)
    """Every artist, in the order of the file."""
    album: str | None = None
    album_artist: str | None = None
    track_number: int | None = None
    track_total: int | None = None
    disc_number: int | None = None
    disc_total: int | None = None
    date: str | None = None
    """Date of recording or release, as written: `1997`, `1997-05-21`, ..."""
    year: int | None = None
    """Year, the first four digits of `date` that stand together."""
    genre: str | None = None
    """Genre, as one text: the first value when there are several."""
    genres: list[str] = []  # noqa: RUF012
    """Every genre, in the order of the file."""
    composer: str | None = None
    comment: str | None = None
    isrc: str | None = None
    """International Standard Recording Code (ISO 3901)."""
    musicbrainz_recording_id: str | None = None
    musicbrainz_track_id: str | None = None
    musicbrainz_release_id: str | None = None
    musicbrainz_release_group_id: str | None = None
    musicbrainz_artist_ids: list[str] = []  # noqa: RUF012
    musicbrainz_album_artist_ids: list[str] = []  # noqa: RUF012
    replaygain_track_gain: float | None = None
    """ReplayGain of the track in dB."""
    replaygain_track_peak: float | None = None
    """ReplayGain peak of the track; 1.0 is full scale."""
    replaygain_album_gain: float | None = None
    """ReplayGain of the album in dB."""
    replaygain_album_peak: float | None = None
    """ReplayGain peak of the album; 1.0 is full scale."""
    compilation: bool = False
    """Whether the file is marked as part of a compilation."""
    has_artwork: bool = False
    """Whether a picture is embedded. The picture itself is not read."""
    audio_key: str | None = None
    """What tells this audio from other audio whatever its name, place and tags: 16 hexadecimal digits. Not a proof that
    two files are equal; `None` for a file that is empty or could not be read."""


class Problem(NamedTuple):
    """One thing that did not go in the ordinary way. The scan went on."""

    root: str
    """The root, as an absolute path."""
    path: str
    """The file or folder, relative to the root; the empty path is the root itself."""
    outcome: str
    """What became of it: `unreadable`, `vanished`, `malformed`, `unsupported`, `wrong-extension`, `escapes-root`,
    `link-loop`, `name-not-utf8`, `timeout`, `memory` or `trap`."""
    detail: str
    """What was tried and why it failed, for people; never to be parsed."""


class Tag(NamedTuple):
    """One tag, as the file has it."""

    key: str
    """The key in the file's own terms: `TIT2`, `ARTIST`, `©nam`, ..."""
    value: str
    """The text; for a binary value its size."""


class Inspection(NamedTuple):
    """All that can be said of one file."""

    track: Track
    """The file as a scan would report it."""
    problems: list[Problem]
    """What a scan would say did not go in the ordinary way."""
    tags: list[Tag]
    """Every tag of the file, in its order."""

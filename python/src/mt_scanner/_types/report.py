"""Reports of the analyser (`wit/analysis.wit`)."""

from typing import Any, Literal, NamedTuple, get_args

from mt_scanner._types.contract import Verdict

Depth = Literal["header", "stream", "audio"]
"""How closely a file is looked at; each depth does what those before it do. `header`: the
beginning, the end and the tables. `stream`: every frame, page, box and checksum, and nothing is
decoded. `audio`: decoded to the end.
"""
Proof = Literal["nothing", "header", "structure", "decoded", "checksums", "md5"]
"""How much of a file held, from the weakest to the strongest. The last two make it `intact`."""
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)[::-1]
"""From the worst to the best."""


class Finding(NamedTuple):
    """Something that was found in a file."""

    kind: str
    """`checksum`, `cut-off`, `lost-sync`, ...: `wit/analysis.wit` has them all."""
    verdict: Verdict | None
    """What it alone would lead to; `None` for a remark."""
    detail: str
    """What it is, for people; never to be parsed."""
    position: int | None
    """Bytes from the beginning of the file; `None` where it makes no sense."""
    position_ms: int | None
    """The same in ms from the beginning of the audio."""


class Decoded(NamedTuple):
    """What the decoded audio is."""

    samples: int
    """Samples of each channel."""
    sample_rate: int
    """Samples a second."""
    channels: int
    peak: float
    """The largest sample; 1.0 is full scale."""
    clipped: int
    """Samples that stand in rows of at least three at full scale."""
    is_silent: bool
    """Whether there is nothing to be heard throughout."""


class Loudness(NamedTuple):
    """How loud audio is. A value is `None` where audio has none: silence, or what is too short."""

    integrated: float | None
    """Integrated loudness in LUFS (ITU-R BS.1770-4); `None` below 400 ms."""
    range: float | None
    """Loudness range in LU (EBU Tech 3342); `None` below 3 s."""
    true_peak: float | None
    """The largest peak between samples in dBTP (ITU-R BS.1770-4, annex 2)."""
    replaygain_track_gain: float | None
    """The gain of ReplayGain 2.0 in dB, which leads to -18 LUFS."""
    replaygain_track_peak: float | None
    """The peak of ReplayGain 2.0, where 1.0 is full scale."""
    blocks: str = ""
    """For `album_loudness`, and nobody else to read."""

    def __repr__(self) -> str:
        """The numbers."""
        numbers = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, self[:-1], strict=False))
        return f"Loudness({numbers})"


class AlbumLoudness(NamedTuple):
    """How loud tracks are together, as those of an album."""

    integrated: float | None
    """As `Loudness.integrated`, of all of them."""
    range: float | None
    """As `Loudness.range`."""
    true_peak: float | None
    """The largest of the tracks, in dBTP."""
    replaygain_album_gain: float | None
    """The gain of ReplayGain 2.0 for each of them in dB."""
    replaygain_album_peak: float | None
    """Their peak, where 1.0 is full scale."""


class Report(NamedTuple):
    """What was found out about the audio of a file. What nobody has asked for is `None`."""

    root: str
    """The root that the file is in."""
    path: str
    """The file, relative to the root, with `/` between names."""
    size: int
    """Bytes of the file."""
    format: str | None
    """As `Track.format`."""
    codec: str | None
    """As `Track.codec`."""
    depth: Depth | None
    """How closely it was looked at; `None`, as the two that follow, if nobody asked for damage."""
    verdict: Verdict | None
    """The worst that was found."""
    proof: Proof | None
    """How much of it held."""
    findings: list[Finding]
    """The first 32 things that were found, in the order in which they were."""
    more_findings: int
    """How many more there were."""
    audio: Decoded | None
    """What the decoded audio is; `None` unless all of it was decoded."""
    payload_hash: str | None = None
    """BLAKE3 of the coded audio, 64 hexadecimal digits: of copies with other tags, or in another
    container, it is the same. `None` as well where there is no audio.
    """
    file_hash: str | None = None
    """BLAKE3 of the file."""
    loudness: Loudness | None = None
    """How loud it is; `None` as well where nothing decodes it."""
    fingerprint: str | None = None
    """The fingerprint of AcoustID of the first two minutes (Chromaprint's algorithm 1, compressed, in
    base64 of RFC 4648, section 5); `None` as well where nothing decodes it, or it is too short.
    """

    @property
    def is_fine(self) -> bool:
        """Whether nothing is wrong with it, as far as one can see: it is `intact` or `unchecked`."""
        return self.verdict in ("intact", "unchecked")

    @property
    def is_broken(self) -> bool:
        """Whether a part of it is lost: it is `damaged` or `truncated`."""
        return self.verdict in ("damaged", "truncated")


def check_depth(depth: Depth) -> Depth:
    """The depth. Raises `ValueError` if there is none of this name."""
    if depth not in get_args(Depth):
        raise ValueError(f"depth is one of {', '.join(get_args(Depth))}, not {depth!r}")
    return depth


def report_of(found: dict[str, Any]) -> Report:
    """The report, from what the component gives."""
    values = {name: found[name] for name in Report._fields}
    values["findings"] = [Finding(*map(one.get, Finding._fields)) for one in found["findings"]]
    if (audio := found["audio"]) is not None:
        values["audio"] = Decoded(*map(audio.get, Decoded._fields))
    if (loudness := found["loudness"]) is not None:
        values["loudness"] = Loudness(*map(loudness.get, Loudness._fields))
    return Report(**values)

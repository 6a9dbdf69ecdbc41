"""How long it takes to look into the audio itself: damage, hashes, fingerprints, loudness."""

from measure.command import Command, judge, mt_scan
from measure.expectation import Expectation, Faster
from measure.group import Data, Group, Kind, Row
from measure.metric import Metric

METRICS = (Metric.SECONDS, Metric.REAL_TIME, Metric.MEGABYTES_A_SECOND, Metric.MEGABYTES)
NOTE = (
    "Other programs take one file after the other, in a process each. Times of mt-scan are those of one process, its "
    "start and the loading of the analyser included."
)
DECODING = judge("ffmpeg", "-nostdin", "-threads", "1", "-i", "{}", "-map", "0:a", "-f", "null", "-")
JUDGES: dict[str, dict[str, Command]] = {
    "flac": {"flac -t": judge("flac", "--test", "--silent"), "ffmpeg, decoding": DECODING},
    "mp3": {"ffmpeg, decoding": DECODING, "mp3val": judge("mp3val", "-si")},
    "vorbis": {"ffmpeg, decoding": DECODING, "ogginfo": judge("ogginfo", "-q")},
    "opus": {"ffmpeg, decoding": DECODING, "opusinfo": judge("opusinfo", "-q")},
    "aac": {"ffmpeg, decoding": DECODING},
}
"""The first of each is what we are compared with."""
ENOUGH: dict[str, tuple[Expectation, ...]] = {
    "flac": (Faster("validate, audio, 2 workers", than="flac -t", times=1),),
    "mp3": (Faster("validate, audio, 1 worker", than="ffmpeg, decoding", times=0.9),),
    "vorbis": (Faster("validate, audio, 1 worker", than="ffmpeg, decoding", times=0.9),),
    "opus": (),
    "aac": (),
}
WORKERS = {1: "1 worker", 2: "2 workers"}


def long(codec: str) -> Data:
    return Data(f"long-{codec}")


def ours(work: str, *options: str, called: str = "") -> tuple[Row, ...]:
    """Our rows, on one worker and on two."""
    return tuple(
        Row(f"{called or work}, {name}", Kind.OURS, mt_scan(work, *options, "--json", "--workers", str(number)))
        for number, name in WORKERS.items()
    )


def theirs(judges: dict[str, Command]) -> tuple[Row, ...]:
    return tuple(Row(name, Kind.NATIVE, command) for name, command in judges.items())


def validating(codec: str) -> Group:
    depths = (
        ours("validate", "--depth", depth, called=f"validate, {depth}") for depth in ("header", "stream", "audio")
    )
    return Group(
        name=f"validate-{codec}",
        title=f"Looking for damage: six recordings of three minutes, {codec}",
        data=long(codec),
        metrics=METRICS,
        baseline=next(iter(JUDGES[codec])),
        rounds=3,
        note=NOTE,
        rows=(*theirs(JUDGES[codec]), *(row for rows in depths for row in rows)),
        expectations=ENOUGH[codec],
    )


def work(name: str, title: str, peers: dict[str, Command], codec: str = "flac") -> Group:
    return Group(
        name=name,
        title=f"{title}: six recordings of three minutes, {codec}",
        data=long(codec),
        metrics=METRICS,
        baseline=next(iter(peers)),
        rounds=3,
        note=NOTE,
        rows=(*theirs(peers), *ours(name)),
    )


ANALYSIS = (
    *map(validating, JUDGES),
    work("hash", "Hashes of audio and of files", {"b3sum": judge("b3sum", "--num-threads", "1")}),
    work("fingerprint", "Acoustic fingerprints of two minutes", {"fpcalc": judge("fpcalc", "-length", "120")}, "mp3"),
    work(
        "loudness",
        "Loudness by EBU R 128",
        {"ffmpeg, ebur128": judge("ffmpeg", "-nostdin", "-i", "{}", "-af", "ebur128=peak=true", "-f", "null", "-")},
    ),
)

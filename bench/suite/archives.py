"""How long it takes to read tags inside archives."""

from measure.command import mt_scan, peer, python_door, wasmtime
from measure.expectation import Faster
from measure.group import Data, Group, Kind, Row
from measure.metric import Metric

PEERS = {
    "stored": ("zipfile and mutagen", "mutagen"),
    "zip": ("zipfile and mutagen", "mutagen"),
    "tar.gz": ("tarfile and mutagen", "mutagen"),
    "7z": ("py7zr and mutagen", "py7zr"),
    "7z-apart": ("py7zr and mutagen", "py7zr"),
    "rar": ("rarfile and mutagen", "rarfile"),
}
WHAT = {
    "stored": "ZIP, stored",
    "zip": "ZIP, deflated",
    "tar.gz": "TAR.GZ",
    "7z": "7Z, solid, LZMA2",
    "7z-apart": "7Z, not solid, LZMA2",
    "rar": "RAR 5, stored",
}


def group(kind: str) -> Group:
    name, needs = PEERS[kind]
    return Group(
        name=f"archives-{kind}",
        title=f"Reading tags of five albums of twelve files in archives: {WHAT[kind]}",
        data=Data(f"archived-{kind}"),
        metrics=(Metric.MILLISECONDS, Metric.MEGABYTES),
        baseline=name,
        rounds=3,
        note="The peers take each member into memory and hand it to mutagen. Times of mt-scan and of the wasmtime CLI "
        "are those of whole processes.",
        rows=(
            Row(name, Kind.PYTHON, peer("archived", needs=needs)),
            Row("Python, portable", Kind.OURS, python_door("tags", "portable", "--archives")),
            Row("Python, native", Kind.OURS, python_door("tags", "native", "--archives")),
            Row("mt-scan", Kind.OURS, mt_scan("scan", "--quiet", "--archives")),
            Row("wasmtime CLI", Kind.OURS, wasmtime("scan", "--archives")),
        ),
        expectations=(Faster("mt-scan", than=name, times=1),),
    )


ARCHIVES = tuple(group(kind) for kind in PEERS)

"""`Scanner.examine`: hashes, loudness and fingerprints, and what is not asked for."""

from __future__ import annotations

import math
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from mt_scanner import Loudness, Report, ScanError, Scanner, album_loudness
from support.trees import FIXTURES, Tree

pytestmark = pytest.mark.usefixtures("backend")

FORMATS = FIXTURES / "formats"
NAMES = ("payload_hash", "file_hash", "loudness", "fingerprint", "depth", "verdict", "proof")


def tone(path: Path, seconds: float, amplitude: float = 0.1) -> Path:
    """1 kHz on both channels."""
    rate, frames = 48_000, int(48_000 * seconds)
    values = (int(32767 * amplitude * math.sin(2 * math.pi * 1000 * frame / rate)) for frame in range(frames))
    data = b"".join(struct.pack("<hh", value, value) for value in values)
    head = b"RIFF" + (len(data) + 36).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    head += struct.pack("<HHIIHH", 1, 2, rate, rate * 4, 4, 16) + b"data" + len(data).to_bytes(4, "little")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(head + data)
    return path


def examined(path: Path, **asked: bool) -> Report:
    (report,) = Scanner(path).examine(**asked)  # type: ignore[arg-type]
    return report


def test_what_is_asked_for_is_there_and_nothing_else(tmp_path: Path) -> None:
    path = tone(tmp_path / "a.wav", 8)
    for asked, there in {
        "hashes": {"payload_hash", "file_hash"},
        "loudness": {"loudness"},
        "fingerprint": {"fingerprint"},
    }.items():
        report = examined(path, **{asked: True})
        assert {name for name in NAMES if getattr(report, name) is not None} == there
        assert not report.is_fine and not report.is_broken
    everything = next(Scanner(path).examine("audio", hashes=True, loudness=True, fingerprint=True))
    assert all(getattr(everything, name) is not None for name in NAMES)
    assert (everything.path, everything.size, everything.is_fine) == ("a.wav", path.stat().st_size, True)


def test_copies_with_other_tags_have_one_hash_of_their_audio(tree: Tree) -> None:
    tree.copy(FORMATS / "mp3-cbr.mp3", "a.mp3").copy(FORMATS / "mp3-cbr.mp3", "b.mp3")
    with (tree.root / "b.mp3").open("ab") as file:
        file.write(b"TAG" + b"Other title".ljust(125, b"\0"))
    a, b = sorted(Scanner(tree).examine(hashes=True), key=lambda report: report.path)
    assert a.payload_hash == b.payload_hash is not None and a.file_hash != b.file_hash
    assert len(a.payload_hash) == 64 and int(a.payload_hash, 16)


@pytest.mark.skipif(shutil.which("b3sum") is None, reason="b3sum judges")
def test_the_hash_of_the_file_is_that_of_b3sum() -> None:
    path = FORMATS / "mp3-cbr.mp3"
    judged = subprocess.run(["b3sum", "--no-names", path], capture_output=True, text=True, check=True)
    assert examined(path, hashes=True).file_hash == judged.stdout.strip()


def test_a_tone_is_as_loud_as_it_was_made(tmp_path: Path) -> None:
    """1 kHz of -23 dBFS on both channels has -23 LUFS (EBU Tech 3341, case 1)."""
    loudness = examined(tone(tmp_path / "a.wav", 20, 10 ** (-23 / 20)), loudness=True).loudness
    assert isinstance(loudness, Loudness)
    assert loudness.integrated == pytest.approx(-23, abs=0.1) and loudness.range == pytest.approx(0, abs=0.1)
    assert loudness.true_peak == pytest.approx(-23, abs=0.1)
    assert loudness.replaygain_track_gain == pytest.approx(5, abs=0.1)
    assert loudness.replaygain_track_peak == pytest.approx(10 ** (-23 / 20), rel=0.01)


def test_an_album_is_as_loud_as_its_tracks_together(tmp_path: Path) -> None:
    for name, level in {"a": -20, "b": -26}.items():
        tone(tmp_path / f"{name}.wav", 6, 10 ** (level / 20))
    tracks = [report.loudness for report in Scanner(tmp_path).examine(loudness=True) if report.loudness is not None]
    assert len(tracks) == 2 and "blocks" not in repr(tracks[0])
    album = album_loudness(tracks)
    # The mean of the energies.
    expected = 10 * math.log10((10**-2 + 10**-2.6) / 2)
    assert album.integrated == pytest.approx(expected, abs=0.1)
    assert album.true_peak == max(track.true_peak or -99 for track in tracks)
    assert album.integrated is not None and album.replaygain_album_gain == pytest.approx(-18 - album.integrated)
    assert album_loudness(tracks[:1])[:3] == pytest.approx(tracks[0][:3], abs=0.1)
    with pytest.raises(ScanError):
        album_loudness([tracks[0]._replace(blocks="other")])


def test_what_is_not_decoded_has_no_loudness_and_is_no_problem() -> None:
    scanner = Scanner(FORMATS / "wma-wmav2.wma")
    (report,) = scanner.examine(loudness=True, fingerprint=True)
    assert report.loudness is None and report.fingerprint is None and scanner.problems == []


def test_nothing_asked_for_is_an_error(tree: Tree) -> None:
    with pytest.raises(ValueError, match="ask for"):
        Scanner(tree).examine()
    with pytest.raises(ValueError, match="depth is one of"):
        Scanner(tree).examine("")  # type: ignore[arg-type]

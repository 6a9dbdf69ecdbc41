"""The second component, as the wasmtime CLI runs it: what it asks for, verdicts beside other
people's checkers, hashes that survive taggers and other containers, loudness beside ffmpeg.
"""

from __future__ import annotations

import array
import itertools
import json
import math
import os
import random
import shutil
import subprocess
import sys
import wave
from functools import cache
from pathlib import Path
from typing import Any

import mutagen
import pytest
import wasmtime as wasmtime_py
from support.doors import REPOSITORY, DoorClosed, wasmtime
from support.guest import engine
from support.trees import FIXTURES
from test_artifact import ALLOWED, interfaces
from wasmtime import component as wasm

BUILT = REPOSITORY / "target" / "wasm32-wasip2" / "component" / "mt_scanner_analyser.wasm"
LARGEST = 3_300_000
"""Bytes of the component."""
FORMATS = FIXTURES / "formats"
SECONDS = 120

Report = dict[str, Any]


@cache
def analyser() -> Path:
    """The component under test."""
    path = Path(os.environ.get("MT_SCANNER_ANALYSER") or BUILT)
    if not path.is_file():
        raise DoorClosed(f"there is no component at {path}; build it with: python guest/build.py --component analyser")
    return path


def run(folder: Path, *arguments: str, seconds: int = SECONDS) -> subprocess.CompletedProcess[str]:
    """Runs the component with `folder` as /music."""
    command = [str(wasmtime()), "run", "--dir", f"{folder}::/music", str(analyser()), *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=seconds)


def reports(folder: Path, *arguments: str) -> dict[str, Report]:
    """The reports by path, of a run over all of a folder."""
    lines = run(folder, *arguments, "/music").stdout.splitlines()
    return {report["path"]: report for report in map(json.loads, lines)}


def ffmpeg(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Runs ffmpeg without a word but errors."""
    command = ["ffmpeg", "-v", "error", "-y", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True)


def synthesised(path: Path, *arguments: object, seconds: int = 5) -> Path:
    """Noise that swells, in stereo, coded as the name and the arguments say."""
    noise = f"anoisesrc=d={seconds}:c=pink:r=44100:a=0.5:seed=7"
    swell = f"volume='0.1+0.9*t/{seconds}':eval=frame,aformat=channel_layouts=stereo"
    ffmpeg("-f", "lavfi", "-i", f"{noise},{swell}", *arguments, path)
    return path


def test_it_imports_what_the_scanner_may_and_exports_its_world() -> None:
    component = wasm.Component.from_file(engine(), str(analyser()))
    imported = interfaces(component.type.imports(engine()))
    allowed = {f"{package}/{interface}" for package, names in ALLOWED.items() for interface in names}
    assert imported.keys() <= allowed
    writes = {"write", "create", "unlink", "rename", "remove", "set-", "symlink"}
    functions = imported["wasi:filesystem/types"]
    assert not [name for name in functions if any(name.startswith(f"[method]descriptor.{verb}") for verb in writes)]
    exported = interfaces(component.type.exports(engine()))
    assert exported.keys() == {"mt:scanner/types", "mt:scanner/analysis", "wasi:cli/run"}
    assert exported["mt:scanner/analysis"] >= {"[static]analysis.open", "[method]analysis.advance"}


def test_it_is_no_larger_than_it_has_to_be() -> None:
    assert analyser().stat().st_size < LARGEST


def test_no_fixture_is_called_damaged_at_any_depth() -> None:
    for depth in ("header", "stream", "audio"):
        found = reports(FORMATS, "validate", "--depth", depth)
        assert len(found) > 30
        for path, report in found.items():
            assert report["verdict"] in ("intact", "unchecked"), (path, report)


def test_a_damaged_file_is_exit_code_1_and_its_neighbours_are_looked_at(tmp_path: Path) -> None:
    for name in ("flac-16-44.flac", "ogg-vorbis.ogg", "mp3-cbr.mp3"):
        shutil.copy(FORMATS / name, tmp_path / name)
    whole = run(tmp_path, "validate", "/music")
    assert (whole.returncode, len(whole.stdout.splitlines())) == (0, 3)
    damaged = bytearray((tmp_path / "flac-16-44.flac").read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (tmp_path / "flac-16-44.flac").write_bytes(damaged)
    done = run(tmp_path, "validate", "/music")
    found = {report["path"]: report for report in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == 1
    assert [found[name]["verdict"] for name in sorted(found)] == ["damaged", "intact", "intact"]
    (finding,) = found["flac-16-44.flac"]["findings"]
    assert finding["kind"] == "checksum"
    assert 0 < finding["position"] <= len(damaged) // 2
    assert 0 <= finding["position_ms"] < 1000


def test_wrong_usage_and_a_path_that_is_not_there_are_said(tmp_path: Path) -> None:
    for arguments, says in (
        (["validate"], "a path is missing"),
        (["check", "/music"], "there is no command"),
        (["validate", "/music/nowhere"], "/music/nowhere"),
        (["validate", "/elsewhere"], "/elsewhere"),
    ):
        done = run(tmp_path, *arguments)
        assert done.returncode == 1
        assert says in done.stderr, arguments
    assert "validate" in run(tmp_path, "--help").stdout


def test_a_file_outside_the_root_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "music").mkdir()
    shutil.copy(FORMATS / "mp3-cbr.mp3", tmp_path / "out.mp3")
    (tmp_path / "music" / "link.mp3").symlink_to(tmp_path / "out.mp3")
    assert run(tmp_path / "music", "hash", "/music").stdout == ""
    assert run(tmp_path / "music", "hash", "/music/../out.mp3").returncode == 1


# Programs that check a container, and how they say that it is damaged.
CHECKERS = {
    ".flac": ("flac", ["flac", "--totally-silent", "-t"], lambda done: done.returncode != 0),
    ".ogg": ("ogginfo", ["ogginfo", "-q"], lambda done: done.returncode != 0),
    ".opus": ("opusinfo", ["opusinfo", "-q"], lambda done: done.returncode != 0),
    ".mp3": ("ffmpeg", ["ffmpeg", "-v", "error", "-f", "null", "-", "-i"], lambda done: bool(done.stderr)),
}


@pytest.mark.parametrize("depth", ["stream", "audio"])
@pytest.mark.parametrize("name", ["flac-16-44.flac", "ogg-vorbis.ogg", "opus-r128.opus", "mp3-cbr.mp3"])
def test_what_other_checkers_find_is_found(name: str, depth: str, tmp_path: Path) -> None:
    """Twelve cuts and twelve changed bytes: whatever a checker of the format complains about."""
    program, command, complains = CHECKERS[Path(name).suffix]
    assert shutil.which(program), f"{program} is missing: apt install flac vorbis-tools opus-tools ffmpeg"
    whole = (FORMATS / name).read_bytes()
    audio = max(whole.find(b"\xff\xf8"), 600)
    for index in range(12):
        at = audio + (len(whole) - audio) * (2 * index + 1) // 25
        changed = bytearray(whole)
        changed[at] ^= 1 << index % 8
        (tmp_path / f"cut-{index}{Path(name).suffix}").write_bytes(whole[:at])
        (tmp_path / f"changed-{index}{Path(name).suffix}").write_bytes(changed)
    found = reports(tmp_path, "validate", "--depth", depth)
    assert len(found) == 24
    for path, report in found.items():
        arguments = [*command, str(tmp_path / path)]
        if program == "ffmpeg":
            arguments = ["ffmpeg", "-v", "error", "-i", str(tmp_path / path), "-f", "null", "-"]
        done = subprocess.run(arguments, capture_output=True, text=True, errors="replace", timeout=SECONDS)
        if complains(done):
            assert report["verdict"] not in ("intact", "unchecked"), (path, report, done.stderr)


CODED = {
    "layer3.mp3": (["-c:a", "libmp3lame", "-b:a", "192k", "-write_xing", "0"], 8),
    "lossless.m4a": (["-c:a", "alac"], 4),
    "stereo.m4a": (["-c:a", "aac", "-b:a", "160k"], 12),
    "stream.aac": (["-c:a", "aac", "-b:a", "128k"], 12),
    "surround.m4a": (["-ac", "6", "-c:a", "aac", "-b:a", "384k"], 12),
}
"""Audio without checksums, and how many of forty changed bytes are found at least."""


@pytest.mark.parametrize("name", CODED)
def test_changed_codes_are_found_as_often_as_by_ffmpeg(name: str, tmp_path: Path) -> None:
    arguments, least = CODED[name]
    whole = synthesised(tmp_path / name, *arguments, seconds=15).read_bytes()
    for index in range(40):
        changed = bytearray(whole)
        changed[len(whole) // 10 + len(whole) * index // 50] ^= 37 + 5 * index
        (tmp_path / f"changed-{index}-{name}").write_bytes(changed)
    found = reports(tmp_path, "validate", "--depth", "audio")
    assert found.pop(name)["verdict"] == "unchecked"
    seen = {path for path, report in found.items() if report["verdict"] not in ("intact", "unchecked")}
    assert len(found) == 40 and len(seen) >= least, sorted(seen)
    for path in found.keys() - seen:
        command = ["ffmpeg", "-v", "error", "-i", str(tmp_path / path), "-f", "null", "-"]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=SECONDS)
        # Bytes that fill a packet up are nothing that is heard, and may look like SBR.
        assert not [line for line in done.stderr.splitlines() if "SBR" not in line], (path, done.stderr)


RETAGGED = ["mp3-cbr.mp3", "flac-16-44.flac", "ogg-vorbis.ogg", "ogg-opus.ogg", "m4a-moov-first.m4a", "wma-wmav2.wma"]


@pytest.mark.parametrize("name", RETAGGED)
def test_the_payload_is_the_same_whatever_the_tags(name: str, tmp_path: Path) -> None:
    shutil.copy(FORMATS / name, tmp_path / f"a-{name}")
    shutil.copy(FORMATS / name, tmp_path / f"b-{name}")
    file = mutagen.File(tmp_path / f"b-{name}", easy=name.endswith(("mp3", "m4a")))
    # More than a page of Ogg, so that pages behind it get other numbers.
    file["title"] = ["x" * 100_000]
    file.save()
    one, other = (reports(tmp_path, "hash")[f"{prefix}-{name}"] for prefix in "ab")
    assert one["payload_hash"] == other["payload_hash"] is not None
    assert one["file_hash"] != other["file_hash"]


def test_the_payload_is_the_same_in_another_container(tmp_path: Path) -> None:
    for first, others, codec in (
        ("a.m4a", ["b.m4a", "c.aac", "d.mp4"], ["-c:a", "aac"]),
        ("a.flac", ["b.flac", "c.ogg"], ["-c:a", "flac"]),
        ("a.mp3", ["b.mp3"], ["-c:a", "libmp3lame"]),
        ("v.ogg", ["w.ogg"], ["-c:a", "libvorbis"]),
        ("o.opus", ["p.ogg"], ["-c:a", "libopus"]),
    ):
        folder = tmp_path / first
        folder.mkdir()
        synthesised(folder / first, *codec)
        for other in others:
            fragments = ["-movflags", "frag_keyframe+empty_moov"] if other.endswith("mp4") else []
            ffmpeg("-i", folder / first, "-c", "copy", *fragments, "-metadata", "title=other", folder / other)
        found = reports(folder, "hash")
        assert len(found) == 1 + len(others)
        assert len({report["payload_hash"] for report in found.values()}) == 1, found
        assert len({report["file_hash"] for report in found.values()}) == len(found)


def test_other_audio_has_another_payload() -> None:
    found = reports(FORMATS, "hash")
    assert found["flac-16-44.flac"]["payload_hash"] != found["flac-24-96.flac"]["payload_hash"]
    # The same frames behind other tags.
    same = ("mp3-id3v1.mp3", "mp3-id3v23-utf16.mp3", "mp3-id3v24-multi.mp3", "mp3-untagged.mp3")
    assert len({found[name]["payload_hash"] for name in same}) == 1


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.wav", []),
        ("a.flac", []),
        ("a.mp3", []),
        ("a.ogg", ["-c:a", "libvorbis"]),
        ("a.m4a", ["-c:a", "aac"]),
        ("a.opus", ["-c:a", "libopus"]),
        ("b.opus", ["-c:a", "libopus", "-application", "voip", "-b:a", "24k"]),
        ("c.opus", ["-c:a", "libopus", "-filter:a", "pan=5.1|FL=c0|FR=c1|FC=c0|LFE=c0|BL=0.5*c1|BR=0.2*c0"]),
    ],
)
def test_loudness_is_that_of_ffmpeg(name: str, codec: list[str], tmp_path: Path) -> None:
    file = synthesised(tmp_path / name, *codec, seconds=12)
    loudness = reports(tmp_path, "loudness")[name]["loudness"]
    # The peaks of Opus are compared with those of its reference decoder: ffmpeg's own fills in
    # other noise.
    decoder = ["-c:a", "libopus"] if name.endswith(".opus") else []
    command = ["ffmpeg", "-hide_banner", "-nostats", *decoder, "-i", str(file), "-af", "ebur128=peak=true"]
    command += ["-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True).stderr
    summary = said[said.rindex("Summary:") :].split()
    integrated, span, peak = (float(summary[summary.index(word) + 1]) for word in ("I:", "LRA:", "Peak:"))
    assert loudness["integrated"] == pytest.approx(integrated, abs=0.1)
    assert loudness["range"] == pytest.approx(span, abs=0.2)
    assert loudness["true_peak"] == pytest.approx(peak, abs=0.3)
    assert loudness["replaygain_track_gain"] == pytest.approx(-18 - loudness["integrated"])


def test_silence_and_clipping_are_told(tmp_path: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", "anullsrc=d=2:r=44100:cl=stereo", tmp_path / "silent.flac")
    ffmpeg("-f", "lavfi", "-i", "sine=d=2,volume=30dB", "-c:a", "pcm_s16le", tmp_path / "clipped.wav")
    found = reports(tmp_path, "validate", "--depth", "audio")
    silent, clipped = found["silent.flac"], found["clipped.wav"]
    assert (silent["verdict"], silent["audio"]["is_silent"]) == ("suspicious", True)
    assert [finding["kind"] for finding in silent["findings"]] == ["silent"]
    assert clipped["verdict"] == "unchecked"
    assert clipped["audio"]["clipped"] > 1000
    assert [finding["kind"] for finding in clipped["findings"]] == ["clipped"]


def test_an_md5_of_other_samples_is_damage_that_only_decoding_shows(tmp_path: Path) -> None:
    bytes_of_file = bytearray((FORMATS / "flac-16-44.flac").read_bytes())
    md5 = bytes_of_file.index(b"fLaC") + 8 + 18
    bytes_of_file[md5] ^= 1
    (tmp_path / "a.flac").write_bytes(bytes_of_file)
    assert reports(tmp_path, "validate")["a.flac"]["verdict"] == "intact"
    assert reports(tmp_path, "validate", "--depth", "audio")["a.flac"]["verdict"] == "damaged"


class Instance:
    """One instance that sees `folder` as /music, as a host has it."""

    def __init__(self, folder: Path) -> None:
        wasi = wasmtime_py.WasiConfig()
        wasi.preopen_dir(str(folder), "/music", False)
        self.code = wasm.Component.from_file(engine(), str(analyser()))
        self.store = wasmtime_py.Store(engine())
        self.store.set_wasi(wasi)
        linker = wasm.Linker(engine())
        linker.add_wasip2()
        self.instance = linker.instantiate(self.store, self.code)
        self.interface = self.code.get_export_index("mt:scanner/analysis@0.1.0")

    def call(self, name: str, *arguments: object) -> Any:
        index = self.code.get_export_index(name, self.interface)
        assert index
        function = self.instance.get_func(self.store, index)
        assert function
        return function(self.store, *arguments)


def test_a_file_is_worked_on_in_pieces_and_reported_once(tmp_path: Path) -> None:
    """As a host does: `open`, then `advance` until there is a report."""
    synthesised(tmp_path / "a.flac", seconds=60)
    instance = Instance(tmp_path)
    request = wasm.Record()
    request.depth, request.hashes, request.loudness, request.fingerprint = "audio", True, True, False
    assert instance.call("[static]analysis.open", "/music", "b.flac", request).tag == "file-not-found"
    assert instance.call("[static]analysis.open", "/music", "../a.flac", request).tag == "escapes-root"
    analysis = instance.call("[static]analysis.open", "/music", "a.flac", request)
    size = (tmp_path / "a.flac").stat().st_size
    done = [0]
    while not isinstance(state := instance.call("[method]analysis.advance", analysis, 1), str):
        assert state.total == 3 * size
        done.append(state.done)
    assert len(done) > 10
    assert max(done) <= 3 * size
    report = json.loads(state)
    assert (report["verdict"], report["proof"], report["path"]) == ("intact", "md5", "a.flac")
    assert instance.call("[method]analysis.advance", analysis, 1) == state


OPENS = """
import os, sys
from pathlib import Path
from test_analyser import Instance
from wasmtime import component as wasm

instance = Instance(Path(sys.argv[1]))
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
request = wasm.Record()
request.depth, request.hashes, request.loudness, request.fingerprint = "header", False, False, False
for path in ("closed.mp3", "closed/a.mp3", "nowhere.mp3", "open.mp3/a.mp3", "folder.mp3"):
    error = instance.call("[static]analysis.open", "/music", path, request)
    print(error.tag, error.payload)
"""


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="modes are of POSIX")
def test_a_file_that_may_not_be_opened_is_told_from_one_that_is_not_there(tmp_path: Path) -> None:
    folder = tmp_path / "music"
    for path in ("closed", "folder.mp3"):
        (folder / path).mkdir(parents=True)
    for path in ("open.mp3", "closed.mp3", "closed/a.mp3"):
        shutil.copy(FORMATS / "mp3-cbr.mp3", folder / path)
    folder.chmod(0o755)
    for path in ("closed.mp3", "closed"):
        (folder / path).chmod(0)
    command = [sys.executable, "-c", OPENS, str(folder)]
    place = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, env=place)
    (folder / "closed").chmod(0o755)
    assert done.stdout.splitlines() == [
        "root-unreadable closed.mp3",
        "root-unreadable closed/a.mp3",
        "file-not-found nowhere.mp3",
        "file-not-found open.mp3/a.mp3",
        "file-not-found folder.mp3",
    ], done.stderr


def melody(path: Path, seed: int, seconds: int = 25) -> Path:
    """Chords of three tones that change four times a second, another tune for each seed."""
    chance = random.Random(seed)
    rate, samples = 22_050, array.array("h")
    for _ in range(4 * seconds):
        tones = [220.0 * 2 ** (chance.randrange(36) / 12) for _ in range(3)]
        turns = [math.tau * tone / rate for tone in tones]
        samples.extend(int(sum(7000 * math.sin(turn * at) for turn in turns)) for at in range(rate // 4))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    return path


def test_encodings_of_a_recording_are_alike_and_other_recordings_are_not(tmp_path: Path) -> None:
    for seed in range(4):
        wav = melody(tmp_path / f"{seed}.wav", seed)
        for name, codec in (("mp3", "libmp3lame"), ("ogg", "libvorbis"), ("m4a", "aac"), ("flac", "flac")):
            ffmpeg("-i", wav, "-ar", 44_100, "-c:a", codec, tmp_path / f"{seed}.{name}")
    found = {path: report["fingerprint"] for path, report in reports(tmp_path, "fingerprint").items()}
    assert len(found) == 20
    instance = Instance(tmp_path)
    for (one, first), (other, second) in itertools.combinations(found.items(), 2):
        segments = json.loads(instance.call("likeness", first, second))
        alike = sum(segment["length_ms"] for segment in segments if segment["score"] < 6)
        if one[0] == other[0]:
            assert alike > 15_000, (one, other, segments)
        else:
            assert alike < 5_000, (one, other, segments)


def test_a_text_that_is_no_fingerprint_is_refused(tmp_path: Path) -> None:
    assert Instance(tmp_path).call("likeness", "?", "?").tag == "invalid-request"


def test_a_codec_that_is_not_decoded_is_said() -> None:
    for name in ("ogg-speex.ogg", "wma-wmav2.wma"):
        done = run(FORMATS, "validate", "--depth", "audio", f"/music/{name}")
        report = json.loads(done.stdout)
        assert "no-decoder" in {finding["kind"] for finding in report["findings"]}
        assert (done.returncode, report["audio"]) == (0, None)

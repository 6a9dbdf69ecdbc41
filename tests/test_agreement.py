"""Agreement: on the test data of other projects, tracks say what mutagen, tinytag and ffprobe say
where those of them that know a value are of one mind.

The files are of many encoders and taggers, and among them are the damaged ones of years of bug
reports. Whoever runs this needs the package index once; the data are kept after that.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from support import projects as other
from support.agreement import Judgement, judge_all
from support.doors import DOORS, Row

AT_LEAST = 0.995
"""Of all values that are judged."""
VALUES = 1000
"""So many are judged at least: with fewer, a reader is missing."""

# Where all readers are wrong, or count in a way of their own: (file, field): why.
KNOWN = {
    ("audacious-trailing-id32-id31.mp3", "duration_ms"): (
        "LAME's header has 576 samples of delay and 3,024 of padding, which are not played"
    ),
    ("coverart.ogg", "has_artwork"): (
        "the comment COVERART has a picture in base64, the form before METADATA_BLOCK_PICTURE, which players show"
    ),
}


@cache
def scanned(project: str) -> tuple[dict[Path, Row], set[Path]]:
    """The tracks of a project's files, and those that have a problem."""
    folder = other.test_data(project)
    scan = DOORS[0].scan(folder)
    # Cue sheets divide some files; what is compared is what the files say.
    tracks = {folder / track["path"]: track for track in scan.tracks if track["audio_file"] is None}
    return tracks, {folder / problem["path"] for problem in scan.problems}


@cache
def judgements() -> list[Judgement]:
    return [judgement for project in other.PROJECTS for judgement in judge_all(scanned(project)[0])]


@pytest.mark.parametrize("project", other.PROJECTS)
def test_every_file_is_a_track(project: str) -> None:
    files = {path for path in other.test_data(project).rglob("*") if path.is_file()}
    assert set(scanned(project)[0]) == files and len(files) > 30


def test_values_agree_where_the_readers_are_of_one_mind() -> None:
    judged = judgements()
    wrong = [judgement for judgement in judged if not judgement.agrees]
    part = 1 - len(wrong) / len(judged)
    several = [judgement for judgement in judged if len(judgement.voices) > 1]
    print(f"{len(judged)} values, {len(several)} of them of several readers: {part:.2%} agree")
    print(*wrong, sep="\n")
    assert len(judged) >= VALUES, "few values are judged: are mutagen, tinytag and ffprobe all there?"
    assert part >= AT_LEAST, "\n".join(map(str, wrong))


def test_every_disagreement_is_known_for_its_reason() -> None:
    wrong = {(judgement.path.name, judgement.field) for judgement in judgements() if not judgement.agrees}
    assert wrong == set(KNOWN), "an exception that nobody needs any more is to be deleted"


def test_every_loss_is_a_named_problem() -> None:
    """A value that others know and the track has not is no silent one."""
    lost = {judgement.path for judgement in judgements() if judgement.own is None}
    named = {path for project in other.PROJECTS for path in scanned(project)[1]}
    assert lost <= named

"""Damage: whatever bytes a file holds, it is a track, and costs nobody else anything."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from support.doors import DOORS, Door, Scan
from support.golden import FIXTURES
from support.guest import rows
from support.trees import Tree

FILES = 400
ORDINARY = {"malformed", "unsupported", "wrong-extension"}
"""Outcomes of files that were read. Others would be a lost instance, or a lie."""


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fixtures with bytes changed, cut out, doubled and cut off: mostly at the beginning, where the
    structure is.
    """
    chance = random.Random(12)
    tree = Tree(tmp_path_factory.mktemp("damaged"))
    sources = sorted((FIXTURES / "formats").iterdir())
    for number in range(FILES):
        source = sources[number % len(sources)]
        tree.files(f"{number:03} {source.name}", content=damage(source.read_bytes(), chance))
    return tree.root


def damage(content: bytes, chance: random.Random) -> bytes:
    def place() -> int:
        return chance.randrange(min(len(content), chance.choice([64, 512, 4096, len(content)])))

    for _ in range(chance.choice([1, 1, 2, 4, 16])):
        at = place()
        match chance.choice(["byte", "byte", "size", "size", "cut out", "double", "cut off"]):
            case "byte":
                content = content[:at] + bytes([chance.choice([0, 1, 0x7F, 0x80, 0xFF])]) + content[at + 1 :]
            case "size":
                size = chance.choice([0xFFFF_FFFF, 0x7FFF_FFFF, 0x8000_0000, 0, 1])
                content = content[:at] + size.to_bytes(4, chance.choice(["big", "little"])) + content[at + 4 :]
            case "cut out":
                content = content[:at] + content[at + chance.randrange(1, 50) :]
            case "double":
                content = content[: at + chance.randrange(1, 100)] + content[at:]
            case _:
                content = content[: max(at, len(content) // 2)]
    return content


@pytest.fixture(scope="module")
def plain(damaged: Path) -> Scan:
    """What the component itself says, with no host of this project around it."""
    return DOORS[0].scan(damaged)


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_every_damaged_file_is_a_track_and_no_worse_than_malformed(door: Door, damaged: Path, plain: Scan) -> None:
    scan = door.scan(damaged)
    assert scan.code == 0 and scan.message == ""
    sizes = {track["path"]: track["size"] for track in scan.tracks}
    assert sizes == {path.name: path.stat().st_size for path in damaged.iterdir()}
    assert {problem["outcome"] for problem in scan.problems} <= ORDINARY
    assert comparable(scan) == comparable(plain)


def comparable(scan: Scan) -> list[list[str]]:
    return [rows(track | {"ctime_ns": 0} for track in scan.tracks), rows(scan.problems)]

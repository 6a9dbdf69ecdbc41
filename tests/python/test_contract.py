"""The contract in Python: generated from the component when the package is built, and from nothing
else.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from mt_scanner import Problem, Track
from mt_scanner._engine.carried import COMPONENT
from mt_scanner._types import contract
from support.trees import REPOSITORY


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    """`python/contract.py`, which is part of the build and not of the package."""
    spec = importlib.util.spec_from_file_location("generator", REPOSITORY / "python" / "contract.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def described(generator: ModuleType) -> dict[str, Any]:
    """The contract as the component has it."""
    with Path(COMPONENT).open("rb") as file:
        description: dict[str, Any] = json.loads(generator.section(file, b"mt:contract"))
        return description


def test_the_package_has_the_contract_of_its_component(generator: ModuleType) -> None:
    assert Path(contract.__file__).read_text(encoding="utf-8") == generator.module(Path(COMPONENT))


def test_a_track_has_the_fields_of_the_record_in_its_order(described: dict[str, Any]) -> None:
    assert Track._fields == tuple(field["name"] for field in described["records"]["track"]["fields"])
    assert Problem._fields == ("root", "path", "outcome", "detail")
    blank = Track("/music", "a.mp3", 1, 2, 3)
    assert (blank.title, blank.artists, blank.compilation) == (None, [], False)


def test_a_field_that_is_added_to_the_record_is_an_attribute(generator: ModuleType, described: dict[str, Any]) -> None:
    mood = {"name": "mood", "type": "option<string>", "docs": "The mood, as the tagger wrote it."}
    described["records"]["track"]["fields"].append(mood)
    namespace: dict[str, Any] = {}
    exec(generator.source(described, [".mp3"]), namespace)
    assert namespace["Track"]("/music", "a.mp3", 1, 2, 3, mood="calm").mood == "calm"
    assert namespace["Track"]("/music", "a.mp3", 1, 2, 3).mood is None


@pytest.mark.parametrize("content", [b"", b"text", b"\0asm\x0d\0\x01\0", b"\0asm\x0d\0\x01\0\0\x05\x04name"])
def test_a_file_without_a_contract_is_refused(generator: ModuleType, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.wasm").write_bytes(content)
    with pytest.raises(generator.NoContract, match=r"x\.wasm carries no contract"):
        generator.module(tmp_path / "x.wasm")

"""Options that are misspelt or make no sense are said at once, and in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mt_scanner import Library, Scanner
from support.trees import Tree

Call = Callable[[Library, Path, dict[str, Any]], object]

OF_SCANS: dict[str, Call] = {
    "sync": lambda library, root, options: library.sync(root, **options),
    "rescan": lambda library, root, options: library.rescan(root / "a.mp3", **options),
    "start": lambda library, root, options: library.start(root, **options),
    "watch": lambda library, root, options: library.watch(root, poll=True, **options),
}
OF_ANALYSES: dict[str, Call] = {
    "analyse": lambda library, root, options: library.analyse(root, **options),
    "start_analysis": lambda library, root, options: library.start_analysis(root, **options),
    "duplicates": lambda library, root, options: library.duplicates(root, **options),
}
CALLS = OF_SCANS | OF_ANALYSES


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library.db")


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_misspelt_option_is_named_with_what_was_meant(call: Call, library: Library, tree: Tree) -> None:
    with pytest.raises(TypeError, match=r"there is no option 'wrokers': did you mean 'workers'\?"):
        call(library, tree.root, {"wrokers": 2})
    with pytest.raises(TypeError, match=r"there is no option 'colour'$"):
        call(library, tree.root, {"colour": "blue"})
    assert not Path(library.path).exists()


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"workers": "many"}, "workers is a whole number, not 'many'"),
        ({"workers": 1.5}, "workers is a whole number, not 1.5"),
        ({"file_timeout": "long"}, "file_timeout is a number of seconds, not 'long'"),
        ({"memory_limit": None}, "memory_limit is a whole number of bytes, not None"),
    ],
)
def test_an_option_that_is_no_number_is_named(
    call: Call, options: dict[str, Any], said: str, library: Library, tree: Tree
) -> None:
    with pytest.raises(TypeError, match=said):
        call(library, tree.root, options)


def test_so_it_is_with_a_scanner(tree: Tree) -> None:
    with pytest.raises(TypeError, match="wrokers"):
        Scanner(tree, wrokers=2)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="workers is a whole number, not 'many'"):
        Scanner(tree, workers="many")  # type: ignore[arg-type]

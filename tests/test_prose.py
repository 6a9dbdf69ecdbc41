"""Prose keeps to its width: comments, documentation and documents to 100 columns. Code is for rustfmt
and ruff.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.trees import REPOSITORY

WIDTH = 100
QUOTES = 3
"""Columns that the quotes behind a docstring may take beyond that."""
COMMENTS = {
    ".rs": re.compile(r"\s*//"),
    ".wit": re.compile(r"\s*//"),
    ".sql": re.compile(r"\s*--"),
    ".py": re.compile(r"\s*#"),
    ".toml": re.compile(r"\s*#"),
}
"""How a line begins that is a comment, by the ending of its file."""
NO_PROSE = ("|", "#", "<")
"""How lines of a document begin that cannot be wrapped: tables, headings, pictures."""
FENCE = "```"
LONG = 40
"""A word of this length, an address or a piece of code, may stand over."""


def tracked() -> list[Path]:
    """The files of the project that people write."""
    listed = ["git", "ls-files", "-z"]
    names = subprocess.run(listed, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    paths = [REPOSITORY / name for name in names.split("\0") if name and "fixtures/" not in name]
    return [path for path in paths if path.suffix in {*COMMENTS, ".md"} and path.is_file()]


def prose(suffix: str, text: str) -> Iterator[tuple[int, str, int]]:
    """The lines of prose: their numbers, and the width that each may have."""
    in_fence = False
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.lstrip(" /!#-") if suffix != ".md" else line.lstrip()
        if bare.startswith(FENCE):
            in_fence = not in_fence
        if suffix == ".md":
            if not (in_fence or line.lstrip().startswith(NO_PROSE)):
                yield number, line, WIDTH
        elif COMMENTS[suffix].match(line):
            if not in_fence:
                yield number, line, WIDTH
        else:
            in_fence = False
    if suffix == ".py":
        lines = text.splitlines()
        for node in ast.walk(ast.parse(text)):
            if (
                isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ):
                for number in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                    yield number, lines[number - 1], WIDTH + QUOTES


def too_wide(suffix: str, text: str) -> list[int]:
    """The numbers of the lines of prose that are too wide."""
    wide = [(number, line) for number, line, width in prose(suffix, text) if len(line) > width]
    return [number for number, line in wide if max(map(len, line.split()), default=0) <= LONG]


@pytest.mark.skipif(not (REPOSITORY / ".git").exists(), reason="not a checkout: git lists the files")
def test_no_line_of_prose_is_too_wide() -> None:
    found = [
        f"{path.relative_to(REPOSITORY)}:{number}"
        for path in tracked()
        for number in too_wide(path.suffix, path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_a_wide_line_is_found_wherever_prose_stands() -> None:
    wide = "x " * 52
    assert too_wide(".rs", f"// {wide}\n{wide}\n    /// {wide}\n/// ```\n/// {wide}\n/// ```\n") == [1, 3]
    assert too_wide(".py", f'"""{wide}\n{wide}\n"""\nx = 1  # {wide}\n# {wide}\n') == [5, 1, 2]
    assert too_wide(".md", f"{wide}\n| {wide} |\n```\n{wide}\n```\n{wide}\n") == [1, 6]

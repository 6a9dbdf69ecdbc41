"""Prose keeps to its width: comments and documents to 100 columns, code to 120."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.trees import REPOSITORY

PROSE, CODE = 100, 120
COMMENTS = {
    ".rs": re.compile(r"\s*//"),
    ".wit": re.compile(r"\s*//"),
    ".sql": re.compile(r"\s*--"),
    ".py": re.compile(r"\s*#"),
    ".toml": re.compile(r"\s*#"),
}
"""How a line begins that is a comment, by the ending of its file."""
FENCE = "```"
UNBROKEN = re.compile(r"\S*(https?://|\]\(|`)\S*")
"""Words that cannot be wrapped: addresses, links, code."""


def tracked() -> list[Path]:
    """The files of the project that people write."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    paths = [REPOSITORY / name for name in names.stdout.split("\0") if name and "fixtures/" not in name]
    return [path for path in paths if path.suffix in {*COMMENTS, ".md"} and path.is_file()]


def too_wide(suffix: str, text: str) -> Iterator[tuple[int, int]]:
    """The number of each line that is too wide, and its width."""
    in_docstring = in_fence = False
    for number, line in enumerate(text.splitlines(), 1):
        quotes = line.count('"""') if suffix == ".py" else 0
        is_docstring = in_docstring or line.lstrip().startswith('"""')
        if quotes % 2:
            in_docstring = not in_docstring and line.lstrip().startswith('"""')
        if line.lstrip().startswith(FENCE):
            in_fence = not in_fence
        if suffix == ".md":
            prose = not (in_fence or line.lstrip().startswith("|"))
            bound = PROSE if prose else None
        else:
            bound = PROSE if is_docstring or COMMENTS[suffix].match(line) else CODE
        if bound is None or len(line) <= bound:
            continue
        words = line.split()
        longest = max(map(len, words), default=0)
        if not (bound == PROSE and longest > PROSE // 2 and any(map(UNBROKEN.fullmatch, words))):
            yield number, len(line)


@pytest.mark.skipif(not (REPOSITORY / ".git").exists(), reason="not a checkout: git lists the files")
def test_no_line_is_too_wide() -> None:
    found = [
        f"{path.relative_to(REPOSITORY)}:{number}: {width} columns"
        for path in tracked()
        for number, width in too_wide(path.suffix, path.read_text(encoding="utf-8"))
        if path.suffix != ".toml" or "#" in path.read_text(encoding="utf-8").splitlines()[number - 1][:2]
    ]
    assert found == []


def test_a_wide_line_is_found_wherever_it_stands() -> None:
    wide, wider = "x " * 51, "x " * 61
    assert list(too_wide(".rs", f"// {wide}\n{wide}\n    /// {wide}\n{wider}\n")) == [(1, 105), (3, 110), (4, 122)]
    assert list(too_wide(".py", f'"""{wide}\n{wide}\n"""\n{wide}\n# {wide}\n')) == [(1, 105), (2, 102), (5, 104)]
    assert list(too_wide(".md", f"{wide}\n| {wider} |\n```\n{wider}\n```\n{wide}\n")) == [(1, 102), (6, 102)]

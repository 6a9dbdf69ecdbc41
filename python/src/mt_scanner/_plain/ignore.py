"""`.mtignore` in plain Python, for `fallback.py` alone: the syntax of gitignore(5)."""

import re
from collections.abc import Iterator
from typing import NamedTuple


class Pattern(NamedTuple):
    """One line of a `.mtignore`."""

    expression: re.Pattern[str]
    ignores: bool
    """False for a line that begins with `!`."""
    folders_only: bool


class Patterns(NamedTuple):
    """A `.mtignore`, and the folder that it is in, relative to the root."""

    folder: str
    lines: list[Pattern]


def covers(patterns: list[Patterns], path: str, is_folder: bool) -> bool:
    """Whether an entry is left out. As in git, the innermost file that has a say decides, and its
    last line.
    """
    for folder, lines in reversed(patterns):
        below = units(path[len(folder) :].lstrip("/"))
        for line in reversed(lines):
            if (is_folder or not line.folders_only) and line.expression.fullmatch(below):
                return line.ignores
    return False


def units(text: str) -> str:
    """A text with one character for each byte of its UTF-8: a `?` stands for one of those, as in
    git.
    """
    return text.encode().decode("latin-1")


def parse(text: str) -> Iterator[Pattern]:
    """The lines of a `.mtignore`. A line that is no valid pattern has no say."""
    for raw in units(text.removeprefix("\ufeff")).split("\n"):
        line = raw.rstrip(" \r")
        # A space at the end counts if it is escaped.
        line = raw[: len(line) + 1] if line.endswith("\\") else line
        ignores = not line.startswith("!")
        glob = line if ignores else line[1:]
        folders_only = glob.endswith("/")
        glob = glob[:-1] if folders_only else glob
        if line.startswith("#") or not glob:
            continue
        # A slash at the beginning or in the middle ties a pattern to its folder; others match at
        # any depth.
        glob = glob.removeprefix("/") if "/" in glob else f"**/{glob}"
        try:
            yield Pattern(re.compile(TOKEN.sub(translate, glob), re.DOTALL), ignores, folders_only)
        except (re.error, ValueError):
            continue


TOKEN = re.compile(
    r"(?P<between>(?:^|(?<=/))\*\*/) | (?P<rest>(?:^|(?<=/))\*\*$) | (?P<star>\*+) | (?P<any>\?)"
    r"| \[(?P<not>[!^]?)(?P<set>\]?(?:\\.|[^\]\\])*)\] | \\(?P<plain>.) | (?P<odd>[\[\\]) | .",
    re.DOTALL | re.VERBOSE,
)


def translate(token: re.Match[str]) -> str:
    """A piece of a glob as a regular expression."""
    if token["between"]:
        return "(?:.*/)?"
    if token["rest"]:
        return ".*"
    if token["star"]:
        return "[^/]*"
    if token["any"]:
        return "[^/]"
    if token["set"]:
        return f"(?!/)[{'^' if token['not'] else ''}{members(token['set'])}]"
    if token["odd"] or token["set"] == "":
        raise ValueError(token[0])
    return re.escape(token["plain"] or token[0])


def members(inner: str) -> str:
    """The inside of brackets: characters, and ranges with a `-` in the middle."""
    pieces = re.findall(r"\\.|.", inner, re.DOTALL)
    last = len(pieces) - 1
    return "".join("-" if piece == "-" and 0 < at < last else re.escape(piece[-1]) for at, piece in enumerate(pieces))

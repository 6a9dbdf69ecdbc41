"""The manual: pages for man(1), from the same definitions as `--help` (man(7) has their form)."""

import argparse
from collections.abc import Iterable, Iterator

from mt_scanner._types.contract import EXIT_CODES
from mt_scanner.cli._help import PROGRAM, examples
from mt_scanner.cli._parser import Parser, actions_of, commands_of


def page(parser: Parser, command: str | None) -> str:
    """The page of a command, or of the program."""
    from importlib import metadata

    commands = commands_of(parser)
    about = parser if command is None else commands[command]
    name = PROGRAM if command is None else f"{PROGRAM}-{command}"
    purpose, _, more = (about.description or "").partition("\n\n")
    lines = [
        f'.TH "{name}" "1" "" "{PROGRAM} {metadata.version(PROGRAM)}" ""',
        *section("NAME", [f"{name} \\- {escaped(flat(purpose)).rstrip('.')}"]),
        *section("SYNOPSIS", [escaped(flat(about.format_usage().removeprefix("usage: ")))]),
        *section("DESCRIPTION", [escaped(flat(purpose)), *([".PP", escaped(flat(more))] if more else [])]),
        *section("OPTIONS", paragraphs((heading(action), text(about, action)) for action in actions_of(about))),
    ]
    if command is None:
        purposes = ((name, (one.description or "").partition("\n\n")[0]) for name, one in commands.items())
        lines += section("COMMANDS", paragraphs(purposes))
        lines += section("EXIT STATUS", paragraphs(EXIT_CODES))
    if command != "help":
        lines += section("EXAMPLES", paragraphs(examples(command or "")))
    return "\n".join(lines) + "\n"


def section(heading: str, lines: Iterable[str]) -> Iterator[str]:
    yield f".SH {heading}"
    yield from lines


def paragraphs(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Paragraphs with a name each."""
    for name, about in rows:
        yield from (".TP", f"\\fB{escaped(name)}\\fR", escaped(flat(about)))


def heading(action: argparse.Action) -> str:
    """An option with its short form and its value, or a positional argument."""
    value = str(action.metavar or f"{{{','.join(map(str, action.choices or ()))}}}")
    if not action.option_strings:
        return value
    options = ", ".join(sorted(action.option_strings, key=len))
    return options if action.nargs == 0 else f"{options} {value}"


def text(parser: argparse.ArgumentParser, action: argparse.Action) -> str:
    """The help of an option, filled in."""
    return (action.help or "") % {**vars(action), "prog": parser.prog}


def flat(text: str) -> str:
    return " ".join(text.split())


def escaped(text: str) -> str:
    """Text that roff takes for nothing else (groff_char(7))."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("~", "\\(ti")
    return f"\\&{text}" if text.startswith((".", "'")) else text

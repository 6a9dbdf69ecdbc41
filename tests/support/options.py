"""What a command line takes, in one form for every door: of `mt-scan` out of its help, of the Python
package out of its parser.
"""

from __future__ import annotations

import argparse
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from mt_scanner.cli._arguments import the_parser
from mt_scanner.cli._groups import MIB
from mt_scanner.cli._parser import actions_of, commands_of

from support.doors import mt_scan


@dataclass(frozen=True)
class Option:
    """An option or a positional argument."""

    names: tuple[str, ...]
    """`--verbose` and `-v`; of a positional argument the name of its value."""
    takes_value: bool
    several: bool
    """Whether a positional argument may be given several times."""
    choices: tuple[str, ...]
    default: str
    text: str


@dataclass(frozen=True)
class Command:
    """A command."""

    about: str
    """What it does, and all that is said of that."""
    options: dict[tuple[str, ...], Option]
    behind: str
    """What stands behind the options."""


def plain(text: str) -> str:
    """A text without what only typesets it."""
    return " ".join(text.replace("`", "").split()).removesuffix(".")


def of_mt_scan() -> dict[str, Command]:
    """The commands of `mt-scan`, and under an empty name the program."""
    sections = dict(sections_of(help_of()))
    names = re.findall(r"^  ([a-z]+) ", sections["Commands"], re.MULTILINE)
    # clap's own command takes commands in its own way.
    return {name: command_of(help_of(name) if name else help_of()) for name in ["", *names] if name != "help"}


def help_of(*command: str) -> str:
    run = subprocess.run([str(mt_scan()), *command, "--help"], capture_output=True, text=True, check=True)
    return run.stdout


def sections_of(text: str) -> Iterator[tuple[str, str]]:
    """The parts of a help: what stands before the first heading under an empty name."""
    parts = re.split(r"^(?:(Usage|Commands|Arguments|Options):|(?=exit codes:|examples:|manual:)())", text, flags=re.M)
    heading, behind = "", []
    yield "", parts[0]
    for first, _, content in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        heading = first or "behind"
        if heading == "behind":
            behind.append(content)
        else:
            yield heading, content
    yield "behind", "".join(behind)


def command_of(text: str) -> Command:
    sections = dict(sections_of(text))
    items = [*items_of(sections.get("Arguments", "")), *items_of(sections.get("Options", ""))]
    options = [option_of(head, body) for head, body in items]
    return Command(plain(sections[""]), {option.names: option for option in options}, plain(sections["behind"]))


def items_of(section: str) -> Iterator[tuple[str, str]]:
    """The options of a section: how each is written, and what is said of it."""
    for item in re.split(r"\n(?= {2,6}[-<\[])", "\n" + section.rstrip())[1:]:
        head, _, rest = item.strip().partition("\n")
        # Beside the option, if all of them are short.
        head, _, beside = head.partition("  ")
        yield head, f"{beside} {rest}"


def option_of(head: str, body: str) -> Option:
    is_option = head.startswith("-")
    value = re.search(r"[<\[]([A-Z]+)[>\]](\.\.\.)?", head)
    names = re.findall(r"--?[a-zA-Z][a-z-]*", head) if is_option else [value[1] if value else ""]
    body = " ".join(body.split())
    found = {name: re.search(rf"\[{name}: ([^\]]*)\]", body) for name in ("default", "possible values")}
    choices = found["possible values"][1].split(", ") if found["possible values"] else []
    text = re.split(r"\[(?:default|possible values): ", body)[0]
    default = found["default"][1] if found["default"] else ""
    several = bool(value and value[2]) and not is_option
    return Option(
        tuple(sorted(names)), bool(value) and is_option, several, tuple(sorted(choices)), default, plain(text)
    )


def of_python() -> dict[str, Command]:
    """The commands of the Python package, and under an empty name the program."""
    parser = the_parser()
    commands = {name: one for name, one in commands_of(parser).items() if name != "help"}
    return {name: parsed(one) for name, one in {"": parser, **commands}.items()}


def parsed(parser: argparse.ArgumentParser) -> Command:
    options = [option_of_action(action) for action in actions_of(parser)]
    about, behind = parser.description or "", parser.epilog or ""
    return Command(
        plain(about), {option.names: option for option in options}, plain(behind.replace("mt-scanner", "mt-scan"))
    )


def option_of_action(action: argparse.Action) -> Option:
    names = tuple(sorted(action.option_strings)) or (str(action.metavar),)
    text, _, default = (action.help or "").partition(" [default: ")
    default = default.rstrip("]").replace("%(default)s", str(action.default))
    # What is said has to be what happens.
    if default and isinstance(action.default, (int, float)):
        assert float(default) in (action.default, action.default / MIB), (names, default, action.default)
    takes_value = action.nargs != 0 and bool(action.option_strings)
    choices = tuple(sorted(map(str, action.choices or ())))
    return Option(names, takes_value, action.nargs in ("+", "*"), choices, default, plain(text))

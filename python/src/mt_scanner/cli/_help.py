"""The texts around the options of the command line."""

import textwrap
from collections.abc import Sequence

from mt_scanner._types.contract import EXAMPLES, EXIT_CODES, MANUAL

PROGRAM = "mt-scanner"
WIDTH = 100


def behind(command: str | None) -> str:
    """The lines behind the options of a command, or of all of them."""
    lines = [table("examples:", examples(command or "")), manual(command or "")]
    if command is None:
        lines.insert(1, table("exit codes:", EXIT_CODES))
    return "\n\n".join(lines)


def manual(command: str) -> str:
    """The line that leads to the manual, of a command or of all of them."""
    return MANUAL.format(program=PROGRAM, command=command).rstrip()


def examples(command: str) -> list[tuple[str, str]]:
    """Examples of a command, or of the program under the name ``, and what each is for."""
    return [(f"{PROGRAM} {line.replace('{program}', PROGRAM)}", about) for line, about in EXAMPLES[command]]


def table(heading: str, rows: Sequence[tuple[str, str]]) -> str:
    """A heading, and two columns below it."""
    width = max(len(first) for first, _ in rows)
    return "\n".join((heading, *(f"  {first:{width}}   {second}" for first, second in rows)))


def wrapped(text: str) -> str:
    """Paragraphs, their lines as long as they may be."""
    return "\n\n".join(textwrap.fill(paragraph, WIDTH) for paragraph in text.split("\n\n"))

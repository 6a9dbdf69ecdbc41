"""The screen."""

import sys

from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDTH = 130
"""Columns, where there is no terminal."""


def console() -> Console:
    return Console(width=None if sys.stdout.isatty() else WIDTH)


def show(screen: Console, title: str, table: Table) -> None:
    """A table under its title. Rich would break the title at the width of the table."""
    screen.print(Text(title, style="bold"))
    screen.print(table)
    screen.print()

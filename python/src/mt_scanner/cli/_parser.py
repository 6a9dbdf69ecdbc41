"""A parser of arguments that says what was probably meant."""

import argparse
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

from mt_scanner._types.options import tip

USAGE = 2
"""The exit code of wrong usage."""


class Parser(argparse.ArgumentParser):
    """As the one of the standard library, with a tip behind messages about words that are close to
    what they should be. Options are written out: `--verb` is not `--verbose`.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        options.setdefault("allow_abbrev", False)
        super().__init__(*arguments, **options)

    def parsed(self, arguments: Sequence[str] | None) -> argparse.Namespace:
        """Parses the arguments, or those of the process; ends the program if they are wrong."""
        options, unknown = self.parse_known_args(arguments)
        if unknown:
            self.asked(options).refuse(unknown)
        return options

    def asked(self, options: argparse.Namespace) -> "Parser":
        """The parser of the command that was asked for."""
        return commands_of(self).get(getattr(options, "command", ""), self)

    def refuse(self, unknown: list[str]) -> NoReturn:
        """Ends the program: nobody knows these words."""
        known = [option for action in actions_of(self) for option in action.option_strings]
        wrong = next((word for word in unknown if word.startswith("-")), unknown[0])
        self.error(f"unexpected argument {wrong!r}{tip(wrong.partition('=')[0], known)}")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            choices = [str(choice) for choice in action.choices]
            what = "command" if isinstance(action, argparse._SubParsersAction) else "value"
            message = f"invalid {what} {value!r} (one of {', '.join(choices)}){tip(str(value), choices)}"
            raise argparse.ArgumentError(None if what == "command" else action, message)


def actions_of(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """The options and positional arguments of a parser, but for its commands."""
    return (action for action in parser._actions if not isinstance(action, argparse._SubParsersAction))


def commands_of(parser: argparse.ArgumentParser) -> dict[str, Parser]:
    """The parsers of its commands, by name and in their order."""
    return {
        name: command
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
        for name, command in action.choices.items()
    }

"""Scripts that complete the words of the command line in a shell."""

from mt_scanner.cli._parser import Parser, actions_of, commands_of

FILES = ("FILE", "PATH")
FOLDERS = ("FOLDER",)


def script(parser: Parser, shell: str) -> str:
    """The script for a shell."""
    import shtab

    for command in commands_of(parser).values():
        for action in actions_of(command):
            # shtab's own attribute.
            if action.metavar in FILES:
                action.complete = shtab.FILE  # type: ignore[attr-defined]
            elif action.metavar in FOLDERS:
                action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
    return shtab.complete(parser, shell=shell)

"""How far a run is."""

import sys


def tell(text: str) -> None:
    """Says it on stderr: figures alone go to stdout."""
    print(text, file=sys.stderr, flush=True)

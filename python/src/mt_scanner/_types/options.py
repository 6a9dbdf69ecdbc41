"""Options that callers give by name, and what is wrong with them."""

from collections.abc import Collection, Mapping
from numbers import Integral, Real


def check_names(given: Mapping[str, object], known: type) -> None:
    """Raises `TypeError` for an option that is none of a `TypedDict`."""
    names = known.__annotations__
    for name in given:
        if name not in names:
            raise TypeError(f"there is no option {name!r}{tip(name, names)}")


def check_numbers(workers: object, file_timeout: object, memory_limit: object) -> None:
    """Raises `TypeError` for numbers that are none."""
    if workers is not None and not isinstance(workers, Integral):
        raise TypeError(f"workers is a whole number, not {workers!r}")
    if not isinstance(file_timeout, Real):
        raise TypeError(f"file_timeout is a number of seconds, not {file_timeout!r}")
    if not isinstance(memory_limit, Integral):
        raise TypeError(f"memory_limit is a whole number of bytes, not {memory_limit!r}")


def tip(word: str, known: Collection[str]) -> str:
    """Says what somebody may have meant by a word that is not known."""
    from difflib import get_close_matches

    close = get_close_matches(word, list(known), n=1)
    return f": did you mean {close[0]!r}?" if close else ""

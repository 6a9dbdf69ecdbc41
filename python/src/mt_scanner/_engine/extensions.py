"""Names of audio files, judged without crossing into the component. The list is the component's."""

import os
import re
from collections.abc import Iterable

from mt_scanner._engine.roots import StrPath
from mt_scanner._types.contract import AUDIO_EXTENSIONS, NO_EXTENSION

_KNOWN = frozenset(extension[1:] for extension in AUDIO_EXTENSIONS)


def audio_extensions() -> list[str]:
    """The extensions of audio files, in lower case, with their dot."""
    return list(AUDIO_EXTENSIONS)


def more_extensions(extensions: Iterable[str]) -> list[str]:
    """Extensions in their one form: in lower case, and with the dot, which may be left out. Raises
    `ValueError` if one is none.
    """
    if isinstance(extensions, str):
        raise TypeError("extensions are several: give a list, or another iterable of str")
    return [extension_of(text) for text in extensions]


def extension_of(text: str) -> str:
    """An extension in its one form."""
    if not re.fullmatch(r"\.?[0-9A-Za-z+_-]{1,16}", text):
        raise ValueError(NO_EXTENSION.format(extension=text))
    return "." + text.removeprefix(".").lower()


def is_audio_file(filename: StrPath) -> bool:
    """Whether the name ends in an audio extension, in any case. A name that is nothing but an
    extension does not.
    """
    name = os.fspath(filename)
    if os.sep != "/":
        name = name.replace(os.sep, "/")
    stem, _, extension = name.rpartition(".")
    # Only ASCII has cases here: `"\u212a".lower()` is `"k"`.
    return extension.lower() in _KNOWN and extension.isascii() and stem.rpartition("/")[2].strip(".") != ""

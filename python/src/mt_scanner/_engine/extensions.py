"""Names of audio files, judged without crossing into the component. The list is the component's."""

import os

from mt_scanner._engine.roots import StrPath
from mt_scanner._types.contract import AUDIO_EXTENSIONS

_KNOWN = frozenset(extension[1:] for extension in AUDIO_EXTENSIONS)


def audio_extensions() -> list[str]:
    """The extensions of audio files, in lower case, with their dot."""
    return list(AUDIO_EXTENSIONS)


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

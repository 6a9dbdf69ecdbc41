"""Names of audio files, judged without crossing into the component."""

import os

from mt_scanner._engine import carried
from mt_scanner._engine.roots import StrPath

_listed: list[str] = []
_known: frozenset[str] = frozenset()


def audio_extensions() -> list[str]:
    """The extensions of audio files, in lower case, with their dot."""
    global _known, _listed
    if not _listed:
        listed = extensions_of(carried.COMPONENT)
        _known = frozenset(extension[1:] for extension in listed)
        _listed = listed
    return list(_listed)


def is_audio_file(filename: StrPath) -> bool:
    """Whether the name ends in an audio extension, in any case. A name that is nothing but an extension does not."""
    name = os.fspath(filename)
    if not _known:
        audio_extensions()
    if os.sep != "/":
        name = name.replace(os.sep, "/")
    stem, _, extension = name.rpartition(".")
    # Only ASCII has cases here: `"\u212a".lower()` is `"k"`.
    return extension.lower() in _known and extension.isascii() and stem.rpartition("/")[2].strip(".") != ""


def extensions_of(component: str) -> list[str]:
    """The list of a component: from its file, or by running it if its file has none."""
    listed = carried.read_extensions(component)
    return ask(component) if listed is None else listed


def ask(component: str) -> list[str]:
    """The list that a component gives when it is run."""
    from mt_scanner._engine.component import load
    from mt_scanner._engine.instance import Instance
    from mt_scanner._engine.plan import Limits

    loaded = load(component)
    with loaded.ticking():
        instance = Instance(loaded, [], Limits())
        try:
            return list(instance.ask(loaded.audio_extensions))
        finally:
            instance.close()

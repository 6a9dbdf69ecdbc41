"""Which names are audio files, answered without crossing into the component.

The list is the component's: its file carries it in the custom section `mt:audio-extensions`, separated by spaces, so
that reading it takes neither wasmtime nor a compiler, and nobody keeps a second list.
"""

import os
from typing import BinaryIO

from mt_scanner._engine.roots import StrPath, why
from mt_scanner._types.errors import ComponentError

SECTION = b"mt:audio-extensions"
COMPONENT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "mt_scanner.wasm")

_listed: list[str] = []
_known: frozenset[str] = frozenset()


def audio_extensions() -> list[str]:
    """The extensions of audio files, in lower case, with their dot."""
    global _known, _listed
    if not _listed:
        listed = read_extensions(COMPONENT)
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


def read_extensions(component: str) -> list[str]:
    """The list that a component carries."""
    try:
        with open(component, "rb") as file:
            content = find_section(file, os.stat(component).st_size)
    except OSError as error:
        raise ComponentError(f"the component cannot be read: {why(error)}", component) from error
    return ask(component) if content is None else content.decode("ascii").split()


def ask(component: str) -> list[str]:
    """The list of a component without that section, which takes running it."""
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


def find_section(file: BinaryIO, end: int) -> bytes | None:
    """The content of the custom section in the component, or in a core module of it, that begins here."""
    # Eight bytes of preamble, then (id, size, content) to the end: for modules
    # https://webassembly.github.io/spec/core/binary/modules.html, for components design/mvp/Binary.md in
    # https://github.com/WebAssembly/component-model.
    is_component = file.read(8)[6:] == b"\1\0"
    while file.tell() < end:
        identifier = file.read(1)
        size = read_size(file)
        start = file.tell()
        if identifier == b"\0" and file.read(read_size(file)) == SECTION:
            return file.read(start + size - file.tell())
        if identifier == b"\1" and is_component and (content := find_section(file, start + size)) is not None:
            return content
        file.seek(start + size)
    return None


def read_size(file: BinaryIO) -> int:
    """An unsigned LEB128 number."""
    size = shift = 0
    while byte := file.read(1):
        size |= (byte[0] & 0x7F) << shift
        shift += 7
        if byte[0] < 0x80:
            break
    return size

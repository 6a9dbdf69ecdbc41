"""The file of the component that the package carries, and the list of extensions in it.

A component has its list in the custom section `mt:audio-extensions`, separated by spaces: reading it takes neither
wasmtime nor a compiler, and nobody keeps a second list.
"""

import os
from typing import BinaryIO

from mt_scanner._engine.roots import why
from mt_scanner._types.errors import ComponentError

SECTION = b"mt:audio-extensions"
COMPONENT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "mt_scanner.wasm")


def read_extensions(component: str) -> list[str] | None:
    """The list that a component's file has; `None` if it has none."""
    try:
        with open(component, "rb") as file:
            content = find_section(file, os.stat(component).st_size)
    except OSError as error:
        raise ComponentError(f"the component cannot be read: {why(error)}", component) from error
    return None if content is None else content.decode("ascii").split()


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

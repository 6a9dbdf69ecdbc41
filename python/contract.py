"""Writes down in Python what a component and its hosts agree on: records, outcomes, words and
defaults.

A component has it as JSON text in its custom section `mt:contract`, and its audio extensions in
`mt:audio-extensions`. So a field that is added to the contract is an attribute of `Track` without a
line in this package.
"""

from __future__ import annotations

import io
import json
import keyword
from pathlib import Path
from typing import Any, BinaryIO

HEAD = '''"""What the component and its hosts agree on. Generated from the component when the package is built, by
`contract.py` beside `hatch_build.py`.
"""

# ruff: noqa
from typing import Literal, NamedTuple

'''
NAMES = {"tag-item": "Tag"}
"""Records that have another name in Python."""
OPTIONS = ("Budget", "Walking", "Reading")
"""Records of options, which are given whole: their defaults are constants."""
TYPES = {"string": "str", "bool": "bool", "f64": "float"}


class NoContract(Exception):
    """The file is no component with a contract; the text says why."""


def module(component: Path) -> str:
    """The source of the module for a component."""
    with component.open("rb") as file:
        contract = section(file, b"mt:contract")
        extensions = section(file, b"mt:audio-extensions")
    if contract is None or extensions is None:
        raise NoContract(
            f"{component} carries no contract: it is no component of mt-scanner, or one of another version"
        )
    return source(json.loads(contract), extensions.decode("ascii").split())


def source(contract: dict[str, Any], extensions: list[str]) -> str:
    """The source of the module."""
    out = io.StringIO()
    out.write(HEAD)
    constant(out, "VERSION", contract["version"], "The version of the package `mt:scanner`.")
    constant(
        out, "AUDIO_EXTENSIONS", tuple(extensions), "The extensions of audio files, in lower case, with their dot."
    )
    for name, enum in contract["enums"].items():
        names = ", ".join(repr(case["name"]) for case in enum["cases"])
        out.write(f"{camel(name)} = Literal[{names}]\n")
        out.write(docs("\n".join(f"`{case['name']}`: {flat(case['docs'])}" for case in enum["cases"]), ""))
    out.write(f"ChangeKind = Literal[{', '.join(map(repr, contract['changes']))}]\n")
    out.write(docs("What a sync has done with a track.", ""))
    out.write(f"Verdict = Literal[{', '.join(map(repr, contract['verdicts']))}]\n")
    out.write(docs("What is thought of a file, from the best to the worst (`wit/analysis.wit`).", ""))
    for name, text in contract["words"].items():
        constant(out, name.replace("-", "_").upper(), text)
    constant(out, "EXIT_CODES", pairs(contract["help"]["exit_codes"]), "Every exit code, and its meaning.")
    examples = {command: pairs(lines) for command, lines in contract["help"]["examples"].items()}
    constant(
        out,
        "EXAMPLES",
        examples,
        "For each command, examples behind the program's name, and what each is for.",
    )
    for name, value in contract["defaults"].items():
        enum = name.replace("_", "-")
        constant(out, name.upper(), value, kind=camel(enum) if enum in contract["enums"] else "")
    for name, imports in contract["imports"].items():
        constant(out, f"IMPORT_{name.upper()}", tuple(imports), f"The {name} that a component may import.")
    # In this order each record stands behind those that it is made of.
    for name, record in contract["records"].items():
        write_record(out, NAMES.get(name, camel(name)), record, contract["enums"])
    return out.getvalue()


def pairs(lines: list[list[str]]) -> list[tuple[str, str]]:
    return [(first, second) for first, second in lines]


def constant(out: io.StringIO, name: str, value: object, about: str = "", kind: str = "") -> None:
    out.write(f"{name}{f': {kind}' if kind else ''} = {value!r}\n")
    if about:
        out.write(docs(about, ""))


def write_record(out: io.StringIO, name: str, record: dict[str, Any], enums: dict[str, Any]) -> None:
    """A class with the fields of a record. Absent values and empty lists need not be given."""
    out.write(f"\n\nclass {name}(NamedTuple):\n{docs(record['docs'], '    ')}\n")
    for field in record["fields"]:
        kind, default = python_type(field["type"], enums)
        given = field["name"] + "_" * keyword.iskeyword(field["name"])
        may_be_left_out = default and name not in OPTIONS and may_all_be_left_out(record, field, enums)
        out.write(f"    {given}: {kind}{f' = {default}' if may_be_left_out else ''}\n")
        if field["docs"]:
            out.write(docs(field["docs"], "    "))


def may_all_be_left_out(record: dict[str, Any], field: dict[str, Any], enums: dict[str, Any]) -> bool:
    """Whether this field and every one behind it has a default, as Python asks of a class."""
    fields = record["fields"]
    behind = fields[fields.index(field) :]
    return all(python_type(other["type"], enums)[1] for other in behind)


def python_type(kind: str, enums: dict[str, Any]) -> tuple[str, str]:
    """The type of a value in Python, and its default where it has one: of an enum the case `none`, if
    it begins with that.
    """
    if kind.startswith("option<"):
        return f"{python_type(kind[7:-1], enums)[0]} | None", "None"
    if kind.startswith("list<"):
        return f"list[{python_type(kind[5:-1], enums)[0]}]", "[]"
    if kind in TYPES:
        return TYPES[kind], "False" if kind == "bool" else ""
    if kind in ("u8", "u32", "u64", "s64"):
        return "int", ""
    begins_with_none = kind in enums and enums[kind]["cases"][0]["name"] == "none"
    return NAMES.get(kind, camel(kind)), "'none'" if begins_with_none else ""


def docs(text: str, indent: str) -> str:
    """A text as documentation. What WIT calls `none` is `None`."""
    lines = text.replace("\\", "\\\\").replace('"""', "'''").replace("`none`", "`None`").split("\n")
    body = "\n".join(f"{indent}{line}".rstrip() for line in lines).lstrip()
    ending = '"""' if len(lines) == 1 else f'\n{indent}"""'
    return f'{indent}"""{body}{ending}\n'


def flat(text: str) -> str:
    return text.replace("\n", " ")


def camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("-"))


def section(file: BinaryIO, name: bytes) -> bytes | None:
    """The content of a custom section of a component, or of a core module in it."""
    end = file.seek(0, io.SEEK_END)
    file.seek(0)
    return find(file, end, name)


def find(file: BinaryIO, end: int, name: bytes) -> bytes | None:
    # Eight bytes of preamble, then (id, size, content) to the end: for modules
    # https://webassembly.github.io/spec/core/binary/modules.html, for components
    # design/mvp/Binary.md in https://github.com/WebAssembly/component-model.
    is_component = file.read(8)[6:] == b"\1\0"
    while file.tell() < end:
        identifier = file.read(1)
        size = number(file)
        start = file.tell()
        if identifier == b"\0" and file.read(number(file)) == name:
            return file.read(start + size - file.tell())
        file.seek(start)
        if identifier == b"\1" and is_component and (content := find(file, start + size, name)) is not None:
            return content
        file.seek(start + size)
    return None


def number(file: BinaryIO) -> int:
    """An unsigned LEB128 number."""
    size = shift = 0
    while byte := file.read(1):
        size |= (byte[0] & 0x7F) << shift
        shift += 7
        if byte[0] < 0x80:
            break
    return size

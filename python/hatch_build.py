"""Puts the components into the package while hatchling builds a wheel, a source distribution or an
editable install.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path
from typing import Any, NamedTuple

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Carried(NamedTuple):
    """A component that the package carries."""

    name: str
    """What `guest/build.py` calls it."""
    file: str
    variable: str
    """The variable of the environment that names one to take."""


CARRIED = (
    Carried("scanner", "mt_scanner.wasm", "MT_SCANNER_COMPONENT"),
    Carried("analyser", "mt_scanner_analyser.wasm", "MT_SCANNER_ANALYSER"),
)


class ComponentHook(BuildHookInterface[Any]):
    """Takes for each component, in this order: the file that its variable names; what the guest
    beside this folder builds to; the file that is already there, as in an unpacked source
    distribution.
    """

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        package = Path(self.root, "src", "mt_scanner")
        for component in CARRIED:
            self.put(component, package / component.file)
        write_contract(Path(self.root, "contract.py"), package / CARRIED[0].file, package / "_types" / "contract.py")

    def put(self, component: Carried, place: Path) -> None:
        """Puts a component into its place."""
        recipe = Path(self.root).parent / "guest" / "build.py"
        if ready := os.environ.get(component.variable):
            take(component.variable, Path(ready).expanduser(), place)
        elif recipe.is_file():
            self.app.display_waiting(f"Building the {component.name} (the first time takes some minutes)")
            build(recipe, component.name, place)
        elif not place.is_file():
            raise SystemExit(
                f"error: there is no component at {place} and no guest/ beside this folder to build it from. Name one: "
                f"{component.variable}=/path/to/{component.file}"
            )


def take(variable: str, ready: Path, place: Path) -> None:
    """Copies a component that somebody has built."""
    try:
        with ready.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        raise SystemExit(f"error: {variable} names a file that cannot be read: {error}") from None
    # The preamble of a component (layer 1), https://github.com/WebAssembly/component-model,
    # design/mvp/Binary.md
    if head != b"\0asm\x0d\0\x01\0":
        raise SystemExit(f"error: {variable} names {ready}, which is no WebAssembly component")
    beside = place.with_name(f"{place.name}.{os.getpid()}")
    shutil.copyfile(ready, beside)
    beside.replace(place)


def build(recipe: Path, name: str, place: Path) -> None:
    """Builds a component from source."""
    module = loaded(recipe)
    try:
        module.build(package=module.PACKAGES[name], output=place)
    except module.BuildError as error:
        raise SystemExit(f"error: {error}") from None


def write_contract(generator: Path, component: Path, place: Path) -> None:
    """Writes down what the package and the component agree on."""
    module = loaded(generator)
    try:
        text = module.module(component)
    except module.NoContract as error:
        raise SystemExit(f"error: {error}") from None
    if not place.is_file() or place.read_text(encoding="utf-8") != text:
        place.write_text(text, encoding="utf-8")


def loaded(path: Path) -> Any:
    """A module that is no part of a package, by its file."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

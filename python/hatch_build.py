"""Puts the component into the package while hatchling builds a wheel, a source distribution or an editable install."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ComponentHook(BuildHookInterface[Any]):
    """Takes, in this order: the file that MT_SCANNER_COMPONENT names; what the guest beside this folder builds to; the
    file that is already there, as in an unpacked source distribution.
    """

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        place = Path(self.root, "src", "mt_scanner", "mt_scanner.wasm")
        recipe = Path(self.root).parent / "guest" / "build.py"
        if ready := os.environ.get("MT_SCANNER_COMPONENT"):
            take(Path(ready).expanduser(), place)
        elif recipe.is_file():
            self.app.display_waiting("Building the WebAssembly component (the first time takes some minutes)")
            build(recipe, place)
        elif not place.is_file():
            raise SystemExit(
                f"error: there is no component at {place} and no guest/ beside this folder to build it from. Name one: "
                "MT_SCANNER_COMPONENT=/path/to/mt_scanner.wasm"
            )


def take(ready: Path, place: Path) -> None:
    """Copies a component that somebody has built."""
    try:
        with ready.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        raise SystemExit(f"error: MT_SCANNER_COMPONENT names a file that cannot be read: {error}") from None
    # The preamble of a component (layer 1), https://github.com/WebAssembly/component-model, design/mvp/Binary.md
    if head != b"\0asm\x0d\0\x01\0":
        raise SystemExit(f"error: MT_SCANNER_COMPONENT names {ready}, which is no WebAssembly component")
    beside = place.with_name(f"{place.name}.{os.getpid()}")
    shutil.copyfile(ready, beside)
    beside.replace(place)


def build(recipe: Path, place: Path) -> None:
    """Builds the component from source."""
    spec = importlib.util.spec_from_file_location("build_component", recipe)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    try:
        module.build(output=place)
    except module.BuildError as error:
        raise SystemExit(f"error: {error}") from None

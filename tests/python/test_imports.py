"""The modules of the package import each other in one direction."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import mt_scanner
import pytest

PACKAGE = Path(mt_scanner.__file__).parent
LAYERS = ["_types", "_engine", "_library", "", "cli"]
"""Sub-packages from the lowest up. The empty name stands for the modules beside them. Each imports
those below it.
"""
ALONE = "_plain"
"""A sub-package that imports no other."""


def module_name(file: Path) -> str:
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def graph_of(sources: dict[str, str]) -> dict[str, set[str]]:
    """The modules that each module imports by name, also inside functions and for type checkers
    alone.

    A package that Python imports on the way to one of its modules does not count: nothing is used
    of it.
    """
    return {name: set(imported(ast.parse(source), sources)) - {name} for name, source in sources.items()}


def imported(tree: ast.Module, modules: dict[str, str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module is not None, "imports are absolute"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                if inner in modules or node.module in modules:
                    yield inner if inner in modules else node.module


def layer(module: str) -> str:
    """The sub-package of a module; empty for those beside the sub-packages. `__main__` starts the
    command line.
    """
    parts = module.replace("__main__", "cli").split(".")[1:]
    return parts[0] if parts and (PACKAGE / parts[0]).is_dir() else ""


@pytest.fixture(scope="module")
def graph() -> dict[str, set[str]]:
    return graph_of({module_name(file): file.read_text(encoding="utf-8") for file in PACKAGE.rglob("*.py")})


def test_no_modules_import_each_other_in_a_circle(graph: dict[str, set[str]]) -> None:
    TopologicalSorter(graph).prepare()


def test_each_layer_imports_only_those_below_it(graph: dict[str, set[str]]) -> None:
    assert {layer(module) for module in graph} == {*LAYERS, ALONE}
    for module, others in graph.items():
        for other in others:
            if ALONE in (layer(module), layer(other)):
                assert layer(other) == ALONE and layer(module) in (ALONE, ""), f"{module} imports {other}"
            else:
                assert LAYERS.index(layer(other)) <= LAYERS.index(layer(module)), f"{module} imports {other}"


def test_only_the_package_itself_imports_its_public_names(graph: dict[str, set[str]]) -> None:
    """Private modules import from the owner of a name."""
    assert {layer(module) for module, others in graph.items() if "mt_scanner" in others} == {"cli"}


def test_a_circle_through_a_function_or_a_type_is_found() -> None:
    for hidden in ("def f():\n    from p import b\n", "if TYPE_CHECKING:\n    from p.b import B\n", "import p.b\n"):
        with pytest.raises(CycleError):
            TopologicalSorter(graph_of({"p": "", "p.a": hidden, "p.b": "from p.a import A\n"})).prepare()

"""Building: the component, and the wheel around it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from mt_scanner._engine.carried import ANALYSER, COMPONENT
from support.building import built
from support.trees import REPOSITORY

RECIPE = REPOSITORY / "guest" / "build.py"
LICENCES = {"LICENSE-APACHE", "LICENSE-MIT"}
CARRIED = {"MT_SCANNER_COMPONENT": COMPONENT, "MT_SCANNER_ANALYSER": ANALYSER}
"""The components of the package, and the variables that name them when it is built."""


def pip_wheel(source: Path, into: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(into),
        str(source),
    ]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment}, timeout=600)


def licences(names: list[str]) -> set[str]:
    """The files of licences in an archive."""
    return {name.rpartition("/")[2] for name in names if "LICENSE" in name}


def test_every_package_has_the_licences_of_the_repository() -> None:
    workspace = (REPOSITORY / "Cargo.toml").read_text(encoding="utf-8")
    members = re.search(r"^members = \[(.*)\]$", workspace, re.MULTILINE)
    assert members is not None
    crates = [name for name in re.findall(r'"(.+?)"', members[1]) if "/tests/" not in name]
    assert len(crates) >= 5
    for package in ("python", *crates):
        for licence in LICENCES:
            assert (REPOSITORY / package / licence).read_bytes() == (REPOSITORY / licence).read_bytes(), package


@pytest.mark.parametrize("name", ["mt-scanner", "mt-scanner-native"])
def test_what_is_installed_has_the_licences(name: str) -> None:
    assert licences([str(file) for file in metadata.files(name) or []]) == LICENCES


@pytest.mark.skipif(not (REPOSITORY / ".git").exists(), reason="not a checkout")
@pytest.mark.parametrize("file", ["library.db", "library.db-wal", "library.db-shm", "library.db-sync"])
def test_a_library_in_the_checkout_is_no_part_of_it(file: str) -> None:
    assert subprocess.run(["git", "check-ignore", "--quiet", file], cwd=REPOSITORY).returncode == 0


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The Python project without the rest of the repository, and without a component."""
    ignored = shutil.ignore_patterns("*.wasm", "__pycache__", "dist")
    copy = Path(shutil.copytree(REPOSITORY / "python", tmp_path / "python", ignore=ignored))
    (copy / "src" / "mt_scanner" / "_types" / "contract.py").unlink(missing_ok=True)
    return copy


def test_the_wheel_is_for_every_platform_and_has_the_component(project: Path, tmp_path: Path) -> None:
    done = pip_wheel(project, tmp_path, **CARRIED)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.startswith("mt_scanner-") and wheel.name.endswith("-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as files:
        for component in CARRIED.values():
            assert files.read(f"mt_scanner/{Path(component).name}") == Path(component).read_bytes()
        names = {name for name in files.namelist() if ".dist-info/" not in name}
        assert {"mt_scanner/py.typed", "mt_scanner/cli/__init__.py", "mt_scanner/__main__.py"} <= names
        assert all(name.startswith("mt_scanner/") and name.endswith((".py", ".wasm", "py.typed")) for name in names)
        assert licences(files.namelist()) == LICENCES
        notice = next(name for name in files.namelist() if name.endswith("NOTICE"))
        assert files.read(notice) == (REPOSITORY / "guest" / "analyser" / "NOTICE").read_bytes()
        entry = next(name for name in files.namelist() if name.endswith("entry_points.txt"))
        assert b"mt-scanner = mt_scanner.cli:main" in files.read(entry)


def test_a_source_distribution_carries_the_component_and_needs_no_rust(project: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", str(tmp_path), str(project)]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **CARRIED}, timeout=600)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as files:
        assert licences(files.getnames()) == LICENCES
        assert not [name for name in files.getnames() if "/native/" in name], "it is a package of its own"
        files.extractall(tmp_path / "unpacked", filter="data") if sys.version_info >= (3, 12) else files.extractall(
            tmp_path / "unpacked"
        )
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    without_cargo = {**dict.fromkeys(CARRIED, ""), "PATH": os.path.dirname(sys.executable)}
    done = pip_wheel(unpacked, tmp_path, **without_cargo)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as files:
        for component in CARRIED.values():
            assert files.read(f"mt_scanner/{Path(component).name}") == Path(component).read_bytes()


def test_a_file_that_is_no_component_is_not_packed(project: Path, tmp_path: Path) -> None:
    for ready, says in ((tmp_path / "none.wasm", "cannot be read"), (RECIPE, "is no WebAssembly component")):
        done = pip_wheel(project, tmp_path, MT_SCANNER_COMPONENT=str(ready))
        assert done.returncode != 0 and says in done.stdout + done.stderr
    for variable, component in CARRIED.items():
        done = pip_wheel(project, tmp_path, **{**CARRIED, variable: ""})
        assert done.returncode != 0 and f"{variable}=/path/to/{Path(component).name}" in done.stdout + done.stderr


def recipe(path: str) -> str:
    """What the recipe says with this PATH, when it cannot build."""
    done = subprocess.run(
        [sys.executable, str(RECIPE)], capture_output=True, text=True, env={**os.environ, "PATH": path}
    )
    assert done.returncode == 1 and done.stdout == "" and "Traceback" not in done.stderr
    return done.stderr


def test_a_machine_without_cargo_is_told_how_to_get_it(tmp_path: Path) -> None:
    says = recipe(str(tmp_path))
    assert says.startswith("error: cargo is not on the PATH") and "https://rustup.rs" in says
    assert "MT_SCANNER_COMPONENT=" in says


@pytest.mark.skipif(os.name == "nt", reason="scripts of sh")
def test_a_machine_without_the_target_is_told_how_to_get_it(tmp_path: Path) -> None:
    def tool(name: str, script: str) -> None:
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)

    tool("cargo", "exit 9")
    tool("rustc", f"echo {tmp_path}")
    assert "has no target wasm32-wasip2, and there is no rustup" in recipe(str(tmp_path))
    tool("rustup", "exit 9")
    says = recipe(str(tmp_path))
    assert "The target wasm32-wasip2 is not installed" in says and "rustup toolchain install" in says
    tool("rustc", "echo 'error: toolchain is not installed' >&2; exit 1")
    says = recipe(str(tmp_path))
    assert "toolchain is not installed" in says and "rustup toolchain install" in says


def test_the_component_names_no_place_of_the_machine_that_built_it() -> None:
    content = Path(COMPONENT).read_bytes()
    for place in (f"{Path.home()}/", f"{REPOSITORY}/", "/.cargo/", "/registry/"):
        assert place.encode() not in content, place


@pytest.mark.slow
def test_two_builds_in_two_places_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = built()
    elsewhere = tmp_path / "another" / "place"
    elsewhere.mkdir(parents=True)
    for name in ("Cargo.toml", "Cargo.lock", "rust-toolchain.toml", "contract", "guest", "wit", "host", "python"):
        if (REPOSITORY / name).is_dir():
            ignored = shutil.ignore_patterns("target", "__pycache__", "*.wasm", ".venv")
            shutil.copytree(REPOSITORY / name, elsewhere / name, ignore=ignored)
        elif (REPOSITORY / name).exists():
            shutil.copyfile(REPOSITORY / name, elsewhere / name)
    # The same downloads under another name, so that nothing has to be fetched.
    home = Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo")
    (tmp_path / "cargo").symlink_to(home, target_is_directory=True)
    monkeypatch.setenv("CARGO_HOME", str(tmp_path / "cargo"))
    monkeypatch.delenv("CARGO_TARGET_DIR", raising=False)
    command = [sys.executable, str(elsewhere / "guest" / "build.py")]
    there = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    assert Path(there).is_relative_to(elsewhere)
    assert Path(there).read_bytes() == here.read_bytes()

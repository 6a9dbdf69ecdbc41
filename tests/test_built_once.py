"""The Rust host's build script compiles the component with the compiler that the host carries. Both
are one build, as long as they and all below them have the same features.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter

import pytest
from support.trees import REPOSITORY

HARMLESS = {"serde_json"}
"""Crates that wasmtime does not depend on."""


@pytest.mark.parametrize("package", ["mt-scanner", "mt-scanner-native"])
def test_wasmtime_is_built_once(package: str) -> None:
    # Cargo's plan of a build is unstable; that much of it has stayed as it is since 2019.
    command = ["cargo", "build", "--release", "--locked", "-p", package, "--unit-graph", "-Zunstable-options"]
    done = subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, env={**os.environ, "RUSTC_BOOTSTRAP": "1"}
    )
    assert done.returncode == 0, done.stderr
    libraries = [
        (unit["pkg_id"].rpartition("/")[2].rpartition("#")[2], tuple(unit["features"]))
        for unit in json.loads(done.stdout)["units"]
        if unit["mode"] == "build" and unit["target"]["kind"] == ["lib"]
    ]
    assert any(name.startswith("wasmtime@") for name, _ in libraries)
    times = Counter(name for name, _ in libraries)
    twice = [
        f"{name} with {' '.join(features)}"
        for name, features in libraries
        if times[name] > 1 and name.partition("@")[0] not in HARMLESS
    ]
    assert not twice, "host/Cargo.toml lacks features:\n" + "\n".join(sorted(twice))

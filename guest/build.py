#!/usr/bin/env python3
"""Builds a component, the scanner unless another is named. The one place that knows how; it needs
Python's standard library, cargo and one target.

    python guest/build.py [--component NAME] [--debug] [--features NAMES] [--output PATH]
                          [--install-toolchain]

Prints the path of the component. What cargo says goes to stderr.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGE = "mt-scanner-guest"
PACKAGES = {"scanner": PACKAGE, "analyser": "mt-scanner-analyser"}
# Decoders are loops over samples, and every runtime of components has had these instructions for
# years. The scanner has no such loops.
TARGET_FEATURES = {"mt-scanner-analyser": "+simd128"}
TARGET = "wasm32-wasip2"
ROOT = Path(__file__).resolve().parent.parent


class BuildError(Exception):
    """The component cannot be built; the text says what is missing and how to get it."""


def build(*, debug: bool = False, features: str = "", output: Path | None = None, package: str = PACKAGE) -> Path:
    """Builds the component and returns its path.

    `package` is one of `PACKAGES`; `features` are features of it, and such builds have a target folder
    of their own, so that they never take the place of the component that ships. `output` is a further
    place to copy it to.
    """
    check_tools()
    run(["cargo", "fetch", "--locked", "--target", TARGET])
    command = ["cargo", "build", "--locked", "--package", package, "--target", TARGET]
    command += ["--profile", "checked" if debug else "component", "--message-format", "json-render-diagnostics"]
    if features:
        target = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target")
        command += ["--features", features, "--target-dir", str(target / "with" / features.replace(",", "-"))]
    component = artifact(run(command, environment(TARGET_FEATURES.get(package, ""))), package)
    if output is None or output.resolve() == component:
        return component
    output.parent.mkdir(parents=True, exist_ok=True)
    # Copied beside and moved into place: who has the old file open keeps it whole.
    beside = output.with_name(f"{output.name}.{os.getpid()}")
    shutil.copyfile(component, beside)
    beside.replace(output)
    return output


def run(command: list[str], environment: dict[str, str] | None = None) -> str:
    """Runs cargo and gives what it prints for programs; what it prints for people goes to stderr."""
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    if done.returncode != 0:
        raise BuildError(f"cargo failed; its reasons stand above. The command was:\n  {shown(command)}")
    return done.stdout


def artifact(messages: str, package: str) -> Path:
    """The component among what cargo says that it has built."""
    for line in messages.splitlines():
        message = json.loads(line) if line.startswith("{") else {}
        if message.get("reason") == "compiler-artifact" and "cdylib" in message["target"]["kind"]:
            for name in message["filenames"]:
                if name.endswith(".wasm"):
                    return Path(name)
    raise BuildError(f"cargo built {package}, but no .wasm is among its artifacts: is its crate-type still `cdylib`?")


def environment(target_features: str = "") -> dict[str, str]:
    """The environment of the compiler: paths of this machine do not get into the bytes, so two
    builds are equal.
    """
    cargo_home = Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo")
    sysroot = Path(ask("rustc", "--print", "sysroot"))
    commit = next((line.split()[1] for line in ask("rustc", "-vV").splitlines() if line.startswith("commit-hash:")), "")
    remap = {cargo_home: "/cargo", sysroot / "lib/rustlib/src/rust": f"/rustc/{commit}"}
    # Named for the registry that the crates came from, which may be a mirror.
    remap |= dict.fromkeys(sorted(cargo_home.glob("registry/src/*")), "/crates")
    remap |= {ROOT: "/mt-scanner"}
    # The later of two that fit wins.
    flags = [f"--remap-path-prefix={path}={name}" for path, name in remap.items()]
    if target_features:
        flags.append(f"-Ctarget-feature={target_features}")
    # RUSTFLAGS of the user are for native code; what they would do to the component nobody has
    # tested.
    kept = {name: value for name, value in os.environ.items() if name not in ("RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS")}
    return kept | {"CARGO_ENCODED_RUSTFLAGS": "\x1f".join(flags)}


def check_tools() -> None:
    """Raises `BuildError` unless cargo, the pinned toolchain and the target are there."""
    if shutil.which("cargo") is None:
        raise BuildError(
            "cargo is not on the PATH. The component is written in Rust; either\n"
            "  install Rust from https://rustup.rs, open a new terminal, and run this again, or\n"
            "  build it elsewhere and name the file: MT_SCANNER_COMPONENT=/path/to/mt_scanner.wasm"
        )
    rustup = shutil.which("rustup") is not None
    try:
        sysroot = Path(ask("rustc", "--print", "sysroot"))
    except BuildError as error:
        if not rustup:
            raise
        raise BuildError(f"{error}\n{how_to_get_the_toolchain()}") from error
    if not (sysroot / "lib" / "rustlib" / TARGET).is_dir():
        if rustup:
            raise BuildError(f"The target {TARGET} is not installed.\n{how_to_get_the_toolchain()}")
        raise BuildError(
            f"The Rust in {sysroot} has no target {TARGET}, and there is no rustup to install it with. Either\n"
            "  install Rust from https://rustup.rs and put its cargo first on the PATH, or\n"
            f"  install the target with your system's packages (often called rust-std-static-{TARGET}), or\n"
            "  build the component elsewhere and name the file: MT_SCANNER_COMPONENT=/path/to/mt_scanner.wasm"
        )


def how_to_get_the_toolchain() -> str:
    return f"Get what rust-toolchain.toml names with\n  cd {shown([str(ROOT)])} && rustup toolchain install"


def install_toolchain() -> None:
    """Installs what rust-toolchain.toml names, if there is a rustup and something is missing."""
    try:
        check_tools()
    except BuildError:
        if shutil.which("rustup") is None:
            raise
        # rustup itself may have been told not to install by itself (RUSTUP_AUTO_INSTALL=0), so it
        # is asked in words.
        if (
            subprocess.run(
                ["rustup", "toolchain", "install", "--no-self-update"], cwd=ROOT, stdout=sys.stderr
            ).returncode
            != 0
        ):
            raise BuildError("rustup could not install the toolchain; its reasons stand above.") from None


def ask(*command: str) -> str:
    """What a tool of the toolchain answers."""
    try:
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    except OSError as error:
        raise BuildError(f"{command[0]} cannot be run: {error}") from error
    if run.returncode != 0:
        raise BuildError(f"{shown(command)} failed:\n{run.stderr.strip()}")
    return run.stdout.strip()


def shown(command: list[str] | tuple[str, ...]) -> str:
    return subprocess.list2cmdline(command)


def main() -> int:
    parser = argparse.ArgumentParser(description="Builds a component of mt-scanner and prints its path.")
    parser.add_argument("--component", choices=PACKAGES, default="scanner", help="which one [default: scanner]")
    parser.add_argument("--debug", action="store_true", help="quick to build, slow to run, with checks and names")
    parser.add_argument(
        "--features", default="", metavar="NAMES", help="features of the component's crate, separated by commas"
    )
    parser.add_argument("--output", type=Path, metavar="PATH", help="where to copy the component to")
    parser.add_argument("--install-toolchain", action="store_true", help="first let rustup install what is missing")
    arguments = parser.parse_args()
    try:
        if arguments.install_toolchain:
            install_toolchain()
        package = PACKAGES[arguments.component]
        print(build(debug=arguments.debug, features=arguments.features, output=arguments.output, package=package))
    except BuildError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

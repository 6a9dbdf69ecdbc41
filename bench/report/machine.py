"""The machine that the figures are from, without its name or its folders."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from datetime import date
from importlib import metadata
from pathlib import Path

from measure.tools import REPOSITORY, Tools

Facts = dict[str, str]


def facts(tools: Tools) -> Facts:
    """Name -> value, in the order in which they are shown."""
    found = {
        "date": date.today().isoformat(),
        "commit": commit(),
        "processor": processor(),
        "cores": str(os.cpu_count()),
        "system": system(),
        # The rest of a release names who has built it.
        "kernel": ".".join(platform.release().split(".")[:2]),
        "Python": platform.python_version(),
        "wasmtime (Python)": distribution("wasmtime"),
        "wasmtime (CLI)": first_line(tools.programs.get("wasmtime", ())[:1], "--version"),
        "mt-scan": first_line(tools.programs.get("mt-scan", ()), "--version"),
        "rustc": first_line(("rustc",), "--version"),
        **{name: distribution(name) for name in ("mutagen", "tinytag", "scandir-rs")},
    }
    return {name: value for name, value in found.items() if value}


def commit() -> str:
    """The commit, and whether the files differ from it."""
    try:
        name = git("rev-parse", "--short", "HEAD")
        return f"{name}, changed" if git("status", "--porcelain", "--untracked-files=no") else name
    except (OSError, subprocess.CalledProcessError):
        return ""


def git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=REPOSITORY, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def processor() -> str:
    try:
        match = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
        return match[1] if match else platform.processor()
    except OSError:
        return first_line(("sysctl",), "-n", "machdep.cpu.brand_string") or platform.processor()


def system() -> str:
    if platform.system() == "Linux":
        try:
            return platform.freedesktop_os_release()["PRETTY_NAME"]
        except (OSError, KeyError):
            return "Linux"
    return f"{platform.system()} {platform.mac_ver()[0] or platform.release()}"


def distribution(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def first_line(program: tuple[str, ...], *words: str) -> str:
    """What a program says of itself, its own name aside."""
    if not program:
        return ""
    try:
        done = subprocess.run([*program, *words], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    line = (done.stdout.splitlines() or [""])[0]
    return re.sub(r"^(wasmtime|mt-scan|rustc) ", "", line).split(" (")[0]

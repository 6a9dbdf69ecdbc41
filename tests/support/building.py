"""The guest, built by its own recipe."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from support.trees import REPOSITORY


def built(*arguments: str) -> Path:
    """Runs `guest/build.py` with these arguments; gives the component that it built."""
    command = [sys.executable, str(REPOSITORY / "guest" / "build.py"), *arguments]
    return Path(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip())

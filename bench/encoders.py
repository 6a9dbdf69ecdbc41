"""The encoders and mutagen: that they are there, and how to get them when they are not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# Encoder -> (Debian package, Homebrew formula).
PACKAGES = {
    "ffmpeg": ("ffmpeg", "ffmpeg"),
    "lame": ("lame", "lame"),
    "flac": ("flac", "flac"),
    "metaflac": ("flac", "flac"),
    "oggenc": ("vorbis-tools", "vorbis-tools"),
    "opusenc": ("opus-tools", "opus-tools"),
}


class ToolError(Exception):
    """A tool is missing or failed; the text says how to install it, or its command and words."""


def require_tools() -> None:
    missing = [name for name in PACKAGES if shutil.which(name) is None]
    if missing:
        debian = " ".join(sorted({PACKAGES[name][0] for name in missing}))
        macos = " ".join(sorted({PACKAGES[name][1] for name in missing}))
        raise ToolError(
            f"missing: {', '.join(missing)}\n  Debian: apt install {debian}\n  macOS:  brew install {macos}"
        )
    try:
        import mutagen  # noqa: F401
    except ImportError as error:
        raise ToolError("missing: mutagen\n  pip install mutagen") from error


def run(*command: str | Path) -> None:
    words = [str(word) for word in command]
    # lame, flac and oggenc read their tag arguments in the locale's encoding.
    locale = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    environment = {**os.environ, "LC_ALL": locale}
    done = subprocess.run(words, capture_output=True, text=True, errors="replace", env=environment, check=False)
    if done.returncode != 0:
        raise ToolError(f"{' '.join(words)}\n{done.stderr}")


def ffmpeg(*arguments: str | Path) -> None:
    quiet = ("-hide_banner", "-loglevel", "error", "-nostdin", "-y", "-threads", "1")
    run("ffmpeg", *quiet, *arguments)

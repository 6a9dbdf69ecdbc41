"""The test data of other projects: real files of many encoders and taggers, and the damaged ones
that their users sent in. They come with the source distributions on the package index.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from support.walker import is_audio

PROJECTS = ("mutagen==1.48.1", "mediafile==0.13.0")
"""With their versions, so that figures stay comparable. mediafile is beets' reader of tags, and
later versions come without their data.
"""
SECONDS = 300


def cache() -> Path:
    """Where the data are kept, outside of the repository."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "mt-scanner" / "test-data"


def test_data(project: str) -> Path:
    """The folder with the audio files among the test data of a project, which are fetched if they
    are not there yet.

    Raises `RuntimeError` if the package index cannot be reached.
    """
    folder = cache() / project.replace("==", "-")
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
            whole = Path(temporary, "whole")
            unpack(download(project, Path(temporary)), whole)
            whole.rename(folder)
    return folder


def download(project: str, folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--no-binary", ":all:", "--dest", str(folder), project]
    run = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    if run.returncode != 0:
        raise RuntimeError(
            f"the source distribution {project} could not be fetched from the package index: connect to the network, "
            f"or set PIP_INDEX_URL to an index that can be reached. pip says:\n{run.stderr.strip()}"
        )
    return next(folder.glob("*.tar.gz"))


def crate(name: str, version: str, scratch: Path) -> Path:
    """The folder with the sources of a crate, which cargo fetches if they are not there yet: some
    come with those of the project that they bind, tests and all.

    Raises `RuntimeError` if the package index cannot be reached.
    """
    (scratch / "src").mkdir()
    (scratch / "src/lib.rs").touch()
    manifest = scratch / "Cargo.toml"
    package = '[package]\nname = "fetched"\nversion = "0.0.0"\nedition = "2021"\n'
    manifest.write_text(f'{package}[dependencies]\n{name} = "={version}"\n[workspace]\n')
    command = ["cargo", "metadata", "--format-version", "1", "--manifest-path", str(manifest)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    if run.returncode != 0:
        raise RuntimeError(
            f"the crate {name} could not be fetched from the package index: connect to the network. cargo says:\n"
            f"{run.stderr.strip()}"
        )
    packages = json.loads(run.stdout)["packages"]
    return next(Path(package["manifest_path"]).parent for package in packages if package["name"] == name)


def unpack(archive: Path, folder: Path) -> None:
    """Writes the audio files of an archive under names of our own making."""
    with tarfile.open(archive) as files:
        for member in files:
            place = Path(*[part for part in Path(member.name).parts[1:] if part not in ("..", "/")])
            if member.isfile() and is_audio(member.name):
                content = files.extractfile(member)
                assert content is not None
                (folder / place).parent.mkdir(parents=True, exist_ok=True)
                (folder / place).write_bytes(content.read())

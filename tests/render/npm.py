"""Packages of npm that tests look at pictures with, fetched once into a cache outside the repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "archgraph-tests"


def package(name: str, version: str, members: Sequence[str]) -> Path:
    """A folder with some files of a package. Nothing of it is run; the test is skipped where npm is missing."""
    folder = _CACHE / f"{name}-{version}"
    if not folder.exists():
        if not shutil.which("npm"):
            pytest.skip("npm is not installed")
        _CACHE.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=_CACHE) as work:
            subprocess.run(["npm", "pack", "--silent", f"{name}@{version}"], cwd=work, check=True, timeout=300)
            with tarfile.open(next(Path(work).glob("*.tgz"))) as packed:
                for member in members:
                    found = packed.extractfile(f"package/{member}")
                    assert found is not None, member
                    file = Path(work, "files", member)
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_bytes(found.read())
            Path(work, "files").replace(folder)
    return folder

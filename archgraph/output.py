"""The output folder: written whole or not at all, one model at a time, and compared with what is there."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

MARKERS = ("graph.json", "index.md")
_STAGING = ".archgraph-"
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


class OutputError(Exception):
    """The output folder cannot be written, or is not archgraph's to replace; says why."""


def write(files: Mapping[str, bytes], folder: Path) -> None:
    """Replace ``folder`` by the given files (relative path -> content), whole or not at all.

    The files are staged beside the folder and swapped in with one rename, so that a process killed
    at any moment leaves either the old folder or the new one. Raises :class:`OutputError`.
    """
    _refuse_foreign(folder)
    parent = folder.parent
    staging = parent / f"{_STAGING}{folder.name}-{os.getpid()}"
    try:
        parent.mkdir(parents=True, exist_ok=True)
        _clear_abandoned(parent, folder)
        shutil.rmtree(staging, ignore_errors=True)
        for name, content in files.items():
            target = staging / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as file:
                file.write(content)
        _swap(staging, folder)
    except OSError as error:
        shutil.rmtree(staging, ignore_errors=True)
        raise OutputError(f"{folder} cannot be written: {error.strerror or error}") from error


def differences(files: Mapping[str, bytes], folder: Path) -> list[str]:
    """How the folder differs from the given files: one line per missing, different or extra file."""
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    lines = []
    for name in sorted(there | files.keys()):
        if name not in there:
            lines.append(f"missing: {name}")
        elif name not in files:
            lines.append(f"extra: {name}")
        elif (folder / name).read_bytes() != files[name]:
            lines.append(f"different: {name}")
    return lines


def write_file(path: Path, content: bytes) -> None:
    """Write one file whole or not at all. Raises :class:`OutputError`."""
    staging = path.with_name(f"{_STAGING}{path.name}-{os.getpid()}")
    try:
        staging.write_bytes(content)
        staging.replace(path)
    except OSError as error:
        staging.unlink(missing_ok=True)
        raise OutputError(f"{path} cannot be written: {error.strerror or error}") from error


def _refuse_foreign(folder: Path) -> None:
    """Only a folder that archgraph wrote, or an empty one, is replaced."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise OutputError(f"{folder} is not a folder")
    if folder.is_dir() and any(folder.iterdir()) and not all((folder / name).is_file() for name in MARKERS):
        raise OutputError(f"{folder} holds files that archgraph did not write; name another output folder with -o")


def _clear_abandoned(parent: Path, folder: Path) -> None:
    """Remove what killed builds left staged; put back an old folder that one left moved aside."""
    for path in sorted(parent.glob(f"{_STAGING}*")):
        name, _, process = path.name.rpartition("-")
        if not process.isdigit() or _alive(int(process)) or not path.is_dir():
            continue
        if name == f"{_STAGING}old-{folder.name}" and not folder.exists():
            path.rename(folder)
        else:
            shutil.rmtree(path, ignore_errors=True)


def _alive(process: int) -> bool:
    if process == os.getpid() or os.name != "posix":
        return process == os.getpid()
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _swap(staging: Path, folder: Path) -> None:
    """Put the staged folder in the place of the other: exchanged in one step where the system can."""
    if not folder.exists():
        staging.rename(folder)
        return
    if not _exchange(staging, folder):
        aside = folder.parent / f"{_STAGING}old-{folder.name}-{os.getpid()}"
        folder.rename(aside)
        staging.rename(folder)
        staging = aside
    shutil.rmtree(staging, ignore_errors=True)


def _exchange(left: Path, right: Path) -> bool:
    """Exchange two folders atomically (renameat2(2), Linux); false where that is not to be had."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    names = os.fsencode(left), os.fsencode(right)
    return bool(rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0)

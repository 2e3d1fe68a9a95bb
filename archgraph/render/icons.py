"""Icon files: the PNGs that the ``diagrams`` distribution carries, found without importing it."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

_SAFE = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*")
_PNG = b"\x89PNG\r\n\x1a\n"


@cache
def icon_bytes(icon: str) -> bytes | None:
    """The PNG of an icon, a path below ``resources/`` without its ending; ``None`` if there is none."""
    folder = _folder()
    if folder is None or not _SAFE.fullmatch(icon):
        return None
    try:
        data = (folder / f"{icon}.png").read_bytes()
    except OSError:
        return None
    return data if data.startswith(_PNG) else None


@cache
def _folder() -> Path | None:
    """The distribution's ``resources`` folder, or ``None`` if it is not installed."""
    try:
        return Path(str(distribution("diagrams").locate_file("resources")))
    except PackageNotFoundError:
        return None

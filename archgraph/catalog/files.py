"""The catalogue's own files: where they stand, and their YAML as plain data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from archgraph.source.diagnostics import Diagnostics
from archgraph.source.document import plain
from archgraph.source.reader import read

FOLDER = Path(__file__).parent


class CatalogError(ValueError):
    """A catalogue entry does not follow the format; the message names type and key."""


def read_data(text: str) -> dict[str, Any]:
    """The YAML of the catalogue as dicts, lists and texts. Raises :class:`CatalogError`."""
    diagnostics = Diagnostics()
    document = read(text, "catalogue", diagnostics)
    for problem in diagnostics.errors:
        raise CatalogError(f"line {problem.location.line}: {problem.message}")
    data: dict[str, Any] = plain(document) if document else {}
    return data

"""A contradiction in a model, and the relationships between elements in which most are found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from archgraph.model.model import Element, ElementId, Model, Reference
from archgraph.source.diagnostics import Location


class Problem(NamedTuple):
    """A contradiction: its code, what is wrong, where it was written, and the elements concerned."""

    code: str
    message: str
    at: Location
    elements: tuple[ElementId, ...]
    hint: str


def references(model: Model, verb: str) -> Iterator[tuple[Element, Element, Reference]]:
    """Every relationship of a verb inside the model: from which element, to which, and where it was stated."""
    for reference in model.references_of(verb):
        if reference.target is not None:
            yield model.elements[reference.source], model.elements[reference.target], reference

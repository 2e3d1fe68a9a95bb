"""A contradiction in a model, and the relationships between elements in which most are found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archgraph.model.model import Element, ElementId, Model, Reference
from archgraph.source.diagnostics import Location


@dataclass(frozen=True, slots=True)
class Problem:
    """A contradiction: its code, what is wrong, where it was written, and the elements concerned."""

    code: str
    message: str
    at: Location
    elements: tuple[ElementId, ...]
    hint: str


def references(model: Model, verb: str) -> Iterator[tuple[Element, Element, Reference]]:
    """Every relationship of a verb inside the model: from which element, to which, and where it was stated."""
    for element in model.elements.values():
        for reference in element.references:
            if reference.relationship == verb and reference.target is not None:
                yield model.elements[reference.source], model.elements[reference.target], reference

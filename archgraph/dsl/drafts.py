"""Drafts: elements as written, after patterns and ``for_each``, before names and types are resolved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from archgraph.catalog.types import ElementType
from archgraph.source.diagnostics import Location
from archgraph.source.document import Entry, Node, Scalar


@dataclass(slots=True, eq=False, repr=False)
class Draft:
    """One element to be. ``body`` holds its written entries without nesting (``contains``, ``regions``)."""

    id: str
    namespace: str
    """Where the names in its body are looked up."""
    key: Scalar
    body: dict[str, Entry]
    place: str | None = None
    """Full id of the element that it is nested in."""
    region: Scalar | None = None
    """The Region under whose key it is nested."""
    generated: bool = False
    """Made by ``for_each`` or ``use``; wildcards mean these."""
    part_of: Draft | None = None
    """The owner of a part, or of an element defined in place."""
    written: str = ""
    """Its id as the file has it (``app-$(az)``), so that one mistake in a pattern is one diagnostic."""
    partial: bool = False
    """True if an entry of its body was reported and left out."""
    type: ElementType | None = None
    """Its type, once looked up; known from the owner's property for parts."""
    defined_by: str = ""
    """The property of the owner that defines it in place."""
    inline: dict[int, Draft] = field(default_factory=dict)
    """The drafts defined in place inside this body, by the identity of the defining node."""

    @property
    def location(self) -> Location:
        return self.key.location

    def get(self, key: str) -> Node | None:
        entry = self.body.get(key)
        return entry[1] if entry else None


class FlowDraft(NamedTuple):
    """A written flow and the namespace in which its ends are looked up."""

    node: Node
    namespace: str

"""What is known while the properties of one element are read: whose they are, and how names are found."""

from __future__ import annotations

from collections.abc import Mapping as Bindings
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from archgraph.catalog.types import ElementType, Property
from archgraph.dsl.drafts import Draft
from archgraph.dsl.names import BoundScalar, Names
from archgraph.model.model import Element, ElementId, Reference
from archgraph.source.diagnostics import Diagnostics, Location
from archgraph.source.document import Mapping, Scalar

SKIPPED = object()
"""The value of what was reported and left out."""


class Carried(NamedTuple):
    """A reference that carries traffic: of which kind, from where to where."""

    reference: Reference
    kind: str
    source: ElementId
    target: ElementId


class KnownProperties(dict[str, Property | None]):
    """The properties of a type by name, each asked for once; ``None`` for what it does not have."""

    def __init__(self, kind: ElementType) -> None:
        super().__init__()
        self._kind = kind
        self.required = tuple(kind.properties[name] for name in kind.required)
        """Those without which an element of the type cannot be."""

    def __missing__(self, name: str) -> Property | None:
        found = self[name] = self._kind.properties.get(name)
        return found


@dataclass(slots=True, eq=False, repr=False)
class Lookup:
    """All that is known about the model's names while properties are read."""

    drafts: Bindings[str, Draft]
    names: Names
    diagnostics: Diagnostics
    carried: list[Carried] = field(default_factory=list)
    """The references that carry traffic, in the order in which they were read."""
    damaged: set[ElementId] = field(default_factory=set)
    """Elements of which something was reported and left out."""
    _known: dict[str, KnownProperties] = field(default_factory=dict)

    def properties(self, kind: ElementType) -> KnownProperties:
        """The properties of a type, the same object for all its elements."""
        found = self._known.get(kind.name)
        if found is None:
            found = self._known[kind.name] = KnownProperties(kind)
        return found


@dataclass(slots=True, eq=False, repr=False)
class Reading:
    """The element whose property is being read, and the path of that property."""

    element: Element
    namespace: str
    lookup: Lookup
    inline: Bindings[int, Draft] = field(default_factory=dict)
    path: str = ""

    def report(self, code: str, message: str, at: Location, hint: str | None = None) -> None:
        """Report a problem of the element."""
        self.lookup.damaged.add(self.element.id)
        self.lookup.diagnostics.add(code, message, at, hint)

    def find(self, node: Scalar, name: str | None = None) -> ElementId | None:
        """The element that a written name means, or ``None``; nothing is reported."""
        namespace = node.namespace if isinstance(node, BoundScalar) else self.namespace
        return self.lookup.names.resolve(node.text if name is None else name, namespace)

    def resolve(self, node: Scalar, hint: str | None = None) -> list[tuple[ElementId, str | None]]:
        """The elements that ``id``, ``id/path`` or a wildcard ``prefix-*`` means; reported if none.

        What follows ``/`` is returned beside each. ``hint`` is given where no name is alike.
        """
        name, slash, path = node.text.partition("/")
        namespace = node.namespace if isinstance(node, BoundScalar) else self.namespace
        if "*" in name:
            found = self.lookup.names.matching(name, namespace)
            if not found:
                self._report_no_match(node, name, namespace)
            return [(target, path if slash else None) for target in found]
        target = self.find(node, name)
        if target is None:
            self._report_unknown(node, name, namespace, hint)
            return []
        return [(target, path if slash else None)]

    def relate(
        self,
        prop: Property,
        node: Scalar | Mapping,
        *,
        target: ElementId | None = None,
        literal: str | None = None,
        properties: dict[str, Any] | None = None,
        path: str | None = None,
        verb: str | None = None,
        reverse: bool = False,
    ) -> Reference:
        """State a relationship of the element and return it. What has no verb is a value only."""
        owner = self.element.id
        verb = verb or prop.relationship
        source, end = (target, owner) if reverse and target is not None else (owner, target)
        reference = Reference(source, end, verb or "", self.path, node.location, literal, properties or {}, path)
        if verb is not None:
            self.element.references.append(reference)
        if prop.flow is not None and target is not None:
            source, end = (target, owner) if prop.flow.reverse else (owner, target)
            self.lookup.carried.append(Carried(reference, prop.flow.kind, source, end))
        return reference

    def _report_no_match(self, node: Scalar, name: str, namespace: str) -> None:
        self.lookup.damaged.add(self.element.id)
        if not self.lookup.names.lost.excuses(name, namespace):
            hint = self.lookup.names.wildcard_hint(name, namespace, self.lookup.diagnostics)
            self.report("AG310", f"'{name[:60]}' matches nothing", node.location, hint)

    def _report_unknown(self, node: Scalar, name: str, namespace: str, hint: str | None) -> None:
        names = self.lookup.names
        self.lookup.damaged.add(self.element.id)
        if names.removed and any(full in names.removed for full in (name, f"{namespace}.{name}")):
            hint = f"change '{self.path}' too: name something else, or `remove` it"
            self.report("AG407", f"a change removed '{name[:60]}'", node.location, hint)
        elif not names.lost.excuses(name, namespace):
            message = f"nothing is called '{name[:60]}' here" if name else f"'{self.path}' names nothing"
            self.report(
                "AG407",
                message,
                node.location,
                (names.suggestion(name, namespace, self.lookup.diagnostics) if name else None) or hint,
            )

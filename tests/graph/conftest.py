"""Models built by hand, element by element."""

from __future__ import annotations

from typing import Any

import pytest

from archgraph.catalog.catalog import builtin
from archgraph.catalog.types import ElementType, Property, TypeName
from archgraph.model.model import Element, ElementId, Flow, FlowId, Model, Reference
from archgraph.source.diagnostics import Location

AT = Location("architecture.yaml", 3, 5)


class Builder:
    """Adds elements, references and flows to one model."""

    def __init__(self) -> None:
        self.model = Model("shop", "Shop", builtin(), {}, AT)

    def element(self, name: str, kind: str = "Thing", **attributes: Any) -> Element:
        category = attributes.pop("category", "Network")
        part = attributes.pop("part", False)
        specs = attributes.pop("specs", {})
        own = ElementType(TypeName(kind), "Amazon X", kind, category, "d", "s", part=part, properties=specs)
        element = Element(ElementId(name), own, AT)
        for attribute, value in attributes.items():
            setattr(element, attribute, value)
        self.model.elements[element.id] = element
        return element

    def reference(self, source: str, verb: str, target: str | None, prop: str = "p", **more: Any) -> Reference:
        end = None if target is None else ElementId(target)
        reference = Reference(ElementId(source), end, verb, prop, AT, **more)
        self.model.elements[ElementId(source)].references.append(reference)
        return reference

    def flow(self, source: str, target: str, kind: str = "request", **more: Any) -> Flow:
        identity = more.pop("id", f"{source} -> {target}")
        flow = Flow(FlowId(identity), ElementId(source), ElementId(target), kind, AT, **more)
        self.model.flows[flow.id] = flow
        return flow


@pytest.fixture
def shop() -> Builder:
    return Builder()


def prop(name: str, kind: str, **more: Any) -> Property:
    return Property(name, kind, **more)

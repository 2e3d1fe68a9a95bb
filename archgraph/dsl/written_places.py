"""Places as they are written: by nesting, under a Region's key, or with ``in``."""

from __future__ import annotations

import re
from typing import NamedTuple

from archgraph.catalog.values import REGION
from archgraph.dsl.drafts import Draft
from archgraph.dsl.names import BoundScalar
from archgraph.dsl.reading import Lookup
from archgraph.dsl.shapes import with_article
from archgraph.model.model import Element, ElementId
from archgraph.source.document import Scalar


class Place(NamedTuple):
    """A written place: an element, and a Region if the place is an account's Region."""

    parent: ElementId | None = None
    region: str | None = None
    wrong: bool = False
    """True if something about it was reported; no second mistake is made of it."""


class WrittenPlaces:
    """Reads where each element was written to stand."""

    def __init__(self, elements: dict[ElementId, Element], lookup: Lookup) -> None:
        self.elements = elements
        self.drafts = lookup.drafts
        self.names = lookup.names
        self.diagnostics = lookup.diagnostics

    def of(self, element: Element) -> Place:
        draft = self.drafts[element.id]
        if draft.part_of is not None:
            owner = self.elements.get(ElementId(draft.part_of.id))
            return Place(owner.id) if owner else Place(wrong=True)
        entry = draft.body.get("in")
        if entry is None:
            return self._nested(draft)
        node = entry[1]
        if not isinstance(node, Scalar):
            self.diagnostics.add("AG204", "'in' must name a place", node.location)
            return Place(wrong=True)
        if draft.place is not None:
            message = f"'{draft.written[:60]}' is nested in '{draft.place}' already"
            self.diagnostics.add("AG417", message, node.location, "remove one of the two")
            return Place(ElementId(draft.place), wrong=True)
        return self._named(node, draft) or Place(wrong=True)

    def _nested(self, draft: Draft) -> Place:
        """The place by nesting: what it is written in, and the Region under whose key."""
        place = ElementId(draft.place) if draft.place else None
        if draft.region is None:
            return Place(place, wrong=place is not None and place not in self.elements)
        code = draft.region.text
        owner = self.elements.get(place) if place else None
        if owner is not None and owner.type.name != "Account":
            hint = "write what stands in it under `contains`"
            self.diagnostics.add(
                "AG409",
                f"only accounts have Regions, and '{owner.id}' is {with_article(owner.type.title)}",
                draft.region.location,
                hint,
            )
        elif REGION.fullmatch(code):
            return Place(place, code, wrong=owner is None)
        else:
            self.diagnostics.add("AG415", f"'{code[:40]}' is not a Region", draft.region.location, _region_hint(code))
        return Place(place, wrong=True)

    def _named(self, node: Scalar, draft: Draft) -> Place | None:
        """The place that a text names: an element, or ``<account>.<region>``; ``None`` after reporting."""
        namespace = node.namespace if isinstance(node, BoundScalar) else draft.namespace
        found = self.names.resolve(node.text, namespace)
        if found is not None:
            return Place(ElementId(found), wrong=ElementId(found) not in self.elements)
        account, _, region = node.text.rpartition(".")
        owner = self.elements.get(ElementId(self.names.resolve(account, namespace) or ""))
        if owner is not None and owner.type.name == "Account":
            if REGION.fullmatch(region):
                return Place(owner.id, region)
            self.diagnostics.add("AG415", f"'{region[:40]}' is not a Region", node.location, _region_hint(region))
        elif node.text in self.names.removed:
            hint = "change 'in' too, or `remove` what stands in it"
            self.diagnostics.add("AG407", f"a change removed '{node.text[:60]}'", node.location, hint)
        elif not self.names.lost.excuses(node.text, namespace):
            meant = self._place_hint(node.text, account, region, namespace)
            self.diagnostics.add("AG407", f"no place is called '{node.text[:60]}'", node.location, meant)
        return None

    def _place_hint(self, text: str, account: str, region: str, namespace: str) -> str | None:
        """The place that was probably meant: Regions are named together with their account."""
        if not REGION.fullmatch(region):
            return self.names.suggestion(text, namespace, self.diagnostics) if text else None
        if not self.diagnostics.may_compare(len(self.elements)):
            return None
        accounts = [name for name, element in self.elements.items() if element.type.name == "Account"]
        meant = self.diagnostics.closest(account, accounts) if account else next(iter(accounts), None)
        return f"did you mean '{meant}.{region}'?" if meant else None


def _region_hint(text: str) -> str:
    zone = re.fullmatch(rf"({REGION.pattern})[a-z]", text)
    return f"{text} is an Availability Zone of {zone[1]}" if zone else "like eu-west-1"

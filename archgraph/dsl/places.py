"""Where elements are: nesting, ``in``, and the subnets that place what has network interfaces."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from archgraph.catalog.values import REGION
from archgraph.dsl.drafts import Draft
from archgraph.dsl.names import BoundScalar
from archgraph.dsl.reading import Lookup
from archgraph.dsl.shapes import with_article
from archgraph.model.model import Absent, Element, ElementId, Reference
from archgraph.source.diagnostics import Location, closest
from archgraph.source.document import Scalar

PLACE_WORDS = {
    "Account": "a Region of an account (`regions:` of the account, or `in: account.eu-west-1`)",
    "AccountGlobal": "an account",
    "model": "the top level",
}


class _State(Enum):
    """How far an element is: waiting for its place, knowing it, knowing all."""

    BEGUN = 1
    INSIDE = 2
    DONE = 3


@dataclass(frozen=True, slots=True)
class Place:
    """A written place: an element, and a Region if the place is an account's Region."""

    parent: ElementId | None = None
    region: str | None = None
    wrong: bool = False
    """True if something about it was reported; no second mistake is made of it."""


def place_elements(elements: dict[ElementId, Element], lookup: Lookup) -> None:
    """Give every element its parent, account, Region, VPC, subnets and zones; report wrong places.

    Inherited properties (owner, environment, criticality, tags) follow the same chain.
    """
    placer = _Placer(elements, lookup)
    for element in elements.values():
        placer.place(element)
    for element in elements.values():
        placer.check(element)


class _Placer:
    def __init__(self, elements: dict[ElementId, Element], lookup: Lookup) -> None:
        self.elements = elements
        self.drafts = lookup.drafts
        self.names = lookup.names
        self.damaged = lookup.damaged
        self.diagnostics = lookup.diagnostics
        self.written: dict[ElementId, Place] = {}
        self._states: dict[ElementId, _State] = {}

    def place(self, element: Element) -> None:
        """Place one element, after what it stands in and what places it (iteratively, so depth is no limit).

        What is defined in place (a subnet group) places its owner and stands in it: so an element first
        takes over what follows from its place, then waits for what places it.
        """
        waiting = [element]
        while waiting:
            current = waiting[-1]
            state = self._states.get(current.id)
            if state is None:
                self._states[current.id] = _State.BEGUN
                place = self.written[current.id] = self._written(current)
                parent = self.elements.get(place.parent) if place.parent else None
                if parent is not None and self._states.get(parent.id) is _State.BEGUN:
                    self._report_cycle(current)
                elif parent is not None and parent.id not in self._states:
                    waiting.append(parent)
            elif state is _State.BEGUN:
                self._states[current.id] = _State.INSIDE
                self._take_over(current)
                waiting.extend(other for other in self._placing(current) if other.id not in self._states)
            else:
                waiting.pop()
                if state is _State.INSIDE:
                    self._states[current.id] = _State.DONE
                    self._finish(current)

    def _placing(self, element: Element) -> list[Element]:
        """The subnets, VPCs or subnet groups by which an element is placed in the network."""
        return self._ends(element, element.type.placed_by) if element.type.placed_by else []

    def _report_cycle(self, element: Element) -> None:
        at = self._location(self.drafts[element.id])
        self.diagnostics.add("AG416", f"'{element.id}' stands inside itself", at)
        self.written[element.id] = Place(wrong=True)

    def _written(self, element: Element) -> Place:
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
            return self.names.suggestion(text, namespace) if text else None
        accounts = [name for name, element in self.elements.items() if element.type.name == "Account"]
        meant = closest(account, accounts) if account else next(iter(accounts), None)
        return f"did you mean '{meant}.{region}'?" if meant else None

    def _take_over(self, element: Element) -> None:
        """Fill in what follows from the written place."""
        place = self.written[element.id]
        parent = self.elements.get(place.parent) if place.parent else None
        element.parent = place.parent
        element.region = place.region
        if parent is None:
            return
        element.account = parent.id if parent.type.name == "Account" else parent.account
        element.region = place.region or parent.region
        element.vpc = parent.id if parent.type.name == "Vpc" else parent.vpc
        if parent.type.name == "Subnet":
            element.subnets, element.zones = (parent.id,), parent.zones
        elif element.part_of is not None:
            element.subnets, element.zones = parent.subnets, parent.zones
        _inherit(element, parent)

    def _finish(self, element: Element) -> None:
        """Fill in what follows from the subnets that it uses, and from its own settings."""
        if element.type.name == "Subnet":
            element.zones = _own_zone(element)
        if element.type.placed_by:
            self._by_network(element, element.type.placed_by)
        _own_settings(element)

    def _by_network(self, element: Element, prop: str) -> None:
        """Subnets (or the VPC) that a property names decide where the element is."""
        named = self._placing(element)
        vpcs = [other for other in named if other.type.name == "Vpc"]
        subnets = [other for other in named if other.type.name == "Subnet"]
        for other in named:
            if other.type.name not in ("Vpc", "Subnet"):
                subnets.extend(self.elements[s] for s in other.subnets)
        if subnets:
            element.subnets = tuple(dict.fromkeys(subnet.id for subnet in subnets))
            element.zones = tuple(sorted({zone for subnet in subnets for zone in subnet.zones}))
            inside = sorted({subnet.vpc for subnet in subnets if subnet.vpc is not None})
            if len(inside) > 1 and subnets[0] in named:
                message = f"the subnets of '{element.id}' belong to several VPCs: {', '.join(inside)}"
                self.diagnostics.add("AG606", message, element.where(prop), "name subnets of one VPC")
            home: Element = subnets[0]
            if element.vpc and home.vpc and element.vpc != home.vpc:
                message = f"'{element.id}' is written in '{element.vpc}', its subnets are in '{home.vpc}'"
                self.diagnostics.add("AG610", message, element.where(prop), "name subnets of one VPC, or move it")
            element.vpc = home.vpc
            if element.part_of is None:
                element.parent = home.id if len(element.subnets) == 1 else home.vpc
        elif vpcs:
            home = vpcs[0]
            element.vpc = home.id
            if element.part_of is None:
                element.parent = home.id
        else:
            return
        if element.account is None:
            element.account = home.account
        if element.region is None:
            element.region = home.region
        if element.part_of is None:
            _inherit(element, home)

    def _ends(self, element: Element, prop: str) -> list[Element]:
        value = element.properties.get(prop)
        if value is None:
            value = [reference for reference in element.references if reference.relationship == "IN_SUBNET"]
        references = value if isinstance(value, list) else [value]
        return [
            found
            for reference in references
            if isinstance(reference, Reference)
            and reference.target is not None
            and (found := self.elements.get(reference.target)) is not None
        ]

    def check(self, element: Element) -> None:
        """Report an element that its type does not allow where it was written."""
        kind = element.type
        written = self.written[element.id]
        if element.part_of is not None or element.external or not kind.places or kind.part or written.wrong:
            return
        draft = self.drafts[element.id]
        at = self._location(draft)
        placing = kind.properties.get(kind.placed_by) if kind.placed_by else None
        if placing is not None and placing.required and placing.name not in draft.body:
            return  # that it is missing was reported, and would tell the place
        if written.parent is None:
            placed = "model" in kind.places or (placing is not None and placing.name in draft.body)
            if not placed:
                message = f"{kind.title} '{draft.written[:60]}' needs a place"
                self.diagnostics.add("AG410", message, at, f"it stands in {_listed(kind.places)}")
        elif not self._allowed(element, written):
            parent = self.elements[written.parent]
            where = f"{written.region} of '{parent.id}'" if written.region else f"'{parent.id}', {with_article(parent.type.title)}"
            message = f"{kind.title} '{draft.written[:60]}' cannot stand in {where}"
            self.diagnostics.add("AG409", message, at, f"it stands in {_listed(kind.places)}")

    def _allowed(self, element: Element, written: Place) -> bool:
        parent = self.elements[written.parent] if written.parent else None
        if parent is None:
            return True
        places = element.type.places
        placed_by = element.type.placed_by
        if placed_by in self.drafts[element.id].body and (written.region or parent.type.name in ("Vpc", "Subnet")):
            return True
        if "AccountGlobal" in places and element.account is not None:
            return True
        if parent.type.name == "Account":
            return "Account" in places if written.region else "AccountGlobal" in places
        return parent.type.name in places or parent.type.category in places

    def _location(self, draft: Draft) -> Location:
        entry = draft.body.get("in")
        return entry[1].location if entry else draft.location


def _region_hint(text: str) -> str:
    zone = re.fullmatch(rf"({REGION.pattern})[a-z]", text)
    return f"{text} is an Availability Zone of {zone[1]}" if zone else "like eu-west-1"


def _inherit(element: Element, place: Element) -> None:
    element.owner = element.owner or place.owner
    element.environment = element.environment or place.environment
    element.criticality = element.criticality or place.criticality
    if place.tags:
        element.tags = {**place.tags, **element.tags}


def _own_settings(element: Element) -> None:
    """Lift the properties that every element has onto the element; its own win over inherited ones."""
    properties = element.properties
    for name in ("title", "description", "owner", "environment", "criticality", "arn"):
        if isinstance(value := properties.get(name), str):
            setattr(element, name, value)
    element.external = properties.get("external") is True
    tags = properties.get("tags")
    if isinstance(tags, dict):
        element.tags = {**element.tags, **{key: str(value) for key, value in tags.items()}}
    account = properties.get("account")
    if isinstance(account, Reference) and account.target is not None:
        element.account = account.target
    region = properties.get("region")
    if element.region is None and isinstance(region, str):
        element.region = region


def _own_zone(subnet: Element) -> tuple[str, ...]:
    """The full name of a subnet's zone: a letter is completed with the Region of its place."""
    zone = subnet.properties.get("availability_zone")
    if not isinstance(zone, str) or isinstance(zone, Absent):
        return ()
    if len(zone) > 1:
        return (zone,)
    return (f"{subnet.region}{zone}",) if subnet.region else (zone,)


def _listed(places: tuple[str, ...]) -> str:
    return " or ".join(PLACE_WORDS.get(place) or with_article(place) for place in places)

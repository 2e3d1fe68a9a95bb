"""Where elements are: nesting, ``in``, and the subnets that place what has network interfaces."""

from __future__ import annotations

from enum import Enum

from archgraph.dsl.drafts import Draft
from archgraph.dsl.network_places import inherit, place_by_network, placing
from archgraph.dsl.reading import Lookup
from archgraph.dsl.shapes import with_article
from archgraph.dsl.written_places import Place, WrittenPlaces
from archgraph.model.model import Absent, Element, ElementId, Reference
from archgraph.source.diagnostics import Location

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


_BEGUN, _INSIDE, _DONE = _State


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
        self.damaged = lookup.damaged
        self.diagnostics = lookup.diagnostics
        self._places = WrittenPlaces(elements, lookup)
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
                state = self._states[current.id] = _BEGUN
                place = self.written[current.id] = self._places.of(current)
                parent = self.elements.get(place.parent) if place.parent else None
                if parent is not None and self._states.get(parent.id) is _BEGUN:
                    self._report_cycle(current)
                elif parent is not None and parent.id not in self._states:
                    waiting.append(parent)
                    continue
            if state is _BEGUN:
                state = self._states[current.id] = _INSIDE
                self._take_over(current)
                others = [other for other in placing(current, self.elements) if other.id not in self._states]
                if others:
                    waiting.extend(others)
                    continue
            waiting.pop()
            if state is _INSIDE:
                self._states[current.id] = _DONE
                self._finish(current)

    def _report_cycle(self, element: Element) -> None:
        at = self._location(self.drafts[element.id])
        self.diagnostics.add("AG416", f"'{element.id}' stands inside itself", at)
        self.written[element.id] = Place(wrong=True)

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
        inherit(element, parent)

    def _finish(self, element: Element) -> None:
        """Fill in what follows from the subnets that it uses, and from its own settings."""
        if element.type.name == "Subnet":
            element.zones = _own_zone(element)
        if element.type.placed_by:
            place_by_network(element, element.type.placed_by, self.elements, self.diagnostics)
        _own_settings(element)

    def check(self, element: Element) -> None:
        """Report an element that its type does not allow where it was written."""
        kind = element.type
        written = self.written[element.id]
        if element.part_of is not None or element.external or not kind.places or kind.part or written.wrong:
            return
        draft = self.drafts[element.id]
        placing = kind.properties.get(kind.placed_by) if kind.placed_by else None
        if placing is not None and placing.required and placing.name not in draft.body:
            return  # that it is missing was reported, and would tell the place
        if written.parent is None:
            placed = "model" in kind.places or (placing is not None and placing.name in draft.body)
            if not placed:
                message = f"{kind.title} '{draft.written[:60]}' needs a place"
                hint = f"it stands in {_listed(kind.places)}"
                self.diagnostics.add("AG410", message, self._location(draft), hint)
        elif not self._allowed(element, written):
            parent = self.elements[written.parent]
            where = (
                f"{written.region} of '{parent.id}'"
                if written.region
                else f"'{parent.id}', {with_article(parent.type.title)}"
            )
            message = f"{kind.title} '{draft.written[:60]}' cannot stand in {where}"
            hint = f"it stands in {_listed(kind.places)}"
            self.diagnostics.add("AG409", message, self._location(draft), hint)

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


_LIFTED = frozenset({"title", "description", "owner", "environment", "criticality", "arn"})


def _own_settings(element: Element) -> None:
    """Lift the properties that every element has onto the element; its own win over inherited ones."""
    properties = element.properties
    for name in _LIFTED.intersection(properties):
        if isinstance(value := properties[name], str):
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

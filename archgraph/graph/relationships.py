"""Which relationships a model states: by its references, its places and its flows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archgraph.graph.normalise import StoreValue, normalise
from archgraph.model.model import FLOW_KINDS, Element, Flow, Model, Reference

AWS = "aws:"
"""Prefix of the ids of what AWS names and no author does: Regions, zones, the internet."""

INTERNET = f"{AWS}internet"

Link = tuple[str, str, str, str, Mapping[str, StoreValue]]
"""Source, verb, target, identity, properties."""

_INTERNET_BLOCKS = ("0.0.0.0/0", "::/0")
_INTERNET_VERBS = ("ALLOWS_FROM", "ALLOWS_TO", "ROUTES_TO")


def links(model: Model) -> list[Link]:
    """Every relationship of the model, unsorted. One that a flow refines is there once, as the flow."""
    references: list[Link] = []
    flows, refined = _flow_links(model)
    for element in model.elements.values():
        for reference in element.references:
            target = reference.target or _internet(reference)
            if target is not None and id(reference) not in refined:
                references.append(_reference_link(reference, target))
    stated = {(source, verb, target) for source, verb, target, _, _ in references}
    places = [link for element in model.elements.values() for link in _place_links(element)]
    places += _zone_links(model, {link[2] for link in places})
    return references + flows + [link for link in places if link[:3] not in stated]


def _flow_links(model: Model) -> tuple[list[Link], set[int]]:
    """The flows as relationships, and which references (by object identity) they refine.

    A flow refines the reference that implied it, or else one of the same verb on the same pair.
    """
    by_pair: dict[tuple[str, str, str], list[Reference]] = {}
    for element in model.elements.values():
        for reference in element.references:
            if reference.target is not None:
                pair = (reference.source, reference.relationship, reference.target)
                by_pair.setdefault(pair, []).append(reference)
    found: list[Link] = []
    refined: set[int] = set()
    for flow in sorted(model.flows.values(), key=lambda flow: flow.implied_by is None):
        verb = FLOW_KINDS[flow.kind]
        free = [r for r in by_pair.get((flow.source, verb, flow.target), ()) if id(r) not in refined]
        refines = next((r for r in free if r is flow.implied_by), free[0] if free else None)
        if refines is not None:
            refined.add(id(refines))
        found.append((flow.source, verb, flow.target, flow.id, _flow_properties(flow, refines)))
    return found, refined


def _flow_properties(flow: Flow, reference: Reference | None) -> Mapping[str, StoreValue]:
    properties = _reference_properties(reference) if reference else {}
    carries = flow.properties.get("carries")
    properties |= normalise({name: value for name, value in flow.properties.items() if name != "carries"})
    if isinstance(carries, (list, tuple)):
        properties["carries"] = sorted(_target_name(item) for item in carries)
    if flow.label:
        properties["label"] = flow.label
    properties |= {"kind": flow.kind, "declared": flow.declared}
    properties |= {"file": flow.location.file, "line": flow.location.line}
    return properties


def _target_name(item: Any) -> str:
    return str(item.target or item.literal) if isinstance(item, Reference) else str(item)


def _internet(reference: Reference) -> str | None:
    """Where a literal reference ends: rules and routes for every address name the internet."""
    everywhere = reference.literal in _INTERNET_BLOCKS and reference.relationship in _INTERNET_VERBS
    return INTERNET if everywhere else None


def _reference_link(reference: Reference, target: str) -> Link:
    source, verb = reference.source, reference.relationship
    identity = f"{source} {verb} {target} {reference.property}"
    return source, verb, target, identity, _reference_properties(reference)


def _reference_properties(reference: Reference) -> dict[str, StoreValue]:
    properties = normalise(reference.properties) if reference.properties else {}
    properties["property"] = reference.property
    if reference.literal is not None:
        properties["literal"] = reference.literal
    if reference.path is not None:
        properties["path"] = reference.path
    properties["file"] = reference.location.file
    properties["line"] = reference.location.line
    return properties


def _place_links(element: Element) -> Iterator[Link]:
    """Where an element is: a zonal one without subnets in its zone, a Regional one in its Region.

    A part is where its owner is.
    """
    if element.part_of is not None:
        yield _placement(element.id, "PART_OF", element.part_of, "part_of")
    if element.type.part:
        return
    if element.account is not None and element.account != element.id:
        yield _placement(element.id, "OWNED_BY", element.account, "account")
    for subnet in element.subnets:
        yield _placement(element.id, "IN_SUBNET", subnet, element.type.placed_by or "in")
    parent = element.parent
    regional = element.region is not None and (parent is None or parent == element.account)
    if parent is not None and parent != element.part_of and not regional:
        yield _placement(element.id, "LOCATED_IN", parent, "in")
    if element.zones and not element.subnets:
        for zone in element.zones:
            yield _placement(element.id, "LOCATED_IN", f"{AWS}{zone}", "availability_zone")
    elif regional:
        yield _placement(element.id, "LOCATED_IN", f"{AWS}{element.region}", "region")


def _zone_links(model: Model, used: set[str]) -> list[Link]:
    regions = {f"{AWS}{zone}": e.region for e in model.elements.values() for zone in e.zones if e.region}
    return [
        _placement(zone, "LOCATED_IN", f"{AWS}{region}", "region")
        for zone, region in sorted(regions.items())
        if zone in used
    ]


def _placement(source: str, verb: str, target: str, name: str) -> Link:
    return source, verb, target, f"{source} {verb} {target}", {"property": name}

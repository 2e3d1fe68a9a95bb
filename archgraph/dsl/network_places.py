"""Elements with network interfaces are where their subnets are."""

from __future__ import annotations

from archgraph.model.model import Element, ElementId, Reference
from archgraph.source.diagnostics import Diagnostics


def placing(element: Element, elements: dict[ElementId, Element]) -> list[Element]:
    """The subnets, VPCs or subnet groups by which an element is placed in the network."""
    prop = element.type.placed_by
    if prop is None:
        return []
    value = element.properties.get(prop)
    if value is None:
        value = [reference for reference in element.references if reference.relationship == "IN_SUBNET"]
    references = value if isinstance(value, list) else [value]
    return [
        found
        for reference in references
        if isinstance(reference, Reference)
        and reference.target is not None
        and (found := elements.get(reference.target)) is not None
    ]


def place_by_network(element: Element, prop: str, elements: dict[ElementId, Element], diagnostics: Diagnostics) -> None:
    """Subnets (or the VPC) that a property names decide where the element is."""
    named = placing(element, elements)
    vpcs = [other for other in named if other.type.name == "Vpc"]
    subnets = [other for other in named if other.type.name == "Subnet"]
    for other in named:
        if other.type.name not in ("Vpc", "Subnet"):
            subnets.extend(elements[s] for s in other.subnets)
    if subnets:
        element.subnets = tuple(dict.fromkeys(subnet.id for subnet in subnets))
        element.zones = tuple(sorted({zone for subnet in subnets for zone in subnet.zones}))
        inside = sorted({subnet.vpc for subnet in subnets if subnet.vpc is not None})
        if len(inside) > 1 and subnets[0] in named:
            message = f"the subnets of '{element.id}' belong to several VPCs: {', '.join(inside)}"
            diagnostics.add("AG606", message, element.where(prop), "name subnets of one VPC")
        home: Element = subnets[0]
        if element.vpc and home.vpc and element.vpc != home.vpc:
            message = f"'{element.id}' is written in '{element.vpc}', its subnets are in '{home.vpc}'"
            diagnostics.add("AG610", message, element.where(prop), "name subnets of one VPC, or move it")
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
        inherit(element, home)


def inherit(element: Element, place: Element) -> None:
    """Take over from a place what the element does not state itself."""
    element.owner = element.owner or place.owner
    element.environment = element.environment or place.environment
    element.criticality = element.criticality or place.criticality
    if place.tags:
        element.tags = {**place.tags, **element.tags}

"""Which networks are connected, so that their address ranges must not overlap.

Sources: "How VPC peering connections work" (peering is not transitive),
https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html; "How AWS Transit Gateway
works", https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html; "Direct Connect
gateways", https://docs.aws.amazon.com/directconnect/latest/UserGuide/direct-connect-gateways.html.
"""

from __future__ import annotations

from collections.abc import Iterator

from archgraph.model.model import Element, ElementId, Model

NETWORKS = frozenset({"Vpc", "OnPremisesNetwork"})
"""Ends of connections: connected to the hubs that they touch, but not through one another."""
PEERINGS = frozenset({"VpcPeeringConnection"})
"""Connections between the networks that they name, and no others."""
HUBS = frozenset({
    "TransitGateway", "TransitGatewayAttachment", "TransitGatewayPeering", "VirtualPrivateGateway",
    "VpnConnection", "CustomerGateway", "CustomerRouter", "DirectConnectGateway", "DirectConnectConnection",
    "DirectConnectGatewayAssociation", "TransitVirtualInterface", "PrivateVirtualInterface",
})  # fmt: skip
"""What joins all networks that hang on it, directly or through another hub."""


def connected_networks(model: Model) -> list[list[ElementId]]:
    """Groups of networks of which each can route to every other, in the author's order.

    A transit gateway, a VPN or a Direct Connect line makes one group of all that hangs on it, peered
    gateways included; a peering makes a group of its two VPCs only. Whether route tables use a
    connection does not matter: overlapping ranges keep them from ever doing so.
    """
    groups = [_distinct(_networks_at(model, peering)) for peering in model.of_type(*sorted(PEERINGS))]
    roots: dict[ElementId, ElementId] = {}
    hubs = [element for element in model.elements.values() if element.type.name in HUBS]
    for hub in hubs:
        for neighbour in _neighbours(model, hub):
            if neighbour.type.name in HUBS:
                roots[_root(roots, hub.id)] = _root(roots, neighbour.id)
    members: dict[ElementId, list[ElementId]] = {}
    for hub in hubs:
        members.setdefault(_root(roots, hub.id), []).extend(_networks_at(model, hub))
    groups += [_distinct(found) for found in members.values()]
    return [group for group in groups if len(group) > 1]


def _networks_at(model: Model, element: Element) -> Iterator[ElementId]:
    """The networks that a connection names or stands in."""
    for neighbour in _neighbours(model, element):
        if neighbour.type.name in NETWORKS:
            yield neighbour.id
    for place in (element.vpc, element.parent):
        if place is not None and model.elements[place].type.name in NETWORKS:
            yield place


def _neighbours(model: Model, element: Element) -> Iterator[Element]:
    """The other ends of the references that an element states."""
    for reference in element.references:
        other = reference.target if reference.source == element.id else reference.source
        if other is not None and other != element.id and other in model.elements:
            yield model.elements[other]


def _root(roots: dict[ElementId, ElementId], hub: ElementId) -> ElementId:
    """The representative of a hub's group; paths are halved on the way (union-find)."""
    while hub in roots and roots[hub] != hub:
        roots[hub] = roots.get(roots[hub], roots[hub])
        hub = roots[hub]
    return hub


def _distinct(members: Iterator[ElementId] | list[ElementId]) -> list[ElementId]:
    return list(dict.fromkeys(members))

"""The address plan: IPv4 blocks of networks and subnets, what is usable in them, and what overlaps.

Sources, Amazon VPC User Guide: "Subnet CIDR blocks"
(https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html): the first four addresses and
the last one of every subnet are reserved; "How VPC peering connections work"
(https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html): peered VPCs must not overlap,
and peering is not transitive; Reliability Pillar, REL02-BP05 "Enforce non-overlapping private IP
address ranges in all private address spaces where they are connected".
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from archgraph.analysis.connections import connected_networks
from archgraph.model.model import Element, ElementId, Model

RESERVED = 5
"""Addresses that AWS keeps in every subnet."""
NAMED = 4
"""The most overlapping elements that one block names, however many there are."""


class AddressBlock(NamedTuple):
    """One IPv4 block of a VPC, a subnet or a network outside AWS.

    ``size`` counts its addresses, ``usable`` those that resources can have. ``parent`` is the VPC
    whose block contains a subnet's, ``overlaps`` the connected networks that share addresses with it
    (at most :data:`NAMED`, sorted); subnets of one VPC never overlap, or the model has an error.
    """

    element: ElementId
    cidr: str
    size: int
    usable: int
    parent: ElementId | None
    overlaps: tuple[ElementId, ...]


class _Block(NamedTuple):
    """A block while overlaps are sought: addresses from ``start`` to ``end`` (exclusive)."""

    start: int
    end: int
    element: ElementId
    cidr: str


def address_plan(model: Model) -> tuple[AddressBlock, ...]:
    """Every IPv4 block of the model: of VPCs and other networks first, then of subnets."""
    networks = {e.id: list(_blocks(e)) for e in model.of_type("Vpc", "OnPremisesNetwork")}
    subnets = {e.id: list(_blocks(e)) for e in model.of_type("Subnet")}
    overlaps: dict[_Block, set[ElementId]] = {}
    for group in connected_networks(model):
        _note_overlaps([block for member in group for block in networks[member]], overlaps)
    plan = [_entry(block, block.end - block.start, None, overlaps) for found in networks.values() for block in found]
    for subnet, found in subnets.items():
        vpc = model.elements[subnet].vpc
        parent = vpc if vpc is not None and networks.get(vpc) else None
        plan += [_entry(block, block.end - block.start - RESERVED, parent, overlaps) for block in found]
    return tuple(plan)


def _blocks(element: Element) -> Iterator[_Block]:
    for network in _networks(element):
        if isinstance(network, ipaddress.IPv4Network):
            start = int(network.network_address)
            yield _Block(start, start + network.num_addresses, element.id, str(network))


def _networks(element: Element) -> Iterator[Any]:
    for name in ("cidr", "secondary_cidrs", "cidrs"):
        stated = element.properties.get(name)
        yield from stated if isinstance(stated, list) else (stated,)


def _note_overlaps(blocks: Iterable[_Block], overlaps: dict[_Block, set[ElementId]]) -> None:
    """Note for each block which others share addresses with it.

    CIDR blocks either nest or do not meet, so in order of their first address the blocks that
    contain the current one are a stack.
    """
    enclosing: list[_Block] = []
    for block in sorted(blocks, key=lambda b: (b.start, -b.end, b.element)):
        while enclosing and enclosing[-1].end <= block.start:
            enclosing.pop()
        for outer in enclosing[-NAMED:]:
            if outer.element != block.element:
                overlaps.setdefault(block, set()).add(outer.element)
                if len(overlaps.setdefault(outer, set())) < NAMED:
                    overlaps[outer].add(block.element)
        enclosing.append(block)


def _entry(
    block: _Block, usable: int, parent: ElementId | None, overlaps: dict[_Block, set[ElementId]]
) -> AddressBlock:
    shared = tuple(sorted(overlaps.get(block, ()))[:NAMED])
    return AddressBlock(block.element, block.cidr, block.end - block.start, usable, parent, shared)

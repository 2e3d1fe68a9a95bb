"""Trips: where packets have got to, what they crossed on the way, and where they ended."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from archgraph.analysis.evidence import Hop
from archgraph.analysis.internet import PUBLIC, Interval, overlap
from archgraph.model.model import ElementId

Spans = tuple[Interval, ...]
"""Sorted, disjoint stretches of addresses."""


class Arrival(StrEnum):
    """Where a trip ends."""

    VPC = "vpc"
    INTERNET = "internet"
    ON_PREMISES = "on-premises"
    NOWHERE = "nowhere"
    UNKNOWN = "unknown"


class Joint(StrEnum):
    """What lies between the two ends, as far as security group references mind."""

    LOCAL = "local"
    PEERING = "peering"
    HUB = "hub"
    OTHER = "other"


class Gate(NamedTuple):
    """A crossing of a subnet's border. ``source`` is the NAT gateway whose address packets carry there."""

    subnet: ElementId
    outbound: bool
    source: ElementId | None


class Trip(NamedTuple):
    """Destinations on their way, all by the same one: how far they got, what they crossed, where they ended."""

    spans: Spans
    arrival: Arrival = Arrival.UNKNOWN
    place: str = ""
    """The VPC, the network, or for the internet the gateway by which it goes there."""
    hops: tuple[Hop, ...] = ()
    gates: tuple[Gate, ...] = ()
    joint: Joint = Joint.LOCAL
    translated: ElementId | None = None
    """The NAT gateway or appliance whose address its packets carry in the end."""
    assumed: tuple[str, ...] = ()
    """What the way leans on: a default of AWS, or that a firewall lets it pass."""
    missing: tuple[str, ...] = ()
    visited: tuple[str, ...] = ()
    abroad: bool = False
    """It left the VPC by a transit gateway or a virtual private gateway."""


def arrived(trip: Trip, arrival: Arrival, place: str, hop: Hop) -> Trip:
    """The trip at its end."""
    return trip._replace(arrival=arrival, place=place, hops=(*trip.hops, hop))


def ended(trip: Trip, stop: Hop) -> Trip:
    """The trip at what stops it."""
    return trip._replace(arrival=Arrival.NOWHERE, hops=(*trip.hops, stop))


def not_known(trip: Trip, why: Hop, missing: tuple[str, ...]) -> Trip:
    """The trip where the model does not say how it goes on."""
    return trip._replace(arrival=Arrival.UNKNOWN, hops=(*trip.hops, why), missing=tuple(dict.fromkeys(missing)))


def to_internet(version: int, trip: Trip, gateway: str) -> Iterator[Trip]:
    """The public addresses of a stretch go out; nothing on the internet has the others."""
    public, private = split(trip.spans, PUBLIC[version])
    if public:
        hop = Hop(gateway, f"{gateway} leads to the internet")
        yield arrived(trip._replace(spans=public), Arrival.INTERNET, gateway, hop)
    if private:
        yield ended(trip._replace(spans=private), Hop(gateway, f"{gateway} leads to public addresses only"))


def split(spans: Spans, among: Iterable[Interval]) -> tuple[Spans, Spans]:
    """The addresses that are among others, and those that are not."""
    inside = overlap(spans, among)
    outside: list[Interval] = []
    for start, end in spans:
        position = start
        for first, last in inside:
            if start <= first and last <= end:
                if position < first:
                    outside.append((position, first))
                position = last
        if position < end:
            outside.append((position, end))
    return tuple(inside), tuple(outside)


def named(spans: Spans, version: int) -> str:
    """Addresses as people write them: their first network, or the internet."""
    if overlap(spans, PUBLIC[version]):
        return "the internet"
    kind = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
    first, after = spans[0]
    return str(next(ipaddress.summarize_address_range(kind(first), kind(after - 1))))

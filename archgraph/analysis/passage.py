"""Which ports the internet can open a connection to, once routes and filters have had their say.

A connection needs its packets to pass in both directions: from the client's address and port to
the element's port, and back. Security groups are stateful, so only what comes in is judged; network
ACLs are stateless, so replies to the client's ephemeral port are judged as well. Sources: Amazon VPC
User Guide, "Compare security groups and network ACLs"
(https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-comparison.html) and "Ephemeral ports"
(https://docs.aws.amazon.com/vpc/latest/userguide/nacl-ephemeral-ports.html).
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from archgraph.analysis.filters import Filter
from archgraph.analysis.internet import FEW, Interval
from archgraph.catalog.values import Ports

PortRange = tuple[int, int]
ALL: PortRange = (0, 65535)
EPHEMERAL: PortRange = (1024, ALL[1])
"""The ports from which clients call, over all operating systems."""
PROTOCOLS = ("tcp", "udp", "icmp")
"""ICMP has no ports: rules about it are about all of them."""


def open_ports(
    version: int, routed: Sequence[Interval], entry: Filter, group: Filter, reply: Filter
) -> tuple[Ports, ...]:
    """The ports that more public addresses can connect to than a few named networks hold.

    ``routed`` are the public addresses (sorted, disjoint) to which replies are routed over an
    internet gateway; ``entry`` and ``reply`` the two directions of the network ACL, ``group`` the
    inbound rules of all security groups. The result is sorted and merged: one ``all`` if every
    port of every protocol is open.
    """
    reach: dict[str, dict[int, int]] = {protocol: {} for protocol in PROTOCOLS}
    known: dict[tuple[tuple[int, ...], ...], list[tuple[str, list[PortRange]]]] = {}
    for size, active in _segments(version, routed, (entry, group, reply)):
        key = tuple(map(tuple, active))
        ports = known.get(key)
        if ports is None:
            ports = known[key] = _ports_of_segment(key, entry, group, reply)
        for protocol, ranges in ports:
            weights = reach[protocol]
            for first, last in ranges:
                weights[first] = weights.get(first, 0) + size
                weights[last + 1] = weights.get(last + 1, 0) - size
    found = {protocol: _heavier(reach[protocol], FEW[version]) for protocol in PROTOCOLS}
    return merged(Ports(protocol, first, last) for protocol in PROTOCOLS for first, last in found[protocol])


def merged(ports: Iterable[Ports]) -> tuple[Ports, ...]:
    """The same ports as sorted ranges that do not touch; ``all`` if nothing is missing."""
    return _merged(tuple(ports))


def shared(left: Iterable[Ports], right: Iterable[Ports]) -> tuple[Ports, ...]:
    """The ports that are in both."""
    return _shared(tuple(left), tuple(right))


# Thousands of elements and connections have the same few ports, so what they come to is worked out once.


@lru_cache(maxsize=4096)
def _merged(ports: tuple[Ports, ...]) -> tuple[Ports, ...]:
    ranges: dict[str, list[PortRange]] = {protocol: [] for protocol in PROTOCOLS}
    for item in ports:
        for protocol in PROTOCOLS if item.protocol == "all" else (item.protocol,):
            ranges[protocol].append((item.first, item.last))
    joined = [(protocol, first, last) for protocol in PROTOCOLS for first, last in joined_ranges(ranges[protocol])]
    if joined == [(protocol, *ALL) for protocol in PROTOCOLS]:
        return (Ports("all", *ALL),)
    return tuple(Ports(*item) for item in joined)


@lru_cache(maxsize=4096)
def _shared(left: tuple[Ports, ...], right: tuple[Ports, ...]) -> tuple[Ports, ...]:
    return merged(
        Ports(protocol, max(a.first, b.first), min(a.last, b.last))
        for a in left
        for b in right
        if max(a.first, b.first) <= min(a.last, b.last)
        for protocol in PROTOCOLS
        if a.protocol in ("all", protocol) and b.protocol in ("all", protocol)
    )


def _segments(
    version: int, routed: Sequence[Interval], filters: Sequence[Filter]
) -> Iterator[tuple[int, list[list[int]]]]:
    """Stretches of routed addresses that every rule covers wholly or not at all, with the numbers of
    the rules that cover them. The lists are reused from one stretch to the next.
    """
    spans = [[(r.start, r.end) if r.version == version else None for r in one.rules] for one in filters]
    active: list[list[int]] = [[] for _ in filters]
    inside: list[int] = []
    events = [
        (place, begins, holders, number)
        for holders, listed in zip((inside, *active), (routed, *spans), strict=True)
        for number, span in enumerate(listed)
        if span is not None
        for place, begins in zip(span, (True, False), strict=True)
    ]
    events.sort(key=lambda event: event[0])
    for (place, begins, holders, number), (following, *_) in pairwise(events):
        if begins:
            insort(holders, number)
        else:
            del holders[bisect_left(holders, number)]
        if inside and following > place:
            yield following - place, active


def _ports_of_segment(
    active: Sequence[Sequence[int]], entry: Filter, group: Filter, reply: Filter
) -> list[tuple[str, list[PortRange]]]:
    """What is open to the addresses of one stretch, per protocol."""
    entering = [(rule.ports, rule.allow) for rule in map(entry.rules.__getitem__, active[0])]
    replying = [(rule.ports, rule.allow) for rule in map(reply.rules.__getitem__, active[2])]
    found = []
    for protocol in PROTOCOLS:
        granted = joined_ranges(
            (rule.ports.first, rule.ports.last)
            for rule in (group.rules[number] for number in active[1])
            if rule.ports.protocol in ("all", protocol)
        )
        if granted and admitted(replying, protocol, EPHEMERAL):
            ranges = common(granted, admitted(entering, protocol, ALL))
            if ranges:
                found.append((protocol, ranges))
    return found


def admitted(rules: Iterable[tuple[Ports, bool]], protocol: str, ports: PortRange) -> list[PortRange]:
    """The ports that the first matching rule allows, each of which names ports and allows or denies them;
    what no rule matches is denied.
    """
    undecided = [ports]
    allowed: list[PortRange] = []
    for named, allow in rules:
        if named.protocol not in ("all", protocol):
            continue
        span = (named.first, named.last)
        if allow:
            allowed += common(undecided, [span])
        undecided = _without(undecided, span)
    return joined_ranges(allowed)


def joined_ranges(ranges: Iterable[PortRange]) -> list[PortRange]:
    """The same ports as sorted ranges that do not touch."""
    joined: list[PortRange] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def common(left: Iterable[PortRange], right: Sequence[PortRange]) -> list[PortRange]:
    """The ports that are in both."""
    return [
        (max(a, c), min(b, d)) for a, b in left for c, d in right if max(a, c) <= min(b, d)
    ]  # fmt: skip


def _without(ranges: Iterable[PortRange], span: PortRange) -> list[PortRange]:
    below, above = (ALL[0], span[0] - 1), (span[1] + 1, ALL[1])
    return common(ranges, [below, above])


def _heavier(weights: dict[int, int], few: int) -> list[PortRange]:
    """The port ranges over which the running sum of the weights exceeds ``few``."""
    heavy: list[PortRange] = []
    weight = 0
    start: int | None = None
    for port in sorted(weights):
        weight += weights[port]
        if weight > few and start is None:
            start = port
        elif weight <= few and start is not None:
            heavy.append((start, port - 1))
            start = None
    return heavy

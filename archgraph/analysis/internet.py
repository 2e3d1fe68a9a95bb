"""The internet as a set of addresses: which of them are public, and how many make it the internet.

A rule or route that names a few public networks (an office, a partner) does not open anything to
the internet; one for 0.0.0.0/0 does, and so do 0.0.0.0/1 and 128.0.0.0/1 together. The line
between the two is AWS's own: Amazon S3 calls a range public if it is broader than /8 (IPv4) or
/32 (IPv6). Source: Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage",
section 'The meaning of "public"',
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from archgraph.catalog.values import Network

Interval = tuple[int, int]
"""Addresses as numbers: the first, and the one after the last."""

VERSIONS = (4, 6)
EVERYWHERE: dict[int, Interval] = {4: (0, 2**32), 6: (0, 2**128)}
FEW: dict[int, int] = {4: 2**24, 6: 2**96}
"""The most addresses that still count as named networks: a /8 of IPv4, a /32 of IPv6."""


def is_internet(intervals: Iterable[Interval], version: int) -> bool:
    """Whether the disjoint intervals hold more public addresses than a few named networks do."""
    public = overlap(intervals, PUBLIC[version])
    return sum(end - start for start, end in public) > FEW[version]


def interval(network: Network) -> Interval:
    """A network's addresses as numbers."""
    first = int(network.network_address)
    return first, first + (1 << network.max_prefixlen - network.prefixlen)


def overlap(left: Iterable[Interval], right: Iterable[Interval]) -> list[Interval]:
    """What two sorted lists of disjoint intervals have in common, sorted."""
    first, second = list(left), list(right)
    shared: list[Interval] = []
    i = j = 0
    while i < len(first) and j < len(second):
        start, end = max(first[i][0], second[j][0]), min(first[i][1], second[j][1])
        if start < end:
            shared.append((start, end))
        if first[i][1] < second[j][1]:
            i += 1
        else:
            j += 1
    return shared


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """The same addresses as sorted, disjoint intervals."""
    merged: list[Interval] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def without(networks: Iterable[str], whole: Interval) -> tuple[Interval, ...]:
    """What is left of an address space without the networks."""
    left: list[Interval] = []
    position = whole[0]
    for start, end in union(interval(ipaddress.ip_network(text)) for text in networks):
        if position < start:
            left.append((position, start))
        position = end
    if position < whole[1]:
        left.append((position, whole[1]))
    return tuple(left)


# IANA special-purpose registries (RFC 6890), but for the documentation ranges: models use those to
# stand for real addresses.
PUBLIC: dict[int, tuple[Interval, ...]] = {
    4: without(
        ("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
         "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3"),
        EVERYWHERE[4],
    ),
    6: (interval(ipaddress.ip_network("2000::/3")),),
}  # fmt: skip
"""The addresses that packets from the internet can come from."""

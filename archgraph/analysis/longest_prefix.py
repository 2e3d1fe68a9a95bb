"""The most specific route wins: "Route priority", section "Longest prefix match", Amazon VPC User Guide,
https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from archgraph.analysis.internet import Interval

Way = TypeVar("Way")


def longest_prefix(routes: Iterable[tuple[Interval, Way]]) -> list[tuple[Interval, Way]]:
    """Stretches of addresses, sorted and disjoint, with the way of the longest prefix that covers each.

    Of routes for the same block the last one wins. CIDR blocks either nest or do not meet, so a
    stack of the enclosing blocks is enough.
    """
    ordered = sorted(((*block, way) for block, way in routes), key=lambda route: (route[0], -route[1]))
    spans: list[tuple[Interval, Way]] = []
    open_blocks: list[tuple[int, Way]] = []
    position = 0
    for start, end, way in ordered:
        while open_blocks and open_blocks[-1][0] <= start:
            position = _close(spans, open_blocks, position)
        if open_blocks and position < start:
            spans.append(((position, start), open_blocks[-1][1]))
        position = start
        open_blocks.append((end, way))
    while open_blocks:
        position = _close(spans, open_blocks, position)
    return spans


def by_way(
    ways: Iterable[tuple[Interval, Way]], spans: Iterable[Interval], elsewhere: Way
) -> dict[Way, tuple[Interval, ...]]:
    """Addresses by the way that sorted, disjoint stretches have for them; ``elsewhere`` for all others."""
    known = list(ways)
    found: dict[Way, list[Interval]] = {}
    for start, end in spans:
        position = start
        for (first, last), way in known:
            if last <= position:
                continue
            if first >= end:
                break
            if position < first:
                found.setdefault(elsewhere, []).append((position, first))
                position = first
            found.setdefault(way, []).append((position, min(last, end)))
            position = min(last, end)
        if position < end:
            found.setdefault(elsewhere, []).append((position, end))
    return {way: tuple(stretches) for way, stretches in found.items()}


def _close(spans: list[tuple[Interval, Way]], open_blocks: list[tuple[int, Way]], position: int) -> int:
    end, way = open_blocks.pop()
    if position < end:
        spans.append(((position, end), way))
    return max(position, end)

"""How often the lines of a picture cross."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from itertools import pairwise

from archgraph.render.scene import Point


def crossings(lines: Sequence[Sequence[Point]]) -> int:
    """How often level pieces of lines cross upright pieces of others, found from left to right."""
    events: list[tuple[float, int, float, float, int]] = []
    for number, points in enumerate(lines):
        for (ax, ay), (bx, by) in pairwise(points):
            if ay == by and ax != bx:
                events += ((min(ax, bx), 2, ay, ay, number), (max(ax, bx), 0, ay, ay, number))
            elif ax == bx and ay != by:
                events.append((ax, 1, min(ay, by), max(ay, by), number))
    open_: list[tuple[float, int]] = []
    found = 0
    for _, kind, low, high, number in sorted(events):
        if kind == 2:
            insort(open_, (low, number))
        elif kind == 0:
            del open_[bisect_left(open_, (low, number))]
        else:
            between = open_[bisect_right(open_, (low, len(lines))) : bisect_left(open_, (high, -1))]
            found += sum(other != number for _, other in between)
    return found

"""Lines of at most three pieces, for pages so full that searching would take too long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from archgraph.render.ports import Port, Side
from archgraph.render.scene import Box, Point

_SHARES = (0.5, 0.25, 0.75)


def shortcut(sources: Sequence[Port], targets: Sequence[Port], things: Sequence[Box]) -> tuple[list[Point], Port, Port]:
    """Of the simple ways between two ends, the one that runs through least; the shortest if equal."""
    ways = list(_ways(sources, targets)) or [_any(sources[0], targets[0])]
    crowd = _near(ways, things)
    return min(ways, key=lambda way: (_hits(way[0], crowd), _length(way[0])))


def _ways(sources: Sequence[Port], targets: Sequence[Port]) -> Iterator[tuple[list[Point], Port, Port]]:
    """Out of a side, along the middle between the two ends, and into the side across."""
    for start in sources:
        for end in targets:
            if end.side is not start.side.opposite or start.side not in (Side.RIGHT, Side.DOWN, Side.LEFT):
                continue
            first, last = _foot(start), _foot(end)
            for share in _SHARES:
                if start.side.horizontal:
                    x = round(first[0] + (last[0] - first[0]) * share)
                    yield [first, (x, first[1]), (x, last[1]), last], start, end
                else:
                    y = round(first[1] + (last[1] - first[1]) * share)
                    yield [first, (first[0], y), (last[0], y), last], start, end


def _any(start: Port, end: Port) -> tuple[list[Point], Port, Port]:
    first, last = _foot(start), _foot(end)
    return [first, (last[0], first[1]), last], start, end


def _foot(port: Port) -> Point:
    return (port.at, port.middle) if port.side in (Side.LEFT, Side.RIGHT) else (port.middle, port.at)


def _near(ways: Sequence[tuple[list[Point], Port, Port]], things: Sequence[Box]) -> list[Box]:
    points = [point for way in ways for point in way[0]]
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    hull = Box(left, top, right - left, bottom - top).grown(1)
    return [box for box in things if box.overlaps(hull)]


def _hits(points: Sequence[Point], things: Sequence[Box]) -> int:
    count = 0
    for (ax, ay), (bx, by) in pairwise(points):
        left, right = (ax, bx) if ax < bx else (bx, ax)
        top, bottom = (ay, by) if ay < by else (by, ay)
        count += sum(
            1
            for box in things
            if box.x < right and box.y < bottom and box.x + box.width > left and box.y + box.height > top
        )
    return count


def _length(points: Sequence[Point]) -> float:
    return sum(abs(ax - bx) + abs(ay - by) for (ax, ay), (bx, by) in pairwise(points))

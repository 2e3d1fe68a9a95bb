"""Lines that run along each other, moved apart into evenly spaced lanes.

The search leaves routes on shared grid lines. Here every straight piece may move sideways as far as
nothing stands in its way: pieces beside each other are put in the order that makes the fewest
crossings and spread around the middle of the channel; ends stay on their ports. A direction at a
time: first all level pieces, then all upright ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cmp_to_key

from archgraph.render import sizes
from archgraph.render.channels import Piece, pieces, sign
from archgraph.render.routing import Route, straightened
from archgraph.render.scene import Box, Point

_NARROW = 90.0
"""In a channel up to this wide, lanes lie around its middle."""
_TRIES = (
    *((gap, True) for gap in (sizes.LANE, 8.0, 6.0, 5.0)),
    *((gap, False) for gap in (sizes.LANE, 8.0, 6.0, 4.0, 3.0, 2.0, 1.0)),
)
"""Distances of lanes, and whether borders are kept clear, until there is room."""


def spread(routes: Sequence[Route], things: Sequence[Box], borders: Sequence[Box], page: Box) -> list[list[Point]]:
    """The points of each route after its pieces are moved into lanes.

    ``things`` are kept clear always, the sides of ``borders`` where there is room enough.
    """
    points = [list(route.points) for route in routes]
    for upright in (False, True):
        found = pieces(routes, points, things, borders, page, upright)
        for cluster in _clusters(found):
            _assign(cluster)
        for piece in found:
            _move(points[piece.route], piece, upright)
    return [straightened(line) for line in points]


def _clusters(pieces: list[Piece]) -> list[list[Piece]]:
    """Pieces that may come to lie on each other, directly or through others between them."""
    parent = list(range(len(pieces)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    order = sorted(range(len(pieces)), key=lambda n: (pieces[n].at, n))
    for position, number in enumerate(order):
        piece = pieces[number]
        for other_number in order[position + 1 :]:
            other = pieces[other_number]
            if other.at - piece.at > sizes.LANE + 2:
                break
            if _beside(piece, other):
                parent[root(other_number)] = root(number)
    clusters: dict[int, list[Piece]] = {}
    for number in range(len(pieces)):
        clusters.setdefault(root(number), []).append(pieces[number])
    return list(clusters.values())


def _beside(piece: Piece, other: Piece) -> bool:
    """Whether two pieces run along each other. Lines from one thing to both sides may just meet."""
    near = -0.5 if not piece.ends.isdisjoint(other.ends) else 4.0
    return piece.low < other.high + near and other.low < piece.high + near


def _together(piece: Piece, other: Piece) -> bool:
    """Whether two pieces are one trunk, drawn over each other."""
    return (piece.trunk is not None and piece.trunk == other.trunk) or piece.route == other.route


def _assign(cluster: list[Piece]) -> None:
    ordered = sorted(cluster, key=cmp_to_key(_before))
    for number, piece in enumerate(ordered):
        piece.level = max(
            (
                other.level + (0 if _together(piece, other) else 1)
                for other in ordered[:number]
                if _beside(piece, other)
            ),
            default=0,
        )
    deepest = max(piece.level for piece in ordered)
    for gap, soft in _TRIES:
        places = _places(ordered, deepest, gap, soft)
        if places is not None:
            break
    else:
        return
    for piece, place in zip(ordered, places, strict=True):
        piece.at = place


def _places(ordered: list[Piece], deepest: int, gap: float, soft: bool) -> list[float] | None:
    """Places at least ``gap`` apart within all limits, near the middle; ``None`` if there is no room."""
    limits = [(piece.soft_least, piece.soft_most) if soft else (piece.least, piece.most) for piece in ordered]
    apart: list[list[int]] = [
        [n for n in range(number) if _beside(piece, ordered[n]) and not _together(piece, ordered[n])]
        for number, piece in enumerate(ordered)
    ]
    lowest: list[float] = []
    for number, (least, most) in enumerate(limits):
        place = max([least, *(lowest[earlier] + gap for earlier in apart[number])])
        if place > most + 0.01:
            return None
        lowest.append(place)
    highest = [most for _, most in limits]
    for number in range(len(ordered) - 1, -1, -1):
        for earlier in apart[number]:
            highest[earlier] = min(highest[earlier], highest[number] - gap)
    middle = _middle(ordered, limits)
    places: list[float] = []
    for number, piece in enumerate(ordered):
        wish = piece.at if piece.trunk is not None else middle + (piece.level - deepest / 2) * gap
        place = max([wish, lowest[number], *(places[earlier] + gap for earlier in apart[number])])
        places.append(round(min(place, highest[number]), 1))
    return places


def _middle(ordered: list[Piece], limits: list[tuple[float, float]]) -> float:
    """The middle of the channel if it is narrow and nobody is tied to a port, else where the search went."""
    mean = sum(piece.at for piece in ordered) / len(ordered)
    least, most = max(low for low, _ in limits), min(high for _, high in limits)
    if any(piece.anchored for piece in ordered) or not 0 <= most - least <= _NARROW:
        return mean
    return (least + most) / 2


def _before(piece: Piece, other: Piece) -> int:
    """Which of two pieces should have the smaller place, so that they cross least."""
    if abs(piece.at - other.at) > 1:
        return sign(piece.at - other.at)
    votes = 0
    if _beside(piece, other):
        if piece.low > other.low + 0.5:
            votes += piece.turn_low
        elif other.low > piece.low + 0.5:
            votes -= other.turn_low
        else:
            votes += sign(piece.turn_low - other.turn_low)
        if piece.high < other.high - 0.5:
            votes += piece.turn_high
        elif other.high < piece.high - 0.5:
            votes -= other.turn_high
        else:
            votes += sign(piece.turn_high - other.turn_high)
    return sign(votes) or sign(piece.route - other.route) or sign(piece.index - other.index)


def _move(line: list[Point], piece: Piece, upright: bool) -> None:
    for index in (piece.index, piece.index + 1):
        x, y = line[index]
        line[index] = (piece.at, y) if upright else (x, piece.at)

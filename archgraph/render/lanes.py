"""Lines that run along each other, moved apart into evenly spaced lanes.

The search leaves routes on shared grid lines. Here every straight piece may move sideways as far as
nothing stands in its way: pieces beside each other are put in the order that makes the fewest
crossings and spread around the middle of the channel; ends stay on their ports. A direction at a
time: first all level pieces, then all upright ones.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cmp_to_key

from archgraph.render import sizes
from archgraph.render.routing import Route, straightened
from archgraph.render.scene import Box, Point

_NARROW = 90.0
"""In a channel up to this wide, lanes lie around its middle."""
_TRIES = (
    *((gap, True) for gap in (sizes.LANE, 8.0, 6.0, 5.0)),
    *((gap, False) for gap in (sizes.LANE, 8.0, 6.0, 4.0, 3.0, 2.0, 1.0)),
)
"""Distances of lanes, and whether borders are kept clear, until there is room."""
_BUNDLE = 5
"""From so many lines on one side of an icon, they share a trunk."""


@dataclass(slots=True)
class _Piece:
    """A straight piece of a route: ``at`` is its place, ``low`` to ``high`` its extent along itself."""

    route: int
    index: int
    at: float
    low: float
    high: float
    turn_low: int
    turn_high: int
    """To which side the route goes on at each end: -1 towards smaller ``at``, 1 larger, 0 it ends."""
    least: float
    most: float
    soft_least: float = -1e9
    soft_most: float = 1e9
    """The same, when borders of frames that run along it are kept clear too."""
    trunk: tuple[str, int] | None = None
    anchored: bool = False
    level: int = 0


def spread(
    routes: Sequence[Route], things: Sequence[Box], borders: Sequence[Box], page: Box
) -> list[list[Point]]:
    """The points of each route after its pieces are moved into lanes.

    ``things`` are kept clear always, the sides of ``borders`` where there is room enough.
    """
    points = [list(route.points) for route in routes]
    for upright in (False, True):
        pieces = _pieces(routes, points, upright)
        _limits(pieces, things, page, upright)
        _soft_limits(pieces, borders, upright)
        for cluster in _clusters(pieces):
            _assign(cluster)
        for piece in pieces:
            _move(points[piece.route], piece, upright)
    return [straightened(line) for line in points]


def _pieces(routes: Sequence[Route], points: Sequence[list[Point]], upright: bool) -> list[_Piece]:
    along, across = (1, 0) if upright else (0, 1)
    trunks = _trunks(routes)
    pieces: list[_Piece] = []
    for number, line in enumerate(points):
        for index in range(len(line) - 1):
            first, second = line[index], line[index + 1]
            if first[across] != second[across] or first[along] == second[along]:
                continue
            before = line[index - 1][across] - first[across] if index else 0.0
            after = line[index + 2][across] - second[across] if index + 2 < len(line) else 0.0
            turns = (_sign(before), _sign(after))
            rising = first[along] < second[along]
            piece = _Piece(
                number, index, first[across], min(first[along], second[along]), max(first[along], second[along]),
                *(turns if rising else turns[::-1]), -1e9, 1e9,
            )  # fmt: skip
            for at_end, port, end in (
                (index == 0, routes[number].start, "start"),
                (index == len(line) - 2, routes[number].end, "end"),
            ):
                if at_end:
                    piece.least, piece.most = max(piece.least, port.low), min(piece.most, port.high)
                    piece.anchored = True
                    piece.trunk = trunks.get((number, end), piece.trunk)
            for beyond, end in ((1, "start"), (len(line) - 3, "end")):
                if index == beyond and not piece.anchored and (number, end) in trunks:
                    name, side = trunks[number, end]
                    piece.trunk = (f"{name}\x00{piece.at}\x00{piece.turn_low}", side)
            pieces.append(piece)
    return pieces


def _trunks(routes: Sequence[Route]) -> dict[tuple[int, str], tuple[str, int]]:
    sides: dict[tuple[str, int], list[tuple[int, str]]] = {}
    for number, route in enumerate(routes):
        sides.setdefault((route.edge.source, int(route.start.side)), []).append((number, "start"))
        sides.setdefault((route.edge.target, int(route.end.side)), []).append((number, "end"))
    return {end: side for side, ends in sides.items() if len(ends) >= _BUNDLE for end in ends}


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _limits(pieces: list[_Piece], things: Sequence[Box], page: Box, upright: bool) -> None:
    """How far each piece may move before it comes too near to something."""
    spans = sorted(
        (box.x, box.right, box.y, box.bottom) if upright else (box.y, box.bottom, box.x, box.right) for box in things
    )
    starts = [span[0] for span in spans]
    widest = max((span[1] - span[0] for span in spans), default=0.0)
    edge = (page.x, page.right) if upright else (page.y, page.bottom)
    for piece in pieces:
        near, far = piece.at - 160, piece.at + 160
        least, most = max(edge[0] + 4, near), min(edge[1] - 4, far)
        inset = 1.0 if piece.anchored else -sizes.CLEARANCE + 1
        for start, end, low, high in spans[bisect_left(starts, near - widest) : bisect_left(starts, far)]:
            if high <= piece.low + inset or low >= piece.high - inset:
                continue
            if end <= piece.at + 0.5:
                least = max(least, end + 6)
            elif start >= piece.at - 0.5:
                most = min(most, start - 6)
        piece.least, piece.most = max(piece.least, min(least, piece.at)), min(piece.most, max(most, piece.at))
        if piece.least > piece.most:
            piece.least = piece.most = piece.at


def _soft_limits(pieces: list[_Piece], borders: Sequence[Box], upright: bool) -> None:
    sides = sorted(
        (side, low, high)
        for box in borders
        for side, low, high in (
            ((box.x, box.y, box.bottom), (box.right, box.y, box.bottom))
            if upright
            else ((box.y, box.x, box.right), (box.bottom, box.x, box.right))
        )
    )
    starts = [side[0] for side in sides]
    for piece in pieces:
        piece.soft_least, piece.soft_most = piece.least, piece.most
        for at, low, high in sides[bisect_left(starts, piece.least - 6) : bisect_left(starts, piece.most + 6)]:
            if min(high, piece.high) - max(low, piece.low) < 16:
                continue
            if at <= piece.at:
                piece.soft_least = max(piece.soft_least, at + 6)
            else:
                piece.soft_most = min(piece.soft_most, at - 6)
        if piece.soft_least > piece.soft_most:
            piece.soft_least, piece.soft_most = piece.least, piece.most


def _clusters(pieces: list[_Piece]) -> list[list[_Piece]]:
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
    clusters: dict[int, list[_Piece]] = {}
    for number in range(len(pieces)):
        clusters.setdefault(root(number), []).append(pieces[number])
    return list(clusters.values())


def _beside(piece: _Piece, other: _Piece) -> bool:
    return piece.low < other.high + 4 and other.low < piece.high + 4


def _together(piece: _Piece, other: _Piece) -> bool:
    """Whether two pieces are one trunk, drawn over each other."""
    return piece.trunk is not None and piece.trunk == other.trunk or piece.route == other.route


def _assign(cluster: list[_Piece]) -> None:
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


def _places(ordered: list[_Piece], deepest: int, gap: float, soft: bool) -> list[float] | None:
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


def _middle(ordered: list[_Piece], limits: list[tuple[float, float]]) -> float:
    """The middle of the channel if it is narrow and nobody is tied to a port, else where the search went."""
    mean = sum(piece.at for piece in ordered) / len(ordered)
    least, most = max(low for low, _ in limits), min(high for _, high in limits)
    if any(piece.anchored for piece in ordered) or not 0 <= most - least <= _NARROW:
        return mean
    return (least + most) / 2


def _before(piece: _Piece, other: _Piece) -> int:
    """Which of two pieces should have the smaller place, so that they cross least."""
    if abs(piece.at - other.at) > 1:
        return _sign(piece.at - other.at)
    votes = 0
    if _beside(piece, other):
        if piece.low > other.low + 0.5:
            votes += piece.turn_low
        elif other.low > piece.low + 0.5:
            votes -= other.turn_low
        else:
            votes += _sign(piece.turn_low - other.turn_low)
        if piece.high < other.high - 0.5:
            votes += piece.turn_high
        elif other.high < piece.high - 0.5:
            votes -= other.turn_high
        else:
            votes += _sign(piece.turn_high - other.turn_high)
    return _sign(votes) or _sign(piece.route - other.route) or _sign(piece.index - other.index)


def _move(line: list[Point], piece: _Piece, upright: bool) -> None:
    for index in (piece.index, piece.index + 1):
        x, y = line[index]
        line[index] = (piece.at, y) if upright else (x, piece.at)

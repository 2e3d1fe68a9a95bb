"""Straight pieces of routes, and how far each may move sideways."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from archgraph.render import sizes
from archgraph.render.routing import Route
from archgraph.render.scene import Box, Point

_BUNDLE = 5
"""From so many lines on one side of an icon, they share a trunk."""
_FARTHEST = 160.0
"""No piece moves further than this."""


@dataclass(slots=True)
class Piece:
    """A straight piece of a route: ``at`` is its place, ``low`` to ``high`` its extent along itself."""

    ends: frozenset[str]
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


def pieces(
    routes: Sequence[Route],
    points: Sequence[list[Point]],
    things: Sequence[Box],
    borders: Sequence[Box],
    page: Box,
    upright: bool,
) -> list[Piece]:
    """The level or the upright pieces of all routes, each with its limits."""
    found = _straight(routes, points, upright)
    _hard_limits(found, things, page, upright)
    _soft_limits(found, borders, upright)
    return found


def _straight(routes: Sequence[Route], points: Sequence[list[Point]], upright: bool) -> list[Piece]:
    along, across = (1, 0) if upright else (0, 1)
    trunks = _trunks(routes)
    pieces: list[Piece] = []
    for number, line in enumerate(points):
        for index in range(len(line) - 1):
            first, second = line[index], line[index + 1]
            if first[across] != second[across] or first[along] == second[along]:
                continue
            before = line[index - 1][across] - first[across] if index else 0.0
            after = line[index + 2][across] - second[across] if index + 2 < len(line) else 0.0
            turns = (sign(before), sign(after))
            rising = first[along] < second[along]
            piece = Piece(
                ends=frozenset((routes[number].edge.source, routes[number].edge.target)),
                route=number,
                index=index,
                at=first[across],
                low=min(first[along], second[along]),
                high=max(first[along], second[along]),
                turn_low=turns[0] if rising else turns[1],
                turn_high=turns[1] if rising else turns[0],
                least=-1e9,
                most=1e9,
            )
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


def _hard_limits(pieces: list[Piece], things: Sequence[Box], page: Box, upright: bool) -> None:
    """How far each piece may move before it comes too near to something."""
    spans = sorted(
        (box.x, box.right, box.y, box.bottom) if upright else (box.y, box.bottom, box.x, box.right) for box in things
    )
    starts = [span[0] for span in spans]
    widest = max((span[1] - span[0] for span in spans), default=0.0)
    edge = (page.x, page.right) if upright else (page.y, page.bottom)
    for piece in pieces:
        near, far = piece.at - _FARTHEST, piece.at + _FARTHEST
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


def _soft_limits(pieces: list[Piece], borders: Sequence[Box], upright: bool) -> None:
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


def sign(value: float) -> int:
    """-1, 0 or 1."""
    return (value > 0) - (value < 0)

"""The lines along which an edge is searched: a sparse grid made from what stands between its ends.

Coordinates that cannot matter are left out: there is one grid line along each side of a thing and
of a frame, and one through the middle of each side where the edge may leave or arrive. Neighbouring
lines that are almost the same are merged; :mod:`archgraph.render.lanes` moves lines to their final
places anyway.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from archgraph.render import sizes
from archgraph.render.scene import Box

_MERGE = 5.0
_TIGHT = sizes.CLEARANCE - 1.7
"""Lines nearer than this to a thing are blocked; grid lines lie a little further out."""
_BESIDE_BORDER = 9.0
_NEAR = 5.0
"""Two lines closer than this are, before lanes, the same line."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands on a page, or in a part of it, as a search sees it.

    ``outlines`` are the things with their labels, which grid lines run along; ``things`` are what
    blocks; ``frames`` stand outer ones first, with whether the edge is at home in them.
    """

    outlines: Sequence[Box]
    things: Sequence[Box]
    frames: Sequence[tuple[Box, bool]]
    strips: Sequence[Box]


@dataclass(frozen=True, slots=True)
class Segment:
    """A straight piece of an edge that is already routed."""

    upright: bool
    at: float
    low: float
    high: float
    edge: int


@dataclass(slots=True)
class Grid:
    """Coordinates of the grid's lines and, per vertex ``row * len(xs) + column``, what is there.

    Index 0 of each pair describes the piece from a vertex to its right neighbour, index 1 the piece
    to the one below: whether it runs through something, how much dearer it is because it runs along
    a border, which edges run along it, and which cross it.
    """

    xs: list[float]
    ys: list[float]
    blocked: tuple[bytearray, bytearray]
    border: tuple[bytearray, bytearray]
    guest: bytearray
    """Whether a vertex lies in a frame in which the edge is not at home."""
    along: tuple[dict[int, list[int]], dict[int, list[int]]] = field(default_factory=lambda: ({}, {}))
    across: tuple[dict[int, list[int]], dict[int, list[int]]] = field(default_factory=lambda: ({}, {}))


def make_grid(
    around: Surroundings,
    used: Iterable[Segment],
    window: Box,
    wanted_x: Iterable[float],
    wanted_y: Iterable[float],
) -> Grid:
    """The grid within a window. ``wanted_x`` and ``wanted_y``, the lines that ports need, are kept as they are."""
    soft_x, soft_y = [window.x, window.right], [window.y, window.bottom]
    beside = [(box, sizes.CLEARANCE) for box in around.outlines]
    for box, _ in around.frames:
        beside += ((box, -_BESIDE_BORDER), (box, _BESIDE_BORDER))
    for box, by in beside:
        soft_x += (box.x - by, box.right + by)
        soft_y += (box.y - by, box.bottom + by)
    xs = _lines(wanted_x, soft_x, window.x, window.right)
    ys = _lines(wanted_y, soft_y, window.y, window.bottom)
    count = len(xs) * len(ys)
    grid = Grid(xs, ys, (bytearray(count), bytearray(count)), (bytearray(count), bytearray(count)), bytearray(count))
    for box in around.things:
        _block(grid, box.grown(_TIGHT))
    for box, home in around.frames:
        _paint(grid, box, home)
        _border(grid, box)
    for box in around.strips:
        _border(grid, box)
    for segment in used:
        _use(grid, segment)
    return grid


def _lines(wanted: Iterable[float], soft: Iterable[float], least: float, most: float) -> list[float]:
    kept = sorted({round(value, 1) for value in wanted if least <= value <= most})
    for value in sorted({round(value, 1) for value in soft if least <= value <= most}):
        at = bisect_left(kept, value)
        if (at > 0 and value - kept[at - 1] < _MERGE) or (at < len(kept) and kept[at] - value < _MERGE):
            continue
        kept.insert(at, value)
    return kept


def _block(grid: Grid, box: Box) -> None:
    xs, ys, wide = grid.xs, grid.ys, len(grid.xs)
    first_x, last_x = bisect_right(xs, box.x), bisect_left(xs, box.right)
    first_y, last_y = bisect_right(ys, box.y), bisect_left(ys, box.bottom)
    start, end = max(first_x - 1, 0), min(last_x, wide - 1)
    for row in range(first_y, last_y):
        if end > start:
            grid.blocked[0][row * wide + start : row * wide + end] = b"\1" * (end - start)
    for row in range(max(first_y - 1, 0), min(last_y, len(ys) - 1)):
        if last_x > first_x:
            grid.blocked[1][row * wide + first_x : row * wide + last_x] = b"\1" * (last_x - first_x)


def _paint(grid: Grid, box: Box, home: bool) -> None:
    wide = len(grid.xs)
    first, last = bisect_left(grid.xs, box.x), bisect_right(grid.xs, box.right)
    colour = b"\0" if home else b"\1"
    for row in range(bisect_left(grid.ys, box.y), bisect_right(grid.ys, box.bottom)):
        grid.guest[row * wide + first : row * wide + last] = colour * (last - first)


def _border(grid: Grid, box: Box) -> None:
    """Running along a border, closer than the eye separates, is dear."""
    xs, ys, wide = grid.xs, grid.ys, len(grid.xs)
    start, end = max(bisect_right(xs, box.x) - 1, 0), min(bisect_left(xs, box.right), wide - 1)
    for y in (box.y, box.bottom):
        for row in range(bisect_left(ys, y - _NEAR), bisect_right(ys, y + _NEAR)):
            if end > start:
                grid.border[0][row * wide + start : row * wide + end] = b"\2" * (end - start)
    top, bottom = max(bisect_right(ys, box.y) - 1, 0), min(bisect_left(ys, box.bottom), len(ys) - 1)
    for x in (box.x, box.right):
        for column in range(bisect_left(xs, x - _NEAR), bisect_right(xs, x + _NEAR)):
            for row in range(top, bottom):
                grid.border[1][row * wide + column] = 2


def _use(grid: Grid, segment: Segment) -> None:
    """Note which pieces of the grid an edge runs along, and which it crosses."""
    wide = len(grid.xs)
    beside, ahead = (grid.xs, grid.ys) if segment.upright else (grid.ys, grid.xs)
    lane_step, place_step = (1, wide) if segment.upright else (wide, 1)
    kind = 1 if segment.upright else 0
    first = max(bisect_right(ahead, segment.low + 0.5) - 1, 0)
    last = min(bisect_left(ahead, segment.high - 0.5), len(ahead) - 1)
    for lane in range(bisect_left(beside, segment.at - _NEAR), bisect_right(beside, segment.at + _NEAR)):
        start = lane * lane_step
        _note(grid.along[kind], range(start + first * place_step, start + last * place_step, place_step), segment.edge)
    lane = bisect_left(beside, segment.at) - 1
    if 0 <= lane < len(beside) - 1:
        start = lane * lane_step
        first, last = bisect_right(ahead, segment.low), bisect_left(ahead, segment.high)
        crossed = range(start + first * place_step, start + last * place_step, place_step)
        _note(grid.across[1 - kind], crossed, segment.edge)


def _note(found: dict[int, list[int]], pieces: range, edge: int) -> None:
    for piece in pieces:
        if piece in found:
            found[piece].append(edge)
        else:
            found[piece] = [edge]

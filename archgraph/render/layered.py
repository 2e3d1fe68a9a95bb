"""Left to right along the edges: ranks, order within ranks, and heights that keep lines straight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from archgraph.render import sizes
from archgraph.render.blocks import Block
from archgraph.render.columns import Link, stand
from archgraph.render.ranks import ranks_of
from archgraph.render.scene import Point

_SHORT = 800.0
"""The width up to which ranks stay in one line whatever its height."""
_TALLEST = 1.6
"""Height to width beyond which one rank is split into several columns."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Pairs of items: which stand before others whatever the links say, and which stand in one column."""

    before: Sequence[tuple[int, int]] = ()
    alike: Sequence[tuple[int, int]] = ()


def place(
    items: Sequence[Block],
    links: Sequence[Link],
    stages: Sequence[int],
    widest: float,
    snug: bool,
    asked: Asked,
) -> tuple[list[Point], float, float]:
    """Corners of the items, and the width and height of the whole.

    ``stages`` are the columns that meaning dictates (actors before entry points before the rest);
    within a stage, ranks follow the links. ``widest`` is the width to height beyond which ranks continue
    in a second line, as text does; ``snug`` is explained at :func:`archgraph.render.columns.stand`.
    """
    ranks = ranks_of(len(items), [(x.source, x.target) for x in links], stages, asked.before, asked.alike)
    kept = {item for pair in asked.alike for item in pair}
    units = _units(items, ranks, max((link.label for link in links), default=0.0), kept)
    if asked.before or asked.alike:
        widest = inf
    unit_of = {item: number for number, unit in enumerate(units) for item in unit.members}
    blocks = [unit.block for unit in units]
    joined = [
        Link(unit_of[x.source], unit_of[x.target], x.inner_source, x.inner_target, x.label, x.level)
        for x in links
        if unit_of[x.source] != unit_of[x.target]
    ]
    corners, width, height = _folded(blocks, joined, _columns(units), widest, snug)
    points: list[Point] = [(0.0, 0.0)] * len(items)
    for item in range(len(items)):
        (x, y), (inner_x, inner_y) = corners[unit_of[item]], units[unit_of[item]].members[item]
        points[item] = (x + inner_x, y + inner_y)
    return points, width, height


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is placed as one: an item, or the items of a long rank in a grid. ``members`` has their corners."""

    rank: int
    block: Block
    members: dict[int, Point]


def _units(items: Sequence[Block], ranks: list[int], labels: float, kept: set[int]) -> list[_Unit]:
    """One unit per item, but one for a whole rank that would be much taller than the picture is wide, unless
    something in it is to be ``kept`` in one column."""
    by_rank: dict[int, list[int]] = {}
    for item, rank in enumerate(ranks):
        by_rank.setdefault(rank, []).append(item)
    span = sum(max(items[item].width for item in members) + 60 for members in by_rank.values())
    found: list[_Unit] = []
    for rank in sorted(by_rank):
        members = by_rank[rank]
        tall = sum(items[item].height + sizes.ROW_GAP for item in members)
        wide = max(items[item].width for item in members)
        count = 1
        while tall / count > _TALLEST * (span + (count - 1) * (wide + 40)) and count < len(members):
            count += 1
        if count == 1 or any(items[item].framed or item in kept for item in members):
            found += [_Unit(rank, items[item], {item: (0.0, 0.0)}) for item in members]
        else:
            found.append(_in_grid(rank, items, members, count, labels))
    return found


def _in_grid(rank: int, items: Sequence[Block], members: list[int], count: int, labels: float) -> _Unit:
    """Items row by row, with room for the lines of each row's further columns above it."""
    gap = max(44.0, labels + 26.0)
    above = sizes.ROW_GAP + 12.0 * count
    wide = max(items[item].width for item in members) + gap
    tall = max(items[item].height for item in members) + above
    rows = -(-len(members) // count)
    whole = Block("", count * wide - gap, rows * tall - above)
    corners: dict[int, Point] = {}
    for position, item in enumerate(members):
        row, column = divmod(position, count)
        corners[item] = (column * wide + (wide - gap - items[item].width) / 2, row * tall)
        whole.put(items[item], *corners[item])
    return _Unit(rank, whole, corners)


def _columns(units: Sequence[_Unit]) -> list[list[int]]:
    """Units per rank."""
    by_rank: dict[int, list[int]] = {}
    for number, unit in enumerate(units):
        by_rank.setdefault(unit.rank, []).append(number)
    return [by_rank[rank] for rank in sorted(by_rank)]


def _folded(
    items: Sequence[Block], links: Sequence[Link], columns: list[list[int]], widest: float, snug: bool
) -> tuple[list[Point], float, float]:
    """The placement in as few lines of ranks as give a page of good shape."""
    best: tuple[float, tuple[list[Point], float, float]] | None = None
    for rows in range(1, 7):
        lines = _fold(items, columns, rows)
        if len(lines) < rows:
            break
        placed = _stack(items, links, lines, snug)
        excess = max(placed[1] / max(placed[2], 1.0) / widest, 1.0) if placed[1] > _SHORT else 1.0
        if best is None or excess < best[0] - 0.05:
            best = (excess, placed)
        if excess == 1.0:
            break
    assert best is not None  # noqa: S101 - the first round always settles
    return best[1]


def _fold(items: Sequence[Block], columns: list[list[int]], rows: int) -> list[list[list[int]]]:
    """The columns cut into about equally wide lines."""
    widths = [max(items[item].width for item in column) + 60 for column in columns]
    total = sum(widths)
    lines: list[list[list[int]]] = []
    covered = 0.0
    for column, width in zip(columns, widths, strict=True):
        row = min(int((covered + width / 2) * rows / total), rows - 1)
        if row >= len(lines):
            lines.append([])
        lines[-1].append(column)
        covered += width
    return lines


def _stack(
    items: Sequence[Block], links: Sequence[Link], lines: list[list[list[int]]], snug: bool
) -> tuple[list[Point], float, float]:
    points: list[Point] = [(0.0, 0.0)] * len(items)
    top = 0.0
    width = 0.0
    for line in lines:
        if top and len(line) == 1 and not any(items[item].framed for item in line[0]):
            placed, line_width, line_height = _row(items, links, line[0], points, width)
        else:
            placed, line_width, line_height = stand(items, links, line, snug)
        for item, (x, y) in placed.items():
            points[item] = (x, y + top)
        width = max(width, line_width)
        top += line_height + 44
    return points, width, top - 44


def _row(
    items: Sequence[Block], links: Sequence[Link], column: list[int], above: Sequence[Point], width: float
) -> tuple[dict[int, Point], float, float]:
    """One rank alone below others, side by side: each as near below what it is joined to as the others let it."""
    wishes: dict[int, list[float]] = {item: [] for item in column}
    for link in links:
        for item, other, inner in (
            (link.source, link.target, link.inner_target),
            (link.target, link.source, link.inner_source),
        ):
            if item in wishes and other not in wishes:
                wishes[item].append(above[other][0] + items[other].centres[inner][0])
    wished = {item: sum(found) / len(found) if found else width / 2 for item, found in wishes.items()}
    order = sorted(column, key=lambda item: wished[item])
    gap = max([44.0, *(link.label + 30.0 for link in links if link.source in wishes and link.target in wishes)])
    placed: dict[int, Point] = {}
    free = 0.0
    for item in order:
        x = max(free, wished[item] - items[item].width / 2)
        placed[item] = (x, 0.0)
        free = x + items[item].width + gap
    over = sum(items[item].width + gap for item in order) - gap
    limit = max(width, over)
    for item in reversed(order):
        x = min(placed[item][0], limit - items[item].width)
        placed[item] = (max(0.0, round(x)), 0.0)
        limit = placed[item][0] - gap
    return placed, max(width, over), max(items[item].height for item in column)

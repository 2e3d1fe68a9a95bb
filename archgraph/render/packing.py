"""Blocks put together without lines between them: in rows, in grids, and into corners left free."""

from __future__ import annotations

import math
from typing import NamedTuple

from archgraph.render import sizes
from archgraph.render.blocks import Block, even
from archgraph.render.scene import Point

_BESIDE = 40.0
"""Between a block and one fitted beside it."""


class Doors(NamedTuple):
    """Where lines leave a block, to the right as a rule, and where they come in, from the left."""

    exits: tuple[Point, ...] = ()
    entries: tuple[Point, ...] = ()

    def blocked(self, x: float, y: float, other: Block) -> bool:
        """Whether another block at this corner stands in the way of a line."""
        above, below = y - 12, y + other.height + 12
        return any(left < x + other.width and above < at < below for left, at in self.exits) or any(
            x < right and above < at < below for right, at in self.entries
        )


_NO_DOORS = Doors()


def in_row(blocks: list[Block], width: float, at_right: bool) -> Block:
    """Parts beside each other in rows not much wider than ``width``, from its left end to its right;
    one alone stands at the end that is nearer to what it is joined to."""
    rows: list[list[Block]] = [[]]
    for block in blocks:
        if rows[-1] and sum(other.width + 44 for other in rows[-1]) + block.width > width:
            rows.append([])
        rows[-1].append(block)
    whole = Block("", max([width, *(block.width for block in blocks)]), 0)
    for row in rows:
        free = whole.width - sum(block.width for block in row)
        x = free if at_right and len(row) == 1 else 0.0
        for block in row:
            whole.put(block, x, whole.height)
            x += block.width + free / max(len(row) - 1, 1)
        whole.height += max(block.height for block in row) + sizes.GROUP_GAP
    whole.height -= sizes.GROUP_GAP
    return whole


def beside(body: Block, other: Block, shape: float, doors: Doors = _NO_DOORS) -> Block:
    """The other block where the whole stays most compact, and not in the way of the lines through ``doors``.

    ``shape`` is the width to height that packing aims at.
    """
    _, y, x = _spot(body, other, shape, doors)
    whole = Block("", max(body.width, x + other.width), max(body.height, y + other.height))
    whole.put(body, 0, 0)
    whole.taken = list(body.taken)
    whole.put(other, x, y)
    return whole


def _spot(body: Block, other: Block, shape: float, doors: Doors) -> tuple[float, float, float]:
    """Cost and corner of the best place: below, on the right, or in a corner that was left free."""
    right = body.width + _BESIDE
    below = body.height + sizes.GROUP_GAP
    spots = [(_cost(max(body.width, other.width), below + other.height, shape), below, 0.0)]
    corners = [place for box in body.taken for place in (box.x, box.right + _BESIDE)]
    for x in (0.0, *corners, body.width - other.width, right):
        y = _lowest(body, x, other.width)
        if x >= 0 and not doors.blocked(x, y, other):
            spots.append((_cost(max(body.width, x + other.width), max(body.height, y + other.height), shape), y, x))
    return min(spots)


def _lowest(body: Block, x: float, width: float) -> float:
    """How far down something of this width must stand at ``x``."""
    below = [box.bottom for box in body.taken if box.x < x + width + _BESIDE and x - _BESIDE < box.right]
    return max(below) + sizes.GROUP_GAP if below else 0.0


def with_support(body: Block, support: list[Block], shape: float, doors: Doors) -> Block:
    """Supporting things in a tidy grid beside the flows, of the shape that fits best.

    Nothing is put in the way of the lines through ``doors``.
    """
    if not support:
        return body
    if not body.width:
        return tidy(support, shape)
    grids = [tidy(support, shape, columns) for columns in range(1, min(len(support), 16) + 1)]
    return beside(body, min(grids, key=lambda grid: (_spot(body, grid, shape, doors)[0], grid.width)), shape, doors)


def _cost(width: float, height: float, shape: float) -> float:
    """Area, dearer the further the shape is from the one aimed at."""
    off = width / max(height, 1.0) / shape
    return width * height * math.sqrt(max(off, 1 / max(off, 0.01)))


def tidy(blocks: list[Block], shape: float, columns: int = 0) -> Block:
    """Icons in a grid of equal cells, row by row; ``columns`` 0 chooses their number."""
    wide = max(block.width for block in blocks) + 14
    tall = max(block.height for block in blocks) + 16
    if not columns:
        columns = min(range(1, len(blocks) + 1), key=lambda n: (_cost(n * wide, -(-len(blocks) // n) * tall, shape), n))
    rows = -(-len(blocks) // columns)
    whole = Block("", even(columns * wide - 14), even(rows * tall - 16))
    for number, block in enumerate(blocks):
        row, column = divmod(number, columns)
        whole.put(block, column * wide + (wide - 14 - block.width) / 2, row * tall)
    return whole


def pack(blocks: list[Block], shape: float, at_least: float = 0.0) -> Block:
    """Blocks in rows in the author's order; frames in one row are made equally tall."""
    if not blocks:
        return Block("", 0, 0)
    if not any(block.framed for block in blocks):
        columns = max(1, int(at_least // (max(block.width for block in blocks) + 14))) if at_least else 0
        return tidy(blocks, shape, min(columns, len(blocks)))
    area = sum((block.width + sizes.GROUP_GAP) * (block.height + sizes.GROUP_GAP) for block in blocks)
    limit = max([(area * shape) ** 0.5, at_least, *(block.width for block in blocks)])
    rows: list[list[Block]] = [[]]
    x = 0.0
    for block in blocks:
        if rows[-1] and x + block.width > limit:
            rows.append([])
            x = 0.0
        rows[-1].append(block)
        x += block.width + sizes.GROUP_GAP
    whole = Block("", 0, 0)
    y = 0.0
    for row in rows:
        height = max(block.height for block in row)
        x = 0.0
        for block in row:
            if block.framed:
                block.stretch(block.width, height)
            whole.put(block, x, y)
            x += block.width + sizes.GROUP_GAP
        whole.width = max(whole.width, x - sizes.GROUP_GAP)
        y += height + sizes.GROUP_GAP
    whole.height = y - sizes.GROUP_GAP
    return whole

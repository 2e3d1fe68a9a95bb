"""A VPC's zones as equal columns, and its subnets as rows that run through all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from archgraph.render import sizes
from archgraph.render.blocks import (
    Block,
    beside,
    even,
    frame_of,
    header_of,
    icon_of,
    label_lines,
)
from archgraph.render.containers import Place
from archgraph.render.scene import Box, Strip
from archgraph.views.view import Group, GroupKind, Node, Role

SUBNETS = (GroupKind.PUBLIC_SUBNET, GroupKind.PRIVATE_SUBNET)
IN_GRID = (GroupKind.ZONE, *SUBNETS)
"""Kinds of frames that the grid draws."""

_ZONE_PAD = 12.0
_ZONE_GAP = 28.0
_ROW_GAP = 38.0
_CELL_PAD = 10.0
_BAND = sizes.ICON + 20.0
_BAND_GAP = 10.0
_NARROWEST = 150.0
_WIDEST_FOR_HEADER = 270.0

_Arrange = Callable[[Place], Block]
_RowKey = tuple[int, int]


@dataclass(slots=True)
class _Column:
    """A zone, or a column of subnets whose zone the view does not name."""

    zone: Group | None
    cells: dict[_RowKey, Place] = field(default_factory=dict)
    rest: Place | None = None
    """What stands in the zone but in none of its subnets."""


@dataclass(slots=True)
class _Band:
    """A strip across columns: one Auto Scaling group, or the nodes that share a plain strip."""

    nodes: list[Node]
    row: _RowKey
    first: int
    last: int


def is_grid(place: Place) -> bool:
    """Whether a frame holds zones or subnets."""
    return any(_in_grid(child) for child in place.places)


def grid_members(place: Place) -> set[str]:
    """Ids of the children that the grid draws: zones, subnets, and the nodes that span them."""
    columns = _columns(place)
    subnets = {cell.group.id for column in columns for cell in column.cells.values() if cell.group}
    members = {child.group.id for child in place.places if child.group and _in_grid(child)}
    return members | {node.id for node in place.nodes if _spans(node, subnets)}


def network_grid(place: Place, arrange: _Arrange) -> Block:
    """The block of a VPC's zones, subnets and spanning nodes. ``arrange`` lays out a subnet's inside."""
    columns = _columns(place)
    rows = sorted({key for column in columns for key in column.cells})
    bands = _bands(place.nodes, columns)
    contents = {
        (index, key): arrange(cell) for index, column in enumerate(columns) for key, cell in column.cells.items()
    }
    rests = {index: arrange(column.rest) for index, column in enumerate(columns) if column.rest}
    width = _cell_width(columns, contents, rests, bands)
    zoned = any(column.zone for column in columns)
    pad = _ZONE_PAD if zoned else 0.0
    gap = _ZONE_GAP if zoned else 16.0
    lefts = [index * (width + 2 * pad + gap) for index in range(len(columns))]
    block = Block("", lefts[-1] + width + 2 * pad, 0)
    y = sizes.HEADER + 6 if zoned else 0.0
    cells: list[tuple[int, Place, float, float]] = []
    strips: list[tuple[_Band, float]] = []
    for key in rows:
        row_bands = [band for band in bands if band.row == key]
        content = max((contents[index, key].height for index in range(len(columns)) if (index, key) in contents), default=0)
        top = y + sizes.HEADER + 8
        inner = content + (_BAND_GAP if content and row_bands else 0)
        height = even(
            sizes.HEADER + 8 + inner + len(row_bands) * _BAND + max(len(row_bands) - 1, 0) * _BAND_GAP + 14
        )
        cells += [(index, column.cells[key], y, height) for index, column in enumerate(columns) if key in column.cells]
        for index in range(len(columns)):
            if (index, key) in contents:
                inside = contents[index, key]
                block.put(inside, lefts[index] + pad + (width - inside.width) / 2, top + (content - inside.height) / 2)
        for number, band in enumerate(row_bands):
            strips.append((band, top + inner + number * (_BAND + _BAND_GAP)))
        y += height + _ROW_GAP
    y -= _ROW_GAP if rows else -8
    if rests:
        y += 16 if rows else 0
        for index, inside in rests.items():
            block.put(inside, lefts[index] + pad + (width - inside.width) / 2, y)
        y += max(inside.height for inside in rests.values())
    block.height = even(y + (_ZONE_PAD if zoned else 0))
    inner_frames, block.frames = block.frames, []
    for index, column in enumerate(columns):
        if column.zone:
            _add_zone(block, column.zone, Box(lefts[index], 0, width + 2 * pad, block.height))
    for index, cell, top, height in cells:
        if cell.group:
            _add_frame(block, cell.group, Box(lefts[index] + pad, top, width, height))
    block.frames += inner_frames
    for band, top in strips:
        headers = [
            (lefts[index] + pad - 8, lefts[index] + pad + _header_width(column.cells[band.row]) + 10)
            for index, column in enumerate(columns)
            if band.row in column.cells
        ]
        _add_band(block, band, (lefts[band.first] + pad + 8, lefts[band.last] + pad + width - 8), top, headers)
    return block


def _in_grid(place: Place) -> bool:
    return place.group is not None and place.group.kind in IN_GRID


def _spans(node: Node, subnets: set[str]) -> bool:
    return node.role is Role.SPANNING and not subnets.isdisjoint(node.spans)


def _columns(place: Place) -> list[_Column]:
    columns: list[_Column] = []
    loose: list[_Column] = []
    for child in place.places:
        if child.group is None or not _in_grid(child):
            continue
        if child.group.kind is GroupKind.ZONE:
            column = _Column(child.group)
            others = [inner for inner in child.places if not (inner.group and inner.group.kind in SUBNETS)]
            for inner in child.places:
                if inner.group and inner.group.kind in SUBNETS:
                    column.cells[_free_row(column, inner.group.row)] = inner
            if others or child.nodes:
                column.rest = Place(None, others, child.nodes, child.lifted, child.leaving, child.entered)
            columns.append(column)
        else:
            row = child.group.row if child.group.row is not None else len(loose)
            target = next((column for column in loose if (row, 0) not in column.cells), None)
            if target is None:
                target = _Column(None)
                loose.append(target)
            target.cells[(row, 0)] = child
    return columns + loose


def _free_row(column: _Column, row: int | None) -> _RowKey:
    first = row if row is not None else max((key[0] for key in column.cells), default=-1) + 1
    number = 0
    while (first, number) in column.cells:
        number += 1
    return (first, number)


def _bands(nodes: Sequence[Node], columns: list[_Column]) -> list[_Band]:
    """Strips in the author's order; plain ones over the same subnets share a strip."""
    where = {
        cell.group.id: (key, index)
        for index, column in enumerate(columns)
        for key, cell in column.cells.items()
        if cell.group
    }
    bands: list[_Band] = []
    shared: dict[tuple[_RowKey, int, int], _Band] = {}
    for node in nodes:
        spots = [where[name] for name in dict.fromkeys(node.spans) if name in where]
        if node.role is not Role.SPANNING or not spots:
            continue
        keys = [key for key, _ in spots]
        row = max(sorted(set(keys)), key=keys.count)
        first = min(index for key, index in spots if key == row)
        last = max(index for key, index in spots if key == row)
        band = shared.get((row, first, last))
        if node.frame is None and band is not None and len(band.nodes) < last - first + 2:
            band.nodes.append(node)
            continue
        band = _Band([node], row, first, last)
        bands.append(band)
        if node.frame is None:
            shared[row, first, last] = band
    return bands


def _cell_width(
    columns: list[_Column],
    contents: dict[tuple[int, _RowKey], Block],
    rests: dict[int, Block],
    bands: list[_Band],
) -> float:
    """The width of every subnet: for what is inside, for strips, and so that lines reach the middle
    of a subnet from above without running through its title."""
    width = _NARROWEST
    for column in columns:
        if column.zone:
            width = max(width, header_of(column.zone)[0] + 12 - 2 * _ZONE_PAD)
        for cell in column.cells.values():
            if cell.group:
                header = header_of(cell.group)[0]
                width = max(width, header + 12, min(2 * (header + 10), _WIDEST_FOR_HEADER))
    for block in (*contents.values(), *rests.values()):
        width = max(width, block.width + 2 * _CELL_PAD)
    for band in bands:
        span = band.last - band.first + 1
        needed = sum(_item_width(node) for node in band.nodes) + 40
        width = max(width, (needed - (span - 1) * (_ZONE_GAP + 2 * _ZONE_PAD)) / span + 16)
    return even(width)


def _header_width(cell: Place) -> float:
    return header_of(cell.group)[0] if cell.group else 0.0


def _item_width(node: Node) -> float:
    """Room for an icon in the middle of its share of a strip, its label on the right."""
    label = max((line.width for line in label_lines(node, sizes.STRIP_LABEL_WIDTH)), default=0.0)
    return 2 * (sizes.ICON / 2 + 8 + label)


def _add_zone(block: Block, zone: Group, box: Box) -> None:
    header, lines, badge = header_of(zone)
    block.frames.append(frame_of(zone, box, header, lines, badge))
    block.centres[zone.id] = box.centre


def _add_frame(block: Block, group: Group, box: Box) -> None:
    header, lines, badge = header_of(group)
    block.frames.append(frame_of(group, box, min(header, box.width), lines, badge))
    block.centres[group.id] = box.centre


def _add_band(
    block: Block, band: _Band, ends: tuple[float, float], top: float, headers: list[tuple[float, float]]
) -> None:
    """A strip between two ends with its icons, none of them below a subnet's title: lines come from above."""
    left, right = ends
    first = band.nodes[0]
    block.strips.append(Strip(first.id, first.frame, first.category, Box(left, top, right - left, _BAND)))
    share = (right - left) / len(band.nodes)
    for number, node in enumerate(band.nodes):
        x = left + share * (number + 0.5)
        for start, end in headers:
            if start < x < end and len(band.nodes) > 1:
                x = start if x - start < end - x and number else end
        x = float(round(x))
        box = Box(x - sizes.ICON / 2, top + (_BAND - sizes.ICON) / 2, sizes.ICON, sizes.ICON)
        lines = label_lines(node, sizes.STRIP_LABEL_WIDTH)
        block.icons.append(icon_of(node, box, beside(lines, box.right + 8, box.centre[1])))
        block.centres[node.id] = box.centre

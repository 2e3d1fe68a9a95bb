"""A VPC's zones as equal columns, and its subnets as rows that run through all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from archgraph.render import sizes
from archgraph.render.blocks import Block, even, frame_of, header_of
from archgraph.render.containers import Place
from archgraph.render.scene import Box
from archgraph.render.strips import BAND, BETWEEN, Band, bands_of, item_width, put_band
from archgraph.render.zones import Column, RowKey, columns_of
from archgraph.views.view import Group

_ZONE_PAD = 12.0
_ZONE_GAP = 28.0
_COLUMN_GAP = 16.0
_ROW_GAP = 38.0
_CELL_PAD = 10.0
_BAND_GAP = 10.0
_REST_GAP = 16.0
_NARROWEST = 130.0
_WIDEST_FOR_HEADER = 270.0

_Contents = Mapping[tuple[int, RowKey], Block]


@dataclass(frozen=True, slots=True)
class _Shape:
    """Where the columns stand: the left of each, the room between a zone's border and its subnets, and
    the width of the subnets."""

    lefts: tuple[float, ...]
    pad: float
    width: float

    def cell(self, column: int) -> float:
        """The left of a column's subnets."""
        return self.lefts[column] + self.pad


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of subnets: its top and height, the height of what stands in them, and its strips."""

    key: RowKey
    top: float
    height: float
    content: float
    bands: tuple[Band, ...]

    @property
    def inside(self) -> float:
        """Where contents begin, below the headers."""
        return self.top + sizes.HEADER + 8

    def band_top(self, number: int) -> float:
        """Where a strip begins."""
        above = self.content + (_BAND_GAP if self.content else 0.0)
        return self.inside + above + number * (BAND + BETWEEN)


def network_grid(place: Place, arrange: Callable[[Place], Block]) -> Block:
    """The block of a VPC's zones, subnets and spanning nodes. ``arrange`` lays out a subnet's inside."""
    columns = columns_of(place)
    bands = bands_of(place.nodes, columns)
    contents = {
        (index, key): arrange(cell) for index, column in enumerate(columns) for key, cell in column.cells.items()
    }
    rests = {index: arrange(column.rest) for index, column in enumerate(columns) if column.rest}
    zoned = any(column.zone for column in columns)
    shape = _shape(len(columns), _cell_width(columns, contents, rests, bands), zoned)
    rows = _rows(contents, bands, sizes.HEADER + 6 if zoned else 0.0)
    bottom = rows[-1].top + rows[-1].height if rows else sizes.HEADER + 14
    rest_top = bottom + _REST_GAP if rows else bottom
    if rests:
        bottom = rest_top + max(rest.height for rest in rests.values())
    block = Block("", shape.lefts[-1] + shape.width + 2 * shape.pad, even(bottom + shape.pad))
    _put_frames(block, columns, rows, shape)
    for (index, key), content in contents.items():
        row = next(row for row in rows if row.key == key)
        x = shape.cell(index) + (shape.width - content.width) / 2
        block.put(content, x, row.inside + (row.content - content.height) / 2)
    for index, rest in rests.items():
        block.put(rest, shape.cell(index) + (shape.width - rest.width) / 2, rest_top)
    for row in rows:
        headers = [
            (shape.cell(index) - 8, shape.cell(index) + _header_width(column.cells[row.key].group) + 10)
            for index, column in enumerate(columns)
            if row.key in column.cells
        ]
        for number, band in enumerate(row.bands):
            ends = (shape.cell(band.first) + 8, shape.cell(band.last) + shape.width - 8)
            put_band(block, band, ends, row.band_top(number), headers)
    return block


def _shape(count: int, width: float, zoned: bool) -> _Shape:
    pad, gap = (_ZONE_PAD, _ZONE_GAP) if zoned else (0.0, _COLUMN_GAP)
    return _Shape(tuple(index * (width + 2 * pad + gap) for index in range(count)), pad, width)


def _rows(contents: _Contents, bands: Sequence[Band], top: float) -> list[_Row]:
    rows: list[_Row] = []
    for key in sorted({key for _, key in contents}):
        here = tuple(band for band in bands if band.row == key)
        content = max(block.height for (_, row), block in contents.items() if row == key)
        strips = len(here) * BAND + max(len(here) - 1, 0) * BETWEEN
        between = _BAND_GAP if content and here else 0.0
        height = even(sizes.HEADER + 8 + content + between + strips + 14)
        rows.append(_Row(key, top, height, content, here))
        top += height + _ROW_GAP
    return rows


def _put_frames(block: Block, columns: Sequence[Column], rows: Sequence[_Row], shape: _Shape) -> None:
    """Zones first, then their subnets: inner frames are drawn over outer ones."""
    for index, column in enumerate(columns):
        if column.zone:
            _put_frame(block, column.zone, Box(shape.lefts[index], 0, shape.width + 2 * shape.pad, block.height))
    for row in rows:
        for index, column in enumerate(columns):
            cell = column.cells.get(row.key)
            if cell and cell.group:
                _put_frame(block, cell.group, Box(shape.cell(index), row.top, shape.width, row.height))


def _put_frame(block: Block, group: Group, box: Box) -> None:
    header, lines, badge = header_of(group)
    block.frames.append(frame_of(group, box, min(header, box.width), lines, badge))
    block.centres[group.id] = box.centre


def _cell_width(
    columns: Sequence[Column],
    contents: _Contents,
    rests: Mapping[int, Block],
    bands: Sequence[Band],
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
                width = max(width, header + 12)
                if cell.nodes or cell.places:
                    width = max(width, min(2 * (header + 10), _WIDEST_FOR_HEADER))
    for block in (*contents.values(), *rests.values()):
        width = max(width, block.width + 2 * _CELL_PAD)
    for band in bands:
        span = band.last - band.first + 1
        needed = sum(item_width(node) for node in band.nodes) + 40
        width = max(width, (needed - (span - 1) * (_ZONE_GAP + 2 * _ZONE_PAD)) / span + 16)
    return even(width)


def _header_width(group: Group | None) -> float:
    return header_of(group)[0] if group else 0.0

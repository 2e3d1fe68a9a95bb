"""Strips: the frames around nodes that serve several subnets, drawn across their zones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archgraph.render import sizes
from archgraph.render.blocks import Block, beside, icon_of, label_lines
from archgraph.render.scene import Box, Strip
from archgraph.render.zones import Column, RowKey
from archgraph.views.view import Node, Role

BAND = sizes.ICON + 20.0
"""Height of a strip."""
BETWEEN = 30.0
"""Between strips in one row: room for the label of a line from one to the next."""


@dataclass(slots=True)
class Band:
    """A strip across columns: one Auto Scaling group, or the nodes that share a plain strip."""

    nodes: list[Node]
    row: RowKey
    first: int
    last: int


def bands_of(nodes: Sequence[Node], columns: list[Column]) -> list[Band]:
    """Strips in the author's order; plain ones over the same subnets share a strip."""
    where = {
        cell.group.id: (key, index)
        for index, column in enumerate(columns)
        for key, cell in column.cells.items()
        if cell.group
    }
    bands: list[Band] = []
    shared: dict[tuple[RowKey, int, int], Band] = {}
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
        band = Band([node], row, first, last)
        bands.append(band)
        if node.frame is None:
            shared[row, first, last] = band
    return bands


def item_width(node: Node) -> float:
    """Room for an icon in the middle of its share of a strip, its label on the right."""
    label = max((line.width for line in label_lines(node, sizes.STRIP_LABEL_WIDTH)), default=0.0)
    return 2 * (sizes.ICON / 2 + 8 + label)


def put_band(
    block: Block, band: Band, ends: tuple[float, float], top: float, headers: list[tuple[float, float]]
) -> None:
    """A strip between two ends with its icons, none of them below a subnet's title: lines come from above."""
    left, right = ends
    first = band.nodes[0]
    block.strips.append(Strip(first.id, first.frame, first.category, Box(left, top, right - left, BAND)))
    spare = (right - left - sum(item_width(node) for node in band.nodes)) / len(band.nodes)
    start = free = left
    for node in band.nodes:
        lines = label_lines(node, sizes.STRIP_LABEL_WIDTH)
        label = max((line.width for line in lines), default=0.0)
        share = item_width(node) + spare
        x = start + share / 2
        start += share
        if len(band.nodes) > 1:
            room = free + sizes.ICON / 2, right - sizes.ICON / 2 - 8 - label - 6
            x = _beside_titles(x, headers, room)
        x = float(round(x))
        free = x + sizes.ICON / 2 + 8 + label + 8
        box = Box(x - sizes.ICON / 2, top + (BAND - sizes.ICON) / 2, sizes.ICON, sizes.ICON)
        block.icons.append(icon_of(node, box, beside(lines, box.right + 8, box.centre[1])))
        block.centres[node.id] = box.centre


def _beside_titles(x: float, titles: list[tuple[float, float]], room: tuple[float, float]) -> float:
    """The nearest place that is not below a title, if icon and label have room there; ``x`` itself if not."""
    for start, end in titles:
        if start < x < end:
            places = [place for place in (start, end) if room[0] <= place <= room[1]]
            return min(places, key=lambda place: abs(place - x), default=x)
    return x

"""The cells of a draw.io page: shapes and lines, each in the cell that it stands in.

Places are given on the page, in pixels; the file keeps them relative to what a cell stands in. Labels and
tooltips are HTML.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import dist
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from archgraph.render import text
from archgraph.render.scene import Box, Point
from archgraph.render.svg import number

LAYER = "1"
"""The cell that holds all others."""
# draw.io's own two cells, and what every JavaScript object has: draw.io finds cells by looking into one.
_RESERVED = frozenset(
    {
        "0", LAYER, "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__", "__proto__",
        "constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString",
        "valueOf",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """What a cell says, as HTML. The tooltip is for what the label leaves out; ``middle`` is of a line's label."""

    label: str = ""
    tooltip: str = ""
    middle: Point | None = None


class Cells:
    """The cells of a page. What is made later is painted over what stands in the same cell already."""

    def __init__(self) -> None:
        self.root = Element("root")
        SubElement(self.root, "mxCell", {"id": "0"})
        SubElement(self.root, "mxCell", {"id": LAYER, "parent": "0"})
        self._taken = set(_RESERVED)
        self._boxes = {LAYER: Box(0, 0, 0, 0)}

    def claim(self, name: str) -> str:
        """An id of its own for a cell: the name, changed only where draw.io or another cell has it."""
        stem = found = text.clean(name) or "cell"
        count = 1
        while found in self._taken:
            count += 1
            found = f"{stem} ({count})"
        self._taken.add(found)
        return found

    def shape(self, cell: str, parent: str, style: str, box: Box, words: Words = Words()) -> None:
        """A shape; other cells can stand in it."""
        self._boxes[cell] = box
        made = self._cell(cell, {"style": style, "vertex": "1", "parent": parent}, words)
        place = _xy(self._within(parent, (box.x, box.y)))
        SubElement(made, "mxGeometry", {**place, **_extent(box), "as": "geometry"})

    def line(
        self, cell: str, parent: str, style: str, ends: tuple[str, str], points: Sequence[Point], words: Words
    ) -> None:
        """A line that stays on its two cells where its first and last points are now."""
        style += _end("exit", points[0], self._boxes[ends[0]]) + _end("entry", points[-1], self._boxes[ends[1]])
        made = self._cell(
            cell, {"style": style, "edge": "1", "parent": parent, "source": ends[0], "target": ends[1]}, words
        )
        geometry = SubElement(made, "mxGeometry", {"relative": "1", "as": "geometry"})
        if len(points) > 2:
            array = SubElement(geometry, "Array", {"as": "points"})
            for point in points[1:-1]:
                SubElement(array, "mxPoint", _xy(self._within(parent, point)))
        if words.middle:
            share, offset = _along(points, words.middle)
            geometry.set("x", share)
            SubElement(geometry, "mxPoint", {**_xy(offset), "as": "offset"})

    def loose_line(self, cell: str, parent: str, style: str, start: Point, end: Point) -> None:
        """A line from place to place."""
        made = self._cell(cell, {"style": style, "edge": "1", "parent": parent}, Words())
        geometry = SubElement(made, "mxGeometry", {"relative": "1", "as": "geometry"})
        for point, name in ((start, "sourcePoint"), (end, "targetPoint")):
            SubElement(geometry, "mxPoint", {**_xy(self._within(parent, point)), "as": name})

    def mark(self, cell: str, line: str, style: str, points: Sequence[Point], box: Box, words: Words) -> None:
        """A shape that goes with a line, which leads through points."""
        made = self._cell(cell, {"style": style, "vertex": "1", "connectable": "0", "parent": line}, words)
        share, offset = _along(points, (box.x, box.y))
        geometry = SubElement(made, "mxGeometry", {"x": share, **_extent(box), "relative": "1", "as": "geometry"})
        SubElement(geometry, "mxPoint", {**_xy(offset), "as": "offset"})

    def _cell(self, cell: str, attributes: Mapping[str, str], words: Words) -> Element:
        if not words.tooltip:
            return SubElement(self.root, "mxCell", {"id": cell, "value": words.label, **attributes})
        told = {"label": words.label, "tooltip": words.tooltip, "id": cell}
        return SubElement(SubElement(self.root, "UserObject", told), "mxCell", dict(attributes))

    def _within(self, parent: str, point: Point) -> Point:
        box = self._boxes[parent]
        return (point[0] - box.x, point[1] - box.y)


def to_file(cells: Cells, page: str, title: str, attributes: Mapping[str, str]) -> str:
    """A file with one page; ``attributes`` are of its ``mxGraphModel``."""
    file = Element("mxfile", host="archgraph", compressed="false")
    diagram = SubElement(file, "diagram", id=text.clean(page) or "page", name=text.clean(title) or "Page")
    SubElement(diagram, "mxGraphModel", dict(attributes)).append(cells.root)
    indent(file)
    return tostring(file, encoding="unicode") + "\n"


def _along(points: Sequence[Point], place: Point) -> tuple[str, Point]:
    """The point of a line that is nearest to a place, and from there to the place.

    draw.io counts -1 at a line's start, 0 in its middle and 1 at its end.
    """
    length = sum(dist(a, b) for a, b in pairwise(points)) or 1.0
    best: tuple[float, float, Point] | None = None
    before = 0.0
    for a, b in pairwise(points):
        piece = dist(a, b)
        share = ((place[0] - a[0]) * (b[0] - a[0]) + (place[1] - a[1]) * (b[1] - a[1])) / (piece * piece or 1.0)
        share = min(max(share, 0.0), 1.0)
        near = (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)
        if best is None or dist(near, place) < best[0]:
            best = (dist(near, place), before + piece * share, near)
        before += piece
    _, reached, near = best or (0.0, 0.0, place)
    return f"{round(2 * reached / length - 1, 4) + 0.0:g}", (place[0] - near[0], place[1] - near[1])


def _end(side: str, point: Point, box: Box) -> str:
    """Where a line meets a cell: on one of its sides, or off it where a label keeps the line away.

    Along a side it is counted in pixels from the middle, which stays where it is when draw.io fits a stencil
    of another shape into the cell.
    """
    x = next((share for share, at in ((0.0, box.x), (1.0, box.right)) if abs(point[0] - at) < 0.01), 0.5)
    y = next((share for share, at in ((0.0, box.y), (1.0, box.bottom)) if abs(point[1] - at) < 0.01), 0.5)
    if not (box.x - 0.01 <= point[0] <= box.right + 0.01 and box.y - 0.01 <= point[1] <= box.bottom + 0.01):
        x = y = 0.5
    beyond = (point[0] - box.x - x * box.width, point[1] - box.y - y * box.height)
    return (
        f"{side}X={number(x)};{side}Y={number(y)};{side}Dx={number(beyond[0])};{side}Dy={number(beyond[1])};"
        f"{side}Perimeter=0;"
    )


def _xy(point: Point) -> dict[str, str]:
    return {"x": number(point[0]), "y": number(point[1])}


def _extent(box: Box) -> dict[str, str]:
    return {"width": number(box.width), "height": number(box.height)}

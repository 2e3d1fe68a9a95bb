"""A view laid out: every frame, icon, line and label at its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

from archgraph.render import sizes, text
from archgraph.render.arrange import Shape, arrange
from archgraph.render.blocks import Block, bounds
from archgraph.render.containers import build
from archgraph.render.crossings import crossings
from archgraph.render.labels import place_labels
from archgraph.render.lanes import spread
from archgraph.render.legend import legend
from archgraph.render.loops import loop
from archgraph.render.palette import GREY, INK
from archgraph.render.ports import obstacles
from archgraph.render.routing import route
from archgraph.render.scene import Box, Label, Line, Point, Scene, Text
from archgraph.views.view import Direction, Edge, View

_WIDEST = 3.0
_TALLEST = 2.0
_TITLE_SIZE = 20.0
_SHAPES = (
    Shape(2.7, 1.7, False),
    Shape(2.2, 1.7, False),
    Shape(2.2, 1.0, False),
    Shape(1.9, 1.4, True),
    Shape(1.6, 1.4, False),
    Shape(1.4, 1.0, False),
)
"""What is tried, and how it is weighed: :func:`_effort`."""
_ORDINARY = 120
"""The most icons and frames of a view that is laid out more than once."""
_DRAWN = 3
"""How many of the shapes are drawn to the end and compared."""
_PAGE = (1600.0, 1100.0)
"""The room in which people look at a picture, in pixels."""
_SUBTITLE_SIZE = 12.0


def lay_out(view: View) -> Scene:
    """Place everything that a view shows. The same view gives the same scene, always.

    A view of ordinary size is laid out in several shapes, and the one that reads best is kept.
    """
    tree = build(view)
    down = view.hints.direction is Direction.DOWN
    shapes = [replace(shape, down=down) for shape in _SHAPES]
    if len(view.nodes) + len(view.groups) > _ORDINARY:
        return _drawn(view, tree.edges, arrange(tree.root, shapes[0]))
    bodies: dict[tuple[Box, ...], Block] = {}
    for shape in shapes:
        body = arrange(tree.root, shape)
        bodies.setdefault((*(icon.box for icon in body.icons), *(frame.box for frame in body.frames)), body)
    best = sorted(bodies.values(), key=lambda body: _smallness(body.width, body.height))[:_DRAWN]
    return min((_drawn(view, tree.edges, body) for body in best), key=_effort)


def _effort(scene: Scene) -> float:
    """How hard a picture is to read: how small it is on the reader's page, and how its lines cross and bend."""
    small = _smallness(scene.width, scene.height)
    bends = sum(max(0, len(line.points) - 2) for line in scene.lines)
    tangle = (crossings([line.points for line in scene.lines]) + 0.25 * bends) / max(len(scene.lines), 1)
    return small * (1.0 + 0.25 * tangle)


def _smallness(width: float, height: float) -> float:
    """By how much a picture has to shrink to fit the page; the area decides between those that fit."""
    return max(1.0, width / _PAGE[0], height / _PAGE[1]) + 0.02 * width * height / (_PAGE[0] * _PAGE[1])


def _drawn(view: View, edges: Sequence[Edge], body: Block) -> Scene:
    """The scene of a view of which everything but lines, labels and legend has its place."""
    extent = bounds(body)
    head = _heading(view, max(extent.width, 420.0))
    page = Block("", 0, 0)
    page.put(body, sizes.MARGIN + 12 - extent.x, sizes.MARGIN + head[1] - extent.y)
    area = Box(0, head[1] + 4, extent.width + 2 * sizes.MARGIN + 24, extent.height + 2 * sizes.MARGIN - 8)
    icons, frames = tuple(page.icons), tuple(page.frames)
    routes = route(edges, icons, frames, [strip.box for strip in page.strips], area)
    things = obstacles(icons, frames)
    borders = [frame.box for frame in frames] + [strip.box for strip in page.strips]
    lines = _lines(edges, spread(routes, things, borders, area), page)
    labels, left_over = place_labels(edges, lines, things, area)
    strips = tuple(page.strips)
    kinds = {frame.kind for frame in frames} | {strip.kind for strip in strips if strip.kind}
    styles = {edge.style for edge in edges}
    notes = [_note(edges[number], page) for number in left_over]
    width = max(area.width, head[2] + 2 * sizes.MARGIN)
    entries, tall = legend(kinds, styles, notes, sizes.MARGIN, area.bottom + 4, width - 2 * sizes.MARGIN)
    height = ceil(area.bottom + tall + 12)
    width = ceil(max(width, height / _TALLEST))
    return Scene(
        id=view.id,
        title=text.clean(view.title),
        description=text.clean(view.description or view.subtitle),
        width=width,
        height=ceil(max(height, width / _WIDEST)),
        heading=head[0],
        frames=frames,
        strips=strips,
        icons=icons,
        lines=tuple(_line(edge, points, label) for edge, points, label in zip(edges, lines, labels, strict=True)),
        legend=entries,
    )


def _heading(view: View, limit: float) -> tuple[tuple[Text, ...], float, float]:
    """Lines of title and subtitle, the height they take, and their width."""
    lines: list[Text] = []
    y = sizes.MARGIN - 4
    for words, size, colour, strong, most in (
        (view.title, _TITLE_SIZE, INK, True, 2),
        (view.subtitle, _SUBTITLE_SIZE, GREY, False, 2),
    ):
        for line in text.wrap(text.clean(words), size, limit, most, strong):
            y += size * 1.3
            lines.append(
                Text(
                    line,
                    sizes.MARGIN,
                    round(y - size * 0.25, 2),
                    text.width(line, size, strong),
                    size,
                    colour,
                    strong,
                )
            )
    return tuple(lines), y + 4 if lines else 0.0, max((line.width for line in lines), default=0.0)


def _lines(edges: Sequence[Edge], spread_points: Sequence[list[Point]], page: Block) -> list[list[Point]]:
    """The points of each edge, in the order of the edges."""
    routed = iter(spread_points)
    boxes = {icon.id: icon.box for icon in page.icons} | {frame.id: frame.box for frame in page.frames}
    return [loop(boxes[edge.source]) if edge.source == edge.target else next(routed) for edge in edges]


def _line(edge: Edge, points: list[Point], label: Label | None) -> Line:
    rounded = tuple((round(x, 2), round(y, 2)) for x, y in points)
    return Line(edge.id, edge.source, edge.target, edge.style, rounded, text.clean(edge.label), label)


def _note(edge: Edge, page: Block) -> str:
    names = {icon.id: icon.title for icon in page.icons} | {frame.id: frame.title for frame in page.frames}
    return f"{names.get(edge.source, '')} \u203a {names.get(edge.target, '')}: {text.clean(edge.label)}"

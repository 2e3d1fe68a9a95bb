"""Reads a picture back from its SVG and measures it as a viewer sees it; knows nothing of how it was drawn.

An edge is a ``g.edge`` with its path, an icon a ``g.node``, a frame a ``g.frame``, what stands on an edge a
``g.label``. Texts are boxes of their ``textLength`` and font size.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import NamedTuple
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"
PAGE = 1600
"""The width in pixels at which people look at a page."""
_SLACK = 1.0
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")

Point = tuple[float, float]


class Box(NamedTuple):
    """Left, top, right and bottom."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether the insides share more than a hairline."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        tall = min(self.bottom, other.bottom) - max(self.top, other.top)
        return wide > _SLACK and tall > _SLACK

    def holds(self, other: Box) -> bool:
        """Whether the other lies within."""
        return (
            self.left - _SLACK <= other.left
            and other.right <= self.right + _SLACK
            and self.top - _SLACK <= other.top
            and other.bottom <= self.bottom + _SLACK
        )


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a picture shows: boxes by id, and the points of its edges."""

    width: float
    height: float
    smallest: float
    """The smallest size of a text, in pixels of the picture."""
    icons: dict[str, Box] = field(default_factory=dict)
    texts: dict[str, list[Box]] = field(default_factory=dict)
    """The lines of each icon's label."""
    frames: dict[str, Box] = field(default_factory=dict)
    titles: dict[str, list[Box]] = field(default_factory=dict)
    edges: dict[str, list[Point]] = field(default_factory=dict)
    ends: dict[str, tuple[str, str]] = field(default_factory=dict)
    labels: dict[str, Box] = field(default_factory=dict)
    strips: list[Box] = field(default_factory=list)
    """The frames around what serves several subnets, drawn across them."""

    def strip(self, icon: str) -> Box | None:
        """The strip in which an icon stands."""
        return next((strip for strip in self.strips if strip.holds(self.icons[icon])), None)


@dataclass(frozen=True, slots=True)
class Quality:
    """Figures of one picture. The first four count faults and are zero in a good one."""

    through: int
    """Edges that run through an icon, its label or a frame's title, other than those at their own ends."""
    overlaps: int
    """Pairs of icons, texts, titles and edge labels that share room."""
    outside: int
    """Icons and frames that cross the border of a frame."""
    lost: int
    """Edges that do not begin and end at what they join."""
    edges: int
    crossings: int
    bends: int
    aspect: float
    smallest: float
    """The smallest text in pixels, when the picture is as wide as the page or its own width, if that is less."""

    @property
    def faults(self) -> int:
        """How many faults there are of any kind."""
        return self.through + self.overlaps + self.outside + self.lost


def read(svg: str) -> Drawn:
    """What stands in an SVG of archgraph's."""
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own output
    smallest = min((float(text.get("font-size", 1000)) for text in root.iter(f"{SVG}text")), default=1000.0)
    found = Drawn(float(root.get("width", 0)), float(root.get("height", 0)), smallest)
    found.strips.extend(_rect(rect) for rect in root.iter(f"{SVG}rect") if rect.get("class") == "strip")
    for group in root.iter(f"{SVG}g"):
        kinds, name = (group.get("class") or "").split(), group.get("data-id", "")
        if "node" in kinds:
            box = found.icons[name] = _icon(group)
            texts = map(_text, group.findall(f"{SVG}text"))
            found.texts[name] = [text for text in texts if not box.holds(text)]
        elif "frame" in kinds:
            found.frames[name] = _rect(group.findall(f"{SVG}rect")[0])
            found.titles[name] = [_text(text) for text in group.findall(f"{SVG}text")]
        elif "edge" in kinds and (path := group.find(f"{SVG}path")) is not None:
            found.edges[name] = _points(group, path.get("d", ""))
            found.ends[name] = (group.get("data-source", ""), group.get("data-target", ""))
        elif "label" in kinds:
            found.labels[name] = _rect(group.findall(f"{SVG}rect")[0])
    return found


def measure(drawn: Drawn) -> Quality:
    """Count the faults of a picture, its crossings and bends."""
    shown = min(1.0, PAGE / drawn.width)
    return Quality(
        through=len(set(_through(drawn))),
        overlaps=len(list(_overlaps(drawn))),
        outside=len(list(_outside(drawn))),
        lost=len(list(_lost(drawn))),
        edges=len(drawn.edges),
        crossings=crossings(list(drawn.edges.values())),
        bends=sum(max(0, len(points) - 2) for points in drawn.edges.values()),
        aspect=drawn.width / drawn.height,
        smallest=drawn.smallest * shown,
    )


def crossings(edges: Sequence[Sequence[Point]]) -> int:
    """How often level pieces of edges cross upright pieces of others."""
    level, upright = [], []
    for number, points in enumerate(edges):
        for (ax, ay), (bx, by) in pairwise(points):
            if abs(ay - by) <= abs(ax - bx):
                level.append((ay, min(ax, bx), max(ax, bx), number))
            else:
                upright.append((ax, min(ay, by), max(ay, by), number))
    return sum(
        one != other and left < x < right and top < y < bottom
        for y, left, right, one in level
        for x, top, bottom, other in upright
    )


def _through(drawn: Drawn) -> Iterator[tuple[str, str]]:
    titles = [(name, box) for name, boxes in drawn.titles.items() for box in boxes]
    for name, points in drawn.edges.items():
        for piece in pairwise(points):
            way = _along(*piece)
            for icon, box in drawn.icons.items():
                if icon not in drawn.ends[name] and way.meets(box):
                    yield name, icon
                if any(way.meets(text) for text in drawn.texts[icon]) and icon not in drawn.ends[name]:
                    yield name, icon
            yield from ((name, frame) for frame, box in titles if way.meets(box))


def _overlaps(drawn: Drawn) -> Iterator[tuple[str, str]]:
    rooms = [(name, box) for name, box in drawn.icons.items()]
    rooms += [(name, box) for name, boxes in drawn.texts.items() for box in boxes]
    rooms += [(f"title {name}", box) for name, boxes in drawn.titles.items() for box in boxes]
    rooms += [(f"label {name}", box) for name, box in drawn.labels.items()]
    rooms.sort(key=lambda room: room[1].left)
    for (one, box), (other, second) in combinations(rooms, 2):
        if one != other and box.meets(second):
            yield one, other


def _outside(drawn: Drawn) -> Iterator[tuple[str, str]]:
    """What lies across the border of a frame: icons on a border by their middle are gateways, and meant so."""
    for frame, border in drawn.frames.items():
        for other, box in drawn.frames.items():
            if other != frame and border.meets(box) and not (border.holds(box) or box.holds(border)):
                yield frame, other
        for icon, box in drawn.icons.items():
            middle = ((box.left + box.right) / 2, (box.top + box.bottom) / 2)
            on_border = min(abs(middle[0] - border.left), abs(middle[0] - border.right)) < 2 or (
                min(abs(middle[1] - border.top), abs(middle[1] - border.bottom)) < 2
            )
            spanning = drawn.strip(icon) is not None
            if border.meets(box) and not (border.holds(box) or on_border or spanning):
                yield frame, icon


def _lost(drawn: Drawn) -> Iterator[str]:
    for name, points in drawn.edges.items():
        for point, end in ((points[0], drawn.ends[name][0]), (points[-1], drawn.ends[name][1])):
            if end in drawn.icons:
                boxes = [drawn.icons[end], *drawn.texts[end], drawn.strip(end)]
            else:
                boxes = [drawn.frames.get(end)]
            near = Box(point[0] - 3, point[1] - 3, point[0] + 3, point[1] + 3)
            if not any(box is not None and near.meets(box) for box in boxes):
                yield name
                break


def _along(a: Point, b: Point) -> Box:
    """The room of a level or upright piece."""
    return Box(min(a[0], b[0]) - _SLACK, min(a[1], b[1]) - _SLACK, max(a[0], b[0]) + _SLACK, max(a[1], b[1]) + _SLACK)


def _icon(group: ElementTree.Element) -> Box:
    use = group.find(f"{SVG}use")
    if use is not None:
        return _rect(use)
    rect = group.find(f"{SVG}rect")
    if rect is not None:
        return _rect(rect)
    path = group.find(f"{SVG}path")
    x, y, scale, *_ = _NUMBER.findall((path.get("transform") or "") if path is not None else "0 0 2")
    return Box(float(x), float(y), float(x) + 24 * float(scale), float(y) + 24 * float(scale))


def _rect(element: ElementTree.Element) -> Box:
    x, y, width, height = (float(element.get(name, 0)) for name in ("x", "y", "width", "height"))
    return Box(x, y, x + width, y + height)


def _text(element: ElementTree.Element) -> Box:
    x, y, width, size = (float(element.get(name, 0)) for name in ("x", "y", "textLength", "font-size"))
    return Box(x, y - size * 0.75, x + width, y + size * 0.22)


def _points(group: ElementTree.Element, path: str) -> list[Point]:
    """From where the path begins, over the corners that its curves round, to the tip of its arrow."""
    corners = [_pair(numbers) for command, numbers in re.findall(r"([MLQ])([^MLQZ]*)", path) if command != "L"]
    tip = _pair(group.findall(f"{SVG}path")[-1].get("d", ""))
    return [*corners, tip]


def _pair(numbers: str) -> Point:
    x, y, *_ = _NUMBER.findall(numbers)
    return float(x), float(y)

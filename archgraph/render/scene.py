"""A drawn picture as a value: what stands where, ready for any output format.

Lengths are CSS pixels, the origin is the page's top left corner, y grows downwards. A scene keeps
the ids of the view it was made from, and every text already broken into lines and measured.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from archgraph.views.view import EdgeStyle, GroupKind

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of the right side."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of the lower side."""
        return self.y + self.height

    @property
    def centre(self) -> Point:
        """The middle."""
        return (self.x + self.width / 2, self.y + self.height / 2)

    def grown(self, by: float) -> Box:
        """The rectangle with each side moved outwards."""
        return Box(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def overlaps(self, other: Box) -> bool:
        """Whether the insides share a point; touching is not overlapping."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom

    def contains(self, other: Box) -> bool:
        """Whether the other lies within this one."""
        return self.x <= other.x and other.right <= self.right and self.y <= other.y and other.bottom <= self.bottom


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text. ``x`` is its left end and ``y`` its baseline; ``width`` is pinned when drawn."""

    text: str
    x: float
    y: float
    width: float
    size: float
    colour: str
    semibold: bool = False

    @property
    def box(self) -> Box:
        """The room the line takes, from the ascenders to the descenders."""
        return Box(self.x, self.y - self.size * 0.95, self.width, self.size * 1.22)


@dataclass(frozen=True, slots=True)
class Frame:
    """A group's box. ``header`` is the room of its badge and title, which nothing else may use."""

    id: str
    kind: GroupKind
    box: Box
    title: str
    lines: tuple[Text, ...] = ()
    header: Box | None = None
    badge: bool = True
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Strip:
    """The frame around a node that serves several subnets, drawn across them."""

    node: str
    kind: GroupKind | None
    category: str
    box: Box


@dataclass(frozen=True, slots=True)
class Icon:
    """A node: its icon's box and the lines of its label. ``path`` is ``None`` for a drawn glyph."""

    id: str
    title: str
    subtitle: str
    box: Box
    path: str | None
    category: str
    lines: tuple[Text, ...] = ()
    parent: str | None = None
    on_border: bool = False

    @property
    def label(self) -> Box | None:
        """The room of the label, or ``None`` without one."""
        return around(line.box for line in self.lines)


@dataclass(frozen=True, slots=True)
class Badge:
    """A step's number in a dark disc or lozenge."""

    text: Text
    box: Box


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on a line: step badges, then words, on a white ground that breaks the line."""

    box: Box
    lines: tuple[Text, ...]
    badges: tuple[Badge, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """An edge: a polyline of horizontal and vertical pieces, drawn with rounded corners."""

    id: str
    source: str
    target: str
    style: EdgeStyle
    points: tuple[Point, ...]
    text: str = ""
    label: Label | None = None


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One sample with its meaning: a kind of frame, a style of line, or a label that found no room."""

    sample: GroupKind | EdgeStyle | str
    box: Box
    text: Text


@dataclass(frozen=True, slots=True)
class Scene:
    """A whole page."""

    id: str
    title: str
    description: str
    width: float
    height: float
    heading: tuple[Text, ...]
    frames: tuple[Frame, ...]
    strips: tuple[Strip, ...]
    icons: tuple[Icon, ...]
    lines: tuple[Line, ...]
    legend: tuple[LegendEntry, ...]


def around(boxes: Iterable[Box]) -> Box | None:
    """The smallest rectangle around all boxes, or ``None`` if there are none."""
    found = list(boxes)
    if not found:
        return None
    x = min(box.x for box in found)
    y = min(box.y for box in found)
    return Box(x, y, max(box.right for box in found) - x, max(box.bottom for box in found) - y)

"""Blocks: rectangles with known size and inner places, put together from the inside out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from math import ceil

from archgraph.render import sizes, text
from archgraph.render.palette import FRAMES, GREY, INK
from archgraph.render.scene import Box, Frame, Icon, Point, Strip, Text, around
from archgraph.views.view import Group, GroupKind, Node


@dataclass(slots=True)
class Block:
    """A rectangle whose inside is settled. Everything in it is relative to its top left corner.

    ``centres`` holds the middle of every icon and frame inside, by id: lines are lined up on them.
    """

    id: str
    width: float
    height: float
    frames: list[Frame] = field(default_factory=list)
    strips: list[Strip] = field(default_factory=list)
    icons: list[Icon] = field(default_factory=list)
    centres: dict[str, Point] = field(default_factory=dict)
    framed: bool = False
    """Whether the block is one frame, which may be stretched."""
    taken: list[Box] = field(default_factory=list)
    """The rectangles of the blocks put in, so that others can be fitted beside them."""

    @property
    def is_icon(self) -> bool:
        """Whether the block is one icon with its label."""
        return len(self.icons) == 1 and not self.frames

    def put(self, other: Block, x: float, y: float) -> None:
        """Place another block's contents in this one, on whole pixels."""
        x, y = float(round(x)), float(round(y))
        self.taken.append(Box(x, y, other.width, other.height))
        self.frames += [_moved_frame(frame, x, y) for frame in other.frames]
        self.strips += [replace(strip, box=_moved(strip.box, x, y)) for strip in other.strips]
        self.icons += [_moved_icon(icon, x, y) for icon in other.icons]
        for name, (inner_x, inner_y) in other.centres.items():
            self.centres[name] = (inner_x + x, inner_y + y)

    def turned(self) -> Block:
        """The outline with its axes exchanged, to be placed as if down were right."""
        centres = {name: (y, x) for name, (x, y) in self.centres.items()}
        return Block(self.id, self.height, self.width, centres=centres, framed=self.framed)

    def stretch(self, width: float, height: float) -> None:
        """Make the frame that this block is larger; its contents stay where they are."""
        first = self.frames[0]
        self.width, self.height = width, height
        self.frames[0] = replace(first, box=Box(0, 0, width, height))
        self.centres[first.id] = (width / 2, height / 2)


def node_block(node: Node) -> Block:
    """An icon with its label below."""
    lines = label_lines(node, sizes.LABEL_WIDTH)
    width = even(max([sizes.ICON, *(line.width for line in lines)]))
    height = sizes.ICON + (sizes.LABEL_GAP + label_height(lines) if lines else 0)
    block = Block(node.id, width, even(height))
    box = Box((width - sizes.ICON) / 2, 0, sizes.ICON, sizes.ICON)
    block.icons.append(icon_of(node, box, under(lines, width / 2, sizes.ICON + sizes.LABEL_GAP)))
    block.centres[node.id] = box.centre
    return block


def icon_of(node: Node, box: Box, lines: tuple[Text, ...], on_border: bool = False) -> Icon:
    """The icon of a node at a place."""
    return Icon(
        node.id,
        text.clean(node.title),
        text.clean(node.subtitle),
        box,
        node.icon,
        node.category,
        lines,
        node.parent,
        on_border,
    )


def label_lines(node: Node, limit: float) -> tuple[Text, ...]:
    """A node's title and subtitle in up to three lines together, measured but not yet placed.

    ``limit`` is the width of the lines, in pixels.
    """
    title = text.wrap(text.clean(node.title), sizes.TITLE_SIZE, limit, 2)
    subtitle = text.clean(node.subtitle)
    small = text.wrap(subtitle, sizes.SUBTITLE_SIZE, limit, 1 if len(title) > 1 else 2)
    return tuple(
        Text(line, 0, 0, text.width(line, size), size, colour)
        for lines, size, colour in ((title, sizes.TITLE_SIZE, INK), (small, sizes.SUBTITLE_SIZE, GREY))
        for line in lines
    )


def label_height(lines: Iterable[Text]) -> float:
    """Height of the lines of a label."""
    return sum(sizes.TITLE_LINE if line.size == sizes.TITLE_SIZE else sizes.SUBTITLE_LINE for line in lines)


def under(lines: Iterable[Text], middle: float, top: float) -> tuple[Text, ...]:
    """The lines centred on ``middle`` and stacked from ``top``."""
    placed = []
    for line in lines:
        height = sizes.TITLE_LINE if line.size == sizes.TITLE_SIZE else sizes.SUBTITLE_LINE
        placed.append(_at(line, middle - line.width / 2, top + height * 0.78))
        top += height
    return tuple(placed)


def beside(lines: tuple[Text, ...], left: float, middle: float) -> tuple[Text, ...]:
    """The lines left-aligned at ``left`` and stacked around ``middle``."""
    top = middle - label_height(lines) / 2
    return tuple(_at(line, left, placed.y) for line, placed in zip(lines, under(lines, left, top), strict=True))


def header_of(group: Group) -> tuple[float, tuple[Text, ...], bool]:
    """Width of a frame's header, its lines placed from the frame's corner, and whether it has a badge."""
    look = FRAMES[group.kind]
    subnet = group.kind in (GroupKind.PUBLIC_SUBNET, GroupKind.PRIVATE_SUBNET)
    limit = sizes.SUBNET_TITLE_WIDTH if subnet else sizes.FRAME_TITLE_WIDTH
    left = sizes.HEADER + 7 if look.badge else 9.0
    title = text.shorten(text.clean(group.title), sizes.FRAME_TITLE_SIZE, limit, semibold=True)
    subtitle = text.shorten(text.clean(group.subtitle), sizes.FRAME_SUBTITLE_SIZE, limit)
    lines = []
    if title:
        width = text.width(title, sizes.FRAME_TITLE_SIZE, semibold=True)
        y = 13.0 if subtitle else 18.5
        lines.append(Text(title, left, y, width, sizes.FRAME_TITLE_SIZE, look.colour, semibold=True))
    if subtitle:
        width = text.width(subtitle, sizes.FRAME_SUBTITLE_SIZE)
        lines.append(Text(subtitle, left, 25.5 if title else 18.5, width, sizes.FRAME_SUBTITLE_SIZE, GREY))
    right = max((line.x + line.width for line in lines), default=sizes.HEADER if look.badge else 0.0)
    return right, tuple(lines), look.badge is not None


def framed(group: Group, content: Block, insets: tuple[float, float, float, float] | None = None) -> Block:
    """A frame around a content, with its header above.

    ``insets`` are the distances to the content's left, top (below the header), right and bottom.
    """
    left, top, right, bottom = insets or (sizes.PAD, 12.0, sizes.PAD, sizes.PAD)
    header, lines, badge = header_of(group)
    width = even(max(left + content.width + right, header + 12))
    height = even(sizes.HEADER + top + content.height + bottom)
    block = Block(group.id, width, height, framed=True)
    block.frames.append(frame_of(group, Box(0, 0, width, height), header, lines, badge))
    block.centres[group.id] = (width / 2, height / 2)
    block.put(content, left + (width - left - right - content.width) / 2, sizes.HEADER + top)
    return block


def frame_of(group: Group, box: Box, header: float, lines: tuple[Text, ...], badge: bool) -> Frame:
    """The frame of a group at a place; its lines are given relative to its corner."""
    placed = tuple(_at(line, line.x + box.x, line.y + box.y) for line in lines)
    room = Box(box.x, box.y, header, sizes.HEADER) if placed or badge else None
    return Frame(group.id, group.kind, box, text.clean(group.title), placed, room, badge, group.parent)


def even(value: float) -> float:
    """The next even whole number, so that middles are whole."""
    return float(2 * ceil(round(value, 3) / 2))


def bounds(block: Block) -> Box:
    """The smallest rectangle around everything in a block, labels included."""
    boxes = [frame.box for frame in block.frames] + [strip.box for strip in block.strips]
    for icon in block.icons:
        boxes += [icon.box, *(line.box for line in icon.lines)]
    return around(boxes) or Box(0, 0, 0, 0)


def _at(line: Text, x: float, y: float) -> Text:
    return replace(line, x=round(x, 2), y=round(y, 2))


def _moved(box: Box, x: float, y: float) -> Box:
    return Box(box.x + x, box.y + y, box.width, box.height)


def _moved_frame(frame: Frame, x: float, y: float) -> Frame:
    lines = tuple(_at(line, line.x + x, line.y + y) for line in frame.lines)
    header = _moved(frame.header, x, y) if frame.header else None
    return replace(frame, box=_moved(frame.box, x, y), lines=lines, header=header)


def _moved_icon(icon: Icon, x: float, y: float) -> Icon:
    lines = tuple(_at(line, line.x + x, line.y + y) for line in icon.lines)
    return replace(icon, box=_moved(icon.box, x, y), lines=lines)

"""Gateways on the border of their VPC: which side, and where along it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil

from archgraph.render import sizes
from archgraph.render.blocks import Block, icon_of, label_height, label_lines, under
from archgraph.render.containers import Place
from archgraph.render.scene import Box
from archgraph.render.zones import IN_GRID
from archgraph.views.view import Node, Role

_HALF = sizes.GATEWAY_ICON / 2


@dataclass(slots=True)
class Sides:
    """Gateways by the side of the frame that they sit on."""

    left: list[Node] = field(default_factory=list)
    right: list[Node] = field(default_factory=list)

    @property
    def insets(self) -> tuple[float, float]:
        """Room to leave inside the frame at its left and right."""
        return _room(self.left), _room(self.right)


def sides(place: Place) -> Sides:
    """Traffic enters on the left and leaves on the right; gateways without lines fill the emptier side."""
    found = Sides()
    for node in gateways(place):
        if node.id in place.entered and node.id not in place.leaving:
            found.left.append(node)
        elif node.id in place.leaving:
            found.right.append(node)
        elif not found.left:
            found.left.append(node)
        else:
            (found.right if len(found.right) <= len(found.left) else found.left).append(node)
    return found


def gateways(place: Place) -> list[Node]:
    """The nodes that sit on a frame's border, in the author's order; zones and subnets have none."""
    if place.group is None or place.group.kind in IN_GRID:
        return []
    return [node for node in place.nodes if node.role is Role.GATEWAY]


def tallest(gateways: Sequence[Node]) -> float:
    """Height that the gateways of one side need beside each other."""
    return sum(_height(node) + sizes.ROW_GAP for node in gateways)


def outer_margin(nodes: Sequence[Node]) -> float:
    """Room to leave outside the frame."""
    return float(ceil(max([_HALF, *(_label_width(node) / 2 for node in nodes)]))) if nodes else 0.0


def put_on_border(block: Block, place: Place, found: Sides) -> Block:
    """The frame with its gateways, in a block that has room for what sticks out."""
    left, right = outer_margin(found.left), outer_margin(found.right)
    whole = Block(block.id, left + block.width + right, block.height)
    left = float(round(left))
    whole.put(block, left, 0)
    frame = whole.frames[0].box
    for nodes, x in ((found.left, frame.x), (found.right, frame.right)):
        heights = _spread(nodes, [_wish(whole, place, node, frame) for node in nodes], frame)
        for node, y in zip(nodes, heights, strict=True):
            box = Box(x - _HALF, y - _HALF, 2 * _HALF, 2 * _HALF)
            lines = under(label_lines(node, sizes.GATEWAY_LABEL_WIDTH), x, box.bottom + sizes.LABEL_GAP)
            whole.icons.append(icon_of(node, box, lines, on_border=True))
            whole.centres[node.id] = box.centre
    return whole


def _room(nodes: Sequence[Node]) -> float:
    return outer_margin(nodes) + 16 if nodes else sizes.PAD


def _label_width(node: Node) -> float:
    return max((line.width for line in label_lines(node, sizes.GATEWAY_LABEL_WIDTH)), default=0.0)


def _height(node: Node) -> float:
    return 2 * _HALF + sizes.LABEL_GAP + label_height(label_lines(node, sizes.GATEWAY_LABEL_WIDTH))


def _wish(block: Block, place: Place, node: Node, frame: Box) -> float:
    """The height of what the gateway is joined to inside, nodes that serve several subnets first; else
    that of the first strip or row."""
    spanning = {other.id for other in place.nodes if other.role is Role.SPANNING}
    joined = [
        there
        for lifted in place.lifted
        for here, there in (
            (lifted.edge.source, lifted.edge.target),
            (lifted.edge.target, lifted.edge.source),
        )
        if here == node.id and there in block.centres
    ]
    if joined:
        return block.centres[min(joined, key=lambda name: name not in spanning)][1]
    return frame.y + min(frame.height / 2, 150.0)


def _spread(nodes: Sequence[Node], wishes: list[float], frame: Box) -> list[float]:
    """Heights near the wishes, in their order, far enough from each other and from the corners."""
    order = sorted(range(len(nodes)), key=lambda index: (wishes[index], index))
    heights = [0.0] * len(nodes)
    y = frame.y + sizes.HEADER + 8 + _HALF
    for index in order:
        heights[index] = max(wishes[index], y)
        y = heights[index] + _height(nodes[index]) + sizes.ROW_GAP
    limit = frame.bottom - 8
    for index in reversed(order):
        lowest = limit - _height(nodes[index]) + _HALF
        heights[index] = min(heights[index], lowest)
        limit = heights[index] - _HALF - sizes.ROW_GAP
    return heights

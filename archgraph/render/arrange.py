"""The inside of a frame: entry points, then what traffic flows through, then what supports it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import inf

from archgraph.render import layered, sizes, text
from archgraph.render.blocks import Block, framed, node_block
from archgraph.render.border import gateways, put_on_border, sides, tallest
from archgraph.render.columns import Link
from archgraph.render.containers import Place, Wishes
from archgraph.render.network_grid import network_grid
from archgraph.render.packing import Doors, beside, in_row, pack, tidy, with_support
from archgraph.render.scene import Box
from archgraph.render.zones import grid_members, is_grid
from archgraph.views.view import Edge, Node, Role


@dataclass(frozen=True, slots=True)
class Shape:
    """Which shape a page is to get: the width to height beyond which lines of ranks are broken, and that
    which packing aims at; ``snug``: frames stand side by side even where lines between them bend for it.
    """

    widest: float
    packed: float
    snug: bool
    down: bool = False
    """Whether flows run down the page instead of to the right."""


_STAGES = {Role.ACTOR: 0, Role.EDGE: 1}
_OUTSIDE = ("External", "Actor")
_LABEL_HEIGHT = 30.0
"""Room for the words of a line that runs down."""


def arrange(place: Place, shape: Shape) -> Block:
    """The block of all that stands in a frame, without the frame."""
    drawn = grid_members(place) if is_grid(place) else set()
    on_border = {node.id for node in gateways(place)}
    items: list[Block] = []
    stages: list[int] = []
    index: dict[str, int] = {}
    if drawn:
        grid = network_grid(place, partial(arrange, shape=shape))
        items.append(grid)
        stages.append(2)
        index.update(dict.fromkeys(drawn, 0))
    nodes = [node for node in place.nodes if node.id not in drawn and node.id not in on_border]
    wished = place.wishes.named
    main = [node for node in nodes if node.role is not Role.SUPPORT or node.id in wished]
    for child in place.places:
        if child.group and child.group.id not in drawn:
            index[child.group.id] = len(items)
            items.append(_group_block(child, shape))
            stages.append(2)
    for node in main:
        index[node.id] = len(items)
        items.append(node_block(node))
        stages.append(_stage(node, place))
    links = _links(place, index, items)
    body = _flow(items, links, stages, place, index, shape)
    support = [node_block(node) for node in nodes if node not in main]
    doors = Doors(
        *(tuple(body.centres[name] for name in ends if name in body.centres) for ends in (place.exits, place.entries))
    )
    return with_support(body, support, shape.packed, doors)


def _group_block(place: Place, shape: Shape) -> Block:
    assert place.group is not None  # noqa: S101 - only the page has no group
    content = arrange(place, shape)
    if not gateways(place):
        return framed(place.group, content)
    found = sides(place)
    left, right = found.insets
    needed = max(tallest(found.left), tallest(found.right))
    extra = max(0.0, needed - content.height - 12)
    block = framed(place.group, content, (left, 12.0, right, sizes.PAD + extra))
    return put_on_border(block, place, found)


def _stage(node: Node, place: Place) -> int:
    """Outside the cloud, what sends stands on the left and what only receives on the right."""
    if place.group is None and (node.role is Role.ACTOR or node.category in _OUTSIDE):
        receives = any(lifted.target == node.id for lifted in place.lifted)
        sends = any(lifted.source == node.id for lifted in place.lifted)
        left = sends and not receives if node.role is not Role.ACTOR else sends or not receives
        return 0 if left else 3
    return _STAGES.get(node.role, 2)


def _links(place: Place, index: dict[str, int], items: Sequence[Block]) -> list[Link]:
    links = []
    for lifted in place.lifted:
        source, target = index.get(lifted.source), index.get(lifted.target)
        if source is None or target is None or source == target:
            continue
        ends = (lifted.edge.source, lifted.edge.target)
        if ends[0] in items[source].centres and ends[1] in items[target].centres:
            links.append(Link(source, target, *ends, label=label_width(lifted.edge)))
    return links


def label_width(edge: Edge) -> float:
    """Width of an edge's label with its badges, as it will be wrapped."""
    lines = text.wrap(text.clean(edge.label), sizes.EDGE_SIZE, sizes.EDGE_LABEL_WIDTH, 2)
    words = max((text.width(line, sizes.EDGE_SIZE) for line in lines), default=0.0)
    return words + len(edge.steps) * (sizes.STEP + 3) + (8 if words or edge.steps else 0)


def _flow(
    items: list[Block], links: list[Link], stages: list[int], place: Place, index: dict[str, int], shape: Shape
) -> Block:
    """What is joined, by rank; smaller parts of it that nothing joins to the rest in a row below;
    what has no line at all packed below that."""
    wishes = _wishes(place, index)
    level = wishes.under if shape.down else wishes.beside
    links = [*links, *(_straight(a, b, items) for a, b in level if items[a].id and items[b].id)]
    joined = {end for link in links for end in (link.source, link.target)}
    joined |= wishes.named
    outward = {index[name] for name in place.leaving | place.entered if name in index}
    entered = {index[name] for name in place.entered if name in index}
    leaving = {index[name] for name in place.leaving if name in index}
    rest = [items[n] for n in range(len(items)) if n not in joined | outward and stages[n] == 2]
    pairs = [*((link.source, link.target) for link in links), *wishes.before, *wishes.beside, *wishes.under]
    parts = _parts(len(items), pairs, stages, joined | outward)
    single = [part[0] for part in parts if len(part) == 1 and stages[part[0]] == 2 and items[part[0]].is_icon]
    arriving = [items[n] for n in single if n in entered and n not in leaving]
    departing = [items[n] for n in single if n not in entered or n in leaving]
    blocks = [_ranked(part, items, links, stages, wishes, shape) for part in parts if part[0] not in set(single)]
    if not blocks:
        return pack([*arriving, *departing, *rest], shape.packed)
    body = max(blocks, key=lambda block: block.width * block.height)
    others = [
        *([tidy(arriving, shape.packed)] if arriving else []),
        *(block for block in blocks if block is not body),
        *([tidy(departing, shape.packed)] if departing else []),
    ]
    if others:
        body = beside(body, in_row(others, body.width, at_right=bool(departing)), shape.packed)
    return beside(body, pack(rest, shape.packed, body.width), shape.packed) if rest else body


def _parts(count: int, links: list[tuple[int, int]], stages: list[int], chosen: set[int]) -> list[list[int]]:
    """Items joined to each other; whatever a stage places belongs to one part."""
    parent = list(range(count))

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    staged = [item for item in range(count) if stages[item] != 2]
    pairs = links + [(staged[0], item) for item in staged[1:]]
    for first, second in pairs:
        low, high = sorted((root(first), root(second)))
        parent[high] = low
    found: dict[int, list[int]] = {}
    for item in range(count):
        if item in chosen or stages[item] != 2:
            found.setdefault(root(item), []).append(item)
    return list(found.values())


def _wishes(place: Place, index: dict[str, int]) -> Wishes[int]:
    """The wishes of a frame, by the numbers of its items."""

    def numbered(pairs: list[tuple[str, str]]) -> list[tuple[int, int]]:
        known = [(index[first], index[second]) for first, second in pairs if first in index and second in index]
        return [pair for pair in known if pair[0] != pair[1]]

    asked = place.wishes
    return Wishes(numbered(asked.before), numbered(asked.beside), numbered(asked.under))


def _straight(first: int, second: int, items: Sequence[Block]) -> Link:
    """A link that is not drawn, between the middles of two things that are to stand level."""
    return Link(first, second, items[first].id, items[second].id, level=True)


def _ranked(
    part: list[int], items: list[Block], links: list[Link], stages: list[int], wishes: Wishes[int], shape: Shape
) -> Block:
    number = {item: position for position, item in enumerate(part)}
    inner = [
        Link(number[x.source], number[x.target], x.inner_source, x.inner_target, x.label, x.level)
        for x in links
        if x.source in number
    ]
    across, along = (wishes.beside, wishes.under) if shape.down else (wishes.under, wishes.beside)
    asked = layered.Asked(
        before=[(number[a], number[b]) for a, b in (*wishes.before, *along) if a in number],
        alike=[(number[a], number[b]) for a, b in across if a in number],
    )
    blocks = [items[n] for n in part]
    stage = [stages[n] for n in part]
    if shape.down:
        lying = [
            Link(x.source, x.target, x.inner_source, x.inner_target, min(x.label, _LABEL_HEIGHT), x.level)
            for x in inner
        ]
        turned = [block.turned() for block in blocks]
        corners, height, width = layered.place(turned, lying, stage, inf, shape.snug, asked)
        points = [(x, y) for y, x in corners]
    else:
        points, width, height = layered.place(blocks, inner, stage, shape.widest, shape.snug, asked)
    body = Block("", width, height)
    for block, (x, y) in zip(blocks, points, strict=True):
        body.put(block, x, y)
    boxes = list(body.taken)
    body.taken += [_passage(boxes[link.source], boxes[link.target], body, link) for link in inner]
    return body


def _passage(source: Box, target: Box, body: Block, link: Link) -> Box:
    """Where the line between two blocks is likely to run."""
    left, right = sorted((source.right, target.x)) if source.x < target.x else sorted((target.right, source.x))
    top, bottom = sorted((body.centres[link.inner_source][1], body.centres[link.inner_target][1]))
    return Box(left, top - 12, right - left, bottom - top + 24)

"""The inside of a frame: entry points, then what traffic flows through, then what supports it."""

from __future__ import annotations

from collections.abc import Sequence

from archgraph.render import layered, sizes, text
from archgraph.render.blocks import Block, even, framed, node_block
from archgraph.render.border import gateways, put_on_border, sides, tallest
from archgraph.render.containers import Place
from archgraph.render.network_grid import grid_members, is_grid, network_grid
from archgraph.render.scene import Box
from archgraph.views.view import Edge, Node, Role

_GRID = "\x00grid"
"""The id of a VPC's grid among its children; no element's id begins so."""
_SHAPE = 1.7
"""Width to height that packing aims at."""
_STAGES = {Role.ACTOR: 0, Role.EDGE: 1}
_BESIDE = 40.0
"""Between a block and one fitted beside it."""
_OUTSIDE = ("External", "Actor")


def arrange(place: Place) -> Block:
    """The block of all that stands in a frame, without the frame."""
    drawn = grid_members(place) if is_grid(place) else set()
    on_border = {node.id for node in gateways(place)}
    items: list[Block] = []
    stages: list[int] = []
    index: dict[str, int] = {}
    if drawn:
        grid = network_grid(place, arrange)
        items.append(grid)
        stages.append(2)
        index.update(dict.fromkeys(drawn, 0))
    nodes = [node for node in place.nodes if node.id not in drawn and node.id not in on_border]
    main = [node for node in nodes if node.role is not Role.SUPPORT]
    for child in place.places:
        if child.group and child.group.id not in drawn:
            index[child.group.id] = len(items)
            items.append(_group_block(child))
            stages.append(2)
    for node in main:
        index[node.id] = len(items)
        items.append(node_block(node))
        stages.append(_stage(node, place))
    links = _links(place, index, items)
    body = _flow(items, links, stages, place, index)
    support = [node_block(node) for node in nodes if node.role is Role.SUPPORT]
    return _with_support(body, support)


def _group_block(place: Place) -> Block:
    assert place.group is not None  # noqa: S101 - only the page has no group
    content = arrange(place)
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


def _links(place: Place, index: dict[str, int], items: Sequence[Block]) -> list[layered.Link]:
    links = []
    for lifted in place.lifted:
        source, target = index.get(lifted.source), index.get(lifted.target)
        if source is None or target is None or source == target:
            continue
        ends = (lifted.edge.source, lifted.edge.target)
        if ends[0] in items[source].centres and ends[1] in items[target].centres:
            links.append(layered.Link(source, target, *ends, label=label_width(lifted.edge)))
    return links


def label_width(edge: Edge) -> float:
    """Width of an edge's label with its badges, as it will be wrapped."""
    lines = text.wrap(text.clean(edge.label), sizes.EDGE_SIZE, sizes.EDGE_LABEL_WIDTH, 2)
    words = max((text.width(line, sizes.EDGE_SIZE) for line in lines), default=0.0)
    return words + len(edge.steps) * (sizes.STEP + 3) + (8 if words or edge.steps else 0)


def _flow(
    items: list[Block], links: list[layered.Link], stages: list[int], place: Place, index: dict[str, int]
) -> Block:
    """What is joined, by rank; smaller parts of it that nothing joins to the rest in a row below;
    what has no line at all packed below that."""
    joined = {end for link in links for end in (link.source, link.target)}
    outward = {index[name] for name in place.leaving | place.entered if name in index}
    entered = {index[name] for name in place.entered if name in index}
    leaving = {index[name] for name in place.leaving if name in index}
    rest = [items[n] for n in range(len(items)) if n not in joined | outward and stages[n] == 2]
    parts = _parts(len(items), links, stages, joined | outward)
    single = [part[0] for part in parts if len(part) == 1 and stages[part[0]] == 2 and items[part[0]].icons[1:] == []]
    arriving = [items[n] for n in single if n in entered and n not in leaving]
    departing = [items[n] for n in single if n not in entered or n in leaving]
    blocks = [_ranked(part, items, links, stages) for part in parts if part[0] not in set(single)]
    if not blocks:
        return pack([*arriving, *departing, *rest])
    body = max(blocks, key=lambda block: block.width * block.height)
    others = [
        *([tidy(arriving, 0)] if arriving else []),
        *(block for block in blocks if block is not body),
        *([tidy(departing, 0)] if departing else []),
    ]
    if others:
        body = _joined(body, _row(others, body.width, at_right=bool(departing)))
    return _joined(body, pack(rest, body.width)) if rest else body


def _parts(count: int, links: list[layered.Link], stages: list[int], chosen: set[int]) -> list[list[int]]:
    """Items joined to each other; whatever a stage places belongs to one part."""
    parent = list(range(count))

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    staged = [item for item in range(count) if stages[item] != 2]
    pairs = [(link.source, link.target) for link in links] + [(staged[0], item) for item in staged[1:]]
    for first, second in pairs:
        low, high = sorted((root(first), root(second)))
        parent[high] = low
    found: dict[int, list[int]] = {}
    for item in range(count):
        if item in chosen or stages[item] != 2:
            found.setdefault(root(item), []).append(item)
    return list(found.values())


def _ranked(part: list[int], items: list[Block], links: list[layered.Link], stages: list[int]) -> Block:
    number = {item: position for position, item in enumerate(part)}
    inner = [
        layered.Link(number[x.source], number[x.target], x.inner_source, x.inner_target, x.label)
        for x in links
        if x.source in number
    ]
    points, width, height = layered.place([items[n] for n in part], inner, [stages[n] for n in part])
    body = Block("", width, height)
    for item, (x, y) in zip(part, points, strict=True):
        body.put(items[item], x, y)
    boxes = list(body.taken)
    body.taken += [_passage(boxes[link.source], boxes[link.target], body, link) for link in inner]
    return body


def _passage(source: Box, target: Box, body: Block, link: layered.Link) -> Box:
    """Where the line between two blocks is likely to run."""
    left, right = sorted((source.right, target.x)) if source.x < target.x else sorted((target.right, source.x))
    top, bottom = sorted((body.centres[link.inner_source][1], body.centres[link.inner_target][1]))
    return Box(left, top - 12, right - left, bottom - top + 24)


def _row(blocks: list[Block], width: float, at_right: bool) -> Block:
    """Parts beside each other in rows not much wider than ``width``, from its left end to its right;
    one alone stands at the end that is nearer to what it is joined to."""
    rows: list[list[Block]] = [[]]
    for block in blocks:
        if rows[-1] and sum(other.width + 44 for other in rows[-1]) + block.width > width:
            rows.append([])
        rows[-1].append(block)
    whole = Block("", max([width, *(block.width for block in blocks)]), 0)
    for row in rows:
        free = whole.width - sum(block.width for block in row)
        x = free if at_right and len(row) == 1 else 0.0
        for block in row:
            whole.put(block, x, whole.height)
            x += block.width + free / max(len(row) - 1, 1)
        whole.height += max(block.height for block in row) + sizes.GROUP_GAP
    whole.height -= sizes.GROUP_GAP
    return whole


def _joined(body: Block, other: Block) -> Block:
    """The other block where the whole stays most compact."""
    _, y, x = _spot(body, other)
    whole = Block("", max(body.width, x + other.width), max(body.height, y + other.height))
    whole.put(body, 0, 0)
    whole.taken = list(body.taken)
    whole.put(other, x, y)
    return whole


def _spot(body: Block, other: Block) -> tuple[float, float, float]:
    """Cost and corner of the best place: below, on the right, or in a corner that was left free."""
    right = body.width + _BESIDE
    spots = [(_cost(right + other.width, max(body.height, other.height)), 0.0, right)]
    for x in (0.0, *(box.x for box in body.taken), body.width - other.width):
        if x >= 0:
            y = _lowest(body, x, other.width)
            spots.append((_cost(max(body.width, x + other.width), max(body.height, y + other.height)), y, x))
    return min(spots)


def _lowest(body: Block, x: float, width: float) -> float:
    """How far down something of this width must stand at ``x``."""
    below = [box.bottom for box in body.taken if box.x < x + width + _BESIDE and x - _BESIDE < box.right]
    return max(below) + sizes.GROUP_GAP if below else 0.0


def _with_support(body: Block, support: list[Block]) -> Block:
    """Supporting things in a tidy grid beside the flows, of the shape that fits best."""
    if not support:
        return body
    if not body.width:
        return tidy(support, 0)
    grids = [tidy(support, columns) for columns in range(1, min(len(support), 16) + 1)]
    return _joined(body, min(grids, key=lambda grid: (_spot(body, grid)[0], grid.width)))


def _cost(width: float, height: float) -> float:
    """Area, dearer the further the shape is from the one aimed at."""
    shape = width / max(height, 1.0) / _SHAPE
    return width * height * max(shape, 1 / max(shape, 0.01)) ** 0.5


def tidy(blocks: list[Block], columns: int) -> Block:
    """Icons in a grid of equal cells, row by row; ``columns`` 0 chooses their number."""
    wide = max(block.width for block in blocks) + 14
    tall = max(block.height for block in blocks) + 16
    if not columns:
        columns = min(range(1, len(blocks) + 1), key=lambda n: (_cost(n * wide, -(-len(blocks) // n) * tall), n))
    rows = -(-len(blocks) // columns)
    whole = Block("", even(columns * wide - 14), even(rows * tall - 16))
    for number, block in enumerate(blocks):
        row, column = divmod(number, columns)
        whole.put(block, column * wide + (wide - 14 - block.width) / 2, row * tall)
    return whole


def pack(blocks: list[Block], at_least: float = 0.0) -> Block:
    """Blocks in rows in the author's order; frames in one row are made equally tall."""
    if not blocks:
        return Block("", 0, 0)
    if not any(block.framed for block in blocks):
        columns = max(1, int(at_least // (max(block.width for block in blocks) + 14))) if at_least else 0
        return tidy(blocks, min(columns, len(blocks)))
    area = sum((block.width + sizes.GROUP_GAP) * (block.height + sizes.GROUP_GAP) for block in blocks)
    limit = max([(area * _SHAPE) ** 0.5, at_least, *(block.width for block in blocks)])
    rows: list[list[Block]] = [[]]
    x = 0.0
    for block in blocks:
        if rows[-1] and x + block.width > limit:
            rows.append([])
            x = 0.0
        rows[-1].append(block)
        x += block.width + sizes.GROUP_GAP
    whole = Block("", 0, 0)
    y = 0.0
    for row in rows:
        height = max(block.height for block in row)
        x = 0.0
        for block in row:
            if block.framed:
                block.stretch(block.width, height)
            whole.put(block, x, y)
            x += block.width + sizes.GROUP_GAP
        whole.width = max(whole.width, x - sizes.GROUP_GAP)
        y += height + sizes.GROUP_GAP
    whole.height = y - sizes.GROUP_GAP
    return whole

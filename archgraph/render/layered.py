"""Left to right along the edges: ranks, order within ranks, and heights that keep lines straight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from archgraph.render import sizes
from archgraph.render.blocks import Block
from archgraph.render.scene import Point

_SWEEPS = 6
_WIDEST = 2.7
"""Width to height beyond which ranks continue in a second line, as text does."""
_TALLEST = 1.6
"""Height to width beyond which one rank is split into several columns."""


@dataclass(frozen=True, slots=True)
class Link:
    """An edge between two items, with the ids inside them that it joins and the room its label needs."""

    source: int
    target: int
    inner_source: str
    inner_target: str
    label: float = 0.0


@dataclass(slots=True)
class _Slot:
    """What takes room in a rank: an item, or the passage of a line to a rank further on."""

    item: int | None
    height: float
    gap: float
    framed: bool = False
    y: float = 0.0
    before: list[_End] = field(default_factory=list)
    after: list[_End] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _End:
    """A line to a neighbouring slot: the height of its end here and there, and whether it has words."""

    slot: _Slot
    here: float
    there: float
    labelled: bool


def place(items: Sequence[Block], links: Sequence[Link], stages: Sequence[int]) -> tuple[list[Point], float, float]:
    """Corners of the items, and the width and height of the whole.

    ``stages`` are the columns that meaning dictates (actors before entry points before the rest);
    within a stage, ranks follow the links.
    """
    ranks = _ranks(len(items), links, stages)
    units = _units(items, ranks, max((link.label for link in links), default=0.0))
    unit_of = {item: number for number, unit in enumerate(units) for item in unit.members}
    blocks = [unit.block for unit in units]
    joined = [
        Link(unit_of[link.source], unit_of[link.target], link.inner_source, link.inner_target, link.label)
        for link in links
        if unit_of[link.source] != unit_of[link.target]
    ]
    corners, width, height = _folded(blocks, joined, _columns(units))
    points: list[Point] = [(0.0, 0.0)] * len(items)
    for item in range(len(items)):
        (x, y), (inner_x, inner_y) = corners[unit_of[item]], units[unit_of[item]].members[item]
        points[item] = (x + inner_x, y + inner_y)
    return points, width, height


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is placed as one: an item, or the items of a long rank in a grid. ``members`` has their corners."""

    rank: int
    block: Block
    members: dict[int, Point]


def _units(items: Sequence[Block], ranks: list[int], labels: float) -> list[_Unit]:
    """One unit per item, but one for a whole rank that would be much taller than the picture is wide."""
    by_rank: dict[int, list[int]] = {}
    for item, rank in enumerate(ranks):
        by_rank.setdefault(rank, []).append(item)
    span = sum(max(items[item].width for item in members) + 60 for members in by_rank.values())
    found: list[_Unit] = []
    for rank in sorted(by_rank):
        members = by_rank[rank]
        tall = sum(items[item].height + sizes.ROW_GAP for item in members)
        wide = max(items[item].width for item in members)
        count = 1
        while tall / count > _TALLEST * (span + (count - 1) * (wide + 40)) and count < len(members):
            count += 1
        if count == 1 or any(items[item].framed for item in members):
            found += [_Unit(rank, items[item], {item: (0.0, 0.0)}) for item in members]
        else:
            found.append(_in_grid(rank, items, members, count, labels))
    return found


def _in_grid(rank: int, items: Sequence[Block], members: list[int], count: int, labels: float) -> _Unit:
    """Items row by row, with room for the lines of each row's further columns above it."""
    gap = max(44.0, labels + 26.0)
    above = sizes.ROW_GAP + 12.0 * count
    wide = max(items[item].width for item in members) + gap
    tall = max(items[item].height for item in members) + above
    rows = -(-len(members) // count)
    whole = Block("", count * wide - gap, rows * tall - above)
    corners: dict[int, Point] = {}
    for position, item in enumerate(members):
        row, column = divmod(position, count)
        corners[item] = (column * wide + (wide - gap - items[item].width) / 2, row * tall)
        whole.put(items[item], *corners[item])
    return _Unit(rank, whole, corners)


def _columns(units: Sequence[_Unit]) -> list[list[int]]:
    """Units per rank."""
    by_rank: dict[int, list[int]] = {}
    for number, unit in enumerate(units):
        by_rank.setdefault(unit.rank, []).append(number)
    return [by_rank[rank] for rank in sorted(by_rank)]


def _folded(
    items: Sequence[Block], links: Sequence[Link], columns: list[list[int]]
) -> tuple[list[Point], float, float]:
    """The placement in as few lines of ranks as give a page of good shape."""
    best: tuple[float, tuple[list[Point], float, float]] | None = None
    for rows in range(1, 7):
        lines = _fold(items, columns, rows)
        if len(lines) < rows:
            break
        placed = _stack(items, links, lines)
        excess = max(placed[1] / max(placed[2], 1.0) / _WIDEST, 1.0)
        if best is None or excess < best[0] - 0.05:
            best = (excess, placed)
        if excess == 1.0:
            break
    assert best is not None  # noqa: S101 - the first round always settles
    return best[1]


def _ranks(count: int, links: Sequence[Link], stages: Sequence[int]) -> list[int]:
    """Longest-path ranks, stage after stage; links that close a cycle, in the author's order, are ignored."""
    following: list[list[int]] = [[] for _ in range(count)]
    for link in links:
        if stages[link.source] == stages[link.target] and link.source != link.target:
            following[link.source].append(link.target)
    order = _without_cycles(following)
    ranks = [0] * count
    for item in order:
        for after in following[item]:
            ranks[after] = max(ranks[after], ranks[item] + 1)
    entered = {after for item in order for after in following[item]}
    for item in reversed(order):
        if following[item] and item not in entered:
            ranks[item] = min(ranks[after] for after in following[item]) - 1
    start = 0
    for stage in sorted(set(stages)):
        members = [item for item in range(count) if stages[item] == stage]
        for item in members:
            ranks[item] += start
        start = max(ranks[item] for item in members) + 1
    return ranks


def _without_cycles(following: list[list[int]]) -> list[int]:
    """Topological order; removes from ``following`` the links that lead back."""
    state = [0] * len(following)
    done: list[int] = []
    for root in range(len(following)):
        if state[root]:
            continue
        state[root] = 1
        stack = [(root, iter(list(following[root])))]
        while stack:
            item, rest = stack[-1]
            for after in rest:
                if state[after] == 1:
                    following[item] = [other for other in following[item] if other != after]
                elif state[after] == 0:
                    state[after] = 1
                    stack.append((after, iter(list(following[after]))))
                    break
            else:
                state[item] = 2
                done.append(item)
                stack.pop()
    return done[::-1]


def _fold(items: Sequence[Block], columns: list[list[int]], rows: int) -> list[list[list[int]]]:
    """The columns cut into about equally wide lines."""
    widths = [max(items[item].width for item in column) + 60 for column in columns]
    total = sum(widths)
    lines: list[list[list[int]]] = []
    covered = 0.0
    for column, width in zip(columns, widths, strict=True):
        row = min(int((covered + width / 2) * rows / total), rows - 1)
        if row >= len(lines):
            lines.append([])
        lines[-1].append(column)
        covered += width
    return lines


def _stack(
    items: Sequence[Block], links: Sequence[Link], lines: list[list[list[int]]]
) -> tuple[list[Point], float, float]:
    points: list[Point] = [(0.0, 0.0)] * len(items)
    top = 0.0
    width = 0.0
    for line in lines:
        placed, line_width, line_height = _line(items, links, line)
        for item, (x, y) in placed.items():
            points[item] = (x, y + top)
        width = max(width, line_width)
        top += line_height + 44
    return points, width, top - 44


def _line(
    items: Sequence[Block], links: Sequence[Link], columns: list[list[int]]
) -> tuple[dict[int, Point], float, float]:
    """One line of ranks: order, heights, then the columns' places from left to right."""
    column_of = {item: index for index, column in enumerate(columns) for item in column}
    inside = [link for link in links if link.source in column_of and link.target in column_of]
    slots, of_item = _slots(items, inside, columns, column_of)
    _order(slots)
    _heights(slots)
    low = min(slot.y for column in slots for slot in column)
    high = max(slot.y + slot.height for column in slots for slot in column)
    placed: dict[int, Point] = {}
    x = 0.0
    for index, column in enumerate(columns):
        wide = max(items[item].width for item in column)
        for item in column:
            placed[item] = (x + (wide - items[item].width) / 2, round(of_item[item].y - low))
        x += wide + _gap_after(index, inside, column_of)
    x -= _gap_after(len(columns) - 1, inside, column_of)
    return placed, x, round(high - low)


def _slots(
    items: Sequence[Block], links: Sequence[Link], columns: list[list[int]], column_of: dict[int, int]
) -> tuple[list[list[_Slot]], dict[int, _Slot]]:
    slots: list[list[_Slot]] = [[] for _ in columns]
    of_item: dict[int, _Slot] = {}
    for index, column in enumerate(columns):
        for item in column:
            gap = sizes.GROUP_GAP if items[item].framed else sizes.ROW_GAP
            of_item[item] = _Slot(item, items[item].height, gap, items[item].framed)
            slots[index].append(of_item[item])
    for link in links:
        first, last = column_of[link.source], column_of[link.target]
        start, end = of_item[link.source], of_item[link.target]
        leave = items[link.source].centres[link.inner_source][1]
        enter = items[link.target].centres[link.inner_target][1]
        if first > last:
            first, last, start, end, leave, enter = last, first, end, start, enter, leave
        if first == last:
            continue
        for index in range(first + 1, last):
            passage = _Slot(None, 14.0, 12.0)
            slots[index].append(passage)
            _join(start, passage, leave, 7.0, link)
            start, leave = passage, 7.0
        _join(start, end, leave, enter, link)
    return slots, of_item


def _join(left: _Slot, right: _Slot, leave: float, enter: float, link: Link) -> None:
    left.after.append(_End(right, leave, enter, link.label > 0))
    right.before.append(_End(left, enter, leave, link.label > 0))


def _order(slots: list[list[_Slot]]) -> None:
    """Barycentre sweeps; the order with the fewest crossings wins, the author's if equal."""
    _number(slots)
    best = (_crossings(slots), [list(column) for column in slots])
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        for column in slots if forward else slots[::-1]:
            keys = []
            for index, slot in enumerate(column):
                ends = slot.before if forward else slot.after
                mean = sum(end.slot.y + end.there / 1e4 for end in ends) / len(ends) if ends else slot.y
                keys.append((mean, index))
            column[:] = [column[index] for _, index in sorted(keys)]
            for index, slot in enumerate(column):
                slot.y = float(index)
        count = _crossings(slots)
        if count < best[0]:
            best = (count, [list(column) for column in slots])
        if count == 0:
            break
    for column, kept in zip(slots, best[1], strict=True):
        column[:] = kept


def _number(slots: list[list[_Slot]]) -> None:
    for column in slots:
        for index, slot in enumerate(column):
            slot.y = float(index)


def _crossings(slots: list[list[_Slot]]) -> int:
    total = 0
    for column in slots:
        ends = sorted(
            (slot.y + end.here / 1e4, end.slot.y + end.there / 1e4) for slot in column for end in slot.after
        )
        seen: list[float] = []
        for _, y in ends:
            total += sum(1 for earlier in seen if earlier > y) if len(seen) < 200 else 0
            seen.append(y)
    return total


def _heights(slots: list[list[_Slot]]) -> None:
    """Heights near those of the neighbours' line ends, in order and without overlap."""
    for column in slots:
        y = 0.0
        for slot in column:
            slot.y = y
            y += slot.height + slot.gap
        for slot in column:
            slot.y -= (y - column[-1].gap) / 2
    for sweep in range(_SWEEPS + 1):
        forward = sweep % 2 == 0
        both = 2 <= sweep < _SWEEPS - 1
        for column in slots if forward else slots[::-1]:
            wishes = [_wish(slot, both or forward, both or not forward) for slot in column]
            for slot, y in zip(column, _settle(column, wishes), strict=True):
                slot.y = y


def _wish(slot: _Slot, backward: bool, forward: bool) -> tuple[float, float]:
    """Where a slot would have its line straight, and how much that matters."""
    ends = (slot.before if backward else []) + (slot.after if forward else [])
    if not ends:
        return slot.y, 0.05
    wishes = sorted(end.slot.y + end.there - end.here for end in ends)
    middle = len(wishes) // 2
    if len(wishes) % 2:
        wish = wishes[middle]
    elif len(wishes) == 2 and (slot.framed or ends[0].slot is ends[1].slot):
        straight = min(ends, key=lambda end: (not end.labelled, end.there, end.here))
        wish = straight.slot.y + straight.there - straight.here
    else:
        wish = (wishes[middle - 1] + wishes[middle]) / 2
    return wish, 4.0 if slot.item is None else 1.0 + 0.1 * len(ends)


def _settle(column: list[_Slot], wishes: list[tuple[float, float]]) -> list[float]:
    """Least squares under the order: pool adjacent violators."""
    offsets: list[float] = []
    y = 0.0
    for index, slot in enumerate(column):
        offsets.append(y)
        following = column[index + 1].gap if index + 1 < len(column) else 0.0
        y += slot.height + max(slot.gap, following)
    pools: list[tuple[float, float, int]] = []
    for offset, (wish, weight) in zip(offsets, wishes, strict=True):
        pools.append((wish - offset, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (first, heavy, some), (second, light, more) = pools[-2:]
            pools[-2:] = [((first * heavy + second * light) / (heavy + light), heavy + light, some + more)]
    levels = [level for level, _, many in pools for _ in range(many)]
    return [level + offset for level, offset in zip(levels, offsets, strict=True)]


def _gap_after(index: int, links: Sequence[Link], column_of: dict[int, int]) -> float:
    """Room for labels and for the upright pieces of the lines between two columns."""
    label = 0.0
    bends = 0
    for link in links:
        first, last = sorted((column_of[link.source], column_of[link.target]))
        if first <= index < last:
            bends += 1
            if first == index or last == index + 1:
                label = max(label, link.label)
    return max(44.0, label + 30.0) + min(max(bends - 1, 0), 6) * sizes.LANE

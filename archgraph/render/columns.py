"""Columns from left to right: the order in each, heights that keep lines straight, and the room between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from archgraph.render import sizes
from archgraph.render.blocks import Block
from archgraph.render.scene import Point

_SWEEPS = 6


@dataclass(frozen=True, slots=True)
class Link:
    """An edge between two items, with the ids inside them that it joins and the room its label needs."""

    source: int
    target: int
    inner_source: str
    inner_target: str
    label: float = 0.0
    level: bool = False
    """Whether the ends are to stand level whatever other lines ask; such a link is not drawn."""


def stand(
    items: Sequence[Block], links: Sequence[Link], columns: list[list[int]], snug: bool
) -> tuple[dict[int, Point], float, float]:
    """One line of ranks: order, heights, then the columns' places from left to right.

    ``snug`` keeps the columns within the height of the tallest one, whatever bends that costs.
    """
    column_of = {item: index for index, column in enumerate(columns) for item in column}
    inside = [link for link in links if link.source in column_of and link.target in column_of]
    slots, of_item = _slots(items, inside, columns, column_of)
    _order(slots)
    _heights(slots)
    if snug:
        _squeeze(slots)
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
    level: bool


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
    left.after.append(_End(right, leave, enter, link.label > 0, link.level))
    right.before.append(_End(left, enter, leave, link.label > 0, link.level))


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
        ends = sorted((slot.y + end.here / 1e4, end.slot.y + end.there / 1e4) for slot in column for end in slot.after)
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
    asked = [end for end in ends if end.level]
    if asked:
        return sum(end.slot.y + end.there - end.here for end in asked) / len(asked), 50.0
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
    for slot, gap in zip(column, _gaps(column), strict=True):
        offsets.append(y)
        y += slot.height + gap
    pools: list[tuple[float, float, int]] = []
    for offset, (wish, weight) in zip(offsets, wishes, strict=True):
        pools.append((wish - offset, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (first, heavy, some), (second, light, more) = pools[-2:]
            pools[-2:] = [((first * heavy + second * light) / (heavy + light), heavy + light, some + more)]
    levels = [level for level, _, many in pools for _ in range(many)]
    return [level + offset for level, offset in zip(levels, offsets, strict=True)]


def _squeeze(slots: Sequence[Sequence[_Slot]]) -> None:
    """Bring every column within the height of the tallest one; the order and the gaps in a column stay."""
    room = max(_length(column) for column in slots)
    middle = _middle(slots)
    top, bottom = middle - room / 2, middle + room / 2
    for column in slots:
        level = top
        for slot, gap in zip(column, _gaps(column), strict=True):
            slot.y = max(slot.y, level)
            level = slot.y + slot.height + gap
        level = bottom
        for slot, gap in zip(reversed(column), reversed([0.0, *_gaps(column)[:-1]]), strict=True):
            slot.y = min(slot.y, level - slot.height)
            level = slot.y - gap


def _middle(slots: Sequence[Sequence[_Slot]]) -> float:
    """The middle of the tallest column, where it stands now."""
    tallest = max(slots, key=_length)
    return (tallest[0].y + tallest[-1].y + tallest[-1].height) / 2


def _length(column: Sequence[_Slot]) -> float:
    return sum(slot.height for slot in column) + sum(_gaps(column)[:-1])


def _gaps(column: Sequence[_Slot]) -> list[float]:
    """The room below each slot of a column."""
    following = [slot.gap for slot in column[1:]] + [0.0]
    return [max(slot.gap, after) for slot, after in zip(column, following, strict=True)]


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

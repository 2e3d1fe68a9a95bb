"""Labels on their own lines, where nothing else is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from archgraph.render import sizes, text
from archgraph.render.palette import INK, PAPER
from archgraph.render.scene import Badge, Box, Label, Point, Text
from archgraph.views.view import Edge

_PLACES = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.12, 0.88)
_CELL = 96.0


@dataclass(slots=True)
class Room:
    """What is already taken, in coarse cells so that looking up is quick."""

    cells: dict[tuple[int, int], list[tuple[Box, int]]] = field(default_factory=dict)

    def take(self, box: Box, owner: int = -1) -> None:
        """Note a rectangle; ``owner`` is the line it belongs to, which may lie under its own label."""
        for cell in _cells(box):
            self.cells.setdefault(cell, []).append((box, owner))

    def free(self, box: Box, owner: int) -> bool:
        """Whether nothing but the owner's own line is there."""
        return not any(
            other != owner and taken.overlaps(box) for cell in _cells(box) for taken, other in self.cells.get(cell, ())
        )


def place_labels(
    edges: Sequence[Edge], lines: Sequence[Sequence[Point]], things: Sequence[Box], page: Box
) -> tuple[list[Label | None], list[int]]:
    """A label for each edge that has words or steps, and the edges whose words found no room.

    Those keep their step badges if these fit; their words belong in the legend.
    """
    room = Room()
    for box in things:
        room.take(box.grown(1.5))
    for number, line in enumerate(lines):
        for first, second in pairwise(line):
            room.take(_segment_box(first, second), number)
        if line:
            room.take(_arrow_box(line), number + 10**6)
    labels: list[Label | None] = [None] * len(edges)
    left_over: list[int] = []
    for number in sorted(range(len(edges)), key=lambda n: (_length(lines[n]), n)):
        edge = edges[number]
        words = text.clean(edge.label)
        if not words and not edge.steps:
            continue
        for variant in _variants(words, edge.steps):
            spot = _spot(variant, lines[number], room, number, page)
            if spot is not None:
                labels[number] = _set(variant, spot)
                room.take(spot, number + 10**6)
                if words and not variant.lines:
                    left_over.append(number)
                break
        else:
            if words:
                left_over.append(number)
    return labels, sorted(left_over)


@dataclass(frozen=True, slots=True)
class _Shape:
    lines: tuple[str, ...]
    steps: tuple[str, ...]
    width: float
    height: float


def _variants(words: str, steps: tuple[str, ...]) -> list[_Shape]:
    """Ways to set a label, the best first."""
    found: list[_Shape] = []
    full = text.width(words, sizes.EDGE_SIZE)
    ways = [text.wrap(words, sizes.EDGE_SIZE, sizes.EDGE_LABEL_WIDTH, 1)] if full <= sizes.EDGE_LABEL_WIDTH else []
    ways += [
        text.wrap(words, sizes.EDGE_SIZE, sizes.EDGE_LABEL_WIDTH, 2),
        text.wrap(words, sizes.EDGE_SIZE, 64.0, 3),
        (),
    ]
    for lines in dict.fromkeys(ways):
        if not lines and not steps:
            continue
        width = max((text.width(line, sizes.EDGE_SIZE) for line in lines), default=0.0)
        badges = sum(_badge_width(step) + 3 for step in steps)
        width += badges + (8 if lines else 0)
        height = max(len(lines) * sizes.EDGE_LINE + 4, sizes.STEP if steps else 0)
        found.append(_Shape(lines, steps, width, height))
    return found


def _badge_width(step: str) -> float:
    return max(sizes.STEP, text.width(_step(step), 10.5, semibold=True) + 9)


def _step(step: str) -> str:
    return text.shorten(text.clean(step), 10.5, 40, semibold=True)


def _spot(shape: _Shape, line: Sequence[Point], room: Room, number: int, page: Box) -> Box | None:
    """The best free place: on a long level piece, on an upright one, or close beside one; middles first."""
    best: tuple[float, Box] | None = None
    last = len(line) - 2
    for index, (first, second) in enumerate(pairwise(line)):
        level = first[1] == second[1]
        length = abs(second[0] - first[0]) + abs(second[1] - first[1])
        extent = shape.width if level else shape.height
        margin = 14.0 if index == last else 5.0
        if length < extent + margin + 5:
            continue
        aside = ((shape.height if level else shape.width) / 2 + 3) if shape.lines else 0.0
        for shift, dearer in ((0.0, 0.0), (-aside, 30.0), (aside, 32.0)):
            if dearer and not aside:
                continue
            for rank, share in enumerate(_PLACES):
                if length * share - extent / 2 < 5 or length * (1 - share) - extent / 2 < margin:
                    continue
                cost = rank * 5.0 + dearer + (0 if level else 22) - min(length, 260) / 10
                if best is not None and cost >= best[0]:
                    continue
                x = first[0] + (second[0] - first[0]) * share + (0 if level else shift)
                y = first[1] + (second[1] - first[1]) * share + (shift if level else 0)
                box = Box(round(x - shape.width / 2, 1), round(y - shape.height / 2, 1), shape.width, shape.height)
                if not page.contains(box) or not room.free(box.grown(1), number):
                    continue
                if dearer and not _clear_aside(box, shift, level, room, number):
                    continue
                best = (cost, box)
    return best[1] if best else None


def _clear_aside(box: Box, shift: float, level: bool, room: Room, number: int) -> bool:
    """Whether a label beside its line touches none of its own pieces, and no other line is nearer to it."""
    reach = 9.0
    if level:
        towards = Box(box.x, box.y - (reach if shift > 0 else 0), box.width, box.height + reach)
        shrunk = Box(box.x, box.y + (1.5 if shift > 0 else 0), box.width, box.height - 1.5)
    else:
        towards = Box(box.x - (reach if shift > 0 else 0), box.y, box.width + reach, box.height)
        shrunk = Box(box.x + (1.5 if shift > 0 else 0), box.y, box.width - 1.5, box.height)
    return room.free(shrunk, -2) and room.free(towards, number)


def _set(shape: _Shape, box: Box) -> Label:
    badges: list[Badge] = []
    x = box.x
    middle = box.y + box.height / 2
    for step in shape.steps:
        words = _step(step)
        width = _badge_width(step)
        length = text.width(words, 10.5, semibold=True)
        disc = Box(round(x, 2), round(middle - sizes.STEP / 2, 2), width, sizes.STEP)
        placed = Text(words, round(x + (width - length) / 2, 2), round(middle + 3.8, 2), length, 10.5, PAPER, True)
        badges.append(Badge(placed, disc))
        x += width + 3
    left = x + (4 if shape.lines else 0)
    room = box.right - 4 - left
    top = middle - len(shape.lines) * sizes.EDGE_LINE / 2
    lines = []
    for number, words in enumerate(shape.lines):
        length = text.width(words, sizes.EDGE_SIZE)
        start = left if shape.steps else left + (room - length) / 2
        baseline = top + number * sizes.EDGE_LINE + 10.2
        lines.append(Text(words, round(start, 2), round(baseline, 2), length, sizes.EDGE_SIZE, INK))
    return Label(box, tuple(lines), tuple(badges))


def _segment_box(first: Point, second: Point) -> Box:
    return Box(
        min(first[0], second[0]) - 2,
        min(first[1], second[1]) - 2,
        abs(first[0] - second[0]) + 4,
        abs(first[1] - second[1]) + 4,
    )


def _arrow_box(line: Sequence[Point]) -> Box:
    x, y = line[-1]
    return Box(x - 8, y - 8, 16, 16)


def _length(line: Sequence[Point]) -> float:
    return sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pairwise(line))


def _cells(box: Box) -> list[tuple[int, int]]:
    return [
        (column, row)
        for column in range(int(box.x // _CELL), int(box.right // _CELL) + 1)
        for row in range(int(box.y // _CELL), int(box.bottom // _CELL) + 1)
    ]

"""A* on the grid of one edge: length, bends, crossings and shared pieces cost."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from archgraph.render import sizes
from archgraph.render.grid import Grid
from archgraph.render.ports import Port, Side

THROUGH = 4000
"""The cost of running through something: a path that costs as much is not a good one."""
_BEND = 42
_CROSS = 36
_SHARE = 8.0
"""For each piece shared with a line that joins other things, and per pixel of it:"""
_SHARE_PER_PIXEL = 1.2
_KIN = 0.12
"""Per pixel beside a line with a common end."""
_GUEST = 0.8
"""Per pixel in a frame in which the edge is not at home."""
_ASIDE = 0.03
"""Per pixel off the lines of the end near which a line should not turn."""
_NEVER = 1e18


@dataclass(frozen=True, slots=True)
class Access:
    """A vertex just outside a port, the direction of leaving, and what it costs to use it."""

    vertex: int
    port: Port
    cost: float


@dataclass(frozen=True, slots=True)
class Path:
    """The vertices of a way, the ports at its ends, and its cost."""

    vertices: list[int]
    start: Port
    end: Port
    cost: float


def cheapest_path(
    grid: Grid,
    starts: Sequence[Access],
    goals: Sequence[Access],
    kin: frozenset[str],
    names: Sequence[tuple[str, str]],
    haste: float,
    turn_early: bool,
) -> Path | None:
    """The cheapest way from a start to a goal, or ``None``.

    ``kin`` are the edge's two ends and ``names`` those of every edge: edges with a common end may run
    together. ``haste`` of 1 finds the cheapest way for certain; more finds a good one sooner. Of equal
    ways, ``turn_early`` prefers the one that turns near its start, so that lines from one thing part soon.
    """
    # A state is a vertex and the direction in which it was reached, as one number; a goal that was
    # reached is that number below zero.
    xs, ys, wide, tall = grid.xs, grid.ys, len(grid.xs), len(grid.ys)
    goal_at = {goal.vertex * 4 + goal.port.heading.opposite: goal for goal in goals}
    guess_x, guess_y = _guesses(grid, goals, haste)
    own_columns, own_rows = _lines_of(grid, goals if turn_early else starts)
    guest = grid.guest
    ways = tuple(
        (step, offset, step > 0, grid.blocked[kind], grid.border[kind], grid.along[kind], grid.across[kind])
        for step, offset, kind in ((1, 1, 0), (1, wide, 1), (-1, -1, 0), (-1, -wide, 1))
    )
    best: dict[int, float] = {}
    came: dict[int, int] = {}
    origin: dict[int, Port] = {}
    queue: list[tuple[float, int]] = []
    for start in starts:
        state = start.vertex * 4 + start.port.heading
        if start.cost < best.get(state, _NEVER):
            best[state] = start.cost
            origin[state] = start.port
            heappush(queue, (start.cost + guess_x[start.vertex % wide] + guess_y[start.vertex // wide], state))
    closed: set[int] = set()
    while queue:
        _, state = heappop(queue)
        if state < 0:
            return _path_to(-state - 1, best[state], came, origin, goal_at)
        if state in closed:
            continue
        closed.add(state)
        cost = best[state]
        vertex, heading = state >> 2, state & 3
        if state in goal_at:
            end = -state - 1
            best[end] = cost + goal_at[state].cost
            heappush(queue, (best[end], end))
        row, column = divmod(vertex, wide)
        for way in (heading, (heading + 1) & 3, (heading + 3) & 3):
            step, offset, forward, blocked, border, along, across = ways[way]
            new_column, new_row = column, row
            if way & 1:
                new_row += step
                if not 0 <= new_row < tall:
                    continue
                length = abs(ys[new_row] - ys[row])
            else:
                new_column += step
                if not 0 <= new_column < wide:
                    continue
                length = abs(xs[new_column] - xs[column])
            after = vertex + offset
            state_after = after * 4 + way
            if state_after in closed:
                continue
            piece = vertex if forward else after
            total = cost + length * (1 + border[piece])
            if (column not in own_columns) if way & 1 else (row not in own_rows):
                total += _ASIDE * length
            if blocked[piece]:
                total += THROUGH
            if way != heading:
                total += _BEND
            if guest[after]:
                total += _GUEST * length
            if piece in along:
                mine = along[piece]
                foreign = sum(1 for edge in mine if kin.isdisjoint(names[edge]))
                total += _KIN * length * min(len(mine), 3) + (_SHARE + _SHARE_PER_PIXEL * length) * min(foreign, 3)
            if piece in across:
                total += _CROSS * sum(1.0 if kin.isdisjoint(names[edge]) else 0.4 for edge in across[piece])
            if total < best.get(state_after, _NEVER):
                best[state_after] = total
                came[state_after] = state
                origin.pop(state_after, None)
                guess = guess_x[new_column] + guess_y[new_row]
                if guess_x[new_column] if way & 1 else guess_y[new_row]:
                    guess += _BEND
                heappush(queue, (total + guess, state_after))
    return None


def _lines_of(grid: Grid, ends: Sequence[Access]) -> tuple[frozenset[int], frozenset[int]]:
    """Columns through ports above and below, rows through ports at the sides."""
    wide = len(grid.xs)
    return (
        frozenset(end.vertex % wide for end in ends if not end.port.side.horizontal),
        frozenset(end.vertex // wide for end in ends if end.port.side.horizontal),
    )


def _guesses(grid: Grid, goals: Sequence[Access], haste: float) -> tuple[list[float], list[float]]:
    """What is at least left to go from each column and row, exaggerated by ``haste``: a search that is
    sure of its way visits far fewer vertices, and seldom takes a longer one."""
    wide = len(grid.xs)
    found = []
    for places, at in (
        (grid.xs, [grid.xs[goal.vertex % wide] for goal in goals]),
        (grid.ys, [grid.ys[goal.vertex // wide] for goal in goals]),
    ):
        low, high = min(at, default=0.0), max(at, default=0.0)
        found.append([haste * max(low - place, place - high, 0.0) for place in places])
    return found[0], found[1]


def _path_to(
    state: int,
    cost: float,
    came: Mapping[int, int],
    origin: Mapping[int, Port],
    goal_at: Mapping[int, Access],
) -> Path:
    states = [state]
    while states[-1] in came:
        states.append(came[states[-1]])
    return Path([one >> 2 for one in reversed(states)], origin[states[-1]], goal_at[state].port, cost)


def accesses(grid: Grid, ports: Sequence[Port]) -> list[Access]:
    """Where the ports meet the grid."""
    found = []
    xs, ys, wide = grid.xs, grid.ys, len(grid.xs)
    reach = sizes.CLEARANCE - 1.5
    for port in ports:
        along, across = (ys, xs) if port.side.horizontal else (xs, ys)
        outward = port.heading in (Side.RIGHT, Side.DOWN)
        at = bisect_left(across, port.at + reach) if outward else bisect_right(across, port.at - reach) - 1
        if not 0 <= at < len(across):
            continue
        for lane in range(bisect_left(along, port.low), bisect_right(along, port.high)):
            off = 1.1 * abs(along[lane] - port.middle)
            vertex = lane * wide + at if port.side.horizontal else at * wide + lane
            found.append(Access(vertex, port, port.cost + off + abs(across[at] - port.at)))
    return found

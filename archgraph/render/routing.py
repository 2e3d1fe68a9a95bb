"""Edges as orthogonal polylines around everything that stands on the page.

Each edge is searched for on a sparse grid of its own. Short edges go first. The result runs along
grid lines; lanes come afterwards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from archgraph.render.grid import Grid, Segment, Surroundings, make_grid
from archgraph.render.ports import Port, frame_ports, icon_ports, obstacles
from archgraph.render.scene import Box, Frame, Icon, Point, around
from archgraph.render.search import THROUGH, Path, accesses, cheapest_path
from archgraph.render.shortcuts import shortcut
from archgraph.views.view import Edge, GroupKind

_HASTIEST = 3.0
_MANY = 400
_FAR = 700.0
_REACHES = (0.15, 0.6, 50.0)
"""How far around its two ends a line may go, as a share of their distance: more is tried if less fails."""
_OPEN = (GroupKind.ZONE, GroupKind.PUBLIC_SUBNET, GroupKind.PRIVATE_SUBNET, GroupKind.AUTO_SCALING)
"""Frames that lines between their neighbours may run through; others are gone around."""


@dataclass(slots=True)
class Route:
    """An edge's polyline with the ports at its two ends."""

    edge: Edge
    points: list[Point]
    start: Port
    end: Port


@dataclass(frozen=True, slots=True)
class _Ends:
    """Where an edge may leave and arrive, and the boxes of its two ends."""

    sources: tuple[Port, ...]
    targets: tuple[Port, ...]
    source: Box
    target: Box


@dataclass(frozen=True, slots=True)
class _Page:
    """Everything that the searches share."""

    outlines: Sequence[Box]
    things: Sequence[Box]
    frames: Sequence[Frame]
    strips: Sequence[Box]
    box: Box
    names: Sequence[tuple[str, str]]
    """Source and target of every edge: lines with a common end may run side by side."""
    leaving: Counter[str]
    entering: Counter[str]
    haste: float
    hasty: bool
    """Whether there is so much on the page that far ends are joined without a search."""


def route(
    edges: Sequence[Edge],
    icons: tuple[Icon, ...],
    frames: tuple[Frame, ...],
    strips: Sequence[Box],
    page: Box,
) -> list[Route]:
    """Routes of the edges that join two different places, in the order of the edges."""
    outlines = [around([icon.box, *(line.box for line in icon.lines)]) or icon.box for icon in icons]
    outlines += [frame.header for frame in frames if frame.header is not None]
    names = [(edge.source, edge.target) for edge in edges]
    shared = _Page(
        outlines=outlines,
        things=obstacles(icons, frames),
        frames=frames,
        strips=strips,
        box=page,
        names=names,
        leaving=Counter(source for source, _ in names),
        entering=Counter(target for _, target in names),
        haste=min(max(1.0, 1.0 + (len(edges) - 30) / 140), _HASTIEST),
        hasty=len(edges) > _MANY,
    )
    ends = _ends(edges, icons, frames)
    used: list[Segment] = []
    found: dict[int, Route] = {}
    for number in sorted(range(len(edges)), key=lambda n: (_distance(ends[n]), n)):
        if edges[number].source != edges[number].target:
            found[number] = _search(shared, used, edges[number], number, ends[number])
            used += _segments(found[number].points, number)
    return [found[number] for number in sorted(found)]


def _ends(edges: Sequence[Edge], icons: Sequence[Icon], frames: Sequence[Frame]) -> list[_Ends]:
    icon_of: Mapping[str, Icon] = {icon.id: icon for icon in icons}
    frame_of: Mapping[str, Frame] = {frame.id: frame for frame in frames}
    on_border: dict[str, list[Icon]] = {}
    for icon in icons:
        if icon.on_border and icon.parent:
            on_border.setdefault(icon.parent, []).append(icon)

    def ports(name: str, other: Box) -> tuple[Port, ...]:
        if name in icon_of:
            return icon_ports(icon_of[name])
        return frame_ports(frame_of[name], on_border.get(name, ()), frame_of[name].box.contains(other))

    def box(name: str) -> Box:
        return icon_of[name].box if name in icon_of else frame_of[name].box

    return [
        _Ends(ports(e.source, box(e.target)), ports(e.target, box(e.source)), box(e.source), box(e.target))
        for e in edges
    ]


def _distance(ends: _Ends) -> float:
    (ax, ay), (bx, by) = ends.source.centre, ends.target.centre
    return abs(ax - bx) + abs(ay - by)


@dataclass(frozen=True, slots=True)
class _Found:
    path: Path
    grid: Grid


def _search(page: _Page, used: Sequence[Segment], edge: Edge, number: int, ends: _Ends) -> Route:
    if page.hasty and _distance(ends) > _FAR:
        return _shortcut(page, edge, ends)
    kin = frozenset((edge.source, edge.target))
    wanted = _wanted(ends)
    turn_early = page.leaving[edge.source] >= page.entering[edge.target]
    best: _Found | None = None
    for reach in _REACHES:
        window = _window(page.box, ends, reach)
        grid = make_grid(
            _surroundings(page, ends, window, closed=reach is not _REACHES[-1]),
            (segment for segment in used if _within(segment, window)),
            window,
            *wanted,
        )
        starts, goals = accesses(grid, ends.sources), accesses(grid, ends.targets)
        path = cheapest_path(grid, starts, goals, kin, page.names, page.haste, turn_early)
        if path is not None and (best is None or path.cost < best.path.cost):
            best = _Found(path, grid)
        if best is not None and best.path.cost < THROUGH:
            break
    if best is None:
        return _shortcut(page, edge, ends)
    path, xs, ys = best.path, best.grid.xs, best.grid.ys
    points = [(xs[vertex % len(xs)], ys[vertex // len(xs)]) for vertex in path.vertices]
    points = [_foot(path.start, points[0]), *points, _foot(path.end, points[-1])]
    return Route(edge, straightened(points), path.start, path.end)


def _wanted(ends: _Ends) -> tuple[list[float], list[float]]:
    """Lines through the middles of the ports, and lines that are straight although middles differ."""
    xs: list[float] = []
    ys: list[float] = []
    for port in (*ends.sources, *ends.targets):
        (ys if port.side.horizontal else xs).append(port.middle)
    for port in ends.sources:
        for other in ends.targets:
            low, high = max(port.low, other.low), min(port.high, other.high)
            if port.side is other.side.opposite and low <= high:
                inside = [middle for middle in (port.middle, other.middle) if low <= middle <= high]
                (ys if port.side.horizontal else xs).append(inside[0] if inside else (low + high) / 2)
    return xs, ys


def _window(page: Box, ends: _Ends, reach: float) -> Box:
    """The part of the page that a search may use: the two ends and what is near them."""
    hull = around([ends.source, ends.target]) or page
    hull = hull.grown(70 + reach * (hull.width + hull.height + 160))
    left, top = max(hull.x, page.x + 6), max(hull.y, page.y + 6)
    return Box(left, top, min(hull.right, page.right - 6) - left, min(hull.bottom, page.bottom - 6) - top)


def _surroundings(page: _Page, ends: _Ends, window: Box, closed: bool) -> Surroundings:
    """What stands in the window. In a wide one, frames in which the edge has no business are ``closed``:
    the search goes around them and need not know what is inside."""
    frames = [frame for frame in page.frames if frame.box.overlaps(window)]
    homes = [frame.box.contains(ends.source) or frame.box.contains(ends.target) for frame in frames]
    shut: list[Box] = []
    if closed:
        for frame, home in zip(frames, homes, strict=True):
            if not home and frame.kind not in _OPEN and not any(box.contains(frame.box) for box in shut):
                own = frame.box in (ends.source, ends.target)
                shut += [] if own else [frame.box]
    outlines = [box for box in page.outlines if box.overlaps(window) and not any(one.contains(box) for one in shut)]
    things = [box for box in page.things if box.overlaps(window) and not any(one.contains(box) for one in shut)]
    shown = [
        (frame.box, home)
        for frame, home in zip(frames, homes, strict=True)
        if frame.box in shut or not any(one.contains(frame.box) for one in shut)
    ]
    return Surroundings(outlines, [*things, *(box.grown(-4) for box in shut)], shown, page.strips)


def _within(segment: Segment, window: Box) -> bool:
    if segment.upright:
        return window.x - 9 < segment.at < window.right + 9 and segment.low < window.bottom and segment.high > window.y
    return window.y - 9 < segment.at < window.bottom + 9 and segment.low < window.right and segment.high > window.x


def _shortcut(page: _Page, edge: Edge, ends: _Ends) -> Route:
    points, start, end = shortcut(ends.sources, ends.targets, page.things)
    return Route(edge, straightened(points), start, end)


def _foot(port: Port, near: Point) -> Point:
    return (port.at, near[1]) if port.side.horizontal else (near[0], port.at)


def straightened(points: Sequence[Point]) -> list[Point]:
    """The polyline without points that change nothing."""
    kept: list[Point] = []
    for point in points:
        if kept and kept[-1] == point:
            continue
        if len(kept) > 1 and (kept[-2][0] == kept[-1][0] == point[0] or kept[-2][1] == kept[-1][1] == point[1]):
            kept.pop()
        kept.append(point)
    return kept


def _segments(points: Sequence[Point], number: int) -> list[Segment]:
    found = []
    for (ax, ay), (bx, by) in pairwise(points):
        if ax == bx:
            found.append(Segment(True, ax, min(ay, by), max(ay, by), number))
        else:
            found.append(Segment(False, ay, min(ax, bx), max(ax, bx), number))
    return found

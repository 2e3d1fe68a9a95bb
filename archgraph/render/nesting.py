"""What text formats ask of the tree of frames: every frame, and what to do about lines that end at frames."""

from __future__ import annotations

from collections.abc import Iterator

from archgraph.render.containers import Place, Tree
from archgraph.views.view import Edge


def places(root: Place) -> Iterator[Place]:
    """The page and every frame, outer ones before inner ones."""
    yield root
    for inner in root.places:
        yield from places(inner)


def frames_around(tree: Tree) -> dict[str, tuple[str, ...]]:
    """The ids of the frames around everything shown, by its id, outermost first; a frame is around itself."""
    found: dict[str, tuple[str, ...]] = {}
    _collect(tree.root, (), found)
    return found


def anchored(tree: Tree) -> set[str]:
    """The ids of frames that are empty or that a line ends at: Graphviz needs a node inside for either."""
    ends = {end for edge in tree.edges for end in (edge.source, edge.target)}
    groups = [(place.group, place) for place in places(tree.root) if place.group]
    return {group.id for group, place in groups if group.id in ends or not (place.nodes or place.places)}


def cut_at(edge: Edge, around: dict[str, tuple[str, ...]], anchors: set[str]) -> tuple[str | None, str | None]:
    """The frames at whose borders a line begins and ends, where it joins frames.

    A line between a frame and what is inside it has no border to stop at: it runs to the anchor.
    """
    tail = edge.source if edge.source in anchors and edge.source not in around[edge.target] else None
    head = edge.target if edge.target in anchors and edge.target not in around[edge.source] else None
    return tail, head


def _collect(place: Place, above: tuple[str, ...], found: dict[str, tuple[str, ...]]) -> None:
    inside = (*above, place.group.id) if place.group else above
    if place.group:
        found[place.group.id] = inside
    for node in place.nodes:
        found[node.id] = inside
    for inner in place.places:
        _collect(inner, inside, found)

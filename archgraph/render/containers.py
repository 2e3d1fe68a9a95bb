"""The tree of frames with what stands in each, and every edge at the frame where its ends part."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Generic, TypeVar

from archgraph.views.view import Edge, Group, Hints, Node, View

Item = TypeVar("Item")

_DEEPEST = 24
"""Frames nested more deeply are drawn at this depth."""


@dataclass(frozen=True, slots=True)
class Lifted:
    """An edge seen from a frame: the two children that it joins."""

    source: str
    target: str
    edge: Edge


@dataclass(slots=True)
class Place:
    """A frame, or the page (``group`` is ``None``), with its children in the author's order."""

    group: Group | None
    places: list[Place] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    lifted: list[Lifted] = field(default_factory=list)
    leaving: set[str] = field(default_factory=set)
    """Children with an edge to something outside the frame."""
    entered: set[str] = field(default_factory=set)
    """Children with an edge from something outside the frame."""
    exits: list[str] = field(default_factory=list)
    """Where edges begin that end outside the frame: ids of what is inside, at any depth."""
    entries: list[str] = field(default_factory=list)
    """Where edges end that begin outside the frame."""
    wishes: Wishes[str] = field(default_factory=lambda: Wishes())


@dataclass(slots=True)
class Wishes(Generic[Item]):
    """What the view's hints ask of the children of one frame, as pairs of them."""

    before: list[tuple[Item, Item]] = field(default_factory=list)
    """The first stands before the second, where flows run."""
    beside: list[tuple[Item, Item]] = field(default_factory=list)
    """The second stands beside the first, on its right."""
    under: list[tuple[Item, Item]] = field(default_factory=list)
    """The second stands under the first, or over it."""

    @property
    def named(self) -> set[Item]:
        """The children that a wish is about."""
        return {item for pairs in (self.before, self.beside, self.under) for pair in pairs for item in pair}


@dataclass(frozen=True, slots=True)
class Tree:
    """The page's place, and the edges whose ends exist."""

    root: Place
    edges: tuple[Edge, ...]


def build(view: View) -> Tree:
    """The tree of a view. Repeated ids, unknown parents and frames inside themselves do no harm."""
    groups: dict[str, Group] = {}
    for group in view.groups:
        groups.setdefault(group.id, group)
    chains = {name: _chain(groups, name) for name in groups}
    root = Place(None)
    places: dict[str, Place] = {name: Place(group) for name, group in groups.items()}
    for name, chain in chains.items():
        (places[chain[-2]] if len(chain) > 1 else root).places.append(places[name])
    nodes: dict[str, Node] = {}
    for node in view.nodes:
        if node.id not in groups and node.id not in nodes:
            nodes[node.id] = node
            above = chains.get(node.parent or "", ())
            (places[above[-1]] if above else root).nodes.append(node)
            chains[node.id] = (*above, node.id)
    edges = tuple(edge for edge in view.edges if edge.source in chains and edge.target in chains)
    for edge in edges:
        _lift(root, places, chains[edge.source], chains[edge.target], edge)
    _wish(root, places, chains, view.hints)
    return Tree(root, edges)


def _wish(root: Place, places: dict[str, Place], chains: dict[str, tuple[str, ...]], hints: Hints) -> None:
    """Bring every hint to the frame in which what it names stands apart."""
    for kind, lists in (("before", (hints.order,)), ("beside", hints.rows), ("under", hints.columns)):
        for first, second in (pair for names in lists for pair in pairwise(names)):
            one, other = chains.get(first, ()), chains.get(second, ())
            common = _common(one, other)
            if common < min(len(one), len(other)):
                where = places[one[common - 1]] if common else root
                getattr(where.wishes, kind).append((one[common], other[common]))


def _chain(groups: dict[str, Group], name: str) -> tuple[str, ...]:
    """The frames around a frame, outermost first, itself last."""
    chain: list[str] = []
    current: str | None = name
    while current is not None and current in groups and current not in chain:
        chain.append(current)
        current = groups[current].parent
    if current in chain:  # a frame inside itself: its smallest member becomes the outermost
        ring = chain[chain.index(current) :]
        chain = chain[: chain.index(min(ring)) + 1]
    chain.reverse()
    return tuple(chain if len(chain) <= _DEEPEST else [*chain[: _DEEPEST - 1], chain[-1]])


def _lift(root: Place, places: dict[str, Place], source: tuple[str, ...], target: tuple[str, ...], edge: Edge) -> None:
    common = _common(source, target)
    if common == len(source) or common == len(target):
        return
    where = places[source[common - 1]] if common else root
    where.lifted.append(Lifted(source[common], target[common], edge))
    for above, child in zip(source[common:], source[common + 1 :], strict=False):
        places[above].leaving.add(child)
        places[above].exits.append(edge.source)
    for above, child in zip(target[common:], target[common + 1 :], strict=False):
        places[above].entered.add(child)
        places[above].entries.append(edge.target)


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How many frames two chains share."""
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count]:
        count += 1
    return count

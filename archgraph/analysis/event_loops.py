"""Event loops: what sets itself in motion again, and what keeps it from running on.

AWS Lambda stops some loops of functions, queues, topics and buckets after about 16 rounds
("Lambda recursive loop detection", https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html);
it knows nothing of tables, buses, streams and code that runs elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from archgraph.analysis.components import components, shortest_way
from archgraph.analysis.dependencies import LONGEST
from archgraph.analysis.event_edges import Edge, Spot, event_edges
from archgraph.analysis.evidence import Certainty, Hop
from archgraph.model.model import Element, ElementId, Model


class EventLoop(NamedTuple):
    """Elements that set one another in motion, all the way round.

    ``hops`` is one way round. ``guards`` are what the author says stops it; without one the loop
    runs on. A *possible* loop depends on ``missing``: a filter, a pattern, or what is written.
    """

    members: tuple[ElementId, ...]
    hops: tuple[Hop, ...]
    certainty: Certainty
    guards: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class EventLoops(NamedTuple):
    """The loops of a model: of events, and of what failed and is sent back to where it failed.

    ``moved`` are the code and the workflows that something sets in motion and that set something in
    motion.
    """

    loops: tuple[EventLoop, ...]
    redrives: tuple[EventLoop, ...]
    moved: tuple[ElementId, ...]


@lru_cache(maxsize=1)  # two rules ask about the same model, one after the other
def derive_event_loops(model: Model) -> EventLoops:
    """Find all event loops, in time linear in the model's flows."""
    edges = event_edges(model)
    sources = {edge.source[0] for edge in edges if not edge.failure}
    moved = dict.fromkeys(edge.target[0] for edge in edges if not edge.failure and edge.target[0] in sources)
    lasting = _lasting(edges)
    moving = [edge for edge in lasting if not edge.failure]
    unguarded = [edge for edge in moving if not edge.guard]
    certain = [edge for edge in lasting if not edge.doubt]
    loops = _found_in([edge for edge in unguarded if not edge.doubt], unguarded, moving)
    redrives = _found_in([edge for edge in certain if not edge.guard], certain, failing=True)
    return EventLoops(loops, redrives, tuple(name for name in moved if _runs(model.elements[name])))


def _runs(element: Element) -> bool:
    return element.has("compute") or element.type.name == "StateMachine"


def _lasting(edges: list[Edge]) -> list[Edge]:
    """The edges without those after which everything soon comes to rest: none of them is part of a loop."""
    for _ in range(_SOON):
        sources = {edge.source for edge in edges}
        onward = [edge for edge in edges if edge.target in sources]
        if len(onward) == len(edges):
            break
        edges = onward
    return edges


_SOON = 16
"""Within how many steps; a bound keeps the time linear, and most of a model comes to rest much sooner."""


def _found_in(*levels: list[Edge], failing: bool = False) -> tuple[EventLoop, ...]:
    """The loops of each graph, the graphs growing: what an earlier one shows is not shown again."""
    found: list[EventLoop] = []
    for number, edges in enumerate(levels):
        if number and len(edges) == len(levels[number - 1]):
            continue
        taken = {member for loop in found for member in loop.members}
        found += [loop for loop in _loops(edges, failing) if taken.isdisjoint(loop.members)]
    return tuple(found)


def _loops(edges: Iterable[Edge], failing: bool) -> Iterator[EventLoop]:
    """One loop for each circle, through what failed if that is asked for."""
    ahead: dict[Spot, dict[Spot, Edge]] = {}
    for edge in edges:
        ahead.setdefault(edge.source, {}).setdefault(edge.target, edge)
    onward = {spot: [to for to in reached if to in ahead] for spot, reached in ahead.items()}
    for group in components(onward, onward.__getitem__):
        inside = {spot: ahead[spot] for spot in group}
        within = [edge for edges in inside.values() for edge in edges.values() if edge.target in inside]
        begin = next((edge for edge in within if edge.failure or not failing), None)
        if begin is not None:
            yield _loop(begin, inside)


def _loop(begin: Edge, inside: Mapping[Spot, Mapping[Spot, Edge]]) -> EventLoop:
    """The shortest way round that begins with an edge; all of it lies in one component."""
    way = [begin.source, begin.target]
    if begin.target != begin.source:
        back = shortest_way(begin.target, begin.source, lambda spot: (to for to in inside[spot] if to in inside))
        way = [begin.source, *back]
    edges = [inside[one][to] for one, to in pairwise(way)]
    doubts = tuple(dict.fromkeys(edge.doubt for edge in edges if edge.doubt))
    return EventLoop(
        tuple(sorted({element for element, _ in inside})),
        tuple(Hop(edge.target[0], edge.text) for edge in edges[:LONGEST]),
        Certainty.POSSIBLE if doubts else Certainty.CERTAIN,
        tuple(dict.fromkeys(edge.guard for edge in edges if edge.guard)),
        doubts,
    )

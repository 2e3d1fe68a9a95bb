"""Who waits for whom: requests, circles of them, and the chains of services behind each entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from archgraph.analysis.arrivals import Arrivals, derive_arrivals
from archgraph.analysis.components import components, shortest_way
from archgraph.analysis.evidence import Hop
from archgraph.model.model import Element, ElementId, Flow, FlowId, Model

LONGEST = 16
"""The most hops that one chain names as evidence."""

NO_REQUESTS = frozenset({"ssh", "rdp", "icmp", "dns"})
"""Protocols by which people look after a machine or look up a name: neither is a request of the workload."""

_ANSWERS_LATER = frozenset({"Actor", "External", "Data"})
"""Categories whose members call back when they like: nobody who calls them waits for that."""


class Circle(NamedTuple):
    """Elements of which each waits, directly or through others, for every other one.

    ``hops`` is one way round. ``outside`` names the element outside AWS through which it closes, if
    it needs one; such a circle is a callback rather than a request that waits for itself.
    """

    members: tuple[ElementId, ...]
    hops: tuple[Hop, ...]
    outside: ElementId | None = None


class Chain(NamedTuple):
    """The longest chain of services that wait for one another behind an entry.

    ``depth`` counts what runs the author's code; load balancers, APIs, caches and stores are not
    counted. A circle counts once.
    """

    entry: ElementId
    depth: int
    hops: tuple[Hop, ...]


class Dependencies(NamedTuple):
    """The synchronous side of a model; ids are those of whole elements, unless said otherwise.

    ``requests``: every request by its caller. ``waits``: those of them that whoever called the
    caller waits for too. ``entries``: what people, devices and systems outside call. ``circles`` and
    ``chains`` follow.

    ``onward`` is ``waits`` for every place at which a request can arrive, the listeners and rules of load
    balancers among them, and ``spots`` says which flows arrive at these. ``order``: entries and all such
    callers and callees, grouped into circles, callees first.
    """

    requests: Mapping[ElementId, tuple[Flow, ...]]
    waits: Mapping[ElementId, tuple[Flow, ...]]
    onward: Mapping[ElementId, tuple[Flow, ...]]
    spots: Mapping[FlowId, ElementId]
    order: tuple[tuple[ElementId, ...], ...]
    entries: tuple[ElementId, ...]
    circles: tuple[Circle, ...]
    chains: Mapping[ElementId, Chain]
    ends: Mapping[ElementId, ElementId]
    """The whole element at each end of a flow."""

    def target(self, flow: Flow) -> ElementId:
        return self.ends[flow.target]

    def source(self, flow: Flow) -> ElementId:
        return self.ends[flow.source]

    def arrival(self, flow: Flow) -> ElementId:
        """The listener or rule at which a request arrives, or else the whole element."""
        return self.spots.get(flow.id) or self.ends.get(flow.target, flow.target)


@lru_cache(maxsize=1)  # several rules ask about the same model, one after the other
def derive_dependencies(model: Model) -> Dependencies:
    """Derive who waits for whom, in time linear in the model."""
    parts = owners(model)
    ends: dict[ElementId, ElementId] = {}
    called: dict[ElementId, list[Flow]] = {}
    for flow in model.flows_of("request"):
        source = ends[flow.source] = parts.get(flow.source, flow.source)
        target = ends[flow.target] = parts.get(flow.target, flow.target)
        if source != target:
            called.setdefault(source, []).append(flow)
    requests = {caller: tuple(flows) for caller, flows in called.items()}
    waits = {caller: flows for caller, flows in requests.items() if passes_on(model.elements[caller])}
    arrivals = derive_arrivals(model, requests, ends)
    onward = {**waits, **arrivals.leads}
    reached = {caller: _arriving(flows, arrivals, ends) for caller, flows in onward.items()}
    entries = _entries(model, requests, arrivals, ends)
    nodes = dict.fromkeys(entries)
    nodes.update(dict.fromkeys(spot for spots in entries.values() for spot in spots))
    nodes.update(dict.fromkeys(spot for caller, spots in reached.items() for spot in (caller, *spots)))
    order = components(nodes, lambda node: reached.get(node, ()))
    return Dependencies(
        requests,
        waits,
        onward,
        arrivals.spots,
        tuple(tuple(group) for group in order),
        tuple(entries),
        _circles(model, requests, reached, order, arrivals, ends),
        _chains(model, onward, reached, order, entries),
        ends,
    )


def passes_on(element: Element) -> bool:
    """Whether whoever calls the element waits for what it calls in turn.

    Code, load balancers, APIs, edge services and proxies answer when they have been answered. Queues,
    topics, streams, stores and standard workflows accept a request at once ("StartExecution", Standard
    workflows, https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html).
    """
    if element.external or element.type.category in _ANSWERS_LATER:
        return False
    if element.type.name == "StateMachine":
        return bool(element.get("kind") == "express")
    return (
        element.has("compute")
        or element.has("load-balancer")
        or element.has("internet-entry")
        or element.type.name in ("RdsProxy", "DaxCluster")
    )


def whole(model: Model, name: ElementId) -> ElementId:
    """The element that a part belongs to, or the element itself."""
    return owners(model).get(name, name)


@lru_cache(maxsize=1)
def owners(model: Model) -> Mapping[ElementId, ElementId]:
    """The whole element of every part; an element that is no part is not among them."""
    found: dict[ElementId, ElementId] = {}
    for element in model.elements.values():
        owner = element
        while owner.part_of is not None and owner.type.part:
            owner = model.elements[owner.part_of]
        if owner is not element:
            found[element.id] = owner.id
    return found


def told(flow: Flow, *said: str) -> Hop:
    """A flow as a hop of evidence, with what is said about it."""
    about = ", ".join(filter(None, said))
    return Hop(flow.target, f"{flow.source} -> {flow.target}" + (f": {about}" if about else ""))


def _arriving(flows: Iterable[Flow], arrivals: Arrivals, ends: Mapping[ElementId, ElementId]) -> list[ElementId]:
    return [arrivals.spots.get(flow.id) or ends[flow.target] for flow in flows]


def _entries(
    model: Model,
    requests: Mapping[ElementId, tuple[Flow, ...]],
    arrivals: Arrivals,
    ends: Mapping[ElementId, ElementId],
) -> dict[ElementId, dict[ElementId, None]]:
    """What is called from outside, with the places at which these requests arrive."""
    found: dict[ElementId, dict[ElementId, None]] = {}
    for caller, flows in requests.items():
        if _outside(model.elements[caller]):
            for flow, spot in zip(flows, _arriving(flows, arrivals, ends), strict=True):
                target = model.elements[ends[flow.target]]
                if not _outside(target) and flow.properties.get("protocol") not in NO_REQUESTS:
                    found.setdefault(target.id, {})[spot] = None
    return found


def _outside(element: Element) -> bool:
    return element.external or element.type.category in _ANSWERS_LATER


def _circles(
    model: Model,
    requests: Mapping[ElementId, tuple[Flow, ...]],
    reached: Mapping[ElementId, list[ElementId]],
    order: list[list[ElementId]],
    arrivals: Arrivals,
    ends: Mapping[ElementId, ElementId],
) -> tuple[Circle, ...]:
    """The circles that surely close: not those by a load balancer of which nobody says where it leads."""
    surely = {spot: targets for spot, targets in reached.items() if spot not in arrivals.unsure}
    inside = [member for group in order if len(group) > 1 for member in group]
    near = {spot: surely.get(spot, []) for spot in inside}
    found = [_circle(model, group, near) for group in _closed(inside, near)]
    back = {caller: flows for caller, flows in requests.items() if _calls_back(model.elements[caller])}
    if back:
        surely.update((caller, _arriving(flows, arrivals, ends)) for caller, flows in back.items())
        closed = {member for circle in found for member in circle.members}
        for group in _closed(surely, surely):
            if closed.isdisjoint(whole(model, spot) for spot in group):
                found.append(_circle(model, group, surely))
    return tuple(found)


def _closed(nodes: Iterable[ElementId], ahead: Mapping[ElementId, list[ElementId]]) -> list[list[ElementId]]:
    return [group for group in components(nodes, lambda node: ahead.get(node, ())) if len(group) > 1]


def _calls_back(element: Element) -> bool:
    return element.external or element.type.category == "External"


def _circle(
    model: Model,
    group: list[ElementId],
    ahead: Mapping[ElementId, list[ElementId]],
) -> Circle:
    inside = set(group)
    members = sorted({whole(model, spot) for spot in group})
    first = min(group, key=lambda spot: whole(model, spot))
    way = shortest_way(first, first, lambda spot: (t for t in ahead.get(spot, ()) if t in inside))
    steps = [whole(model, spot) for spot in way]
    hops = tuple(Hop(to, f"{one} -> {to}: waits for the answer") for one, to in pairwise(steps) if one != to)
    outside = next((member for member in members if _calls_back(model.elements[member])), None)
    return Circle(tuple(members), hops[:LONGEST], outside)


def _chains(
    model: Model,
    onward: Mapping[ElementId, tuple[Flow, ...]],
    reached: Mapping[ElementId, list[ElementId]],
    order: list[list[ElementId]],
    entries: Mapping[ElementId, Iterable[ElementId]],
) -> dict[ElementId, Chain]:
    depth: dict[ElementId, int] = {}
    following: dict[ElementId, tuple[Flow, ElementId] | None] = {}
    for group in order:
        longest, below = None, 0
        for member in group:
            for flow, spot in zip(onward.get(member, ()), reached.get(member, ()), strict=True):
                if spot not in group and depth[spot] > below:
                    longest, below = (flow, spot), depth[spot]
        own = any(_runs_code(model.elements[member]) for member in group)
        for member in group:
            depth[member] = below + own
            following[member] = longest
    deepest = {entry: max(spots, key=depth.__getitem__) for entry, spots in entries.items()}
    return {entry: Chain(entry, depth[spot], _traced(spot, following)) for entry, spot in deepest.items()}


def _runs_code(element: Element) -> bool:
    return element.has("compute") and not element.external


def _traced(spot: ElementId, following: Mapping[ElementId, tuple[Flow, ElementId] | None]) -> tuple[Hop, ...]:
    hops: list[Hop] = []
    step = following.get(spot)
    while step is not None and len(hops) < LONGEST:
        flow, spot = step
        hops.append(told(flow))
        step = following.get(spot)
    return tuple(hops)

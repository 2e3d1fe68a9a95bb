"""Who waits for whom: requests, circles of them, and the chains of services behind each entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from archgraph.analysis.components import components, shortest_way
from archgraph.analysis.evidence import Hop
from archgraph.model.model import Element, ElementId, Flow, Model

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
    """The synchronous side of a model; ids are those of whole elements, never of their parts.

    ``requests``: every request by its caller. ``waits``: those of them that whoever called the
    caller waits for too. ``order``: entries and all these callers and callees, grouped into circles,
    callees first. ``entries``: what people, devices and systems outside call. ``circles`` and
    ``chains`` follow.
    """

    requests: Mapping[ElementId, tuple[Flow, ...]]
    waits: Mapping[ElementId, tuple[Flow, ...]]
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


@lru_cache(maxsize=1)  # several rules ask about the same model, one after the other
def derive_dependencies(model: Model) -> Dependencies:
    """Derive who waits for whom, in time linear in the model."""
    parts = owners(model)
    ends: dict[ElementId, ElementId] = {}
    requests: dict[ElementId, list[Flow]] = {}
    for flow in model.flows_of("request"):
        source = ends[flow.source] = parts.get(flow.source, flow.source)
        target = ends[flow.target] = parts.get(flow.target, flow.target)
        if source != target:
            requests.setdefault(source, []).append(flow)
    waits = {caller: flows for caller, flows in requests.items() if passes_on(model.elements[caller])}
    entries = _entries(model, requests, ends)
    called = {caller: [ends[flow.target] for flow in flows] for caller, flows in waits.items()}
    nodes = dict.fromkeys((*entries, *(end for caller, targets in called.items() for end in (caller, *targets))))
    order = components(nodes, lambda node: called.get(node, ()))
    return Dependencies(
        {caller: tuple(flows) for caller, flows in requests.items()},
        {caller: tuple(flows) for caller, flows in waits.items()},
        tuple(tuple(group) for group in order),
        entries,
        _circles(model, requests, waits, order, ends),
        _chains(model, waits, order, entries, ends),
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


def _targets(flows: Iterable[Flow], ends: Mapping[ElementId, ElementId]) -> Iterator[ElementId]:
    return (ends[flow.target] for flow in flows)


def _entries(
    model: Model, requests: Mapping[ElementId, list[Flow]], ends: Mapping[ElementId, ElementId]
) -> tuple[ElementId, ...]:
    found: dict[ElementId, None] = {}
    for caller, flows in requests.items():
        if _outside(model.elements[caller]):
            for flow in flows:
                target = model.elements[ends[flow.target]]
                if not _outside(target) and flow.properties.get("protocol") not in NO_REQUESTS:
                    found[target.id] = None
    return tuple(found)


def _outside(element: Element) -> bool:
    return element.external or element.type.category in _ANSWERS_LATER


def _circles(
    model: Model,
    requests: Mapping[ElementId, list[Flow]],
    waits: Mapping[ElementId, list[Flow]],
    order: list[list[ElementId]],
    ends: Mapping[ElementId, ElementId],
) -> tuple[Circle, ...]:
    inside = {member for group in order if len(group) > 1 for member in group}
    near = _ahead(model, {caller: flows for caller, flows in waits.items() if caller in inside}, ends)
    found = [_circle(model, group, near) for group in components(near, near.__getitem__) if len(group) > 1]
    closed = {member for circle in found for member in circle.members}
    callbacks = dict(waits)
    callbacks.update((caller, flows) for caller, flows in requests.items() if _calls_back(model.elements[caller]))
    if len(callbacks) > len(waits):
        ahead = _ahead(model, callbacks, ends)
        for group in components(ahead, ahead.__getitem__):
            if len(group) > 1 and closed.isdisjoint(whole(model, spot) for spot in group):
                found.append(_circle(model, group, ahead))
    return tuple(found)


def _ahead(
    model: Model, flows: Mapping[ElementId, list[Flow]], ends: Mapping[ElementId, ElementId]
) -> dict[ElementId, list[ElementId]]:
    """Who surely reaches whom. A load balancer is as many nodes as it has listeners and rules that lead on.

    Services behind different listeners or rules of one load balancer may call one another through it
    ("Listener rules for your Application Load Balancer",
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html).
    """
    leading: dict[ElementId, dict[ElementId, None]] = {}
    for caller, out in flows.items():
        if model.elements[caller].has("load-balancer"):
            leading[caller] = dict.fromkeys(_leads(flow, caller) for flow in out)
    ahead: dict[ElementId, list[ElementId]] = {}
    for caller, out in flows.items():
        for flow in out:
            source = _leads(flow, caller) if caller in leading else caller
            target = ends[flow.target]
            spots = [target] if target not in leading else _arrivals(model, flow, leading[target])
            ahead.setdefault(source, []).extend(spots)
            for spot in spots:
                ahead.setdefault(spot, [])
    return ahead


def _leads(flow: Flow, balancer: ElementId) -> ElementId:
    """The listener or rule that leads a request on, or the load balancer if none is drawn."""
    return flow.implied_by.source if flow.implied_by is not None else balancer


def _arrivals(model: Model, flow: Flow, leading: Iterable[ElementId]) -> list[ElementId]:
    """The listener or rule that a request to a load balancer meets; none if nobody says which."""
    listeners = {spot: _listener(model, spot) for spot in leading}
    met = [spot for spot, listener in listeners.items() if flow.target in (spot, listener)]
    if not met and (port := flow.properties.get("port")) is not None:
        met = [spot for spot, listener in listeners.items() if model.elements[listener].properties.get("port") == port]
    met = met or list(listeners)
    return met if len(met) == 1 else []


def _listener(model: Model, spot: ElementId) -> ElementId:
    element = model.elements[spot]
    return element.part_of if element.type.name == "ListenerRule" and element.part_of is not None else spot


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
    waits: Mapping[ElementId, list[Flow]],
    order: list[list[ElementId]],
    entries: Iterable[ElementId],
    ends: Mapping[ElementId, ElementId],
) -> dict[ElementId, Chain]:
    depth: dict[ElementId, int] = {}
    onward: dict[ElementId, Flow | None] = {}
    for group in order:
        longest, below = None, 0
        for member in group:
            for flow in waits.get(member, ()):
                target = ends[flow.target]
                if target not in group and depth[target] > below:
                    longest, below = flow, depth[target]
        own = any(_runs_code(model.elements[member]) for member in group)
        for member in group:
            depth[member] = below + own
            onward[member] = longest
    return {
        entry: Chain(entry, depth.get(entry, int(_runs_code(model.elements[entry]))), _traced(entry, onward, ends))
        for entry in entries
    }


def _runs_code(element: Element) -> bool:
    return element.has("compute") and not element.external


def _traced(
    entry: ElementId, onward: Mapping[ElementId, Flow | None], ends: Mapping[ElementId, ElementId]
) -> tuple[Hop, ...]:
    hops: list[Hop] = []
    flow = onward.get(entry)
    while flow is not None and len(hops) < LONGEST:
        hops.append(told(flow))
        flow = onward.get(ends[flow.target])
    return tuple(hops)

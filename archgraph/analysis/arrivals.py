"""Where requests arrive: at an element, or at the listener or rule of a load balancer that they name.

Services behind different listeners or rules of one load balancer may call one another through it ("Listener
rules for your Application Load Balancer",
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html), so whoever calls one of
them does not wait for all that the load balancer leads to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from archgraph.model.model import ElementId, Flow, FlowId, Model


class Arrivals(NamedTuple):
    """The listeners and rules of load balancers that lead on by more than one of these.

    ``spots``: the listener or rule at which a request arrives; a request that is not among them arrives at its
    whole target, since nobody says which one it meets. ``leads``: what each listener or rule leads to; a
    listener also to what its rules lead to. ``unsure``: those listeners, and the load balancers themselves, of
    which a request meets one way on out of several.
    """

    spots: Mapping[FlowId, ElementId]
    leads: Mapping[ElementId, tuple[Flow, ...]]
    unsure: frozenset[ElementId]


def derive_arrivals(
    model: Model, requests: Mapping[ElementId, Iterable[Flow]], ends: Mapping[ElementId, ElementId]
) -> Arrivals:
    """Tell apart the ways through each load balancer, in time linear in requests; callers are whole elements."""
    leads: dict[ElementId, list[Flow]] = {}
    unsure: set[ElementId] = set()
    by_port: dict[tuple[ElementId, object], set[ElementId]] = {}
    for balancer, flows in requests.items():
        if not model.elements[balancer].has("load-balancer"):
            continue
        ways: dict[ElementId, list[Flow]] = {}
        for flow in flows:
            ways.setdefault(flow.implied_by.source if flow.implied_by is not None else balancer, []).append(flow)
        if len(ways) < 2:
            continue
        unsure.add(balancer)
        for way, onward in ways.items():
            if way == balancer:
                continue
            listener = _listener(model, way)
            by_port.setdefault((balancer, model.elements[listener].properties.get("port")), set()).add(listener)
            for spot in dict.fromkeys((way, listener)):
                if spot in leads:
                    unsure.add(spot)
                leads.setdefault(spot, []).extend(onward)
    spots = {
        flow.id: met
        for flows in (requests.values() if leads else ())
        for flow in flows
        if (met := _met(flow, ends[flow.target], leads, by_port)) is not None
    }
    return Arrivals(spots, {spot: tuple(flows) for spot, flows in leads.items()}, frozenset(unsure))


def _listener(model: Model, way: ElementId) -> ElementId:
    element = model.elements[way]
    return element.part_of if element.type.name == "ListenerRule" and element.part_of is not None else way


def _met(
    flow: Flow,
    target: ElementId,
    leads: Mapping[ElementId, list[Flow]],
    by_port: Mapping[tuple[ElementId, object], set[ElementId]],
) -> ElementId | None:
    """The listener or rule that a request names, or the only listener on its port."""
    if flow.target in leads:
        return flow.target
    port = flow.properties.get("port")
    listeners = by_port.get((target, port), ()) if port is not None else ()
    return next(iter(listeners)) if len(listeners) == 1 else None

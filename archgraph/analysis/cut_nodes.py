"""Single points of failure: what stands once, and lies on every way from users to what they need.

Ways begin at people, devices and systems outside and follow requests. They end in data stores, and in
code and brokers that need no other element of the model; equal targets of one listener or target group
are one end. An element that every way to an end passes dominates it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from archgraph.analysis.dependencies import Dependencies, derive_dependencies
from archgraph.analysis.dominators import immediate_dominators
from archgraph.model.model import Element, ElementId, Flow, Model

Spot = tuple[str, str]
"""A node: ``("element", id)``; ``("answer", id)`` is the end behind equal targets; ``("", "")`` the root."""

_ROOT: Spot = ("", "")


class CutNodes(NamedTuple):
    """``ends`` gives for every element on a way from users an end that no way reaches without it.

    An element of ``reached`` that has none can be lost: others lead wherever it leads.
    """

    reached: frozenset[ElementId]
    ends: Mapping[ElementId, ElementId]


@lru_cache(maxsize=1)  # two rules ask about the same model, one after the other
def derive_cut_nodes(model: Model) -> CutNodes:
    """Find, in nearly linear time, which elements dominate the ends of requests."""
    dependencies = derive_dependencies(model)
    everywhere, _ = _graph(model, dependencies, _calls(model, dependencies))
    ahead, ends = _graph(model, dependencies, _calls(model, dependencies, is_needed))
    nearest = immediate_dominators(_ROOT, lambda spot: ahead.get(spot, ()))
    without: dict[ElementId, ElementId] = {}
    for end, named in ends.items():
        if end not in nearest:
            continue
        at = nearest[end]
        while at != _ROOT and at[1] not in without:
            without[ElementId(at[1])] = named
            at = nearest[at]
    passed = immediate_dominators(_ROOT, lambda spot: everywhere.get(spot, ()))
    reached = frozenset(ElementId(name) for kind, name in passed if kind == "element")
    return CutNodes(reached, without)


def _graph(
    model: Model, dependencies: Dependencies, called: Mapping[ElementId, list[Flow]]
) -> tuple[dict[Spot, list[Spot]], dict[Spot, ElementId]]:
    """The ways of requests, and their ends with the element that each is named after."""
    ahead: dict[Spot, list[Spot]] = {_ROOT: [("element", entry) for entry in dependencies.entries]}
    ends: dict[Spot, ElementId] = {}
    for entry in dependencies.entries:
        if _is_last(model.elements[entry], called):
            _end(entry, entry, ahead, ends)
    for caller, flows in called.items():
        for flow in flows:
            target = model.elements[dependencies.ends.get(flow.target, flow.target)]
            ahead.setdefault(("element", caller), []).append(("element", target.id))
            if target.has("data-store"):
                if target.criticality != "low":
                    ends["element", target.id] = target.id
            elif _is_last(target, called):
                _end(target.id, _shared_by(model.elements[caller], flow) or target.id, ahead, ends)
    return ahead, ends


def is_needed(flow: Flow) -> bool:
    """Whether the caller fails without the target, as far as the flow says."""
    critical = flow.properties.get("critical")
    return critical if isinstance(critical, bool) else not flow.properties.get("fallback")


def _calls(
    model: Model, dependencies: Dependencies, counts: Callable[[Flow], bool] = lambda flow: True
) -> dict[ElementId, list[Flow]]:
    """Requests between elements of the model that someone waits for, and messages handed to brokers."""
    found: dict[ElementId, list[Flow]] = {}
    for caller, flows in dependencies.waits.items():
        own = [flow for flow in flows if not _is_outside(model.elements[flow.target]) and counts(flow)]
        if own:
            found[caller] = own
    for broker in model.of_type("MqBroker"):
        for flow in model.flows_to(broker.id):
            if counts(flow) and flow.kind == "event" and flow.source in dependencies.ends and not broker.external:
                found.setdefault(dependencies.ends[flow.source], []).append(flow)
    return found


def _is_outside(element: Element) -> bool:
    return element.external or element.type.category in ("Actor", "External")


def _is_last(element: Element, called: Mapping[ElementId, list[Flow]]) -> bool:
    return element.id not in called and not element.has("data-store") and element.criticality != "low"


def _shared_by(caller: Element, flow: Flow) -> str | None:
    """The listener or target group whose targets stand in for one another, if one leads here."""
    return flow.implied_by.source if caller.has("load-balancer") and flow.implied_by is not None else None


def _end(element: ElementId, answer: str, ahead: dict[Spot, list[Spot]], ends: dict[Spot, ElementId]) -> None:
    ahead.setdefault(("element", element), []).append(("answer", answer))
    ends["answer", answer] = element

"""Retries multiply: how many attempts one request of a caller outside can become, layer by layer.

"Timeouts, retries, and backoff with jitter", The Amazon Builders' Library: with three retries in each
of five layers, the load on the last one grows 243-fold
(https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from archgraph.analysis.dependencies import LONGEST, Dependencies, derive_dependencies, owners, told
from archgraph.analysis.evidence import Hop
from archgraph.analysis.timing import attempts
from archgraph.model.model import ElementId, Flow, Model


class Amplification(NamedTuple):
    """The most attempts at an element that one request far above it can cause, by what is stated.

    ``multiplied`` is the last factor: how often its worst direct caller tries. ``hops`` are the
    requests on that way that are tried again, ``missing`` those whose retries nobody states; both are
    empty where every request is tried once.
    """

    element: ElementId
    attempts: int = 1
    multiplied: int = 1
    hops: tuple[Hop, ...] = ()
    missing: tuple[str, ...] = ()


def derive_amplification(model: Model) -> Mapping[ElementId, Amplification]:
    """The amplification of everything that is called, in time linear in the model.

    A circle counts as one layer; what a request starts that nobody waits for begins again at one.
    """
    dependencies = derive_dependencies(model)
    worst: dict[ElementId, _Step] = {}

    def count(caller: ElementId, flow: Flow, arrived: int) -> None:
        spot, often = dependencies.arrival(flow), arrived * (attempts(flow) or 1)
        if spot not in worst or often > worst[spot].attempts:
            worst[spot] = _Step(min(often, _COUNTLESS), flow, caller)

    for caller, flows in dependencies.requests.items():
        if caller not in dependencies.waits:
            for flow in flows:
                count(caller, flow, 1)
    for group in reversed(dependencies.order):
        inside = set(group)
        arrived = max((worst[member].attempts for member in group if member in worst), default=1)
        for caller in group:
            for flow in dependencies.onward.get(caller, ()):
                if dependencies.arrival(flow) not in inside:
                    count(caller, flow, arrived)
    parts = owners(model)
    most: dict[ElementId, ElementId] = {}
    for spot, step in worst.items():
        element = parts.get(spot, spot)
        if step.attempts > worst[most.setdefault(element, spot)].attempts:
            most[element] = spot
    return {element: _amplified(model, dependencies, element, spot, worst) for element, spot in most.items()}


class _Step(NamedTuple):
    """The request that causes most attempts at its target, and the place at which its caller was called."""

    attempts: int
    flow: Flow
    caller: ElementId


_COUNTLESS = 10**9
"""Where counting stops."""


def _amplified(
    model: Model, dependencies: Dependencies, element: ElementId, spot: ElementId, worst: Mapping[ElementId, _Step]
) -> Amplification:
    if worst[spot].attempts == 1:
        return Amplification(element)
    way: list[Flow] = []
    seen = {spot}
    at = spot
    while at in worst and len(way) < LONGEST:
        way.append(worst[at].flow)
        at = worst[at].caller
        if at in seen or at not in dependencies.onward:
            break
        seen.add(at)
    hops = tuple(told(flow, f"{often} attempts") for flow in reversed(way) if (often := attempts(flow) or 1) > 1)
    silent = [flow for flow in way if attempts(flow) is None and _may_retry(model, dependencies.source(flow))]
    missing = tuple(f"{flow.id}.retries" for flow in reversed(silent))
    return Amplification(element, worst[spot].attempts, attempts(way[0]) or 1, hops, missing)


def _may_retry(model: Model, caller: ElementId) -> bool:
    """Whether a caller decides about retries: code and workflows do, load balancers and APIs do not."""
    element = model.elements[caller]
    return not element.external and (element.has("compute") or element.type.name == "StateMachine")

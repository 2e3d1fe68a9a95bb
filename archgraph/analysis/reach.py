"""What the internet reaches through others: along the flows that begin at an exposed entry."""

from __future__ import annotations

from collections import deque

from archgraph.analysis.evidence import Hop, Verdict
from archgraph.analysis.facts import Facts
from archgraph.catalog.vocabulary import RELATIONSHIPS
from archgraph.model.model import ElementId, Flow, Model

FORWARDING = frozenset({"request", "event", "poll", "stream"})
"""Kinds of flow that carry what a caller sent; copies of data and management calls do not."""


LONGEST = 16
"""The most hops that one way names; a longer one leaves out what lies between its start and its end."""


def entries(facts: Facts) -> list[ElementId]:
    """The elements that the internet can open a connection to, in the author's order."""
    return [element for element, exposure in facts.exposures.items() if exposure.verdict is Verdict.EXPOSED]


def reached_through(model: Model, facts: Facts) -> dict[ElementId, tuple[Hop, ...]]:
    """Every element that traffic from the internet gets to, with the shortest way along flows.

    The first hop names the exposed entry, each further one a flow. An entry reaches itself. Of
    equally short ways, that of the entry and flow which the author wrote first is given.
    """
    ways: dict[ElementId, tuple[Hop, ...]] = {}
    for entry in entries(facts):
        ports = ", ".join(facts.exposures[entry].ports)
        ways[entry] = (Hop(entry, f"{entry} is exposed to the internet on {ports}"),)
    waiting = deque(ways)
    while waiting:
        current = waiting.popleft()
        for flow in model.flows_from(current):
            if flow.target not in ways and _forwards(flow):
                ways[flow.target] = (*ways[current][: LONGEST - 1], _hop(flow))
                waiting.append(flow.target)
    return ways


def _forwards(flow: Flow) -> bool:
    """Whether a flow carries on what a caller sent; what alarms and logs observe is not that."""
    cause = flow.implied_by.relationship if flow.implied_by else None
    observes = cause is not None and RELATIONSHIPS[cause].kind == "observation"
    return flow.kind in FORWARDING and not observes


def _hop(flow: Flow) -> Hop:
    protocol = flow.properties.get("protocol")
    return Hop(flow.target, f"{flow.source} -> {flow.target}" + (f" ({protocol})" if protocol else ""))

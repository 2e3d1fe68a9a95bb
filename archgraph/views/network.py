"""The network: VPCs, what stands in them, what joins them, and the ways out."""

from __future__ import annotations

from archgraph.analysis.facts import Facts
from archgraph.model.model import Element, Model
from archgraph.views.compose import Choice
from archgraph.views.lines import NETWORK_TYPES, add_connections, add_firewalls, add_routes, flow_lines
from archgraph.views.things import is_thing, observes

_SAYS = "Networks, what stands in them, what joins them, and the ways in and out."


def network(model: Model, facts: Facts) -> Choice | None:
    """VPCs and what is in or attached to them, with default routes and the flows between."""
    if not any(model.of_type("Vpc")):
        return None
    inside = {element.id for element in model.elements.values() if _in_network(element, model)}
    outside = {
        end
        for flow in model.flows.values()
        if not observes(flow)
        for end, other in ((flow.source, flow.target), (flow.target, flow.source))
        if other in inside and end not in inside and model.elements[other].subnets
    }
    shown = [e for e in model.elements.values() if e.id in inside or (e.id in outside and is_thing(e, model))]
    lines = flow_lines(model, facts, model.flows.values(), shown)
    add_firewalls(lines, model, shown)
    add_routes(lines, model, facts)
    add_connections(lines, model, shown)
    return Choice("network", "network", _SAYS, shown, lines.edges())


def _in_network(element: Element, model: Model) -> bool:
    if not is_thing(element, model):
        return False
    in_vpc = element.vpc is not None or bool(element.subnets)
    return in_vpc or element.type.group in ("vpc", "subnet", "on-premises") or element.type.name in NETWORK_TYPES

"""The pictures of a model: what is shown, where it belongs, and which lines join it.

Each function returns a :class:`View`; none knows anything about coordinates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from archgraph.analysis.facts import Facts
from archgraph.analysis.routing import RoutingKind
from archgraph.model.model import Element, ElementId, Flow, Model, Scenario, ViewSpec
from archgraph.model.selectors import select
from archgraph.views.frames import Frames
from archgraph.views.view import Edge, EdgeStyle, GroupKind, Node, Role, View
from archgraph.views.vocabulary import FLOW_STYLES, SETTINGS_TYPES, detail, flow_label, short_name

_FRAMED = frozenset({"organization", "organizational-unit", "account", "vpc", "subnet", "on-premises"})
_NETWORK_TYPES = frozenset(
    {
        "TransitGateway", "TransitGatewayAttachment", "TransitGatewayPeering", "VpcPeeringConnection", "VpnConnection",
        "VirtualPrivateGateway", "CustomerGateway", "CustomerRouter", "DirectConnectGateway", "DirectConnectConnection",
        "TransitVirtualInterface", "PrivateVirtualInterface", "VpcEndpoint", "NetworkFirewall",
    }
)  # fmt: skip


def pictures(model: Model, facts: Facts) -> dict[str, View]:
    """All standard pictures of a model by id: overview, network, one per scenario, and its own views."""
    found = {"overview": overview(model, facts)}
    if any(model.of_type("Vpc")):
        found["network"] = network(model, facts)
    for scenario in model.scenarios.values():
        found[f"scenario-{scenario.id}"] = scenario_picture(model, facts, scenario)
    for spec in model.views.values():
        found[f"view-{spec.id}"] = own_view(model, facts, spec)
    return found


def overview(model: Model, facts: Facts) -> View:
    """Everything that is not a setting of something else, with all flows."""
    shown = [element for element in model.elements.values() if _is_thing(element, model)]
    flows = [flow for flow in model.flows.values() if not _observes(flow)]
    edges = [*_flow_edges(model, facts, flows, shown), *_connection_edges(model)]
    return _compose(model, facts, "overview", f"{model.name}: overview", shown, edges)


def network(model: Model, facts: Facts) -> View:
    """VPCs and what is in or attached to them, with default routes and the flows between."""
    shown = [element for element in model.elements.values() if _in_network(element, model)]
    reach = {element.id for element in shown}
    outside = {
        end
        for flow in model.flows.values()
        if not _observes(flow)
        for end, other in ((flow.source, flow.target), (flow.target, flow.source))
        if other in reach and end not in reach and model.elements[other].subnets
    }
    shown = [e for e in model.elements.values() if e.id in reach or (e.id in outside and _is_thing(e, model))]
    flow_edges = _flow_edges(model, facts, model.flows.values(), shown)
    edges = [*flow_edges, *_route_edges(model, facts), *_connection_edges(model)]
    return _compose(model, facts, "network", f"{model.name}: network", shown, edges)


def scenario_picture(model: Model, facts: Facts, scenario: Scenario) -> View:
    """The ends of a scenario's steps, with the steps as numbered badges on their flows."""
    badges: dict[str, list[str]] = {}
    for step in scenario.steps:
        badges.setdefault(step.flow, []).append(step.badge)
    flows = [replace(model.flows[flow_id], label=None) for flow_id in badges]  # type: ignore[index]
    ends = {end for flow in flows for end in (flow.source, flow.target)}
    ends |= {gateway for flow in flows if (gateway := _gateway_between(model, facts, flow.source, flow.target))}
    shown = [element for element in model.elements.values() if element.id in ends]
    edges = _flow_edges(model, facts, flows, shown, badges)
    return _compose(model, facts, f"scenario-{scenario.id}", f"{model.name}: {scenario.title}", shown, edges)


def own_view(model: Model, facts: Facts, spec: ViewSpec) -> View:
    """What the model's own selectors choose, with the flows between."""
    chosen = set(select(model, spec.include)) - set(select(model, spec.exclude))
    shown = [element for element in model.elements.values() if element.id in chosen and _drawable(element)]
    edges = _flow_edges(model, facts, model.flows.values(), shown)
    return _compose(model, facts, f"view-{spec.id}", f"{model.name}: {spec.title}", shown, edges)


def _compose(model: Model, facts: Facts, view_id: str, title: str, shown: list[Element], edges: Iterable[Edge]) -> View:
    """The view of the chosen elements: their frames, their icons, and the lines."""
    frames = Frames(model, facts)
    lines = tuple(edges)
    joined = {end for edge in lines for end in (edge.source, edge.target)}
    nodes = []
    for element in shown:
        if element.type.group in _FRAMED:
            frames.of(element)
        else:
            nodes.append(_node(element, model, frames, joined))
    for edge in lines:
        for end in (edge.source, edge.target):
            if end in model.elements and model.elements[ElementId(end)].type.group in _FRAMED:
                frames.of(model.elements[ElementId(end)])
    known = {node.id for node in nodes} | frames.groups.keys()
    lines = tuple(edge for edge in lines if edge.source in known and edge.target in known)
    nodes = _told_apart(nodes, model)
    return View(
        id=view_id,
        title=title,
        subtitle=model.description or "",
        groups=frames.ordered(),
        nodes=tuple(nodes),
        edges=lines,
        description=_sentence(model, nodes, lines),
    )


def _told_apart(nodes: list[Node], model: Model) -> list[Node]:
    """Icons of one name in one frame show their namespace too: ``orders.queue``, ``stock.queue``."""
    count = Counter((node.parent, node.title) for node in nodes)
    return [
        replace(node, title=node.id)
        if count[node.parent, node.title] > 1 and model.elements[ElementId(node.id)].title is None
        else node
        for node in nodes
    ]


def _node(element: Element, model: Model, frames: Frames, joined: set[str]) -> Node:
    role, spans, frame = _role(element, model, joined)
    if role is Role.SPANNING and element.vpc:
        parent: str | None = frames.of(model.elements[element.vpc])
        for subnet in element.subnets:
            frames.of(model.elements[subnet])
    elif role is Role.GATEWAY and element.vpc:
        parent = frames.of(model.elements[element.vpc])
    elif role is Role.EDGE and element.account:
        parent = frames.of(model.elements[element.account])
    else:
        parent = frames.around(element)
    return Node(
        id=element.id,
        title=short_name(element),
        subtitle=detail(element),
        icon=element.type.icon,
        category=element.type.category,
        parent=parent,
        role=role,
        spans=spans,
        frame=frame,
    )


def _role(element: Element, model: Model, joined: set[str]) -> tuple[Role, tuple[str, ...], GroupKind | None]:
    kind = element.type
    if kind.category == "Actor" and element.parent is None:
        return Role.ACTOR, (), None
    if kind.category == "Edge" or (kind.name == "WafWebAcl" and element.properties.get("scope") == "cloudfront"):
        return Role.EDGE, (), None
    if len(element.zones) > 1 and element.vpc and kind.name != "TransitGatewayAttachment":
        frame = GroupKind.AUTO_SCALING if kind.name == "AutoScalingGroup" else None
        return Role.SPANNING, tuple(element.subnets), frame
    at_border = "gateway" in kind.traits or kind.name in ("VpcEndpoint", "TransitGatewayAttachment")
    if at_border and element.vpc and not (element.subnets and kind.name == "NatGateway"):
        return Role.GATEWAY, (), None
    return (Role.PLAIN if element.id in joined else Role.SUPPORT), (), None


@dataclass(frozen=True, slots=True)
class _Ends:
    """Which shown element stands for an element: itself, or the owner of what was defined in place."""

    model: Model
    shown: frozenset[ElementId]

    def of(self, element_id: ElementId) -> ElementId | None:
        current: ElementId | None = element_id
        while current is not None and current not in self.shown:
            current = self.model.elements[current].part_of
        return current


def _flow_edges(
    model: Model,
    facts: Facts,
    flows: Iterable[Flow],
    shown: list[Element],
    badges: dict[str, list[str]] | None = None,
) -> list[Edge]:
    """One line per flow; what enters a VPC from the internet is drawn through its internet gateway."""
    ends = _Ends(model, frozenset(element.id for element in shown))
    edges: dict[tuple[str, str, EdgeStyle], Edge] = {}
    for flow in _past_target_groups(model, flows):
        source, target = ends.of(flow.source), ends.of(flow.target)
        if source is None or target is None or source == target:
            continue
        style = FLOW_STYLES[flow.kind]
        steps = tuple((badges or {}).get(flow.id, ()))
        gateway = _gateway_between(model, facts, source, target)
        stations = [source, gateway, target] if gateway in ends.shown else [source, target]
        for index, (start, end) in enumerate(pairwise(stations)):
            label = flow_label(flow) if index == 0 else ""
            _merge(edges, Edge(f"{start} -> {end}", start, end, label, style, steps if index == 0 else ()))
    for acl in shown:
        if acl.type.name == "WafWebAcl" and badges is None:
            for reference in model.references_to(acl.id, "PROTECTED_BY"):
                user = ends.of(reference.source)
                if user is not None:
                    _merge(edges, Edge(f"{user} -> {acl.id}", user, acl.id, "", EdgeStyle.NETWORK))
    return list(edges.values())


def _past_target_groups(model: Model, flows: Iterable[Flow]) -> Iterator[Flow]:
    """The flows, those to a target group led on to its targets: pictures hide the groups themselves."""
    for flow in flows:
        if model.elements[flow.target].type.name != "TargetGroup":
            yield flow
            continue
        for onward in model.flows_from(flow.target):
            yield replace(onward, source=flow.source)


def _merge(edges: dict[tuple[str, str, EdgeStyle], Edge], edge: Edge) -> None:
    """Flows of one style on one pair share a line; labels and badges are put together."""
    key = (edge.source, edge.target, edge.style)
    old = edges.get(key)
    if old is None:
        number = sum(1 for known in edges.values() if known.id.split(" #")[0] == edge.id)
        edges[key] = replace(edge, id=f"{edge.id} #{number + 1}") if number else edge
        return
    labels = [label for label in (old.label, edge.label) if label]
    steps = tuple(dict.fromkeys([*old.steps, *edge.steps]))
    edges[key] = replace(old, label=", ".join(dict.fromkeys(labels)), steps=steps)


def _gateway_between(model: Model, facts: Facts, source: ElementId, target: ElementId) -> ElementId | None:
    """The internet gateway through which a flow from outside reaches a target in public subnets."""
    start, end = model.elements[source], model.elements[target]
    if start.vpc is not None or end.vpc is None or not end.subnets:
        return None
    for subnet in end.subnets:
        routing = facts.subnets.get(subnet)
        if routing and routing.kind is RoutingKind.PUBLIC:
            return routing.internet_gateway
    return None


def _route_edges(model: Model, facts: Facts) -> Iterator[Edge]:
    """The way out: private subnet to its NAT gateway, NAT gateway to the internet gateway."""
    gateways: dict[ElementId, None] = {}
    for routing in facts.subnets.values():
        for nat in routing.nat_gateways:
            yield Edge(f"{routing.subnet} -> {nat}", routing.subnet, nat, "", EdgeStyle.NETWORK)
            gateways[nat] = None
    for nat in gateways:
        for subnet in model.elements[nat].subnets:
            out = facts.subnets.get(subnet)
            if out and out.internet_gateway:
                yield Edge(f"{nat} -> {out.internet_gateway}", nat, out.internet_gateway, "", EdgeStyle.NETWORK)


def _connection_edges(model: Model) -> Iterator[Edge]:
    """What connections and attachments join: a VPC's attachment to its transit gateway, a VPN to its ends."""
    for element in model.elements.values():
        if element.type.name not in _NETWORK_TYPES:
            continue
        for reference in model.references_from(element.id, "ATTACHED_TO", "CONNECTS", "PEERS_WITH"):
            target = reference.target
            if target is not None and target != element.vpc:
                yield Edge(f"{element.id} -> {target}", element.id, target, "", EdgeStyle.NETWORK)


def _drawable(element: Element) -> bool:
    return element.type.name not in SETTINGS_TYPES and not element.type.part


def _is_thing(element: Element, model: Model) -> bool:
    """Whether the overview shows an element: not a setting, and not folded into its owner."""
    if not _drawable(element):
        return False
    return element.part_of is None or bool(model.flows_from(element.id) or model.flows_to(element.id))


def _in_network(element: Element, model: Model) -> bool:
    if not _is_thing(element, model):
        return False
    in_vpc = element.vpc is not None or bool(element.subnets)
    return in_vpc or element.type.group in ("vpc", "subnet", "on-premises") or element.type.name in _NETWORK_TYPES


def _observes(flow: Flow) -> bool:
    """Whether a flow only carries measurements (an alarm watching a load balancer)."""
    return flow.implied_by is not None and flow.implied_by.relationship == "WATCHES"


def _sentence(model: Model, nodes: list[Node], edges: tuple[Edge, ...]) -> str:
    names = ", ".join(node.title for node in nodes[:8])
    more = f" and {len(nodes) - 8} more" if len(nodes) > 8 else ""
    return f"{model.name}: {len(nodes)} elements ({names}{more}) and {len(edges)} connections."

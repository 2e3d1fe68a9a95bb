"""The lines of pictures: flows, the way out of a subnet, what attachments join, and other relationships."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

from archgraph.analysis.facts import Facts
from archgraph.analysis.routing import RoutingKind
from archgraph.model.model import Element, ElementId, Flow, Model
from archgraph.views.things import StandIns
from archgraph.views.view import Edge, EdgeStyle
from archgraph.views.vocabulary import FLOW_STYLES, flow_label

NETWORK_TYPES = frozenset(
    {
        "TransitGateway", "TransitGatewayAttachment", "TransitGatewayPeering", "VpcPeeringConnection", "VpnConnection",
        "VirtualPrivateGateway", "CustomerGateway", "CustomerRouter", "DirectConnectGateway", "DirectConnectConnection",
        "TransitVirtualInterface", "PrivateVirtualInterface", "VpcEndpoint", "NetworkFirewall",
    }
)  # fmt: skip
"""Types that join networks, wherever they stand."""

RELATION = EdgeStyle.RELATION
"""The style of lines that are no flows: one thing is encrypted, protected or trusted by another."""


class Lines:
    """The lines of a picture. Those of one style on one pair become one; labels and steps are put together."""

    def __init__(self) -> None:
        self._edges: dict[tuple[str, str, EdgeStyle], Edge] = {}
        self._words: dict[tuple[str, str, EdgeStyle], tuple[dict[str, None], dict[str, None]]] = {}
        self._pairs: Counter[tuple[str, str]] = Counter()

    def add(
        self, source: str, target: str, label: str = "", style: EdgeStyle = RELATION, steps: tuple[str, ...] = ()
    ) -> None:
        """Draw a line; one from a thing to itself is none."""
        if source == target:
            return
        key = (source, target, style)
        if key not in self._edges:
            self._pairs[source, target] += 1
            number = self._pairs[source, target]
            name = f"{source} -> {target}" if number == 1 else f"{source} -> {target} #{number}"
            self._edges[key] = Edge(name, source, target, style=style)
            self._words[key] = ({}, {})
        labels, badges = self._words[key]
        if label:
            labels[label] = None
        badges.update(dict.fromkeys(steps))

    def ends(self) -> set[str]:
        """The ids of everything at which a line begins or ends."""
        return {end for pair in self._pairs for end in pair}

    def edges(self) -> list[Edge]:
        """The lines, in the order in which they were first drawn."""
        return [
            replace(edge, label=", ".join(labels), steps=tuple(steps))
            for edge, (labels, steps) in zip(self._edges.values(), self._words.values(), strict=True)
        ]


def flow_lines(
    model: Model,
    facts: Facts,
    flows: Iterable[Flow],
    shown: Iterable[Element],
    badges: Mapping[str, list[str]] | None = None,
) -> Lines:
    """One line per flow; what enters a VPC from the internet is drawn through its internet gateway."""
    ends = StandIns(model, frozenset(element.id for element in shown))
    lines = Lines()
    for flow in past_target_groups(model, flows):
        source, target = ends.of(flow.source), ends.of(flow.target)
        if source is None or target is None or source == target:
            continue
        steps = tuple((badges or {}).get(flow.id, ()))
        gateway = gateway_between(model, facts, source, target)
        stations = [source, gateway, target] if gateway and gateway in ends.shown else [source, target]
        for index, (start, end) in enumerate(pairwise(stations)):
            label = flow_label(flow) if index == 0 else ""
            lines.add(start, end, label, FLOW_STYLES[flow.kind], steps if index == 0 else ())
    return lines


def add_firewalls(lines: Lines, model: Model, shown: Iterable[Element]) -> None:
    """The web ACLs among what is shown, joined to what they protect."""
    ends = StandIns(model, frozenset(element.id for element in shown))
    for reference in model.references_of("PROTECTED_BY"):
        target = reference.target
        if target in ends.shown and model.elements[target].type.name == "WafWebAcl":
            source = ends.of(reference.source)
            if source is not None:
                lines.add(source, target)


def add_connections(lines: Lines, model: Model, shown: Iterable[Element]) -> None:
    """What connections and attachments join: a VPC's attachment to its transit gateway, a VPN to its ends."""
    for element in shown:
        if element.type.name not in NETWORK_TYPES:
            continue
        for reference in model.references_from(element.id, "ATTACHED_TO", "CONNECTS", "PEERS_WITH"):
            if reference.target is not None and reference.target != element.vpc:
                lines.add(element.id, reference.target, style=EdgeStyle.NETWORK)


def add_routes(lines: Lines, model: Model, facts: Facts) -> None:
    """The way out: private subnet to its NAT gateway, NAT gateway to the internet gateway."""
    gateways: dict[ElementId, None] = {}
    for routing in facts.subnets.values():
        for nat in routing.nat_gateways:
            lines.add(routing.subnet, nat, style=EdgeStyle.NETWORK)
            gateways[nat] = None
    for nat in gateways:
        for subnet in model.elements[nat].subnets:
            out = facts.subnets.get(subnet)
            if out and out.internet_gateway:
                lines.add(nat, out.internet_gateway, style=EdgeStyle.NETWORK)


def gateway_between(model: Model, facts: Facts, source: ElementId, target: ElementId) -> ElementId | None:
    """The internet gateway through which a flow from outside reaches a target in public subnets."""
    start, end = model.elements[source], model.elements[target]
    if start.vpc is not None or end.vpc is None or not end.subnets:
        return None
    for subnet in end.subnets:
        routing = facts.subnets.get(subnet)
        if routing and routing.kind is RoutingKind.PUBLIC:
            return routing.internet_gateway
    return None


def past_target_groups(model: Model, flows: Iterable[Flow]) -> Iterator[Flow]:
    """The flows, those to a target group led on to its targets: pictures hide the groups themselves."""
    for flow in flows:
        if model.elements[flow.target].type.name != "TargetGroup":
            yield flow
            continue
        for onward in model.flows_from(flow.target):
            yield replace(onward, source=flow.source)

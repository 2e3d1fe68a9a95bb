"""Security and Reliability: which networks are joined, by how many lines, and whether their addresses allow it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archgraph.analysis.connections import connected_networks
from archgraph.analysis.evidence import Certainty, Path, PathVerdict
from archgraph.analysis.reachability_hybrid import Hybrid
from archgraph.model.model import Element, ElementId, Model, Reference
from archgraph.rules.registry import rule
from archgraph.rules.results import Pillar, Severity
from archgraph.rules.rule import (
    Conclusion,
    Context,
    Parameter,
    Remediation,
    failed,
    not_applicable,
    passed,
    unknown,
)
from archgraph.rules.severity import is_production, lowered_outside_production


@rule(
    id="sec-prod-nonprod-connected",
    title="Production networks and others do not reach each other",
    pillar=Pillar.SECURITY,
    practices={"SEC01-BP01": "Separate workloads using accounts"},
    severity=Severity.HIGH,
    population="""Every VPC of a production environment that a peering or a transit gateway joins to VPCs of
    other environments. Fails if routes lead from one to the other and back, in either direction; passes if
    route tables keep them apart; unknown if the routes are not stated or are AWS's defaults; does not apply to
    a VPC that is joined to no VPC of another environment, and to environments that serve production, of shared
    services or for recovery (`shared`).""",
    rationale="""Accounts for development have more people, weaker controls and newer code. A route from there
    makes every hole in them a hole in production.""",
    remediation=Remediation(
        """Give each environment a transit gateway route table of its own, and let only shared services
        propagate to all.""",
        """
elements:
  prod-routes:
    type: TransitGatewayRouteTable
    in: network.eu-west-1
    transit_gateway: tgw
    propagates_from: [shared-attachment]
  prod-attachment: {type: TransitGatewayAttachment, transit_gateway: tgw, vpc: prod-vpc, route_table: prod-routes}
""",
    ),
    false_positives="""A network of shared services that serves all environments: state
    `environment: shared` for it. Whether security groups let something through is not judged here: a
    route is the boundary that this rule asks for.""",
    parameters=[
        Parameter(
            "shared",
            (
                "shared",
                "shared-services",
                "common",
                "network",
                "infrastructure",
                "platform",
                "security",
                "tools",
                "backup",
                "dr",
                "disaster-recovery",
            ),
            "Environments whose networks may be joined to all others",
        )
    ],
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_securely_operate_multi_accounts.html",
        "https://docs.aws.amazon.com/whitepapers/latest/organizing-your-aws-environment/design-principles-for-your-multi-account-strategy.html",
        "https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-isolated.html",
    ],
)
def prod_nonprod_connected(context: Context) -> Iterator[Conclusion]:
    shared = {name.lower() for name in context.parameters["shared"]}
    joined: dict[ElementId, dict[ElementId, None]] = {}
    for group in connected_networks(context.model):
        environments = [(id_, _environment(context.model, id_)) for id_ in group]
        others = [id_ for id_, name in environments if name and not is_production(name) and name not in shared]
        for id_, name in environments:
            if is_production(name):
                joined.setdefault(id_, {}).update(dict.fromkeys(others))
    for vpc in context.of_type("Vpc"):
        if is_production(_environment(context.model, vpc.id)):
            yield _apart(context, vpc, list(joined.get(vpc.id, {})))


def _environment(model: Model, network: ElementId) -> str | None:
    element = model.elements[network]
    stated = element.environment if element.type.name == "Vpc" and not element.external else None
    return stated.lower() if stated else None


def _apart(context: Context, vpc: Element, others: Sequence[ElementId]) -> Conclusion:
    if not others:
        return not_applicable(vpc, "nothing joins it to a VPC of another environment")
    missing: list[str] = []
    stops: list[str] = []
    for other in others:
        for source, target in ((other, vpc.id), (vpc.id, other)):
            path = context.facts.reachability.path(source, target)
            if path.verdict is PathVerdict.OPEN and path.certainty is Certainty.CERTAIN:
                return _reached(context, vpc, other, path)
            if path.verdict is PathVerdict.BLOCKED and path.blocked_by is not None:
                stops.append(f"{source} -> {target}: {path.blocked_by.text}")
            else:
                missing += path.missing or (f"whether {source} reaches {target}",)
    if missing:
        return unknown(
            vpc,
            "the model does not say whether routes lead to it from another environment",
            missing=list(dict.fromkeys(missing)),
        )
    return passed(vpc, "route tables keep it apart from other environments", stops)


def _reached(context: Context, vpc: Element, other: ElementId, path: Path) -> Conclusion:
    word = f"reaches {other}" if path.source == vpc.id else f"is reached from {other}"
    return failed(
        vpc,
        f"{word}, a network of the environment {context.model.elements[other].environment}",
        evidence=[hop.text for hop in path.hops],
        fix="give each environment a route table of its own that does not lead to the other",
    )


@rule(
    id="rel-connected-cidr-overlap",
    title="Connected networks have address ranges of their own",
    pillar=Pillar.RELIABILITY,
    practices={
        "REL02-BP05": "Enforce non-overlapping private IP address ranges in all private address spaces where they "
        "are connected"
    },
    severity=Severity.HIGH,
    population="""Every VPC and every network outside AWS that a peering, a transit gateway, a VPN or Direct
    Connect joins to others. Fails if one of its ranges shares addresses with one of theirs; passes if not;
    unknown if a network does not state its range; does not apply to networks that nothing joins.""",
    rationale="""A packet to an address that exists twice goes to one of the two, and never to the other.
    Peerings of overlapping VPCs are refused, and transit gateways do not learn their routes.""",
    remediation=Remediation(
        "Take ranges from one plan (Amazon VPC IPAM); put a private NAT gateway between what cannot be moved.",
        """
elements:
  shop-vpc: {type: Vpc, in: shop-prod.eu-west-1, cidr: 10.1.0.0/16}
  data-vpc: {type: Vpc, in: data-prod.eu-west-1, cidr: 10.2.0.0/16}
""",
    ),
    false_positives="""Networks on one transit gateway whose route tables keep them apart for good, and those
    that reach each other through PrivateLink or private NAT only: waive it naming what keeps them apart.""",
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_planning_network_topology_non_overlap_ip.html",
        "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html",
        "https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html",
    ],
)
def connected_cidr_overlap(context: Context) -> Iterator[Conclusion]:
    peers: dict[ElementId, dict[ElementId, None]] = {}
    for group in connected_networks(context.model):
        for member in group:
            peers.setdefault(member, {}).update(dict.fromkeys(group))
    blocks: dict[ElementId, list[str]] = {}
    stated: set[ElementId] = set()
    for block in context.facts.addresses:
        stated.add(block.element)
        for other in block.overlaps:
            blocks.setdefault(block.element, []).append(f"{block.cidr} of {block.element} overlaps a range of {other}")
    for network in context.of_type("Vpc", "OnPremisesNetwork"):
        if network.id not in peers:
            yield not_applicable(network, "nothing joins it to another network")
        elif network.id in blocks:
            yield failed(
                network,
                "shares addresses with a network that it is joined to",
                evidence=blocks[network.id],
                fix="move one of the two to a range of its own",
                at=network.where("cidr"),
            )
        elif network.id not in stated:
            yield unknown(network, "it does not state its address range", missing=[f"{network.id}.cidr"])
        else:
            yield passed(network, "its addresses are those of no network that it is joined to")


@rule(
    id="rel-hybrid-link-single",
    title="Two independent lines lead to every network outside AWS",
    pillar=Pillar.RELIABILITY,
    practices={
        "REL02-BP02": "Provision redundant connectivity between private networks in the cloud and on-premises "
        "environments"
    },
    severity=Severity.HIGH,
    population="""Every network outside AWS at which a VPN or a Direct Connect line ends. Passes with lines at
    two Direct Connect locations, with a VPN beside Direct Connect, with a VPN of two tunnels, or with two VPNs.
    A VPN that runs over Direct Connect falls with its line and does not count. Fails with one Direct Connect
    location and no VPN, or with one tunnel; unknown if two lines do not state their locations, or a line or VPN
    does not state its far end; does not apply to networks without a line.""",
    rationale="""A fibre, a router and a whole Direct Connect location each fail or are maintained now and then.
    One line means that AWS and the network outside lose each other until somebody has repaired it.""",
    remediation=Remediation(
        "Order a second line at another location, or a VPN that takes over.",
        """
elements:
  dx-berlin: {type: DirectConnectConnection, in: network.eu-central-1, location: IPB Berlin, device: office-router}
  dx-munich: {type: DirectConnectConnection, in: network.eu-central-1, location: EMU Munich, device: office-router}
""",
    ),
    false_positives="""An office that can work without AWS for a day: waive it with that time. Whether both lines
    end at one router of yours is not judged.""",
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_planning_network_topology_ha_conn_private_networks.html",
        "https://docs.aws.amazon.com/directconnect/latest/UserGuide/resiliency_toolkit.html",
        "https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html",
    ],
    adjust=lowered_outside_production(Severity.MEDIUM),
)
def hybrid_link_single(context: Context) -> Iterator[Conclusion]:
    model = context.model
    hybrid = Hybrid(model)
    homeless = [line.id for line in model.of_type("DirectConnectConnection") if not line.get("device")]
    for network in context.of_type("OnPremisesNetwork"):
        lines = [line for line in model.of_type("DirectConnectConnection") if _ends_in(model, line, network.id)]
        linked = {link.id for link in hybrid.of(network.id)}
        tunnels = [vpn for vpn in model.of_type("VpnConnection") if vpn.id in linked]
        tunnels = [vpn for vpn in tunnels if vpn.properties.get("transport") != "direct_connect"]  # falls with the line
        if lines or tunnels:
            yield _judged(network, lines, tunnels, homeless)
        elif homeless:
            missing = [f"{line}.device" for line in homeless]
            yield unknown(network, "the model does not say which lines end there", missing=missing)
        else:
            yield not_applicable(network, "no line leads from it to AWS")


def _ends_in(model: Model, line: Element, network: ElementId) -> bool:
    """Whether a line ends in a network, at a router in it or at the network itself."""
    device = line.get("device")
    place = device.target if isinstance(device, Reference) else None
    while place is not None and place != network:
        place = model.elements[place].parent
    return place is not None


def _judged(
    network: Element, lines: Sequence[Element], tunnels: Sequence[Element], homeless: Sequence[str]
) -> Conclusion:
    names = [line.id for line in lines]
    if lines and tunnels:
        return passed(network, f"{tunnels[0].id} takes over when {', '.join(names)} fails")
    if lines:
        places = {line.properties.get("location") for line in lines}
        if len(lines) > 1 and None in places and len(places) < 3:
            missing = [f"{line.id}.location" for line in lines if "location" not in line.properties]
            return unknown(network, "the model does not say where its lines end", missing=missing)
        if len(places) > 1:
            return passed(network, f"{', '.join(names)} end at different locations")
        if homeless:
            missing = [f"{line}.device" for line in homeless]
            return unknown(network, "the model does not say which lines end there", missing=missing)
        where = f"at one location, {places.pop()}" if len(lines) > 1 else "and nothing takes over"
        return failed(
            network,
            "hangs on one Direct Connect location",
            evidence=[f"{', '.join(names)} {'end' if len(lines) > 1 else 'is its only line'} {where}"],
            fix="add a line at another location, or a VPN that takes over",
        )
    single = [vpn.id for vpn in tunnels if len(vpn.properties.get("tunnels") or (1, 2)) == 1]
    if len(single) == len(tunnels) == 1:
        return failed(
            network,
            "hangs on one VPN tunnel",
            evidence=[f"{single[0]} uses one tunnel, and AWS takes each one down for maintenance now and then"],
            fix=f"configure the second tunnel of {single[0]}",
        )
    if len(tunnels) == len(single):
        return passed(network, f"{', '.join(single)} have a tunnel each")
    return passed(network, f"{next(vpn.id for vpn in tunnels if vpn.id not in single)} has two tunnels")

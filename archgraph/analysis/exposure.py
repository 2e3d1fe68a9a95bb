"""What anyone on the internet can open a connection to, hop by hop.

An element in a VPC is exposed if the internet has an address for it, a gateway and a route lead
both ways, and the network ACL and the security groups let the connection pass. One refusal is
enough to block it; where the model is silent and nothing blocks, the answer is *unknown* and names
what is missing. Sources: Amazon VPC User Guide, "Enable internet access for a VPC using an internet
gateway" (https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html) and "Default
security groups for your VPCs"
(https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html).
"""

from __future__ import annotations

from dataclasses import replace

from archgraph.analysis.addresses import Addressed, Answer, public_address
from archgraph.analysis.evidence import Certainty, Exposure, Hop, Verdict
from archgraph.analysis.listening import listening_ports
from archgraph.analysis.network_filters import security_groups
from archgraph.analysis.network_paths import NetworkPaths
from archgraph.analysis.passage import merged, shared
from archgraph.analysis.routing import SubnetRouting
from archgraph.analysis.services import service_exposure
from archgraph.catalog.values import read_ports
from archgraph.model.model import Element, ElementId, Model


def derive_exposures(model: Model, routing: dict[ElementId, SubnetRouting]) -> dict[ElementId, Exposure]:
    """The exposure of every element that has an address or stands in a VPC, in the author's order.

    Subjects are elements with network interfaces (trait ``vpc-resource``, but gateways), public
    services by their settings, S3 buckets and Lambda functions; not what lies outside the model.
    """
    paths = NetworkPaths(model, routing)
    exposures: dict[ElementId, Exposure] = {}
    for element in model.elements.values():
        if element.external:
            continue
        found = service_exposure(model, element)
        traits = element.type.traits
        if found is None and "vpc-resource" in traits and "gateway" not in traits:
            found = _in_vpc(model, paths, element)
        if found is not None:
            exposures[element.id] = found
    return exposures


def _in_vpc(model: Model, paths: NetworkPaths, element: Element) -> Exposure:
    """The best of the ways to an element, by IPv4 or IPv6, into any of its subnets."""
    subnets = [model.elements[subnet] for subnet in element.subnets]
    if not subnets:
        return _without_subnet(model, element)
    return _combined(element, [_into_subnet(model, paths, element, subnet) for subnet in subnets])


def _without_subnet(model: Model, element: Element) -> Exposure:
    addressed = public_address(model, element, None, 4)
    if addressed.answer is Answer.NO:
        return Exposure(element.id, Verdict.BLOCKED, Certainty.CERTAIN, blocked_by=addressed.hop)
    missing = (*addressed.missing, f"{element.id}.{element.type.placed_by or 'subnets'}")
    return Exposure(element.id, Verdict.UNKNOWN, Certainty.CERTAIN, hops=(addressed.hop,), missing=missing)


def _into_subnet(model: Model, paths: NetworkPaths, element: Element, subnet: Element) -> Exposure:
    best = _by_version(model, paths, element, subnet, 4)
    if best.verdict is Verdict.EXPOSED or "ipv6_cidr" not in subnet.properties:
        return best
    return min(best, _by_version(model, paths, element, subnet, 6), key=_distance)


def _by_version(model: Model, paths: NetworkPaths, element: Element, subnet: Element, version: int) -> Exposure:
    addressed = public_address(model, element, subnet, version)
    if addressed.answer is Answer.NO:
        return Exposure(element.id, Verdict.BLOCKED, Certainty.CERTAIN, blocked_by=addressed.hop)
    return _by_path(model, paths, element, addressed, subnet, version)


def _by_path(
    model: Model, paths: NetworkPaths, element: Element, addressed: Addressed, subnet: Element, version: int
) -> Exposure:
    path = paths.path(subnet.id, security_groups(model, element), version)
    ports = path.ports
    if path.verdict is not Verdict.BLOCKED:
        listening = listening_ports(model, element)
        ports = path.ports if listening is None else shared(path.ports, listening)
    hops = (addressed.hop, *path.hops)
    if path.blocked_by is not None:
        unsaid = () if path.certainty is Certainty.CERTAIN else (f"{element.id}.security_groups",)
        return Exposure(element.id, Verdict.BLOCKED, path.certainty, (), hops, path.blocked_by, unsaid)
    if not ports:
        opened = ", ".join(map(str, path.ports))
        stop = Hop(element.id, f"{element.id} does not listen on what is open: {opened}")
        return Exposure(element.id, Verdict.BLOCKED, Certainty.CERTAIN, (), hops, stop)
    missing = tuple(dict.fromkeys((*addressed.missing, *path.missing)))
    verdict = Verdict.UNKNOWN if missing else Verdict.EXPOSED
    return Exposure(element.id, verdict, path.certainty, tuple(map(str, ports)), hops, None, missing)


def _combined(element: Element, by_subnet: list[Exposure]) -> Exposure:
    """One exposure of several subnets: open if one is open, blocked if all are.

    A zonal element stands in one of its subnets; if only some of them are open, it is possible, not
    certain, that it stands in such a one.
    """
    best = min(by_subnet, key=_distance)
    if best.verdict is Verdict.BLOCKED or len(by_subnet) == 1:
        return best
    same = [one for one in by_subnet if one.verdict is best.verdict]
    ports = tuple(map(str, merged(read_ports(port) for one in same for port in one.ports)))
    missing = tuple(dict.fromkeys(name for one in same for name in one.missing))
    certain = any(one.certainty is Certainty.CERTAIN for one in same)
    in_doubt = element.has("zonal") and len(same) < len(by_subnet)
    certainty = Certainty.CERTAIN if certain and not in_doubt else Certainty.POSSIBLE
    return replace(best, ports=ports, missing=missing, certainty=certainty)


def _distance(exposure: Exposure) -> tuple[int, int]:
    """Open before unknown before blocked; of blocked ways the one that gets furthest."""
    return _RANK[exposure.verdict], -len(exposure.hops)


_RANK = {Verdict.EXPOSED: 0, Verdict.UNKNOWN: 1, Verdict.BLOCKED: 2}

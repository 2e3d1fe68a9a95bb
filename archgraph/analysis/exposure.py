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

from typing import NamedTuple

from archgraph.analysis.addresses import Addressed, Answer, public_address
from archgraph.analysis.evidence import Certainty, Exposure, Hop, Verdict
from archgraph.analysis.listening import listening_ports
from archgraph.analysis.network_filters import NetworkFilters, security_groups
from archgraph.analysis.network_paths import NetworkPaths
from archgraph.analysis.passage import merged, shared
from archgraph.analysis.routing import SubnetRouting
from archgraph.analysis.services import is_service, service_exposure
from archgraph.catalog.types import ElementType
from archgraph.catalog.values import Ports
from archgraph.model.model import Element, ElementId, Model


def derive_exposures(
    model: Model, routing: dict[ElementId, SubnetRouting], filters: NetworkFilters
) -> dict[ElementId, Exposure]:
    """The exposure of every element that has an address or stands in a VPC, in the author's order.

    Subjects are elements with network interfaces (trait ``vpc-resource``, but gateways), public
    services by their settings, S3 buckets and Lambda functions; not what lies outside the model.
    """
    paths = NetworkPaths(model, routing, filters)
    exposures: dict[ElementId, Exposure] = {}
    subjects = {element.type.name for element in model.whose_type(_is_subject)}
    for element in model.elements.values():
        if element.type.name not in subjects or element.external:
            continue
        found = service_exposure(model, element)
        if found is None and _has_interfaces(element.type):
            found = _in_vpc(model, paths, element)
        if found is not None:
            exposures[element.id] = found
    return exposures


def _is_subject(kind: ElementType) -> bool:
    return is_service(kind) or _has_interfaces(kind)


def _has_interfaces(kind: ElementType) -> bool:
    return "vpc-resource" in kind.traits and "gateway" not in kind.traits


class _Way(NamedTuple):
    """A way to an element by one subnet: an exposure in the making."""

    verdict: Verdict
    hops: tuple[Hop, ...] = ()
    blocked_by: Hop | None = None
    ports: tuple[Ports, ...] = ()
    missing: tuple[str, ...] = ()
    certainty: Certainty = Certainty.CERTAIN


def _in_vpc(model: Model, paths: NetworkPaths, element: Element) -> Exposure:
    """The best of the ways to an element, by IPv4 or IPv6, into any sort of its subnets."""
    if not element.subnets:
        return _without_subnet(model, element)
    subnets = [model.elements[subnet] for subnet in paths.sorts(element.subnets)]
    return _combined(element, [_into_subnet(model, paths, element, subnet) for subnet in subnets])


def _without_subnet(model: Model, element: Element) -> Exposure:
    addressed = public_address(model, element, None, 4)
    if addressed.answer is Answer.NO:
        return Exposure(element.id, Verdict.BLOCKED, Certainty.CERTAIN, blocked_by=addressed.hop)
    missing = (*addressed.missing, f"{element.id}.{element.type.placed_by or 'subnets'}")
    return Exposure(element.id, Verdict.UNKNOWN, Certainty.CERTAIN, hops=(addressed.hop,), missing=missing)


def _into_subnet(model: Model, paths: NetworkPaths, element: Element, subnet: Element) -> _Way:
    best = _by_version(model, paths, element, subnet, 4)
    if best.verdict is Verdict.EXPOSED or "ipv6_cidr" not in subnet.properties:
        return best
    return min(best, _by_version(model, paths, element, subnet, 6), key=_distance)


def _by_version(model: Model, paths: NetworkPaths, element: Element, subnet: Element, version: int) -> _Way:
    addressed = public_address(model, element, subnet, version)
    if addressed.answer is Answer.NO:
        return _Way(Verdict.BLOCKED, blocked_by=addressed.hop)
    return _by_path(model, paths, element, addressed, subnet, version)


def _by_path(
    model: Model, paths: NetworkPaths, element: Element, addressed: Addressed, subnet: Element, version: int
) -> _Way:
    path = paths.path(subnet.id, security_groups(model, element), version)
    hops = (addressed.hop, *path.hops)
    if path.blocked_by is not None:
        unsaid = () if path.certainty is Certainty.CERTAIN else (f"{element.id}.security_groups",)
        return _Way(Verdict.BLOCKED, hops, path.blocked_by, missing=unsaid, certainty=path.certainty)
    listening = listening_ports(model, element)
    ports = path.ports if listening is None else shared(path.ports, listening)
    if not ports:
        opened = ", ".join(map(str, path.ports))
        stop = Hop(element.id, f"{element.id} does not listen on what is open: {opened}")
        return _Way(Verdict.BLOCKED, hops, stop)
    missing = tuple(dict.fromkeys((*addressed.missing, *path.missing)))
    verdict = Verdict.UNKNOWN if missing else Verdict.EXPOSED
    return _Way(verdict, hops, None, ports, missing, path.certainty)


def _combined(element: Element, by_subnet: list[_Way]) -> Exposure:
    """One exposure of several subnets: open if one is open, blocked if all are.

    A zonal element stands in one of its subnets; if only some of them are open, it is possible, not
    certain, that it stands in such a one.
    """
    best = min(by_subnet, key=_distance)
    if best.verdict is Verdict.BLOCKED or len(by_subnet) == 1:
        return _exposure(element, best)
    same = [one for one in by_subnet if one.verdict is best.verdict]
    ports = merged(port for one in same for port in one.ports)
    missing = tuple(dict.fromkeys(name for one in same for name in one.missing))
    certain = any(one.certainty is Certainty.CERTAIN for one in same)
    in_doubt = element.has("zonal") and len(same) < len(by_subnet)
    certainty = Certainty.CERTAIN if certain and not in_doubt else Certainty.POSSIBLE
    return _exposure(element, best._replace(ports=ports, missing=missing, certainty=certainty))


def _exposure(element: Element, way: _Way) -> Exposure:
    ports = tuple(map(str, way.ports))
    return Exposure(element.id, way.verdict, way.certainty, ports, way.hops, way.blocked_by, way.missing)


def _distance(way: _Way) -> tuple[int, int]:
    """Open before unknown before blocked; of blocked ways the one that gets furthest."""
    return _RANK[way.verdict], -len(way.hops)


_RANK = {Verdict.EXPOSED: 0, Verdict.UNKNOWN: 1, Verdict.BLOCKED: 2}

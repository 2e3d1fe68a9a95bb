"""Where the two ends of a conversation stand: in subnets, outside AWS, on the internet, or as an AWS service."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from archgraph.analysis.network_filters import security_groups
from archgraph.model.model import Absent, Element, ElementId, Model

INTERNET_END = "internet"
"""How the internet at large is named as an end."""


class Kind(StrEnum):
    """What sort of place an end is."""

    INTERFACES = "interfaces"
    """Network interfaces in subnets."""
    SERVICE = "service"
    """Run by AWS outside every VPC, at public addresses: Regional APIs, the edge, managed services."""
    OUTSIDE = "outside"
    """A party outside AWS with public addresses that the model does not state."""
    INTERNET = "internet"
    """Anyone on the internet."""
    ON_PREMISES = "on-premises"
    """A network outside AWS, or something in one."""
    UNKNOWN = "unknown"


class NoEnd(ValueError):
    """The element neither sends nor receives anything; the message says why."""


class End(NamedTuple):
    """One end. ``subnets`` and ``groups`` of interfaces (``None``: nothing filters them), ``network`` of
    what stands on premises, ``missing`` where it is not known.
    """

    id: str
    kind: Kind
    subnets: tuple[ElementId, ...] = ()
    groups: tuple[str, ...] | None = None
    network: ElementId | None = None
    missing: tuple[str, ...] = ()


def ends_of(model: Model, name: str, *, receiving: bool) -> list[End]:
    """The ends that an element has: one, or for a target group all load balancers that send to it.

    Raises :class:`NoEnd` for what is no end of a connection, such as an account or a route table, and
    ``KeyError`` for an id that the model does not have.
    """
    if name == INTERNET_END:
        return [End(name, Kind.INTERNET)]
    element = model.elements[ElementId(name)]
    while element.type.part and element.part_of is not None:
        element = model.elements[element.part_of]
    if element.type.name == "TargetGroup" and not receiving:
        found = [_of_element(model, balancer, receiving) for balancer in _balancers(model, element)]
        if not found:
            raise NoEnd(f"{name} is a target group that no load balancer uses")
        return found
    return [_of_element(model, element, receiving)]


def _of_element(model: Model, element: Element, receiving: bool) -> End:
    kind = element.type
    if kind.name in ("Vpc", "Subnet"):
        subnets = (element.id,) if kind.name == "Subnet" else _subnets_of(model, element.id)
        missing = () if subnets else (f"{element.id}.contains",)
        return End(element.id, Kind.INTERFACES if subnets else Kind.UNKNOWN, subnets, missing=missing)
    network = _network(model, element)
    if network is not None:
        return End(element.id, Kind.ON_PREMISES, network=network)
    if kind.category in ("Actor", "External"):
        return End(element.id, Kind.OUTSIDE)
    forwards = kind.category == "Network" and "api-endpoint" not in kind.traits and kind.name not in _FACES
    if kind.category in ("Place", "Data") or forwards:
        raise NoEnd(f"{element.id} is of type {kind.name}, which neither sends nor receives anything itself")
    return _of_resource(model, element, receiving)


def _of_resource(model: Model, element: Element, receiving: bool) -> End:
    """A function has an address to call at AWS Lambda only; interfaces in a VPC let it call others.

    "Giving Lambda functions access to resources in an Amazon VPC",
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
    """
    traits = element.type.traits
    faces = "vpc-resource" in traits or element.type.name in _FACES
    if receiving and not faces:
        return End(element.id, Kind.SERVICE)
    if element.external and not element.subnets:
        if faces:
            return End(element.id, Kind.UNKNOWN, missing=(f"where {element.id} stands",))
        return End(element.id, Kind.SERVICE)
    subnets = element.subnets or _stated_subnets(model, element)
    if subnets:
        return End(element.id, Kind.INTERFACES, subnets, security_groups(model, element))
    unsaid = element.properties.get("subnets") is Absent.UNKNOWN
    if (faces and element.type.name != "OpenSearchDomain") or unsaid:
        return End(element.id, Kind.UNKNOWN, missing=(f"{element.id}.{element.type.placed_by or 'subnets'}",))
    return End(element.id, Kind.SERVICE)


def _stated_subnets(model: Model, element: Element) -> tuple[ElementId, ...]:
    """The subnets of a managed service that opens interfaces there, such as a delivery stream."""
    found = [r.target for r in model.references_from(element.id, "IN_SUBNET") if r.target is not None]
    return tuple(dict.fromkeys(found))


def _subnets_of(model: Model, vpc: ElementId) -> tuple[ElementId, ...]:
    return tuple(element.id for element in model.inside(vpc) if element.type.name == "Subnet")


def _network(model: Model, element: Element) -> ElementId | None:
    """The on-premises network that an element is or stands in."""
    if next(model.of_type("OnPremisesNetwork"), None) is None:
        return None
    place: ElementId | None = element.id
    while place is not None:
        found = model.elements[place]
        if found.type.name == "OnPremisesNetwork":
            return place
        place = found.parent
    return None


def _balancers(model: Model, group: Element) -> list[Element]:
    found: dict[ElementId, Element] = {}
    for reference in model.references_to(group.id, "LISTENS_FOR"):
        owner = model.elements[reference.source]
        while owner.type.part and owner.part_of is not None:
            owner = model.elements[owner.part_of]
        if "load-balancer" in owner.type.traits and owner.id != group.id:
            found[owner.id] = owner
    return list(found.values())


_FACES = frozenset({"VpcEndpoint", "VpcLink", "NetworkInterface", "InstanceConnectEndpoint", "ResolverEndpoint"})
"""Types of the category Network that have network interfaces with which others talk."""

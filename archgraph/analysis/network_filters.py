"""The filters of one model: which security groups and network ACL stand where, each read once."""

from __future__ import annotations

from collections.abc import Iterable

from archgraph.analysis.addresses import launched_from
from archgraph.analysis.evidence import Hop
from archgraph.analysis.filters import Filter, inbound_of_group, network_acl, open_filter, outbound_of_group
from archgraph.model.model import Absent, Element, ElementId, Model, Reference

OPEN = open_filter("everywhere")
CLOSED = Filter()
UNFILTERED = frozenset({"NetworkLoadBalancer"})
"""Types that admit everyone if no security group is associated: "Update the security groups for your
Network Load Balancer",
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html"""


class NetworkFilters:
    """The security groups and network ACLs of one model, read when they are asked for."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._inbound: dict[str, Filter] = {}
        self._outbound: dict[str, Filter] = {}
        self._acls: dict[ElementId, tuple[Filter, Filter]] = {}
        self._by_subnet: dict[ElementId, tuple[Filter, Filter, Hop, Hop]] = {}
        self._default_groups = _defaults(model, "SecurityGroup")
        self._default_acls = _defaults(model, "NetworkAcl")

    def default_group(self, vpc: ElementId | None) -> ElementId | None:
        """The group that the model calls a VPC's default one."""
        return self._default_groups.get(vpc)

    def inbound(self, group: str) -> Filter:
        """What a security group lets in; the name of a group that the model does not know is unknown."""
        found = self._inbound.get(group)
        if found is None:
            element = self._model.elements.get(ElementId(group))
            found = inbound_of_group(self._model, element) if element else Filter(unknown=(group,))
            self._inbound[group] = found
        return found

    def outbound(self, group: str) -> Filter:
        """What a security group lets out."""
        found = self._outbound.get(group)
        if found is None:
            element = self._model.elements.get(ElementId(group))
            found = outbound_of_group(self._model, element) if element else Filter(unknown=(group,))
            self._outbound[group] = found
        return found

    def acl(self, subnet: ElementId) -> tuple[Filter, Filter, Hop, Hop]:
        """Both directions of a subnet's network ACL.

        A subnet that names none is under the default ACL of its VPC, which allows everything unless
        the model states other rules for it:
        https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html
        """
        found = self._by_subnet.get(subnet)
        if found is None:
            found = self._by_subnet[subnet] = self._acl(subnet)
        return found

    def _acl(self, subnet: ElementId) -> tuple[Filter, Filter, Hop, Hop]:
        stated = self._model.elements[subnet].get("network_acl")
        acl = self._default_acls.get(self._model.elements[subnet].vpc) if stated is Absent.NONE else None
        if isinstance(stated, Reference):
            acl = stated.target
        if acl is not None:
            if acl not in self._acls:
                element = self._model.elements[acl]
                self._acls[acl] = (_direction(element, "inbound"), _direction(element, "outbound"))
            hops = Hop(acl, f"{acl} admits traffic into {subnet}"), Hop(acl, f"{acl} lets replies out of {subnet}")
            return (*self._acls[acl], *hops)
        if stated is Absent.NONE:
            hop = Hop(subnet, f"{subnet} is under the default network ACL of its VPC, which allows everything")
            return OPEN, OPEN, hop, Hop(subnet, f"replies leave {subnet} by the same ACL")
        unknown = Filter(unknown=(f"{subnet}.network_acl",))
        hop = Hop(subnet, f"the network ACL of {subnet} is not known")
        return unknown, unknown, hop, hop


def security_groups(model: Model, element: Element) -> tuple[str, ...] | None:
    """The names of what filters an element's interfaces; ``None`` if nothing does.

    A list that is not stated is empty (what a model does not draw does not exist), and AWS fills it
    with the default group of the VPC; the types in :data:`UNFILTERED` have none then.
    """
    settings = launched_from(model, element)
    owners = (element,) if settings is element else (element, settings)
    names: list[str] = []
    for owner in owners:
        stated = owner.properties.get("security_groups")
        if stated is Absent.UNKNOWN:
            names.append(f"{owner.id}.security_groups")
        for group in stated or ():
            known = isinstance(group, Reference) and (group.target or group.literal)
            names.append(known or f"{owner.id}.security_groups")
    if names:
        return tuple(dict.fromkeys(names))
    if not any("security_groups" in owner.type.properties for owner in owners):
        return (f"{element.id}.launch_template",) if "launch_template" in element.type.properties else None
    return None if element.type.name in UNFILTERED else ()


def joined(filters: Iterable[Filter]) -> Filter:
    """Several security groups on one interface: whatever one of them allows."""
    several = list(filters)
    if len(several) == 1:
        return several[0]
    return Filter(
        tuple(rule for one in several for rule in one.rules),
        tuple(name for one in several for name in one.unknown),
        tuple(peer for one in several for peer in one.named),
        tuple(name for one in several for name in one.assumed),
    )


def _defaults(model: Model, kind: str) -> dict[ElementId | None, ElementId]:
    """Per VPC, the element that the model calls its default security group or network ACL."""
    return {element.vpc: element.id for element in model.of_type(kind) if element.properties.get("default") is True}


def _direction(acl: Element, direction: str) -> Filter:
    """One direction of a network ACL; the default ACL allows everything where it states no rules."""
    if direction not in acl.properties and acl.properties.get("default") is True:
        return OPEN
    return network_acl(acl, direction)

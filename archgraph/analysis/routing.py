"""Subnets by what their route table does with traffic to the internet.

A subnet is *public* if its table has a route to an internet gateway that is attached to its VPC,
*private* if traffic leaves it some other way (NAT, an egress-only gateway, another network), and
*isolated* if no route leads out of the VPC. Names and labels play no part. Sources, Amazon VPC User
Guide: "Subnets for your VPC", section "Subnet types"
(https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html); "Subnet route tables"
(https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html); "Route priority"
(https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html); "Enable internet
access for a VPC using an internet gateway"
(https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from archgraph.analysis.evidence import Hop
from archgraph.analysis.internet import Interval
from archgraph.analysis.route_tables import RouteTables, TableFacts
from archgraph.model.model import Absent, Element, ElementId, Model, Reference


class RoutingKind(StrEnum):
    """What a subnet's route table makes of it."""

    PUBLIC = "public"
    PRIVATE = "private"
    ISOLATED = "isolated"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SubnetRouting:
    """How a subnet is routed, and why.

    ``internet_gateway`` is the attached gateway to which public addresses are routed (``None`` for
    one outside the model), ``missing`` names what the model does not say.
    """

    subnet: ElementId
    kind: RoutingKind
    route_table: ElementId | None
    internet_gateway: ElementId | None
    nat_gateways: tuple[ElementId, ...]
    evidence: tuple[Hop, ...]
    missing: tuple[str, ...]
    inspected: bool = False
    """The way to the gateway leads through a firewall endpoint."""
    to_internet: dict[int, tuple[Interval, ...]] = field(default_factory=dict, repr=False, compare=False)
    """Per IP version, the public addresses that are routed to the internet gateway."""


def derive_routing(model: Model) -> dict[ElementId, SubnetRouting]:
    """The routing of every subnet of the model, in the author's order."""
    tables = RouteTables(model)
    return {subnet.id: _routing(model, tables, subnet) for subnet in model.of_type("Subnet")}


def _routing(model: Model, tables: RouteTables, subnet: Element) -> SubnetRouting:
    if subnet.vpc is None:
        return _unknown(subnet, "vpc", f"{subnet.id} stands in no VPC of this model")
    stated = subnet.get("route_table")
    if stated is Absent.UNKNOWN:
        return _unknown(subnet, "route_table", f"the route table of {subnet.id} is not known")
    if isinstance(stated, Reference):
        if stated.target is None:
            return _unknown(subnet, "route_table", f"{subnet.id} uses {stated.literal}, outside this model")
        use = Hop(subnet.id, f"{subnet.id} uses the route table {stated.target}")
        return _by_table(subnet, stated.target, use, tables.facts(stated.target, subnet.vpc))
    main = tables.main_of(subnet.vpc)
    if main is not None:
        use = Hop(subnet.id, f"{subnet.id} names no route table, so it uses {main}, the main one of {subnet.vpc}")
        return _by_table(subnet, main, use, tables.facts(main, subnet.vpc))
    return _by_unstated_main(model, subnet, subnet.vpc, tables)


def _by_table(subnet: Element, table: ElementId, use: Hop, found: TableFacts) -> SubnetRouting:
    public = any(found.to_internet.values())
    if public:
        kind = RoutingKind.PUBLIC
    elif found.missing:
        kind = RoutingKind.UNKNOWN
    else:
        kind = RoutingKind.PRIVATE if found.leads_out else RoutingKind.ISOLATED
    return SubnetRouting(
        subnet.id,
        kind,
        table,
        found.internet_gateway if public else None,
        found.nat_gateways,
        (use, *found.evidence),
        () if public else found.missing,
        public and found.inspected,
        found.to_internet,
    )


def _by_unstated_main(model: Model, subnet: Element, vpc: ElementId, tables: RouteTables) -> SubnetRouting:
    """A subnet under the main route table of its VPC, whose routes the model does not say.

    AWS creates the main table with the local route only, but it is often given more. Without an
    internet gateway in the VPC it cannot make the subnet public, whatever it says ("Subnet route
    tables", section "Main route table"). A default VPC comes with a gateway and a route to it:
    https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html
    """
    names_none = f"{subnet.id} names no route table, so it uses the main one of {vpc}"
    if tables.gateways_of(vpc) or model.elements[vpc].properties.get("default") is True:
        return _unknown(subnet, "route_table", f"{names_none}, whose routes are not stated")
    evidence = (
        Hop(subnet.id, f"{names_none}, which AWS creates with the local route only"),
        Hop(vpc, f"{vpc} has no internet gateway"),
    )
    return SubnetRouting(subnet.id, RoutingKind.ISOLATED, None, None, (), evidence, ())


def _unknown(subnet: Element, name: str, why: str) -> SubnetRouting:
    missing = (f"{subnet.id}.{name}",)
    return SubnetRouting(subnet.id, RoutingKind.UNKNOWN, None, None, (), (Hop(subnet.id, why),), missing)

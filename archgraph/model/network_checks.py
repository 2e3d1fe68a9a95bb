"""Contradictions in the network: ranges, gateways, zones, and what belongs to which VPC.

What a model does not state is never taken for a contradiction.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from archgraph.catalog.values import Network
from archgraph.model.model import Absent, Element, ElementId, Model
from archgraph.model.problem import Problem, references

_SUBNETS = "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html"
_IGW = "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html"
_ALB = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html"
_DB_SUBNETS = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html"
_ROUTE_TABLES = "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html"
_SG_VPCS = "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-assoc.html"
_NACL = "https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html"


def subnets_lie_in_their_vpc(model: Model) -> Iterator[Problem]:
    """A subnet's range is a part of one of its VPC's ranges (Subnet CIDR blocks)."""
    for subnet in model.of_type("Subnet"):
        vpc = model.elements.get(subnet.vpc) if subnet.vpc else None
        block = _network(subnet, "cidr")
        ranges = _ranges(vpc) if vpc else []
        if vpc is None or block is None or not ranges:
            continue
        if not any(_contains(outer, block) for outer in ranges):
            shown = ", ".join(str(outer) for outer in ranges)
            message = f"{block} of '{subnet.id}' lies outside '{vpc.id}' ({shown})"
            yield Problem("AG601", message, subnet.where("cidr"), (subnet.id, vpc.id), f"see {_SUBNETS}")


def subnets_do_not_overlap(model: Model) -> Iterator[Problem]:
    """Subnets of one VPC share no address, of either IP version (Subnet CIDR blocks)."""
    for prop in ("cidr", "ipv6_cidr"):
        by_vpc: dict[str, list[tuple[Network, Element]]] = {}
        for subnet in model.of_type("Subnet"):
            block = _network(subnet, prop)
            if block is not None and subnet.vpc is not None:
                by_vpc.setdefault(subnet.vpc, []).append((block, subnet))
        for blocks in by_vpc.values():
            yield from _overlaps(blocks, prop)


def _overlaps(blocks: list[tuple[Network, Element]], prop: str) -> Iterator[Problem]:
    """Sorted by first address, a block overlaps an earlier one only if it begins before the furthest end."""
    blocks.sort(key=lambda pair: (pair[0].version, int(pair[0].network_address), pair[0].prefixlen, pair[1].id))
    furthest: tuple[Network, Element] | None = None
    for block, subnet in blocks:
        if furthest is not None and furthest[0].version == block.version and _contains(furthest[0], block):
            first, later = sorted((furthest, (block, subnet)), key=lambda pair: pair[1].location)
            message = f"'{later[1].id}' ({later[0]}) shares addresses with '{first[1].id}' ({first[0]})"
            at = later[1].where(prop)
            yield Problem("AG602", message, at, (first[1].id, later[1].id), f"see {_SUBNETS}")
        else:
            furthest = (block, subnet)


def one_internet_gateway_each(model: Model) -> Iterator[Problem]:
    """A VPC has at most one internet gateway attached (Amazon VPC quotas)."""
    first: dict[ElementId, Element] = {}
    for gateway in model.of_type("InternetGateway"):
        if gateway.vpc is None or gateway.external:
            continue
        other = first.setdefault(gateway.vpc, gateway)
        if other is not gateway:
            message = f"'{gateway.vpc}' has '{other.id}' already; '{gateway.id}' is a second internet gateway"
            yield Problem("AG603", message, gateway.location, (gateway.id,), f"see {_IGW}")


def zones_belong_to_the_region(model: Model) -> Iterator[Problem]:
    """A zone's name begins with the code of its Region."""
    for element in model.of_type("Subnet", "EbsVolume"):
        zone = element.properties.get("availability_zone")
        if isinstance(zone, str) and len(zone) > 1 and element.region and not zone.startswith(element.region):
            at = element.where("availability_zone")
            yield Problem(
                "AG605", f"zone {zone} is not in {element.region}", at, (element.id,), "write its letter alone"
            )


def subnets_are_in_zones_enough(model: Model) -> Iterator[Problem]:
    """Application Load Balancers and database subnet groups need two zones; ALBs one subnet in each."""
    for balancer in model.of_type("ApplicationLoadBalancer"):
        yield from _check_zones(model, balancer, _ALB, distinct=True)
    for group in model.of_type("DbSubnetGroup"):
        yield from _check_zones(model, group, _DB_SUBNETS, distinct=False)


_ORDINARY_ZONE = re.compile(r"[a-z]|[a-z]+(?:-[a-z]+)+-[0-9]+[a-z]")


def _check_zones(model: Model, element: Element, source: str, *, distinct: bool) -> Iterator[Problem]:
    """Says nothing unless the zone of every subnet is known, and none is a Local Zone, where one suffices."""
    zones = [zone for subnet in element.subnets for zone in model.elements[subnet].zones]
    known = len(zones) == len(element.subnets) and all(_ORDINARY_ZONE.fullmatch(zone) for zone in zones)
    if "subnets" not in element.properties or not zones or not known or element.external:
        return
    concerned = (element.id, *element.subnets)
    at = element.where("subnets")
    if len(set(zones)) < 2:
        message = f"{element.type.title} '{element.id}' needs subnets in two Availability Zones"
        yield Problem("AG608", message, at, concerned, f"see {source}")
    elif distinct and len(set(zones)) < len(zones):
        message = f"'{element.id}' has two subnets in one Availability Zone"
        yield Problem("AG607", message, at, concerned, f"see {source}")


def network_parts_share_a_vpc(model: Model) -> Iterator[Problem]:
    """Route tables and network ACLs serve only their own VPC, security groups VPCs of their own Region."""
    for verb in ("USES_ROUTE_TABLE", "FILTERED_BY"):
        for user, part, reference in references(model, verb):
            if user.vpc and part.vpc and user.vpc != part.vpc:
                message = f"'{user.id}' is in '{user.vpc}', '{part.id}' in '{part.vpc}'"
                yield Problem("AG610", message, reference.location, (user.id, part.id), f"see {_ROUTE_TABLES}")
    for user, group, reference in references(model, "IN_SECURITY_GROUP"):
        if user.region and group.region and user.region != group.region and not (user.external or group.external):
            message = f"'{user.id}' is in {user.region}, '{group.id}' in {group.region}"
            yield Problem("AG609", message, reference.location, (user.id, group.id), f"see {_SG_VPCS}")


def rule_numbers_are_unique(model: Model) -> Iterator[Problem]:
    """Within one direction of a network ACL each rule has a number of its own (Network ACL rules)."""
    for acl in model.of_type("NetworkAcl"):
        for direction in ("inbound", "outbound"):
            rules = acl.properties.get(direction)
            numbers = (
                Counter(rule.get("number") for rule in rules if isinstance(rule, dict))
                if isinstance(rules, list)
                else {}
            )
            for number, count in numbers.items():
                if count > 1 and isinstance(number, int):
                    message = f"rule {number} stands {count} times in {direction} of '{acl.id}'"
                    yield Problem("AG613", message, acl.where(direction), (acl.id,), f"see {_NACL}")


def _network(element: Element, name: str) -> Network | None:
    value = element.properties.get(name)
    return value if hasattr(value, "network_address") else None


def _contains(outer: Network, inner: Network) -> bool:
    return outer.version == inner.version and inner.subnet_of(outer)  # type: ignore[arg-type]


def _ranges(vpc: Element) -> list[Network]:
    """The primary and secondary ranges of a VPC; none if any is not known."""
    primary, more = _network(vpc, "cidr"), vpc.properties.get("secondary_cidrs", [])
    if primary is None or more is Absent.UNKNOWN:
        return []
    return (
        [primary, *(block for block in more if hasattr(block, "network_address"))]
        if isinstance(more, list)
        else [primary]
    )

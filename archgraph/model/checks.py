"""Contradictions with how AWS works that span several elements: one function each.

What concerns one property alone (a /29 VPC, an unknown volume type) is in the catalogue. Fixed limits
are errors, since such a model cannot be built; what AWS only advises against is left to the rules.
What a model does not state is never taken for a contradiction.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass
from typing import Any

from archgraph.catalog.values import Network
from archgraph.model.model import Absent, Element, ElementId, Model, Reference
from archgraph.source.diagnostics import Diagnostics, Location

_SUBNETS = "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html"
_IGW = "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html"
_CDN_CERT = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html"
_COGNITO_CERT = "https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-add-custom-domain.html"
_APPSYNC_CERT = "https://docs.aws.amazon.com/appsync/latest/devguide/custom-domain-name.html"
_API_CERT = "https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-specify-certificate-for-custom-domain-name.html"
_ACM = "https://docs.aws.amazon.com/acm/latest/userguide/acm-regions.html"
_WAF = "https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-resources.html"
_ALB = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html"
_KMS = "https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html"
_DB_SUBNETS = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html"
_ROUTE_TABLES = "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html"
_SG_VPCS = "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-assoc.html"
_NACL = "https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html"
_ASG = "https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-capacity-limits.html"
_OBJECT_LOCK = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html"
_NAT = "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html"
_MEMCACHED = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/SelectEngine.html"


@dataclass(frozen=True, slots=True)
class Problem:
    """A contradiction: its code, what is wrong, where it was written, and the elements concerned."""

    code: str
    message: str
    at: Location
    elements: tuple[ElementId, ...]
    hint: str


def check(model: Model, diagnostics: Diagnostics, damaged: Set[ElementId] = frozenset()) -> None:
    """Report every contradiction in the model.

    ``damaged`` elements are those of which something was reported and left out: nothing is concluded
    about them. What one written value leads to (in a pattern that is used often, say) is reported once.
    """
    reported: set[tuple[str, Location]] = set()
    for find in CHECKS:
        for problem in find(model):
            key = (problem.code, problem.at)
            if key not in reported and damaged.isdisjoint(problem.elements):
                reported.add(key)
                diagnostics.add(problem.code, problem.message, problem.at, problem.hint)


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


def certificates_are_where_they_are_used(model: Model) -> Iterator[Problem]:
    """CloudFront and what rests on it need their certificate in us-east-1, Regional services in their Region."""
    for user, certificate, reference in _references(model, "USES_CERTIFICATE"):
        wanted, source = _certificate_region(_root(model, user))
        if certificate.type.name != "AcmCertificate" or certificate.external or not (wanted and certificate.region):
            continue
        if certificate.region != wanted:
            message = f"certificate '{certificate.id}' is in {certificate.region}; '{user.id}' takes it from {wanted}"
            yield Problem("AG604", message, reference.location, (user.id, certificate.id), f"see {source}")


_FROM_US_EAST_1 = {"CloudFrontDistribution": _CDN_CERT, "CognitoUserPool": _COGNITO_CERT, "AppSyncApi": _APPSYNC_CERT}


def _certificate_region(user: Element) -> tuple[str | None, str]:
    """The Region from which an element takes its certificate, and the page that says so."""
    if user.type.name in _FROM_US_EAST_1:
        return "us-east-1", _FROM_US_EAST_1[user.type.name]
    if user.type.name == "ApiGatewayRestApi":
        endpoint = user.properties.get("endpoint_type")
        return {"edge": "us-east-1", "regional": user.region}.get(str(endpoint)), _API_CERT
    return user.region, _ACM


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


def keys_are_in_the_same_region(model: Model) -> Iterator[Problem]:
    """A Regional resource is encrypted with a key of its own Region (Multi-Region keys).

    Copies (a property inside another one) may lie elsewhere; a trail's key is where its bucket is.
    """
    for user, key, reference in _references(model, "ENCRYPTED_BY"):
        region = _root(model, user).region
        apart = key.external or key.properties.get("multi_region") is True or user.type.name == "CloudTrail"
        if apart or reference.property != "kms_key" or not region or not key.region or key.region == region:
            continue
        message = f"'{user.id}' is in {region}, its key '{key.id}' in {key.region}"
        yield Problem("AG609", message, reference.location, (user.id, key.id), f"see {_KMS}")


def network_parts_share_a_vpc(model: Model) -> Iterator[Problem]:
    """Route tables and network ACLs serve only their own VPC, security groups VPCs of their own Region."""
    for verb in ("USES_ROUTE_TABLE", "FILTERED_BY"):
        for user, part, reference in _references(model, verb):
            if user.vpc and part.vpc and user.vpc != part.vpc:
                message = f"'{user.id}' is in '{user.vpc}', '{part.id}' in '{part.vpc}'"
                yield Problem("AG610", message, reference.location, (user.id, part.id), f"see {_ROUTE_TABLES}")
    for user, group, reference in _references(model, "IN_SECURITY_GROUP"):
        if user.region and group.region and user.region != group.region and not (user.external or group.external):
            message = f"'{user.id}' is in {user.region}, '{group.id}' in {group.region}"
            yield Problem("AG609", message, reference.location, (user.id, group.id), f"see {_SG_VPCS}")


def web_acls_have_the_right_scope(model: Model) -> Iterator[Problem]:
    """CloudFront takes web ACLs of scope cloudfront, which live in us-east-1; all others regional ones."""
    for acl in model.of_type("WafWebAcl"):
        if acl.properties.get("scope") == "cloudfront" and acl.region and acl.region != "us-east-1":
            message = f"'{acl.id}' has scope cloudfront and must be in us-east-1"
            yield Problem("AG611", message, acl.where("scope"), (acl.id,), f"see {_WAF}")
    for user, acl, reference in _references(model, "PROTECTED_BY"):
        scope = acl.properties.get("scope") if acl.type.name == "WafWebAcl" else None
        wanted = "cloudfront" if user.type.name == "CloudFrontDistribution" else "regional"
        if isinstance(scope, str) and scope != wanted:
            message = f"'{acl.id}' has scope {scope}; '{user.id}' takes {wanted} ones"
            yield Problem("AG611", message, reference.location, (user.id, acl.id), f"see {_WAF}")


def capacity_is_in_order(model: Model) -> Iterator[Problem]:
    """min <= desired <= max (Set scaling limits for your Auto Scaling group)."""
    for element in model.elements.values():
        low, high = _integer(element, "min"), _integer(element, "max")
        wanted = _integer(element, "desired")
        if low is not None and high is not None and low > high:
            message = f"min {low} exceeds max {high}"
            yield Problem("AG612", message, element.where("min"), (element.id,), f"see {_ASG}")
        elif wanted is not None and ((low is not None and wanted < low) or (high is not None and wanted > high)):
            message = f"desired {wanted} is not between min and max"
            yield Problem("AG612", message, element.where("desired"), (element.id,), f"see {_ASG}")


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


def settings_do_not_contradict(model: Model) -> Iterator[Problem]:
    """Pairs of settings of one element that AWS refuses together."""
    for name, clashes in _CLASHES.items():
        for element in model.of_type(name):
            for clash in clashes:
                if element.properties.get(clash.name) in clash.values and clash.refuses(
                    element.properties.get(clash.other)
                ):
                    at = element.where(clash.other)
                    yield Problem("AG614", f"'{element.id}': {clash.why}", at, (element.id,), f"see {clash.source}")


def _stated(value: Any) -> bool:
    return value is not None and not isinstance(value, Absent)


def _positive(value: Any) -> bool:
    return isinstance(value, int) and value > 0


@dataclass(frozen=True, slots=True)
class _Clash:
    """A property with one of some values, and another whose value AWS then refuses."""

    name: str
    values: tuple[Any, ...]
    other: str
    refuses: Callable[[Any], bool]
    why: str
    source: str


_CLASHES: dict[str, tuple[_Clash, ...]] = {
    "S3Bucket": (
        _Clash(
            "versioning", (False, Absent.NONE), "object_lock", _stated, "object lock needs versioning", _OBJECT_LOCK
        ),
    ),
    "NatGateway": (
        _Clash("connectivity", ("private",), "elastic_ip", _stated, "a private NAT gateway has no Elastic IP", _NAT),
    ),
    "ElastiCacheCluster": (
        _Clash("engine", ("memcached",), "replicas", _positive, "Memcached has no replicas", _MEMCACHED),
    ),
}

CHECKS: tuple[Callable[[Model], Iterable[Problem]], ...] = (
    subnets_lie_in_their_vpc,
    subnets_do_not_overlap,
    one_internet_gateway_each,
    certificates_are_where_they_are_used,
    zones_belong_to_the_region,
    subnets_are_in_zones_enough,
    keys_are_in_the_same_region,
    network_parts_share_a_vpc,
    web_acls_have_the_right_scope,
    capacity_is_in_order,
    rule_numbers_are_unique,
    settings_do_not_contradict,
)


def _references(model: Model, verb: str) -> Iterator[tuple[Element, Element, Reference]]:
    for element in model.elements.values():
        for reference in element.references:
            if reference.relationship == verb and reference.target is not None:
                yield model.elements[reference.source], model.elements[reference.target], reference


def _root(model: Model, element: Element) -> Element:
    while element.part_of is not None and element.part_of in model.elements:
        element = model.elements[element.part_of]
    return element


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


def _integer(element: Element, name: str) -> int | None:
    value = element.properties.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None

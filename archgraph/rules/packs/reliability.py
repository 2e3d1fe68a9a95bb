"""Reliability: what the loss of one Availability Zone takes down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from archgraph.analysis.redundancy import lives_in_one_zone, standing
from archgraph.catalog.types import ElementType
from archgraph.model.model import Element, ElementId
from archgraph.rules.registry import rule
from archgraph.rules.results import Pillar, Severity
from archgraph.rules.rule import (
    Conclusion,
    Context,
    Remediation,
    failed,
    not_applicable,
    passed,
    unknown,
)
from archgraph.rules.severity import lowered_outside_production


@rule(
    id="rel-single-az-component",
    title="Every component that can span zones does",
    pillar=Pillar.RELIABILITY,
    practices={"REL10-BP01": "Deploy the workload to multiple locations"},
    severity=Severity.HIGH,
    population="""Databases, caches, search domains, brokers, file systems, load balancers, Auto Scaling
    groups, container services and functions in a VPC: everything that AWS lets span Availability Zones by a
    setting, by its instances or by its subnets. Passes with two zones or more, fails with one, unknown if
    neither setting nor zones are stated. Does not apply to read replicas, whose source is judged, to Memcached
    and Lustre, which never span zones, nor to single instances, volumes and NAT gateways, which cannot.""",
    rationale="""An Availability Zone can fail as a whole. What stands in one zone only is down until
    the zone is back or somebody rebuilds it elsewhere.""",
    remediation=Remediation(
        "Turn on Multi-AZ, or give it subnets in a second zone.",
        """
elements:
  shop-db: {type: RdsInstance, multi_az: true, subnet_group: {subnets: [data-*]}}
  web: {type: AutoScalingGroup, subnets: [app-a, app-b], min: 2}
""",
    ),
    false_positives="""A component that can be lost for hours, such as a reporting copy that is
    rebuilt every night: waive it with the time that it may be down. Outside production the severity is
    low.""",
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_fault_isolation_multiaz_region_system.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html",
        "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html",
        "https://docs.aws.amazon.com/efs/latest/ug/availability-durability.html",
        "https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-benefits.html",
    ],
    adjust=lowered_outside_production(Severity.LOW),
)
def single_az_component(context: Context) -> Iterator[Conclusion]:
    for element in context.model.whose_type(_may_span_zones):
        if element.external:
            continue
        exempt = _exempt(element)
        if exempt is not None:
            yield not_applicable(element, exempt)
            continue
        found = standing(context.model, element)
        if found is None or (element.type.name == "LambdaFunction" and not element.subnets):
            continue
        if found.spans is None:
            yield unknown(element, "the model does not say whether it spans zones", missing=found.missing)
        elif found.spans:
            yield passed(element, found.hop.text)
        else:
            subnets = f"its subnets: {', '.join(element.subnets)}" if found.by == "subnets" else ""
            yield failed(
                element,
                "stands in one Availability Zone",
                evidence=[found.hop.text, *filter(None, (subnets,))],
                fix=_FIXES.get(found.by, "state 'multi_az: true'"),
                at=element.where(found.by),
            )


def _may_span_zones(type_: ElementType) -> bool:
    by_setting = "zonal" in type_.traits and "multi_az" in type_.properties
    return not type_.part and (type_.name in _SPREAD or by_setting)


_SPREAD = frozenset({
    "ApplicationLoadBalancer", "AuroraCluster", "AutoScalingGroup", "ClassicLoadBalancer", "DaxCluster",
    "EcsService", "EfsFileSystem", "EksNodeGroup", "LambdaFunction", "MqBroker", "NetworkLoadBalancer",
})  # fmt: skip
"""Types that span zones without a Multi-AZ setting."""


def _exempt(element: Element) -> str | None:
    """Why an element is not judged here, if it is not."""
    if element.type.name == "RdsInstance" and element.get("replica_of"):
        return "it is a read replica; its source is judged"
    memcached = element.properties.get("engine") == "memcached"
    if memcached and element.properties.get("serverless") is not True:
        return "Memcached does not replicate"
    if element.type.name == "FsxFileSystem" and lives_in_one_zone(element):
        return "Lustre file systems live in one zone"
    return None


_FIXES: Mapping[str, str] = {
    "availability_zone": "use a Regional file system: 'one_zone: false'",
    "cluster": "add hosts in a second zone",
    "count": "state 'count: 2' or more, with subnets in two zones or more",
    "deployment_mode": "deploy an active/standby pair or a cluster",
    "instances": "add a reader in another zone",
    "one_zone": "use a Regional file system: 'one_zone: false'",
    "replicas": "state 'replicas: 1' and 'multi_az: true'",
    "subnets": "add a subnet in a second zone",
}
"""What helps, by the property that keeps an element in one zone."""


@rule(
    id="rel-nat-not-per-az",
    title="Every zone has its own NAT gateway",
    pillar=Pillar.RELIABILITY,
    practices={"REL10-BP01": "Deploy the workload to multiple locations"},
    severity=Severity.HIGH,
    population="""Every NAT gateway. Passes if all subnets that route to it are in its own zone, or if
    it is a regional NAT gateway; fails if a subnet in another zone depends on it; unknown if a zone is
    not stated; does not apply if no subnet routes to it.""",
    rationale="""A zonal NAT gateway lives in one Availability Zone. When that zone fails, subnets of
    other zones that route to it lose the internet too, although they are healthy.""",
    remediation=Remediation(
        "Put a NAT gateway into each zone and route each zone's subnets to their own, or use one regional NAT gateway.",
        """
patterns:
  zone:
    parameters: {az: text, n: integer}
    elements:
      public: {type: Subnet, availability_zone: $(az), cidr: 10.0.$(n).0/24, route_table: public-routes}
      app: {type: Subnet, availability_zone: $(az), cidr: 10.0.1$(n).0/24, route_table: app-routes}
      nat: {type: NatGateway, subnet: public, elastic_ip: {}}
      app-routes: {type: RouteTable, routes: {0.0.0.0/0: nat}}
""",
    ),
    false_positives="""A workload that does not need the internet while a zone is down, or a test
    environment that saves the hourly price of a second gateway: outside production the severity is
    low.""",
    references=[
        "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html",
    ],
    adjust=lowered_outside_production(Severity.LOW),
)
def nat_not_per_az(context: Context) -> Iterator[Conclusion]:
    served: dict[ElementId, list[Element]] = {}
    for routing in context.facts.subnets.values():
        for gateway in routing.nat_gateways:
            served.setdefault(gateway, []).append(context.model.elements[routing.subnet])
    for nat in context.of_type("NatGateway"):
        yield _nat_verdict(nat, served.get(nat.id, []))


def _nat_verdict(nat: Element, subnets: list[Element]) -> Conclusion:
    if not subnets:
        return not_applicable(nat, "no subnet routes to it")
    if nat.get("availability") == "regional":
        return passed(nat, "a regional NAT gateway spans the zones of its VPC")
    unplaced = [place for place in subnets if not place.zones]
    away = [place for place in subnets if place.zones and nat.zones and place.zones != nat.zones]
    if away:
        return failed(
            nat,
            f"carries the traffic of {len(away)} subnets in other zones",
            evidence=[
                f"{nat.id} is in {', '.join(nat.zones)}",
                *(f"{place.id} in {', '.join(place.zones)} routes to {nat.id}" for place in away),
            ],
            fix="give each zone its own NAT gateway and route its subnets there",
        )
    if unplaced or not nat.zones:
        missing = [f"{place.id}.availability_zone" for place in unplaced]
        if not nat.zones:
            missing.insert(0, f"{nat.subnets[0]}.availability_zone" if nat.subnets else f"{nat.id}.subnet")
        return unknown(
            nat,
            "the model does not say in which zones it and its subnets are",
            missing=list(dict.fromkeys(missing)),
        )
    return passed(nat, f"serves only subnets of {nat.zones[0]}")

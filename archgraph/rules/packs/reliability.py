"""Reliability: what the loss of one Availability Zone takes down."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from archgraph.catalog.types import ElementType
from archgraph.model.model import Absent, Element, ElementId, Model
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
    population="""Databases, caches, file systems, load balancers, Auto Scaling groups, container
    services and functions in a VPC: everything that AWS lets span Availability Zones by a setting or by
    its subnets. Passes with two zones or more, fails with one, unknown if neither setting nor zones are
    stated. Does not apply to read replicas, whose source is judged, to Memcached and Lustre, which never
    span zones, nor to single instances, volumes and NAT gateways, which cannot.""",
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
        if not element.external:
            conclusion = _JUDGES.get(element.type.name, _by_multi_az)(context.model, element)
            if conclusion is not None:
                yield conclusion


def _may_span_zones(type_: ElementType) -> bool:
    by_setting = "zonal" in type_.traits and "multi_az" in type_.properties
    return not type_.part and (type_.name in _JUDGES or by_setting)


def _relational(model: Model, element: Element) -> Conclusion:
    if element.get("replica_of"):
        return not_applicable(element, "it is a read replica; its source is judged")
    if element.get("readable_standbys") is True:
        return passed(element, "two readable standbys stand in other zones")
    zone = element.get("availability_zone")
    if zone and element.get("multi_az") is Absent.UNKNOWN:
        return _one_zone(
            element,
            "multi_az",
            f"{element.id}.availability_zone is {zone}: only an instance without standby is pinned to a zone",
        )
    return _by_multi_az(model, element)


def _by_multi_az(model: Model, element: Element) -> Conclusion:
    stated = element.get("multi_az")
    if stated is True:
        return passed(element, "it is Multi-AZ")
    if stated is False or stated is Absent.NONE:
        return _one_zone(element, "multi_az", f"{element.id}.multi_az is false")
    return unknown(element, "the model does not say whether it spans zones", missing=[f"{element.id}.multi_az"])


def _aurora(model: Model, element: Element) -> Conclusion:
    members = [model.elements[id_] for id_ in element.get("instances") or []]
    count = len(members) or element.get("count")
    scaling = element.get("scaling")
    if isinstance(count, int) and isinstance(scaling, dict) and isinstance(scaling.get("min"), int):
        count = max(count, 1 + scaling["min"])  # the smallest number of readers comes beside the writer
    if not isinstance(count, int):
        missing = [f"{element.id}.count"]
        return unknown(element, "the model does not say how many instances it has", missing=missing)
    if count == 1:
        return _one_zone(
            element,
            "instances" if members else "count",
            "it has one instance: no reader in another zone can take over",
            fix="add a reader in another zone",
        )
    zones = {member.get("availability_zone") for member in members}
    if len(zones) == 1 and Absent.UNKNOWN not in zones:
        return _one_zone(element, "instances", f"all its instances are in zone {zones.pop()}")
    return passed(element, f"it has {count} instances, which Aurora spreads over the zones of its subnets")


def _cache(model: Model, element: Element) -> Conclusion:
    if element.get("serverless") is True:
        return passed(element, "a serverless cache spans zones by itself")
    if element.get("engine") == "memcached":
        return not_applicable(element, "Memcached does not replicate")
    if element.get("multi_az") is Absent.UNKNOWN and element.get("replicas") == 0:
        return _one_zone(
            element, "replicas", f"{element.id}.replicas is 0", fix="state 'replicas: 1' and 'multi_az: true'"
        )
    return _by_multi_az(model, element)


def _search(model: Model, element: Element) -> Conclusion:
    if element.get("standby") is True:
        return passed(element, "it is Multi-AZ with standby")
    if element.get("multi_az") is Absent.UNKNOWN and element.get("count") == 1:
        return _one_zone(element, "count", "it has one data node")
    return _by_zones_or_setting(model, element)


def _accelerator(model: Model, element: Element) -> Conclusion:
    if element.get("count") == 1:
        return _one_zone(element, "count", "it has one node", fix="state 'count: 3' and subnets in three zones")
    return _by_subnets(model, element)


def _shared_files(model: Model, element: Element) -> Conclusion:
    if element.get("one_zone") is True or element.get("availability_zone"):
        name = "one_zone" if element.get("one_zone") is True else "availability_zone"
        return _one_zone(
            element, name, "it is a One Zone file system", fix="use a Regional file system: 'one_zone: false'"
        )
    if element.get("one_zone") is False or len(element.zones) > 1:
        return passed(element, "it is a Regional file system")
    missing = [f"{element.id}.one_zone"]
    return unknown(element, "the model does not say whether it is Regional or One Zone", missing=missing)


def _file_system(model: Model, element: Element) -> Conclusion:
    if element.get("kind") == "lustre" or element.get("scratch") is True:
        return not_applicable(element, "Lustre file systems live in one zone")
    return _by_zones_or_setting(model, element)


def _by_zones_or_setting(model: Model, element: Element) -> Conclusion:
    """AWS takes exactly one subnet for each zone of a search domain or file system, so the subnets tell too."""
    if element.get("multi_az") is Absent.UNKNOWN and element.subnets:
        return _by_subnets(model, element)
    return _by_multi_az(model, element)


def _broker(model: Model, element: Element) -> Conclusion:
    mode = element.get("deployment_mode")
    if mode is Absent.UNKNOWN:
        missing = [f"{element.id}.deployment_mode"]
        return unknown(element, "the model does not say whether it spans zones", missing=missing)
    if mode == "single_instance":
        fix = "deploy an active/standby pair or a cluster"
        return _one_zone(element, "deployment_mode", f"{element.id}.deployment_mode is {mode}", fix=fix)
    return passed(element, f"its deployment mode is {mode}")


def _in_vpc(model: Model, element: Element) -> Conclusion | None:
    """A function outside a VPC spans zones by itself, and nothing is said about it."""
    return _by_subnets(model, element) if element.subnets else None


def _container_service(model: Model, element: Element) -> Conclusion:
    """Tasks without network interfaces of their own stand where the hosts of their cluster stand."""
    if element.subnets:
        return _by_subnets(model, element)
    clusters = [cluster.id for cluster in model.targets(element.id, "RUNS_ON")]
    if element.parent is not None:
        clusters.append(element.parent)
    hosts = [host for cluster in clusters for host in model.targets(cluster, "RUNS_ON")]
    zones = sorted({zone for host in hosts for zone in host.zones})
    if len(zones) > 1:
        return passed(element, f"its hosts are in {len(zones)} zones: {', '.join(zones)}")
    if zones and all(host.zones for host in hosts):
        names = ", ".join(sorted(host.id for host in hosts))
        return _one_zone(
            element, "cluster", f"all its hosts are in {zones[0]}: {names}", fix="add hosts in a second zone"
        )
    return _by_subnets(model, element)


def _by_subnets(model: Model, element: Element) -> Conclusion:
    zones = element.zones
    if len(zones) > 1:
        return passed(element, f"its subnets are in {len(zones)} zones: {', '.join(zones)}")
    if not element.subnets:
        missing = [f"{element.id}.subnets"]
        return unknown(element, "the model does not say in which zones it stands", missing=missing)
    unplaced = [subnet for subnet in element.subnets if not _zones(model, subnet)]
    if unplaced:
        missing = [f"{subnet}.availability_zone" for subnet in unplaced]
        return unknown(element, "the model does not say in which zones its subnets are", missing=missing)
    return _one_zone(
        element,
        "subnets",
        f"all its subnets are in {zones[0]}: {', '.join(element.subnets)}",
        fix="add a subnet in a second zone",
    )


def _zones(model: Model, subnet: ElementId) -> tuple[str, ...]:
    return model.elements[subnet].zones


def _one_zone(element: Element, name: str, evidence: str, fix: str = "state 'multi_az: true'") -> Conclusion:
    return failed(
        element,
        "stands in one Availability Zone",
        evidence=[evidence],
        fix=fix,
        at=element.where(name),
    )


_JUDGES: Mapping[str, Callable[[Model, Element], Conclusion | None]] = {
    "RdsInstance": _relational,
    "AuroraCluster": _aurora,
    "ElastiCacheCluster": _cache,
    "OpenSearchDomain": _search,
    "DaxCluster": _accelerator,
    "EfsFileSystem": _shared_files,
    "FsxFileSystem": _file_system,
    "MqBroker": _broker,
    "LambdaFunction": _in_vpc,
    "ApplicationLoadBalancer": _by_subnets,
    "NetworkLoadBalancer": _by_subnets,
    "ClassicLoadBalancer": _by_subnets,
    "AutoScalingGroup": _by_subnets,
    "EcsService": _container_service,
    "EksNodeGroup": _by_subnets,
}
"""How each type shows that it spans zones."""


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

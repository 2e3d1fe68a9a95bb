"""Redundancy: how many instances an element surely has, and the zones whose loss takes it down.

Regional and global services of AWS are redundant over zones by design ("AWS service types", AWS Fault
Isolation Boundaries, https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/
aws-service-types.html); what has subnets or is zonal is as redundant as its settings say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from archgraph.analysis.evidence import Hop
from archgraph.model.model import Absent, Element, ElementId, Model


class Standing(NamedTuple):
    """How an element stands: ``instances`` surely there, or ``None`` if AWS or nobody says.

    ``lost_with`` are the zones of which each alone takes it down; where one zone is certain but not
    which, a phrase stands for it. ``bound`` is false for what no single zone holds by design.
    ``missing`` is what the model would have to say for zones to be known, ``missing_instances`` for
    instances.
    """

    element: ElementId
    hop: Hop
    instances: int | None = None
    lost_with: tuple[str, ...] = ()
    bound: bool = True
    missing: tuple[str, ...] = ()
    missing_instances: tuple[str, ...] = ()


def standing(model: Model, element: Element) -> Standing | None:
    """How an element stands; ``None`` for actors, what lies outside, and types nobody can judge."""
    if element.external or element.type.category in ("Actor", "External", "Data"):
        return None
    judge = _JUDGES.get(element.type.name)
    if judge is None and element.has("zonal") and "multi_az" in element.type.properties:
        judge = _by_multi_az
    if judge is not None:
        return judge(model, element)
    if element.has("api-endpoint") or element.has("edge-service"):
        return _managed(element, "is redundant over zones by AWS's design")
    return None


def counts_instances(element: Element) -> bool:
    """Whether an element stands for instances whose number the author decides."""
    return element.type.name in _COUNTED and not element.external


_COUNTED = frozenset({"Ec2Instance", "AutoScalingGroup", "EcsService", "EksNodeGroup", "MqBroker"})


def _managed(element: Element, said: str) -> Standing:
    return Standing(element.id, Hop(element.id, f"{element.id} {said}"), bound=False)


def _several(element: Element, said: str, instances: int | None = None) -> Standing:
    return Standing(element.id, Hop(element.id, f"{element.id} {said}"), instances)


def _single(element: Element, said: str) -> Standing:
    """One instance, in the zone that is stated or in one that nobody names."""
    stated = element.properties.get("availability_zone")
    zone = element.zones[0] if len(element.zones) == 1 else f"the zone of {element.id}"
    if isinstance(stated, str):
        zone = f"{element.region or ''}{stated}" if len(stated) == 1 else stated
    return Standing(element.id, Hop(element.id, f"{element.id} {said}"), 1, (zone,))


def _unknown(element: Element, name: str) -> Standing:
    missing = (f"{element.id}.{name}",)
    hop = Hop(element.id, f"{element.id}.{name} is not stated")
    return Standing(element.id, hop, missing=missing, missing_instances=missing)


def _instance(model: Model, element: Element) -> Standing:
    count = element.get("count")
    return _spread(model, element, count if isinstance(count, int) else 1, ())


def _group(model: Model, element: Element) -> Standing:
    """What a group keeps running at least: ``min``, or ``desired`` where nothing scales it down."""
    least, desired = element.get("min"), element.get("desired")
    scaled = bool(element.get("scaling")) if "scaling" in element.type.properties else True
    stated = [size for size in (least, None if scaled else desired) if isinstance(size, int)]
    if not stated and isinstance(desired, int) and least is Absent.UNKNOWN:
        stated = [desired]
    name = "min" if "min" in element.type.properties else "desired"
    return _spread(model, element, max(stated) if stated else None, () if stated else (f"{element.id}.{name}",))


def _spread(model: Model, element: Element, instances: int | None, missing_instances: tuple[str, ...]) -> Standing:
    """Instances that stand in the zones of the element's subnets, or of its cluster's hosts."""
    zones = element.zones or _host_zones(model, element)
    said = "stands for one instance" if instances == 1 else f"keeps at least {instances} instances"
    if len(zones) == 1:
        hop = Hop(element.id, f"{element.id} stands in {zones[0]} only")
        return Standing(element.id, hop, instances, zones, missing_instances=missing_instances)
    if instances == 1:
        return Standing(element.id, Hop(element.id, f"{element.id} {said}"), 1, (f"the zone of {element.id}",))
    if not zones:
        name = "subnet" if "subnet" in element.type.properties else "subnets"
        unplaced = tuple(f"{subnet}.availability_zone" for subnet in element.subnets) or (f"{element.id}.{name}",)
        hop = Hop(element.id, f"nobody says in which zones {element.id} stands")
        return Standing(element.id, hop, instances, missing=unplaced, missing_instances=missing_instances)
    hop = Hop(element.id, f"{element.id} stands in {', '.join(zones)}")
    return Standing(element.id, hop, instances, missing_instances=missing_instances)


def _host_zones(model: Model, element: Element) -> tuple[str, ...]:
    """The zones of the instances that carry a service whose tasks have no subnets of their own."""
    clusters = [cluster.id for cluster in model.targets(element.id, "RUNS_ON")]
    if element.parent is not None:
        clusters.append(element.parent)
    hosts = [host for cluster in clusters for host in model.targets(cluster, "RUNS_ON")]
    known = hosts and all(host.zones for host in hosts)
    return tuple(sorted({zone for host in hosts for zone in host.zones})) if known else ()


def _in_subnets(model: Model, element: Element) -> Standing:
    return _spread(model, element, None, ())


def _function(model: Model, element: Element) -> Standing:
    if element.subnets:
        return _in_subnets(model, element)
    return _managed(element, "runs in several zones by AWS's design")


def _by_multi_az(model: Model, element: Element) -> Standing:
    stated = element.get("multi_az")
    if stated is True:
        return _several(element, "is Multi-AZ")
    if stated is Absent.UNKNOWN:
        return _unknown(element, "multi_az")
    return _single(element, "is not Multi-AZ")


def _relational(model: Model, element: Element) -> Standing:
    if element.get("readable_standbys") is True:
        return _several(element, "has two readable standbys in other zones", 3)
    if element.get("availability_zone") and element.get("multi_az") is Absent.UNKNOWN:
        return _single(element, "is pinned to one zone")
    return _by_multi_az(model, element)


def _aurora(model: Model, element: Element) -> Standing:
    members = [model.elements[id_] for id_ in element.get("instances") or ()]
    count = len(members) or element.get("count")
    if not isinstance(count, int):
        return _unknown(element, "count")
    zones = {member.get("availability_zone") for member in members}
    if count > 1 and len(zones) == 1 and isinstance(zone := zones.pop(), str):
        place = f"{element.region or ''}{zone}" if len(zone) == 1 else zone
        return Standing(element.id, Hop(element.id, f"all instances of {element.id} are in {place}"), count, (place,))
    return _single(element, "has one instance") if count == 1 else _several(element, f"has {count} instances", count)


def _cache(model: Model, element: Element) -> Standing | None:
    if element.get("serverless") is True:
        return _managed(element, "is serverless, and spans zones by itself")
    if element.get("engine") == "memcached":
        return None
    if element.get("multi_az") is Absent.UNKNOWN and element.get("replicas") == 0:
        return _single(element, "has no replica")
    return _by_multi_az(model, element)


def _search(model: Model, element: Element) -> Standing:
    if element.get("standby") is True:
        return _several(element, "is Multi-AZ with standby")
    if element.get("multi_az") is Absent.UNKNOWN and element.get("count") == 1:
        return _single(element, "has one data node")
    return _by_multi_az(model, element)


def _nodes(model: Model, element: Element) -> Standing:
    count = element.get("count")
    if count == 1:
        return _single(element, "has one node")
    return _spread(model, element, count if isinstance(count, int) else None, ())


def _shared_files(model: Model, element: Element) -> Standing:
    if element.get("one_zone") is True or element.get("availability_zone"):
        return _single(element, "is a One Zone file system")
    if element.get("one_zone") is False or len(element.zones) > 1:
        return _managed(element, "is a Regional file system")
    return _unknown(element, "one_zone")


def _broker(model: Model, element: Element) -> Standing:
    """A pair or a cluster spans zones ("Deploying an Amazon MQ broker", Amazon MQ Developer Guide,
    https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/amazon-mq-broker-architecture.html)."""
    mode = element.get("deployment_mode")
    if mode == "single_instance":
        return _single(element, "is a single-instance broker")
    if isinstance(mode, str):
        return _several(element, f"is a broker of deployment mode {mode}", 2)
    return _unknown(element, "deployment_mode")


def _proxy(model: Model, element: Element) -> Standing:
    """RDS Proxy is deployed over several zones ("Amazon RDS Proxy",
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.html)."""
    return _managed(element, "spans the zones of its subnets by AWS's design")


_JUDGES: Mapping[str, Callable[[Model, Element], Standing | None]] = {
    "Ec2Instance": _instance,
    "AutoScalingGroup": _group,
    "EcsService": _group,
    "EksNodeGroup": _group,
    "LambdaFunction": _function,
    "ApplicationLoadBalancer": _in_subnets,
    "NetworkLoadBalancer": _in_subnets,
    "ClassicLoadBalancer": _in_subnets,
    "RdsInstance": _relational,
    "RdsProxy": _proxy,
    "AuroraCluster": _aurora,
    "ElastiCacheCluster": _cache,
    "OpenSearchDomain": _search,
    "DaxCluster": _nodes,
    "EfsFileSystem": _shared_files,
    "MqBroker": _broker,
}
"""How each type shows how it stands; all other types with a Multi-AZ setting show it by that."""

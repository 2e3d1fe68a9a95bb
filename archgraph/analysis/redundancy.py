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

    ``spans``: whether it may stand in several zones, ``None`` if nobody says; ``by`` is the property that
    decides. ``lost_with`` are the zones of which each alone takes it down; where one zone is certain but not
    which, a phrase stands for it. ``bound`` is false for what no single zone holds by design.
    ``missing`` is what the model would have to say for zones to be known, ``missing_instances`` for
    instances.
    """

    element: ElementId
    hop: Hop
    instances: int | None = None
    spans: bool | None = True
    by: str = ""
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


def _single(element: Element, by: str, said: str = "") -> Standing:
    """One instance, in the zone that is stated or in one that nobody names."""
    zone = _stated_zone(element) or (element.zones[0] if len(element.zones) == 1 else f"the zone of {element.id}")
    stated = element.properties.get(by)
    text = f"{element.id} {said}" if said else f"{element.id}.{by} is {'false' if stated is False else stated}"
    return Standing(element.id, Hop(element.id, text), 1, spans=False, by=by, lost_with=(zone,))


def _stated_zone(element: Element) -> str | None:
    stated = element.properties.get("availability_zone")
    if not isinstance(stated, str):
        return None
    return f"{element.region or ''}{stated}" if len(stated) == 1 else stated


def _unknown(element: Element, name: str) -> Standing:
    missing = (f"{element.id}.{name}",)
    hop = Hop(element.id, f"{element.id}.{name} is not stated")
    return Standing(element.id, hop, spans=None, by=name, missing=missing, missing_instances=missing)


def _instance(model: Model, element: Element) -> Standing:
    count = element.get("count")
    return _spread(model, element, count if isinstance(count, int) else 1)


def _group(model: Model, element: Element) -> Standing:
    """What a group keeps running at least: ``min``, or ``desired`` where nothing scales it down."""
    least, desired = element.get("min"), element.get("desired")
    scaled = bool(element.get("scaling")) if "scaling" in element.type.properties else True
    stated = [size for size in (least, None if scaled else desired) if isinstance(size, int)]
    if not stated and isinstance(desired, int) and least is Absent.UNKNOWN:
        stated = [desired]
    name = "min" if "min" in element.type.properties else "desired"
    found = _spread(model, element, max(stated) if stated else None)
    return found if stated else found._replace(missing_instances=(f"{element.id}.{name}",))


def _spread(model: Model, element: Element, instances: int | None = None) -> Standing:
    """Instances that stand in the zones of the element's subnets, or of its cluster's hosts."""
    by = "subnet" if "subnet" in element.type.properties else "subnets"
    zones = element.zones
    unplaced = tuple(f"{id_}.availability_zone" for id_ in element.subnets if not model.elements[id_].zones)
    if not zones and not element.subnets:
        by, zones = ("cluster", hosted) if (hosted := _host_zones(model, element)) else (by, ())
        unplaced = () if zones else (f"{element.id}.{by}",)
    one = instances == 1
    if len(zones) > 1:
        said = f"keeps one instance, in one of {', '.join(zones)}" if one else f"stands in {', '.join(zones)}"
        lost_with = (f"the zone of {element.id}",) if one else ()
        return Standing(element.id, Hop(element.id, f"{element.id} {said}"), instances, by=by, lost_with=lost_with)
    if zones and not unplaced:
        hop = Hop(element.id, f"{element.id} stands in {zones[0]} only" + ", as all its hosts do" * (by == "cluster"))
        return Standing(element.id, hop, instances, spans=False, by=by, lost_with=zones)
    lost_with = (f"the zone of {element.id}",) if one else ()
    said = f"{element.id} stands for one instance" if one else f"nobody says in which zones {element.id} stands"
    return Standing(element.id, Hop(element.id, said), instances, None, by, lost_with, missing=unplaced)


def _host_zones(model: Model, element: Element) -> tuple[str, ...]:
    """The zones of the instances that carry a service whose tasks have no subnets of their own.

    Two that are known are enough; a single one counts only if all hosts are known to be there.
    """
    clusters = [cluster.id for cluster in model.targets(element.id, "RUNS_ON")]
    if element.parent is not None:
        clusters.append(element.parent)
    hosts = [host for cluster in clusters for host in model.targets(cluster, "RUNS_ON")]
    zones = tuple(sorted({zone for host in hosts for zone in host.zones}))
    return zones if len(zones) > 1 or all(host.zones for host in hosts) else ()


def _function(model: Model, element: Element) -> Standing:
    if element.subnets:
        return _spread(model, element)
    return _managed(element, "runs in several zones by AWS's design")


def _by_multi_az(model: Model, element: Element) -> Standing:
    stated = element.get("multi_az")
    if stated is True:
        return _several(element, "is Multi-AZ")
    return _unknown(element, "multi_az") if stated is Absent.UNKNOWN else _single(element, "multi_az")


def _by_zones_or_setting(model: Model, element: Element) -> Standing:
    """AWS takes exactly one subnet for each zone of a search domain or file system, so the subnets tell too.

    "VPCOptions" of a domain:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-opensearchservice-domain-vpcoptions.html
    """
    if element.get("multi_az") is Absent.UNKNOWN and element.subnets:
        return _spread(model, element)
    return _by_multi_az(model, element)


def _relational(model: Model, element: Element) -> Standing:
    if element.get("readable_standbys") is True:
        return _several(element, "has two readable standbys in other zones", 3)
    zone = element.get("availability_zone")
    if zone and element.get("multi_az") is Absent.UNKNOWN:
        return _single(element, "multi_az", f"is pinned to zone {zone}, as only an instance without standby is")
    return _by_multi_az(model, element)


def _aurora(model: Model, element: Element) -> Standing:
    """Aurora spreads its instances over the zones of their subnets, unless they state a zone."""
    members = [model.elements[id_] for id_ in element.get("instances") or ()]
    count = len(members) or element.get("count")
    scaling = element.get("scaling")
    least = scaling.get("min") if isinstance(scaling, dict) else None
    if isinstance(count, int) and isinstance(least, int):
        count = max(count, 1 + least)  # the smallest number of readers comes beside the writer
    if not isinstance(count, int):
        return _unknown(element, "count")
    by = "instances" if members else "count"
    if count == 1:
        return _single(element, by, "has one instance, and no reader in another zone")
    zones = {_stated_zone(member) for member in members} if len(members) == count else {None}
    if len(zones) == 1 and (zone := zones.pop()) is not None:
        hop = Hop(element.id, f"all instances of {element.id} are in {zone}")
        return Standing(element.id, hop, count, spans=False, by=by, lost_with=(zone,))
    return _several(element, f"has {count} instances", count)


def _cache(model: Model, element: Element) -> Standing | None:
    if element.get("serverless") is True:
        return _managed(element, "is serverless, and spans zones by itself")
    if element.get("engine") == "memcached":
        return None
    if element.get("multi_az") is Absent.UNKNOWN and element.get("replicas") == 0:
        return _single(element, "replicas", "has no replica")
    return _by_multi_az(model, element)


def _search(model: Model, element: Element) -> Standing:
    if element.get("standby") is True:
        return _several(element, "is Multi-AZ with standby")
    if element.get("multi_az") is Absent.UNKNOWN and element.get("count") == 1:
        return _single(element, "count", "has one data node")
    return _by_zones_or_setting(model, element)


def _nodes(model: Model, element: Element) -> Standing:
    count = element.get("count")
    if count == 1:
        return _single(element, "count", "has one node")
    return _spread(model, element, count if isinstance(count, int) else None)


def _shared_files(model: Model, element: Element) -> Standing:
    if element.get("one_zone") is True or element.get("availability_zone"):
        by = "one_zone" if element.get("one_zone") is True else "availability_zone"
        return _single(element, by, "is a One Zone file system")
    if element.get("one_zone") is False or len(element.zones) > 1:
        return _managed(element, "is a Regional file system")
    return _unknown(element, "one_zone")


def _file_system(model: Model, element: Element) -> Standing:
    """Lustre file systems live in one zone, the others in one or two (``SubnetIds``,
    https://docs.aws.amazon.com/fsx/latest/APIReference/API_CreateFileSystem.html)."""
    if lives_in_one_zone(element):
        return _single(element, "kind", "is a Lustre file system, which lives in one zone")
    return _by_zones_or_setting(model, element)


def lives_in_one_zone(file_system: Element) -> bool:
    """Whether no setting makes a file system span zones."""
    return file_system.get("kind") == "lustre" or file_system.get("scratch") is True


def _broker(model: Model, element: Element) -> Standing:
    """A pair or a cluster spans zones ("Deploying an Amazon MQ broker", Amazon MQ Developer Guide,
    https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/amazon-mq-broker-architecture.html)."""
    mode = element.get("deployment_mode")
    if mode == "single_instance":
        return _single(element, "deployment_mode")
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
    "ApplicationLoadBalancer": _spread,
    "NetworkLoadBalancer": _spread,
    "ClassicLoadBalancer": _spread,
    "RdsInstance": _relational,
    "RdsProxy": _proxy,
    "AuroraCluster": _aurora,
    "ElastiCacheCluster": _cache,
    "OpenSearchDomain": _search,
    "DaxCluster": _nodes,
    "EfsFileSystem": _shared_files,
    "FsxFileSystem": _file_system,
    "MqBroker": _broker,
}
"""How each type shows how it stands; all other types with a Multi-AZ setting show it by that."""

"""Reliability: what comes back by itself, what another Region still has, and what only memory keeps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archgraph.analysis.backups import backup_plans, vaults_of
from archgraph.analysis.data_flows import DataFlows, data_flows, is_reproducible, receivers, region_copies
from archgraph.catalog.values import Quantity
from archgraph.model.model import Absent, Element, ElementId, FlowId, Model
from archgraph.rules.registry import rule
from archgraph.rules.results import Pillar, Severity
from archgraph.rules.rule import (
    Conclusion,
    Context,
    Parameter,
    Remediation,
    failed,
    not_applicable,
    passed,
    unknown,
)
from archgraph.rules.severity import is_production, lowered_outside_production


@rule(
    id="rel-standalone-instance",
    title="No instance depends on somebody to bring it back",
    pillar=Pillar.RELIABILITY,
    practices={"REL10-BP02": "Automate recovery for components constrained to a single location"},
    severity=Severity.HIGH,
    population="""Every EC2 instance; those of Auto Scaling groups are no elements of their own. Passes if AWS
    recovers it automatically (`auto_recovery`, which leaves Dedicated Hosts out), or if an alarm recovers it;
    fails if neither does; unknown if the model does not say, because not every instance type is recovered by
    default. Does not apply to instances that carry the tasks or pods of a cluster, which places these
    elsewhere.""",
    rationale="""Hosts fail. An instance that nothing restarts is down until somebody notices, at night as
    well.""",
    remediation=Remediation(
        """Put it into an Auto Scaling group, of one instance if there can be only one; that also replaces
        instances whose software fails. At the least leave automatic recovery on.""",
        """
elements:
  status: {type: AutoScalingGroup, min: 1, max: 1, subnets: [app-a, app-b], launch_template: {instance_type: t4g.micro}}
  licence-server: {type: Ec2Instance, subnet: app-a, auto_recovery: true}
""",
    ),
    false_positives="""Software that replicates by itself and outlives any one node, or an instance that is
    started by hand when it is needed: waive it saying so.""",
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_fault_isolation_single_az_system.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-configuration-recovery.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/cloudwatch-recovery.html",
        "https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-health-checks.html",
    ],
    adjust=lowered_outside_production(Severity.LOW),
)
def standalone_instance(context: Context) -> Iterator[Conclusion]:
    model = context.model
    for instance in context.of_type("Ec2Instance"):
        stated = instance.get("auto_recovery")
        alarm = _recovering_alarm(model, instance)
        if model.references_to(instance.id, "RUNS_ON"):
            yield not_applicable(instance, "a cluster moves what runs on it")
        elif stated is True and instance.get("tenancy") != "host":
            yield passed(instance, "AWS recovers it on new hardware")
        elif alarm is not None:
            yield passed(instance, f"{alarm} recovers it")
        elif stated is Absent.UNKNOWN:
            missing = [f"{instance.id}.auto_recovery"]
            yield unknown(instance, "the model does not say whether it is recovered automatically", missing=missing)
        else:
            yield failed(
                instance,
                "stays down until somebody brings it back",
                evidence=[
                    f"{instance.id}.auto_recovery is off"
                    if stated is not True
                    else f"{instance.id} is on a Dedicated Host, from which EC2 does not recover it",
                    "it is in no Auto Scaling group, and no alarm recovers it",
                ],
                fix="put it into an Auto Scaling group, or set 'auto_recovery: true'",
                at=instance.where("auto_recovery"),
            )


def _recovering_alarm(model: Model, instance: Element) -> ElementId | None:
    for reference in model.references_to(instance.id, "TRIGGERS"):
        if reference.properties.get("action") == "recover":
            return reference.source
    return None


@rule(
    id="rel-cross-region-replication-missing",
    title="Critical data has a copy in another Region",
    pillar=Pillar.RELIABILITY,
    practices={"REL13-BP02": "Use defined recovery strategies to meet the recovery objectives"},
    severity=Severity.HIGH,
    population="""Every database, bucket, file system and volume whose criticality is critical. Passes if it
    replicates to another Region, if its backups are copied to one, or if it is itself such a copy; fails if
    nothing of it leaves its Region; unknown if its criticality or the Region of its copy is not stated.
    Does not apply to less critical data, outside production, to data that can be made again, to data that may
    be in this Region only, nor to copies in the same Region, whose source is judged.""",
    rationale="""A Region can be unavailable as a whole, and a mistake in an account can reach everything in
    it. Recovery elsewhere needs data that is elsewhere already.""",
    remediation=Remediation(
        "Replicate it, or let the backup plan copy its recovery points.",
        """
elements:
  dr-vault: {type: BackupVault, in: shop-prod.eu-central-1}
  backups: {type: BackupPlan, in: shop-prod.eu-west-1, protects: [shop-db], copy_to: [dr-vault]}
""",
    ),
    false_positives="""A workload that may be down as long as its Region is: state a criticality below
    critical, which is what that means.""",
    parameters=[Parameter("criticalities", ("critical",), "The criticalities of data that needs a copy elsewhere")],
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_planning_for_recovery_disaster_recovery.html",
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/cross-region-backup.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html",
    ],
)
def cross_region_replication_missing(context: Context) -> Iterator[Conclusion]:
    model = context.model
    for store in context.with_trait("data-store"):
        exempt = _may_stay(model, store, context.parameters["criticalities"])
        if exempt is not None:
            yield not_applicable(store, exempt)
            continue
        copies, unplaced = _elsewhere(model, store)
        sources = [
            reference.source
            for reference in model.references_to(store.id, "REPLICATES_TO")
            if not model.elements[reference.source].properties.get("data_repository")
        ]
        if copies:
            yield passed(store, copies[0], copies[1:])
        elif sources:
            yield not_applicable(store, f"it is a copy of {sources[0]}, which is judged")
        elif store.criticality is None:
            yield unknown(store, "the model does not say how critical it is", missing=[f"{store.id}.criticality"])
        elif unplaced:
            yield unknown(store, "the model does not say where its copy is", missing=unplaced)
        else:
            yield failed(
                store,
                f"has no copy outside {store.region or 'its Region'}",
                evidence=[f"its criticality is {store.criticality}", f"nothing copies {store.id} to another Region"],
                fix="replicate it to another Region, or copy its backups there",
            )


def _may_stay(model: Model, store: Element, criticalities: Sequence[str]) -> str | None:
    """Why a store needs no copy in another Region, if it does not."""
    if store.criticality is not None and store.criticality not in criticalities:
        return f"its criticality is {store.criticality}"
    if store.environment is not None and not is_production(store.environment):
        return f"its environment is {store.environment}"
    if is_reproducible(model, store):
        return "its data can be made again"
    for asset in model.targets(store.id, "HOLDS"):
        regions = asset.properties.get("residency")
        if isinstance(regions, list) and [str(region) for region in regions] == [store.region]:
            return f"{asset.id} may be in {store.region} only"
    return None


def _elsewhere(model: Model, store: Element) -> tuple[list[str], list[str]]:
    """The copies of a store in other Regions, and those of which the Region is not stated."""
    copies = [copy.text for copy in region_copies(store) if copy.region != store.region]
    unplaced: list[str] = []
    outside = [r for r in model.references_from(store.id, "REPLICATES_TO") if r.target is None]
    for plan in backup_plans(model).get(store.id, ()):
        outside += [r for r in model.references_from(plan.id, "BACKS_UP_TO") if r.target is None]
    for reference in outside:
        region = _region_of_arn(reference.literal)
        if region is None or store.region is None:
            unplaced.append(f"the Region of the copy of {store.id}")
        elif region != store.region:
            copies.append(f"{reference.source} copies it to {reference.literal}")
    ends = [(r.target, f"{store.id} replicates to") for r in model.references_from(store.id, "REPLICATES_TO")]
    ends += [
        (flow.target, f"{store.id} replicates to") for flow in model.flows_from(store.id) if flow.kind == "replicate"
    ]
    ends += [(r.source, f"{store.id} is a copy of") for r in model.references_to(store.id, "REPLICATES_TO")]
    for plan in backup_plans(model).get(store.id, ()):
        ends += [(vault.id, f"{plan.id} keeps backups of it in") for vault in vaults_of(model, plan)]
    for end, text in dict.fromkeys(ends):
        if end is None:
            continue
        if model.elements[end].region is None or store.region is None:
            unplaced.append(f"the Region of {end if model.elements[end].region is None else store.id}")
        elif model.elements[end].region != store.region:
            copies.append(f"{text} {end} in {model.elements[end].region}")
    return copies, unplaced


def _region_of_arn(literal: str | None) -> str | None:
    """The Region in an ARN; ``None`` if it names none, as those of buckets do not."""
    parts = (literal or "").split(":")
    return parts[3] or None if len(parts) > 5 and parts[0] == "arn" else None


@rule(
    id="rel-cache-is-only-store",
    title="No data is in memory only",
    pillar=Pillar.RELIABILITY,
    practices={
        "REL09-BP01": "Identify and back up all data that needs to be backed up, or reproduce the data from sources"
    },
    severity=Severity.HIGH,
    population="""Every data asset that a cache, an instance's own disks or a scratch file system keeps. Passes
    if a durable store has it too, or the cache writes through to one, if a flow brings it to a system outside
    or from one, or if the cache makes snapshots; fails if nothing else keeps it and it cannot be made again;
    unknown if the model does not say whether it can. Does not apply to data that can be made again, nor to data
    that no such place keeps.""",
    rationale="""A cache loses everything when its nodes are replaced, and evicts what it likes when memory
    runs short. Instance store disks are empty after a stop.""",
    remediation=Remediation(
        "Write it to a durable store as well, or state that it can be made again.",
        """
elements:
  carts: {type: DataAsset, reproducible: false}
  cart-table: {type: DynamoDbTable, in: shop-prod.eu-west-1, holds: [carts]}
""",
    ),
    false_positives="""Data whose loss nobody minds, such as sessions after which users sign in again: state
    `reproducible: true` on the asset.""",
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_backing_up_data_identified_backups_data.html",
        "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-store-lifetime.html",
    ],
    adjust=lowered_outside_production(Severity.LOW),
)
def cache_is_only_store(context: Context) -> Iterator[Conclusion]:
    model = context.model
    assets = list(context.of_type("DataAsset"))
    known = data_flows(model) if assets else None
    outside = _outside(model, known) if known is not None else {}
    for asset in assets:
        places = known.places.get(asset.id, {}) if known is not None else {}
        fleeting = [place for place in places if _is_fleeting(model.elements[place])]
        durable = {p: places[p] for p in places if p not in fleeting and not model.elements[p].has("queue")}
        for cache in fleeting:
            if model.elements[cache].type.name == "DaxCluster":
                tables = model.targets(cache, "CALLS")
                durable.update((table.id, f"{cache} writes through to {table.id}") for table in tables)
        durable.update(outside.get(asset.id, {}))
        kept = next((p for p in fleeting if _makes_snapshots(model.elements[p])), None)
        if not fleeting:
            yield not_applicable(asset, "no cache keeps it")
        elif asset.get("reproducible") is True:
            yield not_applicable(asset, "it can be made again")
        elif durable:
            keeper, shown = next(iter(durable.items()))
            yield passed(asset, f"{keeper} keeps it too", [shown])
        elif kept is not None:
            yield passed(asset, f"{kept} makes snapshots", [f"{kept}.backup_retention is above zero"])
        elif asset.get("reproducible") is Absent.UNKNOWN:
            missing = [f"{asset.id}.reproducible"]
            evidence = [places[place] for place in fleeting]
            yield unknown(asset, "only a cache keeps it; can it be made again?", missing=missing, evidence=evidence)
        else:
            yield failed(
                asset,
                "is lost with the cache that keeps it",
                evidence=[*(places[place] for place in fleeting), f"{asset.id}.reproducible is false"],
                fix="write it to a durable store as well",
            )


def _outside(model: Model, known: DataFlows) -> dict[ElementId, dict[ElementId, str]]:
    """By asset, the systems outside AWS that a flow brings it to, or that send it."""
    found: dict[ElementId, dict[ElementId, str]] = {}
    for flow_id, assets in known.carried.items():
        for end in receivers(model.flows[FlowId(flow_id)]):
            element = model.elements[end]
            if element.external or element.type.category == "External":
                for asset in assets:
                    found.setdefault(asset, {}).setdefault(end, f"'{flow_id}' carries {asset}")
    return found


def _is_fleeting(place: Element) -> bool:
    """Whether a place loses its data with its hardware."""
    return (
        place.has("cache")
        or (place.type.name == "Ec2Instance" and place.get("instance_store") is True)
        or (place.type.name == "FsxFileSystem" and place.get("scratch") is True)
    )


def _makes_snapshots(place: Element) -> bool:
    kept = place.properties.get("backup_retention")
    return isinstance(kept, Quantity) and kept.amount > 0

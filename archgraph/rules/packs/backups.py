"""Reliability: that data is backed up, and often enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from archgraph.analysis.backup_ages import BackupAges, backup_ages, told
from archgraph.analysis.data_flows import is_reproducible
from archgraph.catalog.values import Quantity
from archgraph.model.model import Element, Model
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
    id="rel-backup-missing",
    title="Data that cannot be made again is backed up",
    pillar=Pillar.RELIABILITY,
    practices={
        "REL09-BP01": "Identify and back up all data that needs to be backed up, or reproduce the data from sources"
    },
    severity=Severity.HIGH,
    population="""Every database, bucket, file system and volume. Passes if a backup plan protects it, by name
    or by its tags (a bucket only with versioning, which AWS Backup needs), or if it keeps backups itself:
    automated backups, point-in-time recovery, scheduled snapshots, versions of objects, or the hourly snapshots
    of OpenSearch. Fails if the model says that it keeps none and no plan protects it; unknown if it does not
    say. Does not apply to copies, whose source is judged, to file systems whose data is in a repository, which
    is judged, nor to stores of data that can be made again.""",
    rationale="""Replicas and zones protect from broken hardware. A wrong command, a bug or an intruder
    deletes the replicas too; only an older copy brings the data back.""",
    remediation=Remediation(
        "Turn on the store's own backups, or protect it by a plan of AWS Backup.",
        """
elements:
  orders: {type: DynamoDbTable, in: shop-prod.eu-west-1, point_in_time_recovery: true}
  backups: {type: BackupPlan, in: shop-prod.eu-west-1, schedule: "cron(0 5 ? * * *)", protects: [uploads]}
""",
    ),
    false_positives="""Data that can be built again from another source: state `reproducible: true` on the
    data asset that the store holds.""",
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_backing_up_data_identified_backups_data.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Managing.Backups.html",
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html",
        "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-snapshots.html",
    ],
    adjust=lowered_outside_production(Severity.LOW),
)
def backup_missing(context: Context) -> Iterator[Conclusion]:
    return _judged(context, _backed_up)


def _judged(context: Context, judge: Callable[[Model, Element, BackupAges], Conclusion]) -> Iterator[Conclusion]:
    """What is said about the backups of every store that needs its own."""
    model = context.model
    for store in context.with_trait("data-store"):
        exempt = _exempt(model, store)
        if exempt is not None:
            yield not_applicable(store, exempt)
        else:
            yield judge(model, store, backup_ages(model, store))


def _exempt(model: Model, store: Element) -> str | None:
    """Why a store needs no backup of its own, if it does not."""
    sources = [reference.source for reference in model.references_to(store.id, "REPLICATES_TO")]
    both_ways = {reference.target for reference in model.references_from(store.id, "REPLICATES_TO")}
    for source in sources:
        if source not in both_ways and not model.elements[source].properties.get("data_repository"):
            return f"it is a copy of {source}, which is judged"
    if is_reproducible(model, store):
        return "its data can be made again"
    if store.type.name == "FsxFileSystem" and (store.get("scratch") is True or store.get("data_repository")):
        return "its data is in its repository"
    return None


def _backed_up(model: Model, store: Element, known: BackupAges) -> Conclusion:
    if known.ages:
        return passed(store, known.ages[0][1], [text for _, text in known.ages[1:]])
    if known.missing:
        missing = [name for _, name in known.missing]
        return unknown(store, "the model does not say whether it is backed up", missing=missing)
    return failed(
        store,
        "is not backed up",
        evidence=[*known.none, f"no backup plan protects {store.id}"],
        fix="turn on its own backups, or name it in 'protects' of a BackupPlan",
    )


@rule(
    id="rel-backup-interval-exceeds-rpo",
    title="Backups are as frequent as the recovery point objective asks",
    pillar=Pillar.RELIABILITY,
    practices={"REL09-BP03": "Perform data backup automatically"},
    severity=Severity.HIGH,
    population="""Every store that is backed up, with the shortest `rpo` of the data assets that it holds, or
    else the model's objective. Passes if its own backups, a plan's schedule or the stated lag of a replica
    leave less time than that between the newest copy and the data; fails if the longest gap between two
    backups is longer; unknown if no objective, schedule or lag is stated. Does not apply to stores without
    backups, which rel-backup-missing judges.""",
    rationale="""A backup a night means that a bad afternoon costs the day. Whether that is acceptable is what
    a recovery point objective says.""",
    remediation=Remediation(
        "Back up more often, turn on point-in-time recovery, or agree on a longer objective.",
        """
objectives: {rpo: 5m}
elements:
  orders: {type: DynamoDbTable, in: shop-prod.eu-west-1, point_in_time_recovery: true}
""",
    ),
    false_positives="""A journal elsewhere from which the last hours can be replayed: draw it, state its lag,
    or waive the finding naming it.""",
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_backing_up_data_automated_backups_data.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html",
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html",
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html",
    ],
    adjust=lowered_outside_production(Severity.LOW),
)
def backup_interval_exceeds_rpo(context: Context) -> Iterator[Conclusion]:
    return _judged(context, _often_enough)


def _often_enough(model: Model, store: Element, known: BackupAges) -> Conclusion:
    if not known.ages:
        return not_applicable(store, "the model shows no backup of it")
    _add_replicas(model, store, known)
    objective = _objective(model, store)
    if objective is None:
        return unknown(store, "the model does not say how much data may be lost", missing=["objectives.rpo"])
    return _compared(store, objective, known)


def _add_replicas(model: Model, store: Element, known: BackupAges) -> None:
    """A replica loses its lag with the store, if that is stated."""
    for flow in model.flows_from(store.id):
        if flow.kind == "replicate":
            stated = flow.implied_by.properties if flow.implied_by else {}
            lag = stated.get("lag")
            if isinstance(lag, Quantity):
                known.ages.append((lag.amount, f"{flow.target} lags {lag} behind"))
            elif stated.get("time_control") is True:
                known.ages.append((900, f"S3 copies it to {flow.target} within 15 minutes"))
            else:
                known.missing.append((0, f"how far {flow.target} lags behind {store.id}"))


def _objective(model: Model, store: Element) -> tuple[Quantity, str] | None:
    """The shortest recovery point objective that holds for a store, and whose it is."""
    stated = [(asset.properties.get("rpo"), f"{asset.id}.rpo") for asset in model.targets(store.id, "HOLDS")]
    own = [(rpo, name) for rpo, name in stated if isinstance(rpo, Quantity)]
    if own:
        return min(own, key=lambda item: item[0].amount)
    rpo = model.objectives.get("rpo")
    return (rpo, "objectives.rpo") if isinstance(rpo, Quantity) else None


def _compared(store: Element, objective: tuple[Quantity, str], known: BackupAges) -> Conclusion:
    rpo, name = objective
    age, shown = min(known.ages)
    texts = [text for _, text in known.ages]
    if age <= rpo.amount:
        return passed(store, f"{name} is {rpo}, and its newest copy is not older", [shown])
    missing = [text for possible, text in known.missing if possible <= rpo.amount]
    if missing:
        return unknown(store, f"may lose more than {name} allows", missing=missing, evidence=texts)
    return failed(
        store,
        f"may lose {told(age)} of data, more than {name} allows",
        evidence=[f"{name} is {rpo}", *texts],
        fix="back it up more often, or turn on point-in-time recovery",
    )

"""Cost and sustainability: what runs while nobody works, and copies that no objective asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from archgraph.catalog.values import Quantity
from archgraph.model.model import Absent, Element, Model
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
from archgraph.rules.severity import is_production

_PROVISIONED = ("AuroraCluster", "AutoScalingGroup", "Ec2Instance", "EcsService", "EksNodeGroup", "RdsInstance")
"""Types that are paid for by the hour, used or not, and that can be stopped or scaled to nothing."""

_ALWAYS = frozenset({
    "24/7", "24x7", "all day", "all the time", "always", "around the clock", "continuous", "continuously",
    "round the clock",
})  # fmt: skip


@rule(
    id="cost-nonprod-always-on",
    title="Environments that nobody uses at night are off at night",
    pillar=Pillar.COST_OPTIMIZATION,
    practices={"COST09-BP03": "Supply resources dynamically"},
    severity=Severity.LOW,
    population="""Instances, Auto Scaling groups, container services, node groups and relational databases of
    an environment that is not production. Passes with a `running_schedule`, if a schedule stops it or scales
    it, or if it can scale to nothing; fails if its schedule is none or always; unknown if the model does not
    say. Does not apply in production, nor where the environment is not stated.""",
    rationale="""Twelve hours on five days are 36 per cent of the week. What is off for the rest costs nearly
    two thirds less.""",
    remediation=Remediation(
        "Stop it by a schedule, or let it scale to nothing.",
        """
elements:
  test-db: {type: RdsInstance, in: shop-test.eu-west-1, running_schedule: weekdays 07:00-19:00}
  stop:
    type: EventSchedule
    in: shop-test.eu-west-1
    schedule: "cron(0 19 ? * MON-FRI *)"
    target: {to: test-db, action: "rds:StopDBInstance"}
""",
    ),
    false_positives="""Test systems in use around the clock: load tests at night, teams in several time zones.
    Waive it saying who uses them then.""",
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/cost_manage_demand_resources_dynamic.html",
        "https://docs.aws.amazon.com/solutions/latest/instance-scheduler-on-aws/solution-overview.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_StopInstance.html",
    ],
)
def nonprod_always_on(context: Context) -> Iterator[Conclusion]:
    for element in context.of_type(*_PROVISIONED):
        environment = element.environment
        if environment is None or is_production(environment):
            yield not_applicable(element, f"its environment is {environment or 'not stated'}")
            continue
        schedule = _scheduled(context.model, element)
        stated = element.get("running_schedule")
        if schedule is not None:
            yield passed(element, schedule)
        elif isinstance(stated, str) and stated.strip().lower() not in _ALWAYS:
            yield passed(element, f"it runs {stated}")
        elif stated is Absent.UNKNOWN:
            missing = [f"{element.id}.running_schedule"]
            yield unknown(element, "the model does not say when it runs", missing=missing)
        else:
            yield failed(
                element,
                "runs when nobody uses it",
                evidence=[f"its environment is {environment}", f"{element.id}.running_schedule is {stated}"],
                fix="stop it by a schedule, and state when it runs in 'running_schedule'",
                at=element.where("running_schedule"),
            )


def _scheduled(model: Model, element: Element) -> str | None:
    """What stops an element or scales it to nothing, if the model shows it."""
    for reference in model.references_to(element.id, "TRIGGERS"):
        if _ticks(model.elements[reference.source]) and _stops(reference.properties.get("action")):
            return f"{reference.source} stops and starts it"
    for flow in model.flows_to(element.id):
        if flow.kind == "manage" and _stops(flow.properties.get("action")):
            for reference in model.references_to(flow.source, "TRIGGERS"):
                if _ticks(model.elements[reference.source]):
                    return f"{reference.source} starts {flow.source}, which stops it"
    scaling = element.properties.get("scaling")
    for policy in scaling if isinstance(scaling, list) else ():
        if isinstance(policy, dict) and (policy.get("schedule") or policy.get("kind") == "scheduled"):
            return "a scheduled action changes its size"
    serverless = element.properties.get("serverless")
    if isinstance(serverless, dict) and serverless.get("min") == 0:
        return "it pauses when it is idle"
    by_itself = scaling or element.type.name == "EksNodeGroup"  # whose scaling is Kubernetes' own
    if "min" in element.type.properties and element.get("min") == 0 and by_itself:
        return "it scales to nothing"
    return None


_STOPPING = ("stop", "terminate", "update", "setdesiredcapacity", "register", "delete")
"""Beginnings of the API actions by which something is stopped or made smaller."""


def _ticks(element: Element) -> bool:
    return isinstance(element.properties.get("schedule"), str) and element.properties.get("enabled") is not False


def _stops(action: object) -> bool:
    """Whether an action stops something: ``ec2:StopInstances``; so may one that is not stated."""
    return not isinstance(action, str) or action.rpartition(":")[2].lower().startswith(_STOPPING)


_MORE_THAN_TWO: Mapping[str, tuple[str, int]] = {
    "AuroraCluster": ("count", 2),
    "DaxCluster": ("count", 2),
    "ElastiCacheCluster": ("replicas", 1),
}
"""The property that counts the copies of each type, and the number at which a second zone has one."""


@rule(
    id="sus-redundancy-beyond-sla",
    title="There are no more copies than the objectives ask for",
    pillar=Pillar.SUSTAINABILITY,
    practices={"SUS02-BP02": "Align SLAs with sustainability goals"},
    severity=Severity.INFO,
    population="""Every data store and cache with a live copy in another Region, or with more copies than a
    second zone needs. Outside production it fails, unless something in the other Region reads the copy. In
    production, a copy in another Region fails if the recovery time objective leaves at least `hours` to
    restore a backup there instead, passes if it does not or if the recovery point objective is shorter than
    the hour between two backups, and is unknown if there is no objective. Copies of backups and replicated
    buckets, which are backups themselves, are not counted; nor is a second zone, for which
    rel-single-az-component asks. Does not apply to stores without such copies.""",
    rationale="""A standby that no objective needs takes hardware, energy and money all year, for a day that
    a restored backup would serve as well.""",
    remediation=Remediation(
        "Copy backups instead of running a replica, or state the objective that needs it.",
        """
objectives: {rto: 24h, rpo: 1h}
elements:
  dr-vault: {type: BackupVault, in: shop-prod.eu-central-1}
  backups:
    type: BackupPlan
    in: shop-prod.eu-west-1
    protects: [orders]
    schedule: "cron(15 * ? * * *)"
    copy_to: [dr-vault]
""",
    ),
    false_positives="""Replicas that serve readers near them: draw the flows that read them. A rehearsal of a
    failover between Regions, in an environment made for it.""",
    parameters=[Parameter("hours", 24, "How many hours are enough to restore a backup", minimum=1)],
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/sus_sus_user_a3.html",
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_planning_for_recovery_disaster_recovery.html",
        "https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/disaster-recovery-options-in-the-cloud.html",
    ],
)
def redundancy_beyond_sla(context: Context) -> Iterator[Conclusion]:
    model = context.model
    for store in model.whose_type(lambda type_: not type_.traits.isdisjoint(("data-store", "cache"))):
        if store.external:
            continue
        used, idle = _far_copies(model, store)
        lesser = store.environment is not None and not is_production(store.environment)
        surplus = [*idle, *(_surplus(store) if lesser else ())]
        if surplus and lesser:
            yield failed(
                store,
                f"has more copies than {store.environment} needs",
                evidence=[f"its environment is {store.environment}", *surplus],
                fix="do without these copies, or restore backups when they are needed",
            )
        elif idle:
            yield _by_objective(model, store, idle, context.parameters["hours"])
        elif used:
            yield passed(store, "its copies are read", used)
        else:
            yield not_applicable(store, "it has no more copies than a second zone needs")


def _far_copies(model: Model, store: Element) -> tuple[list[str], list[str]]:
    """The live copies in other Regions: those that something there reads, and those that wait."""
    readers = {model.elements[flow.source].region for flow in model.flows_to(store.id) if flow.kind == "request"}
    used: list[str] = []
    idle: list[str] = []
    regions = store.properties.get("replica_regions")
    for region in dict.fromkeys(regions) if isinstance(regions, list) else ():
        (used if region in readers else idle).append(f"{store.id}.replica_regions names {region}")
    if store.type.name == "S3Bucket":
        return used, idle  # replicated objects are the backup itself: nothing runs for them
    for copy in (model.elements[flow.target] for flow in model.flows_from(store.id) if flow.kind == "replicate"):
        if copy.region is not None and copy.region != store.region:
            called = any(flow.kind == "request" for flow in model.flows_to(copy.id))
            (used if called else idle).append(f"{store.id} replicates to {copy.id} in {copy.region}")
    return used, idle


def _surplus(store: Element) -> list[str]:
    """Copies beyond the one that a second zone needs."""
    shown: list[str] = []
    if store.properties.get("readable_standbys") is True:
        shown.append(f"{store.id}.readable_standbys is true: two standbys")
    if store.properties.get("standby") is True:
        shown.append(f"{store.id}.standby is true: a third zone stands by")
    name, enough = _MORE_THAN_TWO.get(store.type.name, ("", 0))
    members = store.properties.get("instances")
    count = len(members) if isinstance(members, list) else store.properties.get(name)
    if name and isinstance(count, int) and count > enough:
        shown.append(f"{store.id} has {count} {'instances' if isinstance(members, list) else name}")
    return shown


_HOURLY = 3600
"""The shortest time in seconds between two backups that AWS Backup makes and copies: its schedules are hourly at
most (https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRule.html)."""

_BETWEEN_BACKUPS: Mapping[str, int] = {"RdsInstance": 300}
"""Types whose transaction logs are copied to another Region too: "Replicating automated backups to another AWS
Region", https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html"""


def _by_objective(model: Model, store: Element, idle: list[str], hours: int) -> Conclusion:
    rto, rpo = model.objectives.get("rto"), model.objectives.get("rpo")
    if isinstance(rpo, Quantity) and rpo.amount < _BETWEEN_BACKUPS.get(store.type.name, _HOURLY):
        return passed(store, f"objectives.rpo is {rpo}, which copied backups do not keep", idle)
    if not isinstance(rto, Quantity):
        missing = ["objectives.rto"]
        return unknown(store, "the model does not say how fast it must be back", missing=missing, evidence=idle)
    if rto.amount < hours * 3600:
        return passed(store, f"objectives.rto is {rto}", idle)
    return failed(
        store,
        "has a live copy in another Region, and a day to restore one",
        evidence=[f"objectives.rto is {rto}", *idle],
        fix="copy its backups to the other Region instead of running a replica there",
    )

"""Operational Excellence: alarms with a process, somewhere to try changes, and numbers that users feel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from archgraph.model.model import Absent, Element, ElementId, Model
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

_TELLS = frozenset({"SnsTopic", "LambdaFunction"})
"""Types by which an alarm tells people, or code that does."""


@rule(
    id="ops-alarm-without-runbook",
    title="Every alarm says what to do",
    pillar=Pillar.OPERATIONAL_EXCELLENCE,
    practices={"OPS10-BP02": "Have a process per alert"},
    severity=Severity.MEDIUM,
    population="""Every CloudWatch alarm that tells somebody. Passes with a `runbook`; fails with
    `runbook: none`; unknown if it states none. Does not apply to alarms that only scale, recover or stop
    something, nor to alarms that tell nobody.""",
    rationale="""An alarm at three in the morning reaches whoever is on call, not whoever built the system.
    Without a process, every alarm is an investigation from the start.""",
    remediation=Remediation(
        "Write down what to look at and what to do, and link it.",
        """
elements:
  db-busy:
    type: CloudWatchAlarm
    in: shop-prod.eu-west-1
    watches: shop-db
    metric: CPUUtilization
    above: 80%
    actions: [ops]
    runbook: docs/runbooks/database-busy.md
""",
    ),
    false_positives="""Runbooks that a tool finds by the alarm's name: state their common address.""",
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/ops_event_response_process_per_alert.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html",
    ],
    adjust=lowered_outside_production(Severity.LOW),
)
def alarm_without_runbook(context: Context) -> Iterator[Conclusion]:
    for alarm in context.of_type("CloudWatchAlarm"):
        runbook = alarm.get("runbook")
        if isinstance(runbook, str) and runbook.strip():
            yield passed(alarm, "it names a runbook")
        elif not _told(context.model, alarm):
            yield not_applicable(alarm, "it tells nobody")
        elif runbook is Absent.UNKNOWN:
            yield unknown(alarm, "the model does not say what to do when it fires", missing=[f"{alarm.id}.runbook"])
        else:
            yield failed(
                alarm,
                "tells somebody, and nobody what to do",
                evidence=[f"{alarm.id}.runbook is {runbook or 'empty'}"],
                fix="state 'runbook': the path or address of what to do when it fires",
                at=alarm.where("runbook"),
            )


def _told(model: Model, alarm: Element) -> bool:
    """Whether an alarm tells people; one outside the model may."""
    for reference in model.references_from(alarm.id, "TRIGGERS"):
        target = None if reference.target is None else model.elements[reference.target]
        if target is None or target.type.name in _TELLS or target.type.category in ("External", "Actor"):
            return True
    return False


_NOT_BEFORE = frozenset({
    "audit", "disaster recovery", "disaster-recovery", "disaster_recovery", "dr", "infrastructure", "log-archive",
    "logging", "management", "network", "recovery", "security", "shared", "shared-services", "standby",
})  # fmt: skip
"""How people call environments that stand beside production or take over from it, not before it: the accounts of
"Organizing Your AWS Environment Using Multiple Accounts", and sites for disaster recovery."""

_RUNS = frozenset({"compute", "data-store", "queue", "cache"})
"""Traits of the services that a change touches."""


@rule(
    id="ops-no-preproduction-environment",
    title="Changes are tried in an environment before production",
    pillar=Pillar.OPERATIONAL_EXCELLENCE,
    practices={"OPS05-BP08": "Use multiple environments"},
    severity=Severity.MEDIUM,
    population="""Every account with compute, stores or queues in production. Passes if another environment of
    the model runs some of the same types, or if a pipeline deploys to another environment first; fails if
    the model has other environments and none of them runs any of these types; sites for disaster recovery and
    shared accounts (network, security, logs) are not environments before production; unknown if production is the
    only environment of the model, which then may be modelled elsewhere. Does not apply to accounts that
    run nothing in production.""",
    rationale="""What was never tried anywhere is tried on users.""",
    remediation=Remediation(
        "Model the staging environment beside production, from the same patterns.",
        """
include: [network.yaml, services.yaml]
change:
  prod: {environment: staging, account_id: "000000000002"}
""",
    ),
    false_positives="""Environments that are made for each change and removed again: let the pipeline say so
    with a stage whose `environment` is another one.""",
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/ops_dev_integ_multi_env.html",
        "https://docs.aws.amazon.com/whitepapers/latest/organizing-your-aws-environment/organizing-your-aws-environment.html",
    ],
)
def no_preproduction_environment(context: Context) -> Iterator[Conclusion]:
    model = context.model
    run: dict[str, dict[ElementId | None, set[str]]] = {}
    for element in model.elements.values():
        if element.environment is not None and not element.external:
            types = run.setdefault(element.environment, {}).setdefault(element.account, set())
            if not _RUNS.isdisjoint(element.type.traits):
                types.add(str(element.type.name))
    live: dict[ElementId, set[str]] = {}
    elsewhere: dict[str, set[str]] = {}
    for environment, accounts in run.items():
        if is_production(environment):
            for id_, types in accounts.items():
                if types and id_ is not None:
                    live.setdefault(id_, set()).update(types)
        elif environment.lower() not in _NOT_BEFORE:
            elsewhere[environment] = set().union(*accounts.values())
    tried = _tried_by_pipelines(model)
    for account in context.of_type("Account"):
        if account.id in live:
            yield _tried(account, live[account.id], elsewhere, tried)
        else:
            yield not_applicable(account, "nothing of it runs in production")


def _tried_by_pipelines(model: Model) -> str | None:
    """The first pipeline that deploys to another environment, and to which."""
    for pipeline in model.of_type("CodePipeline"):
        stages = pipeline.properties.get("stages")
        for stage in stages if isinstance(stages, list) else ():
            environment = str(stage.get("environment", "")) if isinstance(stage, dict) else ""
            if not environment or stage.get("kind", "deploy") not in ("deploy", "test"):
                continue
            if is_production(environment):
                break  # what comes after production is not before it
            if environment.lower() not in _NOT_BEFORE:
                return f"{pipeline.id} deploys to {environment} first"
    return None


def _tried(account: Element, types: set[str], elsewhere: Mapping[str, set[str]], pipeline: str | None) -> Conclusion:
    for environment, others in sorted(elsewhere.items()):
        if types & others:
            return passed(account, f"{environment} runs {', '.join(sorted(types & others))} too")
    if pipeline is not None:
        return passed(account, pipeline)
    if not elsewhere:
        missing = ["an element whose environment is not production"]
        return unknown(account, "production is the only environment of the model", missing=missing)
    return failed(
        account,
        "runs in production what no other environment runs",
        evidence=[
            f"{account.id} runs {', '.join(sorted(types))} in production",
            f"{', '.join(sorted(elsewhere))} runs none of these",
        ],
        fix="build the same services in an environment before production",
    )


@rule(
    id="ops-kpi-missing",
    title="What users meet has an objective and is measured",
    pillar=Pillar.OPERATIONAL_EXCELLENCE,
    practices={"OPS04-BP01": "Identify key performance indicators"},
    severity=Severity.LOW,
    population="""Every element to which end users send requests, other than DNS. Passes if the model states an
    objective (availability, latency or throughput) and an alarm, a dashboard or a canary watches it or what
    answers behind it, or a metric made from its logs; fails if nothing does; unknown if it is watched and
    no objective is stated. Does not apply to what only staff and devices use.""",
    rationale="""Without an agreed number nobody knows whether the system is good enough, and users are the
    first to notice that it is not.""",
    remediation=Remediation(
        "Agree on an objective with those who pay for the system, and watch it where users enter.",
        """
objectives: {availability: 99.9%, latency_p99: 800ms}
elements:
  slow: {type: CloudWatchAlarm, in: shop-prod.eu-west-1, watches: web-alb, metric: TargetResponseTime, above: 0.8}
""",
    ),
    false_positives="""Measured by a service outside AWS, from the browser for example: draw it as a system
    that calls the entry, and waive the finding naming it.""",
    parameters=[Parameter("hops", 3, "How many flows behind the entry something may be watched instead", minimum=0)],
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/ops_observability_identify_kpis.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-ServiceLevelObjectives.html",
    ],
    adjust=lowered_outside_production(Severity.INFO),
)
def kpi_missing(context: Context) -> Iterator[Conclusion]:
    model = context.model
    entries: dict[ElementId, set[str]] = {}
    for user in model.of_type("EndUser", "Administrator", "Developer", "IotDevice"):
        for flow in model.flows_from(user.id):
            if flow.kind == "request" and flow.properties.get("protocol") != "dns":
                staff = user.properties.get("internal") is True
                entries.setdefault(flow.target, set()).add("staff" if staff else str(user.type.name))
    watched = _watched(model, context.parameters["hops"])
    stated = [name for name in ("availability", "latency_p99", "throughput") if name in model.objectives]
    for entry, users in entries.items():
        element = model.elements[entry]
        if element.external or element.type.category in ("External", "Actor") or element.type.name == "HostedZone":
            continue
        if "EndUser" not in users:
            yield not_applicable(element, "end users do not use it")
        else:
            yield _measured(element, watched.get(entry), stated)


def _watched(model: Model, hops: int) -> dict[ElementId, str]:
    """What measures each element, or the nearest one that answers behind it."""
    found: dict[ElementId, str] = {}
    for watcher in model.elements.values():
        if watcher.type.category == "Observability":
            for target in model.targets(watcher.id, "WATCHES", "CALLS"):
                for measured in _measured_by(model, target):
                    found.setdefault(measured, f"{watcher.id} watches {target.id}")
    ring = list(found)
    for _ in range(hops):
        ahead: list[ElementId] = []
        for id_ in ring:
            for flow in model.flows_to(id_):
                if flow.kind == "request" and flow.source not in found:
                    found[flow.source] = found[id_]
                    ahead.append(flow.source)
        ring = ahead
    return found


def _measured_by(model: Model, target: Element) -> Iterator[ElementId]:
    """What a metric is about: the element, or for a metric filter what writes the log that it reads.

    "Creating metrics from log events using filters",
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html
    """
    yield target.id
    if target.type.name == "MetricFilter":
        for log_group in model.targets(target.id, "WATCHES"):
            for reference in model.references_to(log_group.id, "LOGS_TO"):
                yield reference.source


def _measured(element: Element, watched: str | None, stated: Sequence[str]) -> Conclusion:
    if watched is None:
        return failed(
            element,
            "end users use it, and nothing measures how well it works",
            evidence=[f"no alarm, dashboard or canary watches {element.id} or what answers behind it"],
            fix="watch it: an alarm on its errors and latency, or a canary",
        )
    if not stated:
        missing = ["objectives.availability", "objectives.latency_p99"]
        return unknown(element, "the model states no objective for it", missing=missing, evidence=[watched])
    return passed(element, watched, [f"objectives.{name} is stated" for name in stated])

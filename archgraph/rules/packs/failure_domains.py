"""Reliability: what the loss of one zone or one instance takes from users, and who would notice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from archgraph.analysis.cut_nodes import derive_cut_nodes
from archgraph.analysis.dependencies import whole
from archgraph.analysis.redundancy import counts_instances, standing
from archgraph.analysis.zone_loss import ZoneLoss, derive_zone_losses
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
    id="rel-az-loss-breaks-path",
    title="No zone takes a user's path down with it",
    pillar=Pillar.RELIABILITY,
    practices={"REL10-BP01": "Deploy the workload to multiple locations"},
    severity=Severity.CRITICAL,
    population="""Every element that people or systems outside call. For each zone in turn, all that stands
    there only is taken away; fails if the element then cannot do its work, because it or something that its
    requests need is gone, or because all its ways to a system outside, or to a service of AWS without an
    endpoint in the VPC, lead through a NAT gateway there. What is done later, after an event or
    from a queue, does not count.
    Targets of one listener stand in for one another, and what calls a listener or rule needs what this leads
    to; caches, and flows with `critical: false` or a `fallback`, are not needed. Unknown if the zones of
    something needed are not stated; does not apply if nothing behind it is bound to zones, nor to entries of
    low criticality.""",
    rationale="""An Availability Zone can fail as a whole. That every component spans zones is not enough if
    the path between them does not, and one component in a single zone is enough to break the path.""",
    remediation=Remediation(
        "Give every component on the path a second zone, and every zone its own NAT gateway; or say what happens "
        "without it.",
        """
elements:
  web: {type: AutoScalingGroup, subnets: [app-a, app-b], min: 2}
  shop-db: {type: RdsInstance, multi_az: true, subnet_group: {subnets: [data-*]}}
flows:
  - web -> recommendations: {protocol: https, fallback: show bestsellers}
""",
    ),
    false_positives="""A component that the path can do without: state `critical: false` or `fallback` on
    the flow to it. A second Region that takes over within minutes: waive it naming the runbook. Outside
    production the severity is low.""",
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_fault_isolation_multiaz_region_system.html",
        "https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/aws-service-types.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html",
    ],
    adjust=lowered_outside_production(Severity.LOW),
)
def az_loss_breaks_path(context: Context) -> Iterator[Conclusion]:
    for loss in derive_zone_losses(context.model, context.facts.subnets):
        entry = context.model.elements[loss.entry]
        if entry.criticality == "low":
            yield not_applicable(entry, "its criticality is low")
        else:
            yield _survival(entry, loss)


def _survival(entry: Element, loss: ZoneLoss) -> Conclusion:
    if loss.breaks:
        zones = list(loss.breaks)
        return failed(
            entry,
            f"is down when {' or '.join(zones[:3])} is lost" + (", or another zone" if len(zones) > 3 else ""),
            evidence=[
                *(f"{zone}: {hop.text}" for zone in zones[:3] for hop in loss.breaks[zone]),
                *(f"scenario {scenario} breaks" for scenario in loss.scenarios[:3]),
            ],
            fix="give what stands in one zone a second one, or say what happens without it",
        )
    if loss.missing:
        return unknown(entry, "the model does not say in which zones all of its path stands", missing=loss.missing)
    if not loss.bound:
        return not_applicable(entry, "nothing behind it is bound to zones")
    return passed(entry, "each zone can be lost alone")


@rule(
    id="rel-spof-cut-node",
    title="Nothing that every request passes stands only once",
    pillar=Pillar.RELIABILITY,
    practices={"REL11-BP02": "Fail over to healthy resources"},
    severity=Severity.HIGH,
    population="""Instances, groups of instances, container services, node groups and brokers that requests of
    people or systems outside pass. Fails if it surely keeps one instance only and every way to a data store, or
    to an answer, leads through it; passes with two or more, if others lead there as well, or if the only ways
    are flows with `critical: false` or a `fallback`; unknown if its size is not stated. Does not apply to what
    no such request passes. Data stores and caches are judged by rel-single-az-component.""",
    rationale="""What stands once fails whenever its process, its host or its disk fails, which is far more
    often than a zone, and is down for every deployment. A group that keeps one instance replaces it, but
    only after users have noticed.""",
    remediation=Remediation(
        "Keep at least two instances, behind something that takes the failed one out.",
        """
elements:
  web: {type: AutoScalingGroup, subnets: [app-a, app-b], min: 2, max: 4}
  orders: {type: EcsService, cluster: shop, min: 2, max: 6}
""",
    ),
    false_positives="""Something that may be down for minutes while it is replaced: waive it with that time,
    or state `criticality: low`. Outside production the severity is low.""",
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/"
        "rel_withstand_component_failures_failover2good.html",
        "https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-capacity-limits.html",
        "https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/amazon-mq-broker-architecture.html",
    ],
    adjust=lowered_outside_production(Severity.LOW),
)
def spof_cut_node(context: Context) -> Iterator[Conclusion]:
    model = context.model
    cuts = derive_cut_nodes(model)
    for element in model.of_type("Ec2Instance", "AutoScalingGroup", "EcsService", "EksNodeGroup", "MqBroker"):
        found = standing(model, element) if counts_instances(element) else None
        if found is None:
            continue
        if element.id not in cuts.reached:
            yield not_applicable(element, "no request from outside passes it")
        elif element.id not in cuts.ends:
            yield passed(element, "requests do without it, or others lead wherever it leads")
        elif found.instances == 1:
            yield failed(
                element,
                "stands once, and every request passes it",
                evidence=[_once(element), f"no way to {cuts.ends[element.id]} leads around {element.id}"],
                fix="keep two instances at least, behind a load balancer or a queue",
            )
        elif found.missing_instances:
            yield unknown(
                element, "the model does not say how many instances it keeps", missing=found.missing_instances
            )
        else:
            yield passed(element, "it keeps two instances or more")


def _once(element: Element) -> str:
    for name in ("min", "desired", "count", "deployment_mode"):
        if name in element.properties:
            return f"{element.id}.{name} is {element.properties[name]}"
    return f"{element.id} stands for one instance"


@rule(
    id="rel-critical-node-without-alarm",
    title="Someone is told when a critical component fails",
    pillar=Pillar.RELIABILITY,
    practices={"REL06-BP01": "Monitor all components for the workload (Generation)"},
    severity=Severity.HIGH,
    population="""Code, load balancers, APIs, databases, caches, queues and workflows that requests from outside
    pass, or that are steps of a scenario. Passes if an alarm that tells somebody, and does not only scale,
    watches it: directly, by a metric of its log, by a canary, or, for targets of a load balancer, by a metric
    of targets. Fails without one if its criticality is high or critical; unknown if no criticality is stated;
    does not apply to lower ones.""",
    rationale="""A failure that nobody is told of lasts until users complain. On the path of users, every
    component that can fail by itself needs an alarm that names it.""",
    remediation=Remediation(
        "Add an alarm on errors, latency or saturation, with an action that reaches a person.",
        """
elements:
  place-errors: {type: CloudWatchAlarm, in: prod.eu-west-1, watches: place, metric: Errors, above: 0, actions: [ops]}
""",
    ),
    false_positives="""Components that a third-party tool watches: draw it as a type of your own whose
    reference to what it watches has the relationship `WATCHES`, or waive it. Outside production the severity
    is low.""",
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_monitor_aws_resources_monitor_resources.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html",
    ],
    adjust=lowered_outside_production(Severity.LOW),
)
def critical_node_without_alarm(context: Context) -> Iterator[Conclusion]:
    model = context.model
    watched = _watched(model)
    steps = (model.flows[step.flow] for scenario in model.scenarios.values() for step in scenario.steps)
    on_path = {whole(model, end) for flow in steps for end in (flow.source, flow.target)}
    on_path |= derive_cut_nodes(model).reached
    for element in model.whose_type(_fails_by_itself):
        if element.id not in on_path or element.external:
            continue
        if element.id in watched:
            yield passed(element, f"{watched[element.id]} watches it")
        elif element.criticality is None:
            yield unknown(
                element,
                "no alarm watches it, and nobody says how critical it is",
                missing=[f"{element.id}.criticality"],
            )
        elif element.criticality in ("high", "critical"):
            yield failed(
                element,
                "no alarm watches it",
                evidence=[f"{element.id}.criticality is {element.criticality}", "requests or a scenario depend on it"],
                fix=f"add a CloudWatchAlarm with 'watches: {element.id}'",
            )
        else:
            yield not_applicable(element, f"its criticality is {element.criticality}")


def _fails_by_itself(type_: ElementType) -> bool:
    if type_.name == "TargetGroup":
        return False
    working = not type_.traits.isdisjoint(("compute", "load-balancer", "cache", "queue"))
    database = "data-store" in type_.traits and type_.category == "Database"
    return working or database or type_.name in _WATCHED_TYPES


_WATCHED_TYPES = frozenset({"ApiGatewayRestApi", "ApiGatewayHttpApi", "AppSyncApi", "StateMachine"})

_NO_ALARM = frozenset({"CloudWatchDashboard", "MetricFilter", "HealthCheck", "SyntheticsCanary", "Budget"})
"""Types that look at something and by themselves tell nobody that it fails."""


def _watched(model: Model) -> Mapping[ElementId, ElementId]:
    """Every element that an alarm watches, with the alarm."""
    found: dict[ElementId, ElementId] = {}
    for reference in model.references_of("WATCHES"):
        alarm = model.elements[reference.source]
        if reference.target is not None and alarm.type.name not in _NO_ALARM and _is_heard(model, alarm):
            for target in _seen_through(model, alarm, model.elements[reference.target]):
                found.setdefault(whole(model, target), alarm.id)
    return found


def _is_heard(model: Model, alarm: Element) -> bool:
    """Whether somebody learns of an alarm: by an action beside scaling, by an alarm over it, or by an event rule."""
    if alarm.type.name != "CloudWatchAlarm" or alarm.properties.get("actions") is Absent.UNKNOWN:
        return True
    for reference in model.references_from(alarm.id, "TRIGGERS"):
        if reference.target is None or model.elements[reference.target].type.name not in _ONLY_ACT:
            return True
    above = [model.elements[reference.source] for reference in model.references_to(alarm.id, "WATCHES")]
    return any(one.type.name == "CloudWatchAlarm" and _is_heard(model, one) for one in above) or any(
        flow.kind == "event" for flow in model.flows_from(alarm.id) if flow.implied_by is None
    )


_ONLY_ACT = frozenset({"AutoScalingGroup", "EcsService", "Ec2Instance"})
"""Targets of alarms that scale, stop or recover something and tell nobody."""


def _seen_through(model: Model, alarm: Element, target: Element) -> Iterator[ElementId]:
    """What an alarm sees: its target, and what the target is a sign of."""
    yield target.id
    if target.type.name == "MetricFilter":
        for group in model.targets(target.id, "WATCHES"):
            yield from (reference.source for reference in model.references_to(group.id, "LOGS_TO"))
    if target.type.name in ("SyntheticsCanary", "HealthCheck"):
        yield from (seen.id for seen in model.targets(target.id, "CALLS", "WATCHES"))
    metric = str(alarm.properties.get("metric", ""))
    if target.has("load-balancer") and ("Target" in metric or "HostCount" in metric):
        yield from (flow.target for flow in model.flows_from(target.id))

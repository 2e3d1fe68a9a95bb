"""Performance Efficiency: where callers and callees are, and how load is spread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archgraph.analysis.dependencies import whole
from archgraph.model.model import Element, ElementId, Flow, Model
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

_NOT_LOAD = frozenset({"ssh", "rdp", "icmp", "dns"})
"""Protocols by which people or machines address one instance on purpose, or none."""

_BALANCED_INSIDE = frozenset({"EksNodeGroup"})
"""Types in which Kubernetes services spread requests over pods, whatever stands in front."""


@rule(
    id="perf-cross-region-sync-call",
    title="No request of a user waits for another Region",
    pillar=Pillar.PERFORMANCE_EFFICIENCY,
    practices={"PERF04-BP06": "Choose your workload's location based on network requirements"},
    severity=Severity.HIGH,
    population="""Every flow by which one regional element waits for another (requests; not events,
    polls, streams, replication or control-plane actions). Fails if it crosses Regions and lies on a chain
    of such flows that begins at a user; passes if both ends are in one Region, or if the target has a
    replica in the caller's Region. Does not apply to calls that no user waits for, nor to global services
    and edge locations, which have no Region.""",
    rationale="""Every round trip between Regions adds tens to hundreds of milliseconds, several per
    request as a rule, and makes one Region's outage the other's.""",
    remediation=Remediation(
        "Serve the caller from its own Region (a replica, a cache), or take the call off the user's path "
        "with an event or a queue.",
        """
elements:
  orders: {type: DynamoDbTable, in: shop-prod.eu-west-1, replica_regions: [us-east-1]}
flows:
  - checkout -> stock-events: {kind: event}          # nobody waits
""",
    ),
    false_positives="""A rare call that must see one authoritative Region, such as a write to a
    primary database: waive it with its latency budget. Calls between end users in one place and one
    distant Region are not calls between Regions and are not reported.""",
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/"
        "perf_networking_choose_workload_location_network_requirements.html",
        "https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/regions.html",
    ],
    adjust=lowered_outside_production(Severity.MEDIUM),
)
def cross_region_sync_call(context: Context) -> Iterator[Conclusion]:
    model = context.model
    awaited: set[ElementId] | None = None
    for flow in model.flows_of("request"):
        source, target = model.elements[flow.source], model.elements[flow.target]
        if source.external or target.external:
            continue
        if source.region is None or target.region is None:
            continue
        if source.region == target.region:
            yield passed(flow, f"both ends are in {source.region}")
            continue
        replica = _replica(model, target, source.region)
        if replica is not None:
            yield passed(flow, f"{target.id} is answered in {source.region}", [replica])
            continue
        if awaited is None:
            awaited = _awaited_by_users(model)
        if whole(model, source.id) not in awaited:
            yield not_applicable(flow, "no user waits for it")
            continue
        yield failed(
            flow,
            f"a user's request waits for {target.id} in {target.region}",
            evidence=[
                f"{source.id} is in {source.region}, {target.id} is in {target.region}",
                f"requests of users reach {source.id} by flows that wait",
            ],
            fix=f"serve it from {source.region}, or make it an event that nobody waits for",
        )


def _replica(model: Model, target: Element, region: str) -> str | None:
    """How the target answers in another Region, if it does: a global table's replica."""
    if "replica_regions" in target.type.properties and region in (target.get("replica_regions") or ()):
        return f"{target.id} has a replica in {region}"
    if target.type.name == "DynamoDbTable":  # replicas of a global table share its name and take writes
        for replica in model.targets(target.id, "REPLICATES_TO"):
            if replica.region == region:
                return f"{replica.id} is its replica in {region}"
    return None


def _awaited_by_users(model: Model) -> set[ElementId]:
    """The elements whose work some user waits for: reached from actors by flows that wait."""
    waiting: dict[ElementId, list[ElementId]] = {}
    for flow in model.flows_of("request"):
        waiting.setdefault(whole(model, flow.source), []).append(whole(model, flow.target))
    reached: set[ElementId] = set()
    ahead = [element.id for element in model.elements.values() if element.type.category == "Actor"]
    while ahead:
        current = ahead.pop()
        if current not in reached:
            reached.add(current)
            ahead.extend(waiting.get(current, ()))
    return reached


@rule(
    id="perf-replicas-without-load-balancing",
    title="Requests to several instances are balanced",
    pillar=Pillar.PERFORMANCE_EFFICIENCY,
    practices={"PERF04-BP04": "Use load balancing to distribute traffic across multiple resources"},
    severity=Severity.MEDIUM,
    population="""Every compute element that can stand for several instances (Auto Scaling groups,
    container services, instances with a `count`) and takes requests from something else. Passes if a load
    balancer has it as a target or if it is found through service discovery or DNS; fails if callers
    address it directly and it has more than one instance; unknown if its size is not stated; does not
    apply to a single instance, to consumers of queues and streams, and to what nobody calls.""",
    rationale="""A caller that addresses one of several instances uses only that one, and fails with
    it. What spreads the load also takes failed instances out.""",
    remediation=Remediation(
        "Put a load balancer, a queue or service discovery in front.",
        """
elements:
  web-alb:
    type: ApplicationLoadBalancer
    scheme: internal
    subnets: [zone-*.app]
    listeners: [{port: 443, certificate: alb-cert, targets: [{to: web, port: 8080}]}]
""",
    ),
    false_positives="""Clients that balance by themselves (a Kafka or Cassandra driver, gRPC with a
    name resolver): state `service_discovery` where the type has it, or waive it naming the client.""",
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/"
        "perf_networking_load_balancing_distribute_traffic.html",
        "https://docs.aws.amazon.com/autoscaling/ec2/userguide/autoscaling-load-balancer.html",
    ],
    adjust=lowered_outside_production(Severity.LOW),
)
def replicas_without_load_balancing(context: Context) -> Iterator[Conclusion]:
    model = context.model
    for element in context.with_trait("replicated", "compute"):
        if element.type.name in _BALANCED_INSIDE:
            continue
        callers = _callers(model, element)
        balanced = _balanced_by(model, element)
        if balanced is not None:
            yield passed(element, balanced)
        elif not callers:
            yield not_applicable(element, "nothing sends requests to it")
        else:
            yield _judged_by_size(element, callers)


def _callers(model: Model, element: Element) -> list[Flow]:
    """The flows by which others send requests to it, whichever instance answers."""
    return [
        flow
        for flow in model.flows_to(element.id)
        if flow.kind == "request"
        and flow.source != element.id
        and (flow.implied_by is None or flow.implied_by.property != "depends_on")
        and flow.properties.get("protocol") not in _NOT_LOAD
        and not model.elements[flow.source].has("gateway")
    ]


def _balanced_by(model: Model, element: Element) -> str | None:
    """What spreads requests over it, if something does."""
    for flow in model.flows_to(element.id):
        source = model.elements[whole(model, flow.source)]
        if source.has("load-balancer") or source.type.category == "LoadBalancing":
            return f"{source.id} balances its requests"
    for reference in model.references_to(element.id, "LISTENS_FOR", "RESOLVES_TO"):
        return f"{whole(model, reference.source)} leads to it"
    if "service_discovery" in element.type.properties and element.get("service_discovery"):
        return "callers find its instances through service discovery"
    return None


def _judged_by_size(element: Element, callers: Iterable[Flow]) -> Conclusion:
    names = [name for name in ("count", "max", "desired", "min") if name in element.type.properties]
    sizes = {name: size for name in names if isinstance(size := element.get(name), int)}
    name = max(sizes, key=sizes.__getitem__, default=None)
    called = [f"requests come by '{id_}'" for id_ in sorted(flow.id for flow in callers)]
    if name is not None and sizes[name] > 1:
        return failed(
            element,
            f"stands for up to {sizes[name]} instances, and callers address it directly",
            evidence=[f"{element.id}.{name} is {sizes[name]}", *called],
            fix="make it the target of a load balancer, or put a queue in between",
        )
    if "count" in names or "max" in sizes:
        return not_applicable(element, "it stands for a single instance")
    return unknown(
        element,
        "the model does not say how many instances it stands for",
        missing=[f"{element.id}.max"],
        evidence=called,
    )

"""Cost Optimization: data that is moved and data that is kept without need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from archgraph.analysis.facts import Facts
from archgraph.analysis.policies import matches, statements
from archgraph.analysis.routing import RoutingKind, SubnetRouting
from archgraph.model.model import Absent, Element, ElementId, Flow, FlowId, Model
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

_GATEWAY_SERVICES: Mapping[str, str] = {"S3Bucket": "s3", "DynamoDbTable": "dynamodb"}
"""The types that gateway endpoints reach, and the service that their endpoints name."""


@dataclass(slots=True)
class _Traffic:
    """What is known about the calls from one VPC to S3 and DynamoDB in its Region."""

    through_nat: list[str] = field(default_factory=list)
    services: set[str] = field(default_factory=set)
    direct: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


@rule(
    id="cost-aws-service-traffic-via-nat",
    title="Traffic to S3 and DynamoDB does not pass a NAT gateway",
    pillar=Pillar.COST_OPTIMIZATION,
    practices={"COST08-BP03": "Implement services to reduce data transfer costs"},
    severity=Severity.MEDIUM,
    population="""Every VPC from whose subnets a flow leads to an S3 bucket or a DynamoDB table in the
    same Region, or in which something polls one. Fails if a subnet sends that traffic to a NAT gateway because
    neither its route table has a gateway endpoint for the service nor the VPC an interface endpoint; passes if
    an endpoint takes it, or if the subnets do not use NAT; unknown if the routing is not stated; does not
    apply to a VPC without such flows. Flows to another Region are left out: gateway endpoints serve their own
    Region only.""",
    rationale="""A NAT gateway charges for every gigabyte that it processes. A gateway endpoint for S3
    or DynamoDB takes the same traffic free of charge.""",
    remediation=Remediation(
        "Add a gateway endpoint to the VPC and associate it with the route tables of the private subnets.",
        """
elements:
  s3-endpoint: {type: VpcEndpoint, in: shop-vpc, kind: gateway, service: s3, route_tables: [app-routes]}
""",
    ),
    false_positives="""Traffic that must pass an inspecting firewall and its NAT gateway by policy,
    and flows that move next to nothing: waive it with the volume.""",
    references=[
        "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-pricing.html",
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/cost_data_transfer_implement_services.html",
    ],
)
def aws_service_traffic_via_nat(context: Context) -> Iterator[Conclusion]:
    model = context.model
    traffic: dict[ElementId, _Traffic] = {}
    endpoints = _Endpoints(model)
    for store in model.of_type(*_GATEWAY_SERVICES):
        for call in _calls(model, store):
            caller = call.caller
            if caller.vpc is None or caller.external or caller.region is None or caller.region != store.region:
                continue
            known = traffic.setdefault(caller.vpc, _Traffic())
            _follow(model, call, _GATEWAY_SERVICES[store.type.name], endpoints, context.facts, known)
    for vpc in context.of_type("Vpc"):
        yield _vpc_verdict(vpc, traffic.get(vpc.id))


class _Call(NamedTuple):
    """A flow by which a caller opens connections to a store."""

    flow: FlowId
    caller: Element
    store: Element


def _calls(model: Model, store: Element) -> Iterator[_Call]:
    """The calls to a store; a poll is drawn the way in which data moves, and opened by who takes them."""
    for flow in model.flows_to(store.id):
        if flow.kind not in ("manage", "poll"):
            yield _Call(flow.id, model.elements[flow.source], store)
    for flow in model.flows_from(store.id):
        if flow.kind == "poll":
            yield _Call(flow.id, model.elements[flow.target], store)


class _Endpoints:
    """The VPC endpoints for S3 and DynamoDB: by route table, and by VPC."""

    def __init__(self, model: Model) -> None:
        self.gateways: dict[tuple[ElementId, str], ElementId] = {}
        self.interfaces: dict[tuple[ElementId, str], ElementId] = {}
        for endpoint in model.of_type("VpcEndpoint"):
            service = _service(endpoint.get("service"))
            for reference in model.references_to(endpoint.id, "ROUTES_TO"):
                self.gateways[reference.source, service] = endpoint.id
            by_name = endpoint.get("private_dns") is not False
            if by_name and endpoint.vpc is not None and (endpoint.get("kind") == "interface" or endpoint.subnets):
                self.interfaces[endpoint.vpc, service] = endpoint.id


def _service(stated: object) -> str:
    """``s3`` for ``s3`` and ``com.amazonaws.eu-west-1.s3``."""
    return str(stated).rpartition(".")[2]


def _follow(
    model: Model,
    call: _Call,
    service: str,
    endpoints: _Endpoints,
    facts: Facts,
    known: _Traffic,
) -> None:
    """Find out by which way a call leaves each of its caller's subnets."""
    caller = call.caller
    interface = endpoints.interfaces.get((caller.vpc, service)) if caller.vpc is not None else None
    if interface is not None:
        known.direct.append(f"'{call.flow}' uses {interface}")
        return
    for subnet in caller.subnets:
        routing = facts.subnets.get(subnet)
        if routing is None or routing.kind is RoutingKind.UNKNOWN:
            known.missing += routing.missing if routing else (f"{subnet}.route_table",)
            continue
        gateway = endpoints.gateways.get((routing.route_table, service)) if routing.route_table else None
        if gateway is not None:
            known.direct.append(f"'{call.flow}' uses {gateway} from {subnet}")
        elif routing.kind is RoutingKind.PRIVATE and (gateways := _nat_gateways(model, call, routing, facts)):
            known.services.add(service)
            known.through_nat.append(
                f"'{call.flow}' leaves {subnet} by {', '.join(gateways)}: "
                f"{routing.route_table} has no gateway endpoint for {service}"
            )


def _nat_gateways(model: Model, call: _Call, routing: SubnetRouting, facts: Facts) -> list[ElementId]:
    """The NAT gateways to the internet that a call passes, in its own VPC or behind another network.

    Private NAT gateways lead to other networks only:
    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html
    """
    own = [id_ for id_ in routing.nat_gateways if model.elements[id_].properties.get("connectivity") != "private"]
    if own or routing.nat_gateways:
        return own
    hops = (ElementId(hop.element) for hop in facts.reachability.path(call.caller.id, call.store.id).hops)
    tables = [id_ for id_ in hops if id_ in model.elements and model.elements[id_].type.name == "RouteTable"]
    behind = [r.target for id_ in tables for r in model.references_from(id_, "ROUTES_TO") if r.target is not None]
    return list(dict.fromkeys(id_ for id_ in behind if model.elements[id_].type.name == "NatGateway"))


def _vpc_verdict(vpc: Element, known: _Traffic | None) -> Conclusion:
    if known is None:
        return not_applicable(vpc, "no flow leads from it to S3 or DynamoDB in its Region")
    if known.through_nat:
        services = " and ".join(sorted(known.services))
        return failed(
            vpc,
            f"pays NAT gateways for traffic to {services}",
            evidence=sorted(known.through_nat),
            fix=f"add a gateway endpoint for {services} and associate it with these route tables",
        )
    if known.missing:
        return unknown(
            vpc,
            "the model does not say how its subnets are routed",
            missing=sorted(set(known.missing)),
        )
    return passed(vpc, "its traffic to S3 and DynamoDB passes no NAT gateway", sorted(known.direct))


_GROWING: Mapping[str, str] = {
    "LOGS_TO": "writes its logs to",
    "STREAMS_TO": "streams records to",
    "TRIGGERS": "sends events to",
    "DEAD_LETTERS_TO": "leaves what failed in",
    "REPLICATES_TO": "copies its data to",
    "DEPLOYS": "puts its results into",
}
"""Relationships by which a bucket receives more and more objects, and how evidence says it."""

_ADDING = "s3:PutObject"
"""The action by which callers add objects."""


@rule(
    id="cost-no-lifecycle",
    title="Stores that grow have a lifecycle",
    pillar=Pillar.COST_OPTIMIZATION,
    practices={"COST04-BP05": "Enforce data retention policies"},
    severity=Severity.LOW,
    population="""Every S3 bucket and ECR repository. A bucket passes with lifecycle rules, unless it keeps old
    versions and its rules expire current ones only. Without them it fails if the model shows that it grows:
    something logs, streams, replicates or backs up into it, a role may put objects into it, or it keeps old
    versions. It is unknown if callers use it and the model does not say whether they write; a bucket that is
    only read does not grow, so the rule does not apply to it. A repository passes with lifecycle rules and
    fails without. Log groups are judged by ops-log-retention-undefined.""",
    rationale="""Objects, old versions, unfinished uploads and images stay, and are paid for, until a
    rule moves or deletes them. Nobody does it by hand.""",
    remediation=Remediation(
        "State how long the data is needed and what becomes of it.",
        """
elements:
  audit-logs:
    type: S3Bucket
    in: shop-prod.eu-west-1
    lifecycle: [{transition_after: 90d, storage_class: glacier_ir}, {expire_after: 400d}]
  images: {type: EcrRepository, in: shop-prod.eu-west-1, lifecycle: [{keep: 30}]}
""",
    ),
    false_positives="""Data that must stay for ever, or that the application deletes by itself: waive
    it naming who deletes.""",
    references=[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html",
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-13",
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/"
        "cost_decomissioning_resources_data_retention.html",
    ],
)
def no_lifecycle(context: Context) -> Iterator[Conclusion]:
    for repository in context.of_type("EcrRepository"):
        yield _lifecycle(repository, ["every build adds images, and none goes by itself"])
    for bucket in context.of_type("S3Bucket"):
        growth = _growth(context.model, bucket)
        callers = [flow for flow in context.model.flows_to(bucket.id) if flow.kind == "request"]
        writers = [flow for flow in callers if not _only_reads(context.model, flow)]
        if bucket.get("lifecycle") or growth:
            yield _lifecycle(bucket, growth)
        elif writers:
            yield unknown(
                bucket,
                "has no lifecycle, and the model does not say whether it grows",
                missing=[f"{bucket.id}.lifecycle"],
                evidence=[f"'{flow.id}' may read or write" for flow in writers],
            )
        else:
            yield not_applicable(bucket, "nothing in the model adds objects to it")


def _lifecycle(element: Element, growth: Sequence[str]) -> Conclusion:
    stated = element.get("lifecycle")
    if stated is Absent.UNKNOWN:
        missing = [f"{element.id}.lifecycle"]
        return unknown(element, "the model does not say whether it has a lifecycle", missing=missing)
    if stated and _leaves_old_versions(element, stated):
        return failed(
            element,
            "its lifecycle leaves old versions for ever",
            evidence=[
                f"{element.id}.versioning is true: what expires stays as an older version",
                f"{element.id}.lifecycle states no expire_noncurrent_after",
            ],
            fix="state 'expire_noncurrent_after' beside 'expire_after'",
            at=element.where("lifecycle"),
        )
    if stated:
        return passed(element, "it has lifecycle rules")
    return failed(
        element,
        "grows without a lifecycle",
        evidence=[*growth, f"{element.id}.lifecycle states no rule"],
        fix="state 'lifecycle': when data moves to cheaper storage, and when it goes",
    )


def _leaves_old_versions(element: Element, rules: Sequence[Mapping[str, object]]) -> bool:
    """Whether objects of a versioned bucket expire and their versions do not: "Expiring objects",
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html"""
    stated = {name for rule in rules for name in rule}
    versioned = element.properties.get("versioning") is True
    return versioned and "expire_after" in stated and "expire_noncurrent_after" not in stated


def _growth(model: Model, bucket: Element) -> list[str]:
    """What shows that a bucket grows."""
    shown: list[str] = []
    for reference in model.references_to(bucket.id):
        if reference.relationship in _GROWING:
            shown.append(f"{reference.source} {_GROWING[reference.relationship]} {bucket.id}")
        elif _grants_writing(reference.relationship, reference.properties):
            shown.append(f"{reference.source} may add objects to {bucket.id}")
    for flow in model.flows_to(bucket.id):
        holders = _policies_of(model, flow.source) if flow.kind == "request" else []
        if any("*" in item.get("resources", ()) and _adds(item) for holder in holders for item in holder):
            shown.append(f"{flow.source} may add objects to any bucket, and calls {bucket.id}")
    shown += [
        f"'{flow.id}' adds objects"
        for flow in model.flows_to(bucket.id)
        if flow.kind in ("stream", "event", "replicate") and flow.implied_by is None
    ]
    if bucket.get("versioning") is True:
        shown.append(f"{bucket.id}.versioning is true: overwritten and deleted objects stay")
    return list(dict.fromkeys(shown))


def _grants_writing(relationship: str, properties: Mapping[str, object]) -> bool:
    actions = properties.get("actions")
    return (
        relationship == "GRANTS"
        and isinstance(actions, list)
        and _adds({"effect": properties.get("effect"), "actions": actions})
    )


def _adds(statement: Mapping[str, Any]) -> bool:
    """Whether a statement allows adding objects; any case, wildcards and NotAction included."""
    named = any(matches(str(pattern), _ADDING) for pattern in statement["actions"])
    return named if statement["effect"] == "allow" else statement["effect"] == "allow_except" and not named


def _only_reads(model: Model, flow: Flow) -> bool:
    """Whether the caller takes objects and adds none: an edge service, or a role that may only read."""
    if model.elements[flow.source].has("edge-service"):
        return True
    callers = [flow.source, *(element.id for element in model.targets(flow.source, "LAUNCHES"))]
    roles = [role.id for caller in callers for role in model.targets(caller, "ASSUMES")]
    if any(model.elements[role].external or _has_managed_policy(model.elements[role]) for role in roles):
        return False
    holders = [*roles, *(policy.id for role in roles for policy in model.targets(role, "HAS_POLICY"))]
    return any(grant.target == flow.target for holder in holders for grant in model.references_from(holder, "GRANTS"))


def _policies_of(model: Model, caller: ElementId) -> list[list[dict[str, Any]]]:
    """The statements of a caller's roles and of the policies that these are given."""
    callers = [caller, *(element.id for element in model.targets(caller, "LAUNCHES"))]
    roles = [role for id_ in callers for role in model.targets(id_, "ASSUMES")]
    given = [policy for role in roles for policy in model.targets(role.id, "HAS_POLICY")]
    return [statements(r.properties.get("policies")) for r in roles] + [
        statements(policy.properties.get("statements")) for policy in given
    ]


def _has_managed_policy(role: Element) -> bool:
    policies = role.properties.get("policies")
    return isinstance(policies, list) and any(isinstance(item, dict) and "managed" in item for item in policies)

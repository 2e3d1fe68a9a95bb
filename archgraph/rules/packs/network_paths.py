"""Reliability: flows that the network does not let through."""

from __future__ import annotations

from collections.abc import Iterator

from archgraph.analysis.evidence import Certainty, Path, PathVerdict
from archgraph.analysis.reachability import NoEnd
from archgraph.analysis.reachability_flows import Connection, connection
from archgraph.model.model import Element, Flow, Model
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
    id="rel-dependency-without-network-path",
    title="The network lets every declared connection through",
    pillar=Pillar.RELIABILITY,
    practices={"REL04-BP01": "Identify the kind of distributed systems you depend on"},
    severity=Severity.HIGH,
    population="""Every flow of which one end stands in a VPC and that opens a network connection: requests,
    events that compute sends, polls and streams that compute reads. Passes if some way is open: routes, network
    ACLs and security groups in both directions, by private or public addresses, through endpoints, NAT,
    peerings, transit gateways or lines to networks outside AWS. Fails if every way is blocked; unknown if the
    model does not say enough, or if only a default of AWS blocks it. Does not apply where AWS acts through its
    own API, to databases that answer by the Data API, and to functions that call out of their VPC, which
    rel-vpc-function-no-egress judges. Management calls, replication and monitoring are left out, and flows for
    which no network is drawn.""",
    rationale="""A flow that no packet can follow works in the picture only. In production it is a timeout
    that nobody understands, because every single rule looks right.""",
    remediation=Remediation(
        "See with `archgraph paths` what blocks it, and open that: a security group rule, a route, an endpoint.",
        """
elements:
  web-sg: {type: SecurityGroup, in: shop-vpc, inbound: {alb-sg: 8080}, outbound: {db-sg: 5432}}
  db-sg: {type: SecurityGroup, in: shop-vpc, inbound: {web-sg: 5432}, outbound: {}}
""",
    ),
    false_positives="""A proxy or a mesh that carries the connection and is not drawn: draw it, and the flow
    by way of it. What a firewall of your own forwards is not known to the model.""",
    references=[
        "https://docs.aws.amazon.com/vpc/latest/reachability/how-reachability-analyzer-works.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html",
    ],
    adjust=lowered_outside_production(Severity.MEDIUM),
)
def dependency_without_network_path(context: Context) -> Iterator[Conclusion]:
    for flow in context.model.flows.values():
        found = connection(context.model, flow)
        if found is None:
            continue
        if isinstance(found, str):
            yield not_applicable(flow, found)
        elif _calls_out(context.model, found):
            yield not_applicable(flow, "rel-vpc-function-no-egress judges what functions call outside their VPC")
        else:
            path = _path(context, found)
            if path is not None:
                yield _connected(flow, path)


def _calls_out(model: Model, found: Connection) -> bool:
    """Whether a function in a VPC calls something that has no interfaces in one."""
    caller, callee = model.elements[found.caller], model.elements[found.callee]
    return caller.type.name == "LambdaFunction" and bool(caller.subnets) and not (
        "vpc-resource" in callee.type.traits or callee.type.name in ("Vpc", "Subnet")
    )  # fmt: skip


def _path(context: Context, found: Connection) -> Path | None:
    try:
        return context.facts.reachability.path(found.caller, found.callee, found.ports)
    except NoEnd:
        return None


def _connected(flow: Flow, path: Path) -> Conclusion:
    steps = [hop.text for hop in path.hops]
    if path.verdict is PathVerdict.OPEN:
        return passed(flow, f"the network lets it through on {', '.join(path.ports)}", steps)
    if path.blocked_by is not None and path.certainty is Certainty.CERTAIN:
        return failed(
            flow,
            f"has no network path from {path.source} to {path.target}",
            evidence=[*steps, path.blocked_by.text],
            fix=f"let {path.blocked_by.element} pass it, or take the flow out",
        )
    missing = path.missing or (f"whether the network lets {path.source} reach {path.target}",)
    return unknown(flow, "the model does not say whether the network lets it through", missing=missing, evidence=steps)


@rule(
    id="rel-vpc-function-no-egress",
    title="Functions in a VPC get to what they call outside it",
    pillar=Pillar.RELIABILITY,
    practices={"REL04-BP01": "Identify the kind of distributed systems you depend on"},
    severity=Severity.HIGH,
    population="""Every Lambda function in a VPC that calls AWS services or systems outside AWS, or whose code
    reads secrets. Passes if each call has a way: a gateway or interface endpoint, or NAT. Fails if one has
    none; unknown if the model does not say; does not apply to functions outside VPCs, which have the internet,
    and to those that call nothing outside. What AWS Lambda polls and delivers for a function does not pass its
    VPC.""",
    rationale="""The network interfaces of a function never have a public address. In a VPC it loses the way
    to the internet and to the APIs of AWS that it had outside, and runs into its timeout at the first call.""",
    remediation=Remediation(
        "Add a VPC endpoint for the service, or route its subnets to a NAT gateway.",
        """
elements:
  secrets-endpoint:
    type: VpcEndpoint
    in: shop-vpc
    kind: interface
    service: secretsmanager
    private_dns: true
    subnets: [app-a, app-b]
    security_groups: [endpoint-sg]
""",
    ),
    false_positives="""A forward proxy in the VPC that is not drawn: draw it. Calls over IPv6, if the model
    does not state the subnets' IPv6 ranges.""",
    references=[
        "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
        "https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html",
    ],
    adjust=lowered_outside_production(Severity.MEDIUM),
)
def vpc_function_no_egress(context: Context) -> Iterator[Conclusion]:
    for function in context.of_type("LambdaFunction"):
        if not function.subnets:
            yield not_applicable(function, "it stands in no VPC, so it has the internet")
            continue
        paths = list(_calls(context, function))
        if not paths:
            yield not_applicable(function, "it calls nothing outside its VPC")
        else:
            yield _egress(function, paths)


def _calls(context: Context, function: Element) -> Iterator[Path]:
    """The paths of the calls that a function makes to what stands outside its VPC."""
    for secret in context.model.targets(function.id, "USES_SECRET"):
        path = _path(context, Connection(function.id, secret.id, None))
        if path is not None:
            yield path
    for flow in context.model.flows_from(function.id):
        found = connection(context.model, flow)
        if isinstance(found, Connection) and found.caller == function.id and _calls_out(context.model, found):
            path = _path(context, found)
            if path is not None:
                yield path


def _egress(function: Element, paths: list[Path]) -> Conclusion:
    stuck = [p for p in paths if p.verdict is PathVerdict.BLOCKED and p.certainty is Certainty.CERTAIN]
    if stuck:
        targets = ", ".join(dict.fromkeys(path.target for path in stuck))
        return failed(
            function,
            f"does not get to {targets} from its VPC",
            evidence=[f"{path.target}: {path.blocked_by.text}" for path in stuck if path.blocked_by is not None],
            fix="add a VPC endpoint for the service, or route its subnets to a NAT gateway",
            at=function.where("subnets"),
        )
    silent = [path for path in paths if path.verdict is not PathVerdict.OPEN]
    if silent:
        missing = [name for path in silent for name in path.missing or (f"whether it gets to {path.target}",)]
        return unknown(
            function, "the model does not say whether it gets out of its VPC", missing=list(dict.fromkeys(missing))
        )
    ways = list(dict.fromkeys(hop.text for path in paths for hop in path.hops))
    return passed(function, "every call of it has a way out of its VPC", ways)

"""Security: what may face the internet: load balancers, gateways and distributions, not workloads."""

from __future__ import annotations

from collections.abc import Iterator

from archgraph.analysis.addresses import Answer, public_address
from archgraph.analysis.dependencies import whole
from archgraph.analysis.evidence import Certainty, Verdict
from archgraph.analysis.routing import RoutingKind
from archgraph.catalog.values import read_ports
from archgraph.model.model import Element, ElementId, Flow
from archgraph.rules.registry import rule
from archgraph.rules.results import Pillar, Severity
from archgraph.rules.rule import (
    Adjusted,
    Conclusion,
    Context,
    Parameter,
    Remediation,
    Subject,
    failed,
    not_applicable,
    passed,
    unknown,
)
from archgraph.rules.severity import lowered_outside_production

_EDGE_TIERS = Parameter("edge_tiers", ("edge", "dmz"), "Values of the tag `tier` of what is meant to face the internet")
_outside_production = lowered_outside_production(Severity.MEDIUM)


def _is_edge(context: Context, element: Element) -> bool:
    return element.tags.get("tier", "").lower() in context.parameters["edge_tiers"]


def _lowered_if_closed(context: Context, subject: Subject, severity: Severity) -> Adjusted | None:
    exposure = context.facts.exposures.get(ElementId(subject.id))
    if exposure is not None and exposure.verdict is Verdict.BLOCKED and exposure.blocked_by is not None:
        return Adjusted(Severity.MEDIUM, f"the internet does not reach it today: {exposure.blocked_by.text}")
    return _outside_production(context, subject, severity)


@rule(
    id="sec-compute-public-ip-outside-edge-tier",
    title="Only the edge has public addresses",
    pillar=Pillar.SECURITY,
    practices={"SEC05-BP01": "Create network layers"},
    severity=Severity.HIGH,
    population="""EC2 instances, Auto Scaling groups, ECS services and EKS node groups in subnets. Fails
    if they have public addresses in a subnet that is routed to an internet gateway; the severity is lower
    while security groups or network ACLs keep the internet out. Passes without such addresses or such a
    route; unknown if the model does not say; does not apply to what forwards traffic for others (no
    source and destination check), nor to what the tag `tier` calls edge.""",
    rationale="""An address of its own makes every mistake in a security group an entrance, and leads
    around the load balancer, the web ACL and their logs.""",
    remediation=Remediation(
        "Move it to a private subnet behind a load balancer; use Session Manager instead of a way in.",
        """
elements:
  status: {type: Ec2Instance, subnet: app-a, public_ip: false, security_groups: [status-sg]}
  status-alb:
    type: ApplicationLoadBalancer
    scheme: internet-facing
    subnets: [public-a, public-b]
    listeners: [{port: 443, protocol: https, certificate: status-cert, targets: [status]}]
""",
    ),
    false_positives="""Software that must speak to the internet itself (mail, SIP, games, bastions): tag
    it `tier: edge`.""",
    parameters=[_EDGE_TIERS],
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_network_protection_create_layers.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-9",
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-ip-addressing.html",
    ],
    adjust=_lowered_if_closed,
)
def compute_public_ip_outside_edge_tier(context: Context) -> Iterator[Conclusion]:
    for element in context.of_type("Ec2Instance", "AutoScalingGroup", "EcsService", "EksNodeGroup"):
        if _is_edge(context, element):
            yield not_applicable(element, "its tag 'tier' says that it is the edge")
        elif element.properties.get("source_dest_check") is False:
            yield not_applicable(element, "it forwards the traffic of others")
        elif element.subnets:
            yield _addressed(context, element)
        else:
            yield not_applicable(element, "it stands in no subnet of the model")


def _addressed(context: Context, element: Element) -> Conclusion:
    """Whether it has a public address in a subnet from which an internet gateway is reached."""
    evidence: list[str] = []
    missing: list[str] = []
    for id_ in element.subnets:
        subnet, routing = context.model.elements[id_], context.facts.subnets.get(id_)
        routed = routing is not None and routing.kind is RoutingKind.PUBLIC
        if routing is not None and routing.kind not in (RoutingKind.PUBLIC, RoutingKind.UNKNOWN):
            continue
        for version in (4, 6) if "ipv6_cidr" in subnet.properties else (4,):
            if routing is not None and routed and not routing.to_internet.get(version):
                continue
            address = public_address(context.model, element, subnet, version)
            if address.answer is Answer.YES and routing is not None and routed:
                evidence += [address.hop.text, *(hop.text for hop in routing.evidence)]
            elif address.answer is not Answer.NO:
                unrouted = routing.missing if routing is not None else (f"{id_}.route_table",)
                missing += (*address.missing, *(() if routed else unrouted))
    if evidence:
        return failed(
            element,
            "has a public address of its own",
            evidence=list(dict.fromkeys(evidence)),
            fix="move it to a private subnet, and put a load balancer in front if the internet must reach it",
        )
    if missing:
        return unknown(
            element,
            "the model does not say whether it has a public address",
            missing=list(dict.fromkeys(missing)),
        )
    return passed(element, "it has no public address that is routed to the internet")


_INTERNAL = frozenset({"compute", "data-store", "cache", "queue"})
_FROM_OUTSIDE = frozenset({"Actor", "External"})
_ADMINISTRATION = frozenset({"ssh", "rdp"})


def _by_target(context: Context, subject: Subject, severity: Severity) -> Adjusted | None:
    target = context.model.elements[subject.target] if isinstance(subject, Flow) else subject
    return _outside_production(context, target, severity)


@rule(
    id="sec-internet-direct-to-internal-component",
    title="Users reach internal components through an entry only",
    pillar=Pillar.SECURITY,
    practices={"SEC05-BP01": "Create network layers"},
    severity=Severity.HIGH,
    population="""Every flow from people, devices and systems outside AWS into the model. Passes if it
    lands on something made to face them: a distribution, an API, a load balancer, or an AWS service that
    checks every request itself. Fails if it lands on compute, a database, a cache or a broker in a VPC
    that the internet reaches; unknown if the model does not say whether it does; does not apply to
    administration by SSH or RDP, which sec-admin-port-open-to-internet judges, to what is not reached from
    the internet, such as callers over a VPN, nor to what the tag `tier` calls edge.""",
    rationale="""A load balancer, an API or a distribution ends TLS, takes a web ACL, balances, logs and
    hides what is behind. A component that users call directly has to do all that itself.""",
    remediation=Remediation(
        "Put an entry in front and let the component admit nothing else.",
        """
flows:
  - customers -> status-alb: https
  - status-alb -> status: http
""",
    ),
    false_positives="""Protocols that no entry of AWS speaks, and software that is itself an entry, such
    as a proxy of your own: tag it `tier: edge`.""",
    parameters=[_EDGE_TIERS],
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_network_protection_create_layers.html",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html",
    ],
    adjust=_by_target,
)
def internet_direct_to_internal_component(context: Context) -> Iterator[Conclusion]:
    model = context.model
    for sender in model.whose_type(lambda type_: type_.category in _FROM_OUTSIDE):
        for flow in model.flows_from(sender.id):
            target = model.elements[whole(model, flow.target)]
            if flow.kind != "manage" and not target.external and target.type.category not in _FROM_OUTSIDE:
                yield _landing(context, flow, target)


def _landing(context: Context, flow: Flow, target: Element) -> Conclusion:
    if not target.has("vpc-resource") or _INTERNAL.isdisjoint(target.type.traits):
        return passed(flow, f"it lands on {target.id}, which is made to face callers")
    if target.type.name == "EksCluster":
        return not_applicable(flow, "the endpoint of the cluster is judged by sec-cluster-endpoint-public")
    if flow.properties.get("protocol") in _ADMINISTRATION:
        return not_applicable(flow, "administration is judged by sec-admin-port-open-to-internet")
    if _is_edge(context, target):
        return not_applicable(flow, f"the tag 'tier' says that {target.id} is the edge")
    exposure = context.facts.exposures.get(target.id)
    if exposure is None or exposure.verdict is Verdict.BLOCKED:
        stop = exposure.blocked_by.text if exposure is not None and exposure.blocked_by else "it is private"
        return not_applicable(flow, f"it does not come straight from the internet: {stop}")
    port = flow.properties.get("port")
    protocol = "udp" if flow.properties.get("protocol") == "udp" else "tcp"
    if isinstance(port, int) and not any(read_ports(text).contains(port, protocol) for text in exposure.ports):
        return not_applicable(flow, f"the internet does not reach port {port} of {target.id}")
    if exposure.verdict is Verdict.UNKNOWN or exposure.certainty is Certainty.POSSIBLE:
        return unknown(
            flow,
            f"the model does not say whether the internet reaches {target.id}",
            missing=exposure.missing or (f"whether the internet reaches {target.id}",),
        )
    return failed(
        flow,
        f"lands on {target.id} with no entry in front",
        evidence=[hop.text for hop in exposure.hops],
        fix=f"put a load balancer, an API or a distribution in front of {target.id}",
    )

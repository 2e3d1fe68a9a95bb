"""Security: what the internet reaches, and what inspects it on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from archgraph.analysis.evidence import Certainty, Exposure, Verdict
from archgraph.analysis.filters import Filter, Rule, inbound_of_group
from archgraph.analysis.fronts import Front, fronts
from archgraph.analysis.internet import VERSIONS, is_internet, union
from archgraph.catalog.values import read_ports
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
from archgraph.rules.severity import lowered_outside_production


@rule(
    id="sec-public-entry-without-waf",
    title="Every internet entry point is protected by AWS WAF",
    pillar=Pillar.SECURITY,
    practices={"SEC05-BP03": "Implement inspection-based protection"},
    severity=Severity.HIGH,
    population="""Everything to which a web ACL can be attached: CloudFront distributions, Application Load
    Balancers, API Gateway REST APIs, AppSync APIs, Cognito user pools and their like. Passes with a web ACL;
    fails without one if the internet reaches it directly, or by way of an accelerator, a Network Load Balancer
    or an HTTP API, which can have none; unknown if the model does not say whether it does; does not apply to
    what is private, or reached only through something else that is judged for itself, such as a load balancer
    that admits CloudFront only.""",
    rationale="""A web ACL inspects requests before they reach code: known exploits, floods from
    single addresses, bad bots. Without it the code is the first line.""",
    remediation=Remediation(
        "Attach a web ACL; one of scope `cloudfront` in us-east-1 for distributions, a regional one otherwise.",
        """
elements:
  edge-waf:
    type: WafWebAcl
    in: shop-prod.us-east-1
    scope: cloudfront
    rules: [{kind: rate_based, limit: 2000}, {managed: AWSManagedRulesCommonRuleSet}]
  cdn: {type: CloudFrontDistribution, in: shop-prod, web_acl: edge-waf, origins: [web-alb]}
""",
    ),
    false_positives="""Static content without a form or an API behind it has little to inspect.
    Inspection by a partner's firewall in front of AWS: draw it as an external system and waive the
    finding naming it.""",
    references=[
        "https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-associating-aws-resource.html",
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_network_protection_inspection.html",
    ],
    adjust=lowered_outside_production(Severity.MEDIUM),
)
def public_entry_without_waf(context: Context) -> Iterator[Conclusion]:
    for element in context.with_trait("waf-protectable"):
        shield = _web_acl(context.model, element)
        front = _only_through(context.model, element)
        if shield is not None:
            yield passed(element, f"{shield} inspects its requests")
        elif front is not None:
            yield not_applicable(element, f"it refuses requests that do not come through {front}")
        else:
            yield _unshielded(context, element, context.facts.exposures.get(element.id))


def _web_acl(model: Model, element: Element) -> str | None:
    """The web ACL attached to an element: its id, or the ARN of one outside the model."""
    for reference in model.references_from(element.id, "PROTECTED_BY"):
        if reference.target is None:
            if reference.literal and ":waf" in reference.literal:
                return reference.literal
        elif model.elements[reference.target].type.name == "WafWebAcl":
            return reference.target
    return None


def _only_through(model: Model, element: Element) -> str | None:
    """The distribution without whose secret header an origin refuses requests, if there is one.

    "Restrict access to Application Load Balancers", Amazon CloudFront Developer Guide,
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/restrict-access-to-load-balancer.html
    """
    for reference in model.references_to(element.id, "CALLS"):
        source = model.elements[reference.source]
        if source.type.name == "CloudFrontDistribution" and reference.properties.get("secret_header") is True:
            return source.id
    return None


_TAKES_NO_ACL = ("ApiGatewayHttpApi", "GlobalAccelerator", "NetworkLoadBalancer")
"""Entries to which no web ACL can be attached, so that what they lead to is the first that can have one."""


def _led_to(context: Context, element: Element) -> Front | None:
    """An entry without inspection that leads from the internet to an element, unless a distribution inspects."""
    model = context.model
    found = [
        front
        for front in fronts(model, context.facts, element.id, _TAKES_NO_ACL)
        if not any(_web_acl(model, model.elements[flow.source]) for flow in model.flows_to(front.entry))
    ]
    return next((front for front in found if front.sure), found[0] if found else None)


def _unshielded(context: Context, element: Element, exposure: Exposure | None) -> Conclusion:
    if exposure is None:
        return not_applicable(element, "it is no entry from the internet")
    front = _led_to(context, element) if exposure.verdict is Verdict.BLOCKED else None
    if front is not None and front.sure and element.properties.get("web_acl") is not Absent.UNKNOWN:
        return failed(
            element,
            f"takes requests from the internet by way of {front.entry} without a web ACL",
            evidence=[*(hop.text for hop in front.exposure.hops), f"{front.entry} leads to {element.id}"],
            fix=f"attach a web ACL: 'web_acl' on {element.id}; {front.entry} cannot have one",
        )
    if front is not None:
        missing = front.exposure.missing or (f"whether {front.entry} reaches {element.id}",)
        return unknown(element, f"has no web ACL, and {front.entry} may lead to it", missing=missing)
    if exposure.verdict is Verdict.BLOCKED:
        why = exposure.blocked_by.text if exposure.blocked_by else "it is private"
        return not_applicable(element, f"the internet does not reach it directly: {why}")
    steps = [hop.text for hop in exposure.hops]
    if element.properties.get("web_acl") is Absent.UNKNOWN:
        return unknown(element, "the model does not say whether it has a web ACL", missing=[f"{element.id}.web_acl"])
    if exposure.verdict is Verdict.UNKNOWN or exposure.certainty is Certainty.POSSIBLE:
        unsaid = "endpoint_type" if "endpoint_type" in element.type.properties else "subnets"
        return unknown(
            element,
            "has no web ACL, and the model does not say for certain whether the internet reaches it",
            missing=exposure.missing or (f"{element.id}.{unsaid}",),
            evidence=steps,
        )
    return failed(
        element,
        "takes requests from the internet without a web ACL",
        evidence=[*steps, f"{element.id} refers to no WafWebAcl"],
        fix=f"attach a web ACL: 'web_acl' on {element.id}",
    )


_RISKY: Mapping[int, str] = {
    22: "SSH",
    23: "Telnet",
    135: "RPC",
    445: "SMB",
    1433: "SQL Server",
    1434: "SQL Server",
    1521: "Oracle",
    3306: "MySQL",
    3389: "RDP",
    5432: "PostgreSQL",
    5985: "WinRM",
    5986: "WinRM",
    6379: "Redis",
    9200: "OpenSearch",
    9300: "OpenSearch",
    11211: "Memcached",
    27017: "MongoDB",
}
"""Ports of administration and of databases, and what listens there by custom. Most are in Security
Hub's list of high-risk ports (EC2.19)."""


@rule(
    id="sec-admin-port-open-to-internet",
    title="No administration or database port is open to the internet",
    pillar=Pillar.SECURITY,
    practices={"SEC05-BP02": "Control traffic flow within your network layers"},
    severity=Severity.CRITICAL,
    population="""Every security group that guards something. Fails if it admits the internet on such a port
    *and* an element that it guards can be reached there: it has a public address, its subnet routes to an
    internet gateway, the network ACL lets the connection pass and something listens, or a public accelerator or
    Network Load Balancer leads to it on that port. Passes if it opens no such port, or if nothing that it
    guards can be reached; unknown if the model does not say enough; does not apply to a group that guards
    nothing.""",
    rationale="""Open SSH, RDP and database ports are found by scanners within minutes; a weak
    password or an unpatched service is then all that it takes.""",
    remediation=Remediation(
        "Use Session Manager or EC2 Instance Connect Endpoint instead of an open port, or name the networks "
        "that may connect.",
        """
elements:
  admin-sg: {type: SecurityGroup, in: shop-vpc, inbound: {203.0.113.0/24: 22}}
""",
    ),
    false_positives="""Another service that listens on one of these ports on purpose, such as an SFTP
    server on port 22: take the port out of `ports`, or waive the finding for that group.""",
    parameters=[Parameter("ports", tuple(_RISKY), "The TCP ports that must not be open to the internet", minimum=0)],
    references=[
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-19",
        "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_network_protection_layered.html",
    ],
)
def admin_port_open_to_internet(context: Context) -> Iterator[Conclusion]:
    model = context.model
    guarded_by = _guarded(model)
    for group in context.of_type("SecurityGroup"):
        guarded = [element for _, element in sorted(guarded_by.get(group.id, {}).items())]
        if not guarded:
            yield not_applicable(group, "it guards nothing")
            continue
        inbound = inbound_of_group(model, group)
        ports = [port for port in context.parameters["ports"] if _open(inbound, port)] if _wide(inbound.rules) else []
        if ports:
            yield _reached(context, group, ports, guarded)
        elif inbound.unknown and _might_be_reached(guarded, context.facts.exposures):
            yield unknown(group, "the model does not say what it admits", missing=inbound.unknown)
        else:
            yield passed(group, "it opens no such port to the internet")


def _guarded(model: Model) -> dict[ElementId, dict[ElementId, Element]]:
    """The elements behind each security group; a launch template stands for what launches from it."""
    launchers: dict[ElementId | None, list[ElementId]] = {}
    for reference in model.references_of("LAUNCHES"):
        launchers.setdefault(reference.target, []).append(reference.source)
    found: dict[ElementId, dict[ElementId, Element]] = {}
    for reference in model.references_of("IN_SECURITY_GROUP"):
        for id_ in launchers.get(reference.source) or [reference.source]:
            if reference.target is not None and not model.elements[id_].external:
                found.setdefault(reference.target, {})[id_] = model.elements[id_]
    return found


def _open(inbound: Filter, port: int) -> bool:
    """Whether a TCP port is open to the internet at large, by IPv4 or IPv6."""
    return _wide([rule for rule in inbound.rules if rule.allow and rule.ports.contains(port)])


def _wide(rules: Sequence[Rule]) -> bool:
    """Whether the rules together name the internet at large, by IPv4 or IPv6."""
    return bool(rules) and any(
        is_internet(union((r.start, r.end) for r in rules if r.version == version), version) for version in VERSIONS
    )


_HANDS_ON = ("ClassicLoadBalancer", "GlobalAccelerator", "NetworkLoadBalancer")


def _reached(context: Context, group: Element, ports: list[int], guarded: Iterable[Element]) -> Conclusion:
    exposures = context.facts.exposures
    named = ", ".join(f"{port} ({_RISKY[port]})" if port in _RISKY else str(port) for port in ports)
    evidence: list[str] = []
    missing: list[str] = []
    stopped: list[str] = []
    for element in guarded:
        for front in fronts(context.model, context.facts, element.id, _HANDS_ON):
            if not any(span.contains(port) for span in front.ports for port in ports):
                continue
            if front.sure:
                evidence += [*(hop.text for hop in front.exposure.hops), f"{front.entry} leads to {element.id}"]
            else:
                missing += front.exposure.missing or (f"whether {front.entry} reaches {element.id}",)
        exposure = exposures.get(element.id)
        if exposure is None or not _listens(exposure, ports):
            if exposure is not None and exposure.blocked_by is not None:
                stopped.append(exposure.blocked_by.text)
        elif exposure.verdict is Verdict.EXPOSED and exposure.certainty is Certainty.CERTAIN:
            evidence += [hop.text for hop in exposure.hops]
        else:
            missing += exposure.missing or (f"whether the internet reaches {element.id}",)
    if evidence:
        return failed(
            group,
            f"lets the internet reach {named}",
            evidence=list(dict.fromkeys(evidence)),
            fix="name the networks that may connect, or use Session Manager and close the port",
            at=group.where("inbound"),
        )
    if missing:
        return unknown(
            group,
            f"opens {named} to the internet, and the model does not say whether something is reached",
            missing=list(dict.fromkeys(missing)),
        )
    return passed(group, f"opens {named}, but the internet reaches nothing that it guards", stopped)


def _listens(exposure: Exposure, ports: list[int]) -> bool:
    spans = [read_ports(text) for text in exposure.ports]
    return any(span.contains(port) for span in spans for port in ports)


def _might_be_reached(guarded: Iterable[Element], exposures: Mapping[ElementId, Exposure]) -> bool:
    found = (exposures.get(element.id) for element in guarded)
    return any(exposure is not None and exposure.verdict is not Verdict.BLOCKED for exposure in found)

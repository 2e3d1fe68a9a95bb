"""Security: ways from the internet that lead past what should stand in them."""

from __future__ import annotations

from collections.abc import Iterator

from archgraph.analysis.evidence import Certainty, Exposure, Path, PathVerdict, Verdict
from archgraph.analysis.policies import admitting_everyone, statements
from archgraph.analysis.reachability import NoEnd
from archgraph.analysis.reachability_flows import Connection, connection
from archgraph.catalog.types import ElementType
from archgraph.model.model import Element, ElementId, Flow, Reference
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

_PASSES_ON = frozenset({
    "ApplicationLoadBalancer", "NetworkLoadBalancer", "ClassicLoadBalancer", "TargetGroup", "CloudFrontDistribution",
    "GlobalAccelerator", "RdsProxy", "VpcEndpoint", "VpcEndpointService", "VpcLink",
})  # fmt: skip
"""Types that hand a caller's request on without code of yours looking at it."""
_LONGEST = 8


@rule(
    id="sec-internet-to-datastore-path",
    title="Code stands between the internet and every data store",
    pillar=Pillar.SECURITY,
    practices={"SEC05-BP02": "Control traffic flow within your network layers"},
    severity=Severity.CRITICAL,
    population="""Every database, cache, file system and broker in a VPC. Fails if something that the internet
    reaches (a load balancer, an accelerator, a distribution) hands requests on to it, without compute or
    an API in between, and the network lets them through. Passes if nothing does; unknown if the model
    does not say whether the way is open; does not apply to stores that the internet reaches directly,
    which sec-datastore-publicly-accessible judges.""",
    rationale="""A load balancer opens a port; it does not ask who comes. Whoever finds it talks to the database
    itself, with as many tries at its password as he likes.""",
    remediation=Remediation(
        """Put a service of yours in between, or make the load balancer internal and give partners a private way
        (a VPN, PrivateLink).""",
        """
elements:
  db-nlb: {type: NetworkLoadBalancer, scheme: internal, subnets: [data-a, data-b]}
""",
    ),
    false_positives="""A database protocol that customers are meant to speak, with mutual TLS: waive it naming
    how callers prove who they are.""",
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_network_protection_layered.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
    ],
    adjust=lowered_outside_production(Severity.HIGH),
)
def internet_to_datastore_path(context: Context) -> Iterator[Conclusion]:
    for store in context.model.whose_type(_keeps_data_in_vpc):
        if store.external:
            continue
        exposure = context.facts.exposures.get(store.id)
        if exposure is not None and exposure.verdict is Verdict.EXPOSED:
            yield not_applicable(store, "the internet reaches it directly: sec-datastore-publicly-accessible judges")
        else:
            yield _handed_on(context, store)


def _keeps_data_in_vpc(type_: ElementType) -> bool:
    keeps = not type_.traits.isdisjoint(("data-store", "cache")) or type_.name == "MqBroker"
    return keeps and not type_.part and "vpc-resource" in type_.traits


def _handed_on(context: Context, store: Element) -> Conclusion:
    """Look back from a store along what hands requests on, to an entry that the internet reaches."""
    ways: list[tuple[ElementId, ...]] = [(store.id,)]
    seen = {store.id}
    doubts: list[str] = []
    while ways:
        way = ways.pop(0)
        for flow in context.model.flows_to(way[0]):
            source = context.model.elements[flow.source]
            if source.id in seen or source.type.name not in _PASSES_ON or len(way) >= _LONGEST:
                continue
            seen.add(source.id)
            path = _path(context, flow)
            if path is not None and path.verdict is PathVerdict.BLOCKED and path.certainty is Certainty.CERTAIN:
                continue
            ways.append((source.id, *way))
            entry = context.facts.exposures.get(source.id)
            if entry is None or entry.verdict is Verdict.BLOCKED:
                continue
            unsure = [] if path is None else _doubts(path)
            if entry.verdict is Verdict.UNKNOWN or entry.certainty is Certainty.POSSIBLE:
                unsure += entry.missing or (f"whether the internet reaches {source.id}",)
            if unsure:
                doubts += unsure
                continue
            names = " -> ".join((source.id, *way))
            return failed(
                store,
                f"is reached from the internet by way of {source.id}, without code in between",
                evidence=[*(hop.text for hop in entry.hops), f"requests are handed on: {names}"],
                fix=f"make {source.id} internal, or put a service of yours in between",
            )
    if doubts:
        return unknown(
            store, "the model does not say whether the internet gets to it", missing=list(dict.fromkeys(doubts))
        )
    return passed(store, "nothing that the internet reaches hands requests on to it")


def _path(context: Context, flow: Flow) -> Path | None:
    found = connection(context.model, flow)
    try:
        return (
            context.facts.reachability.path(found.caller, found.callee, found.ports)
            if isinstance(found, Connection)
            else None
        )
    except NoEnd:
        return None


def _doubts(path: Path) -> list[str]:
    """What keeps a path from being open for certain."""
    if path.verdict is PathVerdict.OPEN and path.certainty is Certainty.CERTAIN:
        return []
    return [*path.missing] or [f"whether the network lets {path.source} reach {path.target}"]


@rule(
    id="sec-origin-bypasses-edge-protection",
    title="Origins answer only through the protection in front of them",
    pillar=Pillar.SECURITY,
    practices={"SEC05-BP02": "Control traffic flow within your network layers"},
    severity=Severity.HIGH,
    population="""Every origin of a CloudFront distribution that has a web ACL. Passes if the internet does not
    reach the origin itself (a VPC origin, a security group that admits CloudFront's prefix list only, a bucket
    behind origin access control), if it refuses requests without a secret header, if it asks every caller for a
    signature or names who may call, or if it has a web ACL of its own. Fails if anyone can call the origin past
    the distribution; unknown if the model does not say; does not apply to origins outside the model and behind
    distributions without a web ACL.""",
    rationale="""Who finds the origin's own name calls it without the web ACL, the rate limits and the logs of
    the distribution. Certificates and DNS history give such names away.""",
    remediation=Remediation(
        "Use a VPC origin or origin access control, or admit CloudFront only and check a secret header.",
        """
elements:
  alb-sg: {type: SecurityGroup, in: shop-vpc, inbound: {com.amazonaws.global.cloudfront.origin-facing: 443}}
  cdn: {type: CloudFrontDistribution, in: shop-prod, web_acl: edge-waf, origins: [{to: web-alb, secret_header: true}]}
""",
    ),
    false_positives="""An origin that others call directly on purpose, with a protection that is not drawn:
    draw it, or waive the finding naming it.""",
    references=[
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-origin.html",
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/restrict-access-to-load-balancer.html",
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html",
    ],
    adjust=lowered_outside_production(Severity.MEDIUM),
)
def origin_bypasses_edge_protection(context: Context) -> Iterator[Conclusion]:
    model = context.model
    origins: dict[ElementId, list[Reference]] = {}
    for distribution in context.of_type("CloudFrontDistribution"):
        for reference in model.references_from(distribution.id, "CALLS"):
            if reference.target is not None and reference.property.startswith("origins"):
                origins.setdefault(reference.target, []).append(reference)
    for origin, references in origins.items():
        element = model.elements[origin]
        guarded = [r for r in references if _has_web_acl(model.elements[r.source])]
        if element.external or element.type.category in ("External", "Actor"):
            yield not_applicable(element, "it stands outside this model")
        elif not guarded:
            yield not_applicable(element, "no distribution in front of it has a web ACL")
        else:
            yield _behind(element, guarded[0], context.facts.exposures.get(origin))


def _has_web_acl(element: Element) -> bool:
    return isinstance(element.properties.get("web_acl"), Reference)


def _asks_who_calls(origin: Element) -> str | None:
    """How an origin keeps out whoever is not CloudFront or named, though its address is public.

    "Restrict access to an AWS Lambda function URL origin",
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html
    """
    url = origin.properties.get("function_url")
    if isinstance(url, dict) and url.get("auth") == "iam":
        return f"the URL of {origin.id} refuses callers who do not sign with IAM"
    if origin.type.name == "ApiGatewayRestApi":
        policy = statements(origin.properties.get("policy"))
        if policy and admitting_everyone(policy) is None:
            return f"the resource policy of {origin.id} does not admit everyone"
    return None


def _behind(origin: Element, reference: Reference, exposure: Exposure | None) -> Conclusion:
    front = reference.source
    if reference.properties.get("secret_header") is True:
        return passed(origin, f"it refuses requests without the secret header of {front}")
    closed = _asks_who_calls(origin)
    if closed is not None:
        return passed(origin, closed)
    if _has_web_acl(origin):
        return passed(origin, "it has a web ACL of its own")
    if exposure is None or exposure.verdict is Verdict.BLOCKED:
        why = exposure.blocked_by.text if exposure is not None and exposure.blocked_by is not None else "it is private"
        return passed(origin, f"the internet does not reach it past {front}", [why])
    if exposure.verdict is Verdict.UNKNOWN or exposure.certainty is Certainty.POSSIBLE:
        return unknown(
            origin,
            f"the model does not say whether the internet reaches it past {front}",
            missing=exposure.missing or (f"whether the internet reaches {origin.id}",),
        )
    return failed(
        origin,
        f"can be called past {front} and its web ACL",
        evidence=[f"{front} has a web ACL", *(hop.text for hop in exposure.hops)],
        fix=f"let {origin.id} admit {front} only: a VPC origin, CloudFront's prefix list, or a secret header",
    )

"""Performance Efficiency: reads that need not reach the database, and networks that need not be crossed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archgraph.analysis.policies import conditions, statements
from archgraph.catalog.values import Quantity
from archgraph.model.model import Element, ElementId, Flow, Model
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

_DATABASES = frozenset({"AuroraCluster", "DynamoDbTable", "OpenSearchDomain", "RdsInstance"})


@rule(
    id="perf-read-path-without-cache",
    title="Data that is read often is cached",
    pillar=Pillar.PERFORMANCE_EFFICIENCY,
    practices={"PERF03-BP05": "Implement data access patterns that utilize caching"},
    severity=Severity.LOW,
    population="""Every flow of requests to a database. Passes if its caller also uses a cache, if a cache,
    a CDN that caches or an API cache stands in front of the caller, or if the database is a replica or has
    one in its Region (a read replica, Aurora readers, readable standbys);
    fails if at least `reads` per cent of the requests only read and nothing like that is there; unknown if
    the model does not say how many read. Does not apply to flows that mostly write, nor to those with fewer
    than `min_rate` requests per second.""",
    rationale="""A cache answers in less than a millisecond what a database answers in several, and takes the
    repeated reads off the part of the system that is the hardest to grow.""",
    remediation=Remediation(
        "Cache what is read often: near users, in the API, or in memory beside the database.",
        """
elements:
  hot: {type: ElastiCacheCluster, in: shop-prod.eu-west-1, engine: valkey, serverless: true}
flows:
  - web -> hot: {protocol: tls, port: 6379}
  - web -> shop-db: {protocol: tls, port: 5432, reads: 95%, rate: 200/s}
""",
    ),
    false_positives="""Reads that must see the newest write, or that hardly ever ask the same twice: waive it
    with that reason. A cache inside the caller's process.""",
    parameters=[
        Parameter("reads", 80, "From which share of reads, in per cent, a flow is read-heavy", minimum=1),
        Parameter("min_rate", 10, "Below how many requests per second a cache is not worth it", minimum=0),
    ],
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/perf_data_access_patterns_caching.html",
        "https://docs.aws.amazon.com/whitepapers/latest/database-caching-strategies-using-redis/welcome.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html",
    ],
)
def read_path_without_cache(context: Context) -> Iterator[Conclusion]:
    model = context.model
    fronted = _behind_caches(model)
    for flow in model.flows_of("request"):
        target, source = model.elements[flow.target], model.elements[flow.source]
        if target.external or target.type.name not in _DATABASES or source.has("cache"):
            continue
        cache = _cache(model, flow, fronted)
        reads, rate = flow.properties.get("reads"), flow.properties.get("rate")
        if cache is not None:
            yield passed(flow, cache)
        elif isinstance(rate, Quantity) and rate.amount < context.parameters["min_rate"]:
            yield not_applicable(flow, f"its rate is {rate}")
        elif not isinstance(reads, Quantity):
            yield unknown(flow, "the model does not say how many requests only read", missing=[f"{flow.id}.reads"])
        elif reads.amount < context.parameters["reads"]:
            yield not_applicable(flow, f"{reads} of its requests read")
        else:
            yield failed(
                flow,
                "reads reach the database again and again",
                evidence=[f"{reads} of '{flow.id}' read", "no cache, replica or CDN is on the way"],
                fix="add a cache that the caller asks first, or a read replica",
            )


def _behind_caches(model: Model) -> dict[ElementId, str]:
    """The elements behind a cache that answers before them, each with that cache."""
    found: dict[ElementId, str] = {}
    waiting: list[ElementId] = []
    for element in model.elements.values():
        if element.type.name == "CloudFrontDistribution":
            first = [flow.target for flow in model.flows_from(element.id) if _is_cached(flow)]
        else:
            first = [element.id] if element.properties.get("cache") else []
        found.update((id_, f"{element.id} caches in front of it") for id_ in first)
        waiting += first
    while waiting:
        current = waiting.pop()
        for flow in model.flows_from(current):
            if flow.kind == "request" and flow.target not in found:
                found[flow.target] = found[current]
                waiting.append(flow.target)
    return found


def _is_cached(flow: Flow) -> bool:
    """Whether CloudFront caches what it gets by a request to an origin, as far as the model says."""
    stated = flow.implied_by.properties.get("cached") if flow.implied_by is not None else None
    return flow.kind == "request" and stated is not False


def _cache(model: Model, flow: Flow, fronted: dict[ElementId, str]) -> str | None:
    """What spares the database this flow's reads, if something does."""
    for other in model.flows_from(flow.source):
        if model.elements[other.target].has("cache"):
            return f"{flow.source} also uses {other.target}"
    database = model.elements[flow.target]
    primaries = [reference.source for reference in model.references_to(database.id, "REPLICATES_TO")]
    if primaries:
        return f"{database.id} is a replica of {primaries[0]}"
    own = _own_replicas(database)
    if own is not None:
        return own
    for replica in model.targets(database.id, "REPLICATES_TO"):
        if replica.region == database.region:
            return f"{replica.id} can take its reads"
    return fronted.get(flow.source)


def _own_replicas(database: Element) -> str | None:
    """The readers of an Aurora cluster and the readable standbys of a Multi-AZ DB cluster."""
    if database.properties.get("readable_standbys") is True:
        return f"{database.id} has two standbys that answer reads"
    if database.type.name != "AuroraCluster":
        return None
    members = database.properties.get("instances")
    count = len(members) if isinstance(members, list) else database.properties.get("count")
    return f"{database.id} has {count - 1} readers" if isinstance(count, int) and count > 1 else None


@rule(
    id="perf-function-in-vpc-unneeded",
    title="Only functions that need a VPC are in one",
    pillar=Pillar.PERFORMANCE_EFFICIENCY,
    practices={"PERF04-BP02": "Evaluate available networking features"},
    severity=Severity.LOW,
    population="""Every Lambda function with subnets. Passes if something that it calls or mounts is in a VPC,
    behind a private endpoint or in a network of your own, if its policy asks by which VPC or endpoint a call
    comes, or if it calls a system outside AWS, which may know it by the address of a NAT gateway; fails if all
    that it calls are public AWS APIs; unknown if the model draws nothing that it calls.""",
    rationale="""A function in a VPC reaches the internet and AWS's APIs only by what the VPC has for it: NAT
    gateways and endpoints, which cost money and can fail, or IPv6 with a gateway and subnets of its own. It
    takes addresses as well. Outside a VPC it reaches them directly.""",
    remediation=Remediation(
        "Take it out of the VPC: state no subnets.",
        """
elements:
  resize: {type: LambdaFunction, in: shop-prod.eu-west-1, role: resize-role}
""",
    ),
    false_positives="""A rule that all code runs where a firewall sees its traffic, or policies outside the model
    that admit only calls through an endpoint (`aws:SourceVpce`): waive it naming the rule.""",
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/"
        "perf_networking_evaluate_networking_features.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html",
    ],
)
def function_in_vpc_unneeded(context: Context) -> Iterator[Conclusion]:
    model = context.model
    for function in context.of_type("LambdaFunction"):
        if not function.subnets:
            yield not_applicable(function, "it is in no VPC")
            continue
        called = [model.elements[flow.target] for flow in model.flows_from(function.id)]
        called += [model.elements[flow.source] for flow in model.flows_to(function.id) if flow.kind == "poll"]
        reason = next((why for element in called if (why := _needs_vpc(element)) is not None), None)
        if reason is not None:
            yield passed(function, reason)
        elif not called:
            missing = [f"a flow from {function.id}"]
            yield unknown(function, "the model draws nothing that it calls", missing=missing)
        else:
            yield _needless(function, called)


_PUBLIC_WITHOUT_SUBNETS = frozenset({"OpenSearchDomain"})
"""Types that have a public endpoint unless they are put into a VPC: "Launching your Amazon OpenSearch Service
domains within a VPC", https://docs.aws.amazon.com/opensearch-service/latest/developerguide/vpc.html"""


def _needs_vpc(element: Element) -> str | None:
    """Why an element is reached from a VPC only, or better, if it is."""
    if element.vpc is not None or (element.has("vpc-resource") and element.type.name not in _PUBLIC_WITHOUT_SUBNETS):
        return f"{element.id} is in a VPC"
    if element.properties.get("endpoint_type") == "private":
        return f"{element.id} has a private endpoint"
    if element.external or element.type.category in ("External", "Place", "Network"):
        return f"{element.id} is outside AWS's public APIs"
    for statement in statements(element.properties.get("policy")):
        if any(test.key in _BY_VPC for test in conditions(statement)):
            return f"the policy of {element.id} asks by which VPC or endpoint a call comes"
    return None


_BY_VPC = frozenset({"aws:sourcevpc", "aws:sourcevpcarn", "aws:sourcevpce", "aws:vpcsourceip"})
"""Condition keys, in small letters, that only calls through an endpoint of a VPC have: "Properties of the network",
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"""


def _needless(function: Element, called: Sequence[Element]) -> Conclusion:
    names = list(dict.fromkeys(element.id for element in called))
    return failed(
        function,
        "is in a VPC and calls nothing there",
        evidence=[
            f"{function.id} is in {', '.join(function.subnets)}",
            f"it calls {', '.join(names)}, reached without a VPC",
        ],
        fix="take it out of the VPC: state no 'subnets'",
        at=function.where("subnets"),
    )

"""Security: endpoints of AWS services that answer the whole internet: clusters, APIs, buckets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archgraph.analysis.data_flows import data_flows
from archgraph.analysis.evidence import Certainty, Exposure, Verdict
from archgraph.analysis.policies import admitting_everyone, statements
from archgraph.model.model import Absent, Element, Flow, Model, Reference
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
    id="sec-cluster-endpoint-public",
    title="No Kubernetes API is open to the whole internet",
    pillar=Pillar.SECURITY,
    practices={"SEC05-BP02": "Control traffic flow within your network layers"},
    severity=Severity.HIGH,
    population="""Every EKS cluster. Fails if its Kubernetes API has a public endpoint that named networks
    do not limit; passes if the endpoint is private, or public for named networks only; unknown if the
    model does not say.""",
    rationale="""The Kubernetes API runs everything in the cluster. Open to all, a stolen token or a flaw
    in the API server can be used from anywhere.""",
    remediation=Remediation(
        "Make the endpoint private, or name the networks that may use it.",
        """
elements:
  cluster: {type: EksCluster, endpoint_public: false, endpoint_private: true}
  staging: {type: EksCluster, endpoint_public: true, public_access_cidrs: [203.0.113.0/24]}
""",
    ),
    false_positives="""Pipelines of a hosted service whose addresses nobody knows beforehand: run them
    from inside the VPC, or waive the finding with the controls that stand in.""",
    references=[
        "https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/eks-controls.html#eks-1",
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_network_protection_layered.html",
    ],
    adjust=lowered_outside_production(Severity.MEDIUM),
)
def cluster_endpoint_public(context: Context) -> Iterator[Conclusion]:
    for cluster in context.of_type("EksCluster"):
        exposure = context.facts.exposures[cluster.id]
        if exposure.verdict is Verdict.UNKNOWN:
            yield unknown(cluster, "the model does not say who reaches its API", missing=exposure.missing)
        elif exposure.verdict is Verdict.BLOCKED:
            yield passed(cluster, exposure.blocked_by.text if exposure.blocked_by else "it is private")
        else:
            yield failed(
                cluster,
                "answers the whole internet with its Kubernetes API",
                evidence=[hop.text for hop in exposure.hops],
                fix="set 'endpoint_public: false', or name the networks in 'public_access_cidrs'",
                at=cluster.where("endpoint_public"),
            )


@rule(
    id="sec-bucket-public-with-nonpublic-data",
    title="No public bucket holds data that is not public",
    pillar=Pillar.SECURITY,
    practices={
        "SEC03-BP07": "Analyze public and cross-account access",
        "SEC08-BP04": "Enforce access control",
    },
    severity=Severity.CRITICAL,
    population="""Every S3 bucket. Passes if it is not public: its own or its account's Block Public
    Access is on, or no policy or access control list admits everyone; one that only a distribution with
    origin access control reads is not public. Fails if everyone may use it and it holds, or flows bring
    it, a data asset classified above public; unknown if the model does not say whether it is public, what
    it holds, or how that is classified; does not apply to a bucket with public data only.""",
    rationale="""Public buckets are found by scanners within hours of their making. What they hold is
    then out for good.""",
    remediation=Remediation(
        "Turn Block Public Access on, and serve what browsers must read through a distribution.",
        """
elements:
  receipts: {type: S3Bucket, in: shop-prod.eu-west-1, public_access_block: true, holds: [customer-data]}
  cdn: {type: CloudFrontDistribution, in: shop-prod, origins: [{to: assets, access: oac}]}
""",
    ),
    false_positives="""A data asset that is classified too high: correct its classification. Objects that
    are encrypted for one reader and may lie in the open: waive the finding saying so.""",
    references=[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-8",
    ],
)
def bucket_public_with_nonpublic_data(context: Context) -> Iterator[Conclusion]:
    for bucket in context.of_type("S3Bucket"):
        exposure = context.facts.exposures[bucket.id]
        if exposure.verdict is Verdict.BLOCKED:
            yield passed(bucket, exposure.blocked_by.text if exposure.blocked_by else "it is not public")
        else:
            stored = data_flows(context.model).stored.get(bucket.id, ())
            yield _public_bucket(bucket, exposure, [context.model.elements[id_] for id_ in sorted(stored)])


def _public_bucket(bucket: Element, exposure: Exposure, held: Sequence[Element]) -> Conclusion:
    levels = {asset.id: asset.get("classification") for asset in held if asset.type.name == "DataAsset"}
    secret = [f"{id_} is {level}" for id_, level in levels.items() if isinstance(level, str) and level != "public"]
    unclassified = [f"{id_}.classification" for id_, level in levels.items() if isinstance(level, Absent)]
    hops = [hop.text for hop in exposure.hops]
    if levels and not secret and not unclassified:
        return not_applicable(bucket, "it holds public data only")
    if exposure.verdict is Verdict.UNKNOWN or exposure.certainty is Certainty.POSSIBLE:
        return unknown(bucket, "may be open to everyone", missing=exposure.missing, evidence=[*hops, *secret])
    if secret:
        return failed(
            bucket,
            "is open to everyone and holds data that is not public",
            evidence=[*hops, *secret],
            fix=f"set 'public_access_block: true' on {bucket.id}",
            at=bucket.where("policy"),
        )
    return unknown(
        bucket,
        "is open to everyone, and the model does not say how secret its data is",
        missing=unclassified or [f"{bucket.id}.holds"],
        evidence=hops,
    )


_WEAK = frozenset({"none", "anonymous", "public", "api_key", "apikey", "x_api_key"})
"""What proves nothing, in small letters with ``_`` between words: an API key tells customers apart, no more.

"Don't use API keys for authentication or authorization",
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
"""


@rule(
    id="sec-public-api-unauthenticated",
    title="Every public API knows its callers",
    pillar=Pillar.SECURITY,
    practices={"SEC03-BP07": "Analyze public and cross-account access"},
    severity=Severity.HIGH,
    population="""API Gateway APIs, AppSync APIs and Lambda functions with a function URL that the
    internet reaches. Passes with an authorizer, another kind of authorization, a resource policy that
    does not admit everyone, or if all flows that lead to it state how callers authenticate; single
    methods may be open. Fails if callers prove nothing, or an API key only; unknown if the model does not
    say; does not apply to private APIs, nor where callers without identity are intended: `anonymous` on
    the API, or on all who call it.""",
    rationale="""Whoever finds the address of an open API can use it, and everything that it may do with
    its role, as often as the throttle allows. Such addresses are found.""",
    remediation=Remediation(
        "Name an authorizer or IAM; if callers are meant to be unknown, say so.",
        """
elements:
  api: {type: ApiGatewayRestApi, authorizer: users}
  status-api: {type: ApiGatewayHttpApi, anonymous: true, throttle: {rate: 50/s, burst: 100}}
  resize: {type: LambdaFunction, function_url: {auth: iam}}
""",
    ),
    false_positives="""Webhooks whose signature the code verifies: state it as `auth` of the flow, or
    waive the finding.""",
    references=[
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-to-api.html",
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html",
        "https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",
    ],
    adjust=lowered_outside_production(Severity.MEDIUM),
)
def public_api_unauthenticated(context: Context) -> Iterator[Conclusion]:
    for api in context.of_type("ApiGatewayRestApi", "ApiGatewayHttpApi", "AppSyncApi", "LambdaFunction"):
        exposure = context.facts.exposures[api.id]
        if api.type.name == "LambdaFunction" and exposure.verdict is Verdict.BLOCKED:
            continue  # it has no function URL
        callers = [flow for flow in context.model.flows_to(api.id) if flow.kind in ("request", "event")]
        if exposure.verdict is Verdict.BLOCKED:
            yield not_applicable(api, exposure.blocked_by.text if exposure.blocked_by else "it is private")
        elif _anonymous(context.model, api, callers):
            yield not_applicable(api, "callers without identity are intended")
        else:
            yield _checked(api, exposure, callers)


def _anonymous(model: Model, api: Element, callers: Sequence[Flow]) -> bool:
    sources = [model.elements[flow.source] for flow in callers]
    return api.properties.get("anonymous") is True or (
        bool(sources) and all(source.properties.get("anonymous") is True for source in sources)
    )


def _checked(api: Element, exposure: Exposure, callers: Sequence[Flow]) -> Conclusion:
    kind, name = _authorization(api)
    by_flow = {flow.id: str(flow.properties.get("auth", "")) for flow in callers}
    open_flows = [f"'{id_}' states auth: {auth}" for id_, auth in by_flow.items() if _word(auth) in _WEAK]
    if kind is not None and kind not in _WEAK:
        return passed(api, f"it checks callers: {kind}")
    policy = statements(api.properties.get("policy"))
    if policy and api.type.name == "ApiGatewayRestApi" and admitting_everyone(policy) is None:
        return passed(api, "its resource policy does not admit everyone")
    if by_flow and not open_flows and not {"", "unknown"} & set(by_flow.values()):
        return passed(api, f"all that call it state how: {', '.join(sorted(set(by_flow.values())))}")
    if kind is None and not open_flows:
        return unknown(api, "the model does not say how it checks callers", missing=[name])
    if exposure.verdict is Verdict.UNKNOWN or exposure.certainty is Certainty.POSSIBLE:
        return unknown(api, "asks callers for nothing, and may be public", missing=exposure.missing)
    return failed(
        api,
        "identifies callers by API key only" if kind == "api_key" else "lets everyone call it",
        evidence=[*(hop.text for hop in exposure.hops), *([f"{name} is {kind}"] if kind else []), *open_flows],
        fix="name an authorizer or 'authorization: iam', or state 'anonymous: true' if that is intended"
        if "anonymous" in api.type.properties
        else "set 'auth: iam' on its function URL",
    )


def _word(auth: str) -> str:
    return auth.strip().lower().replace("-", "_").replace(" ", "_")


def _authorization(api: Element) -> tuple[str | None, str]:
    """How an API checks callers, ``None`` if the model does not say, and the property that would."""
    if api.type.name == "LambdaFunction":
        url = api.get("function_url")
        stated = url.get("auth") if isinstance(url, dict) else None
        return (stated if isinstance(stated, str) else None), f"{api.id}.function_url"
    if api.properties.get("mutual_tls") is True:
        return "mutual TLS", f"{api.id}.mutual_tls"
    authorizer = api.get("authorizer")
    if authorizer and authorizer is not Absent.UNKNOWN:
        return str(authorizer.target or authorizer.literal), f"{api.id}.authorizer"
    if authorizer is Absent.UNKNOWN:
        return None, f"{api.id}.authorizer"
    stated = api.get("authorization")
    if isinstance(stated, str) and stated not in _WEAK:
        return stated, f"{api.id}.authorization"
    methods = {reference.properties.get("authorization") for reference in _methods(api)}
    if methods and all(isinstance(method, str) and method not in _WEAK for method in methods):
        return ", ".join(sorted(map(str, methods))), f"{api.id}.integrations"
    return (stated if isinstance(stated, str) else None), f"{api.id}.authorization"


def _methods(api: Element) -> list[Reference]:
    integrations = api.properties.get("integrations")
    return [item for item in integrations if isinstance(item, Reference)] if isinstance(integrations, list) else []

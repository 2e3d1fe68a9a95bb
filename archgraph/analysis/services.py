"""Exposure of what AWS runs outside VPCs: public services by their settings, functions, buckets.

A content delivery network, an API or a user pool is on the internet by design; its settings say
whether it is after all private, and who may use it is a question of permissions, not of reach.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from archgraph.analysis.buckets import bucket_exposure
from archgraph.analysis.evidence import Certainty, Exposure, Hop, Verdict
from archgraph.analysis.internet import interval, is_internet, union
from archgraph.analysis.passage import merged
from archgraph.catalog.types import ElementType
from archgraph.model.model import Absent, Element, Model


def service_exposure(model: Model, element: Element) -> Exposure | None:
    """The exposure of a service that the internet reaches without a VPC; ``None`` for any other element."""
    judge = _BY_TYPE.get(element.type.name)
    if judge is not None:
        return judge(model, element)
    return _by_design(element) if is_service(element.type) else None


def is_service(kind: ElementType) -> bool:
    """Whether the internet may reach elements of this type without a VPC."""
    public = not kind.traits.isdisjoint({"edge-service", "internet-entry"})
    return kind.name in _BY_TYPE or (public and "vpc-resource" not in kind.traits)


def _by_design(element: Element, ports: tuple[str, ...] = ("443",)) -> Exposure:
    text = f"{element.id} is a public endpoint of {element.type.service}"
    return Exposure(element.id, Verdict.EXPOSED, Certainty.CERTAIN, ports, (Hop(element.id, text),))


def _blocked(element: Element, text: str) -> Exposure:
    return Exposure(element.id, Verdict.BLOCKED, Certainty.CERTAIN, blocked_by=Hop(element.id, text))


def _unknown(element: Element, text: str, *missing: str) -> Exposure:
    hops = (Hop(element.id, text),)
    return Exposure(element.id, Verdict.UNKNOWN, Certainty.CERTAIN, hops=hops, missing=missing)


def _distribution(model: Model, element: Element) -> Exposure:
    """CloudFront listens on 80 and 443 whatever its viewer protocol policy answers there:
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-viewers-to-cloudfront.html
    """
    return _by_design(element, ("80", "443"))


def _accelerator(model: Model, element: Element) -> Exposure:
    """An accelerator's addresses are always public; its listeners' ports are given if stated."""
    stated = element.get("ports")
    ports = merged(stated) if isinstance(stated, list) else ()
    return _by_design(element, tuple(map(str, ports)))


def _hosted_zone(model: Model, element: Element) -> Exposure:
    """A private zone answers only the VPCs that it names, and must name one; a public zone names none.

    "Working with private hosted zones",
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zones-private.html
    """
    if element.get("private") is True or element.properties.get("vpcs"):
        return _blocked(element, f"{element.id} is private: it answers only to its VPCs")
    return _by_design(element, ("53", "udp/53"))


def _function(model: Model, element: Element) -> Exposure:
    """A function has no address of its own, in a VPC or not, unless it has a function URL.

    "Creating and managing Lambda function URLs",
    https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html
    """
    url = element.properties.get("function_url")
    if url is Absent.UNKNOWN:
        name = f"{element.id}.function_url"
        return _unknown(element, f"whether {element.id} has a function URL is not known", name)
    if not isinstance(url, dict):
        return _blocked(element, f"{element.id} has no function URL, so only the Lambda API invokes it")
    auth = url.get("auth")
    callers = "callers who sign with IAM" if auth == "iam" else "everyone"
    if auth is Absent.UNKNOWN:
        callers = "callers that it does not state"
    hop = Hop(element.id, f"{element.id} has a function URL, open to {callers}")
    return Exposure(element.id, Verdict.EXPOSED, Certainty.CERTAIN, ("443",), (hop,))


def _api(model: Model, element: Element) -> Exposure:
    """An API is public unless its endpoint type is private.

    Without a stated type it is public by AWS's default, edge-optimized or global:
    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-endpoint-types.html,
    https://docs.aws.amazon.com/appsync/latest/APIReference/API_CreateGraphqlApi.html
    """
    stated = element.get("endpoint_type")
    if stated == "private":
        return _blocked(element, f"{element.id} is a private API: only VPC endpoints reach it")
    if stated is Absent.UNKNOWN and element.properties.get("vpc_endpoints"):
        text = f"{element.id} names VPC endpoints but not its endpoint type"
        return _unknown(element, text, f"{element.id}.endpoint_type")
    found = _by_design(element)
    if stated is Absent.UNKNOWN:
        return replace(found, certainty=Certainty.POSSIBLE, missing=(f"{element.id}.endpoint_type",))
    return found


def _kubernetes_api(model: Model, element: Element) -> Exposure:
    """The endpoint of a cluster's Kubernetes API: public or not, and for which addresses.

    "Cluster API server endpoint",
    https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
    """
    public = element.get("endpoint_public")
    stated = element.get("public_access_cidrs")
    if public is Absent.UNKNOWN and isinstance(stated, list) and stated and not _wide(stated):
        public = True  # whether it is public or not, only these networks reach it
    if public is Absent.UNKNOWN:
        text = f"{element.id} does not say whether its Kubernetes API is public"
        return _unknown(element, text, f"{element.id}.endpoint_public")
    if public is not True:
        return _blocked(element, f"the Kubernetes API of {element.id} answers inside its VPC only")
    if stated is Absent.UNKNOWN:
        text = f"{element.id} does not say who may use its public Kubernetes API"
        return _unknown(element, text, f"{element.id}.public_access_cidrs")
    if stated and not _wide(stated):
        named = ", ".join(map(str, stated[:5]))
        return _blocked(element, f"the Kubernetes API of {element.id} answers only {named}")
    hop = Hop(element.id, f"the Kubernetes API of {element.id} is public")
    return Exposure(element.id, Verdict.EXPOSED, Certainty.CERTAIN, ("443",), (hop,))


def _wide(networks: list[Any]) -> bool:
    for version in (4, 6):
        mine = [interval(n) for n in networks if getattr(n, "version", None) == version]
        if is_internet(union(mine), version):
            return True
    return False


def _search_domain(model: Model, element: Element) -> Exposure | None:
    """A search domain without subnets has a public endpoint; one in a VPC never has.

    "Launching your Amazon OpenSearch Service domains within a VPC",
    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/vpc.html
    """
    if element.get("subnets") is Absent.UNKNOWN:
        return _unknown(element, f"whether {element.id} is in a VPC is not known", f"{element.id}.subnets")
    return None if element.subnets else _by_design(element)


_BY_TYPE: Mapping[str, Callable[[Model, Element], Exposure | None]] = {
    "S3Bucket": bucket_exposure,
    "LambdaFunction": _function,
    "CloudFrontDistribution": _distribution,
    "GlobalAccelerator": _accelerator,
    "HostedZone": _hosted_zone,
    "ApiGatewayRestApi": _api,
    "AppSyncApi": _api,
    "EksCluster": _kubernetes_api,
    "OpenSearchDomain": _search_domain,
}
"""The types whose settings decide, and how each is judged."""

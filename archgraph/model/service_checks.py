"""Contradictions between services, and between settings of one element: Regions, scopes, capacity.

What a model does not state is never taken for a contradiction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from archgraph.model.model import Absent, Element, Model
from archgraph.model.problem import Problem, references

_CDN_CERT = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html"
_COGNITO_CERT = "https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-add-custom-domain.html"
_APPSYNC_CERT = "https://docs.aws.amazon.com/appsync/latest/devguide/custom-domain-name.html"
_API_CERT = "https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-specify-certificate-for-custom-domain-name.html"
_ACM = "https://docs.aws.amazon.com/acm/latest/userguide/acm-regions.html"
_WAF = "https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-resources.html"
_KMS = "https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html"
_ASG = "https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-capacity-limits.html"
_OBJECT_LOCK = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html"
_NAT = "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html"
_MEMCACHED = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/SelectEngine.html"


def certificates_are_where_they_are_used(model: Model) -> Iterator[Problem]:
    """CloudFront and what rests on it need their certificate in us-east-1, Regional services in their Region."""
    for user, certificate, reference in references(model, "USES_CERTIFICATE"):
        wanted, source = _certificate_region(_root(model, user))
        if certificate.type.name != "AcmCertificate" or certificate.external or not (wanted and certificate.region):
            continue
        if certificate.region != wanted:
            message = f"certificate '{certificate.id}' is in {certificate.region}; '{user.id}' takes it from {wanted}"
            yield Problem("AG604", message, reference.location, (user.id, certificate.id), f"see {source}")


_FROM_US_EAST_1 = {"CloudFrontDistribution": _CDN_CERT, "CognitoUserPool": _COGNITO_CERT, "AppSyncApi": _APPSYNC_CERT}


def _certificate_region(user: Element) -> tuple[str | None, str]:
    """The Region from which an element takes its certificate, and the page that says so."""
    if user.type.name in _FROM_US_EAST_1:
        return "us-east-1", _FROM_US_EAST_1[user.type.name]
    if user.type.name == "ApiGatewayRestApi":
        endpoint = user.properties.get("endpoint_type")
        return {"edge": "us-east-1", "regional": user.region}.get(str(endpoint)), _API_CERT
    return user.region, _ACM


def keys_are_in_the_same_region(model: Model) -> Iterator[Problem]:
    """A Regional resource is encrypted with a key of its own Region (Multi-Region keys).

    Copies (a property inside another one) may lie elsewhere; a trail's key is where its bucket is.
    """
    for user, key, reference in references(model, "ENCRYPTED_BY"):
        region = _root(model, user).region
        apart = key.external or key.properties.get("multi_region") is True or user.type.name == "CloudTrail"
        if apart or reference.property != "kms_key" or not region or not key.region or key.region == region:
            continue
        message = f"'{user.id}' is in {region}, its key '{key.id}' in {key.region}"
        yield Problem("AG609", message, reference.location, (user.id, key.id), f"see {_KMS}")


def web_acls_have_the_right_scope(model: Model) -> Iterator[Problem]:
    """CloudFront takes web ACLs of scope cloudfront, which live in us-east-1; all others regional ones."""
    for acl in model.of_type("WafWebAcl"):
        if acl.properties.get("scope") == "cloudfront" and acl.region and acl.region != "us-east-1":
            message = f"'{acl.id}' has scope cloudfront and must be in us-east-1"
            yield Problem("AG611", message, acl.where("scope"), (acl.id,), f"see {_WAF}")
    for user, acl, reference in references(model, "PROTECTED_BY"):
        scope = acl.properties.get("scope") if acl.type.name == "WafWebAcl" else None
        wanted = "cloudfront" if user.type.name == "CloudFrontDistribution" else "regional"
        if isinstance(scope, str) and scope != wanted:
            message = f"'{acl.id}' has scope {scope}; '{user.id}' takes {wanted} ones"
            yield Problem("AG611", message, reference.location, (user.id, acl.id), f"see {_WAF}")


_CAPACITY = frozenset({"min", "desired", "max"})


def capacity_is_in_order(model: Model) -> Iterator[Problem]:
    """min <= desired <= max (Set scaling limits for your Auto Scaling group)."""
    for element in model.whose_type(lambda kind: not _CAPACITY.isdisjoint(kind.properties)):
        low, high = _integer(element, "min"), _integer(element, "max")
        wanted = _integer(element, "desired")
        if low is not None and high is not None and low > high:
            message = f"min {low} exceeds max {high}"
            yield Problem("AG612", message, element.where("min"), (element.id,), f"see {_ASG}")
        elif wanted is not None and ((low is not None and wanted < low) or (high is not None and wanted > high)):
            message = f"desired {wanted} is not between min and max"
            yield Problem("AG612", message, element.where("desired"), (element.id,), f"see {_ASG}")


def settings_do_not_contradict(model: Model) -> Iterator[Problem]:
    """Pairs of settings of one element that AWS refuses together."""
    for name, clashes in CLASHES.items():
        for element in model.of_type(name):
            for clash in clashes:
                if element.properties.get(clash.name) in clash.values and clash.refuses(
                    element.properties.get(clash.other)
                ):
                    at = element.where(clash.other)
                    yield Problem("AG614", f"'{element.id}': {clash.why}", at, (element.id,), f"see {clash.source}")


def _stated(value: Any) -> bool:
    return value is not None and not isinstance(value, Absent)


def _positive(value: Any) -> bool:
    return isinstance(value, int) and value > 0


class Clash(NamedTuple):
    """A property with one of some values, and another whose value AWS then refuses."""

    name: str
    values: tuple[Any, ...]
    other: str
    refuses: Callable[[Any], bool]
    why: str
    source: str


CLASHES: dict[str, tuple[Clash, ...]] = {
    "S3Bucket": (
        Clash("versioning", (False, Absent.NONE), "object_lock", _stated, "object lock needs versioning", _OBJECT_LOCK),
    ),
    "NatGateway": (
        Clash("connectivity", ("private",), "elastic_ip", _stated, "a private NAT gateway has no Elastic IP", _NAT),
    ),
    "ElastiCacheCluster": (
        Clash("engine", ("memcached",), "replicas", _positive, "Memcached has no replicas", _MEMCACHED),
    ),
}


def _root(model: Model, element: Element) -> Element:
    while element.part_of is not None and element.part_of in model.elements:
        element = model.elements[element.part_of]
    return element


def _integer(element: Element, name: str) -> int | None:
    value = element.properties.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None

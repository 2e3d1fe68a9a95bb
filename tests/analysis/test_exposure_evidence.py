"""What is said about why something is exposed or not; the base network is that of ``exposure_cases.yaml``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from archgraph.analysis.evidence import Exposure
from archgraph.analysis.facts import derive
from archgraph.model.model import ElementId, Model

from .test_exposure import changed

FOUR: dict[str, str] = {f"203.0.11{n}.0/24": "443" for n in range(4)}
ACL: dict[str, Any] = {"type": "NetworkAcl", "in": "vpc"}
ALL_IN = [{"number": 100, "allow": "all", "from": "0.0.0.0/0"}]
ALL_OUT = [{"number": 100, "allow": "all", "to": "0.0.0.0/0"}]
REGION = "prod.eu-west-1"


def acl(inbound: Any, outbound: Any) -> dict[str, Any]:
    return {"net": {"network_acl": "acl"}, "acl": {**ACL, "inbound": inbound, "outbound": outbound}}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"sg": {"inbound": {}}}, "sg admits nobody"),
        ({"sg": {"inbound": FOUR}}, f"sg admits only {', '.join(FOUR)}"),
        (
            {"sg": {"inbound": {**FOUR, "10.0.0.0/8": "443", "2001:db8::/32": "443"}}},
            f"sg admits only {', '.join(FOUR)}, 10.0.0.0/8",
        ),
        (
            {"sg": {"inbound": {**FOUR, "10.0.0.0/8": "443", "192.0.2.0/24": "443"}}},
            f"sg admits only {', '.join(FOUR)}, 10.0.0.0/8 and others",
        ),
        (
            {
                "sg": {"inbound": {"com.amazonaws.global.cloudfront.origin-facing": "443"}},
                "six": {"type": "SecurityGroup", "in": "vpc", "inbound": {"2001:db8::/32": "22"}},
                "host": {"security_groups": ["six", "sg"]},
            },
            "six admits nobody; sg admits only com.amazonaws.global.cloudfront.origin-facing",
        ),
        (acl([{"number": 100, "allow": "80", "from": "0.0.0.0/0"}], ALL_OUT), "sg allows no port that acl admits"),
        (acl(ALL_IN, [{"number": 1, "allow": "80", "to": "0.0.0.0/0"}]),
         "acl lets no replies to clients' ports 1024-65535 out of net"),
        (acl([], ALL_OUT), "acl admits nothing from the internet into net"),
        ({"routes": {"routes": {"198.51.100.0/24": "igw"}}},
         "routes sends only a few named networks to an internet gateway"),
        ({"routes": {"routes": {}}}, "net is isolated: no route leads to an internet gateway of its VPC"),
        (
            {
                "vpc": {"ipv6_cidr": "2600:1f18::/56"},
                "net": {"ipv6_cidr": "2600:1f18:0:1::/64", "auto_assign_ipv6": True},
                "host": {"public_ip": False},
                "sg": {"inbound": {"::/0": "443"}},
            },
            "routes sends no IPv6 addresses to an internet gateway",
        ),
        ({"host": {"security_groups": "-"}},
         "without a stated security group it gets the default group of vpc, which admits only its members"),
        ({"host": {"subnet": "-", "in": REGION, "public_ip": False}}, "host has no public address"),
        ({"host": {"type": "ApplicationLoadBalancer", "scheme": "internet-facing", "subnet": "-", "public_ip": "-",
                   "subnets": ["net", "net-b"], "listeners": [{"port": 80}]}},
         "host does not listen on what is open: 443"),
        ({"host": {"type": "EksCluster", "subnet": "-", "public_ip": "-", "subnets": ["net", "net-b"],
                   "endpoint_public": False}},
         "the Kubernetes API of host answers inside its VPC only"),
        ({"host": {"type": "EksCluster", "subnet": "-", "public_ip": "-", "subnets": ["net", "net-b"],
                   "endpoint_public": True, "public_access_cidrs": [*FOUR, "192.0.2.0/24", "198.51.100.0/24"]}},
         f"the Kubernetes API of host answers only {', '.join(FOUR)}, 192.0.2.0/24"),
    ],
)  # fmt: skip
def test_what_blocks(changes: dict[str, Any], expected: str, model_of: Callable[..., Model]) -> None:
    found = _host(model_of(changed(changes)))
    assert found.blocked_by is not None
    assert found.blocked_by.text == expected
    assert found.missing == (("host.security_groups",) if "security_groups" in changes.get("host", {}) and
                             changes["host"]["security_groups"] == "-" else ())  # fmt: skip


def test_only_rules_that_admit_the_internet_are_evidence(model_of: Callable[..., Model]) -> None:
    rules = {"0.0.0.0/0": ["443", "80"], "10.0.0.0/8": "22", "::/0": "22"}
    assert [hop.text for hop in _host(model_of(changed({"sg": {"inbound": rules}}))).hops] == [
        "host has a public address",
        "net uses the route table routes",
        "routes sends 0.0.0.0/0 to igw, the internet gateway of vpc",
        "net is under the default network ACL of its VPC, which allows everything",
        "sg allows 443 from 0.0.0.0/0",
        "sg allows 80 from 0.0.0.0/0",
        "replies leave net by the same ACL",
    ]


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"sg": {"inbound": {"0.0.0.0/0": "unknown"}}}, "sg.inbound.0.0.0.0/0"),
        ({"sg": {"external": True, "in": "-", "inbound": "-"}}, "sg.inbound"),
        (acl("unknown", ALL_OUT), "acl.inbound"),
        (acl([{"number": 7, "allow": "unknown", "from": "0.0.0.0/0"}], ALL_OUT), "acl.inbound.7"),
        (acl([{"number": 7, "allow": "all", "from": "unknown"}], ALL_OUT), "acl.inbound.7"),
        ({"net": {"network_acl": "acl"}, "acl": {"type": "NetworkAcl", "external": True}}, "acl.inbound acl.outbound"),
        ({"host": {"type": "OpenSearchDomain", "subnet": "-", "public_ip": "-", "in": REGION, "subnets": "unknown"}},
         "host.subnets"),
        ({"host": {"type": "LambdaFunction", "subnet": "-", "public_ip": "-", "security_groups": "-", "in": REGION,
                   "function_url": "unknown"}},
         "host.function_url"),
        *(({"host": {"type": "S3Bucket", "subnet": "-", "public_ip": "-", "security_groups": "-", "in": REGION,
                     "public_access_block": False, name: "unknown"}}, f"host.{name}") for name in ("policy", "acl")),
        ({"ep": {"type": "VpcEndpoint", "in": "vpc", "kind": "interface", "service": "execute-api", "subnets": ["net"]},
          "host": {"type": "ApiGatewayRestApi", "subnet": "-", "public_ip": "-", "security_groups": "-", "in": REGION,
                   "vpc_endpoints": ["ep"]}},
         "host.endpoint_type"),
    ],
)  # fmt: skip
def test_what_is_missing(changes: dict[str, Any], missing: str, model_of: Callable[..., Model]) -> None:
    found = _host(model_of(changed(changes)))
    assert (str(found.verdict), " ".join(found.missing)) == ("unknown", missing)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"type": "LambdaFunction", "function_url": {"auth": "iam"}},
         "host has a function URL, open to callers who sign with IAM"),
        ({"type": "LambdaFunction", "function_url": {"auth": "none"}}, "host has a function URL, open to everyone"),
        ({"type": "LambdaFunction", "function_url": {"auth": "unknown"}},
         "host has a function URL, open to callers that it does not state"),
        ({"type": "S3Bucket", "public_access_block": False, "acl": "public_read_write"},
         "the access control list of host is public_read_write"),
        ({"type": "S3Bucket", "public_access_block": False, "acl": "authenticated_read"},
         "the access control list of host is authenticated_read"),
        ({"type": "S3Bucket", "public_access_block": False,
          "policy": [{"allow": ["s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:PutBucketPolicy"],
                      "principals": "*"}]},
         "the policy of host allows s3:GetObject, s3:PutObject, s3:ListBucket to everyone"),
        ({"type": "S3Bucket", "public_access_block": False,
          "policy": [{"allow": "s3:GetObject", "principals": "*",
                      "when": {"StringLike": {"aws:PrincipalOrgPaths": "o-exampleorgid/*"}}}]},
         "the policy of host allows s3:GetObject to everyone"),
        ({"type": "HostedZone", "in": "prod", "domain": "shop.example", "private": False},
         "host is a public endpoint of Amazon Route 53"),
    ],
)  # fmt: skip
def test_what_opens_a_service(body: dict[str, Any], expected: str, model_of: Callable[..., Model]) -> None:
    elements = changed({"host": "-"}) | {"host": {"in": REGION, **body}}
    assert _host(model_of(elements)).hops[-1].text == expected


def _host(model: Model) -> Exposure:
    return derive(model).exposures[ElementId("host")]

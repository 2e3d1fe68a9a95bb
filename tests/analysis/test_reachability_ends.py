"""What an element is as an end of a connection, and what is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from archgraph.analysis.facts import derive
from archgraph.analysis.reachability import NoEnd
from archgraph.analysis.reachability_ends import Kind, ends_of
from archgraph.model.model import Model

FACES = {"subnets": ["net", "net-b"], "security_groups": ["group"]}
ELEMENTS: dict[str, Any] = {
    "prod": {"type": "Account"},
    "others": {"type": "Account"},
    "vpc": {"type": "Vpc", "in": "prod.eu-west-1", "cidr": "10.0.0.0/16"},
    "bare": {"type": "Vpc", "in": "prod.eu-west-1", "cidr": "10.1.0.0/16"},
    "net": {"type": "Subnet", "in": "vpc", "availability_zone": "a", "cidr": "10.0.0.0/24"},
    "net-b": {"type": "Subnet", "in": "vpc", "availability_zone": "b", "cidr": "10.0.1.0/24"},
    "group": {"type": "SecurityGroup", "in": "vpc", "inbound": {}, "outbound": {}},
    "alb": {
        "type": "ApplicationLoadBalancer", "scheme": "internal", **FACES,
        "listeners": [{"port": 80, "targets": ["targets"]}],
    },
    "targets": {"type": "TargetGroup", "in": "vpc", "targets": ["host"]},
    "unused": {"type": "TargetGroup", "in": "vpc", "targets": ["host"]},
    "host": {"type": "Ec2Instance", "subnet": "net", "security_groups": ["group"]},
    "lost": {"type": "Ec2Instance", "in": "prod.eu-west-1"},
    "theirs": {"type": "Ec2Instance", "external": True, "in": "others.eu-west-1"},
    "their-queue": {"type": "SqsQueue", "external": True, "in": "others.eu-west-1"},
    "their-function": {"type": "LambdaFunction", "external": True, "in": "others.eu-west-1"},
    "cluster": {"type": "AuroraCluster", "in": "vpc", **FACES, "instances": [{"availability_zone": "a"}]},
    "search": {"type": "OpenSearchDomain", "in": "prod.eu-west-1"},
    "link": {"type": "VpcLink", "in": "vpc", **FACES},
    "face": {"type": "NetworkInterface", "in": "net"},
    "connect": {"type": "InstanceConnectEndpoint", "subnet": "net", "security_groups": ["group"]},
    "resolver": {"type": "ResolverEndpoint", "in": "vpc", **FACES, "direction": "inbound"},
    "endpoint": {"type": "VpcEndpoint", "in": "vpc", **FACES, "service": "sqs"},
    "api": {"type": "ApiGatewayRestApi", "in": "prod.eu-west-1"},
    "site": {"type": "CloudFrontDistribution", "in": "prod"},
    "accelerator": {"type": "GlobalAccelerator", "in": "prod"},
    "nat": {"type": "NatGateway", "subnet": "net"},
    "table": {"type": "RouteTable", "in": "vpc", "routes": {}},
    "users": {"type": "EndUser"},
    "partner": {"type": "SaasService"},
    "function": {"type": "LambdaFunction", "subnets": ["net"], "security_groups": ["group"]},
    "outer-function": {"type": "LambdaFunction", "in": "prod.eu-west-1"},
    "unsaid-function": {"type": "LambdaFunction", "in": "prod.eu-west-1", "subnets": "unknown"},
    "orders": {"type": "DataAsset"},
    "stream": {"type": "FirehoseStream", "in": "prod.eu-west-1", "subnets": ["net", "net-b"]},
    "logged": {"type": "LambdaFunction", "in": "prod.eu-west-1", "log_group": {}},
    "bucket": {"type": "S3Bucket", "in": "prod.eu-west-1"},
}  # fmt: skip


@pytest.fixture(scope="module")
def model(model_of: Callable[..., Model]) -> Model:
    return model_of(ELEMENTS)


@pytest.mark.parametrize(
    ("name", "kind", "told"),
    [
        ("internet", Kind.INTERNET, ""),
        ("vpc", Kind.INTERFACES, "net net-b"),
        ("bare", Kind.UNKNOWN, "bare.contains"),
        ("net", Kind.INTERFACES, "net"),
        ("host", Kind.INTERFACES, "net"),
        ("lost", Kind.UNKNOWN, "lost.subnet"),
        ("theirs", Kind.UNKNOWN, "where theirs stands"),
        ("their-queue", Kind.SERVICE, ""),
        ("their-function", Kind.SERVICE, ""),
        ("cluster", Kind.INTERFACES, "net net-b"),
        ("search", Kind.SERVICE, ""),
        ("link", Kind.INTERFACES, "net net-b"),
        ("face", Kind.INTERFACES, "net"),
        ("connect", Kind.INTERFACES, "net"),
        ("resolver", Kind.INTERFACES, "net net-b"),
        ("endpoint", Kind.INTERFACES, "net net-b"),
        ("api", Kind.SERVICE, ""),
        ("site", Kind.SERVICE, ""),
        ("accelerator", Kind.SERVICE, ""),
        ("users", Kind.OUTSIDE, ""),
        ("partner", Kind.OUTSIDE, ""),
        ("function", Kind.INTERFACES, "net"),
        ("outer-function", Kind.SERVICE, ""),
        ("unsaid-function", Kind.UNKNOWN, "unsaid-function.subnets"),
        ("bucket", Kind.SERVICE, ""),
        ("stream", Kind.INTERFACES, "net net-b"),
    ],
)
def test_what_an_element_is_as_a_source(model: Model, name: str, kind: Kind, told: str) -> None:
    [end] = ends_of(model, name, receiving=False)
    assert (end.id, end.kind, " ".join((*end.subnets, *end.missing))) == (name, kind, told)


@pytest.mark.parametrize("name", ["function", "unsaid-function", "their-queue"])
def test_what_has_an_api_is_called_there(model: Model, name: str) -> None:
    [end] = ends_of(model, name, receiving=True)
    assert (end.kind, end.subnets) == (Kind.SERVICE, ())


def test_an_instance_of_a_cluster_stands_for_it(model: Model) -> None:
    [instance] = model.of_type("AuroraInstance")
    [end] = ends_of(model, instance.id, receiving=True)
    assert (end.id, end.kind, end.subnets) == ("cluster", Kind.INTERFACES, ("net", "net-b"))


def test_what_is_written_inside_another_element_stands_for_itself(model: Model) -> None:
    [group] = model.of_type("LogGroup")
    assert [end.id for end in ends_of(model, group.id, receiving=True)] == [group.id]


def test_a_listener_stands_for_its_load_balancer(model: Model) -> None:
    [listener] = model.of_type("Listener")
    assert [end.id for end in ends_of(model, listener.id, receiving=True)] == ["alb"]


def test_a_target_group_sends_from_the_load_balancers_that_use_it(model: Model) -> None:
    assert [end.id for end in ends_of(model, "targets", receiving=False)] == ["alb"]
    with pytest.raises(NoEnd, match="unused is a target group that no load balancer uses"):
        ends_of(model, "unused", receiving=False)


@pytest.mark.parametrize("name", ["prod", "nat", "table", "group", "orders"])
def test_what_neither_sends_nor_receives(model: Model, name: str) -> None:
    with pytest.raises(NoEnd, match="neither sends nor receives anything itself"):
        derive(model).reachability.path("host", name)

"""Which flows are connections, and who opens them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from archgraph.analysis.reachability_flows import connection
from archgraph.model.model import Model

ELEMENTS: dict[str, Any] = {
    "prod": {"type": "Account"},
    "partner": {"type": "SaasService"},
    "their-queue": {"type": "SqsQueue", "external": True},
    "vpc": {"type": "Vpc", "in": "prod.eu-west-1", "cidr": "10.0.0.0/16"},
    "net": {"type": "Subnet", "in": "vpc", "availability_zone": "a", "cidr": "10.0.0.0/24"},
    "net-b": {"type": "Subnet", "in": "vpc", "availability_zone": "b", "cidr": "10.0.1.0/24"},
    "web": {"type": "Ec2Instance", "subnet": "net"},
    "db": {"type": "Ec2Instance", "subnet": "net"},
    "fn": {"type": "LambdaFunction", "subnets": ["net"]},
    "outer-fn": {"type": "LambdaFunction", "in": "prod.eu-west-1"},
    "alarm": {"type": "CloudWatchAlarm", "in": "prod.eu-west-1"},
    "queue": {"type": "SqsQueue", "in": "prod.eu-west-1"},
    "stream": {"type": "KinesisStream", "in": "prod.eu-west-1"},
    "machine": {"type": "StateMachine", "in": "prod.eu-west-1"},
    "api": {"type": "ApiGatewayHttpApi", "in": "prod.eu-west-1"},
    "rest": {"type": "ApiGatewayRestApi", "in": "prod.eu-west-1"},
    "cdn": {"type": "CloudFrontDistribution", "in": "prod"},
    "ga": {"type": "GlobalAccelerator", "in": "prod"},
    "hose": {"type": "FirehoseStream", "in": "prod.eu-west-1"},
    "alb": {"type": "ApplicationLoadBalancer", "subnets": ["net", "net-b"]},
    "graphql": {"type": "AppSyncApi", "in": "prod.eu-west-1"},
    "lost": {"type": "Ec2Instance", "in": "prod.eu-west-1"},
    "aurora": {"type": "AuroraCluster", "in": "prod.eu-west-1", "subnets": ["net", "net-b"], "data_api": True},
    "plain": {"type": "AuroraCluster", "in": "prod.eu-west-1", "subnets": ["net", "net-b"]},
}
API = "acts through the API of AWS, not over the network"


@pytest.mark.parametrize(
    ("ends", "body", "expected"),
    [
        ("web -> db", {"port": 5432}, "web -> db 5432"),
        ("web -> db", {}, "web -> db"),
        ("web -> db", {"protocol": "udp", "port": 514}, "web -> db udp/514"),
        ("web -> db", {"protocol": "dns", "port": 53}, "web -> db"),
        ("web -> db", {"kind": "manage", "port": 22}, None),
        ("web -> db", {"kind": "replicate"}, None),
        ("partner -> web", {"protocol": "https", "port": 443}, "partner -> web 443"),
        ("web -> their-queue", {}, None),
        ("their-queue -> web", {}, None),
        ("outer-fn -> queue", {}, None),
        ("queue -> web", {"kind": "poll"}, "web -> queue"),
        ("stream -> web", {"kind": "stream"}, "web -> stream"),
        ("web -> stream", {"kind": "stream"}, "web -> stream"),
        ("queue -> fn", {"kind": "poll"}, "AWS Lambda polls queue for fn, outside its VPC"),
        ("fn -> db", {"port": 5432}, "fn -> db 5432"),
        ("outer-fn -> db", {"port": 5432}, "outer-fn -> db 5432"),
        ("machine -> web", {}, f"machine {API}"),
        ("queue -> web", {"kind": "event"}, f"queue {API}"),
        ("api -> web", {}, "api -> web"),
        ("rest -> web", {}, "rest -> web"),
        ("graphql -> web", {}, "graphql -> web"),
        ("cdn -> web", {}, "cdn -> web"),
        ("ga -> web", {}, "ga -> web"),
        ("hose -> web", {}, "hose -> web"),
        ("alb -> web", {}, "alb -> web"),
        ("vpc -> queue", {}, "vpc -> queue"),
        ("outer-fn -> vpc", {}, "outer-fn -> vpc"),
        ("lost -> web", {}, "lost -> web"),
        ("web -> aurora", {"protocol": "https"}, "aurora answers by its Data API, which needs no way into the VPC"),
        ("web -> aurora", {"protocol": "tls"}, "web -> aurora"),
        ("web -> plain", {"protocol": "https"}, "web -> plain"),
    ],
)
def test_connection(ends: str, body: dict[str, Any], expected: str | None, model_of: Callable[..., Model]) -> None:
    assert _only(model_of(ELEMENTS, flows=[{ends: body}])) == expected


@pytest.mark.parametrize(
    ("element", "change", "expected"),
    [
        ("fn", {"on_success": "queue"}, "AWS Lambda delivers to queue for fn, outside its VPC"),
        ("alb", {"listeners": [{"port": 443, "targets": [{"to": "web", "port": 8080}]}]}, "alb -> web 8080"),
        ("alarm", {"watches": "web"}, None),
        ("fn", {"event_sources": ["queue"]}, "AWS Lambda polls queue for fn, outside its VPC"),
        ("fn", {"dead_letter_queue": "queue"}, "AWS Lambda delivers to queue for fn, outside its VPC"),
    ],
)
def test_connections_that_properties_imply(
    element: str, change: dict[str, Any], expected: str | None, model_of: Callable[..., Model]
) -> None:
    assert _only(model_of({**ELEMENTS, element: {**ELEMENTS[element], **change}})) == expected


def _only(model: Model) -> str | None:
    [flow] = model.flows.values()
    found = connection(model, flow)
    if found is None or isinstance(found, str):
        return found
    return f"{found.caller} -> {found.callee} {found.ports or ''}".rstrip()

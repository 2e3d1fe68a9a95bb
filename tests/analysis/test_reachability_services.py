"""By which endpoint what AWS runs outside a VPC is called, type by type.

The names are AWS's: "AWS services that integrate with AWS PrivateLink", AWS PrivateLink Guide,
https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from archgraph.analysis.facts import derive
from archgraph.analysis.reachability import PathVerdict
from archgraph.analysis.reachability_services import SERVICES, service_name
from archgraph.model.model import Model

ENDPOINTS = {
    "ApiGatewayHttpApi": "execute-api",
    "ApiGatewayRestApi": "execute-api",
    "AppSyncApi": "appsync-api",
    "CloudWatchAlarm": "monitoring",
    "CodeRepository": "git-codecommit codecommit",
    "CognitoIdentityPool": "cognito-identity",
    "CognitoUserPool": "cognito-idp",
    "DynamoDbTable": "dynamodb",
    "EcrRepository": "ecr.dkr ecr.api",
    "EventBus": "events",
    "FirehoseStream": "kinesis-firehose",
    "KinesisStream": "kinesis-streams",
    "KmsKey": "kms",
    "LambdaFunction": "lambda",
    "LogGroup": "logs",
    "PrivateCertificateAuthority": "acm-pca",
    "S3Bucket": "s3",
    "Secret": "secretsmanager",
    "SesIdentity": "email-smtp email",
    "SnsTopic": "sns",
    "SqsQueue": "sqs",
    "SsmParameter": "ssm",
    "StateMachine": "states sync-states",
    "XRayTracing": "xray",
}
STATED: dict[str, dict[str, Any]] = {
    "CloudWatchAlarm": {"watches": "host", "metric": "m", "above": 1, "period": "1m"},
}
"""What a type has to state."""
ROWS = [(kind, name) for kind, names in ENDPOINTS.items() for name in names.split()]


@pytest.mark.parametrize(("kind", "name"), ROWS)
def test_a_type_is_called_by_the_endpoint_of_its_service(model_of: Callable[..., Model], kind: str, name: str) -> None:
    elements: dict[str, Any] = {
        "prod": {"type": "Account"},
        "vpc": {"type": "Vpc", "in": "prod.eu-west-1", "cidr": "10.0.0.0/16"},
        "routes": {"type": "RouteTable", "in": "vpc", "routes": {}},
        "net": {
            "type": "Subnet",
            "in": "vpc",
            "availability_zone": "a",
            "cidr": "10.0.0.0/24",
            "route_table": "routes",
        },
        "group": {"type": "SecurityGroup", "in": "vpc", "inbound": {"group": "all"}, "outbound": {"group": "all"}},
        "host": {"type": "Ec2Instance", "subnet": "net", "security_groups": ["group"], "public_ip": False},
        "service": {"type": kind, "in": "prod.eu-west-1", **STATED.get(kind, {})},
    }
    endpoint = {"type": "VpcEndpoint", "in": "vpc", "subnets": ["net"], "security_groups": ["group"]}
    other = {**endpoint, "service": "com.amazonaws.eu-west-1.ec2"}
    assert _opened(model_of({**elements, "other": other})) == (PathVerdict.BLOCKED, ())
    endpoint["service"] = f"com.amazonaws.eu-west-1.{name}"
    assert _opened(model_of({**elements, "endpoint": endpoint})) == (PathVerdict.OPEN, ("443",))


def test_every_type_with_endpoints_is_in_the_table() -> None:
    assert set(ENDPOINTS) == set(SERVICES)


@pytest.mark.parametrize(
    ("stated", "name"),
    [
        ("s3", "s3"),
        ("ecr.api", "ecr.api"),
        ("com.amazonaws.eu-west-1.s3", "s3"),
        ("com.amazonaws.eu-west-1.ecr.api", "ecr.api"),
        ("com.example.eu-west-1.s3", "com.example.eu-west-1.s3"),
    ],
)
def test_the_name_of_a_service(model_of: Callable[..., Model], stated: str, name: str) -> None:
    elements = {
        "prod": {"type": "Account"},
        "vpc": {"type": "Vpc", "in": "prod.eu-west-1", "cidr": "10.0.0.0/16"},
        "endpoint": {"type": "VpcEndpoint", "in": "vpc", "service": stated},
    }
    [endpoint] = model_of(elements).of_type("VpcEndpoint")
    assert service_name(endpoint) == name


def _opened(model: Model) -> tuple[PathVerdict, tuple[str, ...]]:
    path = derive(model).reachability.path("host", "service")
    return path.verdict, path.ports

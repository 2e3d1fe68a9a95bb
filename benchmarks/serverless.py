"""Serverless applications of a generated team: an API, events, queues and functions."""

from __future__ import annotations

from typing import Any

from benchmarks.network import APPLICATION, security_group
from benchmarks.teams import Body, Team


def serverless(team: Team, index: int) -> None:
    """An API whose function publishes events; queues and functions take them from there."""
    app = f"fn{index}"
    region, key = team.region, team.id("key")
    token = team.add(region, f"{app}-token", "Secret", kms_key=key)
    table = team.add(
        region, f"{app}-table", "DynamoDbTable",
        billing="on_demand", kms_key=key, point_in_time_recovery=True, holds=["customer-data", "order"],
    )  # fmt: skip
    failed = team.add(region, f"{app}-failed", "SqsQueue", kms_key=key, retention="14d", holds=["order"])
    bus = team.add(
        region, f"{app}-bus", "EventBus",
        kms_key=key, dead_letter_queue=failed, log_group=team.log_group(f"{app}-bus-logs"),
    )  # fmt: skip
    security_group(team, f"{app}-sg", {}, {team.id("endpoints-sg"): 443, "0.0.0.0/0": 443})
    place = _function(
        team, app, f"{app}-place", token,
        {"allow": ["dynamodb:GetItem", "dynamodb:PutItem"], "resources": [table, f"{table}/index/*"]},
        {"allow": "events:PutEvents", "resources": bus},
        on_failure=failed,
    )  # fmt: skip
    safe = not team.every(4, index)
    queues = [_queue_with_worker(team, app, step, token, failed if safe else None) for step in ("pack", "mail")]
    team.add(
        region, f"{app}-placed", "EventRule",
        bus=bus, pattern={"detail-type": ["Placed"]}, targets=[*queues, team.id("ops")],
    )  # fmt: skip
    team.alarm(f"{app}-alarm", failed, "ApproximateNumberOfMessagesVisible", 0)
    api = team.add(
        region, f"{app}-api", "ApiGatewayRestApi",
        endpoint_type="regional",
        throttle={"rate": "100/s", "burst": 200},
        authorizer=team.add(region, f"{app}-users", "CognitoUserPool", mfa="required", kms_key=key),
        integrations=[place],
        web_acl=team.id("waf"),
        access_logs=team.log_group(f"{app}-api-logs"),
    )  # fmt: skip
    team.flows += [
        {f"customers -> {api}": "https"},
        {f"{place} -> {table}": {"carries": ["order"]}},
        f"{place} -> {bus}",
    ]


def _queue_with_worker(team: Team, app: str, step: str, token: str, failed: str | None) -> str:
    """A queue and the function that empties it; without ``failed`` no queue keeps what fails."""
    name = f"{app}-{step}"
    queue = team.id(f"{name}-queue")
    settings: Body = {"dead_letter_queue": {"to": failed, "max_receives": 5}} if failed else {}
    takes = {"allow": ["sqs:ReceiveMessage", "sqs:DeleteMessage"], "resources": queue}
    team.add(
        team.region, f"{name}-queue", "SqsQueue",
        kms_key=team.id("key"), visibility_timeout="180s", holds=["customer-data", "order"], **settings,
    )  # fmt: skip
    team.alarm(f"{name}-late", queue, "ApproximateAgeOfOldestMessage", "10m")
    _function(team, app, name, token, takes, event_sources=[queue])
    return queue


def _function(team: Team, app: str, name: str, token: str, *statements: Body, **settings: Any) -> str:
    """A function in the VPC with its log group and its role, which may read its secrets too."""
    secrets = [token, team.id("telemetry")]
    reads = {"allow": ["secretsmanager:GetSecretValue", "kms:Decrypt"], "resources": [*secrets, team.id("key")]}
    return team.add(
        team.region, name, "LambdaFunction",
        runtime="python3.13",
        architecture="arm64",
        memory="512MiB",
        timeout="30s",
        role=team.role(f"{name}-role", "lambda.amazonaws.com", "AWSLambdaBasicExecutionRole", *statements, reads),
        log_group=team.log_group(f"{name}-logs"),
        kms_key=team.id("key"),
        secrets=secrets,
        subnets=team.ids(*APPLICATION),
        security_groups=team.ids(f"{app}-sg"),
        **settings,
    )  # fmt: skip

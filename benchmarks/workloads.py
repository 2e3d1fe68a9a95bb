"""What the teams of a generated model run: web applications, container services, serverless applications."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from benchmarks.teams import ZONES, Body, Team, foundation, network


def parts() -> Iterator[Callable[[Team], None]]:
    """What a team builds, in order."""
    yield foundation
    yield network
    for index in range(3):
        yield partial(_web_application, index=index)
    for index in range(2):
        yield partial(_containers, index=index)
    for index in range(3):
        yield partial(_serverless, index=index)


def _web_application(team: Team, index: int) -> None:
    """CDN, load balancer, instances, database and cache, with their groups, roles and alarms."""
    app = f"web{index}"
    region, network, key = team.region, team.network, team.id("key")
    domain = f"{app}.{team.name}.example.com"
    certificate = team.add(region, f"{app}-cert", "AcmCertificate", domain=domain)
    login = team.add(region, f"{app}-login", "Secret", kms_key=key, rotation="30d")
    assets = team.add(
        region, f"{app}-assets", "S3Bucket",
        name=f"{team.name}-{app}-assets",
        description="Pictures, styles and scripts of the pages.",
        kms_key=key,
        versioning=not team.every(7, index),
        access_logs=team.id("access-logs"),
    )  # fmt: skip
    statements: list[Body] = [
        {"allow": "s3:GetObject", "resources": f"{assets}/*"},
        {"allow": "secretsmanager:GetSecretValue", "resources": login},
    ]
    if team.every(6, index):
        statements.append({"allow": "s3:*", "resources": "*"})
    role = team.add(team.account, f"{app}-role", "IamRole", trust=["ec2.amazonaws.com"], policies=statements)
    groups = _security_groups(team, app, index)
    balancer = team.add(
        network, f"{app}-alb", "ApplicationLoadBalancer", inline=1,
        scheme="internet-facing",
        subnets=[team.id(f"public-{zone}") for zone in ZONES],
        security_groups=[groups["alb"]],
        access_logs=team.id("access-logs"),
        listeners=[
            {
                "port": 443,
                "certificate": certificate,
                "targets": [{"to": team.id(f"{app}-servers"), "port": 8080, "health_check": "/healthz"}],
            }
        ],
    )  # fmt: skip
    servers = team.add(
        network, f"{app}-servers", "AutoScalingGroup", inline=1,
        subnets=[team.id(f"app-{zone}") for zone in ZONES],
        min=1 if team.every(5) else 2,
        max=6,
        health_check="load_balancer",
        launch_template={
            "instance_type": "m7g.large",
            "role": role,
            "security_groups": [groups["servers"]],
            "imds": "v1" if team.every(8) else "v2",
        },
    )  # fmt: skip
    database = team.add(
        network, f"{app}-db", "RdsInstance", inline=1,
        description="Customers, carts and orders; the system of record.",
        criticality="high",
        engine="postgres",
        engine_version="16.10",
        instance_class="db.m7g.large",
        multi_az=not team.every(5, index),
        subnet_group={"subnets": [team.id(f"data-{zone}") for zone in ZONES]},
        security_groups=[groups["db"]],
        kms_key=key,
        holds=["customer-data"],
        backup_retention="14d",
        deletion_protection=not team.every(9, index),
    )  # fmt: skip
    cache = team.add(
        network, f"{app}-cache", "ElastiCacheCluster", inline=1,
        engine="valkey",
        replicas=1,
        multi_az=True,
        subnet_group={"subnets": [team.id(f"data-{zone}") for zone in ZONES]},
        security_groups=[groups["cache"]],
        encryption_in_transit=not team.every(4, index),
    )  # fmt: skip
    team.add(
        region, f"{app}-backups", "BackupPlan", inline=1,
        protects=[database], schedule="cron(0 5 ? * * *)", retention="35d", vault={"kms_key": key},
    )  # fmt: skip
    team.add(region, f"{app}-errors", "CloudWatchAlarm", **_alarm(team, balancer, "HTTPCode_ELB_5XX_Count", 10))
    team.add(region, f"{app}-busy", "CloudWatchAlarm", **_alarm(team, database, "CPUUtilization", "80%"))
    cdn = team.add(
        team.account, f"{app}-cdn", "CloudFrontDistribution",
        certificate=_edge_certificate(team, app, domain),
        web_acl=_web_acl(team, app),
        origins=[balancer, {"to": assets, "access": "oac"}],
    )  # fmt: skip
    team.flows += [
        {f"customers -> {cdn}": {"protocol": "https", "carries": ["customer-data"]}},
        {f"{servers} -> {database}": {"protocol": "tls", "port": 5432, "timeout": "3s", "carries": ["customer-data"]}},
        {f"{servers} -> {cache} & {login}": "tls"},
    ]


def _security_groups(team: Team, app: str, index: int) -> dict[str, str]:
    names = {role: team.id(f"{app}-{role}-sg") for role in ("alb", "servers", "db", "cache")}
    open_ssh = {"0.0.0.0/0": 22} if team.every(11, index) else {}
    rules: dict[str, tuple[Body, Body]] = {
        "alb": ({"com.amazonaws.global.cloudfront.origin-facing": 443}, {names["servers"]: 8080}),
        "servers": (
            {names["alb"]: 8080, **open_ssh},
            {names["db"]: 5432, names["cache"]: 6379, "0.0.0.0/0": 443},
        ),
        "db": ({names["servers"]: 5432}, {}),
        "cache": ({names["servers"]: 6379}, {}),
    }
    for role, (inbound, outbound) in rules.items():
        team.add(team.network, f"{app}-{role}-sg", "SecurityGroup", inbound=inbound, outbound=outbound)
    return names


def _edge_certificate(team: Team, app: str, domain: str) -> str:
    return team.add(team.global_region, f"{app}-edge-cert", "AcmCertificate", domain=domain)


def _web_acl(team: Team, app: str) -> str:
    rules = [{"kind": "rate_based", "limit": 2000}, {"managed": "AWSManagedRulesCommonRuleSet"}]
    return team.add(team.global_region, f"{app}-waf", "WafWebAcl", inline=2, scope="cloudfront", rules=rules)


def _alarm(team: Team, watched: str, metric: str, above: int | str) -> Body:
    return {"watches": watched, "metric": metric, "above": above, "period": "5m", "actions": [team.id("ops")]}


def _containers(team: Team, index: int) -> None:
    """A cluster with two Fargate services that share a table."""
    app = f"svc{index}"
    region, network, key = team.region, team.network, team.id("key")
    cluster = team.add(network, f"{app}-cluster", "EcsCluster", container_insights="enabled")
    table = team.add(
        region, f"{app}-table", "DynamoDbTable",
        billing="on_demand", kms_key=key, point_in_time_recovery=not team.every(3, index),
    )  # fmt: skip
    guard = team.add(network, f"{app}-sg", "SecurityGroup", inbound={}, outbound={"0.0.0.0/0": 443})
    for number in range(2):
        name = f"{app}-{number}"
        logs = team.log_group(f"{name}-logs")
        role = team.add(
            team.account, f"{name}-role", "IamRole",
            trust=["ecs-tasks.amazonaws.com"],
            policies=[{"allow": ["dynamodb:GetItem", "dynamodb:PutItem"], "resources": table}],
        )  # fmt: skip
        task = team.add(
            region, f"{name}-task", "EcsTaskDefinition",
            cpu=512,
            memory="1GiB",
            role=role,
            log_group=logs,
            containers=[{"name": "main", "repository": team.id("images"), "image": "stable"}],
        )  # fmt: skip
        service = team.add(
            network, f"{name}-service", "EcsService",
            cluster=cluster,
            task_definition=task,
            launch_type="fargate",
            desired=2,
            subnets=[team.id(f"app-{zone}") for zone in ZONES],
            security_groups=[guard],
        )  # fmt: skip
        team.flows.append({f"{service} -> {table}": {"protocol": "https", "timeout": "2s"}})


def _serverless(team: Team, index: int) -> None:
    """An API whose function publishes events; queues and functions take them from there."""
    app = f"fn{index}"
    region, key = team.region, team.id("key")
    table = team.add(
        region, f"{app}-table", "DynamoDbTable",
        billing="on_demand", kms_key=key, point_in_time_recovery=True, holds=["order"],
    )  # fmt: skip
    bus = team.add(region, f"{app}-bus", "EventBus")
    writes = {"allow": "dynamodb:PutItem", "resources": table}
    place = _function(team, f"{app}-place", [writes, {"allow": "events:PutEvents", "resources": bus}])
    api = team.add(region, f"{app}-api", "ApiGatewayRestApi", throttle={"rate": "100/s", "burst": 200})
    failed = team.add(region, f"{app}-failed", "SqsQueue", kms_key=key, retention="14d")
    queues = []
    for step in ("pack", "mail"):
        safe: Body = {} if team.every(4, index) else {"dead_letter_queue": {"to": failed, "max_receives": 5}}
        queue = team.add(region, f"{app}-{step}-queue", "SqsQueue", kms_key=key, visibility_timeout="180s", **safe)
        worker = _function(team, f"{app}-{step}", [{"allow": "sqs:ReceiveMessage", "resources": queue}])
        queues.append(queue)
        team.flows.append({f"{queue} -> {worker}": {"kind": "poll", "batch_size": 10}})
    team.add(
        region, f"{app}-placed", "EventRule",
        bus=bus, pattern={"source": ["shop"], "detail-type": ["Placed"]}, targets=queues,
    )  # fmt: skip
    team.add(
        region, f"{app}-alarm", "CloudWatchAlarm",
        **_alarm(team, failed, "ApproximateNumberOfMessagesVisible", 0),
    )  # fmt: skip
    team.flows += [
        {f"customers -> {api}": {"protocol": "https", "auth": "iam", "carries": ["order"]}},
        {f"{api} -> {place}": {"timeout": "29s"}},
        {f"{place} -> {table}": {"carries": ["order"]}},
        f"{place} -> {bus}",
    ]


def _function(team: Team, name: str, policies: list[Body]) -> str:
    """A function with its role and its log group."""
    logs = team.log_group(f"{name}-logs")
    role = team.add(team.account, f"{name}-role", "IamRole", trust=["lambda.amazonaws.com"], policies=policies)
    return team.add(
        team.region, name, "LambdaFunction",
        name=team.id(name),
        tags={"component": name},
        runtime="python3.13", architecture="arm64", memory="512MiB", timeout="30s", role=role, log_group=logs,
    )  # fmt: skip

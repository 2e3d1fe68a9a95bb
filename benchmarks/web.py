"""A web application of a generated team: CDN, load balancer, instances, database and cache."""

from __future__ import annotations

from benchmarks.network import APPLICATION, DATA, PUBLIC, security_group
from benchmarks.teams import Body, Team


def web_application(team: Team, index: int) -> None:
    """The tiers from the inside out, then what watches and backs them up, then the way in."""
    app = f"web{index}"
    key, access_logs = team.id("key"), team.id("access-logs")
    groups = _security_groups(team, app, index)
    assets = team.add(
        team.region, f"{app}-assets", "S3Bucket",
        name=f"{team.name}-{app}-assets",
        kms_key=key,
        versioning=not team.every(7, index),
        access_logs=access_logs,
    )  # fmt: skip
    login = team.add(team.region, f"{app}-login", "Secret", kms_key=key, rotation="30d")
    database, cache = _stores(team, app, index, groups, login)
    servers = _servers(team, app, index, groups, [assets, login])
    balancer = team.add(
        team.network, f"{app}-alb", "ApplicationLoadBalancer", inline=1,
        scheme="internet-facing",
        subnets=team.ids(*PUBLIC),
        security_groups=[groups["alb"]],
        web_acl=team.id("waf"),
        access_logs=access_logs,
        connection_logs=access_logs,
        listeners=[
            {
                "port": 443,
                "certificate": team.id("certificate"),
                "targets": [{"to": servers, "port": 8080, "health_check": "/healthz"}],
            }
        ],
    )  # fmt: skip
    cdn = team.add(
        team.account, f"{app}-cdn", "CloudFrontDistribution",
        certificate=team.id("edge-certificate"),
        web_acl=team.id("edge-waf"),
        logging=access_logs,
        origins=[balancer, {"to": assets, "access": "oac"}],
    )  # fmt: skip
    team.add(
        team.region, f"{app}-backup", "BackupPlan",
        protects=[database, assets], schedule="cron(0 5 ? * * *)", retention="35d", vault=team.id("backups"),
    )  # fmt: skip
    team.alarm(f"{app}-errors", balancer, "HTTPCode_ELB_5XX_Count", 10)
    team.alarm(f"{app}-busy", database, "CPUUtilization", "80%")
    team.flows += [
        {f"customers -> {cdn}": "https"},
        {f"{servers} -> {database}": {"carries": ["customer-data"]}},
        {f"{servers} -> {cache} & {login}": "tls"},
    ]


def _security_groups(team: Team, app: str, index: int) -> dict[str, str]:
    """The groups of the tiers, which admit each other; the id of each by its tier."""
    names = {tier: team.id(f"{app}-{tier}-sg") for tier in ("alb", "servers", "db", "cache")}
    open_ssh = {"0.0.0.0/0": 22} if team.every(11, index) else {}
    security_group(
        team, f"{app}-alb-sg", {"com.amazonaws.global.cloudfront.origin-facing": 443}, {names["servers"]: 8080}
    )
    security_group(
        team, f"{app}-servers-sg",
        {names["alb"]: 8080, **open_ssh},
        {
            names["db"]: 5432,
            names["cache"]: 6379,
            team.id("endpoints-sg"): 443,
            "com.amazonaws.eu-west-1.s3": 443,
            "0.0.0.0/0": 443,
        },
    )  # fmt: skip
    security_group(team, f"{app}-db-sg", {names["servers"]: 5432}, {})
    security_group(team, f"{app}-cache-sg", {names["servers"]: 6379}, {})
    return names


def _stores(team: Team, app: str, index: int, groups: dict[str, str], login: str) -> tuple[str, str]:
    """The database and the cache; every few teams leave out what makes them safe."""
    key, subnets = team.id("key"), team.ids(*DATA)
    database = team.add(
        team.network, f"{app}-db", "RdsInstance", inline=1,
        engine="postgres",
        instance_class="db.m7g.large",
        multi_az=not team.every(5, index),
        subnet_group={"subnets": subnets},
        security_groups=[groups["db"]],
        kms_key=key,
        secret=login,
        log_group=team.log_group(f"{app}-db-logs"),
        holds=["customer-data", "order"],
        backup_retention="14d",
        deletion_protection=not team.every(9, index),
    )  # fmt: skip
    cache = team.add(
        team.network, f"{app}-cache", "ElastiCacheCluster", inline=1,
        engine="valkey",
        node_type="cache.m7g.large",
        replicas=2,
        multi_az=True,
        subnet_group={"subnets": subnets},
        security_groups=[groups["cache"]],
        kms_key=key,
        encryption_in_transit=not team.every(4, index),
        holds=["customer-data", "order"],
    )  # fmt: skip
    return database, cache


def _servers(team: Team, app: str, index: int, groups: dict[str, str], used: list[str]) -> str:
    """The group of instances, with the role by which they use bucket, secret and key."""
    assets, login = used
    statements: list[Body] = [
        {"allow": ["s3:GetObject", "s3:PutObject"], "resources": [assets, f"{assets}/*"]},
        {"allow": "secretsmanager:GetSecretValue", "resources": [login, team.id("telemetry")]},
        {"allow": "kms:Decrypt", "resources": team.id("key")},
    ]
    if team.every(6, index):
        statements.append({"allow": "s3:*", "resources": "*"})
    return team.add(
        team.network, f"{app}-servers", "AutoScalingGroup", inline=1,
        subnets=team.ids(*APPLICATION),
        min=1 if team.every(5) else 3,
        max=6,
        health_check="load_balancer",
        log_group=team.log_group(f"{app}-logs"),
        secrets=[login, team.id("telemetry")],
        launch_template={
            "instance_type": "m7g.large",
            "role": team.role(f"{app}-role", "ec2.amazonaws.com", "AmazonSSMManagedInstanceCore", *statements),
            "security_groups": [groups["servers"]],
            "imds": "v1" if team.every(8) else "v2",
        },
    )  # fmt: skip

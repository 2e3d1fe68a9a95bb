"""The teams of a generated model: each with an account, its foundation and its network."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

TEAMS = ("orders", "billing", "catalog", "search", "accounts", "shipping", "reports", "support", "media", "risk")
ZONES = ("a", "b")

TITLED = frozenset({
    "ApiGatewayRestApi", "ApplicationLoadBalancer", "AutoScalingGroup", "BackupPlan", "CloudFrontDistribution",
    "CloudTrail", "CloudWatchAlarm", "DynamoDbTable", "EcrRepository", "EcsCluster", "EcsService",
    "ElastiCacheCluster", "EventBus", "EventRule", "InternetGateway", "KmsKey", "LambdaFunction", "NatGateway",
    "RdsInstance", "S3Bucket", "Secret", "SnsTopic", "SqsQueue", "Subnet", "WafWebAcl",
})  # fmt: skip
"""Types to whose elements people give a title for pictures."""

Body = dict[str, Any]


@dataclass(slots=True)
class Team:
    """One team's account while it is being made; ``count`` counts the elements, itself included."""

    number: int
    count: int = 1
    account: Body = field(default_factory=dict)
    global_region: Body = field(default_factory=dict)
    region: Body = field(default_factory=dict)
    network: Body = field(default_factory=dict)
    flows: list[Any] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{TEAMS[self.number % len(TEAMS)]}-{self.number // len(TEAMS):02d}"

    def add(self, place: Body, id_: str, type_: str, /, *, inline: int = 0, **properties: Any) -> str:
        """Add an element; ``inline`` counts what its properties define in place. Returns its id."""
        full = f"{self.name}-{id_}"
        title = {"title": id_.replace("-", " ").capitalize()} if type_ in TITLED else {}
        place[full] = {"type": type_, **title, **properties}
        self.count += 1 + inline
        return full

    def id(self, id_: str) -> str:
        return f"{self.name}-{id_}"

    def every(self, n: int, offset: int = 0) -> bool:
        """Whether this team has the fault that every ``n``-th team has."""
        return (self.number + offset) % n == 0

    def log_group(self, id_: str) -> str:
        """Add a log group, which every third team forgets to limit and every fifth to encrypt."""
        settings: Body = {} if self.every(3) else {"retention": "30d"}
        if not self.every(5):
            settings["kms_key"] = self.id("key")
        return self.add(self.region, id_, "LogGroup", **settings)


def foundation(team: Team) -> None:
    """Key, notifications, audit trail, logs and backups."""
    region = team.region
    key = team.add(region, "key", "KmsKey", rotation=not team.every(6))
    team.add(region, "ops", "SnsTopic", kms_key=key, subscriptions=["oncall"])
    audit = team.add(region, "audit-logs", "S3Bucket", kms_key=key, versioning=True, object_lock="365d")
    team.add(region, "trail", "CloudTrail", multi_region=True, bucket=audit)
    team.add(region, "access-logs", "S3Bucket", name=f"{team.name}-access-logs", versioning=not team.every(4))
    team.add(region, "images", "EcrRepository", kms_key=key)


def network(team: Team) -> None:
    """A VPC with public, application and data subnets in two zones, each zone with its NAT gateway."""
    network = team.network
    team.count += 1  # the VPC, which `network` stands in
    base = f"10.{team.number % 250}"
    gateway = team.add(network, "igw", "InternetGateway")
    public = team.add(network, "public-routes", "RouteTable", routes={"0.0.0.0/0": gateway})
    data = team.add(network, "data-routes", "RouteTable", routes={})
    for index, zone in enumerate(ZONES):
        subnet = team.add(
            network, f"public-{zone}", "Subnet",
            availability_zone=zone, cidr=f"{base}.{index}.0/24", route_table=public,
        )  # fmt: skip
        nat = team.add(network, f"nat-{zone}", "NatGateway", inline=1, subnet=subnet, elastic_ip={})
        routes = team.add(network, f"app-routes-{zone}", "RouteTable", routes={"0.0.0.0/0": nat})
        for tier, third, table in (("app", 16 + index, routes), ("data", 32 + index, data)):
            team.add(
                network, f"{tier}-{zone}", "Subnet",
                availability_zone=zone, cidr=f"{base}.{third}.0/24", route_table=table,
            )  # fmt: skip
    if not team.every(3):
        application_routes = [team.id(f"app-routes-{zone}") for zone in ZONES]
        team.add(network, "s3", "VpcEndpoint", kind="gateway", service="s3", route_tables=application_routes)
    if not team.every(4):
        logs = team.log_group("flow-logs")
        team.add(team.region, "flow-log", "FlowLog", source=team.id("vpc"), traffic="all", destination=logs)

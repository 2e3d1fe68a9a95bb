"""The teams of a generated model: each with an account, and the foundation on which it builds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TEAMS = ("orders", "billing", "catalog", "search", "accounts", "shipping", "reports", "support", "media", "risk")

TITLED = frozenset({
    "ApiGatewayRestApi", "ApplicationLoadBalancer", "AutoScalingGroup", "CloudFrontDistribution", "CloudTrail",
    "CognitoUserPool", "DynamoDbTable", "EcrRepository", "EcsCluster", "EcsService", "ElastiCacheCluster",
    "FirehoseStream", "KmsKey", "LambdaFunction", "RdsInstance", "S3Bucket", "SnsTopic",
})  # fmt: skip
"""Types to whose elements people give a title for pictures."""

DESCRIPTIONS: Mapping[str, str] = {
    "ApiGatewayRestApi": "The public interface; its contract is versioned with the code.",
    "ApplicationLoadBalancer": "Takes requests from the CDN only.",
    "DynamoDbTable": "One item per order, found by the customer's number.",
    "EcsService": "Stateless; any task answers any request.",
    "IamRole": "Grants what the component of the same name needs, and nothing else.",
    "LambdaFunction": "Safe to run twice with the same event.",
    "RdsInstance": "The system of record.",
    "S3Bucket": "Filled by the team's own components only.",
    "SqsQueue": "Messages wait here while their consumer is busy or down.",
}
"""What authors say about elements of these types on generated pages."""

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
        full = self.id(id_)
        said: Body = {"type": type_}
        if type_ in TITLED:
            said["title"] = id_.replace("-", " ").capitalize()
        if type_ in DESCRIPTIONS:
            said["description"] = DESCRIPTIONS[type_]
        place[full] = said | properties
        self.count += 1 + inline
        return full

    def id(self, id_: str) -> str:
        return f"{self.name}-{id_}"

    def ids(self, *ids: str) -> list[str]:
        return [self.id(id_) for id_ in ids]

    def every(self, n: int, offset: int = 0) -> bool:
        """Whether this team has the fault that every ``n``-th team has."""
        return (self.number + offset) % n == 0

    def log_group(self, id_: str) -> str:
        """Add a shipped log group, which every third team forgets to limit and every fifth to encrypt."""
        settings: Body = {"subscriptions": [self.id("shipping")]}
        if not self.every(3):
            settings["retention"] = "30d"
        if not self.every(5):
            settings["kms_key"] = self.id("key")
        return self.add(self.region, id_, "LogGroup", **settings)

    def role(self, id_: str, service: str, *policies: Any) -> str:
        """Add a role that a service may assume."""
        return self.add(self.account, id_, "IamRole", trust=[service], policies=list(policies))

    def alarm(self, id_: str, watched: str, metric: str, above: int | str) -> str:
        """Add an alarm that tells the team and whoever is on call."""
        return self.add(
            self.region, id_, "CloudWatchAlarm",
            watches=watched, metric=metric, above=above, actions=self.ids("ops", "escalations"),
        )  # fmt: skip


def foundation(team: Team) -> None:
    """What every workload uses: key, notifications, logs, a shared secret, and what stands at the entrance."""
    region = team.region
    key = team.add(region, "key", "KmsKey", rotation=not team.every(6))
    topics = [
        team.add(region, topic, "SnsTopic", kms_key=key, subscriptions=["oncall"]) for topic in ("ops", "escalations")
    ]
    logs = team.add(region, "access-logs", "S3Bucket", name=f"{team.name}-access-logs", versioning=not team.every(4))
    delivers = {"allow": "s3:PutObject", "resources": [logs, f"{logs}/*"]}
    team.add(
        region, "shipping", "FirehoseStream",
        destination=logs, kms_key=key, role=team.role("shipping-role", "firehose.amazonaws.com", delivers),
    )  # fmt: skip
    team.add(region, "backups", "BackupVault", kms_key=key, notifications=topics)
    team.add(region, "telemetry", "Secret", kms_key=key, rotation="90d")
    for place, prefix, scope in ((team.global_region, "edge-", "cloudfront"), (region, "", "regional")):
        team.add(place, f"{prefix}certificate", "AcmCertificate", domain=f"*.{team.name}.example.com")
        rules = [{"managed": "AWSManagedRulesCommonRuleSet"}]
        team.add(place, f"{prefix}waf", "WafWebAcl", inline=1, scope=scope, rules=rules, logging=logs)


def audit(team: Team) -> None:
    """The audit trail, in a bucket that keeps it for a year, and in logs."""
    key = team.id("key")
    bucket = team.add(team.region, "audit-logs", "S3Bucket", kms_key=key, versioning=True, object_lock="365d")
    team.add(
        team.region, "trail", "CloudTrail",
        multi_region=True, bucket=bucket, kms_key=key, log_group=team.log_group("trail-logs"), topic=team.id("ops"),
    )  # fmt: skip

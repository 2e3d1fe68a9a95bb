"""Container services of a generated team: a cluster with two Fargate services that share a table."""

from __future__ import annotations

from benchmarks.network import APPLICATION, security_group
from benchmarks.teams import Team


def containers(team: Team, index: int) -> None:
    """The cluster, its images and table, and the services, each with its role, secret, logs and group."""
    app = f"svc{index}"
    key = team.id("key")
    cluster = team.add(
        team.network, f"{app}-cluster", "EcsCluster",
        container_insights="enabled", kms_key=key, execute_command_log_group=team.log_group(f"{app}-commands"),
    )  # fmt: skip
    table = team.add(
        team.region, f"{app}-table", "DynamoDbTable",
        billing="on_demand", kms_key=key, point_in_time_recovery=not team.every(3, index), holds=["order"],
    )  # fmt: skip
    images = team.add(team.region, f"{app}-images", "EcrRepository", kms_key=key)
    secrets = [team.add(team.region, f"{app}-token", "Secret", kms_key=key), team.id("telemetry")]
    starts = team.role(
        f"{app}-execution", "ecs-tasks.amazonaws.com",
        "AmazonECSTaskExecutionRolePolicy",
        {"allow": ["secretsmanager:GetSecretValue", "kms:Decrypt"], "resources": [*secrets, key]},
    )  # fmt: skip
    shared = security_group(team, f"{app}-sg", {}, {"com.amazonaws.eu-west-1.dynamodb": 443, "0.0.0.0/0": 443})
    peers = [f"{app}-{number}-sg" for number in range(2)]
    for number, own in enumerate(peers):
        name = f"{app}-{number}"
        peer = team.id(peers[1 - number])
        task = team.add(
            team.region, f"{name}-task", "EcsTaskDefinition",
            cpu=512,
            memory="1GiB",
            role=team.role(
                f"{name}-role", "ecs-tasks.amazonaws.com",
                {"allow": ["dynamodb:GetItem", "dynamodb:PutItem"], "resources": [table, f"{table}/index/*"]},
                {"allow": "kms:Decrypt", "resources": key},
            ),
            execution_role=starts,
            log_group=team.log_group(f"{name}-logs"),
            containers=[{"name": "main", "repository": images, "image": "stable", "secrets": secrets}],
        )  # fmt: skip
        service = team.add(
            team.network, f"{name}-service", "EcsService",
            cluster=cluster,
            task_definition=task,
            launch_type="fargate",
            desired=3,
            subnets=team.ids(*APPLICATION),
            security_groups=[shared, security_group(team, own, {peer: 8080}, {peer: 8080})],
        )  # fmt: skip
        team.alarm(f"{name}-busy", service, "CPUUtilization", "80%")
        team.flows.append({f"{service} -> {table}": {"protocol": "https", "timeout": "2s"}})

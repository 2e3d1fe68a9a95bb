"""In which services a policy allows everything."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archgraph.analysis.breadth import EVERY, MANAGED, NONE, Services, full_access, unplaced

PREFIXES = ("ec2", "iam", "s3", "sqs")


def statement(effect: str, actions: list[str], resources: list[str] | None = None, **when: Any) -> dict[str, Any]:
    return {"effect": effect, "actions": actions, "resources": ["*"] if resources is None else resources, "when": when}


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ([statement("allow", ["*"])], "every service"),
        ([statement("allow", ["s3:*", "sqs:*"])], "s3, sqs"),
        ([statement("allow", ["s3:Get*"])], "no service"),
        ([statement("allow", ["s3:*"], ["receipts", "receipts/*"])], "no service"),
        ([statement("allow", ["s3:*"], ["arn:aws:s3:::*"])], "s3"),
        ([statement("allow", ["sqs:*"], ["arn:aws:sqs:*:000000000001:*"])], "sqs"),
        ([statement("allow", ["sqs:*"], ["arn:aws:sqs:eu-west-1:000000000001:*"])], "no service"),
        ([statement("allow_except", ["iam:*", "s3:GetObject"])], "every service but iam"),
        ([statement("allow_except", ["*"])], "no service"),
        ([statement("allow", ["*"]), statement("deny", ["iam:*"])], "every service but iam"),
        ([statement("allow", ["s3:*"]), statement("deny", ["s3:*"])], "no service"),
        ([statement("allow", ["s3:*"]), statement("deny", ["s3:DeleteBucket"])], "s3"),
        ([statement("allow", ["s3:*"]), statement("deny", ["s3:*"], ["receipts/*"])], "s3"),
        ([statement("allow", ["*"]), statement("deny_except", ["s3:*", "sqs:SendMessage"])], "s3"),
        ([statement("allow", ["s3:*"]), statement("deny", ["s3:*"], Bool={"aws:SecureTransport": "false"})], "s3"),
        ([statement("allow", ["ec2:*"], StringEquals={"aws:ResourceTag/team": "shop"})], "no service"),
        ([statement("allow", ["ec2:*"], StringEquals={"ec2:Region": "eu-west-1"})], "no service"),
        ([statement("allow", ["ec2:*"], StringLike={"aws:ResourceTag/team": "*"})], "ec2"),
        ([statement("allow", ["ec2:*"], StringEqualsIfExists={"aws:ResourceTag/team": "shop"})], "ec2"),
        ([statement("allow", ["ec2:*"], Bool={"aws:MultiFactorAuthPresent": "true"})], "ec2"),
        ([statement("allow", ["ec2:*"], StringEquals={"aws:RequestTag/team": "shop"})], "no service"),
        ([statement("allow", ["ec2:*"], StringEquals={"aws:TagKeys": "team"})], "no service"),
        ([statement("allow", ["kms:*"], StringEquals={"aws:CalledVia": "s3.amazonaws.com"})], "no service"),
        ([statement("allow", ["kms:*"], Bool={"aws:ViaAWSService": "true"})], "no service"),
        ([statement("allow", ["logs:*"], ["arn:aws:logs:*:*:log-group:*"])], "logs"),
        ([statement("allow", ["sqs:*"]), statement("deny", ["sqs:*"], ["arn:aws:sqs:*:000000000001:*"])], "no service"),
        ([statement("allow", ["sqs:*"]), {"effect": "deny", "actions": ["sqs:*"]}], "sqs"),
    ],
)
def test_full_access(policy: list[dict[str, Any]], expected: str) -> None:
    assert str(full_access(policy)) == expected


def test_statements_without_resources_are_found_apart() -> None:
    policy = [statement("allow", ["s3:*"], []), statement("deny", ["sqs:*"], [])]
    assert full_access(policy) == NONE
    assert str(unplaced(policy)) == "s3"


sets = st.builds(Services, st.frozensets(st.sampled_from(PREFIXES)), st.booleans())


@given(sets, sets, st.sampled_from((*PREFIXES, "lambda")))
def test_services_are_a_set(left: Services, right: Services, service: str) -> None:
    one = Services(frozenset({service}))

    def holds(services: Services) -> bool:
        return (service in services.names) is not services.all_but

    assert holds(left | right) is (holds(left) or holds(right))
    assert holds(left & right) is (holds(left) and holds(right))
    assert holds(left - right) is (holds(left) and not holds(right))
    assert bool(left & one) is holds(left)


@pytest.mark.parametrize(
    ("policies", "services"),
    [
        ("AdministratorAccess", "every service"),
        ("PowerUserAccess", "every service but account, iam, organizations"),
        ("IAMFullAccess", "iam"),
        ("AmazonBedrockFullAccess", "bedrock"),
        ("AmazonDynamoDBFullAccess AmazonDynamoDBFullAccess_v2", "dax, dynamodb"),
        ("AmazonEC2FullAccess", "autoscaling, cloudwatch, ec2, elasticloadbalancing"),
        ("AmazonEC2ContainerRegistryFullAccess", "ecr"),
        ("AmazonECS_FullAccess", "ecs"),
        ("AmazonElastiCacheFullAccess", "elasticache"),
        ("AmazonEventBridgeFullAccess", "events, pipes, scheduler, schemas"),
        ("AmazonKinesisFullAccess", "kinesis"),
        ("AmazonOpenSearchServiceFullAccess", "es"),
        ("AmazonRDSFullAccess", "rds"),
        ("AmazonRoute53FullAccess", "route53, route53domains"),
        ("AmazonS3FullAccess", "s3, s3-object-lambda"),
        ("AmazonSNSFullAccess", "sns"),
        ("AmazonSQSFullAccess", "sqs"),
        ("AmazonSSMFullAccess", "ec2messages, logs, ssm"),
        ("AWSCloudFormationFullAccess", "cloudformation"),
        ("AWSLambda_FullAccess", "lambda"),
        ("AWSStepFunctionsFullAccess", "states"),
        ("CloudWatchFullAccess", "cloudwatch, logs, sns"),
        ("CloudWatchFullAccessV2", "application-signals, cloudwatch, logs, rum, synthetics, xray"),
        ("CloudWatchLogsFullAccess", "logs"),
        ("SecretsManagerReadWrite", "secretsmanager"),
    ],
)
def test_managed_policies_with_full_access(policies: str, services: str) -> None:
    """AWS Managed Policy Reference Guide: statements of ``service:*`` on ``*``."""
    assert {str(MANAGED[policy]) for policy in policies.split()} == {services}


def test_every_service_is_everything() -> None:
    assert str(EVERY) == "every service"
    assert not NONE

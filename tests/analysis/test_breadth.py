"""In which services a policy allows everything."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archgraph.analysis.breadth import EVERY, NONE, Services, full_access, unplaced

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


def test_every_service_is_everything() -> None:
    assert str(EVERY) == "every service"
    assert not NONE

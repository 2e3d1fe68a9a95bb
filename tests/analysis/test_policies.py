"""Who a policy admits, and what conditions and denies take back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archgraph.analysis.policies import admits_everyone, admitting_everyone, conditions, matches, statements


def allow(*actions: str, when: dict[str, Any] | None = None, principals: str = "*", **more: Any) -> dict[str, Any]:
    return {
        "effect": "allow",
        "actions": [*actions],
        "principals": [principals],
        "resources": [],
        "when": when or {},
    } | more


def deny(*actions: str, **more: Any) -> dict[str, Any]:
    return allow(*actions, **more) | {"effect": "deny"}


ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}
OUTSIDERS = {"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}


@pytest.mark.parametrize(
    ("when", "everyone"),
    [
        ({}, True),
        (ORGANIZATION, False),
        ({"StringEquals": {"AWS:PRINCIPALORGID": "o-exampleorgid"}}, False),
        ({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-exampleorgid"}}, True),
        ({"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}, True),
        ({"StringLike": {"aws:PrincipalOrgID": "o-*"}}, True),
        ({"StringLike": {"aws:PrincipalOrgPaths": "o-exampleorgid/r-1/*"}}, False),
        ({"StringEquals": {"aws:PrincipalOrgID": []}}, True),
        ({"Null": {"aws:PrincipalOrgID": "false"}}, True),
        (OUTSIDERS, True),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:000000000001:*"}}, False),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:orders"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::uploads"}}, False),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}, True),
        ({"StringEquals": {"aws:SourceVpce": "vpce-0a1b"}}, False),
        ({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}}, False),
        ({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "0.0.0.0/0"]}}, True),
        ({"IpAddress": {"aws:SourceIp": "no network"}}, True),
        ({"aws:SourceAccount": "000000000001"}, False),
        ({"NumericEquals": {"aws:SourceAccount": "000000000001"}}, False),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.7/24"}}, False),
        ({"StringLike": {"aws:PrincipalOrgPaths": "*/r-1/*"}}, True),
        ({"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::000000000001:role/shop"}}, False),
        ({"StringEquals": {"aws:PrincipalServiceNamesList": "logs.amazonaws.com"}}, True),
        ({"StringEquals": {"aws:PrincipalServicesList": "logs.amazonaws.com"}}, False),
        ({"StringEquals": {"aws:SourceOrgID": "o-exampleorgid"}}, False),
        ({"StringLike": {"aws:SourceOrgPaths": "o-exampleorgid/*"}}, False),
        ({"StringEquals": {"aws:SourceOwner": "000000000001"}}, False),
        ({"StringEquals": {"aws:SourceVpc": "vpc-0a1b"}}, False),
        ({"StringEquals": {"aws:userid": "AROAEXAMPLEID:shop"}}, False),
        ({"StringEquals": {"kms:CallerAccount": "000000000001"}}, False),
        ({"StringEquals": {"s3:DataAccessPointAccount": "000000000001"}}, False),
        ({"StringLike": {"s3:DataAccessPointArn": "arn:aws:s3:*:*:accesspoint/*"}}, False),
        ({"StringLike": {"s3:DataAccessPointArn": "arn:aws:s3:*:${aws:PrincipalAccount}:accesspoint/*"}}, True),
        (
            {"StringEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:*:000000000001:key/1"}},
            False,
        ),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:000000000001"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:000000000001:${aws:username}"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:000000000001:*"}}, False),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:0000000000??:orders"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:1:orders"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:uploads"}}, False),
        ({"ArnLike": {"aws:SourceVpcArn": "arn:aws:ec2:*:000000000001:vpc/vpc-0a1b"}}, False),
        ({"StringEquals": {"aws:VpceAccount": "000000000001"}}, False),
        ({"StringEquals": {"aws:VpceOrgID": "o-exampleorgid"}}, False),
        ({"StringLike": {"aws:VpceOrgPaths": "o-exampleorgid/*"}}, False),
    ],
)
def test_conditions_that_keep_everyone_else_out(when: dict[str, Any], everyone: bool) -> None:
    assert admits_everyone(allow("sqs:SendMessage", when=when)) is everyone


def test_only_an_allow_for_everyone_admits_everyone() -> None:
    assert not admits_everyone(allow("sqs:SendMessage", principals="000000000001"))
    assert not admits_everyone(deny("sqs:SendMessage"))


def test_statements_of_an_identity_policy_name_no_principals_and_admit_nobody() -> None:
    opening, taken = allow("s3:*"), {"effect": "deny", "actions": ["s3:*"]}
    assert admitting_everyone([{"effect": "allow", "actions": ["s3:*"]}, taken]) is None
    assert admitting_everyone([taken, opening]) is opening


def test_a_policy_without_resources_is_covered_by_any_that_reaches_its_actions() -> None:
    opening = {"effect": "allow", "actions": ["sqs:SendMessage"], "principals": ["*"]}
    assert admitting_everyone([opening, {"effect": "deny", "actions": ["sqs:*"], "principals": ["*"]}]) is None
    assert admitting_everyone([opening, deny("sqs:*", resources=["orders"])]) is None


def test_amazon_s3_takes_no_wildcard_for_a_fixed_value() -> None:
    statement = allow("s3:GetObject", when={"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:000000000001:*"}})
    assert admits_everyone(statement, exact=True)
    assert not admits_everyone(statement)
    paths = allow("s3:GetObject", when={"StringLike": {"aws:PrincipalOrgPaths": "o-exampleorgid/*"}})
    assert admits_everyone(paths, exact=True)
    point = allow("s3:GetObject", when={"StringLike": {"s3:DataAccessPointArn": "arn:aws:s3:*:*:accesspoint/*"}})
    assert not admits_everyone(point, exact=True)


@pytest.mark.parametrize(
    ("denied", "open_"),
    [
        (deny("sqs:*"), False),
        (deny("sqs:*", when=OUTSIDERS), False),
        (deny("*", when={**OUTSIDERS, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}), False),
        (deny("sqs:SendMessage", when=OUTSIDERS), True),
        (deny("sqs:*", when=OUTSIDERS, principals="000000000001"), True),
        (deny("sqs:*", when={"Bool": {"aws:SecureTransport": "false"}}), True),
        (deny("sqs:*", when={**OUTSIDERS, "Bool": {"aws:SecureTransport": "false"}}), True),
        (deny("sqs:DeleteQueue", when=OUTSIDERS) | {"effect": "deny_except"}, False),
        (deny("sqs:Send*", when=OUTSIDERS) | {"effect": "deny_except"}, True),
        (deny("sqs:*", when=OUTSIDERS, resources=["other"]), True),
        (deny("sqs:*", when=OUTSIDERS, resources=["orders"]), True),
        (deny("sqs:*", when=OUTSIDERS, resources=["orders", "returns"]), False),
        (deny("sqs:SendMessage", "sqs:ReceiveMessage", when=OUTSIDERS), False),
        (deny("sqs:*", when={"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}), False),
        (deny("sqs:*", when={**OUTSIDERS, "Bool": {"aws:ViaAWSService": "false"}}), False),
        (deny("sqs:*", when={"Bool": {"aws:PrincipalIsAWSService": "false"}}), True),
        (deny("sqs:*", when={"StringNotEquals": {"aws:PrincipalTag/team": "shop"}}), True),
        (deny("sqs:*", when=ORGANIZATION), True),
    ],
)
def test_a_deny_that_reaches_all_that_is_allowed_keeps_outsiders_out(denied: dict[str, Any], open_: bool) -> None:
    opening = allow("sqs:SendMessage", "sqs:ReceiveMessage", resources=["orders", "returns"])
    assert (admitting_everyone([opening, denied]) is opening) is open_


def test_statements_leave_out_what_only_names_a_policy() -> None:
    assert statements([{"managed": "ReadOnlyAccess"}, {"policy": "shared"}]) == []
    assert statements("unknown") == statements(None) == []


def test_a_condition_without_an_operator_means_equality() -> None:
    (test,) = conditions({"when": {"external_id": "7f3a"}})
    assert (test.operator, test.key, test.values) == ("StringEquals", "external_id", ("7f3a",))


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("s3:Get*", "s3:GetObject", True),
        ("S3:get*", "s3:GetObject", True),
        ("s3:Get?bject", "s3:GetObject", True),
        ("s3:Get", "s3:GetObject", False),
        ("*", "", True),
        ("a*b*c", "aXbXbXc", True),
        ("a*b*c", "aXbX", False),
        ("[a]", "a", False),
    ],
)
def test_patterns(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern, text) is expected


@given(st.text("ab*?", max_size=12), st.text("ab", max_size=12))
def test_patterns_match_as_regular_expressions_would(pattern: str, text: str) -> None:

    as_regex = "".join({"*": ".*", "?": "."}.get(letter, letter) for letter in pattern)
    assert matches(pattern, text) is (re.fullmatch(as_regex, text) is not None)


def test_a_hostile_pattern_takes_no_time() -> None:
    assert not matches("*a" * 500, "a" * 499 + "b")

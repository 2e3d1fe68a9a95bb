"""Whom roles trust outside, and what ties that trust to the right caller."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from archgraph.analysis.trust import Organizations, outside_trust
from archgraph.model.model import ElementId, Model

SUB = "token.actions.githubusercontent.com:sub"
AUD = "token.actions.githubusercontent.com:aud"
ELEMENTS: dict[str, Any] = {
    "prod": {"type": "Account", "account_id": "000000000001"},
    "partner": {"type": "Account", "external": True, "account_id": "000000000009"},
    "their-role": {"type": "IamRole", "in": "partner", "external": True},
    "github": {"type": "OidcProvider", "external": True, "url": "https://token.actions.githubusercontent.com"},
    "their-user": {"type": "IamUser", "in": "partner", "external": True},
    "made-elsewhere": {"type": "IamRole", "in": "prod", "external": True},
    "own-idp": {"type": "OidcProvider", "in": "prod", "url": "https://login.example.com"},
    "gitlab": {"type": "OidcProvider", "in": "prod", "url": "https://gitlab.com"},
    "terraform": {"type": "OidcProvider", "in": "prod", "url": "https://app.terraform.io"},
    "buildkite": {"type": "OidcProvider", "in": "prod", "url": "https://agent.buildkite.com"},
    "warehouse": {"type": "ExternalSystem", "internal": True},
    "monitoring": {"type": "SaasService"},
}


@pytest.mark.parametrize(
    ("trust", "expected"),
    [
        ("lambda.amazonaws.com", None),
        ("000000000001", None),
        ("arn:aws:iam::000000000001:root", None),
        ("prod", None),
        ("warehouse", None),
        ("arn:aws:iam::000000000001:saml-provider/corporate", None),
        ("arn:aws:iam::000000000009:saml-provider/corporate", None),
        ("made-elsewhere", None),
        ("partner", "open"),
        ("their-role", "open"),
        ("their-user", "open"),
        ("monitoring", "open"),
        ("000000000009", "unknown"),
        ("arn:aws:iam::000000000009:role/reader", "unknown"),
        ("*", "open"),
        ({"allow": "*", "when": {"StringEquals": {"aws:PrincipalAccount": "000000000001"}}}, "tied"),
        ({"allow": "partner", "when": {"StringEquals": {"sts:ExternalId": "7f3a"}}}, "tied"),
        ({"allow": "partner", "when": {"external_id": "7f3a"}}, "tied"),
        ({"allow": "partner", "when": {"StringLike": {"sts:ExternalId": "*"}}}, "open"),
        ({"allow": "partner", "when": {"StringNotEquals": {"sts:ExternalId": "7f3a"}}}, "open"),
        ({"allow": "partner", "when": {"StringLike": {"sts:ExternalId": ["7f3a", "*"]}}}, "open"),
        ({"allow": "partner", "when": {"StringLike": {"sts:ExternalId": "????"}}}, "open"),
        ({"allow": "partner", "when": {"StringEquals": {"aws:PrincipalOrgID": "o-partner"}}}, "tied"),
        ({"allow": "partner", "when": {"StringLike": {"aws:PrincipalOrgPaths": "o-partner/*"}}}, "tied"),
        ({"allow": "partner", "when": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}, "tied"),
        ({"allow": "partner", "when": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}, "open"),
        ({"allow": "partner", "when": {"Bool": {"aws:SecureTransport": "true"}}}, "open"),
        ({"allow": "000000000009", "when": {"StringEquals": {"sts:ExternalId": "7f3a"}}}, "tied"),
        ("github", "open"),
        ({"allow": "github", "when": {"StringEquals": {AUD: "sts.amazonaws.com"}}}, "open"),
        ({"allow": "github", "when": {"StringEquals": {AUD: "our-own"}}}, "open"),
        ({"allow": "github", "when": {"StringLike": {SUB: "repo:example/*"}}}, "tied"),
        ({"allow": "github", "when": {"StringLike": {SUB: "repo:*/shop"}}}, "open"),
        ({"allow": "github", "when": {"StringLike": {SUB: "repo:exam*/shop"}}}, "open"),
        ({"allow": "github", "when": {"StringLike": {SUB: "repo:example"}}}, "tied"),
        ({"allow": "own-idp", "when": {"StringLike": {"sub": "exam*"}}}, "tied"),
        ({"allow": "own-idp", "when": {"StringLike": {"sub": "*"}}}, "open"),
        *(
            ({"allow": "github", "when": {"StringEquals": {claim: "main"}}}, "open")
            for claim in ("amr", "environment", "ref", "workflow")
        ),
        ({"allow": "github", "when": {"StringLike": {SUB: ["repo:example/*", "*"]}}}, "open"),
        ({"allow": "github", "when": {"StringLikeIfExists": {SUB: "repo:example/*"}}}, "open"),
        ({"allow": "github", "when": {"StringEquals": {"sub": "repo:example/shop:ref:refs/heads/main"}}}, "tied"),
        ({"allow": "own-idp", "when": {"StringEquals": {"login.example.com:aud": "shop"}}}, "tied"),
        ({"allow": "own-idp", "when": {"StringEquals": {"login.example.com:aud": "sts.amazonaws.com"}}}, "open"),
        ({"allow": "own-idp", "when": {"StringLike": {"sub": "system:serviceaccount:*:shop"}}}, "open"),
        ({"allow": "own-idp", "when": {"StringLike": {"sub": "system:serviceaccount:shop:*"}}}, "tied"),
        ({"allow": "gitlab", "when": {"StringEquals": {"gitlab.com:aud": "our-own"}}}, "open"),
        ({"allow": "gitlab", "when": {"StringLike": {"sub": "project_path:*/shop:ref_type:branch"}}}, "open"),
        ({"allow": "gitlab", "when": {"StringLike": {"sub": "project_path:example/*"}}}, "tied"),
        ({"allow": "terraform", "when": {"StringEquals": {"app.terraform.io:aud": "our-own"}}}, "open"),
        ({"allow": "terraform", "when": {"StringLike": {"sub": "organization:*:project:shop"}}}, "open"),
        ({"allow": "terraform", "when": {"StringLike": {"sub": "organization:example:*"}}}, "tied"),
        ({"allow": "buildkite", "when": {"StringEquals": {"agent.buildkite.com:aud": "our-own"}}}, "open"),
        ("arn:aws:iam::000000000001:oidc-provider/token.actions.githubusercontent.com", "open"),
        (
            {
                "allow": "arn:aws:iam::000000000001:oidc-provider/gitlab.com",
                "when": {"StringEquals": {"gitlab.com:aud": "our-own"}},
            },
            "open",
        ),
        ("cognito-identity.amazonaws.com", "open"),
        (
            {
                "allow": "cognito-identity.amazonaws.com",
                "when": {"StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:0a1b"}},
            },
            "tied",
        ),
    ],
)
def test_outside_trust(trust: Any, expected: str | None, model_of: Callable[..., Model]) -> None:
    model = model_of({**ELEMENTS, "role": {"type": "IamRole", "in": "prod", "trust": [trust]}})
    found = list(outside_trust(Organizations(model), model.elements[ElementId("role")]))
    assert [str(one.safety) for one in found] == ([] if expected is None else [expected])


def test_a_deny_trusts_nobody(model_of: Callable[..., Model]) -> None:
    model = model_of({**ELEMENTS, "role": {"type": "IamRole", "in": "prod", "trust": [{"deny": "partner"}]}})
    assert not list(outside_trust(Organizations(model), model.elements[ElementId("role")]))


def test_everyone_is_more_than_those_who_are_named_as_well(model_of: Callable[..., Model]) -> None:
    model = model_of({**ELEMENTS, "role": {"type": "IamRole", "in": "prod", "trust": ["*", "partner"]}})
    found = list(outside_trust(Organizations(model), model.elements[ElementId("role")]))
    assert [(one.principal, one.text) for one in found] == [
        ("*", "it trusts everyone in AWS"),
        ("partner", "it trusts partner without an external id"),
    ]


def test_an_own_account_without_an_id_may_be_the_one_that_is_trusted(model_of: Callable[..., Model]) -> None:
    model = model_of({
        "org": {"type": "Organization"},
        "prod": {"type": "Account", "in": "org", "account_id": "000000000001"},
        "test": {"type": "Account", "in": "org"},
        "role": {"type": "IamRole", "in": "prod", "trust": ["000000000009"]},
    })  # fmt: skip
    [found] = outside_trust(Organizations(model), model.elements[ElementId("role")])
    assert (str(found.safety), found.text) == ("unknown", "whose account 000000000009 is")


def test_a_drawn_organization_makes_other_accounts_strangers(model_of: Callable[..., Model]) -> None:
    model = model_of({
        "org": {"type": "Organization"},
        "prod": {"type": "Account", "in": "org", "account_id": "000000000001"},
        "sister": {"type": "Account", "in": "org", "external": True, "account_id": "000000000002"},
        "role": {"type": "IamRole", "in": "prod", "trust": ["000000000002", "000000000009", "sister"]},
    })  # fmt: skip
    found = list(outside_trust(Organizations(model), model.elements[ElementId("role")]))
    assert [(one.principal, str(one.safety)) for one in found] == [("000000000009", "open")]

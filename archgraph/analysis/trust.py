"""Whom a role trusts outside its organization, and which conditions keep the wrong ones out.

A third party acts for many customers, so it has to prove for whom: "Access to AWS accounts owned by
third parties" (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html).
An OIDC provider that many share signs tokens for all of them, so a role has to name whose it takes:
"Identity-provider controls for shared OIDC providers"
(https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from archgraph.analysis.policies import Condition, Statement, admits_everyone, conditions, matches, statements
from archgraph.catalog.values import ACCOUNT_ID
from archgraph.model.model import Element, ElementId, Model

SHARED_ISSUERS = frozenset({
    "token.actions.githubusercontent.com", "gitlab.com", "app.terraform.io", "agent.buildkite.com",
})  # fmt: skip
"""OIDC providers of many tenants whose jobs choose the audience themselves, so that it says nothing."""

_OF_ANYBODY = frozenset({"amr", "environment", "ref", "workflow"})
"""Claims that say how somebody signed in, or name what every repository can have: a branch, an environment."""

_SCHEMES = ("repo:", "project_path:", "organization:", "system:serviceaccount:")
"""How subjects begin before they name anybody."""


class Safety(StrEnum):
    """Whether trust in someone outside is tied to the right caller."""

    TIED = "tied"
    OPEN = "open"
    UNKNOWN = "unknown"


class OutsideTrust(NamedTuple):
    """One trusted principal outside the organization: who it is, and what ties or opens the trust."""

    principal: str
    safety: Safety
    text: str


@dataclass
class Organizations:
    """Which accounts are the company's own: all that the model draws, unless they are external to it."""

    model: Model

    @cached_property
    def own(self) -> frozenset[str]:
        """Account ids of the model's own accounts, and of external ones placed in its organization."""
        return frozenset(
            str(account.properties["account_id"])
            for account in self.model.of_type("Account")
            if isinstance(account.get("account_id"), str) and not self.outside(account)
        )

    @cached_property
    def complete(self) -> bool:
        """Whether the model draws an organization and every own account's id, so that others are strangers."""
        accounts = [account for account in self.model.of_type("Account") if not self.outside(account)]
        drawn = any(True for _ in self.model.of_type("Organization"))
        return drawn and all(isinstance(account.get("account_id"), str) for account in accounts)

    def outside(self, account: Element) -> bool:
        return account.external and account.parent is None


def outside_trust(organizations: Organizations, role: Element) -> Iterator[OutsideTrust]:
    """Every principal outside that a role trusts, in the order of its trust policy."""
    named = [r.target for r in organizations.model.references_from(role.id, "TRUSTS") if r.target is not None]
    for statement in statements(role.get("trust")):
        if not statement["effect"].startswith("allow"):
            continue
        for principal in statement["principals"]:
            elements = [organizations.model.elements[id_] for id_ in named if _means(principal, id_)]
            if elements:
                judged = [_element(organizations, statement, element) for element in elements]
            else:
                judged = [_literal(organizations, statement, principal)]
            yield from (one for one in judged if one is not None)


def _means(principal: str, target: ElementId) -> bool:
    """Whether a name as it was written means that element, in its namespace or an outer one."""
    return principal != "*" and (matches(principal, target) or matches(f"*.{principal}", target))


def _element(organizations: Organizations, statement: Statement, element: Element) -> OutsideTrust | None:
    kind = element.type.name
    if kind == "OidcProvider":
        url = element.properties.get("url")
        return _federated(statement, element.id, str(url) if isinstance(url, str) else "")
    if kind == "Account":
        return _third_party(statement, element.id) if organizations.outside(element) else None
    if kind in ("IamRole", "IamUser") and element.external:
        account = organizations.model.elements.get(element.account) if element.account is not None else None
        if account is not None and not organizations.outside(account):
            return None
        return _third_party(statement, element.id)
    if element.type.category == "External" and element.properties.get("internal") is not True:
        return _third_party(statement, element.id)
    return None


def _literal(organizations: Organizations, statement: Statement, principal: str) -> OutsideTrust | None:
    if principal == "*":
        if not admits_everyone(statement):
            return OutsideTrust(principal, Safety.TIED, "it trusts everyone, but a condition names the callers")
        return OutsideTrust(principal, Safety.OPEN, "it trusts everyone in AWS")
    if principal == "cognito-identity.amazonaws.com":
        return _federated(statement, principal, principal)
    parts = principal.split(":")
    if len(parts) == 6 and parts[5].startswith("oidc-provider/"):
        return _federated(statement, principal, parts[5].removeprefix("oidc-provider/"))
    if len(parts) == 6 and parts[5].startswith("saml-provider/"):
        return None
    account = principal if ACCOUNT_ID.fullmatch(principal) else parts[4] if len(parts) == 6 else ""
    if not account or account in organizations.own:
        return None
    found = _third_party(statement, principal)
    if found.safety is Safety.OPEN and not organizations.complete:
        return OutsideTrust(principal, Safety.UNKNOWN, f"whose account {account} is")
    return found


def _third_party(statement: Statement, principal: str) -> OutsideTrust:
    for test in conditions(statement):
        if test.key in ("sts:externalid", "external_id") and _positive(test) and not _wild(test):
            return OutsideTrust(principal, Safety.TIED, f"{principal} has to give an external id")
        if test.key in ("aws:principalorgid", "aws:principalorgpaths") and _positive(test):
            return OutsideTrust(principal, Safety.TIED, f"{principal} has to belong to the organization")
        if test.key == "aws:multifactorauthpresent" and test.operator == "Bool" and test.values == ("true",):
            return OutsideTrust(principal, Safety.TIED, f"{principal} has to sign in with a second factor")
    return OutsideTrust(principal, Safety.OPEN, f"it trusts {principal} without an external id")


def _federated(statement: Statement, principal: str, url: str) -> OutsideTrust:
    issuer = url.removeprefix("https://").partition("/")[0].lower()
    for test in conditions(statement):
        claim = test.key.rpartition(":")[2]
        if not _positive(test) or test.key.startswith(("aws:", "sts:")) or claim in _OF_ANYBODY:
            continue
        if claim == "aud" and (issuer in SHARED_ISSUERS or "sts.amazonaws.com" in test.values):
            continue
        if all(_names_somebody(value, shared=issuer in SHARED_ISSUERS) for value in test.values):
            return OutsideTrust(principal, Safety.TIED, f"{principal} has to show the claim {claim}")
    return OutsideTrust(principal, Safety.OPEN, f"it trusts every identity of {principal}: no claim names whose")


def _positive(test: Condition) -> bool:
    operator = test.operator.rpartition(":")[2]
    return test.binding and not test.negated and bool(test.values) and operator.startswith(("String", "Arn"))


def _wild(test: Condition) -> bool:
    return any("*" in value or "?" in value for value in test.values)


def _names_somebody(value: str, *, shared: bool) -> bool:
    """Whether a claim's value names somebody before its first wildcard: ``repo:example/*`` does.

    Where anybody can open an account it has to be the whole name: ``repo:exam*`` also means exam-ple.
    """
    for scheme in _SCHEMES:
        value = value.removeprefix(scheme)
    name = re.split("[/:]", value, maxsplit=1)[0] if shared else value[:1]
    return bool(name) and not {"*", "?"} & set(name)

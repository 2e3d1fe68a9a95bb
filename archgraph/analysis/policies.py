"""IAM statements as a model states them: whom they admit, and which conditions keep others out.

Sources: "IAM JSON policy elements: Condition operators"
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html),
"AWS global condition context keys"
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html), and for the
line between public and not 'The meaning of "public"', Amazon S3 User Guide
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from archgraph.analysis.internet import interval, is_internet

Statement = dict[str, Any]
"""``effect``, ``actions``, ``resources``, ``principals``, ``when``; or ``managed``; or ``policy``."""

NARROWING_KEYS = frozenset({
    "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths",
    "aws:principalserviceslist", "aws:sourceaccount", "aws:sourcearn", "aws:sourceip", "aws:sourceorgid",
    "aws:sourceorgpaths", "aws:sourceowner", "aws:sourcevpc", "aws:sourcevpcarn", "aws:sourcevpce", "aws:userid",
    "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths", "kms:calleraccount", "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn", "s3:x-amz-server-side-encryption-aws-kms-key-id",
})  # fmt: skip
"""Condition keys that say who the caller is or where the call comes from; fixed values admit only those."""

_FOR_SERVICES = frozenset({"aws:principalisawsservice", "aws:viaawsservice"})
"""Keys with which a deny for outsiders leaves AWS services alone."""

_COMPARING = ("String", "Arn", "IpAddress", "NotIpAddress", "Numeric")
"""How operators begin that compare a key with values; ``Null`` and ``Bool`` name nobody."""


class Condition(NamedTuple):
    """One test of a condition block; ``key`` in small letters, since keys are not case-sensitive."""

    operator: str
    key: str
    values: tuple[str, ...]

    @property
    def negated(self) -> bool:
        """Whether it holds for every value but those named: ``StringNotEquals``, ``NotIpAddress``."""
        return "Not" in self.operator

    @property
    def binding(self) -> bool:
        """Whether it fails for a request without the key; ``...IfExists`` and ``ForAllValues:`` hold."""
        return not self.operator.endswith("IfExists") and not self.operator.startswith("ForAllValues:")


def statements(value: object) -> list[Statement]:
    """The statements of a policy property's value; none if it is not stated."""
    return [item for item in value if "effect" in item] if isinstance(value, list) else []


def conditions(statement: Statement) -> Iterator[Condition]:
    """The tests that must all hold; ``{key: value}`` without an operator means equality."""
    when = statement.get("when")
    for operator, tests in when.items() if isinstance(when, dict) else ():
        nested = isinstance(tests, dict)
        for key, value in tests.items() if nested else [(operator, tests)]:
            values = value if isinstance(value, list) else [value]
            yield Condition(operator if nested else "StringEquals", key.lower(), tuple(map(str, values)))


def admitting_everyone(policy: Sequence[Statement], *, exact: bool = False) -> Statement | None:
    """The first statement that lets anyone at all act, unless a deny keeps outsiders out of it.

    ``exact`` is Amazon S3's reading: a value with a wildcard or a policy variable fixes nothing.
    Otherwise an ARN whose account is given fixes it, whatever follows.
    """
    denies = [statement for statement in policy if _denies_outsiders(statement, exact=exact)]
    for statement in policy:
        if admits_everyone(statement, exact=exact) and not any(_covers(deny, statement) for deny in denies):
            return statement
    return None


def admits_everyone(statement: Statement, *, exact: bool = False) -> bool:
    """Whether a statement allows something to ``*`` without a condition on who calls or from where."""
    if not statement["effect"].startswith("allow") or "*" not in statement.get("principals", ()):
        return False
    return not any(not test.negated and test.binding and _fixed(test, exact) for test in conditions(statement))


def matches(pattern: str, text: str) -> bool:
    """Whether a text matches a pattern with ``*`` and ``?``, as in actions and ARNs; any case."""
    pattern, text = pattern.lower(), text.lower()
    position = at = 0
    resume: tuple[int, int] | None = None  # behind the last star, which may take more letters
    while at < len(text):
        if position < len(pattern) and pattern[position] == "*":
            position += 1
            resume = position, at
        elif position < len(pattern) and pattern[position] in ("?", text[at]):
            position, at = position + 1, at + 1
        elif resume is not None:
            position, at = resume[0], resume[1] + 1
            resume = position, at
        else:
            return False
    return not pattern[position:].strip("*")


def _denies_outsiders(statement: Statement, *, exact: bool) -> bool:
    """Whether a deny leaves nobody but known callers: unconditional, or for all but these."""
    if not statement["effect"].startswith("deny") or "*" not in statement.get("principals", ()):
        return False
    tests = [test for test in conditions(statement) if test.key not in _FOR_SERVICES]
    if not tests:
        return not statement.get("when")
    return all(test.negated and _fixed(test, exact) for test in tests)


def _covers(deny: Statement, allow: Statement) -> bool:
    """Whether a deny reaches everything that another statement allows."""
    resources = deny.get("resources", ())
    within = not resources or all(any(matches(p, r) for p in resources) for r in allow.get("resources", ()))
    actions = deny["actions"]
    if deny["effect"] == "deny_except":
        return within and not any(matches(p, a) or matches(a, p) for p in actions for a in allow["actions"])
    return within and all(any(matches(p, action) for p in actions) for action in allow["actions"])


def _fixed(test: Condition, exact: bool) -> bool:
    """Whether a test names known callers or places, by values that others cannot have."""
    if test.key not in NARROWING_KEYS or not test.operator.rpartition(":")[2].startswith(_COMPARING):
        return False
    return bool(test.values) and all(_known(test.key, value, exact) for value in test.values)


def _known(key: str, value: str, exact: bool) -> bool:
    if key == "aws:sourceip":
        return not _is_wide(value)
    if key == "s3:dataaccesspointarn":
        return "${" not in value
    if not exact and value.startswith("arn:"):
        return _names_an_account(value)
    if not exact and key.endswith("orgpaths"):
        value = value.partition("/")[0]
    return bool(value) and not any(mark in value for mark in ("*", "?", "${"))


def _names_an_account(arn: str) -> bool:
    """Whether an ARN pattern fixes the account, or the name of a bucket, which is unique without one."""
    parts = arn.split(":")
    if len(parts) < 6 or "${" in arn:
        return False
    if parts[2] == "s3" and parts[4] in ("", "*"):
        return not any(mark in parts[5].partition("/")[0] for mark in "*?")
    return len(parts[4]) == 12 and parts[4].isdecimal()


def _is_wide(text: str) -> bool:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return True
    return is_internet([interval(network)], network.version)

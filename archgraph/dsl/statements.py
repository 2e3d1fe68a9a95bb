"""IAM statements: one form for identity, trust, resource and control policies.

A statement is ``{allow|deny: ..., actions, resources, principals, when}``. In trust policies the
effect names the principals, in all others the actions; ``allow_except`` and ``deny_except`` stand
for NotAction. A plain text is the name of an AWS managed policy or an IamPolicy element in identity
policies, and an allowed principal in trust policies. JSON policy element reference:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

import re
from typing import Any

from archgraph.catalog.types import Property
from archgraph.catalog.values import ACCOUNT_ID, ARN, SERVICE_PRINCIPAL
from archgraph.dsl.reading import Reading
from archgraph.dsl.shapes import as_text, shape
from archgraph.source.document import Mapping, Node, Scalar, Sequence, plain

EFFECTS = ("allow", "deny", "allow_except", "deny_except")
_KEYS = {
    "identity": ("resources", "when", "id"),
    "control": ("resources", "when", "id"),
    "resource": ("resources", "principals", "when", "id"),
    "trust": ("actions", "when", "id"),
}
_POLICIES = {
    "identity": "an identity policy",
    "control": "an organization policy",
    "resource": "a resource policy",
    "trust": "a trust policy",
}
_ALLOWED = {policy: frozenset((*EFFECTS, *keys)) for policy, keys in _KEYS.items()}
_SERVICE = re.compile(r"[a-z0-9-]+")
_ACTION = re.compile(r"\*|[a-z0-9-]+:[A-Za-z0-9*?_]+")
_MANAGED_POLICY = re.compile(r"(?:service-role/|aws-service-role/|job-function/)?[A-Z][A-Za-z0-9_+=,@-]*")


def read_statements(reading: Reading, prop: Property, node: Node) -> list[dict[str, Any]]:
    """Read the value of a ``statements`` property and state the relationships that follow from it.

    Returns plain dicts: ``effect``, ``actions``, ``resources``, ``principals`` (lists of text as
    written) and ``when`` (a dict); managed policies are ``{"managed": name}``, elements
    ``{"policy": id}``.
    """
    policy = prop.targets[0] if prop.targets else "identity"
    items = node.items if isinstance(node, Sequence) else [node]
    return [read for item in items if (read := _read(reading, prop, policy, item)) is not None]


def _read(reading: Reading, prop: Property, policy: str, node: Node) -> dict[str, Any] | None:
    if isinstance(node, Scalar):
        return _plain(reading, prop, policy, node)
    if not isinstance(node, Mapping):
        reading.report("AG418", f"a statement is a map, not {shape(node)}", node.location)
        return None
    if "Effect" in node.entries:
        message = "this is written as in IAM's JSON"
        reading.report("AG418", message, node.location, "write {allow: s3:GetObject, resources: assets/*}")
        return None
    effects = [name for name in EFFECTS if name in node.entries]
    misspelt = not _ALLOWED[policy].issuperset(node.entries)
    if misspelt:
        _report_misspelt(reading, policy, node)
    if len(effects) != 1:
        if not (misspelt or node.partial):
            problem = "two of" if effects else "none of"
            message = f"a statement has exactly one effect; this has {problem} {', '.join(EFFECTS)}"
            reading.report("AG418", message, node.location)
        return None
    effect = effects[0]
    subject = _texts(reading, node.get(effect))
    statement: dict[str, Any] = {"effect": effect}
    if policy == "trust":
        actions = _texts(reading, node.get("actions"))
        statement["actions"] = [text.text for text in actions]
        statement["principals"] = [text.text for text in subject]
        _relate_principals(reading, prop, subject, statement, "TRUSTS")
    else:
        actions = subject
        resources = _texts(reading, node.get("resources"))
        principals = _texts(reading, node.get("principals"))
        statement["actions"] = [text.text for text in actions]
        statement["resources"] = [text.text for text in resources]
        statement["principals"] = [text.text for text in principals]
        if policy == "resource":
            _relate_principals(reading, prop, principals, statement, _verb(effect), reverse=True)
        _resources(reading, None if policy == "resource" else prop, resources, statement)
    _check_actions(reading, actions)
    when = node.get("when")
    if when is not None and not isinstance(when, Mapping):
        reading.report("AG418", f"'when' maps operators to keys and values, it is not {shape(when)}", when.location)
    statement["when"] = plain(when) if isinstance(when, Mapping) else {}
    return statement


def _report_misspelt(reading: Reading, policy: str, node: Mapping) -> None:
    allowed = [*EFFECTS, *_KEYS[policy]]
    for key, _ in node.entries.values():
        if key.text not in allowed:
            hint = reading.lookup.diagnostics.did_you_mean(key.text, allowed) or f"known: {', '.join(allowed)}"
            reading.report("AG418", f"a statement of {_POLICIES[policy]} has no '{key.text[:40]}'", key.location, hint)


def _plain(reading: Reading, prop: Property, policy: str, node: Scalar) -> dict[str, Any] | None:
    """A text that stands for a whole statement or policy."""
    if policy == "trust":
        statement: dict[str, Any] = {"effect": "allow", "actions": [], "principals": [node.text], "when": {}}
        _relate_principals(reading, prop, [node], statement, "TRUSTS")
        return statement
    if policy == "resource":
        reading.report("AG418", "a statement is a map like {allow: s3:GetObject, principals: reader}", node.location)
        return None
    target = reading.find(node)
    if target is not None:
        reading.relate(prop, node, target=target, verb="HAS_POLICY" if policy == "identity" else "GOVERNED_BY")
        return {"policy": target}
    if _MANAGED_POLICY.fullmatch(node.text):
        return {"managed": node.text}
    if not reading.lookup.names.lost.excuses(node.text, reading.namespace):
        reading.report(
            "AG407",
            f"'{node.text[:60]}' is neither a policy of this model nor an AWS managed policy",
            node.location,
            reading.lookup.names.suggestion(node.text, reading.namespace, reading.lookup.diagnostics)
            or "AWS's are named like ReadOnlyAccess",
        )
    return None


def _relate_principals(
    reading: Reading,
    prop: Property,
    principals: list[Scalar],
    statement: dict[str, Any],
    verb: str,
    *,
    reverse: bool = False,
) -> None:
    properties = {"actions": statement["actions"], "effect": statement["effect"]}
    for node in principals:
        text = node.text
        if text == "*" or SERVICE_PRINCIPAL.fullmatch(text) or ARN.fullmatch(text) or ACCOUNT_ID.fullmatch(text):
            if verb == "TRUSTS":
                reading.relate(prop, node, literal=text, properties=properties, verb=verb)
            continue
        hint = f"an AWS service is written as {text}.amazonaws.com" if _SERVICE.fullmatch(text) else None
        for target, _ in reading.resolve(node, hint):
            reading.relate(prop, node, target=target, properties=properties, verb=verb, reverse=reverse)


def _resources(reading: Reading, prop: Property | None, resources: list[Scalar], statement: dict[str, Any]) -> None:
    """Look the resources up, and relate them unless the policy is the resource's own (no ``prop``)."""
    properties = {"actions": statement["actions"], "effect": statement["effect"]}
    for node in resources:
        if node.text == "*" or node.text.startswith("arn:"):
            continue
        for target, path in reading.resolve(node):
            if prop is not None:
                verb = _verb(statement["effect"])
                reading.relate(prop, node, target=target, properties=properties, path=path, verb=verb)


def _check_actions(reading: Reading, actions: list[Scalar]) -> None:
    for node in actions:
        if not _ACTION.fullmatch(node.text):
            hint = "write service:Action, like s3:GetObject, or s3:* or *"
            reading.report("AG418", f"'{node.text[:60]}' is not an action", node.location, hint)


def _verb(effect: str) -> str:
    return "GRANTS" if effect.startswith("allow") else "DENIES"


def _texts(reading: Reading, node: Node | None) -> list[Scalar]:
    """A text or a list of texts."""
    if node is None:
        return []
    items = node.items if isinstance(node, Sequence) else [node]
    texts = [item for item in items if isinstance(item, Scalar)]
    if len(texts) < len(items):
        for item in items:
            as_text(item, "each of a statement's values", reading.lookup.diagnostics)
    return texts

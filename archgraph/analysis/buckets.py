"""Whether everyone may use an S3 bucket: Block Public Access, bucket policy, access control list.

Sources, Amazon S3 User Guide: "Blocking public access to your Amazon S3 storage", with the section
'The meaning of "public"'
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html);
"Default settings for new S3 buckets FAQ"
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html): since April 2023 new
buckets block public access and have their access control lists disabled.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any

from archgraph.analysis.evidence import Certainty, Exposure, Hop, Verdict
from archgraph.analysis.internet import interval, is_internet
from archgraph.model.model import Absent, Element, Model

PUBLIC_ACLS = frozenset({"public_read", "public_read_write", "authenticated_read"})
"""Access control lists that grant to everyone, or to everyone with any AWS account."""
NARROWING_KEYS = frozenset({
    "aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths",
    "aws:principalserviceslist", "aws:sourceaccount", "aws:sourcearn", "aws:sourceip", "aws:sourceorgid",
    "aws:sourceowner", "aws:sourcevpc", "aws:sourcevpce", "aws:userid", "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn", "s3:x-amz-server-side-encryption-aws-kms-key-id",
})  # fmt: skip
"""Condition keys whose fixed values make a statement for everyone non-public."""


def bucket_exposure(model: Model, element: Element) -> Exposure:
    """Exposed if public access is not blocked and a policy or an access control list admits everyone.

    The account's own block overrides the bucket's; AWS leaves it off unless someone turns it on, so a
    public bucket of an account that does not state it is *possibly* exposed.
    """
    block = element.get("public_access_block")
    if block is True:
        return _blocked(element, f"{element.id} blocks public access")
    account = model.elements[element.account] if element.account else None
    if account is not None and account.properties.get("public_access_block") is True:
        stop = Hop(account.id, f"{account.id} blocks public access for all of its buckets")
        return Exposure(element.id, Verdict.BLOCKED, Certainty.CERTAIN, blocked_by=stop)
    opening = _opening(element)
    if opening is None:
        return _blocked(element, f"no policy or access control list of {element.id} admits everyone")
    if isinstance(opening, str):
        text = f"{element.id} does not say its {opening}"
        return _unknown(element, text, f"{element.id}.{opening}")
    if block is Absent.UNKNOWN:
        return _unknown(element, opening.text, f"{element.id}.public_access_block")
    hops = (Hop(element.id, f"{element.id} does not block public access"), opening)
    ports = ("80", "443") if element.properties.get("website") else ("443",)
    if account is None or account.properties.get("public_access_block") is False:
        return Exposure(element.id, Verdict.EXPOSED, Certainty.CERTAIN, ports, hops)
    missing = (f"{account.id}.public_access_block",)
    return Exposure(element.id, Verdict.EXPOSED, Certainty.POSSIBLE, ports, hops, missing=missing)


def _opening(element: Element) -> Hop | str | None:
    """What admits everyone: evidence, the name of an unknown setting, or nothing."""
    policy = element.get("policy")
    statements = policy if isinstance(policy, list) else []
    if not any(_shuts_out_everyone(statement) for statement in statements):
        for statement in statements:
            if _admits_everyone(statement):
                actions = ", ".join(statement.get("actions", ())[:3])
                return Hop(element.id, f"the policy of {element.id} allows {actions} to everyone")
    if element.properties.get("acl") in PUBLIC_ACLS:
        return Hop(element.id, f"the access control list of {element.id} is {element.properties['acl']}")
    unknown = [name for name in ("policy", "acl") if element.properties.get(name) is Absent.UNKNOWN]
    return unknown[0] if unknown else None


def _admits_everyone(statement: dict[str, Any]) -> bool:
    if not str(statement.get("effect", "")).startswith("allow") or "*" not in statement.get("principals", ()):
        return False
    return not any(_narrows(operator, key, value) for operator, key, value in _conditions(statement))


def _shuts_out_everyone(statement: dict[str, Any]) -> bool:
    """An explicit, unconditional deny of everything to everyone outweighs any allow."""
    everything = {"*", "s3:*"} & set(statement.get("actions", ()))
    everyone = "*" in statement.get("principals", ())
    return statement.get("effect") == "deny" and bool(everything) and everyone and not statement.get("when")


def _conditions(statement: dict[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    """Operator, key and values of each condition; ``{key: value}`` without operator means equality."""
    when = statement.get("when")
    for operator, tests in when.items() if isinstance(when, dict) else ():
        pairs = tests.items() if isinstance(tests, dict) else [(operator, tests)]
        for key, value in pairs:
            yield operator, key, [str(v) for v in value] if isinstance(value, list) else [str(value)]


def _narrows(operator: str, key: str, values: list[str]) -> bool:
    """Whether a condition keeps a statement for everyone from being public."""
    if "Not" in operator or operator.endswith("IfExists") or key.lower() not in NARROWING_KEYS:
        return False
    if key.lower() == "aws:sourceip":
        return bool(values) and not any(_is_wide(value) for value in values)
    wild = ("${",) if key.lower() == "s3:dataaccesspointarn" else ("*", "?", "${")
    return bool(values) and not any(mark in value for value in values for mark in wild)


def _is_wide(text: str) -> bool:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return True
    return is_internet([interval(network)], network.version)


def _blocked(element: Element, text: str) -> Exposure:
    return Exposure(element.id, Verdict.BLOCKED, Certainty.CERTAIN, blocked_by=Hop(element.id, text))


def _unknown(element: Element, text: str, missing: str) -> Exposure:
    hops = (Hop(element.id, text),)
    return Exposure(element.id, Verdict.UNKNOWN, Certainty.CERTAIN, hops=hops, missing=(missing,))

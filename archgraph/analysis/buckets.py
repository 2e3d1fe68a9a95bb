"""Whether everyone may use an S3 bucket: Block Public Access, bucket policy, access control list.

Sources, Amazon S3 User Guide: "Blocking public access to your Amazon S3 storage", with the section
'The meaning of "public"'
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html);
"Default settings for new S3 buckets FAQ"
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html): since April 2023 new
buckets block public access and have their access control lists disabled.
"""

from __future__ import annotations

from archgraph.analysis.evidence import Certainty, Exposure, Hop, Verdict
from archgraph.analysis.policies import admitting_everyone, statements
from archgraph.model.model import Absent, Element, Model

PUBLIC_ACLS = frozenset({"public_read", "public_read_write", "authenticated_read"})
"""Access control lists that grant to everyone, or to everyone with any AWS account."""


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
    opening = admitting_everyone(statements(element.get("policy")), exact=True)
    if opening is not None:
        actions = ", ".join(opening["actions"][:3])
        return Hop(element.id, f"the policy of {element.id} allows {actions} to everyone")
    if element.properties.get("acl") in PUBLIC_ACLS:
        return Hop(element.id, f"the access control list of {element.id} is {element.properties['acl']}")
    unknown = [name for name in ("policy", "acl") if element.properties.get(name) is Absent.UNKNOWN]
    return unknown[0] if unknown else None


def _blocked(element: Element, text: str) -> Exposure:
    return Exposure(element.id, Verdict.BLOCKED, Certainty.CERTAIN, blocked_by=Hop(element.id, text))


def _unknown(element: Element, text: str, missing: str) -> Exposure:
    hops = (Hop(element.id, text),)
    return Exposure(element.id, Verdict.UNKNOWN, Certainty.CERTAIN, hops=hops, missing=(missing,))

"""Security groups and network ACLs as rules over addresses and ports.

Sources: Amazon VPC User Guide, "Security group rules"
(https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html), "Network ACL rules"
(https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html), "Compare security groups and
network ACLs" (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-comparison.html).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from archgraph.analysis.internet import EVERYWHERE, VERSIONS, interval
from archgraph.catalog.values import Network, Ports, read_cidr
from archgraph.model.model import Absent, Element, ElementId, Model

EVERY_PORT = Ports("all", 0, 65535)


@dataclass(frozen=True, slots=True)
class Rule:
    """One permission or refusal: for addresses ``start`` to ``end`` (exclusive) and ports."""

    version: int
    start: int
    end: int
    ports: Ports
    allow: bool = True
    text: str = ""
    """How evidence names it: ``0.0.0.0/0`` as a source, ``100`` as an ACL rule's number."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What an author states about one direction of a filter.

    ``rules`` are in the order in which AWS judges them. ``unknown`` names statements whose
    addresses the model does not say: each might admit anyone. ``others`` names the sources that
    are no part of the internet at large (security groups, AWS's own prefix lists).
    """

    rules: tuple[Rule, ...] = ()
    unknown: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def open_filter(text: str) -> Filter:
    """A filter that lets everything pass."""
    return Filter(tuple(Rule(version, *EVERYWHERE[version], EVERY_PORT, text=text) for version in VERSIONS))


def inbound_of_group(model: Model, group: Element) -> Filter:
    """The inbound rules of a security group.

    A group permits only what a rule allows, and a new group has no inbound rule: a group whose
    ``inbound`` is not stated admits nobody. The rules of a group outside the model are unknown.
    """
    stated = group.get("inbound")
    if stated is Absent.UNKNOWN or (not stated and group.external):
        return Filter(unknown=(f"{group.id}.inbound",))
    rules: list[Rule] = []
    unknown: list[str] = []
    others: list[str] = []
    for source, ports in (stated or {}).items():
        if ports is Absent.UNKNOWN:
            unknown.append(f"{group.id}.inbound.{source}")
            continue
        networks = networks_named(model, source)
        if networks is None:
            unknown.append(f"{group.id}.inbound.{source}")
        elif not networks:
            others.append(source)
        for network in networks or ():
            span = interval(network)
            rules.extend(Rule(network.version, *span, item, text=source) for item in _ports(ports))
    return Filter(tuple(rules), tuple(unknown), tuple(others))


def networks_named(model: Model, text: str) -> list[Network] | None:
    """The networks that a CIDR, an element or a prefix list stands for; ``None`` if nobody says.

    Other security groups and AWS-managed prefix lists (``com.amazonaws...``: CloudFront's
    origin-facing servers, S3, DynamoDB ...) stand for members and AWS's own servers, so for no
    part of the internet at large: an empty list. "Available AWS-managed prefix lists",
    https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
    """
    element = model.elements.get(ElementId(text))
    if element is not None:
        if "entries" not in element.type.properties:
            return []
        entries = element.get("entries")
        return None if entries is Absent.UNKNOWN or not entries else list(_entries(entries))
    if text.startswith("com.amazonaws."):
        return []
    try:
        return [read_cidr(text)]
    except ValueError:
        return None


def network_acl(acl: Element, direction: str) -> Filter:
    """The rules of one direction (``inbound``, ``outbound``) of a network ACL, lowest number first.

    A custom network ACL denies what no rule allows, so one without rules denies everything.
    """
    stated = acl.get(direction)
    if stated is Absent.UNKNOWN or (not stated and acl.external):
        return Filter(unknown=(f"{acl.id}.{direction}",))
    rules: list[tuple[int, Rule]] = []
    unknown: list[str] = []
    for entry in stated or ():
        number = entry.get("number", 0) if isinstance(entry, dict) else 0
        peer = entry.get("from" if direction == "inbound" else "to") if isinstance(entry, dict) else None
        effect = next((word for word in ("allow", "deny") if isinstance(entry, dict) and word in entry), None)
        if peer is None or effect is None or isinstance(peer, Absent) or isinstance(entry[effect], Absent):
            unknown.append(f"{acl.id}.{direction}.{number}")
            continue
        rules.extend(
            (number, Rule(peer.version, *interval(peer), ports, effect == "allow", str(number)))
            for ports in _ports(entry[effect])
        )
    rules.sort(key=lambda numbered: numbered[0])
    return Filter(tuple(rule for _, rule in rules), tuple(unknown))


def _ports(value: Any) -> Iterable[Ports]:
    if isinstance(value, Ports):
        return (value,)
    return [item for item in value if isinstance(item, Ports)] if isinstance(value, list) else ()


def _entries(entries: Any) -> Iterator[Network]:
    for entry in entries:
        network = entry.get("cidr") if isinstance(entry, dict) else entry
        if network is not None and hasattr(network, "num_addresses"):
            yield network

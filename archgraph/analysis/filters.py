"""Security groups and network ACLs as rules over addresses and ports.

Sources: Amazon VPC User Guide, "Security group rules"
(https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html), "Network ACL rules"
(https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html), "Compare security groups and
network ACLs" (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-comparison.html).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from archgraph.analysis.internet import EVERYWHERE, VERSIONS, interval
from archgraph.catalog.values import Network, Ports, read_cidr
from archgraph.model.model import Absent, Element, ElementId, Model

EVERY_PORT = Ports("all", 0, 65535)


class Rule(NamedTuple):
    """One permission or refusal: for addresses ``start`` to ``end`` (exclusive) and ports."""

    version: int
    start: int
    end: int
    ports: Ports
    allow: bool = True
    text: str = ""
    """How evidence names it: ``0.0.0.0/0`` as a source, ``100`` as an ACL rule's number."""


class Filter(NamedTuple):
    """What an author states about one direction of a filter.

    ``rules`` are in the order in which AWS judges them. ``unknown`` names statements whose
    addresses the model does not say: each might admit anyone. ``named`` are permissions for peers
    that are no part of the internet at large: members of security groups, and AWS's own servers by
    their prefix lists. ``assumed`` names what the model leaves to a default of AWS.
    """

    rules: tuple[Rule, ...] = ()
    unknown: tuple[str, ...] = ()
    named: tuple[tuple[str, Ports], ...] = ()
    assumed: tuple[str, ...] = ()

    @property
    def others(self) -> tuple[str, ...]:
        """The names of the peers in ``named``, each once."""
        return tuple(dict.fromkeys(name for name, _ in self.named))


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
    return _group_rules(model, group, "inbound", stated or {})


def outbound_of_group(model: Model, group: Element) -> Filter:
    """The outbound rules of a security group.

    A new group allows all outbound traffic, and a group whose ``outbound`` is stated only what it
    says: "Default security group rules", section of "Security group rules",
    https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    """
    stated = group.get("outbound")
    if stated is Absent.UNKNOWN or ("outbound" not in group.properties and group.external):
        return Filter(unknown=(f"{group.id}.outbound",))
    if "outbound" not in group.properties:
        return open_filter("everywhere")._replace(assumed=(f"{group.id}.outbound",))
    return _group_rules(model, group, "outbound", stated or {})


def _group_rules(model: Model, group: Element, direction: str, stated: Mapping[str, Any]) -> Filter:
    rules: list[Rule] = []
    unknown: list[str] = []
    named: list[tuple[str, Ports]] = []
    for peer, ports in stated.items():
        if ports is Absent.UNKNOWN:
            unknown.append(f"{group.id}.{direction}.{peer}")
            continue
        networks = networks_named(model, peer)
        if networks is None:
            unknown.append(f"{group.id}.{direction}.{peer}")
        elif not networks:
            named.extend((peer, item) for item in _ports(ports))
        for network in networks or ():
            span = interval(network)
            rules.extend(Rule(network.version, *span, item, text=peer) for item in _ports(ports))
    return Filter(tuple(rules), tuple(unknown), tuple(named))


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
        if isinstance(network, Network):
            yield network

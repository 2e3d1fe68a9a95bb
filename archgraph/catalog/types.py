"""What a catalogue entry says: types, their properties, and the relationships these become.

A type is one block of ``catalog/data/<service>.yaml``; ``docs/catalogue.md`` explains the format.
Types and properties are values, though not frozen: they are asked at every turn, and slots answer
soonest, while freezing would double what these classes cost at every start.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, NewType

TypeName = NewType("TypeName", str)


class ImpliedFlow(NamedTuple):
    """A reference that carries traffic: the kind of flow, and whether it runs target -> owner."""

    kind: str
    reverse: bool = False


@dataclass(slots=True, eq=False)
class Property:
    """One property of a type, of a relationship, or one item, key or value of another property.

    ``kind`` names how the value is read: a scalar kind of :data:`archgraph.catalog.values.SCALARS`
    (``text``, ``boolean``, ``duration`` ...), or ``reference``, ``part``, ``list``, ``map``,
    ``record``, ``statements``, ``document``.
    """

    name: str
    kind: str
    description: str = ""
    required: bool = False
    default: str | None = None
    """AWS's own default, as an author would write it; read when the author writes ``default``."""
    values: tuple[str, ...] = ()
    """The allowed words of a ``choice``."""
    minimum: str | None = None
    maximum: str | None = None
    """Bounds of a quantity or integer (as written), or the number of items of a list."""
    pattern: str | None = None
    """Regular expression that a text must match as a whole."""
    source: str | None = None
    """The AWS page that states the limit, default or allowed values."""
    adjustable: bool = False
    """True if the bounds are a quota that AWS raises on request: passing it is a warning."""
    items: Property | None = None
    """What a ``list`` holds."""
    keys: Property | None = None
    """How the keys of a ``map`` are read."""
    fields: Mapping[str, Property] = field(default_factory=dict)
    """Fields of a ``record``, or the properties that ``{to: id, ...}`` may set on a reference."""
    targets: tuple[str, ...] = ()
    """Types, categories or ``any`` that a ``reference`` may name; the type of a ``part``."""
    relationship: str | None = None
    """The verb that a ``reference`` becomes."""
    reverse: bool = False
    """True if the relationship runs from the target to the owner."""
    inline: str | None = None
    """The type that a map without ``to`` defines in place."""
    flow: ImpliedFlow | None = None
    literals: str | None = None
    """Scalar kind that a ``reference`` accepts beside ids: ``cidr``, ``principal`` ..."""


@dataclass(slots=True, eq=False)
class ElementType:
    """One AWS concept (or a thing outside AWS) that a model's elements may be."""

    name: TypeName
    service: str
    title: str
    category: str
    description: str
    source: str
    part: bool = False
    """True for what lives in its owner and is addressed ``owner.part``."""
    part_key: str | None = None
    """The property that tells sibling parts apart."""
    places: tuple[str, ...] = ()
    """Types in which an element may stand: Account, Region, Vpc, Subnet, Organization, ... or ``model``."""
    placed_by: str | None = None
    """The property whose subnets place it (``subnet``, ``subnets``, ``subnet_group``)."""
    group: str | None = None
    """How pictures frame what stands inside: ``account``, ``vpc``, ``subnet`` ..."""
    icon: str | None = None
    """Path of the icon below the icon folder, without ``.png``."""
    cloudformation: tuple[str, ...] = ()
    terraform: tuple[str, ...] = ()
    traits: frozenset[str] = frozenset()
    """Words of :data:`TRAITS` by which facts and rules recognise what a type can do."""
    legacy: str | None = None
    """What to use instead, if AWS closed or superseded it."""
    properties: Mapping[str, Property] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    """The names of its own properties without which an element cannot be."""


CATEGORIES: dict[str, str] = {
    "Actor": "people and devices that use the system",
    "External": "systems outside AWS",
    "Data": "data assets and their classification",
    "Place": "organizations, accounts, Regions, zones",
    "Network": "VPCs and what connects them",
    "Edge": "content delivery, DNS and other global entry points",
    "LoadBalancing": "load balancers, listeners and target groups",
    "Compute": "instances, functions, containers",
    "Storage": "object, block and file storage",
    "Database": "relational, key-value and in-memory stores",
    "Messaging": "queues, topics, event buses, streams, workflows",
    "Identity": "users, roles, policies, user pools",
    "Security": "keys, secrets, certificates, firewalls, detection",
    "Observability": "logs, metrics, alarms, traces, audit trails",
    "Governance": "organization policy, configuration recording, resource sharing",
    "Recovery": "backup and restore",
    "Delivery": "pipelines, registries and infrastructure as code",
}
"""The closed list of categories; the second label of every node."""

TRAITS: dict[str, str] = {
    "data-store": "keeps data durably; encryption at rest, backup and classification matter",
    "cache": "keeps data that can be rebuilt",
    "compute": "runs the author's code",
    "internet-entry": "can be addressed from the internet by design (its exposure still depends on settings)",
    "edge-service": "AWS's public edge network; reachable from the internet without a VPC",
    "api-endpoint": "a Regional AWS API endpoint, reached over the internet or a VPC endpoint",
    "vpc-resource": "has network interfaces in subnets; security groups and routing decide who reaches it",
    "gateway": "forwards traffic; never the end of a flow",
    "queue": "stores messages until a consumer takes them",
    "load-balancer": "spreads requests over targets",
    "replicated": "one element stands for several instances when its settings say so",
    "zonal": "lives in one Availability Zone unless its settings spread it",
    "log-store": "keeps log data; retention matters",
    "waf-protectable": "AWS WAF can be attached",
}
"""The closed list of traits, with their meanings."""

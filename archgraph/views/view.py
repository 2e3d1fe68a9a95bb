"""What a picture shows: nodes, groups and edges, chosen and grouped, not yet placed.

A view is a value: :mod:`archgraph.views` makes it from the model, :mod:`archgraph.render` places
it. It holds meaning (this is a zone, this gateway sits on that VPC's border), never coordinates.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class GroupKind(StrEnum):
    """How a frame looks and how what is inside is laid out."""

    CLOUD = "cloud"
    ORGANIZATION = "organization"
    ORGANIZATIONAL_UNIT = "organizational-unit"
    ACCOUNT = "account"
    REGION = "region"
    VPC = "vpc"
    ZONE = "zone"
    PUBLIC_SUBNET = "public-subnet"
    PRIVATE_SUBNET = "private-subnet"
    AUTO_SCALING = "auto-scaling"
    ON_PREMISES = "on-premises"
    GENERIC = "generic"


class Role(StrEnum):
    """Where a node belongs by its meaning, beyond the group that it stands in."""

    PLAIN = "plain"
    ACTOR = "actor"
    """People and clients: outside the cloud, on the side from which traffic comes."""
    EDGE = "edge"
    """Global entry points (DNS, CDN, edge firewalls): between actors and Regions."""
    GATEWAY = "gateway"
    """Sits on the border of its group: internet gateway, VPC endpoint, attachment."""
    SPANNING = "spanning"
    """Serves several subnets (`spans`): shown once, in a strip over all of them."""
    SUPPORT = "support"
    """Nothing flows to it in this view (keys, alarms, trails): kept together, out of the way."""


@dataclass(frozen=True, slots=True)
class Group:
    """A frame. ``row`` orders subnets from the internet (0) inwards; zones are columns."""

    id: str
    kind: GroupKind
    title: str
    subtitle: str = ""
    parent: str | None = None
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """An icon with its label. ``icon`` is the catalogue's path, or ``None`` for a drawn glyph.

    ``category`` (of :data:`archgraph.catalog.types.CATEGORIES`) colours the glyph. ``parent`` is a
    group; a spanning node's parent is the VPC and ``spans`` names the subnets it serves.
    """

    id: str
    title: str
    subtitle: str = ""
    icon: str | None = None
    category: str = "External"
    parent: str | None = None
    role: Role = Role.PLAIN
    spans: tuple[str, ...] = ()
    frame: GroupKind | None = None
    """For a spanning node: the kind of frame around it (an Auto Scaling group's is dashed orange)."""
    count: int = 1
    """How many elements it stands for: more than one where a view is too full to show each."""
    link: str | None = None
    """The id of the view that shows in detail what this node stands for."""


class EdgeStyle(StrEnum):
    """How a line is drawn: what kind of relationship it stands for."""

    REQUEST = "request"
    EVENT = "event"
    STREAM = "stream"
    REPLICATION = "replication"
    NETWORK = "network"
    MANAGEMENT = "management"
    RELATION = "relation"
    """What one thing is for another, with nothing moving: encrypted by, logs to, held in."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A line from one node or group to another. ``steps`` are badges of a scenario (``1``, ``2a``)."""

    id: str
    source: str
    target: str
    label: str = ""
    style: EdgeStyle = EdgeStyle.REQUEST
    steps: tuple[str, ...] = ()


class Direction(StrEnum):
    """Which way flows run on the page."""

    RIGHT = "right"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Hints:
    """What an author asks of the layout, by ids of nodes and groups of the view; empty for no wish.

    ``order`` is from left to right, or from top to bottom where ``direction`` is down. ``rows`` and
    ``columns`` are sets of things that stand beside each other, or one above the other.
    """

    direction: Direction | None = None
    order: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    columns: tuple[tuple[str, ...], ...] = ()


NO_HINTS = Hints()


@dataclass(frozen=True, slots=True)
class View:
    """A picture to be drawn. Order of nodes, groups and edges is the author's, a layout hint."""

    id: str
    title: str
    subtitle: str
    groups: tuple[Group, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    description: str = ""
    """For screen readers: what the picture shows, in a sentence or two."""
    hints: Hints = NO_HINTS

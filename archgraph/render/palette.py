"""Colours and strokes. Group colours are those of AWS's architecture icon set.

Source: AWS Architecture Icons, release deck, section "Groups" (https://aws.amazon.com/architecture/icons/).
"""

from __future__ import annotations

from dataclasses import dataclass

from archgraph.views.view import EdgeStyle, GroupKind

INK = "#232F3E"
GREY = "#5F6B7A"
PAPER = "#FFFFFF"


@dataclass(frozen=True, slots=True)
class FrameLook:
    """How a kind of frame is drawn, and its name in the legend."""

    colour: str
    name: str
    fill: str | None = None
    dash: str | None = None
    badge: str | None = None
    """The glyph in the corner, a key of :data:`archgraph.render.glyphs.BADGES`."""


@dataclass(frozen=True, slots=True)
class LineLook:
    """How a style of line is drawn, and its name in the legend."""

    colour: str
    name: str
    width: float
    dash: str | None = None
    double: bool = False


FRAMES: dict[GroupKind, FrameLook] = {
    GroupKind.CLOUD: FrameLook("#242F3E", "AWS Cloud", badge="cloud"),
    GroupKind.ORGANIZATION: FrameLook("#E7157B", "Organization", badge="organization"),
    GroupKind.ORGANIZATIONAL_UNIT: FrameLook("#7D8998", "Organizational unit", badge="unit"),
    GroupKind.ACCOUNT: FrameLook("#E7157B", "Account", badge="account"),
    GroupKind.REGION: FrameLook("#00A4A6", "Region", dash="6 4", badge="region"),
    GroupKind.VPC: FrameLook("#8C4FFF", "VPC", badge="vpc"),
    GroupKind.ZONE: FrameLook("#00A4A6", "Availability Zone", dash="6 4"),
    GroupKind.PUBLIC_SUBNET: FrameLook("#7AA116", "Public subnet", fill="#F2F6E8", badge="open-lock"),
    GroupKind.PRIVATE_SUBNET: FrameLook("#00A4A6", "Private subnet", fill="#E6F6F7", badge="lock"),
    GroupKind.AUTO_SCALING: FrameLook("#ED7100", "Auto Scaling group", dash="6 4"),
    GroupKind.ON_PREMISES: FrameLook("#7D8998", "On premises", badge="building"),
    GroupKind.GENERIC: FrameLook("#7D8998", "Group", dash="6 4"),
}

LINES: dict[EdgeStyle, LineLook] = {
    EdgeStyle.REQUEST: LineLook("#414D5C", "Request", 1.5),
    EdgeStyle.EVENT: LineLook("#414D5C", "Event", 1.5, dash="7 4"),
    EdgeStyle.STREAM: LineLook("#414D5C", "Stream", 3.6, double=True),
    EdgeStyle.REPLICATION: LineLook("#414D5C", "Replication", 1.6, dash="1.6 3.4"),
    EdgeStyle.NETWORK: LineLook("#879596", "Network", 1.2),
    EdgeStyle.MANAGEMENT: LineLook("#879596", "Management", 1.2, dash="4 3"),
    EdgeStyle.RELATION: LineLook("#879596", "Relation", 1.0),
}

CATEGORIES: dict[str, str] = {
    "Actor": "#232F3E",
    "External": "#5F6B7A",
    "Data": "#5F6B7A",
    "Place": "#5F6B7A",
    "Network": "#8C4FFF",
    "Edge": "#8C4FFF",
    "LoadBalancing": "#8C4FFF",
    "Compute": "#ED7100",
    "Storage": "#7AA116",
    "Database": "#C925D1",
    "Messaging": "#E7157B",
    "Identity": "#DD344C",
    "Security": "#DD344C",
    "Observability": "#E7157B",
    "Governance": "#E7157B",
    "Recovery": "#7AA116",
    "Delivery": "#C925D1",
}


def category_colour(category: str) -> str:
    """The colour of a category's glyphs; grey for one that a user added."""
    return CATEGORIES.get(category, "#5F6B7A")

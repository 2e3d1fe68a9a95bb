"""From what a picture chooses to a view: frames around the elements, icons for them, and the lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from archgraph.analysis.facts import Facts
from archgraph.model.model import Element, ElementId, Model
from archgraph.views.frames import Frames
from archgraph.views.view import NO_HINTS, Edge, GroupKind, Hints, Node, Role, View
from archgraph.views.vocabulary import detail, short_name

_FRAMED = frozenset({"organization", "organizational-unit", "account", "vpc", "subnet", "on-premises"})


@dataclass(frozen=True, slots=True)
class Extra:
    """An icon that stands for no element of the model: the internet, a copy in a Region without a name."""

    node: Node
    account: ElementId | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What a picture shows, chosen but not yet grouped.

    ``title`` stands after the model's name; ``says`` is a sentence of what the picture shows, and
    stands under the title unless ``subtitle`` does. Places among the ``elements`` become frames, but
    those in ``as_icons``. ``details`` replace what usually stands under an icon's name.
    """

    id: str
    title: str
    says: str
    elements: Iterable[Element]
    edges: Iterable[Edge]
    extras: Iterable[Extra] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    as_icons: frozenset[ElementId] = frozenset()
    subtitle: str | None = None
    hints: Hints = NO_HINTS


def compose(model: Model, facts: Facts, choice: Choice) -> View:
    """The view of a choice, its description not yet told in full; lines without an end are left out.

    ``link`` of a node is not yet a view, but the place whose view shows it in detail.
    """
    frames = Frames(model, facts)
    nodes = [_extra(extra, frames) for extra in choice.extras]
    for element in choice.elements:
        if is_frame(element) and element.id not in choice.as_icons:
            frames.of(element)
        else:
            node = _node(element, frames, choice.details.get(element.id))
            nodes.append(replace(node, link=element.id) if element.id in choice.as_icons else node)
    lines = tuple(choice.edges)
    ids = {node.id for node in nodes}
    for edge in lines:
        for end in (edge.source, edge.target):
            if end not in ids and end in model.elements and is_frame(model.elements[ElementId(end)]):
                frames.of(model.elements[ElementId(end)])
    known = ids | frames.groups.keys()
    lines = tuple(edge for edge in lines if edge.source in known and edge.target in known)
    return View(
        id=choice.id,
        title=f"{model.name}: {choice.title}",
        subtitle=choice.says if choice.subtitle is None else choice.subtitle,
        groups=frames.ordered(),
        nodes=tuple(_told_apart(nodes, model)),
        edges=lines,
        description=choice.says,
        hints=choice.hints,
    )


def is_frame(element: Element) -> bool:
    """Whether pictures draw an element as a frame around others: accounts, VPCs, subnets ..."""
    return element.type.group in _FRAMED


def _extra(extra: Extra, frames: Frames) -> Node:
    if extra.region is not None:
        return replace(extra.node, parent=frames.region(extra.account, extra.region))
    if extra.account is not None:
        return replace(extra.node, parent=frames.of(frames.model.elements[extra.account]))
    return extra.node


def _node(element: Element, frames: Frames, said: str | None) -> Node:
    role, spans, frame = _role(element)
    elements = frames.model.elements
    if role is Role.SPANNING and element.vpc:
        parent: str | None = frames.of(elements[element.vpc])
        for subnet in element.subnets:
            frames.of(elements[subnet])
    elif role is Role.GATEWAY and element.vpc:
        parent = frames.of(elements[element.vpc])
    elif role is Role.EDGE and element.account:
        parent = frames.of(elements[element.account])
    else:
        parent = frames.around(element)
    return Node(
        id=element.id,
        title=short_name(element),
        subtitle=detail(element) if said is None else said,
        icon=element.type.icon,
        category=element.type.category,
        parent=parent,
        role=role,
        spans=spans,
        frame=frame,
    )


def _role(element: Element) -> tuple[Role, tuple[str, ...], GroupKind | None]:
    kind = element.type
    if kind.category == "Actor" and element.parent is None:
        return Role.ACTOR, (), None
    if kind.category == "Edge" or (kind.name == "WafWebAcl" and element.properties.get("scope") == "cloudfront"):
        return Role.EDGE, (), None
    if len(element.zones) > 1 and element.vpc and kind.name != "TransitGatewayAttachment":
        frame = GroupKind.AUTO_SCALING if kind.name == "AutoScalingGroup" else None
        return Role.SPANNING, tuple(element.subnets), frame
    at_border = "gateway" in kind.traits or kind.name in ("VpcEndpoint", "TransitGatewayAttachment")
    if at_border and element.vpc and not (element.subnets and kind.name == "NatGateway"):
        return Role.GATEWAY, (), None
    return Role.PLAIN, (), None


def _told_apart(nodes: list[Node], model: Model) -> list[Node]:
    """Icons of one name in one frame show their namespace too: ``orders.queue``, ``stock.queue``."""
    count = Counter((node.parent, node.title) for node in nodes)
    return [
        replace(node, title=node.id)
        if count[node.parent, node.title] > 1
        and node.id in model.elements
        and model.elements[ElementId(node.id)].title is None
        else node
        for node in nodes
    ]

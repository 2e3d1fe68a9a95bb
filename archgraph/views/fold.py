"""Folding: what stands in a place, or many things of one type, shown as one icon with a count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from archgraph.catalog.types import ElementType
from archgraph.model.model import ElementId, Model
from archgraph.views.view import Edge, EdgeStyle, Group, GroupKind, Node, View
from archgraph.views.vocabulary import listed, plural, service_name

SUBNETS = frozenset({GroupKind.PUBLIC_SUBNET, GroupKind.PRIVATE_SUBNET})
"""Frames that stay when they are folded, with one icon inside: they are cells of the network's grid."""

_ICONS: Mapping[GroupKind, tuple[str | None, str]] = {
    GroupKind.ORGANIZATION: ("aws/management/organizations", "Governance"),
    GroupKind.ORGANIZATIONAL_UNIT: ("aws/management/organizations-organizational-unit", "Governance"),
    GroupKind.ACCOUNT: ("aws/management/organizations-account", "Governance"),
    GroupKind.VPC: ("aws/network/vpc", "Network"),
    GroupKind.PUBLIC_SUBNET: ("aws/network/public-subnet", "Network"),
    GroupKind.PRIVATE_SUBNET: ("aws/network/private-subnet", "Network"),
    GroupKind.ON_PREMISES: ("aws/general/traditional-server", "External"),
}
_WORDS: Mapping[EdgeStyle, tuple[str, str]] = {
    EdgeStyle.REQUEST: ("request", "requests"),
    EdgeStyle.EVENT: ("event", "events"),
    EdgeStyle.STREAM: ("stream", "streams"),
    EdgeStyle.REPLICATION: ("replication", "replications"),
    EdgeStyle.NETWORK: ("link", "links"),
    EdgeStyle.MANAGEMENT: ("management call", "management calls"),
    EdgeStyle.RELATION: ("relation", "relations"),
}
_HELPING = frozenset({"Observability", "Security", "Identity", "Governance", "Recovery", "Delivery"})
"""Categories of what helps a system to work well, and is not the first to be named."""

_LISTED = 8
"""How many of things of one type are listed by name."""

_NAMED = 3
"""How many services a folded place names before it counts the others together."""


def fullness(view: View) -> int:
    """How many things there are on the page: icons, and frames with nothing in them."""
    return len(view.nodes) + len(empty_frames(view))


def empty_frames(view: View) -> list[Group]:
    """The frames in which nothing stands: no icon, no frame, no part of an icon that spans several."""
    used = {node.parent for node in view.nodes} | {group.parent for group in view.groups}
    used |= {name for node in view.nodes for name in node.spans}
    return [group for group in view.groups if group.id not in used]


def folded(view: View, model: Model, places: Collection[str], alike: Iterable[Sequence[str]] = ()) -> View:
    """The view with every place of ``places``, and every set of nodes of ``alike``, as one icon.

    A place inside a folded one goes with it. Lines between two icons become one, with their number
    and kinds. ``alike`` holds ids of nodes of one type in one place; those in a folded place are
    left to it.
    """
    homes = _homes(view.groups, places)
    stand_ins: dict[str, str] = {}
    members: dict[str, list[Node]] = {}
    frames: dict[str, list[Group]] = {}
    for node in view.nodes:
        home = homes.get(node.parent or "")
        if home is not None:
            stand_ins[node.id] = home
            members.setdefault(home, []).append(node)
    nodes = {node.id: node for node in view.nodes}
    for ids in alike:
        if not any(name in stand_ins for name in ids):
            home = f"{ids[0]}/alike"
            stand_ins.update(dict.fromkeys(ids, home))
            members[home] = [nodes[name] for name in ids]
    for frame in empty_frames(view):
        home = homes.get(frame.id)
        if home is not None and home not in members:
            frames.setdefault(home, []).append(frame)
    if not members and not frames:
        return view
    groups = {group.id: group for group in view.groups}
    icons = {
        home: _place_icon(groups[home], inside, model) if home in groups else _type_icon(home, inside, model)
        for home, inside in members.items()
    }
    icons |= {home: _frames_icon(groups[home], inside) for home, inside in frames.items() if home != inside[0].id}
    kept = tuple(group for group in view.groups if _stays(group, homes))
    return replace(
        view,
        groups=kept,
        nodes=(*_with_icons(view.nodes, stand_ins, icons), *(icons[home] for home in frames if home in icons)),
        edges=tuple(_joined(view.edges, {**_ends(view.groups, homes, icons), **_ids(stand_ins, icons)})),
    )


def _homes(groups: Sequence[Group], places: Collection[str]) -> dict[str, str]:
    """For each group that is folded or inside one that is: the outermost folded group around it."""
    homes: dict[str, str] = {}
    for group in groups:  # outer ones first
        around = homes.get(group.parent or "")
        if around is not None:
            homes[group.id] = around
        elif group.id in places:
            homes[group.id] = group.id
    return homes


def _stays(group: Group, homes: Mapping[str, str]) -> bool:
    home = homes.get(group.id)
    return home is None or (home == group.id and group.kind in SUBNETS)


def _place_icon(group: Group, inside: Sequence[Node], model: Model) -> Node:
    icon, category = _ICONS.get(group.kind, (None, "Place"))
    within = group.kind in SUBNETS
    count = sum(node.count for node in inside)
    return Node(
        id=f"{group.id}/all" if within else group.id,
        title=f"{count} elements" if within else group.title,
        subtitle=_services(inside, model) if within else f"{count} elements: {_services(inside, model)}",
        icon=icon,
        category=category,
        parent=group.id if within else group.parent,
        count=count,
        link=group.id,
    )


def _frames_icon(group: Group, inside: Sequence[Group]) -> Node:
    """The icon of a place in which nothing stands but frames."""
    icon, category = _ICONS.get(group.kind, (None, "Place"))
    what = "subnets" if all(frame.kind in SUBNETS for frame in inside) else "places"
    return Node(
        id=group.id,
        title=group.title,
        subtitle=f"{len(inside)} {what}, empty",
        icon=icon,
        category=category,
        parent=group.parent,
        count=len(inside),
        link=group.id,
    )


def _services(inside: Sequence[Node], model: Model) -> str:
    found = [ElementId(node.id) for node in inside if node.count == 1 and node.id in model.elements]
    return services(model.elements[name].type for name in found)


def services(kinds: Iterable[ElementType]) -> str:
    """``8 EC2, 6 RDS, 9 others``: how many of which services; most frequent first, what only helps last."""
    counts: Counter[tuple[bool, str]] = Counter((kind.category in _HELPING, service_name(kind)) for kind in kinds)
    ordered = sorted(counts.items(), key=lambda entry: (entry[0][0], -entry[1]))
    if len(ordered) == _NAMED + 1:
        return ", ".join(f"{number} {name}" for (_, name), number in ordered)
    others = sum(number for _, number in ordered[_NAMED:])
    shown = [f"{number} {name}" for (_, name), number in ordered[:_NAMED]]
    return ", ".join([*shown, f"{others} others"] if others else shown)


def _type_icon(home: str, inside: Sequence[Node], model: Model) -> Node:
    kind = model.elements[ElementId(inside[0].id)].type
    return replace(
        inside[0],
        id=home,
        title=f"{len(inside)} {plural(kind.title)}",
        subtitle=listed((node.title for node in inside), _LISTED),
        count=sum(node.count for node in inside),
        link=inside[0].parent,
    )


def _with_icons(nodes: Iterable[Node], stand_ins: Mapping[str, str], icons: Mapping[str, Node]) -> Iterable[Node]:
    """The nodes, each folded set where its first member was."""
    done: set[str] = set()
    for node in nodes:
        home = stand_ins.get(node.id)
        if home is None:
            yield node
        elif home not in done:
            done.add(home)
            yield icons[home]


def _ids(stand_ins: Mapping[str, str], icons: Mapping[str, Node]) -> dict[str, str]:
    return {name: icons[home].id for name, home in stand_ins.items()}


def _ends(groups: Sequence[Group], homes: Mapping[str, str], icons: Mapping[str, Node]) -> dict[str, str]:
    """Where lines to groups end: at the icon of what the group was folded into, unless its frame stays."""
    return {
        group.id: icons[homes[group.id]].id
        for group in groups
        if group.id in homes and homes[group.id] in icons and not _stays(group, homes)
    }


def _joined(edges: Iterable[Edge], ends: Mapping[str, str]) -> Iterable[Edge]:
    """The lines between what is now shown; those that begin or end at an icon that stands for many are counted."""
    plain: list[Edge] = []
    bundles: dict[tuple[str, str], list[Edge]] = {}
    for edge in edges:
        source, target = ends.get(edge.source, edge.source), ends.get(edge.target, edge.target)
        if source == target:
            continue
        if source == edge.source and target == edge.target:
            plain.append(edge)
        else:
            bundles.setdefault((source, target), []).append(edge)
    return [*plain, *(_bundle(source, target, parts) for (source, target), parts in bundles.items())]


def _bundle(source: str, target: str, parts: Sequence[Edge]) -> Edge:
    counts = Counter(edge.style for edge in parts)
    style = max(counts, key=lambda style: counts[style])
    steps = tuple(dict.fromkeys(step for edge in parts for step in edge.steps))
    label = parts[0].label if len(parts) == 1 else _counted(counts)
    return Edge(f"{source} -> {target}", source, target, label, style, steps)


def _counted(counts: Mapping[EdgeStyle, int]) -> str:
    return ", ".join(f"{number} {_WORDS[style][number > 1]}" for style, number in counts.items())

"""The frames of a picture: cloud, organization, accounts, Regions, VPCs, zones and subnets."""

from __future__ import annotations

from collections.abc import Iterable

from archgraph.analysis.facts import Facts
from archgraph.analysis.routing import RoutingKind
from archgraph.model.model import Element, ElementId, Model
from archgraph.views.view import Group, GroupKind
from archgraph.views.vocabulary import short_name

CLOUD = "aws:cloud"
_KINDS: dict[str, GroupKind] = {
    "organization": GroupKind.ORGANIZATION,
    "organizational-unit": GroupKind.ORGANIZATIONAL_UNIT,
    "account": GroupKind.ACCOUNT,
    "vpc": GroupKind.VPC,
    "on-premises": GroupKind.ON_PREMISES,
    "generic": GroupKind.GENERIC,
}
_RANK = {RoutingKind.PUBLIC: 0, RoutingKind.PRIVATE: 1, RoutingKind.UNKNOWN: 2, RoutingKind.ISOLATED: 3}


class Frames:
    """Makes the frame around an element, and all frames around that one, when first asked for."""

    def __init__(self, model: Model, facts: Facts) -> None:
        self.model = model
        self.facts = facts
        self.groups: dict[str, Group] = {}
        self._rows: dict[ElementId, dict[ElementId, int]] = {}

    def ordered(self) -> tuple[Group, ...]:
        """All frames made, outer ones first, in the author's order."""
        position = {name: index for index, name in enumerate(self.model.elements)}
        depth: dict[str, int] = {}
        for group in self.groups.values():
            depth[group.id] = self._depth(group)
        return tuple(sorted(self.groups.values(), key=lambda g: (depth[g.id], position.get(ElementId(g.id), -1), g.id)))

    def around(self, element: Element) -> str | None:
        """The id of the innermost frame that an element stands in, or ``None`` for outside everything."""
        if element.subnets and element.type.name != "Subnet":
            if len(element.subnets) == 1:
                return self.of(self.model.elements[element.subnets[0]])
            if len(element.zones) == 1 and element.vpc:
                return self._zone(element.vpc, element.zones[0])
        if element.vpc and element.parent != element.vpc and not element.subnets and element.type.name != "Vpc":
            return self.of(self.model.elements[element.vpc])
        return self._place(element)

    def of(self, element: Element) -> str:
        """The id of the frame that an element is: an account, a VPC, a subnet ..."""
        if element.id not in self.groups:
            parent = self._subnet_parent(element) if element.type.name == "Subnet" else self._place(element)
            self.groups[element.id] = self._group(element, parent)
        return element.id

    def region(self, account: ElementId | None, region: str) -> str:
        """The id of a Region's frame within an account."""
        group_id = f"{account or 'aws'}/{region}"
        if group_id not in self.groups:
            parent = self.of(self.model.elements[account]) if account else self.cloud()
            self.groups[group_id] = Group(group_id, GroupKind.REGION, region, "Region", parent)
        return group_id

    def cloud(self) -> str:
        """The id of the outermost AWS frame."""
        if CLOUD not in self.groups:
            self.groups[CLOUD] = Group(CLOUD, GroupKind.CLOUD, "AWS Cloud")
        return CLOUD

    def _place(self, element: Element) -> str | None:
        parent = self.model.elements.get(element.parent) if element.parent else None
        if parent is not None and parent.type.group and parent.type.name != "Account":
            return self.of(parent)
        if element.account is not None and element.account != element.id:
            if element.region:
                return self.region(element.account, element.region)
            return self.of(self.model.elements[element.account])
        if parent is not None and parent.type.group:
            return self.of(parent)
        if parent is not None:
            return self._place(parent)
        inside = element.type.group in ("organization", "organizational-unit", "account", "vpc")
        return self.cloud() if inside else None

    def _subnet_parent(self, subnet: Element) -> str | None:
        if subnet.vpc and subnet.zones:
            return self._zone(subnet.vpc, subnet.zones[0])
        return self._place(subnet)

    def _zone(self, vpc: ElementId, zone: str) -> str:
        group_id = f"{vpc}/{zone}"
        if group_id not in self.groups:
            parent = self.of(self.model.elements[vpc])
            self.groups[group_id] = Group(group_id, GroupKind.ZONE, zone, "Availability Zone", parent)
        return group_id

    def _group(self, element: Element, parent: str | None) -> Group:
        title = short_name(element)
        subtitle = _subtitle(element)
        if element.type.name == "Subnet":
            routing = self.facts.subnets.get(element.id)
            public = routing is not None and routing.kind is RoutingKind.PUBLIC
            kind = GroupKind.PUBLIC_SUBNET if public else GroupKind.PRIVATE_SUBNET
            return Group(element.id, kind, title, subtitle, parent, self._row(element))
        return Group(element.id, _KINDS.get(element.type.group or "", GroupKind.GENERIC), title, subtitle, parent)

    def _row(self, subnet: Element) -> int | None:
        if subnet.vpc is None:
            return None
        if subnet.vpc not in self._rows:
            self._rows[subnet.vpc] = _rows(self.model, self.facts, self.model.elements[subnet.vpc])
        return self._rows[subnet.vpc].get(subnet.id)

    def _depth(self, group: Group) -> int:
        depth = 0
        while group.parent is not None:
            group = self.groups[group.parent]
            depth += 1
        return depth


def _rows(model: Model, facts: Facts, vpc: Element) -> dict[ElementId, int]:
    """Rows of a VPC's subnets: by how the internet reaches them, then by the author's order in the zone."""
    tiers: dict[ElementId, tuple[int, int]] = {}
    for subnets in _by_zone(model, vpc).values():
        count: dict[int, int] = {}
        for subnet in subnets:
            routing = facts.subnets.get(subnet.id)
            rank = _RANK[routing.kind] if routing else _RANK[RoutingKind.UNKNOWN]
            tiers[subnet.id] = (rank, count.get(rank, 0))
            count[rank] = count.get(rank, 0) + 1
    order = {tier: row for row, tier in enumerate(sorted(set(tiers.values())))}
    return {subnet: order[tier] for subnet, tier in tiers.items()}


def _by_zone(model: Model, vpc: Element) -> dict[str, list[Element]]:
    zones: dict[str, list[Element]] = {}
    for element in model.inside(vpc.id):
        if element.type.name == "Subnet":
            zones.setdefault(element.zones[0] if element.zones else "", []).append(element)
    return zones


def _subtitle(element: Element) -> str:
    values: Iterable[object] = (element.properties.get(name) for name in ("cidr", "account_id", "domain"))
    return next((str(value) for value in values if value), "")

"""Paths from the internet through a subnet: gateway, route, network ACL, security groups, replies.

Each path is judged once per subnet, set of security groups and IP version, however many elements
share it. What the model does not say is judged twice, as if it let nobody in and as if it let
everybody in: only if these differ does the answer hang on it.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

from archgraph.analysis.evidence import Certainty, Hop, Verdict
from archgraph.analysis.filters import Filter
from archgraph.analysis.internet import PUBLIC, Interval, is_internet, overlap, union
from archgraph.analysis.network_filters import CLOSED, OPEN, NetworkFilters, joined
from archgraph.analysis.passage import open_ports
from archgraph.analysis.routing import RoutingKind, SubnetRouting
from archgraph.catalog.values import Ports
from archgraph.model.model import Element, ElementId, Model


class Way(NamedTuple):
    """The judgement of one path: the ports that it opens, the hops that it passes, what blocks it."""

    verdict: Verdict
    ports: tuple[Ports, ...] = ()
    hops: tuple[Hop, ...] = ()
    blocked_by: Hop | None = None
    missing: tuple[str, ...] = ()
    certainty: Certainty = Certainty.CERTAIN


class _Filters(NamedTuple):
    """The four things that stand between the internet and an interface in a subnet."""

    routed: Sequence[Interval]
    entry: Filter
    group: Filter
    reply: Filter

    def ports(self, version: int) -> tuple[Ports, ...]:
        return open_ports(version, self.routed, self.entry, self.group, self.reply)


class NetworkPaths:
    """The paths of one model."""

    def __init__(self, model: Model, routing: dict[ElementId, SubnetRouting], filters: NetworkFilters) -> None:
        self._model = model
        self._routing = routing
        self._paths: dict[tuple[ElementId, tuple[str, ...] | None, int], Way] = {}
        self._filters = filters
        self._admitted: dict[tuple[ElementId, int], bool] = {}
        self._sorts: dict[tuple[ElementId, ...], list[ElementId]] = {}

    def sorts(self, subnets: tuple[ElementId, ...]) -> list[ElementId]:
        """One subnet of each sort, the first: what the internet reaches in it, it reaches in its likes."""
        found = self._sorts.get(subnets)
        if found is None:
            sorts: dict[Hashable, ElementId] = {}
            for subnet in subnets:
                sorts.setdefault(self._likeness(subnet), subnet)
            found = self._sorts[subnets] = list(sorts.values())
        return found

    def _likeness(self, subnet: ElementId) -> Hashable:
        """What tells a subnet from others, apart from names; the subnet itself if that is not clear."""
        element, routing = self._model.elements[subnet], self._routing[subnet]
        entry, reply, acl_hop, _ = self._filters.acl(subnet)
        if routing.missing or "ipv6_cidr" in element.properties:
            return subnet
        return (
            element.vpc,
            element.properties.get("ipv6_only"),
            element.properties.get("auto_assign_public_ip"),
            None if entry is OPEN and reply is OPEN else acl_hop.element,
            routing.kind,
            routing.to_internet.get(4),
            routing.inspected,
            len(routing.evidence),
        )

    def path(self, subnet: ElementId, groups: tuple[str, ...] | None, version: int) -> Way:
        """The path to interfaces in a subnet behind all of the groups.

        ``groups`` are ids of security groups, or names of groups that the model does not know;
        none means the default group of the VPC, ``None`` that nothing filters.
        """
        if groups == ():
            stated = self._filters.default_group(self._model.elements[subnet].vpc)
            groups = (stated,) if stated is not None else ()
        key = (subnet, groups, version)
        found = self._paths.get(key)
        if found is None:
            found = self._paths[key] = self._judge(subnet, groups, version)
        return found

    def _judge(self, subnet: ElementId, groups: tuple[str, ...] | None, version: int) -> Way:
        routing = self._routing[subnet]
        known_route = routing.kind is not RoutingKind.UNKNOWN
        routed: Sequence[Interval] = routing.to_internet.get(version, ()) if known_route else PUBLIC[version]
        if not (routed and is_internet(routed, version)):
            return Way(Verdict.BLOCKED, hops=routing.evidence, blocked_by=_no_route(routing, version, bool(routed)))
        entry, reply, acl_hop, reply_hop = self._filters.acl(subnet)
        by_group = {group: self._filters.inbound(group) for group in groups or ()}
        group = OPEN if groups is None else joined(by_group.values())
        stated = _Filters(
            routed if known_route else (),
            CLOSED if entry.unknown else entry,
            group,
            CLOSED if reply.unknown else reply,
        )

        def hops() -> tuple[Hop, ...]:
            unfiltered = [Hop(subnet, "no security group filters it")]
            admitting = unfiltered if groups is None else _admitting(by_group, version)
            return (*routing.evidence, acl_hop, *admitting, reply_hop)

        if ports := stated.ports(version):
            certainty = Certainty.POSSIBLE if routing.inspected else Certainty.CERTAIN
            return Way(Verdict.EXPOSED, ports, hops(), certainty=certainty)
        hopeful = _Filters(
            routed,
            OPEN if entry.unknown else entry,
            OPEN if group.unknown else group,
            OPEN if reply.unknown else reply,
        )
        missing = (*(() if known_route else routing.missing), *entry.unknown, *group.unknown, *reply.unknown)
        if missing and (ports := hopeful.ports(version)):
            return Way(Verdict.UNKNOWN, ports, hops(), missing=tuple(dict.fromkeys(missing)))
        return self._blocked(hopeful, version, subnet, by_group, (routing.evidence, acl_hop, reply_hop))

    def _blocked(
        self,
        filters: _Filters,
        version: int,
        subnet: ElementId,
        groups: Mapping[str, Filter],
        evidence: tuple[tuple[Hop, ...], Hop, Hop],
    ) -> Way:
        """The first thing on a packet's way that lets nothing through."""
        route_hops, acl_hop, reply_hop = evidence
        if not self._acl_admits(subnet, filters, version):
            text = f"{acl_hop.element} admits nothing from the internet into {subnet}"
            return Way(Verdict.BLOCKED, hops=route_hops, blocked_by=Hop(acl_hop.element, text))
        if not filters._replace(reply=OPEN).ports(version):
            if not groups:
                stop, certainty = _default_group(self._model.elements[subnet]), Certainty.POSSIBLE
            else:
                stop, certainty = _refusing(groups, acl_hop, version), Certainty.CERTAIN
            return Way(Verdict.BLOCKED, hops=(*route_hops, acl_hop), blocked_by=stop, certainty=certainty)
        text = f"{reply_hop.element} lets no replies to clients' ports 1024-65535 out of {subnet}"
        hops = (*route_hops, acl_hop, *_admitting(groups, version))
        return Way(Verdict.BLOCKED, hops=hops, blocked_by=Hop(reply_hop.element, text))

    def _acl_admits(self, subnet: ElementId, filters: _Filters, version: int) -> bool:
        """Whether anything comes in at all, which is the same for all security groups."""
        key = (subnet, version)
        if key not in self._admitted:
            self._admitted[key] = bool(filters._replace(group=OPEN, reply=OPEN).ports(version))
        return self._admitted[key]


def _no_route(routing: SubnetRouting, version: int, some: bool) -> Hop:
    subnet = routing.subnet
    if some:
        return Hop(subnet, f"{routing.route_table} sends only a few named networks to an internet gateway")
    if routing.kind is RoutingKind.PUBLIC:
        return Hop(subnet, f"{routing.route_table} sends no IPv{version} addresses to an internet gateway")
    return Hop(subnet, f"{subnet} is {routing.kind}: no route leads to an internet gateway of its VPC")


def _default_group(subnet: Element) -> Hop:
    """An interface without a stated security group gets the default group of its VPC, which admits
    only its own members until someone changes it. "Default security groups for your VPCs",
    https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
    """
    text = f"without a stated security group it gets the default group of {subnet.vpc}, which admits only its members"
    return Hop(subnet.vpc or subnet.id, text)


def _admitting(groups: Mapping[str, Filter], version: int) -> list[Hop]:
    """What security groups allow from public addresses."""
    return [
        Hop(group, f"{group} allows {rule.ports} from {rule.text}")
        for group, one in groups.items()
        for rule in one.rules
        if rule.version == version and overlap([(rule.start, rule.end)], PUBLIC[version])
    ][:_SHOWN]


def _refusing(groups: Mapping[str, Filter], acl_hop: Hop, version: int) -> Hop:
    """Why no security group lets the internet in."""
    texts = []
    for group, one in groups.items():
        rules = [rule for rule in one.rules if rule.version == version]
        sources = list(dict.fromkeys((*one.others, *(rule.text for rule in rules))))
        if not sources:
            texts.append(f"{group} admits nobody")
        elif is_internet(union((rule.start, rule.end) for rule in rules), version):
            texts.append(f"{group} allows no port that {acl_hop.element} admits")
        else:
            more = " and others" if len(sources) > _SHOWN else ""
            texts.append(f"{group} admits only {', '.join(sources[:_SHOWN])}{more}")
    return Hop(next(iter(groups)), "; ".join(texts[:_SHOWN]))


_SHOWN = 5
"""The most rules or sources that one piece of evidence names."""

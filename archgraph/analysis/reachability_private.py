"""Conversations between private addresses, and between IPv6 addresses that routes lead to.

Sources: Amazon VPC Peering Guide, "Update your security groups to reference peer security groups"
(https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html): in one Region only;
AWS Transit Gateway, "Security group referencing"
(https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html): inbound rules, if it is turned on;
Amazon VPC User Guide, "Middlebox routing"
(https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from archgraph.analysis.evidence import Hop
from archgraph.analysis.internet import Interval, interval, union
from archgraph.analysis.reachability_ends import End
from archgraph.analysis.reachability_judge import NOBODY, Judge, Talk, unstated
from archgraph.analysis.reachability_routes import Router
from archgraph.analysis.reachability_trips import Arrival, Gate, Joint, Trip
from archgraph.analysis.reachability_ways import Way, blocked_way, either, every
from archgraph.analysis.route_tables import vpc_networks
from archgraph.model.model import ElementId, Model


class _Near(NamedTuple):
    """Two sets of subnets of one VPC with nothing but the local route between them, each under one network ACL."""

    source: tuple[Interval, ...]
    destination: tuple[Interval, ...]
    forward: tuple[Gate, ...]
    back: tuple[Gate, ...]
    hops: tuple[Hop, ...]
    meet: tuple[ElementId, ...]
    """The subnets in both sets, unless no network ACL is in the way."""
    harmless: bool
    """The network ACLs let everything pass."""


class PrivateWays:
    """The private conversations of one model; each is judged once per pair of subnets and sets of groups."""

    def __init__(self, model: Model, router: Router, judge: Judge) -> None:
        self._model = model
        self._router = router
        self._judge = judge
        self._known: dict[tuple[object, ...], Way] = {}
        self._local: dict[tuple[ElementId, int], bool] = {}
        self._pairs: dict[tuple[tuple[ElementId, ...], tuple[ElementId, ...], int], _Near | None] = {}

    def way(self, source: End, target: End) -> Way:
        """Between private addresses, or IPv6 addresses that routes lead to."""
        source, target = self._judge.with_groups(source), self._judge.with_groups(target)
        way = self._by_version(source, target, anyone=False)
        if not way.sure and "NetworkLoadBalancer" in self._type_of(source):
            # With client IP preservation, targets see the clients' addresses instead of the balancer's:
            # https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html
            seen = self._by_version(source, target, anyone=True)
            way = either([way, seen._replace(certain=seen.certain and not seen.sure)])
        return way

    def _type_of(self, end: End) -> str:
        element = self._model.elements.get(ElementId(end.id))
        return str(element.type.name) if element is not None else ""

    def _by_version(self, source: End, target: End, *, anyone: bool) -> Way:
        key = (_sort(source), _sort(target), anyone)
        found = self._known.get(key)
        if found is None:
            ways = [self._all_pairs(source, target, 4, anyone)]
            if not ways[0].sure and self._has_six(source) and self._has_six(target):
                ways.append(self._all_pairs(source, target, 6, anyone))
            found = self._known[key] = either(ways)
        return found

    def _has_six(self, end: End) -> bool:
        if end.network is not None:
            return any(network.version == 6 for network in self._router.hybrid.networks_of(end.network))
        return any("ipv6_cidr" in self._model.elements[id_].properties for id_ in end.subnets)

    def _all_pairs(self, source: End, target: End, version: int, anyone: bool) -> Way:
        near = self._in_one_vpc(source, target, version, anyone)
        if near is not None:
            return near
        starts = source.subnets or (source.network,)
        places = target.subnets or (target.network,)
        ways = [
            self._between(source, target, start, place, version, anyone)
            for start in starts
            for place in places
            if start is not None and place is not None
        ]
        return every(ways)

    def _in_one_vpc(self, source: End, target: End, version: int, anyone: bool) -> Way | None:
        """All pairs of subnets at once, if nothing but the local route lies between them and the subnets of
        each end have one network ACL; ``None`` if they have to be told apart.
        """
        if len(source.subnets) == 1 == len(target.subnets):
            return None
        near = self._near(source.subnets, target.subnets, version)
        if near is None:
            return None
        across = self._judge.judged(_local_talk(source, target, near, version, anyone), source, target)
        if not near.meet or (near.harmless and across.certain):
            return across
        # Inside one subnet no network ACL is asked.
        spans = self._spans_of(near.meet, version)
        inside = near._replace(source=spans, destination=spans, forward=(), back=())
        within = self._judge.judged(_local_talk(source, target, inside, version, anyone), source, target)
        alike = within.certain and across.certain and within.sure == across.sure
        return across if alike else None

    def _near(self, mine: tuple[ElementId, ...], theirs: tuple[ElementId, ...], version: int) -> _Near | None:
        key = (mine, theirs, version)
        if key not in self._pairs:
            self._pairs[key] = self._nearness(mine, theirs, version)
        return self._pairs[key]

    def _nearness(self, mine: tuple[ElementId, ...], theirs: tuple[ElementId, ...], version: int) -> _Near | None:
        if not mine or not theirs:
            return None
        one, other = mine[0], theirs[0]
        vpc = self._model.elements[one].vpc
        if vpc is None or vpc != self._model.elements[other].vpc:
            return None
        acls = [{self._judge.acl_of(subnet) for subnet in subnets} for subnets in (mine, theirs)]
        subnets = dict.fromkeys((*mine, *theirs))
        if any(len(some) > 1 for some in acls) or not all(self._local_only(id_, vpc, version) for id_ in subnets):
            return None
        return _Near(
            self._spans_of(mine, version),
            self._spans_of(theirs, version),
            (Gate(one, True, None), Gate(other, False, None)),
            (Gate(other, True, None), Gate(one, False, None)),
            (Hop(vpc, f"{vpc} routes between its own subnets"),),
            () if acls == [{None}, {None}] else tuple(subnet for subnet in mine if subnet in theirs),
            all(self._judge.lets_everything(subnet, version) for subnet in (one, other)),
        )

    def _spans_of(self, subnets: tuple[ElementId, ...], version: int) -> tuple[Interval, ...]:
        return tuple(union(span for subnet in subnets for span in self._judge.spans(subnet, version)))

    def _local_only(self, subnet: ElementId, vpc: ElementId, version: int) -> bool:
        """Whether a subnet has addresses and its table sends those of its VPC nowhere but to the VPC itself."""
        key = (subnet, version)
        found = self._local.get(key)
        if found is None:
            networks = vpc_networks(self._model.elements[vpc])
            spans = tuple(union(interval(n) for n in networks if n.version == version))
            steps = self._router.hops.of(self._model.elements[subnet], version, spans)
            local = all(step.kind == "local" for step in steps)
            placed = self._model.elements[subnet].vpc == vpc and bool(self._judge.spans(subnet, version))
            found = self._local[key] = local and placed
        return found

    def _between(self, source: End, target: End, start: ElementId, place: ElementId, version: int, anyone: bool) -> Way:
        """From one subnet or network to another, for each stretch of their addresses that is routed alike."""
        if start == place:
            talk = self._talk(source, target, start, place, version, None, None, anyone)
            return self._judge.judged(talk, source, target)
        back = self._back(place, start, version)
        out = self._back(start, place, version)
        if not out or not back:
            lacking = start if not back else place
            return blocked_way(Hop(lacking, f"{lacking} has no IPv{version} addresses"))
        ways = [
            self._routed(source, target, start, place, version, go, come, anyone)
            for go in out
            for come in (back if go.translated is None else self._back_by(go.translated, place, start, version))
        ]
        return every(ways)

    def _back(self, place: ElementId, start: ElementId, version: int) -> list[Trip]:
        """The trips from one place to the addresses of another."""
        spans = self._judge.spans(start, version)
        return list(self._trips(place, version, spans)) if spans else []

    def _back_by(self, translator: ElementId, place: ElementId, start: ElementId, version: int) -> list[Trip]:
        """The ways of replies to a NAT gateway or an appliance, and from there on to whom it speaks for."""
        element = self._model.elements.get(translator)
        if element is None or not element.subnets:
            return self._back(place, start, version)
        home = element.subnets[0]
        found: list[Trip] = []
        for first in self._back(place, home, version):
            gates = tuple(gate._replace(source=translator) for gate in first.gates)
            astray = self._judge.strayed(first, home)
            if astray is not None or first.arrival is Arrival.UNKNOWN:
                found.append(first._replace(gates=gates, place=first.place if astray is None else "elsewhere"))
            elif home == start:
                found.append(first._replace(gates=gates))
            else:
                found += [
                    second._replace(
                        hops=(*first.hops, *second.hops),
                        gates=(*gates, Gate(home, False, None), Gate(home, True, None), *second.gates),
                        joint=Joint.OTHER,
                    )
                    for second in self._back(home, start, version)
                ]
        return found

    def _routed(
        self,
        source: End,
        target: End,
        start: ElementId,
        place: ElementId,
        version: int,
        go: Trip,
        come: Trip,
        anyone: bool,
    ) -> Way:
        stop = self._judge.strayed(go, place)
        if stop is not None:
            return blocked_way(stop, go.hops[:-1])
        talk = self._talk(source, target, start, place, version, go, come, anyone)
        way = self._judge.judged(talk, source, target)
        astray = self._judge.strayed(come, start)
        if come.translated is not None:
            astray = Hop(come.translated, f"{come.translated} changes the address that they come from")
        if astray is not None and way.hoped:
            text = f"replies do not come back: {astray.text}"
            return blocked_way(Hop(astray.element, text), way.hops, depth=15)
        missing = (*go.missing, *come.missing)
        if missing and way.hoped:
            why = (*go.hops[-1:], *come.hops[-1:])
            return Way((), way.hoped, True, (*way.hops, *why), None, tuple(dict.fromkeys((*missing, *way.missing))))
        return way

    def _trips(self, start: ElementId, version: int, spans: tuple[Interval, ...]) -> Sequence[Trip]:
        if self._model.elements[start].type.name == "Subnet":
            return self._router.trips(start, version, spans)
        return self._router.trips_from_network(start, version, spans)

    def _talk(
        self,
        source: End,
        target: End,
        start: ElementId,
        place: ElementId,
        version: int,
        go: Trip | None,
        come: Trip | None,
        anyone: bool,
    ) -> Talk:
        if go is None or come is None:
            spans = self._judge.spans(start, version)
            hops = (Hop(start, f"both stand in {start}"),)
            names = frozenset(target.groups or ()), frozenset(source.groups or ())
            return Talk(version, spans, spans, source.groups, target.groups, *names, (), (), (), hops, anyone=anyone)
        names_out, names_in = self._names(source, target, go)
        extra = come.hops if come.joint is not Joint.LOCAL else ()
        replies = tuple(Hop(hop.element, f"replies: {hop.text}") for hop in extra)
        assumed = tuple(dict.fromkeys((*go.assumed, *come.assumed)))
        return Talk(
            version,
            come.spans,
            go.spans,
            source.groups,
            target.groups,
            names_out,
            names_in,
            self._gates(start, go, place),
            self._gates(place, come, start, go.translated),
            assumed,
            (*go.hops, *replies),
            anyone=anyone,
        )

    def _gates(
        self, start: ElementId, trip: Trip, end: ElementId, speaker: ElementId | None = None
    ) -> tuple[Gate, ...]:
        """The subnet borders that a trip crosses; one that begins or ends at a gateway in the same subnet
        does not cross it twice.
        """
        gates = list(trip.gates)
        if self._model.elements[start].type.name == "Subnet":
            gates.insert(0, Gate(start, True, speaker))
        if self._model.elements[end].type.name == "Subnet":
            if trip.gates and gates[-1].subnet == end and gates[-1].outbound:
                gates.pop()
            else:
                gates.append(Gate(end, False, trip.translated))
        return tuple(gates)

    def _names(self, source: End, target: End, go: Trip) -> tuple[frozenset[str], frozenset[str]]:
        """The groups by which the two ends may name each other, over what lies between them: security
        groups are stateful, so the way there decides.
        """
        mine, theirs = frozenset(source.groups or ()), frozenset(target.groups or ())
        if go.joint is Joint.LOCAL or (go.joint is Joint.PEERING and self._region(source) == self._region(target)):
            return theirs, mine
        if go.joint is Joint.HUB:
            crossed = [self._model.elements[ElementId(id_)] for id_ in go.visited if id_ in self._model.elements]
            hubs = [element for element in crossed if element.type.name == "TransitGateway"]
            if [hub.properties.get("security_group_referencing") for hub in hubs] == [True]:
                return NOBODY, mine
        return NOBODY, NOBODY

    def _region(self, end: End) -> str | None:
        return self._model.elements[end.subnets[0]].region if end.subnets else None


def _local_talk(source: End, target: End, near: _Near, version: int, anyone: bool) -> Talk:
    return Talk(
        version,
        near.source,
        near.destination,
        source.groups,
        target.groups,
        frozenset(target.groups or ()),
        frozenset(source.groups or ()),
        near.forward,
        near.back,
        (),
        near.hops,
        anyone=anyone,
    )


def _sort(end: End) -> tuple[object, ...]:
    """What the judgement of an end depends on."""
    return end.subnets, end.groups, end.network, end.id if unstated(end.groups) else None

"""Conversations over public addresses: out to the internet, in from it, and to services through a gateway
endpoint.

Sources, Amazon VPC User Guide: "Enable internet access for a VPC using an internet gateway"
(https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html): a public address and a
route, for the addresses of its own VPC only; "NAT gateways"
(https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html): out, and nobody in.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Hashable, Iterable, Sequence

from archgraph.analysis.addresses import Answer, public_address
from archgraph.analysis.evidence import Hop
from archgraph.analysis.internet import FEW, PUBLIC, Interval, union
from archgraph.analysis.reachability_checks import Public
from archgraph.analysis.reachability_ends import End
from archgraph.analysis.reachability_judge import NOBODY, Judge, Talk, unstated
from archgraph.analysis.reachability_outlooks import Outlooks, Stretch
from archgraph.analysis.reachability_routes import Router
from archgraph.analysis.reachability_trips import Arrival, Gate
from archgraph.analysis.reachability_ways import Way, blocked_way, either, every, through
from archgraph.model.model import ElementId, Model


class PublicWays:
    """The conversations of one model over public addresses.

    Ways out are judged once per groups and sort of subnet: where packets of subnets take ways that differ
    in nothing but names, the first subnet stands for all.
    """

    def __init__(self, model: Model, router: Router, judge: Judge) -> None:
        self._model = model
        self._judge = judge
        self._outlooks = Outlooks(model, router, judge)
        self._known: dict[tuple[object, ...], Way] = {}

    def outbound(self, source: End, names: frozenset[str] = NOBODY) -> Way:
        """From interfaces to public addresses that the model does not state.

        ``names`` are the prefix lists that such an address is in.
        """
        source = self._judge.with_groups(source)
        found = [self._out_of_all(source, source.subnets, names, 4)]
        sixes = self._sixes(source.subnets)
        if sixes and not found[0].sure:
            found.append(self._out_of_all(source, sixes, names, 6))
        return either(found)

    def inbound(
        self,
        target: End,
        names: frozenset[str] = NOBODY,
        clients: tuple[Interval, ...] | None = None,
        *,
        addressed: bool = False,
    ) -> Way:
        """From public addresses to interfaces; ``clients`` are the IPv4 ones that may call, if known.

        ``addressed`` is true if callers need no public address of the target.
        """
        target = self._judge.with_groups(target)
        found = [self._into_all(target, target.subnets, names, 4, clients, addressed)]
        sixes = self._sixes(target.subnets)
        if sixes and not found[0].sure and clients is None:
            found.append(self._into_all(target, sixes, names, 6, None, addressed))
        return either(found)

    def over_the_internet(self, source: End, target: End) -> Way:
        """Out to the internet, and in again at the public address of the target."""
        way = self.inbound(target)
        if not way.hoped and way.stop is not None and way.depth == 0:
            return way  # no public address or no gateway: nothing to go out for
        out = self.outbound(source)
        clients = self._speaks_from(source)
        return through(out, self.inbound(target, clients=clients) if clients else way)

    def to_listed(self, source: End, subnet: ElementId, prefix_list: str, endpoint: ElementId) -> Way:
        """From a subnet to a service through a gateway endpoint, whose addresses are in a prefix list.

        "Gateway endpoints", https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
        """
        source = self._judge.with_groups(source)
        key = (subnet, source.groups, prefix_list, endpoint, source.id if unstated(source.groups) else None)
        found = self._known.get(key)
        if found is None:
            talk = self._outlooks.listed(subnet, prefix_list, endpoint)._replace(out=source.groups)
            found = self._known[key] = self._judge.judged(talk, source, source)
        return found

    def likeness(self, subnet: ElementId, listed: Iterable[tuple[str, ElementId]] = ()) -> Hashable:
        """What the judgement of ways out of a subnet depends on, beside what differs between its interfaces.

        ``listed`` are the prefix lists and gateway endpoints that are tried as well. Of subnets of equal
        likeness, the ways of one are those of all, apart from the names in their evidence.
        """
        versions = (4, 6) if self._sixes((subnet,)) else (4,)
        found = [self._outlooks.likeness(subnet, version, outward=True) for version in versions]
        for prefix_list, endpoint in listed:
            likeness = self._judge.likeness(self._outlooks.listed(subnet, prefix_list, endpoint))
            found.append((prefix_list, endpoint, subnet if likeness is None else likeness))
        return tuple(found)

    def _sixes(self, subnets: Sequence[ElementId]) -> list[ElementId]:
        return [id_ for id_ in subnets if "ipv6_cidr" in self._model.elements[id_].properties]

    def _out_of_all(self, source: End, subnets: Sequence[ElementId], names: frozenset[str], version: int) -> Way:
        """Out of all subnets, of each sort one."""
        ways: dict[Hashable, Way] = {}
        for subnet in subnets:
            likeness = self._outlooks.likeness(subnet, version, outward=True)
            if likeness not in ways:
                ways[likeness] = self._outbound(source, subnet, names, version)
        return every(list(ways.values()))

    def _outbound(self, source: End, subnet: ElementId, names: frozenset[str], version: int) -> Way:
        """Out of one subnet to the internet, for each stretch of public addresses that is routed alike."""
        stretches = self._outlooks.leaving(subnet, version)
        own = any(stretch.gateway is not None for stretch in stretches)
        key = (subnet, source.groups, names, version, source.id if own or unstated(source.groups) else None)
        found = self._known.get(key)
        if found is None:
            ways = [(stretch.size, self._one_out(source, subnet, names, stretch)) for stretch in stretches]
            found = self._known[key] = _weighed(ways, version, Public.DESTINATION)
        return found

    def _one_out(self, source: End, subnet: ElementId, names: frozenset[str], stretch: Stretch) -> Way:
        _, talk, missing, gateway = stretch
        if isinstance(talk, Way):
            return talk
        hops = talk.hops
        if gateway is not None:
            answer, hop, unsaid = self._own_address(source, subnet, talk.version)
            if answer is Answer.NO:
                return blocked_way(Hop(hop.element, f"{hop.text}, and {gateway} takes no others"), hops)
            hops = (*hops, hop)
            missing = (*missing, *unsaid)
        way = self._judge.judged(talk._replace(out=source.groups, names_out=names, hops=hops), source, source)
        return _lacking(way, missing)

    def _into_all(
        self,
        target: End,
        subnets: Sequence[ElementId],
        names: frozenset[str],
        version: int,
        clients: tuple[Interval, ...] | None,
        addressed: bool,
    ) -> Way:
        """Into all subnets, of each sort one."""
        ways: dict[Hashable, Way] = {}
        for subnet in subnets:
            answer, hop, missing = self._own_address(target, subnet, version)
            if answer is Answer.NO and not addressed:
                ways.setdefault(answer, blocked_way(hop))
                continue
            if addressed and self._is_open(subnet):
                ways.setdefault(("delivered", subnet), self._delivered(target, subnet, names, version, hop))
                continue
            unsaid = () if addressed else missing
            likeness = self._outlooks.likeness(subnet, version, outward=False) if clients is None else subnet
            if (likeness, unsaid) not in ways:
                ways[likeness, unsaid] = self._inbound(target, subnet, names, version, clients, hop, unsaid)
        return every(list(ways.values()))

    def _is_open(self, subnet: ElementId) -> bool:
        """Whether an internet gateway is attached to the subnet's VPC."""
        vpc = self._model.elements[subnet].vpc
        gateways = self._model.of_type("InternetGateway")
        return any(gateway.vpc == vpc or vpc in [e.id for e in self._model.targets(gateway.id)] for gateway in gateways)

    def _delivered(self, target: End, subnet: ElementId, names: frozenset[str], version: int, address: Hop) -> Way:
        """From interfaces that a service keeps in the subnet: an attached gateway is enough, a route is not needed.

        "Secure VPC connections in AWS Global Accelerator",
        https://docs.aws.amazon.com/global-accelerator/latest/dg/secure-vpc-connections.html
        """
        talk = Talk(
            version, PUBLIC[version], self._judge.spans(subnet, version), None, None, NOBODY, NOBODY,
            (Gate(subnet, False, None),), (Gate(subnet, True, None),), (), (), Public.SOURCE,
        )  # fmt: skip
        return self._one_in(target, names, Stretch(0, talk), address, ())

    def _inbound(
        self,
        target: End,
        subnet: ElementId,
        names: frozenset[str],
        version: int,
        clients: tuple[Interval, ...] | None,
        address: Hop,
        unsaid: tuple[str, ...],
    ) -> Way:
        """In from the internet to one subnet: a public address, replies by an internet gateway, filters."""
        stretches = self._outlooks.entering(subnet, version, clients)
        ways = [(stretch.size, self._one_in(target, names, stretch, address, unsaid)) for stretch in stretches]
        return _weighed(ways, version, Public.SOURCE if clients is None else Public.NEITHER)

    def _one_in(
        self, target: End, names: frozenset[str], stretch: Stretch, address: Hop, unsaid: tuple[str, ...]
    ) -> Way:
        talk = stretch.talk
        if isinstance(talk, Way):
            return talk._replace(hops=(address,))
        talk = talk._replace(into=target.groups, names_in=names, hops=(address, *talk.hops))
        return _lacking(self._judge.judged(talk, target, target), (*unsaid, *stretch.missing))

    def _own_address(self, end: End, subnet: ElementId, version: int) -> tuple[Answer, Hop, tuple[str, ...]]:
        element = self._model.elements[ElementId(end.id)]
        if element.type.name in ("Subnet", "Vpc"):
            text = f"whether something in {subnet} has a public address depends on it"
            return Answer.UNKNOWN, Hop(subnet, text), (f"which element of {element.id}",)
        found = public_address(self._model, element, self._model.elements[subnet], version)
        return found.answer, found.hop, found.missing

    def _speaks_from(self, source: End) -> tuple[Interval, ...] | None:
        """The public IPv4 addresses of the NAT gateways by which a source goes out, if all are stated."""
        found: list[Interval] = []
        for subnet in source.subnets:
            for trip, _ in self._outlooks.trips(subnet, 4):
                if trip.arrival is not Arrival.INTERNET:
                    continue
                address = self._stated_address(trip.translated)
                if address is None:
                    return None
                found.append((address, address + 1))
        return tuple(union(found)) or None

    def _stated_address(self, translator: ElementId | None) -> int | None:
        element = self._model.elements.get(translator) if translator is not None else None
        elastic = element.properties.get("elastic_ip") if element is not None else None
        owner = self._model.elements.get(getattr(elastic, "target", None) or ElementId(""))
        stated = owner.properties.get("address") if owner is not None else None
        if not isinstance(stated, str) or ":" in stated:
            return None
        return int(ipaddress.IPv4Address(stated))


def _lacking(way: Way, missing: tuple[str, ...]) -> Way:
    """A way that is not known, if it is not blocked and something is missing."""
    if not missing or not way.hoped:
        return way
    return Way((), way.hoped, True, way.hops, None, tuple(dict.fromkeys((*missing, *way.missing))))


def _weighed(ways: Sequence[tuple[int, Way]], version: int, public: Public) -> Way:
    """Ways for different parts of the internet: certain if the open part is more than a few networks."""
    if len(ways) == 1:
        return ways[0][1]
    found = either([way for _, way in ways])
    if not found.sure or public is Public.NEITHER:
        return found
    alike = sum(size for size, way in ways if way.sure == found.sure and way.certain)
    return found._replace(certain=alike > FEW[version])

"""Conversations over public addresses: out to the internet, in from it, and to services through a gateway
endpoint.

Sources, Amazon VPC User Guide: "Enable internet access for a VPC using an internet gateway"
(https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html): a public address and a
route, for the addresses of its own VPC only; "NAT gateways"
(https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html): out, and nobody in.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from archgraph.analysis.addresses import Answer, public_address
from archgraph.analysis.evidence import Hop
from archgraph.analysis.internet import FEW, PUBLIC, Interval, union
from archgraph.analysis.reachability_checks import Public
from archgraph.analysis.reachability_ends import End
from archgraph.analysis.reachability_judge import NOBODY, Judge, Talk, unstated
from archgraph.analysis.reachability_routes import Router
from archgraph.analysis.reachability_trips import Arrival, Gate, Trip
from archgraph.analysis.reachability_ways import Way, blocked_way, either, every, through
from archgraph.model.model import ElementId, Model


class PublicWays:
    """The conversations of one model over public addresses; ways out are judged once per subnet and groups."""

    def __init__(self, model: Model, router: Router, judge: Judge) -> None:
        self._model = model
        self._router = router
        self._judge = judge
        self._known: dict[tuple[object, ...], Way] = {}
        self._outward: dict[tuple[ElementId, int], list[tuple[Trip, tuple[Interval, ...], int]]] = {}

    def outbound(self, source: End, names: frozenset[str] = NOBODY) -> Way:
        """From interfaces to public addresses that the model does not state.

        ``names`` are the prefix lists that such an address is in.
        """
        source = self._judge.with_groups(source)
        found = [every([self._outbound(source, subnet, names, 4) for subnet in source.subnets])]
        sixes = [id_ for id_ in source.subnets if "ipv6_cidr" in self._model.elements[id_].properties]
        if sixes and not found[0].sure:
            found.append(every([self._outbound(source, subnet, names, 6) for subnet in sixes]))
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
        found = [every([self._inbound(target, subnet, names, 4, clients, addressed) for subnet in target.subnets])]
        sixes = [id_ for id_ in target.subnets if "ipv6_cidr" in self._model.elements[id_].properties]
        if sixes and not found[0].sure and clients is None:
            found.append(every([self._inbound(target, subnet, names, 6, None, addressed) for subnet in sixes]))
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
            talk = Talk(
                4,
                self._judge.spans(subnet, 4),
                PUBLIC[4],
                source.groups,
                None,
                frozenset({prefix_list}),
                NOBODY,
                (Gate(subnet, True, None),),
                (Gate(subnet, False, None),),
                (),
                (Hop(endpoint, f"{endpoint} is in the route table of {subnet}"),),
                Public.DESTINATION,
            )
            found = self._known[key] = self._judge.judged(talk, source, source)
        return found

    def _outbound(self, source: End, subnet: ElementId, names: frozenset[str], version: int) -> Way:
        """Out of one subnet to the internet, for each stretch of public addresses that is routed alike."""
        groups = self._out_of(subnet, version)
        own = any(trip.translated is None and trip.arrival is Arrival.INTERNET for trip, _, _ in groups)
        key = (subnet, source.groups, names, version, source.id if own or unstated(source.groups) else None)
        found = self._known.get(key)
        if found is None:
            ways = [(size, self._one_out(source, subnet, names, version, trip, spans)) for trip, spans, size in groups]
            found = self._known[key] = _weighed(ways, version, Public.DESTINATION)
        return found

    def _out_of(self, subnet: ElementId, version: int) -> list[tuple[Trip, tuple[Interval, ...], int]]:
        """The trips from a subnet to the internet, those alike in one, with their addresses and how many."""
        found = self._outward.get((subnet, version))
        if found is None:
            found = self._outward[subnet, version] = self._alike(subnet, version, PUBLIC[version])
        return found

    def _alike(
        self, subnet: ElementId, version: int, spans: tuple[Interval, ...]
    ) -> list[tuple[Trip, tuple[Interval, ...], int]]:
        groups: dict[tuple[object, ...], list[Trip]] = {}
        for trip in self._router.trips(subnet, version, spans):
            sameness = (trip.arrival, trip.place, trip.translated, trip.gates, trip.missing, trip.assumed)
            groups.setdefault(sameness, []).append(trip)
        found = []
        for trips in groups.values():
            joint = tuple(union(span for trip in trips for span in trip.spans))
            found.append((trips[0], joint, sum(end - start for start, end in joint)))
        return found

    def _one_out(
        self,
        source: End,
        subnet: ElementId,
        names: frozenset[str],
        version: int,
        trip: Trip,
        spans: tuple[Interval, ...],
    ) -> Way:
        if trip.arrival is Arrival.NOWHERE:
            return blocked_way(trip.hops[-1], trip.hops[:-1])
        if trip.arrival not in (Arrival.INTERNET, Arrival.UNKNOWN):
            return blocked_way(Hop(subnet, f"{trip.hops[-1].text}: these are no addresses of the internet"))
        missing: list[str] = list(trip.missing)
        hops = list(trip.hops)
        back: list[Gate] = []
        assumed = list(trip.assumed)
        translator = self._model.elements.get(trip.translated) if trip.translated is not None else None
        if trip.translated is None and trip.arrival is Arrival.INTERNET:
            addressed = self._own_address(source, subnet, version)
            if addressed[0] is Answer.NO:
                text = f"{addressed[1].text}, and {trip.place} takes no others"
                return blocked_way(Hop(addressed[1].element, text), trip.hops)
            hops.append(addressed[1])
            missing += addressed[2]
        elif translator is not None and translator.properties.get("connectivity") == "private":
            text = f"{translator.id} is a private NAT gateway: it has no public address"
            return blocked_way(Hop(translator.id, text), trip.hops)
        elif translator is not None and translator.subnets and translator.subnets[0] != subnet:
            home = translator.subnets[0]
            back += [Gate(home, False, None), Gate(home, True, None)]
            for come in self._router.trips(home, version, self._judge.spans(subnet, version)):
                astray = self._judge.strayed(come, subnet)
                if astray is not None:
                    text = f"replies do not come back from {translator.id}: {astray.text}"
                    return blocked_way(Hop(astray.element, text), trip.hops, depth=15)
                back += come.gates
                missing += come.missing
                assumed += come.assumed
        back.append(Gate(subnet, False, None))
        forward = (Gate(subnet, True, None), *trip.gates)
        mine = self._judge.spans(subnet, version)
        talk = Talk(
            version, mine, spans, source.groups, None, names, NOBODY, forward, tuple(dict.fromkeys(back)),
            tuple(dict.fromkeys(assumed)), tuple(hops), Public.DESTINATION,
        )  # fmt: skip
        way = self._judge.judged(talk, source, source)
        if missing and way.hoped:
            return Way((), way.hoped, True, way.hops, None, tuple(dict.fromkeys((*missing, *way.missing))))
        return way

    def _inbound(
        self,
        target: End,
        subnet: ElementId,
        names: frozenset[str],
        version: int,
        clients: tuple[Interval, ...] | None,
        addressed: bool,
    ) -> Way:
        """In from the internet to one subnet: a public address, replies by an internet gateway, filters."""
        answer, hop, unsaid = self._own_address(target, subnet, version)
        if answer is Answer.NO and not addressed:
            return blocked_way(hop)
        missing: list[str] = [] if addressed else list(unsaid)
        public = Public.SOURCE if clients is None else Public.NEITHER
        alike = self._out_of(subnet, version) if clients is None else self._alike(subnet, version, clients)
        ways = [
            (size, self._one_in(target, subnet, names, version, trip, spans, hop, tuple(missing), public))
            for trip, spans, size in alike
        ]
        return _weighed(ways, version, public)

    def _one_in(
        self,
        target: End,
        subnet: ElementId,
        names: frozenset[str],
        version: int,
        trip: Trip,
        spans: tuple[Interval, ...],
        address: Hop,
        missing: tuple[str, ...],
        public: Public,
    ) -> Way:
        if trip.arrival is not Arrival.UNKNOWN or trip.abroad:
            gateway = self._model.elements.get(ElementId(trip.place))
            by_gateway = (
                gateway.type.name == "InternetGateway" if gateway is not None else ":internet-gateway/" in trip.place
            )
            if trip.arrival is not Arrival.INTERNET or trip.translated is not None or not by_gateway:
                text = f"no route leads from {subnet} to an internet gateway: {trip.hops[-1].text}"
                return blocked_way(Hop(subnet, text), (address,))
        forward = (Gate(subnet, False, None),)
        back = (Gate(subnet, True, None), *trip.gates)
        talk = Talk(
            version, spans, self._judge.spans(subnet, version), None, target.groups, NOBODY, names, forward, back,
            trip.assumed, (address, *trip.hops), public,
        )  # fmt: skip
        way = self._judge.judged(talk, target, target)
        unsaid = tuple(dict.fromkeys((*missing, *trip.missing, *way.missing)))
        if (missing or trip.missing) and way.hoped:
            return Way((), way.hoped, True, way.hops, None, unsaid)
        return way

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
            for trip, _, _ in self._out_of(subnet, 4):
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


def _weighed(ways: Sequence[tuple[int, Way]], version: int, public: Public) -> Way:
    """Ways for different parts of the internet: certain if the open part is more than a few networks."""
    if len(ways) == 1:
        return ways[0][1]
    found = either([way for _, way in ways])
    if not found.sure or public is Public.NEITHER:
        return found
    alike = sum(size for size, way in ways if way.sure == found.sure and way.certain)
    return found._replace(certain=alike > FEW[version])

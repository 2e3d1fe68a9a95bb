"""The internet as the subnets of a model see it: out by their routes, and in by the routes of the replies.

What is found here is the same for all interfaces in a subnet, and often for several subnets. Sources, Amazon
VPC User Guide: "Enable internet access for a VPC using an internet gateway"
(https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html); "NAT gateways"
(https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

from archgraph.analysis.evidence import Hop
from archgraph.analysis.internet import PUBLIC, Interval, union
from archgraph.analysis.reachability_checks import Public
from archgraph.analysis.reachability_judge import NOBODY, Judge, Talk
from archgraph.analysis.reachability_routes import Router
from archgraph.analysis.reachability_trips import Arrival, Gate, Trip
from archgraph.analysis.reachability_ways import Way, blocked_way
from archgraph.model.model import ElementId, Model


class Stretch(NamedTuple):
    """Public addresses, ``size`` of them, with which a subnet has one sort of conversation.

    ``talk`` leaves out what differs between interfaces in the subnet: groups, and own addresses. It is a
    way where routes block it for all of them.
    """

    size: int
    talk: Talk | Way
    missing: tuple[str, ...] = ()
    gateway: str | None = None
    """The internet gateway that takes packets with the sender's own address only."""


class Outlooks:
    """What the subnets of one model see of the internet, each found once."""

    def __init__(self, model: Model, router: Router, judge: Judge) -> None:
        self._model = model
        self._router = router
        self._judge = judge
        self._trips: dict[tuple[ElementId, int], list[tuple[Trip, tuple[Interval, ...]]]] = {}
        self._outward: dict[tuple[ElementId, int], list[Stretch]] = {}
        self._inward: dict[tuple[ElementId, int], list[Stretch]] = {}
        self._listed: dict[tuple[ElementId, str, ElementId], Talk] = {}
        self._likenesses: dict[tuple[ElementId, bool, int], Hashable] = {}

    def leaving(self, subnet: ElementId, version: int) -> list[Stretch]:
        """The internet as it is seen from a subnet."""
        found = self._outward.get((subnet, version))
        if found is None:
            trips = self.trips(subnet, version)
            found = [self._leaves(subnet, version, trip, spans) for trip, spans in trips]
            self._outward[subnet, version] = found
        return found

    def entering(self, subnet: ElementId, version: int, clients: tuple[Interval, ...] | None = None) -> list[Stretch]:
        """A subnet as it is seen from the internet, or by ``clients`` with certain public addresses."""
        if clients is not None:
            trips = self._alike(subnet, version, clients)
            return [self._enters(subnet, version, trip, spans, Public.NEITHER) for trip, spans in trips]
        found = self._inward.get((subnet, version))
        if found is None:
            trips = self.trips(subnet, version)
            found = [self._enters(subnet, version, trip, spans, Public.SOURCE) for trip, spans in trips]
            self._inward[subnet, version] = found
        return found

    def trips(self, subnet: ElementId, version: int) -> list[tuple[Trip, tuple[Interval, ...]]]:
        """The trips from a subnet to the internet, those alike in one, with their addresses."""
        found = self._trips.get((subnet, version))
        if found is None:
            found = self._trips[subnet, version] = self._alike(subnet, version, PUBLIC[version])
        return found

    def likeness(self, subnet: ElementId, version: int, *, outward: bool) -> Hashable:
        """What tells the conversations of a subnet with the internet from those of others, but for names.

        It is the subnet itself where the model leaves something open, or each interface's own address counts.
        """
        key = (subnet, outward, version)
        found = self._likenesses.get(key)
        if found is None:
            stretches = self.leaving(subnet, version) if outward else self.entering(subnet, version)
            likeness = self._likeness_of(stretches)
            found = self._likenesses[key] = subnet if likeness is None else likeness
        return found

    def listed(self, subnet: ElementId, prefix_list: str, endpoint: ElementId) -> Talk:
        """The conversation with a service whose addresses a gateway endpoint routes, without groups."""
        found = self._listed.get((subnet, prefix_list, endpoint))
        if found is None:
            found = self._listed[subnet, prefix_list, endpoint] = Talk(
                4,
                self._judge.spans(subnet, 4),
                PUBLIC[4],
                None,
                None,
                frozenset({prefix_list}),
                NOBODY,
                (Gate(subnet, True, None),),
                (Gate(subnet, False, None),),
                (),
                (Hop(endpoint, f"{endpoint} is in the route table of {subnet}"),),
                Public.DESTINATION,
            )
        return found

    def _leaves(self, subnet: ElementId, version: int, trip: Trip, spans: tuple[Interval, ...]) -> Stretch:
        """What comes of a trip from a subnet to public addresses."""
        size = _size(spans)
        if trip.arrival is Arrival.NOWHERE:
            return Stretch(size, blocked_way(trip.hops[-1], trip.hops[:-1]))
        if trip.arrival not in (Arrival.INTERNET, Arrival.UNKNOWN):
            text = f"{trip.hops[-1].text}: these are no addresses of the internet"
            return Stretch(size, blocked_way(Hop(subnet, text)))
        missing: list[str] = list(trip.missing)
        back: list[Gate] = []
        assumed = list(trip.assumed)
        translator = self._model.elements.get(trip.translated) if trip.translated is not None else None
        if translator is not None and translator.properties.get("connectivity") == "private":
            text = f"{translator.id} is a private NAT gateway: it has no public address"
            return Stretch(size, blocked_way(Hop(translator.id, text), trip.hops))
        if translator is not None and translator.subnets and translator.subnets[0] != subnet:
            home = translator.subnets[0]
            back += [Gate(home, False, None), Gate(home, True, None)]
            for come in self._router.trips(home, version, self._judge.spans(subnet, version)):
                astray = self._judge.strayed(come, subnet)
                if astray is not None:
                    text = f"replies do not come back from {translator.id}: {astray.text}"
                    return Stretch(size, blocked_way(Hop(astray.element, text), trip.hops, depth=15))
                back += come.gates
                missing += come.missing
                assumed += come.assumed
        back.append(Gate(subnet, False, None))
        talk = Talk(
            version, self._judge.spans(subnet, version), spans, None, None, NOBODY, NOBODY,
            (Gate(subnet, True, None), *trip.gates), tuple(dict.fromkeys(back)),
            tuple(dict.fromkeys(assumed)), trip.hops, Public.DESTINATION,
        )  # fmt: skip
        bare = trip.translated is None and trip.arrival is Arrival.INTERNET
        return Stretch(size, talk, tuple(missing), trip.place if bare else None)

    def _enters(
        self, subnet: ElementId, version: int, trip: Trip, spans: tuple[Interval, ...], public: Public
    ) -> Stretch:
        """What comes of conversations from public addresses, by the trip of the replies."""
        size = _size(spans)
        if trip.arrival is not Arrival.UNKNOWN or trip.abroad:
            gateway = self._model.elements.get(ElementId(trip.place))
            by_gateway = (
                gateway.type.name == "InternetGateway" if gateway is not None else ":internet-gateway/" in trip.place
            )
            if trip.arrival is not Arrival.INTERNET or trip.translated is not None or not by_gateway:
                text = f"no route leads from {subnet} to an internet gateway: {trip.hops[-1].text}"
                return Stretch(size, blocked_way(Hop(subnet, text)))
        talk = Talk(
            version, spans, self._judge.spans(subnet, version), None, None, NOBODY, NOBODY,
            (Gate(subnet, False, None),), (Gate(subnet, True, None), *trip.gates), trip.assumed, trip.hops, public,
        )  # fmt: skip
        return Stretch(size, talk, trip.missing)

    def _alike(
        self, subnet: ElementId, version: int, spans: tuple[Interval, ...]
    ) -> list[tuple[Trip, tuple[Interval, ...]]]:
        groups: dict[tuple[object, ...], list[Trip]] = {}
        for trip in self._router.trips(subnet, version, spans):
            sameness = (trip.arrival, trip.place, trip.translated, trip.gates, trip.missing, trip.assumed)
            groups.setdefault(sameness, []).append(trip)
        return [(trips[0], tuple(union(span for trip in trips for span in trip.spans))) for trips in groups.values()]

    def _likeness_of(self, stretches: Sequence[Stretch]) -> Hashable:
        found: list[Hashable] = []
        for size, talk, missing, gateway in stretches:
            if missing or gateway is not None:
                return None
            if isinstance(talk, Way):
                found.append((size, talk.depth))
                continue
            likeness = self._judge.likeness(talk)
            if likeness is None:
                return None
            public = talk.source if talk.public is Public.SOURCE else talk.destination
            found.append((size, public, talk.assumed, likeness))
        return tuple(found)


def _size(spans: Iterable[Interval]) -> int:
    return sum(end - start for start, end in spans)

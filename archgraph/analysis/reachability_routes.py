"""Where packets go: followed from a subnet, route by route, over gateways to another network.

A trip is symbolic: it carries a whole stretch of addresses, which is cut where routes differ. Sources,
Amazon VPC User Guide: "Example routing options"
(https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html), "NAT gateway basics"
(https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html), "Middlebox routing"
(https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html); Amazon VPC Peering Guide,
"VPC peering limitations" (https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html): no
edge-to-edge routing, no transit; AWS Transit Gateway, "Network ACLs for transit gateways"
(https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html), "Amazon VPC attachments"
(https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from archgraph.analysis.evidence import Hop
from archgraph.analysis.internet import PUBLIC, interval, overlap, union
from archgraph.analysis.longest_prefix import by_way
from archgraph.analysis.reachability_hubs import Exit, Hubs
from archgraph.analysis.reachability_hybrid import Hybrid, Link
from archgraph.analysis.reachability_tables import NextHops, Step
from archgraph.analysis.reachability_trips import (
    Arrival,
    Gate,
    Joint,
    Spans,
    Trip,
    arrived,
    ended,
    named,
    not_known,
    split,
    to_internet,
)
from archgraph.analysis.route_tables import vpc_networks
from archgraph.model.model import Element, ElementId, Model, Reference

LONGEST = 12
"""The most subnets and hubs that one trip may cross."""


class Router:
    """The routes of one model; each trip is found once per subnet and stretch of addresses."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.hybrid = Hybrid(model)
        self.hops = NextHops(model, self.hybrid)
        self._hubs = Hubs(model, self.hybrid)
        self._known: dict[tuple[ElementId, int, Spans], tuple[Trip, ...]] = {}

    def trips(self, subnet: ElementId, version: int, spans: Spans) -> tuple[Trip, ...]:
        """Where packets from a subnet to stretches of addresses end up."""
        key = (subnet, version, spans)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = tuple(self._from(self._model.elements[subnet], version, Trip(spans)))
        return found

    def trips_from_network(self, network: ElementId, version: int, spans: Spans) -> list[Trip]:
        """Where packets from a network outside AWS end up; its own routers are taken to know the way."""
        found: list[Trip] = []
        for link in self.hybrid.of(network):
            learned = _within(spans, link, version)
            if learned:
                hop = Hop(link.id, f"{link.id} leads from {network} to {link.gateway}")
                trip = Trip(learned, hops=(hop,), joint=Joint.OTHER)
                if self._model.elements[link.gateway].type.name == "TransitGateway":
                    found += self._over(link.gateway, link.id, version, trip)
                else:
                    vpc = self._model.elements[link.gateway].vpc
                    found += self._into(vpc, version, trip) if vpc is not None else ()
        if not self.hybrid.of(network):
            found.append(ended(Trip(spans), Hop(network, f"no VPN or Direct Connect line leads from {network} to AWS")))
        elif not found:
            text = f"no link of {network} learns these addresses of AWS"
            found.append(ended(Trip(spans), Hop(network, text)))
        return found

    def _from(self, subnet: Element, version: int, trip: Trip) -> Iterator[Trip]:
        if subnet.id in trip.visited or len(trip.visited) >= LONGEST:
            yield ended(trip, Hop(subnet.id, f"routes lead in a circle through {subnet.id}"))
            return
        trip = trip._replace(visited=(*trip.visited, subnet.id))
        for step, spans in self.hops.of(subnet, version, trip.spans).items():
            yield from self._step(subnet, version, trip._replace(spans=spans), step)

    def _step(self, subnet: Element, version: int, trip: Trip, step: Step) -> Iterable[Trip]:
        hop = Hop(step.teller, step.text)
        if step.kind == "local":
            return [arrived(trip, Arrival.VPC, step.target, hop)]
        if step.kind == "nowhere":
            text = f"{step.text} to {named(trip.spans, version)}" if step.text.endswith("no route") else step.text
            return [ended(trip, Hop(step.teller, text))]
        if step.kind == "unknown":
            return [not_known(trip, hop, step.missing)]
        trip = trip._replace(hops=(*trip.hops, hop))
        if step.kind == "arn":
            return _to_arn(version, trip, step)
        target = self._model.elements[ElementId(step.target)]
        return _FOLLOW[target.type.name](self, subnet, target, version, trip)

    def _internet_gateway(self, subnet: Element, gateway: Element, version: int, trip: Trip) -> Iterable[Trip]:
        if gateway.vpc != subnet.vpc and not gateway.external:
            text = f"{gateway.id} is attached to {gateway.vpc or 'no VPC'}, not to {subnet.vpc}: a blackhole"
            return [ended(trip, Hop(gateway.id, text))]
        speaker = self._speaker(trip)
        if speaker is not None and speaker.vpc != subnet.vpc:
            text = f"{gateway.id} translates addresses of {subnet.vpc} only, and packets come from {speaker.id}"
            return [ended(trip, Hop(gateway.id, text))]
        return to_internet(version, trip, gateway.id)

    def _speaker(self, trip: Trip) -> Element | None:
        """The subnet whose address packets carry: where they began, or that of a NAT gateway on the way."""
        translator = self._model.elements.get(trip.translated) if trip.translated is not None else None
        if translator is not None and translator.subnets:
            return self._model.elements[translator.subnets[0]]
        return self._model.elements.get(ElementId(trip.visited[0]))

    def _egress_only(self, subnet: Element, gateway: Element, version: int, trip: Trip) -> Iterable[Trip]:
        if version == 4 or (gateway.vpc != subnet.vpc and not gateway.external):
            return [ended(trip, Hop(gateway.id, f"{gateway.id} takes IPv6 traffic of its own VPC only"))]
        return to_internet(version, trip._replace(translated=gateway.id), gateway.id)

    def _nat(self, subnet: Element, nat: Element, version: int, trip: Trip) -> Iterable[Trip]:
        if nat.external:
            return to_internet(version, trip._replace(translated=nat.id), nat.id)
        if nat.properties.get("availability") == "regional":
            gateways = self.hops.gateways_of(subnet.vpc) if subnet.vpc is not None else ()
            if not gateways:
                text = f"{subnet.vpc} has no internet gateway for the regional NAT gateway {nat.id}"
                return [ended(trip, Hop(nat.id, text))]
            return to_internet(version, trip._replace(translated=nat.id), nat.id)
        if not nat.subnets:
            return [not_known(trip, Hop(nat.id, f"{nat.id} states no subnet"), (f"{nat.id}.subnet",))]
        home = self._model.elements[nat.subnets[0]]
        if home.vpc != subnet.vpc:
            text = f"{nat.id} stands in {home.vpc}, not in {subnet.vpc}: a blackhole"
            return [ended(trip, Hop(nat.id, text))]
        return self._behind(home, version, trip, nat.id)

    def _appliance(self, subnet: Element, appliance: Element, version: int, trip: Trip) -> Iterable[Trip]:
        """An instance or its network interface as a target: a NAT instance or a firewall of your own."""
        if not appliance.subnets:
            return [not_known(trip, Hop(appliance.id, f"{appliance.id} states no subnet"), (f"{appliance.id}.subnet",))]
        home = self._model.elements[appliance.subnets[0]]
        trip = trip._replace(assumed=(*trip.assumed, f"what {appliance.id} forwards"))
        translated = appliance.id if overlap(trip.spans, PUBLIC[version]) else None
        return self._behind(home, version, trip, translated)

    def _firewall(self, subnet: Element, firewall: Element, version: int, trip: Trip) -> Iterable[Trip]:
        """A firewall endpoint hands on by the route table of its own subnet, in the zone of the sender if it
        has one there. What the firewall lets pass is not derived.
        """
        if firewall.properties.get("kind") == "interface":
            return [ended(trip, Hop(firewall.id, f"{firewall.id} is an interface endpoint, which forwards nothing"))]
        homes = [self._model.elements[id_] for id_ in firewall.subnets]
        if not homes:
            return [not_known(trip, Hop(firewall.id, f"{firewall.id} states no subnets"), (f"{firewall.id}.subnets",))]
        home = next((home for home in homes if home.zones == subnet.zones), homes[0])
        trip = trip._replace(assumed=(*trip.assumed, f"what {firewall.id} lets pass"))
        return self._behind(home, version, trip, None)

    def _behind(self, home: Element, version: int, trip: Trip, translator: ElementId | None) -> Iterator[Trip]:
        """Go on from the subnet of a NAT gateway or an appliance."""
        source = translator or trip.translated
        gates = (*trip.gates, Gate(home.id, False, trip.translated), Gate(home.id, True, source))
        yield from self._from(home, version, trip._replace(gates=gates, translated=source, joint=Joint.OTHER))

    def _peering(self, subnet: Element, peering: Element, version: int, trip: Trip) -> Iterable[Trip]:
        ends = [_target(peering, "vpc"), _target(peering, "peer")]
        if peering.external or None in ends:
            return [
                not_known(trip, Hop(peering.id, f"the far side of {peering.id} is not known"), (f"{peering.id}.peer",))
            ]
        if subnet.vpc not in ends:
            return [ended(trip, Hop(peering.id, f"{peering.id} does not join {subnet.vpc}: a blackhole"))]
        other = ends[1] if ends[0] == subnet.vpc else ends[0]
        trip = trip._replace(joint=Joint.PEERING if trip.joint is Joint.LOCAL else trip.joint)
        return self._into(other, version, trip) if other is not None else ()

    def _into(self, vpc: ElementId, version: int, trip: Trip) -> Iterator[Trip]:
        """Into a VPC by a gateway that leads to its own addresses only: a peering or a private gateway."""
        mine = union(interval(n) for n in vpc_networks(self._model.elements[vpc]) if n.version == version)
        inside, rest = split(trip.spans, mine)
        if inside:
            hop = Hop(vpc, f"{vpc} has these addresses")
            yield arrived(trip._replace(spans=inside), Arrival.VPC, vpc, hop)
        if rest:
            text = f"only addresses of {vpc} are reached there: such connections do not lead on"
            yield ended(trip._replace(spans=rest), Hop(vpc, text))

    def _private_gateway(self, subnet: Element, gateway: Element, version: int, trip: Trip) -> Iterable[Trip]:
        if gateway.vpc != subnet.vpc and not gateway.external:
            return [ended(trip, Hop(gateway.id, f"{gateway.id} is not attached to {subnet.vpc}: a blackhole"))]
        return self._over_links(
            self.hybrid.at(gateway.id), gateway.id, version, trip._replace(joint=Joint.OTHER, abroad=True)
        )

    def _over_links(self, links: list[Link], gateway: ElementId, version: int, trip: Trip) -> Iterator[Trip]:
        """To the networks at the far ends of links, as far as their addresses are stated."""
        left = trip.spans
        missing: list[str] = []
        for link in links:
            missing += link.missing
            known = self.hybrid.networks_of(link.network) if link.network is not None else ()
            if link.network is not None and not known:
                missing.append(f"{link.network}.cidr")
            there, left = split(left, union(interval(n) for n in known if n.version == version))
            if there:
                hop = Hop(link.id, f"{link.id} leads to {link.network}")
                yield arrived(trip._replace(spans=there), Arrival.ON_PREMISES, link.network or "", hop)
        if left and missing:
            why = Hop(gateway, f"what lies behind {gateway} is not known")
            yield not_known(trip._replace(spans=left), why, tuple(missing))
            return
        public, private = split(left, PUBLIC[version]) if links else ((), left)
        if public:
            listed = ", ".join(dict.fromkeys(str(link.network) for link in links))
            why = Hop(gateway, f"whether {listed} leads on to the internet is not known")
            yield not_known(trip._replace(spans=public), why, (f"how {listed} reaches the internet",))
        if private:
            text = f"no network behind {gateway} has {named(private, version)}"
            yield ended(trip._replace(spans=private), Hop(gateway, text))

    def _transit(self, subnet: Element, hub: Element, version: int, trip: Trip) -> Iterable[Trip]:
        attachment = self._hubs.attachment(hub.id, subnet.vpc) if subnet.vpc is not None else None
        if attachment is None:
            if hub.external:
                return [not_known(trip, Hop(hub.id, f"the routes of {hub.id} are not known"), (f"{hub.id}.routes",))]
            return [ended(trip, Hop(hub.id, f"{subnet.vpc} has no attachment to {hub.id}: a blackhole"))]
        served = {zone for id_ in attachment.subnets for zone in self._model.elements[id_].zones}
        if served and subnet.zones and not served & set(subnet.zones):
            text = f"{attachment.id} has no subnet in {subnet.zones[0]}, the zone of {subnet.id}"
            return [ended(trip, Hop(attachment.id, text))]
        home = self._home(attachment, subnet)
        gates = trip.gates
        if home is not None and home.id != subnet.id:
            gates = (*gates, Gate(home.id, False, trip.translated))
        return self._over(hub.id, attachment.id, version, trip._replace(gates=gates))

    def _home(self, attachment: Element, subnet: Element | None) -> Element | None:
        """The subnet of an attachment in the zone of another subnet, or its first one."""
        homes = [self._model.elements[id_] for id_ in attachment.subnets]
        if subnet is not None:
            return next((home for home in homes if home.zones == subnet.zones), homes[0] if homes else None)
        return homes[0] if homes else None

    def _over(self, hub: ElementId, incoming: ElementId, version: int, trip: Trip) -> Iterator[Trip]:
        if hub in trip.visited or len(trip.visited) >= LONGEST:
            yield ended(trip, Hop(hub, f"routes lead in a circle through {hub}"))
            return
        trip = trip._replace(visited=(*trip.visited, hub), abroad=True)
        if trip.joint in (Joint.LOCAL, Joint.PEERING):
            trip = trip._replace(joint=Joint.HUB)
        table = self._hubs.table(hub, incoming)
        if table is None:
            yield ended(trip, Hop(hub, f"{incoming} is associated with no route table of {hub}"))
            return
        trip = trip._replace(assumed=(*trip.assumed, *table.assumed))
        for exit_, spans in by_way(table.spans[version], trip.spans, table.elsewhere).items():
            yield from self._exit(hub, version, trip._replace(spans=spans), exit_)

    def _exit(self, hub: ElementId, version: int, trip: Trip, exit_: Exit) -> Iterable[Trip]:
        hop = Hop(exit_.teller, exit_.text)
        if exit_.missing:
            return [not_known(trip, hop, exit_.missing)]
        if exit_.attachment is None:
            text = f"{exit_.text} to {named(trip.spans, version)}" if exit_.text.endswith("no route") else exit_.text
            return [ended(trip, Hop(exit_.teller, text))]
        trip = trip._replace(hops=(*trip.hops, hop))
        target = self._model.elements[exit_.attachment]
        kind = target.type.name
        if kind == "TransitGatewayAttachment":
            return self._out_of_hub(target, version, trip)
        if kind == "TransitGatewayPeering":
            ends = [_target(target, "transit_gateway"), _target(target, "peer")]
            other = ends[1] if ends[0] == hub else ends[0]
            if other is None or hub not in ends:
                return [
                    not_known(trip, Hop(target.id, f"the far side of {target.id} is not known"), (f"{target.id}.peer",))
                ]
            return self._over(other, target.id, version, trip._replace(joint=Joint.OTHER))
        if kind in ("VpnConnection", "DirectConnectGatewayAssociation"):
            links = [link for link in self.hybrid.at(hub) if link.id == target.id]
            return self._over_links(links, target.id, version, trip._replace(joint=Joint.OTHER))
        return [
            not_known(
                trip, Hop(target.id, f"where {target.id} hands on is not derived"), (f"what {target.id} lets pass",)
            )
        ]

    def _out_of_hub(self, attachment: Element, version: int, trip: Trip) -> Iterator[Trip]:
        """Out of a transit gateway into a VPC, by the route tables of the attachment's subnets."""
        vpc = _target(attachment, "vpc")
        if vpc is None or self._model.elements[vpc].external:
            name = f"{attachment.id}.vpc"
            yield not_known(trip, Hop(attachment.id, f"the VPC of {attachment.id} is not known"), (name,))
            return
        home = self._home(attachment, None)
        if home is not None:
            gates = (*trip.gates, Gate(home.id, True, trip.translated))
            yield from self._from(home, version, trip._replace(gates=gates))
            return
        mine = union(interval(n) for n in vpc_networks(self._model.elements[vpc]) if n.version == version)
        inside, rest = split(trip.spans, mine)
        if inside:
            hop = Hop(vpc, f"{vpc} has these addresses")
            yield arrived(trip._replace(spans=inside), Arrival.VPC, vpc, hop)
        if rest:
            why = Hop(attachment.id, f"{attachment.id} states no subnets")
            yield not_known(trip._replace(spans=rest), why, (f"{attachment.id}.subnets",))


Follow = Callable[[Router, Element, Element, int, Trip], Iterable[Trip]]

_FOLLOW: dict[str, Follow] = {
    "InternetGateway": Router._internet_gateway,
    "EgressOnlyInternetGateway": Router._egress_only,
    "NatGateway": Router._nat,
    "Ec2Instance": Router._appliance,
    "NetworkInterface": Router._appliance,
    "NetworkFirewall": Router._firewall,
    "VpcEndpoint": Router._firewall,
    "VpcPeeringConnection": Router._peering,
    "VirtualPrivateGateway": Router._private_gateway,
    "TransitGateway": Router._transit,
}
"""The targets of routes, and how a trip goes on from each."""


def _to_arn(version: int, trip: Trip, step: Step) -> Iterable[Trip]:
    if ":internet-gateway/" in step.target:
        return to_internet(version, trip, step.target)
    if ":natgateway/" in step.target:
        return to_internet(version, trip._replace(translated=ElementId(step.target)), step.target)
    why = Hop(step.teller, f"what lies behind {step.target}, outside this model, is not known")
    return [not_known(trip, why, (f"what {step.target} leads to",))]


def _within(spans: Spans, link: Link, version: int) -> Spans:
    """The part of some addresses that the far side of a link learns."""
    if link.allowed is None:
        return spans
    return split(spans, union(interval(n) for n in link.allowed if n.version == version))[0]


def _target(element: Element, name: str) -> ElementId | None:
    stated = element.get(name)
    return stated.target if isinstance(stated, Reference) else None

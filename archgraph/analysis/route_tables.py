"""Where a route table of a VPC sends public addresses: longest prefix first, dead routes seen through.

Sources, Amazon VPC User Guide: "Route priority", section "Longest prefix match"
(https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html); "Example routing
options" (https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from archgraph.analysis.evidence import Hop
from archgraph.analysis.filters import networks_named
from archgraph.analysis.internet import PUBLIC, VERSIONS, Interval, interval, overlap, union
from archgraph.analysis.longest_prefix import longest_prefix
from archgraph.catalog.values import Network
from archgraph.model.model import Absent, Element, ElementId, Model, Reference

EGRESS = frozenset({"NatGateway", "EgressOnlyInternetGateway"})
"""Gateways that let connections out and none in."""
INSPECTION = frozenset({"NetworkFirewall", "VpcEndpoint"})
"""Endpoints of appliances, which hand traffic on by the route tables of the subnets in which they stand."""
_SHOWN = 5
"""The most routes that evidence names."""


class TableFacts(NamedTuple):
    """What a route table means for the subnets of one VPC."""

    to_internet: dict[int, tuple[Interval, ...]]
    internet_gateway: ElementId | None
    nat_gateways: tuple[ElementId, ...]
    leads_out: bool
    inspected: bool
    evidence: tuple[Hop, ...]
    missing: tuple[str, ...]


class _Route(NamedTuple):
    """One route: a network, and the way of its target.

    ``internet`` (to an attached gateway), ``out`` (some other way out of the VPC), ``nowhere`` (a
    blackhole), ``local``, ``unknown``.
    """

    network: Network
    way: str


class RouteTables:
    """The route tables of a model, each read once per VPC."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._facts: dict[tuple[ElementId, ElementId], TableFacts] = {}
        self._reading: set[tuple[ElementId, ElementId]] = set()
        self._gateways: dict[ElementId | None, list[ElementId]] = {}
        for gateway in model.of_type("InternetGateway"):
            self._gateways.setdefault(gateway.vpc, []).append(gateway.id)
        self._main: dict[ElementId, ElementId] = {}
        for table in model.of_type("RouteTable"):
            if table.vpc is not None and table.properties.get("main") is True:
                self._main.setdefault(table.vpc, table.id)

    def main_of(self, vpc: ElementId) -> ElementId | None:
        """The route table that the model calls the VPC's main one."""
        return self._main.get(vpc)

    def gateways_of(self, vpc: ElementId) -> list[ElementId]:
        """The internet gateways attached to a VPC."""
        return self._gateways.get(vpc, [])

    def facts(self, table: ElementId, vpc: ElementId) -> TableFacts:
        """What a table does with the traffic of a VPC's subnets."""
        key = (table, vpc)
        found = self._facts.get(key)
        if found is None:
            self._reading.add(key)
            found = self._facts[key] = self._read(self._model.elements[table], vpc)
            self._reading.discard(key)
        return found

    def _read(self, table: Element, vpc: ElementId) -> TableFacts:
        stated = table.get("routes")
        if stated is Absent.UNKNOWN or (not stated and table.external):
            why = Hop(table.id, f"the routes of {table.id} are not known")
            return TableFacts({}, None, (), False, False, (why,), (f"{table.id}.routes",))
        routes: list[_Route] = []
        evidence: list[Hop] = []
        aside: list[Hop] = []
        missing: list[str] = []
        gateways: list[ElementId] = []
        nats: dict[ElementId, None] = {}
        leads_out = inspected = False
        for destination, target in (stated or {}).items():
            networks = networks_named(self._model, destination)
            way, text = self._way(target, vpc, bool(networks))
            if way == "service":
                continue
            public = _might_be_public(networks)
            (evidence if public else aside).append(Hop(table.id, f"{table.id} sends {destination} to {text}"))
            if public and (way == "unknown" or (networks is None and way == "internet")):
                missing.append(f"{table.id}.routes.{destination}")
            routes.extend(_Route(network, way) for network in networks or ())
            leads_out |= way == "out"
            reached = target.target if isinstance(target, Reference) else None
            if reached is not None and self._model.elements[reached].type.name == "NatGateway":
                nats[reached] = None
            if way == "internet":
                inspected |= reached is not None and self._model.elements[reached].type.name in INSPECTION
                gateways += self._gateway_behind(reached, vpc)
        for gateway in _propagated(table):
            leads_out = True
            aside.append(Hop(table.id, f"{table.id} takes over the routes of {gateway}"))
        if not evidence and not aside:
            aside.append(Hop(table.id, f"{table.id} has no route out of {vpc}"))
        to_internet = {version: self._public(routes, vpc, version) for version in VERSIONS}
        return TableFacts(
            {version: spans for version, spans in to_internet.items() if spans},
            gateways[0] if gateways else None,
            tuple(nats),
            leads_out,
            inspected,
            tuple((evidence or aside)[:_SHOWN]),
            tuple(missing),
        )

    def _way(self, target: Any, vpc: ElementId, addresses: bool) -> tuple[str, str]:
        """Where a route's target leads, and its name for evidence.

        ``addresses`` tells a route for addresses from one for a prefix list of an AWS service, which
        a gateway endpoint takes: "Gateway endpoints",
        https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
        """
        if target is Absent.UNKNOWN:
            return "unknown", "a target that is not known"
        if not isinstance(target, Reference):
            return "nowhere", "nothing: a blackhole"
        if target.target is None:
            return _way_of_arn(target.literal or "")
        element = self._model.elements[target.target]
        kind = element.type.name
        if kind == "InternetGateway":
            return self._way_of_gateway(element, vpc)
        if kind in EGRESS:
            return "out", f"{element.id}, which lets nobody in"
        if kind == "VpcEndpoint" and not addresses:
            return "service", element.id
        if kind in INSPECTION:
            return self._way_through(element, vpc)
        return "out", element.id

    def _way_of_gateway(self, gateway: Element, vpc: ElementId) -> tuple[str, str]:
        if gateway.vpc == vpc:
            return "internet", f"{gateway.id}, the internet gateway of {vpc}"
        if gateway.external:
            return "internet", f"{gateway.id}, an internet gateway outside this model"
        attached = f"attached to {gateway.vpc}, not to {vpc}" if gateway.vpc else "attached to no VPC"
        return "nowhere", f"{gateway.id}, an internet gateway {attached}: a blackhole"

    def _way_through(self, endpoint: Element, vpc: ElementId) -> tuple[str, str]:
        """The way behind a firewall endpoint: that of the route table of its own subnets.

        "Simple single zone architecture with an internet gateway", AWS Network Firewall Developer
        Guide, https://docs.aws.amazon.com/network-firewall/latest/developerguide/arch-single-zone-igw.html
        """
        for table in self._tables_of(endpoint):
            if (table, vpc) not in self._reading and self.facts(table, vpc).to_internet:
                return "internet", f"{endpoint.id}, which hands on to an internet gateway by {table}"
        return "out", endpoint.id

    def _gateway_behind(self, target: ElementId | None, vpc: ElementId) -> list[ElementId]:
        if target is None:
            return []
        element = self._model.elements[target]
        if element.type.name == "InternetGateway":
            return [target]
        behind = [self.facts(table, vpc).internet_gateway for table in self._tables_of(element)]
        return [gateway for gateway in behind if gateway is not None]

    def _tables_of(self, endpoint: Element) -> list[ElementId]:
        """The route tables of the subnets of an endpoint."""
        tables: dict[ElementId, None] = {}
        for subnet in endpoint.subnets:
            stated = self._model.elements[subnet].properties.get("route_table")
            if isinstance(stated, Reference) and stated.target is not None:
                tables[stated.target] = None
        return list(tables)

    def _public(self, routes: Iterable[_Route], vpc: ElementId, version: int) -> tuple[Interval, ...]:
        """The public addresses that the most specific route sends to an internet gateway."""
        local = [_Route(network, "local") for network in vpc_networks(self._model.elements[vpc])]
        mine = [route for route in (*local, *routes) if route.network.version == version]
        if not any(route.way == "internet" for route in mine):
            return ()
        ways = longest_prefix((interval(route.network), route.way) for route in mine)
        spans = [span for span, way in ways if way == "internet"]
        return tuple(overlap(union(spans), PUBLIC[version]))


def vpc_networks(vpc: Element) -> list[Network]:
    """The address blocks of a VPC: ``cidr``, ``secondary_cidrs`` and ``ipv6_cidr``, as far as stated."""
    stated: list[Any] = [vpc.properties.get("cidr"), vpc.properties.get("ipv6_cidr")]
    secondary = vpc.properties.get("secondary_cidrs")
    stated += secondary if isinstance(secondary, list) else []
    return [network for network in stated if isinstance(network, Network)]


def _propagated(table: Element) -> list[str]:
    """The virtual private gateways whose learned routes a table takes over."""
    stated = table.properties.get("propagates_from")
    references = stated if isinstance(stated, list) else []
    return [r.target or r.literal or "" for r in references if isinstance(r, Reference)]


def _might_be_public(networks: Iterable[Network] | None) -> bool:
    if networks is None:
        return True
    return any(overlap([interval(network)], PUBLIC[network.version]) for network in networks)


def _way_of_arn(arn: str) -> tuple[str, str]:
    """A target outside the model, by the resource type in its ARN."""
    if ":internet-gateway/" in arn:
        return "internet", f"{arn}, an internet gateway outside this model"
    return "out", arn

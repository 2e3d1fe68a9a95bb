"""What the route table of a subnet does with any address: the target of the longest prefix.

Sources, Amazon VPC User Guide: "Route priority"
(https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html): the most specific route
wins, a static route beats a propagated one; "Subnet route tables", section "Main route table"
(https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from archgraph.analysis.filters import networks_named
from archgraph.analysis.internet import VERSIONS, Interval, interval
from archgraph.analysis.longest_prefix import by_way, longest_prefix
from archgraph.analysis.reachability_hybrid import Hybrid
from archgraph.analysis.route_tables import RouteTables, vpc_networks
from archgraph.catalog.values import Network
from archgraph.model.model import Absent, Element, ElementId, Model, Reference


class Step(NamedTuple):
    """One route: ``local``, to an ``element``, to an ``arn`` outside the model, ``nowhere`` or ``unknown``."""

    kind: str
    target: str
    text: str
    """How evidence tells it: "app-routes sends 0.0.0.0/0 to nat"."""
    teller: str
    """The element that states it."""
    missing: tuple[str, ...] = ()


class _Table(NamedTuple):
    spans: dict[int, list[tuple[Interval, Step]]]
    elsewhere: Step
    """What becomes of addresses for which there is no route."""


class NextHops:
    """The next hops of one model, each subnet's table read once."""

    def __init__(self, model: Model, hybrid: Hybrid) -> None:
        self._model = model
        self._hybrid = hybrid
        self._tables = RouteTables(model)
        self._read: dict[tuple[ElementId | None, ElementId], _Table] = {}
        self._connected = _ways_out(model)
        self._ways: dict[tuple[object, ...], dict[Step, tuple[Interval, ...]]] = {}

    def gateways_of(self, vpc: ElementId) -> Sequence[ElementId]:
        """The internet gateways attached to a VPC."""
        return self._tables.gateways_of(vpc)

    def table_of(self, subnet: Element) -> ElementId | None:
        """The route table of a subnet, its own or the main one that the model states."""
        stated = subnet.get("route_table")
        if isinstance(stated, Reference):
            return stated.target
        main = self._tables.main_of(subnet.vpc) if subnet.vpc is not None else None
        return main if stated is Absent.NONE else None

    def of(self, subnet: Element, version: int, spans: tuple[Interval, ...]) -> dict[Step, tuple[Interval, ...]]:
        """Where a subnet's table sends addresses: each way with those that take it."""
        if subnet.vpc is None:
            missing = (f"{subnet.id}.vpc",)
            return {Step("unknown", "", f"{subnet.id} stands in no VPC of this model", subnet.id, missing): spans}
        table = self.table_of(subnet)
        key = (subnet.id if table is None else table, subnet.vpc, version, spans)
        found = self._ways.get(key)
        if found is None:
            known = self._read.get((table, subnet.vpc))
            if known is None:
                known = self._read[table, subnet.vpc] = self._table(table, subnet.vpc)
            elsewhere = self._without_table(subnet, subnet.vpc) if table is None else known.elsewhere
            found = self._ways[key] = by_way(known.spans[version], spans, elsewhere)
        return found

    def _without_table(self, subnet: Element, vpc: ElementId) -> Step:
        """A table whose routes the model does not say. AWS makes the main one with the local route only,
        so it leads nowhere else unless the VPC has something to lead to.
        """
        if subnet.get("route_table") is Absent.NONE and vpc not in self._connected:
            text = f"{subnet.id} names no route table, and nothing leads out of {vpc}"
            return Step("nowhere", "", text, subnet.id)
        text = f"the route table of {subnet.id} is not stated"
        return Step("unknown", "", text, subnet.id, (f"{subnet.id}.route_table",))

    def _table(self, table: ElementId | None, vpc: ElementId) -> _Table:
        local = Step("local", vpc, f"{vpc} routes between its own subnets", vpc)
        routes: list[tuple[Network, Step]] = [(network, local) for network in vpc_networks(self._model.elements[vpc])]
        elsewhere = local
        if table is not None:
            element = self._model.elements[table]
            stated = element.get("routes")
            silent = stated is Absent.UNKNOWN or (not stated and element.external)
            unsaid: tuple[str, ...] = (f"{table}.routes",) if silent else ()
            named = [(dest, target, networks_named(self._model, dest)) for dest, target in (stated or {}).items()]
            unsaid += tuple(f"{table}.routes.{dest}" for dest, _, networks in named if networks is None)
            routes += self._propagated(element)
            for dest, target, networks in named:
                step = _step(table, dest, target)
                routes += [(network, step) for network in networks or ()]
            if unsaid:
                elsewhere = Step("unknown", "", f"not all routes of {table} are known", table, unsaid)
            else:
                elsewhere = Step("nowhere", "", f"{table} has no route", table)
        return _Table({version: _resolved(routes, version) for version in VERSIONS}, elsewhere)

    def _propagated(self, table: Element) -> list[tuple[Network, Step]]:
        """The routes that a table takes over from virtual private gateways. "Route tables", section
        "Route propagation", https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
        """
        stated = table.properties.get("propagates_from")
        routes: list[tuple[Network, Step]] = []
        for reference in stated if isinstance(stated, list) else ():
            if isinstance(reference, Reference) and reference.target is not None:
                for network in self._hybrid.announced_to(reference.target):
                    text = f"{table.id} learns {network} from {reference.target}"
                    routes.append((network, Step("element", reference.target, text, table.id)))
        return routes


def _step(table: ElementId, destination: str, target: object) -> Step:
    if target is Absent.UNKNOWN:
        missing = (f"{table}.routes.{destination}",)
        return Step("unknown", "", f"where {table} sends {destination} is not known", table, missing)
    if not isinstance(target, Reference):
        return Step("nowhere", "", f"{table} sends {destination} to nothing: a blackhole", table)
    if target.target is None:
        return Step("arn", target.literal or "", f"{table} sends {destination} to {target.literal}", table)
    return Step("element", target.target, f"{table} sends {destination} to {target.target}", table)


def _resolved(routes: Sequence[tuple[Network, Step]], version: int) -> list[tuple[Interval, Step]]:
    return longest_prefix((interval(network), step) for network, step in routes if network.version == version)


def _ways_out(model: Model) -> set[ElementId]:
    """The VPCs that have something other than the local route to lead to."""
    kinds = ("InternetGateway", "EgressOnlyInternetGateway", "NatGateway", "VirtualPrivateGateway")
    found = {element.vpc for element in model.of_type(*kinds)}
    found |= {element.id for element in model.of_type("Vpc") if element.properties.get("default") is True}
    for element in model.of_type("VpcPeeringConnection", "TransitGatewayAttachment"):
        found |= {reference.target for reference in element.references}
    return {vpc for vpc in found if vpc is not None}

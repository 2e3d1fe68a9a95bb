"""Transit gateways: which route table an attachment uses, and to which attachment it sends an address.

Sources: "How AWS Transit Gateway works", sections "Routing" and "Route evaluation order"
(https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html); "Transit gateway route
tables" (https://docs.aws.amazon.com/vpc/latest/tgw/tgw-route-tables.html); "Transit gateway peering
attachments" (https://docs.aws.amazon.com/vpc/latest/tgw/tgw-peering.html): routes over a peering are static.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from archgraph.analysis.filters import networks_named
from archgraph.analysis.internet import VERSIONS, Interval, interval
from archgraph.analysis.longest_prefix import longest_prefix
from archgraph.analysis.reachability_hybrid import Hybrid
from archgraph.analysis.route_tables import vpc_networks
from archgraph.catalog.values import Network
from archgraph.model.model import Absent, Element, ElementId, Model, Reference

Spans = list[tuple[Interval, "Exit"]]


class Exit(NamedTuple):
    """Where a transit gateway sends a stretch of addresses: to an attachment, nowhere (``None``), or
    nobody knows (``missing``).
    """

    attachment: ElementId | None
    text: str
    teller: str
    missing: tuple[str, ...] = ()


class HubTable(NamedTuple):
    """A transit gateway route table: sorted stretches and their exits, and what else is sent where."""

    spans: dict[int, Spans]
    elsewhere: Exit
    assumed: tuple[str, ...]
    """What leans on AWS's default for new transit gateways, as ``element.property``."""


class Hubs:
    """The transit gateways of one model."""

    def __init__(self, model: Model, hybrid: Hybrid) -> None:
        self._model = model
        self._hybrid = hybrid
        self._read: dict[tuple[ElementId, ElementId | None], HubTable] = {}

    def attachment(self, hub: ElementId, vpc: ElementId) -> Element | None:
        """The attachment of a VPC to a transit gateway."""
        return self._attachments.get((hub, vpc))

    def table(self, hub: ElementId, incoming: ElementId) -> HubTable | None:
        """The route table for what comes in by an attachment; ``None`` if it is associated with none."""
        gateway = self._model.elements[hub]
        associated = self._association(hub, self._model.elements[incoming])
        assumed: tuple[str, ...] = ()
        if associated is None:
            if gateway.properties.get("default_association") in (False, Absent.NONE):
                return None
            if gateway.properties.get("default_association") is not True:
                assumed = (f"{hub}.default_association",)
            associated = self._defaults.get(hub)
        key = (hub, associated)
        found = self._read.get(key)
        if found is None:
            found = self._read[key] = self._table(gateway, associated)
        return HubTable(found.spans, found.elsewhere, tuple(dict.fromkeys((*assumed, *found.assumed))))

    def _association(self, hub: ElementId, incoming: Element) -> ElementId | None:
        for reference in self._model.references_from(incoming.id, "USES_ROUTE_TABLE"):
            if reference.target is not None:
                table = self._model.elements[reference.target]
                if _target(table, "transit_gateway") == hub:
                    return table.id
        return None

    def _table(self, gateway: Element, table: ElementId | None) -> HubTable:
        element = self._model.elements[table] if table is not None else None
        default = table is None or table == self._defaults.get(gateway.id)
        name = table or f"the default route table of {gateway.id}"
        teller = table or gateway.id
        explicit = self._propagating(element) if element is not None else []
        learned = list(explicit)
        assumed: tuple[str, ...] = ()
        setting = gateway.properties.get("default_propagation")
        if default and setting not in (False, Absent.NONE):
            everything = [a for a in self._attached.get(gateway.id, ()) if a not in explicit]
            if everything and setting is not True:
                assumed = (f"{gateway.id}.default_propagation",)
            learned += everything
        routes: list[tuple[Network, Exit]] = []
        unsaid: list[str] = []
        for attachment in sorted(learned, key=lambda id_: _PREFERENCE[self._model.elements[id_].type.name]):
            for network, missing in self._announced(attachment):
                if network is None:
                    unsaid += missing
                else:
                    routes.append((network, Exit(attachment, f"{name} sends {network} to {attachment}", teller)))
        if element is not None:
            static, unknown = self._static(element)
            routes += static
            unsaid += unknown
        spans = {
            version: longest_prefix((interval(n), e) for n, e in routes if n.version == version) for version in VERSIONS
        }
        text = f"not all routes of {name} are known" if unsaid else f"{name} has no route"
        return HubTable(spans, Exit(None, text, teller, tuple(dict.fromkeys(unsaid))), assumed)

    def _static(self, table: Element) -> tuple[list[tuple[Network, Exit]], list[str]]:
        stated = table.get("routes")
        if stated is Absent.UNKNOWN or (not stated and table.external):
            return [], [f"{table.id}.routes"]
        routes: list[tuple[Network, Exit]] = []
        unsaid: list[str] = []
        for destination, target in (stated or {}).items():
            networks = networks_named(self._model, destination)
            where = f"{table.id}.routes.{destination}"
            if networks is None:
                unsaid.append(where)
                continue
            attachment = target.target if isinstance(target, Reference) else None
            missing: tuple[str, ...] = ()
            if target is Absent.UNKNOWN or (isinstance(target, Reference) and attachment is None):
                missing = (where,)
            text = f"{table.id} sends {destination} to {attachment or 'nothing: a blackhole'}"
            routes += [(network, Exit(attachment, text, table.id, missing)) for network in networks]
        return routes, unsaid

    def _propagating(self, table: Element) -> list[ElementId]:
        stated = table.properties.get("propagates_from")
        references = stated if isinstance(stated, list) else []
        return [r.target for r in references if isinstance(r, Reference) and r.target is not None]

    def _announced(self, attachment: ElementId) -> Iterator[tuple[Network | None, tuple[str, ...]]]:
        """The networks that an attachment announces; ``None`` with what is missing for unknown ones."""
        element = self._model.elements[attachment]
        if element.type.name == "TransitGatewayAttachment":
            vpc = _target(element, "vpc")
            if vpc is None:
                yield None, (f"{attachment}.vpc",)
            for network in vpc_networks(self._model.elements[vpc]) if vpc is not None else ():
                yield network, ()
            return
        hub = "gateway" if element.type.name == "VpnConnection" else "transit_gateway"
        for link in self._hybrid.at(_target(element, hub) or ElementId("")):
            if link.id == attachment:
                for network in link.announced:
                    yield network, ()
                if not link.announced:
                    yield None, link.missing or (f"{link.network}.cidr",)

    @cached_property
    def _attachments(self) -> dict[tuple[ElementId, ElementId], Element]:
        found: dict[tuple[ElementId, ElementId], Element] = {}
        for element in self._model.of_type("TransitGatewayAttachment"):
            hub, vpc = _target(element, "transit_gateway"), _target(element, "vpc")
            if hub is not None and vpc is not None:
                found.setdefault((hub, vpc), element)
        return found

    @cached_property
    def _attached(self) -> dict[ElementId, list[ElementId]]:
        """What propagates by default: VPC, VPN and Direct Connect attachments, not peerings."""
        found: dict[ElementId, list[ElementId]] = {}
        properties = {"VpnConnection": "gateway"}
        for element in self._model.of_type(*_PREFERENCE):
            hub = _target(element, properties.get(element.type.name, "transit_gateway"))
            if hub is not None and self._model.elements[hub].type.name == "TransitGateway":
                found.setdefault(hub, []).append(element.id)
        return found

    @cached_property
    def _defaults(self) -> dict[ElementId, ElementId]:
        found: dict[ElementId, ElementId] = {}
        for table in self._model.of_type("TransitGatewayRouteTable"):
            hub = _target(table, "transit_gateway")
            if hub is not None and table.properties.get("default") is True:
                found.setdefault(hub, table.id)
        return found


def _target(element: Element, name: str) -> ElementId | None:
    stated = element.get(name)
    return stated.target if isinstance(stated, Reference) else None


_PREFERENCE = {"VpnConnection": 0, "DirectConnectGatewayAssociation": 1, "TransitGatewayAttachment": 2}
"""Of equal routes the later one wins: VPC, then Direct Connect, then VPN ("Route evaluation order")."""

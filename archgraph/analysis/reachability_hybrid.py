"""VPN and Direct Connect: which networks outside AWS hang on a gateway, and what each side announces.

Sources: "How AWS Site-to-Site VPN works" (https://docs.aws.amazon.com/vpn/latest/s2svpn/how_it_works.html);
"AWS Site-to-Site VPN routing options", section "Static and dynamic routing"
(https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNRoutingTypes.html); "Direct Connect gateways"
(https://docs.aws.amazon.com/directconnect/latest/UserGuide/direct-connect-gateways.html); "Allowed
prefixes interactions" (https://docs.aws.amazon.com/directconnect/latest/UserGuide/allowed-to-prefixes.html).
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from archgraph.catalog.values import Network
from archgraph.model.model import Element, ElementId, Model, Reference


class Link(NamedTuple):
    """One VPN connection or Direct Connect association between a gateway in AWS and a network outside.

    ``announced`` are the networks that AWS learns over it, ``allowed`` those of AWS that the far side
    learns (``None``: all). ``missing`` says what the model leaves out about its far end.
    """

    id: ElementId
    gateway: ElementId
    network: ElementId | None
    announced: tuple[Network, ...]
    allowed: tuple[Network, ...] | None
    missing: tuple[str, ...] = ()


class Hybrid:
    """The links of one model to networks outside AWS."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def at(self, gateway: ElementId) -> list[Link]:
        """The links that end at a transit gateway or a virtual private gateway."""
        return self._by_gateway.get(gateway, [])

    def of(self, network: ElementId) -> list[Link]:
        """The links of a network outside AWS."""
        return self._by_network.get(network, [])

    def announced_to(self, gateway: ElementId) -> list[Network]:
        """The networks that a gateway learns over all of its links."""
        return list(dict.fromkeys(network for link in self.at(gateway) for network in link.announced))

    def networks_of(self, network: ElementId) -> tuple[Network, ...]:
        """The address ranges of a network outside AWS, as far as they are stated."""
        element = self._model.elements[network]
        cidrs = element.properties.get("cidrs")
        stated = [element.properties.get("cidr"), *(cidrs if isinstance(cidrs, list) else ())]
        return tuple(item for item in stated if isinstance(item, Network))

    @cached_property
    def _by_gateway(self) -> dict[ElementId, list[Link]]:
        groups: dict[ElementId, list[Link]] = {}
        for link in self._links:
            groups.setdefault(link.gateway, []).append(link)
        return groups

    @cached_property
    def _by_network(self) -> dict[ElementId, list[Link]]:
        groups: dict[ElementId, list[Link]] = {}
        for link in self._links:
            if link.network is not None:
                groups.setdefault(link.network, []).append(link)
        return groups

    @cached_property
    def _links(self) -> list[Link]:
        found = [link for vpn in self._model.of_type("VpnConnection") for link in self._vpn(vpn)]
        for association in self._model.of_type("DirectConnectGatewayAssociation"):
            hub = _target(association, "gateway")
            for name in ("transit_gateway", "virtual_private_gateway"):
                end = _target(association, name)
                if end is not None and hub is not None:
                    found += self._association(association, hub, end)
        for interface in self._model.of_type("PrivateVirtualInterface"):
            gateway = _target(interface, "gateway")
            if gateway is not None and self._model.elements[gateway].type.name == "VirtualPrivateGateway":
                found.append(self._line(interface, interface.id, gateway, None))
        return found

    def _vpn(self, vpn: Element) -> list[Link]:
        gateway = _target(vpn, "gateway")
        if gateway is None:
            return []
        far = _target(vpn, "customer_gateway")
        device = _target(self._model.elements[far], "device") if far is not None else None
        network = self._network_at(device)
        missing = () if network is not None else (f"{far or vpn.id}.device",)
        stated = vpn.properties.get("static_routes")
        routes = tuple(item for item in stated if isinstance(item, Network)) if isinstance(stated, list) else ()
        if not routes and network is not None and vpn.properties.get("routing") != "static":
            routes = self.networks_of(network)
        return [Link(vpn.id, gateway, network, routes, None, missing)]

    def _association(self, association: Element, hub: ElementId, end: ElementId) -> list[Link]:
        stated = association.properties.get("allowed_prefixes")
        allowed: tuple[Network, ...] | None = None
        if isinstance(stated, list) and stated:
            allowed = tuple(item for item in stated if isinstance(item, Network))
        return [self._line(vif, association.id, end, allowed) for vif in self._interfaces.get(hub, ())]

    def _line(
        self, interface: Element, link: ElementId, gateway: ElementId, allowed: tuple[Network, ...] | None
    ) -> Link:
        line = _target(interface, "connection")
        device = _target(self._model.elements[line], "device") if line is not None else None
        network = self._network_at(device)
        announced = self.networks_of(network) if network is not None else ()
        missing = () if network is not None else (f"{line or interface.id}.device",)
        return Link(link, gateway, network, announced, allowed, missing)

    @cached_property
    def _interfaces(self) -> dict[ElementId, list[Element]]:
        found: dict[ElementId, list[Element]] = {}
        for interface in self._model.of_type("TransitVirtualInterface", "PrivateVirtualInterface"):
            gateway = _target(interface, "gateway")
            if gateway is not None:
                found.setdefault(gateway, []).append(interface)
        return found

    def _network_at(self, device: ElementId | None) -> ElementId | None:
        """The network of a router, or the network itself."""
        place: ElementId | None = device
        while place is not None and self._model.elements[place].type.name != "OnPremisesNetwork":
            place = self._model.elements[place].parent
        return place


def _target(element: Element, name: str) -> ElementId | None:
    stated = element.get(name)
    return stated.target if isinstance(stated, Reference) else None

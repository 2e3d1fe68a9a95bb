"""The ports on which an element listens, where the model says so."""

from __future__ import annotations

from archgraph.catalog.values import Ports
from archgraph.model.model import Element, Model

_PROTOCOLS: dict[str, tuple[str, ...]] = {
    "udp": ("udp",),
    "quic": ("udp",),
    "tcp_udp": ("tcp", "udp"),
    "tcp_quic": ("tcp", "udp"),
}
"""Listener protocols that are not plain TCP: "Listeners for your Network Load Balancers",
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html"""


def listening_ports(model: Model, element: Element) -> list[Ports] | None:
    """The ports of its listeners or its ``port``; ``None`` if the model states neither."""
    listeners = element.properties.get("listeners")
    if isinstance(listeners, list) and listeners:
        return [ports for part in listeners if part in model.elements for ports in _listener(model.elements[part])]
    port = element.properties.get("port")
    return [Ports("tcp", port, port)] if isinstance(port, int) else None


def _listener(listener: Element) -> list[Ports]:
    """A listener's ports; every port if it does not say which."""
    port = listener.properties.get("port")
    first, last = (port, port) if isinstance(port, int) else (0, 65535)
    protocol = str(listener.properties.get("protocol")).lower()
    return [Ports(name, first, last) for name in _PROTOCOLS.get(protocol, ("tcp",))]

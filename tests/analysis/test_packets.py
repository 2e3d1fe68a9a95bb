"""Exposure agrees with sending single packets.

The evaluator below shares no code with archgraph: it takes one client address, one client port and
one port of the instance at a time, looks routes and rules up the way the VPC User Guide tells it, and
counts how many public addresses get through.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from archgraph.analysis.facts import Verdict, derive
from archgraph.catalog.values import read_ports
from archgraph.model.model import Model

NETWORKS = ["0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "64.0.0.0/2", "8.0.0.0/5", "52.0.0.0/7", "52.0.0.0/8",
            "10.0.0.0/8", "203.0.113.0/24"]  # fmt: skip
PORTS = ["22", "443", "80-8080", "udp/53", "tcp/all", "all", "1024-65535", "32768-65535", "udp/1024-65535"]
PROBES = [("tcp", 22), ("tcp", 80), ("tcp", 443), ("tcp", 8080), ("tcp", 40000), ("udp", 53), ("udp", 40000)]
CLIENT_PORTS = [1024, 8080, 20000, 32768, 65535]
NAMED_NETWORKS = 2**24

routes = st.dictionaries(st.sampled_from(NETWORKS), st.sampled_from(["igw", "nat", "tgw", "other-igw"]), max_size=4)
group = st.dictionaries(st.sampled_from(NETWORKS), st.lists(st.sampled_from(PORTS), min_size=1, max_size=2), max_size=3)
entry = st.tuples(st.sampled_from(["allow", "allow", "deny"]), st.sampled_from(PORTS), st.sampled_from(NETWORKS))
acl = st.none() | st.tuples(st.lists(entry, max_size=4), st.lists(entry, max_size=4))


@settings(max_examples=250, deadline=None)
@given(routes=routes, groups=st.lists(group, min_size=1, max_size=2), acl=acl, address=st.booleans())
def test_exposure_is_what_single_packets_find(
    model_of: Callable[..., Model],
    routes: dict[str, str],
    groups: list[dict[str, list[str]]],
    acl: Any,
    address: bool,
) -> None:
    found = derive(model_of(_network(routes, groups, acl, address))).exposures["host"]
    for protocol, port in PROBES:
        expected = address and _callers(routes, groups, acl, protocol, port) > NAMED_NETWORKS
        reported = any(read_ports(ports).contains(port, protocol) for ports in found.ports)
        assert reported == expected, (protocol, port, found)
    assert found.verdict is (Verdict.EXPOSED if found.ports else Verdict.BLOCKED)


def _network(routes: dict[str, str], groups: list[dict[str, list[str]]], acl: Any, address: bool) -> dict[str, Any]:
    elements: dict[str, Any] = {
        "prod": {"type": "Account"},
        "vpc": {"type": "Vpc", "in": "prod.eu-west-1", "cidr": "10.0.0.0/16"},
        "other": {"type": "Vpc", "in": "prod.eu-west-1", "cidr": "10.1.0.0/16"},
        "igw": {"type": "InternetGateway", "in": "vpc"},
        "other-igw": {"type": "InternetGateway", "in": "other"},
        "tgw": {"type": "TransitGateway", "in": "prod.eu-west-1"},
        "table": {"type": "RouteTable", "in": "vpc", "routes": routes},
        "net": {"type": "Subnet", "in": "vpc", "availability_zone": "a", "cidr": "10.0.0.0/24", "route_table": "table"},
        "nat": {"type": "NatGateway", "subnet": "net"},
        "host": {
            "type": "Ec2Instance",
            "subnet": "net",
            "public_ip": address,
            "security_groups": [f"sg{n}" for n in range(len(groups))],
        },
    }
    for n, inbound in enumerate(groups):
        elements[f"sg{n}"] = {"type": "SecurityGroup", "in": "vpc", "inbound": inbound}
    if acl is not None:
        elements["net"]["network_acl"] = "acl"
        elements["acl"] = {
            "type": "NetworkAcl",
            "in": "vpc",
            "inbound": [{"number": n + 1, e: p, "from": c} for n, (e, p, c) in enumerate(acl[0])],
            "outbound": [{"number": n + 1, e: p, "to": c} for n, (e, p, c) in enumerate(acl[1])],
        }
    return elements


def _callers(routes: dict[str, str], groups: list[dict[str, list[str]]], acl: Any, protocol: str, port: int) -> int:
    """How many public addresses have a client port from which they can connect."""
    return sum(
        count
        for address, count in _public_samples()
        if any(_connects(address, client_port, routes, groups, acl, protocol, port) for client_port in CLIENT_PORTS)
    )


def _connects(
    client: str, client_port: int, routes: dict[str, str], groups: list[Any], acl: Any, protocol: str, port: int
) -> bool:
    rules = [(network, ports) for group in groups for network, listed in group.items() for ports in listed]
    admitted = any(_holds(client, network) and _matches(ports, protocol, port) for network, ports in rules)
    if not admitted or _next_hop(client, routes) != "igw":
        return False
    if acl is None:
        return True
    inbound, outbound = acl
    return _allowed(inbound, client, protocol, port) and _allowed(outbound, client, protocol, client_port)


def _next_hop(client: str, routes: dict[str, str]) -> str | None:
    matching = [net for net in routes if _holds(client, net)]
    return routes[max(matching, key=lambda net: int(net.split("/")[1]))] if matching else None


def _allowed(rules: list[tuple[str, str, str]], client: str, protocol: str, port: int) -> bool:
    for effect, ports, network in rules:
        if _holds(client, network) and _matches(ports, protocol, port):
            return effect == "allow"
    return False


@cache
def _holds(client: str, network: str) -> bool:
    return ipaddress.ip_address(client) in ipaddress.ip_network(network)


def _matches(ports: str, protocol: str, port: int) -> bool:
    if ports == "all":
        return True
    kind, _, span = ports.rpartition("/")
    if (kind or "tcp") != protocol:
        return False
    first, _, last = span.partition("-")
    return span == "all" or int(first) <= port <= int(last or first)


def _public_samples() -> list[tuple[str, int]]:
    """Addresses, each standing for as many public ones that all generated networks treat alike."""
    reserved = {10: 2**24, 127: 2**24, 100: 2**22, 169: 2**16, 172: 2**20, 192: 2**16, 198: 2**17, 203: 2**8}
    samples = [("203.0.113.9", 2**8)]
    for first in range(1, 224):
        public = 2**24 - reserved.get(first, 0)
        if public:
            samples.append((f"{first}.1.2.3", public))
    return samples

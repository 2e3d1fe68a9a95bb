"""The address plan: sizes, parents and overlaps."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archgraph.analysis.connections import connected_networks
from archgraph.analysis.facts import AddressBlock, derive
from archgraph.model.model import Model

ModelOf = Callable[..., Model]


def test_five_addresses_of_a_subnet_are_reserved(model_of: ModelOf) -> None:
    plan = derive(model_of({**_vpcs(a="10.0.0.0/16"), "net": _subnet("a", "10.0.3.0/28")})).addresses
    assert plan == (
        AddressBlock("a", "10.0.0.0/16", 65536, 65536, None, ()),
        AddressBlock("net", "10.0.3.0/28", 16, 11, "a", ()),
    )


def test_a_subnet_may_lie_in_a_secondary_block(model_of: ModelOf) -> None:
    elements = {**_vpcs(a="10.0.0.0/16"), "net": _subnet("a", "100.64.1.0/24")}
    elements["a"]["secondary_cidrs"] = ["100.64.0.0/16"]
    plan = {block.cidr: block for block in derive(model_of(elements)).addresses}
    assert plan["100.64.1.0/24"].parent == "a"


def test_networks_on_different_transit_gateways_may_overlap(model_of: ModelOf) -> None:
    elements: dict[str, Any] = _vpcs(a="10.0.0.0/16", b="10.0.0.0/16")
    for vpc in "ab":
        elements[f"{vpc}-tgw"] = {"type": "TransitGateway", "in": "prod.eu-west-1"}
        elements[f"{vpc}-joint"] = {"type": "TransitGatewayAttachment", "in": "prod.eu-west-1", "vpc": vpc,
                                    "transit_gateway": f"{vpc}-tgw"}  # fmt: skip
    assert connected_networks(model_of(elements)) == []


@pytest.mark.parametrize(
    ("kind", "end"),
    [("PrivateVirtualInterface", "virtual_private_gateway"), ("TransitVirtualInterface", "transit_gateway")],
)
def test_a_direct_connect_line_connects_what_is_at_its_ends(model_of: ModelOf, kind: str, end: str) -> None:
    region = "prod.eu-west-1"
    elements = {
        **_vpcs(a="10.0.0.0/16"),
        "office": {"type": "OnPremisesNetwork", "cidr": "10.0.0.0/8"},
        "line": {"type": "DirectConnectConnection", "in": region, "device": "office"},
        "vif": {"type": kind, "in": region, "connection": "line", "gateway": "dx-gateway"},
        "dx-gateway": {"type": "DirectConnectGateway", "in": "prod"},
        "dx": {"type": "DirectConnectGatewayAssociation", "in": region, "gateway": "dx-gateway", end: end[:3]},
        "vir": {"type": "VirtualPrivateGateway", "in": "a"},
    }
    if end == "transit_gateway":
        elements["tra"] = {"type": "TransitGateway", "in": region}
        elements["joint"] = {"type": "TransitGatewayAttachment", "in": region, "vpc": "a", "transit_gateway": "tra"}
    assert [set(group) for group in connected_networks(model_of(elements))] == [{"a", "office"}]


def test_a_gateway_outside_the_model_connects_nothing_inside(model_of: ModelOf) -> None:
    elsewhere = "arn:aws:ec2:eu-west-1:011122223333:transit-gateway/tgw-1"
    elements = {**_vpcs(a="10.0.0.0/16"), "joint": {"type": "TransitGatewayAttachment", "in": "prod.eu-west-1",
                                                    "vpc": "a", "transit_gateway": elsewhere}}  # fmt: skip
    assert connected_networks(model_of(elements)) == []


def test_overlapping_vpcs_matter_only_if_connected(model_of: ModelOf) -> None:
    vpcs = _vpcs(a="10.0.0.0/16", b="10.0.128.0/17")
    assert _overlaps(model_of(vpcs)) == {}
    peering = {"type": "VpcPeeringConnection", "in": "prod.eu-west-1", **_peers("a", "b")}
    assert _overlaps(model_of({**vpcs, "peering": peering})) == {"a": ("b",), "b": ("a",)}


def test_peering_is_not_transitive(model_of: ModelOf) -> None:
    elements = {
        **_vpcs(a="10.0.0.0/16", hub="10.1.0.0/16", b="10.0.0.0/16"),
        "p1": {"type": "VpcPeeringConnection", "in": "prod.eu-west-1", **_peers("hub", "a")},
        "p2": {"type": "VpcPeeringConnection", "in": "prod.eu-west-1", **_peers("hub", "b")},
    }
    assert _overlaps(model_of(elements)) == {}


def test_a_transit_gateway_connects_all_that_hangs_on_it(model_of: ModelOf) -> None:
    elements = {
        **_vpcs(a="10.0.0.0/16", b="10.2.0.0/16", c="192.168.4.0/24"),
        "tgw": {"type": "TransitGateway", "in": "prod.eu-west-1"},
        "far": {"type": "TransitGateway", "in": "prod.eu-central-1"},
        "joint": {"type": "TransitGatewayPeering", "in": "prod.eu-west-1", "transit_gateway": "tgw", "peer": "far"},
        "office": {"type": "OnPremisesNetwork", "cidr": "192.168.0.0/16"},
        "router": {"type": "CustomerRouter", "in": "office"},
        "cgw": {"type": "CustomerGateway", "in": "prod.eu-west-1", "device": "router", "ip": "198.51.100.1"},
        "vpn": {"type": "VpnConnection", "in": "prod.eu-west-1", "customer_gateway": "cgw", "gateway": "far"},
    }
    for vpc in "abc":
        elements[f"{vpc}-net"] = _subnet(vpc, {"a": "10.0.0.0/28", "b": "10.2.0.0/28", "c": "192.168.4.0/28"}[vpc])
        elements[f"{vpc}-joint"] = {
            "type": "TransitGatewayAttachment", "transit_gateway": "tgw", "vpc": vpc, "subnets": [f"{vpc}-net"],
        }  # fmt: skip
    assert _overlaps(model_of(elements)) == {"c": ("office",), "office": ("c",)}


blocks = st.builds(
    lambda start, prefix: str(ipaddress.ip_network((f"10.{start // 64}.{start % 64 * 4}.0", prefix), strict=False)),
    st.integers(0, 127),
    st.integers(16, 22),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(blocks, min_size=2, max_size=5))
def test_overlaps_are_those_that_comparing_all_pairs_finds(model_of: ModelOf, cidrs: list[str]) -> None:
    vpcs = {f"v{n}": cidr for n, cidr in enumerate(cidrs)}
    elements: dict[str, Any] = {**_vpcs(**vpcs), "tgw": {"type": "TransitGateway", "in": "prod.eu-west-1"}}
    for vpc, cidr in vpcs.items():
        elements[f"{vpc}-net"] = _subnet(vpc, str(next(ipaddress.ip_network(cidr).subnets(new_prefix=28))))
        elements[f"{vpc}-joint"] = {
            "type": "TransitGatewayAttachment", "transit_gateway": "tgw", "vpc": vpc, "subnets": [f"{vpc}-net"],
        }  # fmt: skip
    expected: dict[str, set[str]] = {}
    for (a, first), (b, second) in combinations(vpcs.items(), 2):
        if ipaddress.ip_network(first).overlaps(ipaddress.ip_network(second)):
            expected.setdefault(a, set()).add(b)
            expected.setdefault(b, set()).add(a)
    assert _overlaps(model_of(elements)) == {vpc: tuple(sorted(others)) for vpc, others in expected.items()}


def _vpcs(**cidrs: str) -> dict[str, Any]:
    vpcs = {vpc: {"type": "Vpc", "in": "prod.eu-west-1", "cidr": cidr} for vpc, cidr in cidrs.items()}
    return {"prod": {"type": "Account"}, **vpcs}


def _subnet(vpc: str, cidr: str) -> dict[str, Any]:
    return {"type": "Subnet", "in": vpc, "availability_zone": "a", "cidr": cidr}


def _peers(requester: str, accepter: str) -> dict[str, str]:
    return {"vpc": requester, "peer": accepter}


def _overlaps(model: Model) -> dict[str, tuple[str, ...]]:
    return {block.element: block.overlaps for block in derive(model).addresses if block.overlaps}

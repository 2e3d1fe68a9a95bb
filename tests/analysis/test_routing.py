"""Subnets by their routes: what evidence says, which gateways are named, and how firewalls count."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archgraph.analysis.facts import Certainty, RoutingKind, Verdict, derive
from archgraph.model.model import Model

ModelOf = Callable[..., Model]


def network(**more: Any) -> dict[str, Any]:
    """A VPC with a gateway, a NAT gateway in a public subnet, and a subnet `app` that uses it."""
    return {
        "prod": {"type": "Account"},
        "vpc": {"type": "Vpc", "in": "prod.eu-west-1", "cidr": "10.0.0.0/16"},
        "igw": {"type": "InternetGateway", "in": "vpc"},
        "public-routes": {"type": "RouteTable", "in": "vpc", "routes": {"0.0.0.0/0": "igw"}},
        "app-routes": {"type": "RouteTable", "in": "vpc", "routes": {"0.0.0.0/0": "nat", "192.168.0.0/16": "tgw"}},
        "tgw": {"type": "TransitGateway", "in": "prod.eu-west-1"},
        "public": _subnet("10.0.0.0/24", "public-routes"),
        "app": _subnet("10.0.1.0/24", "app-routes"),
        "nat": {"type": "NatGateway", "subnet": "public", "elastic_ip": {}},
        **more,
    }


def _subnet(cidr: str, routes: str) -> dict[str, Any]:
    return {"type": "Subnet", "in": "vpc", "availability_zone": "a", "cidr": cidr, "route_table": routes}


def test_a_public_subnet_names_its_table_and_gateway(model_of: ModelOf) -> None:
    found = derive(model_of(network())).subnets["public"]
    assert (found.kind, found.route_table, found.internet_gateway) == (RoutingKind.PUBLIC, "public-routes", "igw")
    assert [hop.text for hop in found.evidence] == [
        "public uses the route table public-routes",
        "public-routes sends 0.0.0.0/0 to igw, the internet gateway of vpc",
    ]


def test_a_private_subnet_names_its_nat_gateways(model_of: ModelOf) -> None:
    found = derive(model_of(network())).subnets["app"]
    assert (found.kind, found.internet_gateway, found.nat_gateways) == (RoutingKind.PRIVATE, None, ("nat",))


def test_the_gateway_of_another_vpc_is_named_as_a_blackhole(model_of: ModelOf) -> None:
    elements = network(
        other={"type": "Vpc", "in": "prod.eu-west-1", "cidr": "10.1.0.0/16"},
        far={"type": "InternetGateway", "in": "other"},
    )
    elements["public-routes"]["routes"] = {"0.0.0.0/0": "far"}
    found = derive(model_of(elements)).subnets["public"]
    assert found.kind is RoutingKind.ISOLATED
    assert "attached to other, not to vpc: a blackhole" in found.evidence[-1].text


def test_a_route_to_nothing_is_a_blackhole(model_of: ModelOf) -> None:
    elements = network()
    elements["public-routes"]["routes"] = {"0.0.0.0/0": "none"}
    assert derive(model_of(elements)).subnets["public"].kind is RoutingKind.ISOLATED


def test_a_gateway_outside_the_model_is_a_gateway(model_of: ModelOf) -> None:
    elements = network()
    arn = "arn:aws:ec2:eu-west-1:011122223333:internet-gateway/igw-0123456789abcdef0"
    elements["public-routes"]["routes"] = {"0.0.0.0/0": arn}
    found = derive(model_of(elements)).subnets["public"]
    assert (found.kind, found.internet_gateway) == (RoutingKind.PUBLIC, None)


def test_a_firewall_before_the_gateway_makes_exposure_possible_not_certain(model_of: ModelOf) -> None:
    elements = network(
        wall={"type": "NetworkFirewall", "in": "vpc", "subnets": ["public"]},
        open={"type": "SecurityGroup", "in": "vpc", "inbound": {"0.0.0.0/0": "443"}},
        host={"type": "Ec2Instance", "subnet": "app", "public_ip": True, "security_groups": ["open"]},
    )
    elements["app-routes"]["routes"] = {"0.0.0.0/0": "wall"}
    facts = derive(model_of(elements))
    assert facts.subnets["app"].kind is RoutingKind.PUBLIC
    assert facts.subnets["app"].internet_gateway == "igw"
    found = facts.exposures["host"]
    assert (found.verdict, found.certainty) == (Verdict.EXPOSED, Certainty.POSSIBLE)


def test_a_firewall_that_routes_to_itself_ends(model_of: ModelOf) -> None:
    elements = network(wall={"type": "NetworkFirewall", "in": "vpc", "subnets": ["app"]})
    elements["app-routes"]["routes"] = {"0.0.0.0/0": "wall"}
    assert derive(model_of(elements)).subnets["app"].kind is RoutingKind.PRIVATE


def test_evidence_for_exposure_goes_hop_by_hop(model_of: ModelOf) -> None:
    elements = network(
        acl={
            "type": "NetworkAcl",
            "in": "vpc",
            "inbound": [{"number": 100, "allow": "443", "from": "0.0.0.0/0"}],
            "outbound": [{"number": 100, "allow": "1024-65535", "to": "0.0.0.0/0"}],
        },
        web={"type": "SecurityGroup", "in": "vpc", "inbound": {"0.0.0.0/0": "443"}},
        host={"type": "Ec2Instance", "subnet": "public", "public_ip": True, "security_groups": ["web"]},
    )
    elements["public"]["network_acl"] = "acl"
    assert [hop.text for hop in derive(model_of(elements)).exposures["host"].hops] == [
        "host has a public address",
        "public uses the route table public-routes",
        "public-routes sends 0.0.0.0/0 to igw, the internet gateway of vpc",
        "acl admits traffic into public",
        "web allows 443 from 0.0.0.0/0",
        "acl lets replies out of public",
    ]

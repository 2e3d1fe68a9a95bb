"""Subnets by their routes: what evidence says, which gateways are named, and how firewalls count."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from archgraph.analysis.facts import Certainty, RoutingKind, Verdict, derive
from archgraph.analysis.route_tables import vpc_networks
from archgraph.model.model import Model

ModelOf = Callable[..., Model]
TABLE_ARN = "arn:aws:ec2:eu-west-1:011122223333:route-table/rtb-1"


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


ROUTES: list[tuple[dict[str, Any], RoutingKind, str, tuple[str, ...]]] = [
    ({"routes": {"0.0.0.0/0": "igw"}}, RoutingKind.PUBLIC, "sends 0.0.0.0/0 to igw, the internet gateway of vpc", ()),
    ({"routes": {"0.0.0.0/0": "nat"}}, RoutingKind.PRIVATE, "sends 0.0.0.0/0 to nat, which lets nobody in", ()),
    ({"routes": {"::/0": "eigw"}}, RoutingKind.PRIVATE, "sends ::/0 to eigw, which lets nobody in", ()),
    ({"routes": {"192.168.0.0/16": "tgw"}}, RoutingKind.PRIVATE, "sends 192.168.0.0/16 to tgw", ()),
    ({"routes": {"0.0.0.0/0": "none"}}, RoutingKind.ISOLATED, "sends 0.0.0.0/0 to nothing: a blackhole", ()),
    ({"routes": {}}, RoutingKind.ISOLATED, "has no route out of vpc", ()),
    ({"routes": {}, "propagates_from": ["vgw"]}, RoutingKind.PRIVATE, "takes over the routes of vgw", ()),
    (
        {"routes": {}, "propagates_from": ["arn:aws:ec2:eu-west-1:011122223333:vpn-gateway/vgw-1"]},
        RoutingKind.PRIVATE, "takes over the routes of arn:aws:ec2:eu-west-1:011122223333:vpn-gateway/vgw-1", (),
    ),
    (
        {"routes": {"192.168.0.0/16": "tgw"}, "propagates_from": ["vgw"]},
        RoutingKind.PRIVATE, "sends 192.168.0.0/16 to tgw; takes over the routes of vgw", (),
    ),
    (
        {"routes": {"192.168.0.0/16": "tgw", "0.0.0.0/0": "nat"}},
        RoutingKind.PRIVATE, "sends 0.0.0.0/0 to nat, which lets nobody in", (),
    ),
    (
        {"routes": {"0.0.0.0/0": "arn:aws:ec2:eu-west-1:011122223333:natgateway/nat-1"}},
        RoutingKind.PRIVATE, "sends 0.0.0.0/0 to arn:aws:ec2:eu-west-1:011122223333:natgateway/nat-1", (),
    ),
    (
        {"routes": {"0.0.0.0/0": "far-igw"}},
        RoutingKind.PUBLIC, "sends 0.0.0.0/0 to far-igw, an internet gateway outside this model", (),
    ),
    (
        {"routes": {"0.0.0.0/0": "unknown"}},
        RoutingKind.UNKNOWN, "sends 0.0.0.0/0 to a target that is not known", ("routes.routes.0.0.0.0/0",),
    ),
    (
        {"routes": {"10.9.0.0/16": "unknown"}},
        RoutingKind.ISOLATED, "sends 10.9.0.0/16 to a target that is not known", (),
    ),
    (
        {"routes": {"192.168.0.0/16": "tgw", "some": "igw"}},
        RoutingKind.PUBLIC, "sends some to igw, the internet gateway of vpc", (),
    ),
    ({"routes": {"some": "igw"}}, RoutingKind.PUBLIC, "sends some to igw, the internet gateway of vpc", ()),
    (
        {"routes": {"offices": "igw"}},
        RoutingKind.UNKNOWN, "sends offices to igw, the internet gateway of vpc", ("routes.routes.offices",),
    ),
    ({"routes": {"offices": "nat"}}, RoutingKind.PRIVATE, "sends offices to nat, which lets nobody in", ()),
    ({"routes": {"com.amazonaws.eu-west-1.s3": "s3"}}, RoutingKind.ISOLATED, "has no route out of vpc", ()),
    (
        {"routes": {"com.amazonaws.eu-west-1.s3": "s3", "0.0.0.0/0": "nat"}},
        RoutingKind.PRIVATE, "sends 0.0.0.0/0 to nat, which lets nobody in", (),
    ),
    (
        {"routes": {"0.0.0.0/0": "balancers"}},
        RoutingKind.PUBLIC, "sends 0.0.0.0/0 to balancers, which hands on to an internet gateway by public-routes", (),
    ),
    ({"routes": {"0.0.0.0/0": "wall"}}, RoutingKind.PRIVATE, "sends 0.0.0.0/0 to wall", ()),
    ({"routes": "unknown"}, RoutingKind.UNKNOWN, "the routes of routes are not known", ("routes.routes",)),
    ({"external": True}, RoutingKind.UNKNOWN, "the routes of routes are not known", ("routes.routes",)),
    (
        {"external": True, "routes": {"0.0.0.0/0": "igw"}},
        RoutingKind.PUBLIC, "sends 0.0.0.0/0 to igw, the internet gateway of vpc", (),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("table", "kind", "said", "missing"), ROUTES)
def test_what_a_table_makes_of_a_subnet(
    model_of: ModelOf, table: dict[str, Any], kind: RoutingKind, said: str, missing: tuple[str, ...]
) -> None:
    elements = network(
        routes={"type": "RouteTable", "in": "vpc", **table},
        net=_subnet("10.0.2.0/24", "routes"),
        tableless={"type": "Subnet", "in": "vpc", "availability_zone": "a", "cidr": "10.0.3.0/24"},
        eigw={"type": "EgressOnlyInternetGateway", "in": "vpc"},
        vgw={"type": "VirtualPrivateGateway", "in": "vpc"},
        offices={"type": "PrefixList", "in": "prod.eu-west-1"},
        some={"type": "PrefixList", "in": "prod.eu-west-1", "entries": ["10.9.0.0/16", "8.8.8.0/24"]},
        s3={"type": "VpcEndpoint", "in": "vpc", "kind": "gateway", "service": "s3"},
        balancers={"type": "VpcEndpoint", "in": "vpc", "kind": "gateway_load_balancer", "subnets": ["public"]},
        wall={"type": "NetworkFirewall", "in": "vpc", "subnets": ["tableless"]},
        others={"type": "Account"},
    )
    elements["far-igw"] = {"type": "InternetGateway", "external": True, "in": "others.eu-west-1"}
    found = derive(model_of(elements)).subnets["net"]
    texts = [hop.text.removeprefix("routes ") for hop in found.evidence[1:]]
    assert (found.kind, "; ".join(texts), found.missing) == (kind, said, missing)


@pytest.mark.parametrize(
    ("subnet", "why", "missing"),
    [
        ({"route_table": "unknown"}, "the route table of net is not known", "net.route_table"),
        ({"route_table": TABLE_ARN}, f"net uses {TABLE_ARN}, outside this model", "net.route_table"),
        ({"external": True, "in": "others.eu-west-1"}, "net stands in no VPC of this model", "net.vpc"),
    ],
)
def test_a_subnet_whose_table_is_not_known(model_of: ModelOf, subnet: dict[str, Any], why: str, missing: str) -> None:
    net = {"type": "Subnet", "in": "vpc", "availability_zone": "a", "cidr": "10.0.2.0/24", **subnet}
    found = derive(model_of(network(net=net, others={"type": "Account"}))).subnets["net"]
    assert (found.kind, [hop.text for hop in found.evidence], found.missing) == (RoutingKind.UNKNOWN, [why], (missing,))


def test_every_block_of_a_vpc_is_its_own(model_of: ModelOf) -> None:
    elements = network()
    elements["vpc"] |= {"ipv6_cidr": "2600:1f18::/56", "secondary_cidrs": ["100.64.0.0/16"]}
    [vpc] = model_of(elements).of_type("Vpc")
    assert list(map(str, vpc_networks(vpc))) == ["10.0.0.0/16", "2600:1f18::/56", "100.64.0.0/16"]

"""Whether the internet has an address for an element, and what is said about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from archgraph.analysis.addresses import public_address
from archgraph.model.model import ElementId, Model

HOST = {"type": "Ec2Instance", "subnet": "net"}
BALANCER = {"type": "ApplicationLoadBalancer", "subnets": ["net", "net-b"], "scheme": "internet-facing"}
SERVICE = {"type": "EcsService", "in": "vpc", "subnets": ["net"]}
DATABASE = {"type": "RdsInstance", "in": "vpc", "subnets": ["net", "net-b"], "engine": "postgres"}
ADDRESS = "arn:aws:ec2:eu-west-1:011122223333:elastic-ip/eipalloc-1"

CASES: list[tuple[dict[str, Any], dict[str, Any], int, str, str, tuple[str, ...]]] = [
    ({**HOST, "public_ip": True}, {}, 4, "yes", "it has a public address", ()),
    ({**HOST, "public_ip": False}, {}, 4, "no", "it has no public address", ()),
    (HOST, {}, 4, "unknown", "it does not say public_ip", ("it.public_ip",)),
    ({**HOST, "public_ip": True}, {"ipv6_only": True}, 4, "no", "net has IPv6 addresses only", ()),
    ({**HOST, "public_ip": True}, {"ipv6_only": False}, 4, "yes", "it has a public address", ()),
    (HOST, {"ipv6_only": True, "auto_assign_ipv6": True}, 6, "yes", "it has an IPv6 address", ()),
    (HOST, {"auto_assign_ipv6": False}, 6, "no", "it has no IPv6 address", ()),
    (HOST, {}, 6, "unknown", "net does not say whether it assigns IPv6 addresses", ("net.auto_assign_ipv6",)),
    (HOST, {"auto_assign_public_ip": True}, 4, "yes", "net assigns public addresses at launch", ()),
    (HOST, {"auto_assign_public_ip": False}, 4, "no", "net does not assign public addresses at launch", ()),
    ({**HOST, "public_ip": False}, {"auto_assign_public_ip": True}, 4, "no", "it has no public address", ()),
    ({**HOST, "elastic_ip": "eip"}, {}, 4, "yes", "it has the Elastic IP address eip", ()),
    ({**HOST, "elastic_ip": ADDRESS}, {}, 4, "yes", f"it has the Elastic IP address {ADDRESS}", ()),
    (
        {**HOST, "elastic_ip": "unknown", "public_ip": False}, {}, 4,
        "unknown", "whether it has an Elastic IP address is not known", ("it.elastic_ip",),
    ),
    ({**HOST, "elastic_ip": "unknown", "public_ip": True}, {}, 4, "yes", "it has a public address", ()),
    ({**BALANCER, "ip_address_type": "ipv4"}, {}, 4, "yes", "it is internet-facing", ()),
    ({**BALANCER, "ip_address_type": "ipv4"}, {}, 6, "no", "it has no IPv6 addresses", ()),
    ({**BALANCER, "ip_address_type": "dualstack"}, {}, 4, "yes", "it is internet-facing", ()),
    ({**BALANCER, "ip_address_type": "dualstack"}, {}, 6, "yes", "it is internet-facing", ()),
    (
        {**BALANCER, "ip_address_type": "dualstack-without-public-ipv4"}, {}, 4,
        "no", "it has no public IPv4 address", (),
    ),
    ({**BALANCER, "ip_address_type": "dualstack-without-public-ipv4"}, {}, 6, "yes", "it is internet-facing", ()),
    (BALANCER, {}, 4, "yes", "it is internet-facing", ()),
    (BALANCER, {}, 6, "unknown", "it does not say whether it has IPv6 addresses", ("it.ip_address_type",)),
    (
        {**BALANCER, "ip_address_type": "unknown"}, {}, 6,
        "unknown", "it does not say whether it has IPv6 addresses", ("it.ip_address_type",),
    ),
    (
        {**BALANCER, "scheme": "internal"}, {}, 6,
        "no", "it is internal: its name resolves to private addresses", (),
    ),
    (
        {**BALANCER, "scheme": "unknown"}, {}, 4,
        "unknown", "it does not say whether it is internet-facing or internal", ("it.scheme",),
    ),
    ({**SERVICE, "assign_public_ip": True}, {}, 4, "yes", "it assigns public addresses", ()),
    ({**SERVICE, "assign_public_ip": False}, {}, 4, "no", "it assigns no public addresses", ()),
    ({**SERVICE, "assign_public_ip": False}, {}, 6, "yes", "the tasks of it have IPv6 addresses", ()),
    (
        {**SERVICE, "assign_public_ip": True, "launch_type": "ec2"}, {}, 4,
        "no", "the tasks of it run on EC2 instances, where task interfaces get no public addresses", (),
    ),
    ({**DATABASE, "publicly_accessible": True}, {}, 4, "yes", "it is publicly accessible", ()),
    ({**DATABASE, "publicly_accessible": False}, {}, 4, "no", "it is not publicly accessible", ()),
]  # fmt: skip


@pytest.mark.parametrize(("element", "subnet", "version", "answer", "text", "missing"), CASES)
def test_public_address(
    model_of: Callable[..., Model],
    element: dict[str, Any],
    subnet: dict[str, Any],
    version: int,
    answer: str,
    text: str,
    missing: tuple[str, ...],
) -> None:
    model = model_of(_elements(element, subnet))
    found = public_address(model, model.elements[ElementId("it")], model.elements[ElementId("net")], version)
    assert (found.answer.value, found.hop.text, found.missing) == (answer, text, missing)


def test_what_stands_in_no_subnet_has_no_address_of_version_6(model_of: Callable[..., Model]) -> None:
    model = model_of(_elements({"type": "Ec2Instance", "in": "prod.eu-west-1"}, {}))
    found = public_address(model, model.elements[ElementId("it")], None, 6)
    assert (found.answer.value, found.hop.text) == ("no", "it has no IPv6 address")


def _elements(element: dict[str, Any], subnet: dict[str, Any]) -> dict[str, Any]:
    return {
        "prod": {"type": "Account"},
        "vpc": {"type": "Vpc", "in": "prod.eu-west-1", "cidr": "10.0.0.0/16"},
        "net": {"type": "Subnet", "in": "vpc", "availability_zone": "a", "cidr": "10.0.0.0/24", **subnet},
        "net-b": {"type": "Subnet", "in": "vpc", "availability_zone": "b", "cidr": "10.0.1.0/24"},
        "eip": {"type": "ElasticIp", "in": "prod.eu-west-1"},
        "it": element,
    }

"""Ports of administration and of databases: which ones must not be open to the internet, and their names."""

from __future__ import annotations

import pytest

from archgraph.rules.engine import evaluate
from archgraph.rules.registry import builtin_rules
from archgraph.rules.results import Result, Status

from .conftest import AS_OF, LoadModel

RULE = next(rule for rule in builtin_rules() if rule.id == "sec-admin-port-open-to-internet")

NETWORK = """
archgraph: 1
id: case
name: Ports
elements:
  prod: {type: Account, account_id: "000000000001"}
  net:
    type: Vpc
    in: prod.eu-west-1
    cidr: 10.0.0.0/16
    contains:
      igw: {type: InternetGateway}
      routes: {type: RouteTable, routes: {0.0.0.0/0: igw}}
      public: {type: Subnet, availability_zone: a, cidr: 10.0.0.0/24, route_table: routes}
"""

GUARDED = """\
      group-{name}: {{type: SecurityGroup, inbound: {{{source}: {ports}}}}}
      host-{name}: {{type: Ec2Instance, subnet: public, public_ip: true, security_groups: [group-{name}]}}
"""

RISKY = {
    # https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-19 lists most of them
    22: "SSH",
    23: "Telnet",
    135: "RPC",
    445: "SMB",
    1433: "SQL Server",
    1434: "SQL Server",
    1521: "Oracle",
    3306: "MySQL",
    3389: "RDP",
    5432: "PostgreSQL",
    5985: "WinRM",
    5986: "WinRM",
    6379: "Redis",
    9200: "OpenSearch",
    9300: "OpenSearch",
    11211: "Memcached",
    27017: "MongoDB",
}


def judged(load_model: LoadModel, groups: dict[str, tuple[str, str]]) -> dict[str, Result]:
    """The results by group name, of groups that each admit one source on some ports."""
    hosts = "".join(GUARDED.format(name=name, source=source, ports=ports) for name, (source, ports) in groups.items())
    results = evaluate(load_model(NETWORK + hosts), as_of=AS_OF, rules=[RULE]).results
    return {result.element.removeprefix("group-"): result for result in results}


def test_each_port_is_found_and_named(load_model: LoadModel) -> None:
    results = judged(load_model, {str(port): ("0.0.0.0/0", str(port)) for port in RISKY})

    assert {name: result.message for name, result in results.items()} == {
        str(port): f"lets the internet reach {port} ({service})" for port, service in RISKY.items()
    }
    assert {result.status for result in results.values()} == {Status.FAIL}


@pytest.mark.parametrize(
    ("source", "ports", "status"),
    [
        ("0.0.0.0/0", "20-25", Status.FAIL),
        ("0.0.0.0/0", "all", Status.FAIL),
        ("0.0.0.0/0", "udp/22", Status.PASS),
        ("0.0.0.0/0", "21", Status.PASS),
        ("0.0.0.0/0", "443", Status.PASS),
        ("0.0.0.0/1", "22", Status.FAIL),
        ("203.0.113.0/24", "22", Status.PASS),
        ("10.0.0.0/8", "all", Status.PASS),
    ],
)
def test_who_is_the_internet(source: str, ports: str, status: Status, load_model: LoadModel) -> None:
    assert judged(load_model, {"g": (source, ports)})["g"].status is status


def test_two_halves_are_the_internet(load_model: LoadModel) -> None:
    halves = "0.0.0.0/1: 22, 128.0.0.0/1"

    result = judged(load_model, {"g": (halves, "22")})["g"]

    assert (result.status, result.message) == (Status.FAIL, "lets the internet reach 22 (SSH)")
    assert result.location.line == 15, "the line of 'inbound'"

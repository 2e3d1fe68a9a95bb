"""The network of a generated team: three zones with public, application and data subnets."""

from __future__ import annotations

from benchmarks.teams import Team

ZONES = ("a", "b", "c")
PUBLIC, APPLICATION, DATA = (tuple(f"{tier}-{zone}" for zone in ZONES) for tier in ("public", "app", "data"))

Rules = dict[str, int]


def network(team: Team) -> None:
    """A VPC whose zones each have a NAT gateway of their own."""
    network = team.network
    team.count += 1  # the VPC, which `network` stands in
    base = f"10.{team.number % 250}"
    gateway = team.add(network, "igw", "InternetGateway")
    public = team.add(network, "public-routes", "RouteTable", routes={"0.0.0.0/0": gateway})
    data = team.add(network, "data-routes", "RouteTable", routes={})
    acl = team.add(
        network, "acl", "NetworkAcl",
        inbound=[{"number": 100, "allow": "all", "from": "0.0.0.0/0"}],
        outbound=[{"number": 100, "allow": "all", "to": "0.0.0.0/0"}],
    )  # fmt: skip
    for index, zone in enumerate(ZONES):
        _subnet(team, PUBLIC[index], zone, f"{base}.{index}.0/24", public, acl)
        nat = team.add(network, f"nat-{zone}", "NatGateway", inline=1, subnet=team.id(PUBLIC[index]), elastic_ip={})
        routes = team.add(network, f"app-routes-{zone}", "RouteTable", routes={"0.0.0.0/0": nat})
        _subnet(team, APPLICATION[index], zone, f"{base}.{16 + index}.0/24", routes, acl)
        _subnet(team, DATA[index], zone, f"{base}.{32 + index}.0/24", data, acl)
    security_group(team, "endpoints-sg", {f"{base}.0.0/16": 443}, {})


def endpoints(team: Team) -> None:
    """Ways from the VPC to AWS's services around the NAT gateways, and the log of the network."""
    application_routes = team.ids(*(f"app-routes-{zone}" for zone in ZONES))
    for service in ("dynamodb",) if team.every(3) else ("s3", "dynamodb"):
        team.add(
            team.network, service, "VpcEndpoint", kind="gateway", service=service, route_tables=application_routes
        )  # fmt: skip
    for service in ("secretsmanager", "kms", "sqs", "events", "logs"):
        team.add(
            team.network, service, "VpcEndpoint",
            kind="interface",
            service=service,
            subnets=team.ids(*APPLICATION),
            security_groups=team.ids("endpoints-sg"),
        )  # fmt: skip
    if not team.every(4):
        logs = team.log_group("flow-logs")
        team.add(team.region, "flow-log", "FlowLog", source=team.id("vpc"), traffic="all", destination=logs)


def security_group(team: Team, id_: str, inbound: Rules, outbound: Rules) -> str:
    """Add a security group; its rules name other groups, networks or prefix lists, and a port."""
    return team.add(team.network, id_, "SecurityGroup", inbound=inbound, outbound=outbound)


def _subnet(team: Team, id_: str, zone: str, cidr: str, routes: str, acl: str) -> None:
    team.add(
        team.network, id_, "Subnet", availability_zone=zone, cidr=cidr, route_table=routes, network_acl=acl
    )  # fmt: skip

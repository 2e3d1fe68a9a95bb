"""Random networks for the tests of reachability, and what single packets find in them.

Nothing here is archgraph's: a network is plain data, and the evaluator sends one packet at a time from one
address to another, looks up routes and rules as the VPC User Guide tells it, and sees whether the reply
comes back. ``document`` writes the same network as elements of a model.
"""

from __future__ import annotations

import ipaddress
from functools import cache
from random import Random
from typing import Any

VPCS = {"a": "10.0.0.0/16", "b": "10.1.0.0/16", "c": "10.2.0.0/16"}
SUBNETS = {"a1": ("a", "a", "10.0.1.0/24"), "a2": ("a", "b", "10.0.2.0/24"), "b1": ("b", "a", "10.1.1.0/24"),
           "b2": ("b", "b", "10.1.2.0/24"), "c1": ("c", "a", "10.2.1.0/24")}  # fmt: skip
OFFICE = "192.168.0.0/16"
SAMPLES = {name: [f"{cidr.rsplit('.', 1)[0]}.{last}" for last in (10, 200)] for name, (_, _, cidr) in SUBNETS.items()}
SAMPLES["office"] = ["192.168.1.10", "192.168.200.10"]
PUBLIC = ["9.1.1.1", "52.1.1.1", "70.1.1.1", "150.1.1.1", "203.0.113.9"]
PEERINGS = {"ab": ("a", "b"), "bc": ("b", "c")}
CLIENT_PORTS = (1024, 20000, 32768, 65535)
PROBES = (("tcp", 22), ("tcp", 443), ("tcp", 8080), ("udp", 53))
PORTS = ["22", "443", "80-8080", "udp/53", "tcp/all", "all", "all"]
ACL_PORTS = [*PORTS, "1024-65535", "32768-65535", "udp/1024-65535", "22-1024"]
NETWORKS = ["0.0.0.0/0", "0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/16", "10.1.0.0/16", "10.0.1.0/24", "10.1.1.128/25",
            "10.0.2.0/25", "192.168.0.0/17", "192.168.0.0/16", "52.0.0.0/7", "128.0.0.0/1", "8.0.0.0/5"]  # fmt: skip
DESTINATIONS = ["0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/16", "10.1.0.0/16", "10.1.1.0/24", "10.2.0.0/16",
                "192.168.0.0/16", "8.0.0.0/5", "52.0.0.0/7"]  # fmt: skip

Net = dict[str, Any]
Where = tuple[str, list[tuple[str, str]], str | None, bool]
"""Where a packet ends up, the subnets' borders that it crosses, the NAT that it passes, and what joins the VPCs."""


def network(random: Random) -> Net:
    """One network: three VPCs, what joins them, an office, and filters everywhere."""
    net: Net = {
        "gateways": {vpc for vpc in VPCS if random.random() < 0.7},
        "nat": random.choice(["a1", "a2", "c1", None]),
        "private_nat": random.random() < 0.15,
        "attached": {},
        "hub": {"association": random.random() < 0.8, "propagation": random.random() < 0.8,
                "references": random.random() < 0.5, "table": random.random() < 0.5, "routes": {}},
        "vpn": random.choice(["hub", "vgw", None]),
        "propagates": {subnet for subnet in SUBNETS if subnet[0] == "a" and random.random() < 0.5},
        "endpoint": {subnet for subnet in SUBNETS if subnet[0] == "a" and random.random() < 0.4},
    }  # fmt: skip
    for vpc in VPCS:
        homes = [s for s in SUBNETS if s[0] == vpc and random.random() < 0.8]
        if homes and random.random() < 0.8:
            net["attached"][vpc] = (homes, random.random() < 0.5)
    exits = [*(f"to-{vpc}" for vpc in net["attached"]), "none", *(["vpn"] if net["vpn"] == "hub" else [])]
    net["hub"]["routes"] = {d: random.choice(exits) for d in random.sample(DESTINATIONS[1:], 2)}
    net["hub"]["propagates"] = sorted(e for e in exits if e != "none" and random.random() < 0.5)
    net["routes"] = {subnet: _routes(random, net, SUBNETS[subnet][0]) for subnet in SUBNETS}
    net["acls"] = {s: {w: _acl(random) for w in ("inbound", "outbound")} for s in SUBNETS if random.random() < 0.2}
    names = [f"{vpc}-sg{n}" for vpc in VPCS for n in (0, 1)]
    net["groups"] = {
        name: {way: _rules(random, name, names) for way in ("inbound", "outbound")} for name in names
    }  # fmt: skip
    net["hosts"] = {
        s: {
            "groups": [f"{s[0]}-sg{n}" for n in random.sample((0, 1), random.choice((1, 2)))],
            "public": random.random() < 0.5,
        }
        for s in SUBNETS
    }
    return net


def _routes(random: Random, net: Net, vpc: str) -> dict[str, str]:
    targets = ["none", *(f"peer-{name}" for name, ends in PEERINGS.items() if vpc in ends)]
    targets += ["igw"] * 2 if vpc in net["gateways"] else []
    targets += ["hub"] * 4
    targets += ["nat"] * 2 if net["nat"] and net["nat"][0] == vpc else []
    targets += ["vgw"] if net["vpn"] == "vgw" and vpc == "a" else []
    chosen = random.sample(sorted(set(DESTINATIONS)), random.choice((2, 3, 4, 5)))
    return {d: random.choice(targets) for d in chosen if not _inside(d, VPCS[vpc])}


def _acl(random: Random) -> list[tuple[str, str, str]]:
    entries = [(random.choice(("allow", "deny")), random.choice(ACL_PORTS), random.choice(NETWORKS)) for _ in range(2)]
    return [*entries, ("allow", "all", "0.0.0.0/0")] if random.random() < 0.7 else entries


def _rules(random: Random, name: str, names: list[str]) -> dict[str, str]:
    near = [other for other in names if other[0] == name[0] or (other[0] in "ab" and name[0] in "ab")]
    peers = [random.choice(near) if random.random() < 0.4 else random.choice(NETWORKS) for _ in range(4)]
    return (
        {"0.0.0.0/0": "all"}
        if random.random() < 0.25
        else {peer: random.choice(PORTS) for peer in dict.fromkeys(peers)}
    )


def document(net: Net, prefix: str) -> dict[str, Any]:
    """The network as elements of a model, each id after the prefix."""

    def p(name: str) -> str:
        return name if name == "none" else prefix + name

    account, region = p("acc"), p("acc") + ".eu-west-1"
    hub = net["hub"]
    elements: dict[str, Any] = {account: {"type": "Account"}, p("hub"): {
        "type": "TransitGateway", "in": region, "default_association": hub["association"],
        "default_propagation": hub["propagation"], "security_group_referencing": hub["references"]}}  # fmt: skip
    for vpc, cidr in VPCS.items():
        elements[p(vpc)] = {"type": "Vpc", "in": region, "cidr": cidr}
        if vpc in net["gateways"]:
            elements[p(f"igw-{vpc}")] = {"type": "InternetGateway", "in": p(vpc)}
    for name, (one, other) in PEERINGS.items():
        elements[p(f"peer-{name}")] = {"type": "VpcPeeringConnection", "in": region, "vpc": p(one), "peer": p(other)}
    for vpc, (homes, own_table) in net["attached"].items():
        elements[p(f"to-{vpc}")] = {"type": "TransitGatewayAttachment", "in": region, "transit_gateway": p("hub"),
                                    "vpc": p(vpc), "subnets": [p(s) for s in homes]}  # fmt: skip
        if own_table and hub["table"]:
            elements[p(f"to-{vpc}")]["route_table"] = p("hub-table")
    if hub["table"]:
        elements[p("hub-table")] = {
            "type": "TransitGatewayRouteTable", "in": region, "transit_gateway": p("hub"),
            "routes": {d: p(e) for d, e in hub["routes"].items()},
            "propagates_from": [p(e) for e in hub["propagates"]]}  # fmt: skip
    elements[p("office")] = {"type": "OnPremisesNetwork", "cidr": OFFICE}
    elements[p("server")] = {"type": "ExternalSystem", "in": p("office")}
    if net["vpn"]:
        elements[p("cgw")] = {"type": "CustomerGateway", "in": region, "device": p("office")}
        elements[p("vpn")] = {"type": "VpnConnection", "in": region, "customer_gateway": p("cgw"), "routing": "bgp",
                              "gateway": p("hub" if net["vpn"] == "hub" else "vgw")}  # fmt: skip
    if net["vpn"] == "vgw":
        elements[p("vgw")] = {"type": "VirtualPrivateGateway", "in": p("a")}
    if net["nat"]:
        elements[p("nat")] = {"type": "NatGateway", "subnet": p(net["nat"])}
        elements[p("nat")] |= {"connectivity": "private"} if net["private_nat"] else {"elastic_ip": {}}
    for name, (vpc, zone, cidr) in SUBNETS.items():
        targets = {d: p(f"igw-{vpc}") if t == "igw" else p(t) for d, t in net["routes"][name].items()}
        table: dict[str, Any] = {"type": "RouteTable", "in": p(vpc), "routes": targets}
        if net["vpn"] == "vgw" and name in net["propagates"]:
            table["propagates_from"] = [p("vgw")]
        elements[p(f"{name}-routes")] = table
        elements[p(name)] = {"type": "Subnet", "in": p(vpc), "availability_zone": zone, "cidr": cidr,
                             "route_table": p(f"{name}-routes")}  # fmt: skip
        if name in net["acls"]:
            elements[p(name)]["network_acl"] = p(f"{name}-acl")
            elements[p(f"{name}-acl")] = {"type": "NetworkAcl", "in": p(vpc)} | {
                way: [{"number": n + 1, effect: ports, word: cidr_} for n, (effect, ports, cidr_) in enumerate(listed)]
                for (way, listed), word in zip(net["acls"][name].items(), ("from", "to"), strict=True)
            }
        host = net["hosts"][name]
        elements[p(f"{name}-host")] = {"type": "Ec2Instance", "subnet": p(name), "public_ip": host["public"],
                                       "security_groups": [p(g) for g in host["groups"]]}  # fmt: skip
    for name, rules in net["groups"].items():
        elements[p(name)] = {"type": "SecurityGroup", "in": p(name[0])} | {
            way: {p(peer) if "-sg" in peer else peer: ports for peer, ports in listed.items()}
            for way, listed in rules.items()
        }
    tables = [p(f"{subnet}-routes") for subnet in sorted(net["endpoint"])]
    if tables:
        elements[p("s3")] = {
            "type": "VpcEndpoint",
            "in": p("a"),
            "kind": "gateway",
            "service": "s3",
            "route_tables": tables,
        }
    elements[p("bucket")] = {"type": "S3Bucket", "in": region}
    elements[p("partner")] = {"type": "SaasService"}
    return elements


def reaches(net: Net, source: str, target: str, protocol: str, port: int) -> tuple[bool, bool]:
    """Whether some packet from the source gets an answer on a port, and whether all private ones do.

    Ends are ``a1-host`` ..., ``server``, ``partner`` and ``bucket``.
    """
    one, other = source.removesuffix("-host"), target.removesuffix("-host")
    if other == "bucket":
        return (protocol, port) == ("tcp", 443) and _calls_bucket(net, one, protocol, port), False
    if other == "partner":
        return _calls_out(net, one, protocol, port), False
    if one == "partner":
        return _called(net, other, protocol, port), False
    mine, theirs = _samples(one), _samples(other)
    found = [_private(net, one, s, other, d, protocol, port) for s in mine for d in theirs if s != d]
    public = other in SUBNETS and _called(net, other, protocol, port)
    if public and one in SUBNETS:
        public = _calls_out(net, one, protocol, port)
    return any(found) or public, all(found)


def _samples(end: str) -> list[str]:
    return SAMPLES["office" if end == "server" else end]


def _private(net: Net, one: str, source: str, other: str, destination: str, protocol: str, port: int) -> bool:
    """One conversation between two private addresses."""
    there = _walk(net, one, destination)
    back = _walk(net, other, source)
    if there[0] != _home(other):
        return False
    seen = source
    if there[2] is None and (back[0] != _home(one) or back[2]):  # NAT would change the reply's address
        return False
    if there[2] is not None:  # a NAT gateway speaks with an address of its own
        seen = SAMPLES[there[2]][0]
        back = _walk(net, other, seen)
        home = _walk(net, there[2], source)
        if back[0] != SUBNETS[there[2]][0] or home[0] != _home(one) or back[2] or home[2]:
            return False
        back = (home[0], [*_borders(other, back[1], there[2]), *_borders(there[2], home[1], one)], None, False)
        crossed_back = back[1]
    else:
        crossed_back = _borders(other, back[1], one)
    joined = one == other or (there[3] and there[2] is None)
    if one in SUBNETS and not _group_allows(net, one, "outbound", destination, other, protocol, port, joined, there):
        return False
    if other in SUBNETS and not _group_allows(net, other, "inbound", seen, one, protocol, port, joined, there):
        return False
    crossed = [] if one == other else _borders(one, there[1], other)
    if one == other:
        crossed_back = []
    current = source
    for subnet, way in crossed:
        if there[2] == subnet and way == "outbound":
            current = seen
        if not _acl_allows(net, subnet, way, destination if way == "outbound" else current, protocol, port):
            return False
    if there[2] is not None:
        if there[2] == one:
            crossed_back = _borders(other, _walk(net, other, seen)[1], one)
        half = len(_borders(other, _walk(net, other, seen)[1], there[2]))
        return any(_nat_replies(net, crossed_back, half, seen, source, destination, protocol, e) for e in CLIENT_PORTS)
    return any(
        all(_acl_allows(net, s, w, source if w == "outbound" else destination, protocol, e) for s, w in crossed_back)
        for e in CLIENT_PORTS
    )


def _nat_replies(
    net: Net, crossed: list[tuple[str, str]], half: int, seen: str, source: str, destination: str, protocol: str, e: int
) -> bool:
    """The reply to a NAT gateway, and on to whom it speaks for."""
    for n, (subnet, way) in enumerate(crossed):
        outer = seen if n < half else source
        if not _acl_allows(net, subnet, way, outer if way == "outbound" else destination, protocol, e):
            return False
    return True


def _calls_out(net: Net, one: str, protocol: str, port: int) -> bool:
    """Whether some public address answers."""
    return any(_goes_out(net, one, s, d, protocol, port) for s in SAMPLES[one] for d in PUBLIC)


def _goes_out(net: Net, one: str, source: str, destination: str, protocol: str, port: int) -> bool:
    where, crossed, nat, _ = _walk(net, one, destination)
    if where != "internet" or (nat is None and not net["hosts"][one]["public"]):
        return False
    if nat is not None and net["private_nat"]:
        return False
    if not _rule_allows(net, one, "outbound", destination, (), protocol, port):
        return False
    here, seen = source, SAMPLES[nat][0] if nat else source
    for subnet, way in [(one, "outbound"), *crossed]:
        if subnet == nat and way == "outbound":
            here = seen
        if not _acl_allows(net, subnet, way, destination if way == "outbound" else here, protocol, port):
            return False
    back: list[tuple[str, str]] = []
    if nat is not None and nat != one:
        home = _walk(net, nat, source)
        if home[0] != SUBNETS[one][0]:
            return False
        back = [(nat, "inbound"), *_borders(nat, home[1], one)[:-1]]
    back.append((one, "inbound"))
    if nat is not None and nat != one and SUBNETS[nat][0] != SUBNETS[one][0]:
        back = [(nat, "inbound"), *_borders(nat, _walk(net, nat, source)[1], one)]
    return any(
        all(_acl_allows(net, s, w, source if w == "outbound" else destination, protocol, e) for s, w in back)
        for e in CLIENT_PORTS
    )


def _called(net: Net, other: str, protocol: str, port: int) -> bool:
    """Whether some public address gets an answer."""
    return net["hosts"][other]["public"] and any(_comes_in(net, other, c, protocol, port) for c in PUBLIC)


def _comes_in(net: Net, other: str, client: str, protocol: str, port: int) -> bool:
    where, crossed, nat, _ = _walk(net, other, client)
    if where != "internet" or nat is not None or crossed:
        return False
    if not _rule_allows(net, other, "inbound", client, (), protocol, port):
        return False
    return _acl_allows(net, other, "inbound", client, protocol, port) and any(
        _acl_allows(net, other, "outbound", client, protocol, e) for e in CLIENT_PORTS
    )


def _calls_bucket(net: Net, one: str, protocol: str, port: int) -> bool:
    if one in net["endpoint"]:
        for d in PUBLIC:
            if (
                _rule_allows(net, one, "outbound", d, (), protocol, port)
                and _acl_allows(net, one, "outbound", d, protocol, port)
                and any(_acl_allows(net, one, "inbound", d, protocol, e) for e in CLIENT_PORTS)
            ):
                return True
    return _calls_out(net, one, protocol, port)


def _home(end: str) -> str:
    return "office" if end == "server" else SUBNETS[end][0]


def _borders(start: str, crossed: list[tuple[str, str]], end: str) -> list[tuple[str, str]]:
    """The borders of a walk with those of its two ends; what comes out of a gateway's interface in the very
    subnet of its destination crosses none there.
    """
    found = [*([(start, "outbound")] if start in SUBNETS else []), *crossed]
    if end in SUBNETS:
        if crossed and crossed[-1] == (end, "outbound"):
            return found[:-1]
        found.append((end, "inbound"))
    return found


def _walk(net: Net, start: str, destination: str) -> Where:
    """Follow one packet, route by route, to where it leaves the network or arrives."""
    crossed: list[tuple[str, str]] = []
    if start == "server":
        if net["vpn"] == "hub":
            return _through_hub(net, "vpn", destination, crossed, None, {"server"}, False)
        if net["vpn"] == "vgw" and _in(destination, VPCS["a"]):
            return "a", crossed, None, False
        return "lost", crossed, None, False
    return _from_subnet(net, start, destination, crossed, None, set(), True)


def _from_subnet(
    net: Net,
    subnet: str,
    destination: str,
    crossed: list[tuple[str, str]],
    nat: str | None,
    seen: set[str],
    joined: bool,
) -> Where:
    if subnet in seen:
        return "lost", crossed, nat, False
    seen = seen | {subnet}
    vpc = SUBNETS[subnet][0]
    if _in(destination, VPCS[vpc]):
        return vpc, crossed, nat, joined
    table = [(d, t) for d, t in net["routes"][subnet].items() if _in(destination, d)]
    if net["vpn"] == "vgw" and subnet in net["propagates"] and _in(destination, OFFICE):
        table = [*table, (OFFICE, "vgw")] if (OFFICE not in net["routes"][subnet]) else table
    if not table:
        return "lost", crossed, nat, False
    target = max(table, key=lambda route: int(route[0].split("/")[1]))[1]
    if target == "igw":  # it knows the public addresses of its own VPC's interfaces only
        owned = SUBNETS[nat][0] == vpc if nat else "hub" not in seen
        return ("internet" if destination in PUBLIC and owned else "lost"), crossed, nat, False
    if target.startswith("peer-"):
        other = next(end for end in PEERINGS[target[5:]] if end != vpc)
        return (other if _in(destination, VPCS[other]) else "lost"), crossed, nat, joined
    if target == "vgw":
        return ("office" if _in(destination, OFFICE) else "lost"), crossed, nat, False
    if target == "nat":
        home = net["nat"]
        if home != subnet:
            crossed = [*crossed, (home, "inbound"), (home, "outbound")]
        return _from_subnet(net, home, destination, crossed, home, seen, False)
    if target == "hub":
        if vpc not in net["attached"]:
            return "lost", crossed, nat, False
        homes = net["attached"][vpc][0]
        same = [home for home in homes if SUBNETS[home][1] == SUBNETS[subnet][1]]
        if not same:
            return "lost", crossed, nat, False
        if same[0] != subnet:
            crossed = [*crossed, (same[0], "inbound")]
        return _through_hub(net, f"to-{vpc}", destination, crossed, nat, seen, joined and net["hub"]["references"])
    return "lost", crossed, nat, False


def _through_hub(
    net: Net,
    incoming: str,
    destination: str,
    crossed: list[tuple[str, str]],
    nat: str | None,
    seen: set[str],
    joined: bool,
) -> Where:
    hub = net["hub"]
    if "hub" in seen:
        return "lost", crossed, nat, False
    seen = seen | {"hub"}
    own = incoming != "vpn" and net["attached"][incoming[3:]][1] and hub["table"]
    announced = {f"to-{vpc}": VPCS[vpc] for vpc in net["attached"]} | ({"vpn": OFFICE} if net["vpn"] == "hub" else {})
    if own:
        routes = {announced[e]: e for e in hub["propagates"]} | hub["routes"]
    elif hub["association"]:
        routes = {cidr: e for e, cidr in announced.items()} if hub["propagation"] else {}
    else:
        routes = {}
    table = [(d, t) for d, t in routes.items() if _in(destination, d)]
    target = max(table, key=lambda route: int(route[0].split("/")[1]))[1] if table else "none"
    if target == "vpn":
        return ("office" if _in(destination, OFFICE) else "lost"), crossed, nat, False
    if target == "none":
        return "lost", crossed, nat, False
    home = net["attached"][target[3:]][0][0]
    return _from_subnet(net, home, destination, [*crossed, (home, "outbound")], nat, seen, joined)


def _group_allows(
    net: Net, end: str, way: str, peer: str, other: str, protocol: str, port: int, joined: bool, there: Where
) -> bool:
    """A group names members of another one in the VPC, of a peer, or over a hub in inbound rules only."""
    names: list[str] = []
    over_hub = other in SUBNETS and end in SUBNETS and SUBNETS[end][0] != SUBNETS[other][0] and bool(there[1])
    if joined and other in SUBNETS and not (over_hub and way == "outbound"):
        names = net["hosts"][other]["groups"]
    return _rule_allows(net, end, way, peer, tuple(names), protocol, port)


def _rule_allows(net: Net, end: str, way: str, peer: str, names: tuple[str, ...], protocol: str, port: int) -> bool:
    return any(
        _matches(ports, protocol, port) and (named in names if "-sg" in named else _in(peer, named))
        for group in net["hosts"][end]["groups"]
        for named, ports in net["groups"][group][way].items()
    )


def _acl_allows(net: Net, subnet: str, way: str, peer: str, protocol: str, port: int) -> bool:
    if subnet not in net["acls"]:
        return True
    for effect, ports, cidr in net["acls"][subnet][way]:
        if _in(peer, cidr) and _matches(ports, protocol, port):
            return bool(effect == "allow")
    return False


@cache
def _in(address: str, cidr: str) -> bool:
    return ipaddress.ip_address(address) in ipaddress.ip_network(cidr)


@cache
def _inside(cidr: str, outer: str) -> bool:
    return ipaddress.ip_network(cidr).subnet_of(ipaddress.ip_network(outer))  # type: ignore[arg-type]


@cache
def _matches(ports: str, protocol: str, port: int) -> bool:
    if ports == "all":
        return True
    kind, _, span = ports.rpartition("/")
    if (kind or "tcp") != protocol:
        return False
    first, _, last = span.partition("-")
    return span == "all" or int(first) <= port <= int(last or first)

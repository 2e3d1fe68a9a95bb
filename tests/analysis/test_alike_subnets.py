"""What stands in several subnets reaches, and is reached, as what stands in each of them does together.

Subnets that differ in nothing but names are judged once; here every one is judged by itself as well.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from archgraph.analysis.facts import Certainty, Facts, Verdict, derive
from archgraph.analysis.passage import merged
from archgraph.analysis.reachability import Path, PathVerdict
from archgraph.catalog.values import read_ports
from archgraph.model.model import ElementId, Model

NETWORKS = 50
"""Networks in one model: loading is what takes time."""
SUBNETS = range(4)
ROUTES: list[dict[str, str]] = [
    {"0.0.0.0/0": "igw"}, {"0.0.0.0/0": "igw"}, {"0.0.0.0/0": "nat"}, {"0.0.0.0/0": "nat"}, {"0.0.0.0/0": "other-nat"},
    {"0.0.0.0/0": "closed-nat"}, {}, {"0.0.0.0/0": "unknown"}, {"0.0.0.0/1": "igw"},
    {"0.0.0.0/1": "nat"}, {"128.0.0.0/1": "nat"},
]  # fmt: skip
EVERYTHING, WEB, REPLIES = (("allow", ports, "0.0.0.0/0") for ports in ("all", "443", "1024-65535"))
NOT_NEAR = ("deny", "all", "10.0.2.0/24")
ACLS = ["none", "open-acl", "open-acl", "web-acl", "web-acl", "half-acl", "near-acl", "unknown"]
GROUPS: list[dict[str, Any]] = [
    {"inbound": {"0.0.0.0/0": "443"}, "outbound": {"0.0.0.0/0": "443"}},
    {"inbound": {"0.0.0.0/0": "all"}, "outbound": {"0.0.0.0/0": "all"}},
    {"inbound": {"0.0.0.0/1": "443", "8.0.0.0/5": "22"}, "outbound": {"0.0.0.0/1": "443", "8.0.0.0/5": "22"}},
    {"inbound": {}, "outbound": {"com.amazonaws.eu-west-1.s3": "443"}},
    {"inbound": "unknown", "outbound": "unknown"},
    {"inbound": {}},
]


@pytest.mark.parametrize("seed", range(4))
def test_several_subnets_are_what_each_of_them_is(model_of: Callable[..., Model], seed: int) -> None:
    random = Random(seed)
    elements: dict[str, Any] = {"partner": {"type": "SaasService"}}
    for number in range(NETWORKS):
        elements |= _network(random, f"n{number}-")
    facts = derive(model_of(elements))
    verdicts = set()
    for number in range(NETWORKS):
        prefix = f"n{number}-"
        for target in ("partner", f"{prefix}bucket"):
            found = facts.reachability.path(f"{prefix}all", target)
            _compare_paths(found, [facts.reachability.path(f"{prefix}in-{n}", target) for n in SUBNETS])
            verdicts.add((target == "partner", found.verdict, found.certainty))
        into = facts.reachability.path("partner", f"{prefix}all")
        _compare_paths(into, [facts.reachability.path("partner", f"{prefix}in-{n}") for n in SUBNETS])
        _compare_exposures(facts, prefix)
    assert len(verdicts) >= 6, "the networks tell open from possible, unknown and blocked"


def _network(random: Random, prefix: str) -> dict[str, Any]:
    """A VPC whose subnets are of a few sorts, with one service in all of them and one in each."""
    account = f"{prefix}acc"
    region, vpc = f"{account}.eu-west-1", f"{prefix}vpc"
    elements: dict[str, Any] = {
        "acc": {"type": "Account"},
        "vpc": {"type": "Vpc", "in": region, "cidr": "10.0.0.0/16"},
        "igw": {"type": "InternetGateway", "in": vpc},
        "bucket": {"type": "S3Bucket", "in": region},
        "sg": {"type": "SecurityGroup", "in": vpc} | random.choice(GROUPS),
        "open-acl": _acl(vpc, [EVERYTHING], [EVERYTHING]),
        "web-acl": _acl(vpc, [WEB, REPLIES], [WEB, REPLIES]),
        "half-acl": _acl(vpc, [("allow", "all", "0.0.0.0/1")], [EVERYTHING]),
        "near-acl": _acl(vpc, [EVERYTHING], [NOT_NEAR, EVERYTHING]),
        "home-routes": {"type": "RouteTable", "in": vpc, "routes": {"0.0.0.0/0": f"{prefix}igw"}},
        "nat": {"type": "NatGateway", "subnet": f"{prefix}home", "elastic_ip": {}},
        "other-nat": {"type": "NatGateway", "subnet": f"{prefix}other-home", "elastic_ip": {}},
        "closed-nat": {"type": "NatGateway", "subnet": f"{prefix}closed-home", "elastic_ip": {}},
    }
    for name, third, acl in (("home", 100, "none"), ("other-home", 101, "near-acl"), ("closed-home", 102, "web-acl")):
        elements[name] = _subnet(prefix, third, f"{prefix}home-routes", acl)
    listed = []
    tables, acls = random.choices(ROUTES, k=2), random.choices(ACLS, k=2)
    for number in SUBNETS:
        routes = {to: by if by == "unknown" else prefix + by for to, by in random.choice(tables).items()}
        elements[f"routes-{number}"] = {"type": "RouteTable", "in": vpc, "routes": routes}
        if random.random() < 0.5:
            listed.append(f"{prefix}routes-{number}")
        elements[f"subnet-{number}"] = _subnet(prefix, number, f"{prefix}routes-{number}", random.choice(acls))
    if listed:
        elements["s3"] = {"type": "VpcEndpoint", "in": vpc, "kind": "gateway", "service": "s3", "route_tables": listed}
    public = random.choice([True, False, "unknown"])
    for name, subnets in (("all", list(SUBNETS)), *((f"in-{number}", [number]) for number in SUBNETS)):
        elements[name] = {"type": "EcsService", "in": vpc, "subnets": [f"{prefix}subnet-{n}" for n in subnets],
                          "security_groups": [f"{prefix}sg"], "assign_public_ip": public}  # fmt: skip
    return {prefix + name: body for name, body in elements.items()}


def _acl(vpc: str, inbound: list[tuple[str, str, str]], outbound: list[tuple[str, str, str]]) -> dict[str, Any]:
    return {"type": "NetworkAcl", "in": vpc} | {
        way: [{"number": n + 1, effect: ports, word: cidr} for n, (effect, ports, cidr) in enumerate(rules)]
        for way, word, rules in (("inbound", "from", inbound), ("outbound", "to", outbound))
    }


def _subnet(prefix: str, third: int, table: str, acl: str) -> dict[str, Any]:
    named = acl if acl in ("none", "unknown") else prefix + acl
    return {"type": "Subnet", "in": f"{prefix}vpc", "availability_zone": "a", "cidr": f"10.0.{third}.0/24",
            "route_table": table, "network_acl": named}  # fmt: skip


def _compare_paths(found: Path, each: list[Path]) -> None:
    opened = [path for path in each if path.verdict is PathVerdict.OPEN]
    unknown = [path for path in each if path.verdict is PathVerdict.UNKNOWN]
    told = (found, each)
    if opened:
        assert found.verdict is PathVerdict.OPEN, told
        assert found.ports == _union([path.ports for path in opened]), told
        alike = len(opened) == len(each) and all(
            path.ports == found.ports and path.certainty is Certainty.CERTAIN for path in each
        )
        certain = found.certainty is Certainty.CERTAIN
        assert certain <= alike if found.target.endswith("bucket") else certain == alike, (
            told
        )  # ways to it are narrowed
    elif unknown:
        assert found.verdict is PathVerdict.UNKNOWN, told
        assert found.ports == _union([path.ports for path in unknown]), told
        own = {name.replace(f"{path.source}.", f"{found.source}.").replace(f"{path.target}.", f"{found.target}.")
               for path in unknown for name in path.missing}  # fmt: skip
        assert set(found.missing) == own, told
    else:
        assert found.verdict is PathVerdict.BLOCKED, told
        assert (found.certainty is Certainty.CERTAIN) == all(p.certainty is Certainty.CERTAIN for p in each), told


def _compare_exposures(facts: Facts, prefix: str) -> None:
    found = facts.exposures[ElementId(f"{prefix}all")]
    each = [facts.exposures[ElementId(f"{prefix}in-{number}")] for number in SUBNETS]
    best = min(each, key=lambda one: list(Verdict).index(one.verdict) if one.verdict is not Verdict.BLOCKED else 9)
    same = [one for one in each if one.verdict is best.verdict]
    assert found.verdict is best.verdict, (found, each)
    assert found.ports == _union([one.ports for one in same]), (found, each)
    if found.verdict is Verdict.UNKNOWN:
        named = {name.replace(f"{one.element}.", f"{found.element}.") for one in same for name in one.missing}
        assert set(found.missing) == named, (found, each)


def _union(several: list[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(map(str, merged(read_ports(port) for ports in several for port in ports)))

"""What the loss of a zone breaks, against taking the zone away and looking."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archgraph.analysis.evidence import Hop
from archgraph.analysis.facts import derive
from archgraph.analysis.zone_loss import ZoneLoss, derive_zone_losses
from archgraph.model.model import Model

ModelOf = Callable[..., Model]

ZONES = ("a", "b", "c")


def network(**more: Any) -> dict[str, Any]:
    subnets = {
        zone: {"type": "Subnet", "in": "vpc", "availability_zone": zone, "cidr": f"10.0.{index}.0/24"}
        for index, zone in enumerate(ZONES)
    }
    return {
        "users": {"type": "EndUser"},
        "prod": {"type": "Account"},
        "vpc": {"type": "Vpc", "in": "prod.eu-west-1", "cidr": "10.0.0.0/16"},
        **subnets,
        **more,
    }


def loss_of(model: Model, entry: str) -> ZoneLoss:
    return next(loss for loss in derive_zone_losses(model, derive(model).subnets) if loss.entry == entry)


@settings(deadline=None)
@given(data=st.data())
def test_an_entry_is_down_with_a_zone_if_what_it_needs_is(model_of: ModelOf, data: st.DataObject) -> None:
    names = ["e", "f", "g", "h"]
    places = {name: data.draw(st.lists(st.sampled_from(ZONES), unique=True, min_size=1)) for name in names}
    pairs = [(one, to) for one in names for to in names if one != to]
    calls = data.draw(st.lists(st.sampled_from(pairs), unique=True, max_size=8))
    soft = data.draw(st.lists(st.sampled_from(calls), unique=True)) if calls else []
    balanced = data.draw(st.lists(st.sampled_from(names), unique=True, min_size=1, max_size=3))
    elements = network(
        lb={
            "type": "ApplicationLoadBalancer",
            "in": "vpc",
            "scheme": "internal",
            "subnets": list(ZONES),
            "listeners": [{"port": "80", "protocol": "http", "targets": balanced}],
        },
        **{
            name: {"type": "AutoScalingGroup", "in": "vpc", "subnets": zones, "min": "2", "max": "4"}
            for name, zones in places.items()
        },
    )
    flows = [
        {"users -> lb": "https"},
        {"users -> e": "https"},
        *({f"{one} -> {to}": {"critical": (one, to) not in soft}} for one, to in calls),
    ]
    model = model_of(elements, flows=flows)
    for zone in ZONES:
        down = {name for name in names if places[name] == [zone]}
        while True:
            more = {one for one, to in calls if (one, to) not in soft and to in down} - down
            if not more:
                break
            down |= more
        assert (f"eu-west-1{zone}" in loss_of(model, "e").breaks) == ("e" in down)
        assert (f"eu-west-1{zone}" in loss_of(model, "lb").breaks) == down.issuperset(balanced)


def test_the_evidence_leads_to_what_is_lost(model_of: ModelOf) -> None:
    elements = network(
        web={"type": "AutoScalingGroup", "in": "vpc", "subnets": ["a", "b"], "min": "2", "max": "4"},
        host={"type": "Ec2Instance", "subnet": "b"},
    )
    loss = loss_of(model_of(elements, flows=[{"users -> web": "https"}, {"web -> host": "https"}]), "web")
    assert [hop.text for hop in loss.breaks["eu-west-1b"]] == ["web -> host", "host stands in eu-west-1b only"]


def test_a_regional_nat_gateway_keeps_the_way_out(model_of: ModelOf) -> None:
    elements = network(
        bank={"type": "SaasService"},
        nat={"type": "NatGateway", "subnet": "a"},
        routes={"type": "RouteTable", "in": "vpc", "routes": {"0.0.0.0/0": "nat"}},
        web={"type": "AutoScalingGroup", "in": "vpc", "subnets": ["a", "b"], "min": "2", "max": "4"},
    )
    elements["a"]["route_table"] = elements["b"]["route_table"] = "routes"
    flows = [{"users -> web": "https"}, {"web -> bank": "https"}]
    loss = loss_of(model_of(elements, flows=flows), "web")
    assert [hop.text for hop in loss.breaks["eu-west-1a"]] == ["b reaches bank through nat, which is in eu-west-1a"]
    elements["nat"] = {"type": "NatGateway", "in": "vpc", "availability": "regional"}
    assert not loss_of(model_of(elements, flows=flows), "web").breaks


def service(*subnets: str) -> dict[str, Any]:
    return {"type": "AutoScalingGroup", "in": "vpc", "subnets": list(subnets), "min": "2", "max": "4"}


def texts(hops: tuple[Hop, ...]) -> list[str]:
    return [hop.text for hop in hops]


def test_an_entry_is_bound_if_something_behind_it_stands_in_zones(model_of: ModelOf) -> None:
    functions = {name: {"type": "LambdaFunction", "in": "prod.eu-west-1"} for name in ("free", "near", "far")}
    elements = network(**functions, table={"type": "DynamoDbTable", "in": "prod.eu-west-1"}, web=service("a", "b"))
    flows = [{"users -> free & far": "https"}, {"free -> table": "https"}, {"far -> near": "https"}]
    model = model_of(elements, flows=[*flows, {"near -> web": "https"}])
    assert [loss_of(model, entry).bound for entry in ("free", "far")] == [False, True]


def test_what_is_not_known_of_what_is_needed_is_not_known_of_the_entry(model_of: ModelOf) -> None:
    databases = {f"db{n}": {"type": "RdsInstance", "in": "prod.eu-west-1"} for n in range(10)}
    elements = network(web=service("a", "b"), orders=service("a", "b"), **databases)
    calls = [{f"orders -> {name}": "tls"} for name in databases]
    model = model_of(elements, flows=[{"users -> web": "https"}, {"web -> orders": "https"}, *calls])
    assert loss_of(model, "web").missing == tuple(f"db{n}.multi_az" for n in range(8))


def test_sixteen_zones_are_enough(model_of: ModelOf) -> None:
    databases = {f"db{n:02}": {"type": "RdsInstance", "in": "prod.eu-west-1", "multi_az": False} for n in range(20)}
    elements = network(web=service("a", "b"), **databases)
    model = model_of(elements, flows=[{"users -> web": "https"}, *({f"web -> {name}": "tls"} for name in databases)])
    assert list(loss_of(model, "web").breaks) == [f"the zone of db{n:02}" for n in range(16)]


def test_evidence_names_sixteen_hops_at_most(model_of: ModelOf) -> None:
    names = [f"s{n:02}" for n in range(20)]
    elements = network(**{name: service("a", "b") for name in names[:-1]}, **{names[-1]: service("c")})
    calls = [{f"{one} -> {to}": "https"} for one, to in pairwise(names)]
    found = loss_of(model_of(elements, flows=[{"users -> s00": "https"}, *calls]), "s00").breaks["eu-west-1c"]
    assert texts(found) == [f"{one} -> {to}" for one, to in pairwise(names[:17])]


@pytest.mark.parametrize(
    ("failover", "down"), [({}, True), ({"failover": "false"}, True), ({"failover": "true"}, False)]
)
def test_origins_with_failover_stand_in_for_each_other(model_of: ModelOf, failover: dict[str, str], down: bool) -> None:
    elements = network(
        one={"type": "Ec2Instance", "subnet": "a"},
        two={"type": "Ec2Instance", "subnet": "b"},
        cdn={"type": "CloudFrontDistribution", "in": "prod", "origins": ["one", {"to": "two", **failover}]},
    )
    loss = loss_of(model_of(elements, flows=[{"users -> cdn": "https"}]), "cdn")
    assert sorted(loss.breaks) == (["eu-west-1a", "eu-west-1b"] if down else [])


def test_origins_in_one_zone_fail_together(model_of: ModelOf) -> None:
    hosts = {name: {"type": "Ec2Instance", "subnet": "b"} for name in ("one", "two")}
    cdn = {"type": "CloudFrontDistribution", "in": "prod", "origins": ["one", {"to": "two", "failover": True}]}
    loss = loss_of(model_of(network(**hosts, cdn=cdn), flows=[{"users -> cdn": "https"}]), "cdn")
    assert list(loss.breaks) == ["eu-west-1b"]


def test_targets_that_go_down_together_do_not_stand_in_for_each_other(model_of: ModelOf) -> None:
    hosts = {name: {"type": "Ec2Instance", "subnet": "b"} for name in ("one", "two")}
    listener = {"port": "80", "protocol": "http", "targets": ["one", "two"]}
    lb = {"type": "ApplicationLoadBalancer", "scheme": "internal", "subnets": ["a", "b"], "listeners": [listener]}
    loss = loss_of(model_of(network(**hosts, lb=lb), flows=[{"users -> lb": "https"}]), "lb")
    assert [hop.element for hop in loss.breaks["eu-west-1b"]] == ["one", "one"]


def with_gateways(**gateways: str) -> dict[str, Any]:
    """A service in all zones that calls a bank; each zone's way out is the gateway of the zone that is named."""
    nats = {f"nat-{zone}": {"type": "NatGateway", "subnet": zone} for zone in ZONES}
    tables = {
        f"routes-{zone}": {"type": "RouteTable", "in": "vpc", "routes": {"0.0.0.0/0": f"nat-{gateway}"}}
        for zone, gateway in gateways.items()
    }
    elements = network(bank={"type": "SaasService"}, web=service(*ZONES), **nats, **tables)
    for zone in ZONES:
        elements[zone]["route_table"] = f"routes-{zone}"
    return elements


@pytest.mark.parametrize(
    ("gateways", "lost"),
    [
        ({"a": "a", "b": "b", "c": "c"}, []),
        ({"a": "a", "b": "a", "c": "c"}, []),
        ({"a": "a", "b": "a", "c": "a"}, ["eu-west-1a"]),
        ({"a": "b", "b": "a", "c": "a"}, ["eu-west-1a"]),
    ],
)
def test_a_zone_is_the_way_out_if_its_gateways_carry_all_others(
    model_of: ModelOf, gateways: dict[str, str], lost: list[str]
) -> None:
    model = model_of(with_gateways(**gateways), flows=[{"users -> web": "https"}, {"web -> bank": "https"}])
    assert list(loss_of(model, "web").breaks) == lost


def test_one_gateway_elsewhere_is_a_way_out(model_of: ModelOf) -> None:
    elements = with_gateways(a="a", b="a", c="a")
    for zone in ZONES:
        elements[f"routes-{zone}"]["routes"]["203.0.113.0/24"] = "nat-b"
    model = model_of(elements, flows=[{"users -> web": "https"}, {"web -> bank": "https"}])
    assert not loss_of(model, "web").breaks


def test_a_scenario_breaks_with_what_its_entry_needs(model_of: ModelOf) -> None:
    place = {"in": "prod.eu-west-1"}
    elements = network(
        partner={"type": "SaasService"},
        free={"type": "LambdaFunction", **place},
        queue={"type": "SqsQueue", **place},
        work={"type": "LambdaFunction", **place},
        db={"type": "RdsInstance", "multi_az": False, **place},
        spare={"type": "RdsInstance", "multi_az": False, **place},
    )
    flows = [
        {"users -> free": "https"},
        {"partner -> free": "https"},
        {"users & partner -> work": "https"},
        {"free -> queue": {"kind": "event"}},
        {"queue -> work": {"kind": "poll"}},
        {"work -> db": "tls"},
        {"free -> spare": {"protocol": "tls", "critical": False}},
    ]
    keep, take, store = {"free -> queue": "keep"}, {"queue -> work": "take"}, {"work -> db": "store"}
    scenarios = {
        "look": {"steps": [{"partner -> free": "look"}, {"free -> spare": "look it up"}]},
        "order": {"steps": [{"partner -> free": "order"}, keep, take, store, {"work <- db": "stored"}]},
        "work": {"steps": [{"users -> work": "work"}]},
        "hook": {"steps": [{"partner -> work": "tell"}]},
    }
    model = model_of(elements, flows=flows, scenarios=scenarios)
    free, work = loss_of(model, "free"), loss_of(model, "work")
    assert (free.scenarios, work.scenarios) == ((), ("work", "hook"))
    assert not free.breaks, "nobody outside waits for what is taken from the queue"
    assert {zone: texts(hops) for zone, hops in work.breaks.items()} == {
        "the zone of db": ["work -> db", "db.multi_az is false"],
    }


def test_a_step_of_a_load_balancer_has_other_targets(model_of: ModelOf) -> None:
    hosts = {"one": {"type": "Ec2Instance", "subnet": "a"}, "two": {"type": "Ec2Instance", "subnet": "b"}}
    listener = {"port": "80", "protocol": "http", "targets": ["one", "two"]}
    lb = {"type": "ApplicationLoadBalancer", "scheme": "internal", "subnets": ["a", "b"], "listeners": [listener]}
    scenarios = {"look": {"steps": [{"users -> lb": "look"}, {"lb -> one": "look"}]}}
    loss = loss_of(model_of(network(**hosts, lb=lb), flows=[{"users -> lb": "https"}], scenarios=scenarios), "lb")
    assert (loss.scenarios, dict(loss.breaks)) == ((), {})

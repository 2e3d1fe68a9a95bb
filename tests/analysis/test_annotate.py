"""Facts in the graph, and the ways along flows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import networkx

from archgraph.analysis.annotate import annotate
from archgraph.analysis.facts import derive
from archgraph.analysis.reach import LONGEST, entries, reached_through
from archgraph.graph.build import build
from archgraph.model.model import Model

ModelOf = Callable[..., Model]

SHOP: dict[str, Any] = {
    "prod": {"type": "Account"},
    "vpc": {"type": "Vpc", "in": "prod.eu-west-1", "cidr": "10.0.0.0/16"},
    "igw": {"type": "InternetGateway", "in": "vpc"},
    "routes": {"type": "RouteTable", "in": "vpc", "routes": {"0.0.0.0/0": "igw"}},
    "a": {"type": "Subnet", "in": "vpc", "availability_zone": "a", "cidr": "10.0.0.0/24", "route_table": "routes"},
    "b": {"type": "Subnet", "in": "vpc", "availability_zone": "b", "cidr": "10.0.1.0/24", "route_table": "routes"},
    "alb-sg": {"type": "SecurityGroup", "in": "vpc", "inbound": {"0.0.0.0/0": "443"}},
    "web-sg": {"type": "SecurityGroup", "in": "vpc", "inbound": {"alb-sg": "8080"}},
    "alb": {
        "type": "ApplicationLoadBalancer",
        "scheme": "internet-facing",
        "subnets": ["a", "b"],
        "security_groups": ["alb-sg"],
        "listeners": [{"port": 443, "targets": ["web"]}],
    },
    "web": {"type": "Ec2Instance", "subnet": "a", "security_groups": ["web-sg"], "public_ip": False},
    "table": {"type": "DynamoDbTable", "in": "prod.eu-west-1"},
}
FLOWS = [{"web -> table": {"protocol": "https"}}]


def test_facts_become_derived_relationships_and_properties(model_of: ModelOf) -> None:
    graph = _annotated(model_of(SHOP, flows=FLOWS))
    derived = {(source, data["type"], target) for source, target, data in graph.edges(data=True) if _is_derived(data)}
    assert derived == {
        ("a", "OPEN_TO", "aws:internet"),
        ("b", "OPEN_TO", "aws:internet"),
        ("aws:internet", "REACHES", "alb"),
    }
    (reaches,) = graph.get_edge_data("aws:internet", "alb").values()
    assert reaches["properties"]["ports"] == ["443"]
    (opens,) = graph.get_edge_data("a", "aws:internet").values()
    assert opens["properties"]["internet_gateway"] == "igw"
    assert reaches["properties"]["certainty"] == "certain"
    assert "alb-sg allows 443 from 0.0.0.0/0" in reaches["properties"]["evidence"]
    assert graph.nodes["a"]["properties"]["routing"] == "public"
    assert graph.nodes["a"]["properties"]["usable_addresses"] == 251
    web = graph.nodes["web"]["properties"]
    assert (web["exposure"], web["exposure_blocked_by"]) == ("blocked", "web has no public address")
    assert "exposure_missing" not in web
    assert graph.nodes["aws:internet"]["labels"] == ("Internet", "Place", "Resource")


def test_each_overlap_is_one_relationship(model_of: ModelOf) -> None:
    elements = {
        **SHOP,
        "other": {"type": "Vpc", "in": "prod.eu-west-1", "cidr": "10.0.0.0/17"},
        "peering": {"type": "VpcPeeringConnection", "in": "prod.eu-west-1", "vpc": "vpc", "peer": "other"},
    }
    graph = _annotated(model_of(elements))
    assert [(s, t) for s, t, data in graph.edges(data=True) if data["type"] == "OVERLAPS"] == [("other", "vpc")]
    alone = _annotated(model_of({name: elements[name] for name in ("prod", "vpc", "other", "peering")}))
    assert "aws:internet" not in alone


def test_what_the_model_leaves_out_is_named(model_of: ModelOf) -> None:
    web = {name: value for name, value in SHOP["web"].items() if name != "public_ip"} | {"security_groups": ["alb-sg"]}
    web = _annotated(model_of({**SHOP, "web": web})).nodes["web"]["properties"]
    assert (web["exposure"], web["exposure_missing"]) == ("unknown", ["web.public_ip"])


def test_a_gateway_outside_the_model_is_not_named(model_of: ModelOf) -> None:
    arn = "arn:aws:ec2:eu-west-1:011122223333:internet-gateway/igw-1"
    graph = _annotated(model_of({**SHOP, "routes": {**SHOP["routes"], "routes": {"0.0.0.0/0": arn}}}))
    (opens,) = graph.get_edge_data("a", "aws:internet").values()
    assert "internet_gateway" not in opens["properties"]


def test_what_stands_behind_an_entry_is_reached_through_it(model_of: ModelOf) -> None:
    model = model_of(SHOP, flows=FLOWS)
    facts = derive(model)
    assert entries(facts) == ["alb"]
    ways = reached_through(model, facts)
    assert ways["table"][0].text == "alb is exposed to the internet on 443"
    assert ways["table"][-1].text == "web -> table (https)"
    assert [hop.element for hop in ways["table"]][-2:] == ["web", "table"]
    assert "vpc" not in ways


def test_what_an_alarm_watches_is_not_carried_on(model_of: ModelOf) -> None:
    alarm = {
        "type": "CloudWatchAlarm",
        "in": "prod.eu-west-1",
        "watches": "alb",
        "metric": "m",
        "above": "1",
        "period": "1m",
    }
    model = model_of({**SHOP, "alarm": alarm})
    assert "alarm" not in reached_through(model, derive(model))


def test_management_calls_do_not_carry_a_caller_on(model_of: ModelOf) -> None:
    flows = [{"web -> table": {"kind": "manage"}}]
    model = model_of(SHOP, flows=flows)
    assert "table" not in reached_through(model, derive(model))


def test_long_ways_stay_short_to_read(model_of: ModelOf) -> None:
    chain = {f"f{n}": {"type": "LambdaFunction", "in": "prod.eu-west-1"} for n in range(40)}
    flows: list[Any] = [{"web -> f0": {}}, *({f"f{n} -> f{n + 1}": {}} for n in range(39))]
    model = model_of({**SHOP, **chain}, flows=flows)
    way = reached_through(model, derive(model))["f39"]
    assert len(way) == LONGEST
    assert way[0].element == "alb"
    assert way[-1].text == "f38 -> f39"


def _annotated(model: Model) -> networkx.MultiDiGraph[str]:
    graph = build(model)
    annotate(graph, derive(model))
    return graph


def _is_derived(data: dict[str, Any]) -> bool:
    return bool(data["properties"].get("derived"))

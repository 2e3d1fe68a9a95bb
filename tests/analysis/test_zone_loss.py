"""What the loss of a zone breaks, against taking the zone away and looking; and how elements stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archgraph.analysis.facts import derive
from archgraph.analysis.redundancy import standing
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


@pytest.mark.parametrize(
    ("properties", "instances", "lost_with", "missing"),
    [
        ({"type": "RdsInstance", "multi_az": True}, None, (), ()),
        ({"type": "RdsInstance", "multi_az": False}, 1, ("the zone of it",), ()),
        ({"type": "RdsInstance", "availability_zone": "a"}, 1, ("eu-west-1a",), ()),
        ({"type": "RdsInstance"}, None, (), ("it.multi_az",)),
        ({"type": "AuroraCluster", "count": "2"}, 2, (), ()),
        ({"type": "AuroraCluster"}, None, (), ("it.count",)),
        ({"type": "ElastiCacheCluster", "engine": "valkey", "replicas": "0"}, 1, ("the zone of it",), ()),
        ({"type": "ElastiCacheCluster", "serverless": True}, None, (), ()),
        ({"type": "OpenSearchDomain", "standby": True}, None, (), ()),
        ({"type": "EfsFileSystem", "one_zone": True}, 1, ("the zone of it",), ()),
        ({"type": "MqBroker", "deployment_mode": "cluster"}, 2, (), ()),
        ({"type": "MqBroker"}, None, (), ("it.deployment_mode",)),
        ({"type": "DynamoDbTable"}, None, (), ()),
        ({"type": "Ec2Instance"}, 1, ("the zone of it",), ()),
        ({"type": "EcsService", "min": "2"}, 2, (), ("it.subnets",)),
        ({"type": "LambdaFunction"}, None, (), ()),
    ],
)
def test_how_elements_stand(
    model_of: ModelOf,
    properties: dict[str, Any],
    instances: int | None,
    lost_with: tuple[str, ...],
    missing: tuple[str],
) -> None:
    model = model_of({"prod": {"type": "Account"}, "it": {"in": "prod.eu-west-1", **properties}})
    found = standing(model, next(e for e in model.elements.values() if e.id == "it"))
    assert found is not None
    assert (found.instances, found.lost_with, found.missing) == (instances, lost_with, missing)

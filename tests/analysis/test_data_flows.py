"""Where data assets are: in stores, on flows, and in every copy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from archgraph.analysis.data_flows import data_flows, receivers
from archgraph.model.model import ElementId, Model

ModelOf = Callable[..., Model]

PLACES: dict[str, Any] = {
    "order": {"type": "DataAsset"},
    "prod": {"type": "Account", "account_id": "000000000001"},
    "place": {"type": "LambdaFunction", "in": "prod.eu-west-1"},
}


def places(model: Model) -> dict[str, str]:
    return {str(place): text for place, text in data_flows(model).places.get(ElementId("order"), {}).items()}


def test_a_store_has_what_it_says_that_it_holds(model_of: ModelOf) -> None:
    orders = {"type": "DynamoDbTable", "in": "prod.eu-west-1", "holds": ["order"]}
    assert places(model_of({**PLACES, "orders": orders})) == {"orders": "orders holds order"}


@pytest.mark.parametrize("store", ["DynamoDbTable", "SqsQueue", "ElastiCacheCluster", "LogGroup"])
def test_what_keeps_data_has_what_flows_bring_there(model_of: ModelOf, store: str) -> None:
    elements = {**PLACES, "store": {"type": store, "in": "prod.eu-west-1"}}
    model = model_of(elements, flows=[{"place -> store": {"id": "put", "kind": "request", "carries": ["order"]}}])
    assert places(model) == {"store": "'put' carries order"}
    assert data_flows(model).carried == {"put": ("order",)}


def test_what_only_passes_data_on_has_none(model_of: ModelOf) -> None:
    elements = {**PLACES, "check": {"type": "LambdaFunction", "in": "prod.eu-west-1"}}
    model = model_of(elements, flows=[{"place -> check": {"carries": ["order"]}}])
    assert places(model) == {}


def test_copies_have_what_the_original_has(model_of: ModelOf) -> None:
    elements = {
        **PLACES,
        "db": {
            "type": "RdsInstance",
            "in": "prod.eu-west-1",
            "holds": ["order"],
            "backup_copy_regions": ["eu-south-1"],
        },
        "reader": {"type": "RdsInstance", "in": "prod.eu-central-1", "replica_of": "db"},
        "second": {"type": "RdsInstance", "in": "prod.us-east-1", "replica_of": "reader"},
        "vault": {"type": "BackupVault", "in": "prod.us-west-2"},
        "plan": {"type": "BackupPlan", "in": "prod.eu-west-1", "protects": ["db"], "copy_to": ["vault"]},
    }
    model = model_of(elements)
    assert set(places(model)) == {"db", "reader", "second", "vault"}
    (copy,) = data_flows(model).copies[ElementId("db")]
    assert (copy.region, copy.text) == ("eu-south-1", "db.backup_copy_regions names eu-south-1")


@pytest.mark.parametrize("replication", [[{"to": "copy", "prefix": "public/"}], []])
def test_a_replication_of_other_objects_brings_nothing(model_of: ModelOf, replication: list[Any]) -> None:
    bucket = {"type": "S3Bucket", "in": "prod.eu-west-1", "versioning": True}
    files = {**bucket, "holds": ["order"], "replication": replication}
    assert set(places(model_of({**PLACES, "files": files, "copy": bucket}))) == {"files"}


def test_stores_that_copy_each_other_end(model_of: ModelOf) -> None:
    west = {"type": "DynamoDbTable", "in": "prod.eu-west-1", "replicas": ["east"], "holds": ["order"]}
    east = {"type": "DynamoDbTable", "in": "prod.us-east-1", "replicas": ["west"]}
    assert set(places(model_of({**PLACES, "west": west, "east": east}))) == {"west", "east"}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [(kind, ("jobs",)) for kind in ("event", "poll", "stream", "replicate")] + [("request", ("place", "jobs"))],
)
def test_data_of_a_request_may_move_both_ways(model_of: ModelOf, kind: str, expected: tuple[str, ...]) -> None:
    elements = {**PLACES, "jobs": {"type": "SqsQueue", "in": "prod.eu-west-1"}}
    model = model_of(elements, flows=[{"place -> jobs": {"kind": kind}}])
    assert [receivers(flow) for flow in model.flows.values()] == [expected]


@pytest.mark.parametrize(
    ("flow", "copied"),
    [
        ({"kind": "replicate"}, True),
        ({"kind": "replicate", "prefix": "public/"}, False),
        ({"kind": "replicate", "carries": ["report"]}, False),
        ({"kind": "stream"}, False),
    ],
)
def test_a_drawn_replication_copies_all_unless_it_says_what(
    model_of: ModelOf, flow: dict[str, Any], copied: bool
) -> None:
    bucket = {"type": "S3Bucket", "in": "prod.eu-west-1"}
    elements = {**PLACES, "report": {"type": "DataAsset"}, "files": {**bucket, "holds": ["order"]}, "copy": bucket}
    found = places(model_of(elements, flows=[{"files -> copy": flow}]))
    assert found == {"files": "files holds order"} | ({"copy": "files is copied to copy"} if copied else {})

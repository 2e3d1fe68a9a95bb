"""What sets what in motion: writes, deliveries, and what is in doubt about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from archgraph.analysis.event_edges import Edge, event_edges
from archgraph.model.model import Model

ModelOf = Callable[..., Model]

PLACE = {"in": "prod.eu-west-1"}
CODE: dict[str, Any] = {"type": "LambdaFunction", **PLACE}


def edges_of(model_of: ModelOf, elements: dict[str, Any], *flows: Any) -> list[Edge]:
    return event_edges(model_of({"prod": {"type": "Account"}, "code": CODE, **elements}, flows=list(flows)))


def shown(edges: list[Edge]) -> list[tuple[str, str]]:
    """What each edge says, and what is in doubt about it."""
    return [(edge.text, edge.doubt) for edge in edges]


@pytest.mark.parametrize(
    "target",
    [
        {"type": "KinesisStream"},
        {"type": "FirehoseStream"},
        {"type": "SqsQueue"},
        {"type": "SnsTopic"},
        {"type": "EventBus"},
        {"type": "StateMachine"},
        {"type": "MqBroker"},
    ],
    ids=lambda target: target["type"],
)
def test_every_request_brings_something_new_to_queues_and_their_like(model_of: ModelOf, target: dict[str, Any]) -> None:
    flow = {"code -> it": {"kind": "request", "loop_guard": "three rounds"}}
    assert edges_of(model_of, {"it": {**target, **PLACE}}, flow) == [
        Edge(("code", ""), ("it", ""), "code calls it", guard="three rounds")
    ]


def test_a_workflow_sets_off_what_it_calls_and_code_is_only_asked(model_of: ModelOf) -> None:
    elements = {"steps": {"type": "StateMachine", **PLACE}, "other": CODE}
    asked = [{"steps -> code": {"kind": "request"}}, {"code -> other": {"kind": "request"}}]
    assert shown(edges_of(model_of, elements, *asked)) == [("steps calls code", "")]


def test_a_stream_into_a_bucket_writes_there(model_of: ModelOf) -> None:
    elements = {
        "hose": {"type": "FirehoseStream", **PLACE},
        "bucket": {"type": "S3Bucket", "notifications": [{"to": "code", "prefix": "raw/"}], **PLACE},
        "lake": {"type": "OpenSearchDomain", **PLACE},
    }
    into = [{"hose -> bucket": {"kind": "stream", "prefix": "raw/1/"}}, {"hose -> lake": {"kind": "stream"}}]
    found = edges_of(model_of, elements, *into)
    assert Edge(("hose", ""), ("bucket", "raw/1/"), "hose writes to bucket") in found
    assert Edge(("bucket", "raw/1/"), ("code", ""), "bucket sets off code") in found
    assert [edge.text for edge in found if edge.target[0] == "lake"] == ["hose sets off lake"]


def role(*statements: dict[str, Any] | str) -> dict[str, Any]:
    return {"code": {**CODE, "role": {"policies": list(statements)}}}


TABLE = {"type": "DynamoDbTable", "stream": "new_image", **PLACE}
LISTENING = {"table": TABLE, "then": {**CODE, "stream_sources": ["table"]}}
DOUBT = "whether code writes to table"


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        ([{"allow": "dynamodb:PutItem", "resources": "table"}], [""]),
        ([{"allow": "dynamodb:UpdateItem", "resources": "table"}], [""]),
        ([{"allow": "dynamodb:DeleteItem", "resources": "table"}], [""]),
        ([{"allow": "dynamodb:BatchWriteItem", "resources": "table"}], [""]),
        ([{"allow": ["dynamodb:Query", "dynamodb:*"], "resources": "table"}], [""]),
        ([{"allow": "dynamodb:Query", "resources": "table"}], []),
        ([{"allow": "dynamodb:Query", "resources": "table"}, {"allow": "sqs:*", "resources": "queue"}], []),
        ([{"allow": "dynamodb:Query", "resources": "table"}, {"allow": "dynamodb:*", "resources": "*"}], [DOUBT]),
        ([{"allow": "dynamodb:Query", "resources": "table"}, "AdministratorAccess"], [DOUBT]),
        ([{"allow": "dynamodb:*", "resources": "*"}], [DOUBT]),
        ([{"allow": "dynamodb:PutItem", "resources": "others"}], [DOUBT]),
        ([{"deny": "dynamodb:PutItem", "resources": "table"}], [DOUBT]),
        ([], [DOUBT]),
    ],
)
def test_whether_code_changes_a_store_is_said_by_its_role(
    model_of: ModelOf, statements: list[Any], found: list[str]
) -> None:
    others = {"others": TABLE, "queue": {"type": "SqsQueue", **PLACE}}
    edges = edges_of(model_of, {**LISTENING, **others, **role(*statements)}, {"code -> table": "https"})
    assert [edge.doubt for edge in edges if edge.target[0] == "table"] == found


@pytest.mark.parametrize(("other", "found"), [({}, []), ("none", []), ("unknown", [DOUBT])])
def test_every_role_of_the_code_has_to_say(model_of: ModelOf, other: Any, found: list[str]) -> None:
    reads = {"policies": [{"allow": "dynamodb:Query", "resources": "table"}]}
    roles = {"role": reads, "execution_role": {"policies": other} if other else {}}
    elements = {**LISTENING, "code": {"type": "EcsService", "task_definition": roles, **PLACE}}
    edges = edges_of(model_of, elements, {"code -> table": "https"})
    assert [edge.doubt for edge in edges if edge.target[0] == "table"] == found


def test_writes_to_a_store_that_tells_nobody_set_nothing_off(model_of: ModelOf) -> None:
    assert edges_of(model_of, {"table": TABLE}, {"code -> table": "https"}) == []


@pytest.mark.parametrize(
    ("told", "set_off"),
    [
        ({}, [""]),
        ({"prefix": "raw/"}, [""]),
        ({"prefix": "raw/a/"}, ["whether what is written to bucket matches the filter for then"]),
        ({"suffix": ".png"}, ["whether what is written to bucket matches the filter for then"]),
        ({"prefix": "raw/", "suffix": ".png"}, ["whether what is written to bucket matches the filter for then"]),
        ({"prefix": "done/"}, []),
        ({"events": ["s3:ObjectRemoved:*", "s3:ObjectCreated:Put"]}, [""]),
    ],
)
def test_a_bucket_sets_off_who_listens_to_what_is_written(
    model_of: ModelOf, told: dict[str, Any], set_off: list[str]
) -> None:
    elements = {"then": CODE, "bucket": {"type": "S3Bucket", "notifications": [{"to": "then", **told}], **PLACE}}
    found = edges_of(model_of, elements, {"code -> bucket": {"protocol": "https", "prefix": "raw/"}})
    assert [edge.doubt for edge in found if edge.source == ("bucket", "raw/")] == set_off
    outside = [edge for edge in found if edge.source[0] == "bucket" and edge.source[1] != "raw/"]
    assert [edge.text for edge in outside] == ["bucket sets off then"]


def test_a_bucket_that_nobody_writes_to_or_that_tells_of_removals_only(model_of: ModelOf) -> None:
    only = {"to": "code", "events": ["s3:ObjectRemoved:*"]}
    elements = {
        "quiet": {"type": "S3Bucket", "notifications": [only], **PLACE},
        "bucket": {"type": "S3Bucket", "notifications": ["code"], **PLACE},
    }
    assert shown(edges_of(model_of, elements)) == [("bucket sets off code", "")]


def test_a_pattern_or_filter_leaves_a_doubt(model_of: ModelOf) -> None:
    elements = {
        "queue": {"type": "SqsQueue", **PLACE},
        "topic": {
            "type": "SnsTopic",
            "subscriptions": ["queue", {"to": "code", "filter": {"kind": ["order"]}}],
            **PLACE,
        },
        "bus": {"type": "EventBus", **PLACE},
        "some": {"type": "EventRule", "bus": "bus", "pattern": {"source": ["shop"]}, "targets": ["code"], **PLACE},
        "all": {"type": "EventRule", "bus": "bus", "pattern": {"account": ["1"]}, "targets": ["code"], **PLACE},
    }
    assert sorted(shown(edges_of(model_of, elements))) == [
        ("all sets off code", ""),
        ("bus sets off all", ""),
        ("bus sets off some", "whether what comes back matches some.pattern"),
        ("some sets off code", ""),
        ("topic sets off code", "whether what comes back matches the filter for code"),
        ("topic sets off queue", ""),
    ]


def test_what_failed_is_marked_and_what_is_watched_moves_nothing(model_of: ModelOf) -> None:
    elements = {
        "dead": {"type": "SqsQueue", **PLACE},
        "work": {"type": "SqsQueue", "dead_letter_queue": "dead", **PLACE},
        "alarm": {"type": "CloudWatchAlarm", "watches": "code", "metric": "Errors", "above": "0", **PLACE},
    }
    assert edges_of(model_of, elements) == [
        Edge(("work", ""), ("dead", ""), "work sends what failed to dead", failure=True)
    ]


def test_a_log_group_is_written_by_whoever_logs_if_it_sets_something_off(model_of: ModelOf) -> None:
    elements = {
        "log": {"type": "LogGroup", "subscriptions": ["ship"], **PLACE},
        "quiet": {"type": "LogGroup", **PLACE},
        "ship": CODE,
        "code": {**CODE, "log_group": "log"},
        "other": {**CODE, "log_group": "quiet"},
    }
    assert shown(edges_of(model_of, elements)) == [("log sets off ship", ""), ("code logs to log", "")]

"""Where what fails goes: the place that gives up states it, and nobody else can."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from archgraph.analysis.dead_letters import Coverage, dead_letter_places, derive_deliveries, queue_coverage
from archgraph.analysis.event_loops import derive_event_loops
from archgraph.model.model import ElementId, Model

ModelOf = Callable[..., Model]


def events(**more: Any) -> dict[str, Any]:
    here = {"in": "prod.eu-west-1"}
    return {
        "prod": {"type": "Account"},
        "dead": {"type": "SqsQueue", **here},
        "queue": {"type": "SqsQueue", **here, "dead_letter_queue": {"to": "dead", "max_receives": "3"}},
        "job": {"type": "LambdaFunction", **here},
        **{name: {**here, **element} for name, element in more.items()},
    }


@pytest.mark.parametrize(
    ("element", "subject"),
    [
        ({"type": "SnsTopic", "subscriptions": ["queue"]}, "it -> queue"),
        ({"type": "EventRule", "schedule": "rate(1 hour)", "targets": ["queue"]}, "it -> queue"),
        ({"type": "EventSchedule", "schedule": "rate(1 hour)", "target": "queue"}, "it -> queue"),
    ],
)
def test_the_queue_s_redrive_is_not_the_delivery_s(model_of: ModelOf, element: dict[str, Any], subject: str) -> None:
    model = model_of(events(it=element))
    (found,) = derive_deliveries(model)
    assert (found.subject, found.coverage) == (subject, Coverage.LOST)
    kept = queue_coverage(model, model.elements[ElementId("queue")])
    assert (kept.coverage, kept.keeper) == (Coverage.KEPT, "dead")


def test_a_declared_flow_may_say_where_failures_go(model_of: ModelOf) -> None:
    model = model_of(
        events(it={"type": "SnsTopic", "subscriptions": ["queue"]}), flows=[{"it -> queue": {"on_failure": "dead"}}]
    )
    (found,) = derive_deliveries(model)
    assert (found.coverage, found.keeper) == (Coverage.KEPT, "dead")


def test_a_function_called_twice_is_judged_once(model_of: ModelOf) -> None:
    model = model_of(
        events(one={"type": "S3Bucket", "notifications": ["job"]}, two={"type": "S3Bucket", "notifications": ["job"]})
    )
    (found,) = derive_deliveries(model)
    assert (found.subject, found.coverage, found.hop.text) == ("job", Coverage.LOST, "one calls job asynchronously")


def test_pipes_and_polled_queues_keep_what_fails(model_of: ModelOf) -> None:
    pipe = {"type": "EventBridgePipe", "source": "queue", "target": "job"}
    assert derive_deliveries(model_of(events(it=pipe), flows=[{"queue -> job": {"kind": "poll"}}])) == ()


def test_places_of_dead_letters_are_named_by_references_and_flows(model_of: ModelOf) -> None:
    model = model_of(
        events(lost={"type": "SqsQueue"}, table={"type": "DynamoDbTable", "stream": "new_image"}),
        flows=[{"table -> job": {"kind": "stream", "on_failure": "lost"}}],
    )
    assert dead_letter_places(model) == {"dead", "lost"}


def test_a_loop_needs_every_one_of_its_flows_unguarded(model_of: ModelOf) -> None:
    flows: list[dict[str, Any]] = [{"queue -> job": {"kind": "poll"}}, {"job -> queue": {"kind": "event"}}]
    (loop,) = derive_event_loops(model_of(events(), flows=flows)).loops
    assert (loop.members, loop.guards) == (("job", "queue"), ())
    flows[1]["job -> queue"]["loop_guard"] = "depth"
    (loop,) = derive_event_loops(model_of(events(), flows=flows)).loops
    assert loop.guards == ("depth",)


def test_what_failed_and_returns_is_a_redrive_not_a_loop(model_of: ModelOf) -> None:
    flows = [{"dead -> job": {"kind": "poll"}}, {"job -> queue": {"kind": "event"}}]
    found = derive_event_loops(model_of(events(), flows=flows))
    assert found.loops == ()
    (redrive,) = found.redrives
    assert [hop.text for hop in redrive.hops] == [
        "queue sends what failed to dead",
        "dead sets off job",
        "job sets off queue",
    ]


@pytest.mark.parametrize(
    ("element", "stated", "coverage", "missing"),
    [
        ("topic", {}, Coverage.LOST, ()),
        ("topic", {"dead_letter_queue": "dead"}, Coverage.KEPT, ()),
        ("topic", {"dead_letter_queue": "unknown"}, Coverage.UNKNOWN, ("it -> queue.dead_letter_queue",)),
        ("schedule", {"dead_letter_queue": "dead"}, Coverage.KEPT, ()),
        ("schedule", {"dead_letter_queue": "unknown"}, Coverage.UNKNOWN, ("it.dead_letter_queue",)),
    ],
)
def test_where_what_cannot_be_delivered_goes(
    model_of: ModelOf, element: str, stated: dict[str, str], coverage: Coverage, missing: tuple[str, ...]
) -> None:
    topic = {"type": "SnsTopic", "subscriptions": [{"to": "queue", **stated}]}
    schedule = {"type": "EventSchedule", "schedule": "rate(1 hour)", "target": "queue", **stated}
    (found,) = derive_deliveries(model_of(events(it=topic if element == "topic" else schedule)))
    assert (found.coverage, found.missing) == (coverage, missing)
    assert found.keeper == ("dead" if coverage is Coverage.KEPT else None)


@pytest.mark.parametrize("stream", [{"type": "KinesisStream"}, {"type": "DynamoDbTable", "stream": "new_image"}])
@pytest.mark.parametrize(
    ("stated", "coverage"),
    [({}, Coverage.LOST), ({"on_failure": "dead"}, Coverage.KEPT), ({"on_failure": "unknown"}, Coverage.UNKNOWN)],
)
def test_batches_of_a_stream_go_where_the_mapping_says(
    model_of: ModelOf, stream: dict[str, Any], stated: dict[str, str], coverage: Coverage
) -> None:
    reader = {"type": "LambdaFunction", "stream_sources": [{"to": "it", **stated}]}
    (found,) = derive_deliveries(model_of(events(it=stream, reader=reader)))
    assert (found.subject, found.coverage) == ("it -> reader", coverage)
    assert found.missing == (("it -> reader.on_failure",) if coverage is Coverage.UNKNOWN else ())


@pytest.mark.parametrize(
    ("stated", "coverage", "text"),
    [
        ({}, Coverage.LOST, "log calls reader asynchronously"),
        ({"on_failure": "dead"}, Coverage.KEPT, "failed events go to dead"),
        ({"dead_letter_queue": "dead"}, Coverage.KEPT, "failed events go to dead"),
        (
            {"on_failure": "arn:aws:sqs:eu-west-1:000000000002:dead"},
            Coverage.KEPT,
            "failed events go to arn:aws:sqs:eu-west-1:000000000002:dead",
        ),
        ({"dead_letter_queue": "unknown"}, Coverage.UNKNOWN, "log calls reader asynchronously"),
    ],
)
def test_a_function_that_a_log_calls_keeps_its_failures_itself(
    model_of: ModelOf, stated: dict[str, str], coverage: Coverage, text: str
) -> None:
    log = {"type": "LogGroup", "subscriptions": ["reader"]}
    (found,) = derive_deliveries(model_of(events(log=log, reader={"type": "LambdaFunction", **stated})))
    assert (found.subject, found.coverage, found.hop.text) == ("reader", coverage, text)


def test_a_flow_that_says_where_its_failures_go_needs_nothing_of_the_function(model_of: ModelOf) -> None:
    flow = {"it -> job": {"kind": "event", "on_failure": "dead"}}
    assert derive_deliveries(model_of(events(it={"type": "EcsService"}), flows=[flow])) == ()


@pytest.mark.parametrize("stated", ["dead", "unknown"])
def test_a_stream_that_is_drawn_says_where_its_batches_go(model_of: ModelOf, stated: str) -> None:
    flow = {"it -> job": {"kind": "stream", "on_failure": stated}}
    (found,) = derive_deliveries(model_of(events(it={"type": "KinesisStream"}), flows=[flow]))
    assert found.coverage is (Coverage.KEPT if stated == "dead" else Coverage.UNKNOWN)


@pytest.mark.parametrize("source", ["FirehoseStream", "RdsInstance"])
def test_streams_of_others_are_no_mapping(model_of: ModelOf, source: str) -> None:
    flow = {"it -> job": {"kind": "stream"}}
    assert derive_deliveries(model_of(events(it={"type": source}), flows=[flow])) == ()


def test_alarms_and_queues_deliver_nothing_that_can_be_lost(model_of: ModelOf) -> None:
    model = model_of(
        events(
            topic={"type": "SnsTopic"},
            alarm={"type": "CloudWatchAlarm", "watches": "job", "metric": "Errors", "above": "0", "actions": ["topic"]},
        ),
        flows=[{"queue -> job": {"kind": "event"}}],
    )
    assert derive_deliveries(model) == ()

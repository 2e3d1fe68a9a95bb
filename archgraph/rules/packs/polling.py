"""Sustainability: work that waits to be told, instead of asking again and again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from archgraph.analysis.schedules import shortest_gap
from archgraph.model.model import Element, ElementId, Flow, Model
from archgraph.rules.registry import rule
from archgraph.rules.results import Pillar, Severity
from archgraph.rules.rule import (
    Conclusion,
    Context,
    Parameter,
    Remediation,
    failed,
    not_applicable,
    passed,
    unknown,
)

_PUSHES: Mapping[str, str] = {
    "S3Bucket": "'notifications' tell about new objects",
    "DynamoDbTable": "a 'stream' carries every change",
    "SqsQueue": "an event source mapping hands messages over as they come",
    "KinesisStream": "an event source mapping hands records over as they come",
}
"""How each type tells about what is new: Amazon S3 event notifications
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventNotifications.html), DynamoDB Streams
(https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html), Lambda event source mappings
(https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html)."""

_READ_BY_POLLING = frozenset({"SqsQueue", "KinesisStream"})
"""Types whose consumers poll by design; for Lambda functions, Lambda itself does it."""


@rule(
    id="sus-polling-instead-of-events",
    title="Consumers are told what is new",
    pillar=Pillar.SUSTAINABILITY,
    practices={"SUS03-BP01": "Optimize software and architecture for asynchronous and scheduled jobs"},
    severity=Severity.INFO,
    population="""Every flow of kind poll from a bucket, a table, a queue or a stream, and every call to one of
    these by a function that a schedule starts every `minutes` or more often. Fails if the source could tell
    by itself: a bucket or a table that is polled, or a queue or stream that a scheduled function reads.
    Passes if a queue or stream is polled by its consumer, by Lambda or by a pipe; unknown for other calls of a
    scheduled function, which may write; does not apply to schedules that run less often.""",
    rationale="""Most polls find nothing. Each costs a start, a request and the energy of both, and what is new
    waits for the next one.""",
    remediation=Remediation(
        "Let the source send events, or let Lambda read the queue by an event source mapping.",
        """
elements:
  uploads: {type: S3Bucket, in: shop-prod.eu-west-1, notifications: [{to: resize, events: ["s3:ObjectCreated:*"]}]}
  pack: {type: LambdaFunction, in: shop-prod.eu-west-1, event_sources: [packing]}
""",
    ),
    false_positives="""A job that collects changes on purpose, to do them in one go: waive it with the saving,
    or let it run less often.""",
    parameters=[Parameter("minutes", 15, "Up to how many minutes between two runs count as polling", minimum=1)],
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/sus_sus_software_a2.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/concepts-event-driven-architectures.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventNotifications.html",
    ],
)
def polling_instead_of_events(context: Context) -> Iterator[Conclusion]:
    model = context.model
    started = _started_by_schedules(model)
    often = context.parameters["minutes"] * 60
    for flow in (*model.flows_of("poll"), *model.flows_of("request")):
        polls = flow.kind == "poll"
        source, consumer = (flow.source, flow.target) if polls else (flow.target, flow.source)
        store, reader = model.elements[source], model.elements[consumer]
        if store.type.name not in _PUSHES or reader.external:
            continue
        by_mapping = polls and (flow.implied_by is not None or "partial_batch_response" in flow.properties)
        schedule = None if by_mapping else started.get(consumer)
        gap = shortest_gap(schedule[1]) if schedule is not None else None
        if polls and schedule is None:
            yield passed(flow, f"{consumer} is given what is new") if by_mapping else _without_schedule(flow, store)
        elif schedule is not None and gap is not None and gap > often:
            yield not_applicable(flow, f"{schedule[0]} starts {consumer} by {schedule[1]}")
        elif schedule is not None and gap is None and polls:
            yield unknown(flow, "it is not known how often it polls", missing=[f"how often {schedule[1]} is"])
        elif schedule is not None and gap is not None and polls:
            yield _failed(flow, store, [f"{schedule[0]} starts {consumer} by {schedule[1]}"])
        elif schedule is not None and gap is not None:
            missing = [f"{flow.id}.kind"]
            shown = [f"{schedule[0]} starts {consumer} by {schedule[1]}"]
            yield unknown(flow, f"may ask {source} for what is new", missing=missing, evidence=shown)


def _started_by_schedules(model: Model) -> dict[ElementId, tuple[ElementId, str]]:
    """The functions that a schedule starts, each with the schedule and its expression."""
    found: dict[ElementId, tuple[ElementId, str]] = {}
    for schedule in model.of_type("EventSchedule", "EventRule"):
        expression = schedule.properties.get("schedule")
        if isinstance(expression, str) and schedule.properties.get("enabled") is not False:
            for target in model.targets(schedule.id, "TRIGGERS"):
                if target.type.name == "LambdaFunction":
                    found.setdefault(target.id, (schedule.id, expression))
    return found


def _without_schedule(flow: Flow, store: Element) -> Conclusion:
    if store.type.name in _READ_BY_POLLING:
        return passed(flow, "its consumers poll by design")
    return _failed(flow, store, [])


def _failed(flow: Flow, store: Element, shown: list[str]) -> Conclusion:
    return failed(
        flow,
        f"asks {store.id} for what {store.id} could tell",
        evidence=[f"'{flow.id}' polls {store.id}, a {store.type.title}", *shown],
        fix=f"use events instead: {_PUSHES[store.type.name]}",
    )

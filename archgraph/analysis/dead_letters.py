"""Dead letters: where what cannot be delivered or processed goes, for every asynchronous hop.

Sources: "Amazon SNS dead-letter queues" (https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html);
"Using dead-letter queues to process undelivered events"
(https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html); "How Lambda handles errors and
retries with asynchronous invocation"
(https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html); "Retaining discarded
batch records" (https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from archgraph.analysis.evidence import Hop
from archgraph.model.model import Absent, Element, ElementId, Flow, FlowId, Model, Reference


class Coverage(StrEnum):
    """Whether what fails is kept: somewhere, nowhere, nobody says, or nobody would look for it."""

    KEPT = "kept"
    LOST = "lost"
    UNKNOWN = "unknown"
    NOT_NEEDED = "not needed"


class Delivery(NamedTuple):
    """One asynchronous hop that needs a place for what it gives up.

    ``subject`` is the flow for deliveries and stream mappings, and the function for asynchronous
    calls, whose failures go to one place whoever called. ``keeper`` is that place, an id or an ARN.
    """

    subject: FlowId | ElementId
    coverage: Coverage
    hop: Hop
    keeper: str | None = None
    missing: tuple[str, ...] = ()


def derive_deliveries(model: Model) -> tuple[Delivery, ...]:
    """Every hop that can lose something, in the author's order: flows, then functions called.

    Polling a queue is not among them: what fails stays in the queue, and :func:`queue_coverage` says
    where it goes from there. A publisher that waits for the service's receipt knows of its failures.
    """
    found: list[Delivery] = []
    called: dict[ElementId, Flow] = {}
    for flow in model.flows.values():
        cause = flow.implied_by
        if flow.kind not in ("event", "stream") or (cause is not None and cause.relationship in _NO_DELIVERY):
            continue
        source, target = model.elements[flow.source], model.elements[flow.target]
        stated = _STATED.get(source.type.name)
        if flow.kind == "event" and stated is not None and target.type.category == "Actor":
            found.append(Delivery(flow.id, Coverage.NOT_NEEDED, Hop(target.id, f"{target.id} is no system")))
        elif flow.kind == "event" and stated is not None and source.properties.get("enabled") is False:
            found.append(Delivery(flow.id, Coverage.NOT_NEEDED, Hop(source.id, f"{source.id} is not enabled")))
        elif flow.kind == "event" and stated is not None:
            found.append(_delivery(flow, source, stated(source, flow)))
        if target.type.name != "LambdaFunction" or target.external:
            continue
        if flow.kind == "stream" and source.type.name in _READ_BY_MAPPING:
            found.append(_mapping(flow))
        elif _calls_asynchronously(flow, source) and _is_absent(flow.properties.get("on_failure")):
            called.setdefault(target.id, flow)
    return (*found, *(_invocation(model.elements[function], flow) for function, flow in called.items()))


def queue_coverage(model: Model, queue: Element) -> Delivery:
    """Where a queue moves messages that its consumers cannot process: its redrive policy."""
    for reference in model.references_from(queue.id, "DEAD_LETTERS_TO"):
        keeper = reference.target or reference.literal
        return Delivery(queue.id, Coverage.KEPT, Hop(queue.id, f"{queue.id} moves failed messages to {keeper}"), keeper)
    if queue.get("dead_letter_queue") is Absent.UNKNOWN:
        hop = Hop(queue.id, f"{queue.id}.dead_letter_queue is unknown")
        return Delivery(queue.id, Coverage.UNKNOWN, hop, missing=(f"{queue.id}.dead_letter_queue",))
    return Delivery(queue.id, Coverage.LOST, Hop(queue.id, f"{queue.id} has no dead_letter_queue"))


def dead_letter_places(model: Model) -> frozenset[str]:
    """The ids of what takes messages that failed elsewhere."""
    referred = (reference.target for reference in model.references_of("DEAD_LETTERS_TO"))
    stated = (flow.properties.get("on_failure") for flow in model.flows.values())
    return frozenset(place for place in (*referred, *stated) if isinstance(place, str))


_NO_DELIVERY = frozenset({"WATCHES", "DEAD_LETTERS_TO"})
"""References whose flows deliver no message of the workload, or only what failed already."""


def _of_reference(source: Element, flow: Flow) -> Any:
    told = flow.implied_by.properties if flow.implied_by else {}
    return told.get("dead_letter_queue")


def _of_element(source: Element, flow: Flow) -> Any:
    return source.get("dead_letter_queue")


_STATED: Mapping[str, Callable[[Element, Flow], Any]] = {
    "SnsTopic": _of_reference,
    "EventRule": _of_reference,
    "EventSchedule": _of_element,
}
"""Services that deliver on their own and give up in the end, and where each states its dead-letter queue."""

_READ_BY_MAPPING = frozenset({"KinesisStream", "DynamoDbTable"})
"""Streams that Lambda reads in order, through an event source mapping."""

_CALLS_AND_LEAVES = frozenset({"LogGroup"})
"""Sources of streams that call a function asynchronously."""


def _delivery(flow: Flow, source: Element, stated: Any) -> Delivery:
    name = f"{flow.id}.dead_letter_queue" if source.type.name != "EventSchedule" else f"{source.id}.dead_letter_queue"
    return _judged(flow.id, flow, stated, name, f"{source.id} drops what it cannot deliver to {flow.target}")


def _mapping(flow: Flow) -> Delivery:
    told = flow.implied_by.properties if flow.implied_by else {}
    lost = f"batches of {flow.source} that {flow.target} cannot process are dropped in the end"
    return _judged(flow.id, flow, told.get("on_failure"), f"{flow.id}.on_failure", lost)


def _judged(subject: FlowId, flow: Flow, stated: Any, name: str, lost: str) -> Delivery:
    for value in (flow.properties.get("on_failure"), stated):
        if not _is_absent(value):
            keeper = _keeper(value)
            return Delivery(subject, Coverage.KEPT, Hop(keeper, f"what fails goes to {keeper}"), keeper)
    if Absent.UNKNOWN in (flow.properties.get("on_failure"), stated):
        return Delivery(subject, Coverage.UNKNOWN, Hop(flow.source, f"{name} is unknown"), missing=(name,))
    return Delivery(subject, Coverage.LOST, Hop(flow.source, lost))


def _invocation(function: Element, flow: Flow) -> Delivery:
    for name in ("on_failure", "dead_letter_queue"):
        value = function.get(name)
        if not _is_absent(value):
            keeper = _keeper(value)
            return Delivery(function.id, Coverage.KEPT, Hop(keeper, f"failed events go to {keeper}"), keeper)
    caller = Hop(flow.source, f"{flow.source} calls {function.id} asynchronously")
    if Absent.UNKNOWN in (function.get("on_failure"), function.get("dead_letter_queue")):
        return Delivery(function.id, Coverage.UNKNOWN, caller, missing=(f"{function.id}.on_failure",))
    return Delivery(function.id, Coverage.LOST, caller)


def _calls_asynchronously(flow: Flow, source: Element) -> bool:
    """Whether Lambda queues the event itself: events of services and code, and log subscriptions."""
    if flow.kind == "stream":
        return source.type.name in _CALLS_AND_LEAVES
    return flow.kind == "event" and not source.has("queue") and source.type.name != "EventBridgePipe"


def _is_absent(value: Any) -> bool:
    return value is None or isinstance(value, Absent)


def _keeper(value: Any) -> str:
    if isinstance(value, Reference):
        return value.target or value.literal or ""
    return str(value)

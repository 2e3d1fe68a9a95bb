"""What sets what in motion: events, polls, streams, and the writes of which a store tells others.

Sources: "Configuring event notifications using object key name filtering", Amazon S3 User Guide
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html);
"Actions, resources, and condition keys", Service Authorization Reference
(https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from archgraph.analysis.dependencies import owners, whole
from archgraph.analysis.policies import matches
from archgraph.model.model import Absent, Element, ElementId, Flow, Model

Spot = tuple[ElementId, str]
"""A node of the graph of events: an element, and for a bucket the prefix that was written."""


class Edge(NamedTuple):
    """One thing that sets another in motion.

    ``doubt`` names what the model would have to say for it to be certain; empty if it is. ``guard``
    is what the author says keeps it from running on; ``failure`` marks the way of what failed.
    """

    source: Spot
    target: Spot
    text: str
    doubt: str = ""
    guard: str = ""
    failure: bool = False


def event_edges(model: Model) -> list[Edge]:
    """All edges, in the author's order of the flows; ends are whole elements."""
    writes = list(_writes(model))
    written: dict[ElementId, set[str]] = {}
    for edge in writes:
        written.setdefault(edge.target[0], set()).add(edge.target[1])
    return [*writes, *_moved(model, written), *_logged(model)]


_MOVING = frozenset({"event", "poll", "stream"})

_FROM_OUTSIDE = "\n"
"""The prefix of a bucket's objects that nothing in the model writes."""

_WRITE_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "S3Bucket": ("s3:PutObject",),
    "DynamoDbTable": (
        "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem",
    ),
}  # fmt: skip
"""The actions that change a store which tells others of changes; others only read it."""

_TAKES_ANY_REQUEST = frozenset(
    {"KinesisStream", "FirehoseStream", "SqsQueue", "SnsTopic", "EventBus", "StateMachine", "MqBroker"}
)
"""Types to which every request of another element brings something new."""


def _writes(model: Model) -> Iterator[Edge]:
    parts = owners(model)
    for flow in model.flows.values():
        if flow.kind not in ("request", "stream"):
            continue
        source = model.elements[parts.get(flow.source, flow.source)]
        target = model.elements[parts.get(flow.target, flow.target)]
        prefix = flow.properties.get("prefix") or ""
        verb, doubt = "writes to", ""
        if flow.kind == "stream":
            if target.type.name != "S3Bucket":
                continue
        elif source is target:
            continue
        elif target.type.name in _TAKES_ANY_REQUEST or (
            source.type.name == "StateMachine" and target.type.name not in _WRITE_ACTIONS
        ):
            verb = "calls"
        elif target.type.name in _WRITE_ACTIONS and model.flows_from(target.id):
            changes = True if prefix else _changes(model, source, target)
            if changes is False:
                continue
            doubt = "" if changes else f"whether {source.id} writes to {target.id}"
        else:
            continue
        spot = (target.id, prefix if target.type.name == "S3Bucket" else "")
        yield Edge((source.id, ""), spot, f"{flow.source} {verb} {flow.target}", doubt, _guard(flow))


def _changes(model: Model, source: Element, target: Element) -> bool | None:
    """Whether the source may write to the target, by its roles; ``None`` if they do not say."""
    holders = (source, *model.targets(source.id, "LAUNCHES"))
    roles = [role for holder in holders for role in model.targets(holder.id, "ASSUMES")]
    grants = [
        reference
        for role in roles
        for reference in model.references_from(role.id, "GRANTS")
        if reference.target == target.id and reference.properties.get("effect") == "allow"
    ]
    actions = [action for grant in grants for action in grant.properties["actions"]]
    if any(matches(pattern, action) for pattern in actions for action in _WRITE_ACTIONS[target.type.name]):
        return True
    policies = [role.get("policies") for role in roles]
    told = grants and Absent.UNKNOWN not in policies
    return False if told and all(_spelled_out(statement) for stated in policies for statement in stated or ()) else None


def _spelled_out(statement: Mapping[str, Any]) -> bool:
    """Whether a statement names elements or ARNs, and not all resources or a policy kept elsewhere."""
    return "effect" in statement and "*" not in statement["resources"]


def _moved(model: Model, written: Mapping[ElementId, set[str]]) -> Iterator[Edge]:
    parts = owners(model)
    for flow in model.flows.values():
        cause = flow.implied_by.relationship if flow.implied_by else ""
        if flow.kind not in _MOVING or cause == "WATCHES":
            continue
        failure = cause == "DEAD_LETTERS_TO"
        text = f"{flow.source} {'sends what failed to' if failure else 'sets off'} {flow.target}"
        source, target = parts.get(flow.source, flow.source), parts.get(flow.target, flow.target)
        if model.elements[source].type.name == "S3Bucket":
            yield from _notified(model, flow, source, target, text, written.get(source, ()), failure)
        else:
            yield Edge((source, ""), (target, ""), text, _filtered(model, flow), _guard(flow), failure)


def _notified(
    model: Model,
    flow: Flow,
    bucket: ElementId,
    target: ElementId,
    text: str,
    prefixes: Iterable[str],
    failure: bool,
) -> Iterator[Edge]:
    """What a bucket sets off: by objects from outside the model, and by those written under each prefix."""
    told = flow.implied_by.properties if flow.implied_by else {}
    events = told.get("events") or ["s3:ObjectCreated:*"]
    if not any(event.startswith(("s3:ObjectCreated", "s3:*")) for event in events):
        return
    yield Edge((bucket, _FROM_OUTSIDE), (target, ""), text, failure=failure)
    for prefix in sorted(prefixes):
        doubt = _prefix_doubt(flow, prefix, told.get("prefix") or "", told.get("suffix") or "")
        if doubt is not None:
            yield Edge((bucket, prefix), (target, ""), text, doubt or _filtered(model, flow), _guard(flow), failure)


def _prefix_doubt(flow: Flow, prefix: str, watched: str, suffix: str) -> str | None:
    """Whether a notification concerns what is written under a prefix; ``None`` if it does not."""
    if prefix and watched and not prefix.startswith(watched) and not watched.startswith(prefix):
        return None
    if not prefix.startswith(watched) or suffix:
        return f"whether what is written to {flow.source} matches the filter for {flow.target}"
    return ""


def _filtered(model: Model, flow: Flow) -> str:
    """What remains in doubt where only some events pass: those that match a pattern or a filter."""
    told = flow.implied_by.properties if flow.implied_by else {}
    target = model.elements[flow.target]
    if told.get("filter"):
        return f"whether what comes back matches the filter for {flow.target}"
    if target.type.name == "EventRule" and not _catches_all(target.get("pattern")):
        return f"whether what comes back matches {flow.target}.pattern"
    return ""


def _catches_all(pattern: object) -> bool:
    """Whether an event pattern keeps nothing of its own bus out: it names no source, type or content."""
    return isinstance(pattern, dict) and not {"source", "detail-type", "detail", "resources"} & pattern.keys()


def _guard(flow: Flow) -> str:
    return flow.properties.get("loop_guard") or ""


def _logged(model: Model) -> Iterable[Edge]:
    """What writes to a log group whose events set something off."""
    for group in model.of_type("LogGroup"):
        if any(flow.kind == "stream" for flow in model.flows_from(group.id)):
            for reference in model.references_to(group.id, "LOGS_TO"):
                source = whole(model, reference.source)
                yield Edge((source, ""), (group.id, ""), f"{source} logs to {group.id}")

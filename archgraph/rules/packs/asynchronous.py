"""Reliability: messages and events that nobody waits for, and where those go that fail."""

from __future__ import annotations

from collections.abc import Iterator

from archgraph.analysis.dead_letters import (
    Coverage,
    Delivery,
    dead_letter_places,
    derive_deliveries,
    queue_coverage,
)
from archgraph.catalog.values import Quantity
from archgraph.model.model import Element, ElementId, Flow, FlowId, Model
from archgraph.rules.registry import rule
from archgraph.rules.results import Pillar, Severity
from archgraph.rules.rule import (
    Adjusted,
    Conclusion,
    Context,
    Parameter,
    Remediation,
    Subject,
    failed,
    not_applicable,
    passed,
    unknown,
)
from archgraph.rules.severity import lowered_outside_production

_LIMIT_QUEUES = (
    "https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_mitigate_interaction_failure_fail_fast.html"
)


@rule(
    id="rel-queue-without-dlq",
    title="Every queue moves messages that cannot be processed to a dead-letter queue",
    pillar=Pillar.RELIABILITY,
    practices={"REL05-BP04": "Fail fast and limit queues"},
    severity=Severity.HIGH,
    population="""Every SQS queue. Passes if it has a dead-letter queue, in the model or outside; fails if it
    draws none; unknown if the model says `unknown`. Does not apply to queues that take only what failed
    elsewhere: a dead-letter queue needs none itself.""",
    rationale="""Without a dead-letter queue a message that can never be processed is received again and
    again until its retention ends, keeps consumers busy, blocks its message group in a FIFO queue, and is
    then deleted without a trace.""",
    remediation=Remediation(
        "Give it a dead-letter queue, and an alarm on that queue's depth.",
        """
elements:
  packing: {type: SqsQueue, in: prod.eu-west-1, dead_letter_queue: {to: failed, max_receives: 5}}
  failed: {type: SqsQueue, in: prod.eu-west-1, retention: 14d}
""",
    ),
    false_positives="""A queue whose messages are worthless minutes later (a refresh of a cache), or whose
    consumer never leaves a message undeleted: waive it. Outside production the severity is low.""",
    references=[
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
        _LIMIT_QUEUES,
    ],
    adjust=lowered_outside_production(Severity.LOW),
)
def queue_without_dlq(context: Context) -> Iterator[Conclusion]:
    places = dead_letter_places(context.model)
    for queue in context.of_type("SqsQueue"):
        if queue.id in places and not _takes_work(context.model, queue):
            yield not_applicable(queue, "it takes what failed elsewhere")
            continue
        found = queue_coverage(context.model, queue)
        if found.coverage is Coverage.KEPT:
            yield passed(queue, found.hop.text)
        elif found.coverage is Coverage.UNKNOWN:
            yield unknown(queue, "the model does not say whether it has a dead-letter queue", missing=found.missing)
        else:
            yield failed(
                queue,
                "keeps no message that cannot be processed",
                evidence=[found.hop.text],
                fix="state 'dead_letter_queue: {to: ..., max_receives: 5}'",
                at=queue.where("dead_letter_queue"),
            )


def _takes_work(model: Model, queue: Element) -> bool:
    """Whether something sends messages to a queue beside what failed elsewhere."""
    return any(
        flow.kind in ("event", "request")
        and (flow.implied_by is None or flow.implied_by.relationship not in ("DEAD_LETTERS_TO", "WATCHES"))
        for flow in model.flows_to(queue.id)
    )


@rule(
    id="rel-async-invocation-without-failure-target",
    title="What cannot be delivered or processed asynchronously is kept somewhere",
    pillar=Pillar.RELIABILITY,
    practices={"REL05-BP04": "Fail fast and limit queues"},
    severity=Severity.HIGH,
    population="""Every delivery by an SNS topic, an EventBridge rule or a schedule, every stream that Lambda
    reads for a function, and every function that something calls asynchronously. Passes with a dead-letter
    queue or an `on_failure` destination at the place that gives up: the subscription, the rule's target, the
    schedule, the event source mapping, the function. The redrive of a queue is not that of the topic or rule
    that delivers to it. Fails without one, unknown if the model says `unknown`. Does not apply to rules and
    schedules that are switched off, to messages to people, nor to pipes, whose source keeps what fails.""",
    rationale="""Lambda tries an asynchronous event three times within six hours, EventBridge for 24 hours
    and up to 185 times, SNS by the policy of the protocol. Then each drops it, and nobody learns of it. SNS
    drops it at once where the subscriber is gone or refuses access.""",
    remediation=Remediation(
        "State a dead-letter queue on the subscription, target or schedule, and `on_failure` on functions and streams.",
        """
elements:
  orders: {type: SnsTopic, in: prod.eu-west-1, subscriptions: [{to: billing, dead_letter_queue: failed}]}
  billing: {type: LambdaFunction, in: prod.eu-west-1, on_failure: failed}
  failed: {type: SqsQueue, in: prod.eu-west-1, retention: 14d}
""",
    ),
    false_positives="""A tick that comes again in a minute, or a notification that may be lost: waive it.
    A function that keeps failed events by its own code: waive it naming where. Outside production the
    severity is low.""",
    references=[
        "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html",
        "https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html",
        _LIMIT_QUEUES,
    ],
    adjust=lowered_outside_production(Severity.LOW),
)
def async_invocation_without_failure_target(context: Context) -> Iterator[Conclusion]:
    for delivery in derive_deliveries(context.model):
        flow = context.model.flows.get(FlowId(delivery.subject))
        subject = flow or context.model.elements[ElementId(delivery.subject)]
        if flow is None or not context.model.elements[flow.source].external:
            yield _kept(delivery, subject)


def _kept(delivery: Delivery, subject: Element | Flow) -> Conclusion:
    if delivery.coverage is Coverage.KEPT:
        return passed(subject, delivery.hop.text)
    if delivery.coverage is Coverage.NOT_NEEDED:
        return not_applicable(subject, delivery.hop.text)
    if delivery.coverage is Coverage.UNKNOWN:
        return unknown(subject, "the model does not say where what fails goes", missing=delivery.missing)
    if isinstance(subject, Element):
        return failed(
            subject,
            "asynchronous events that it fails to process are dropped",
            evidence=[delivery.hop.text, f"{subject.id} has neither on_failure nor dead_letter_queue"],
            fix="state 'on_failure', a queue or a topic that someone watches",
        )
    stream = subject.kind == "stream"
    return failed(
        subject,
        "what cannot be processed is dropped" if stream else "what cannot be delivered is dropped",
        evidence=[delivery.hop.text],
        fix="state 'on_failure' on the stream source or the flow" if stream else "state 'dead_letter_queue' there",
        at=subject.implied_by.location if subject.implied_by is not None else None,
    )


_TIMES = Parameter("times", 6, "How many times the function's timeout a message must stay hidden", minimum=1)


def _raised_if_shorter(context: Context, subject: Subject, severity: Severity) -> Adjusted | None:
    """Critical where Lambda refuses the mapping: the message is back before the function must be done."""
    if isinstance(subject, Flow):
        hidden = context.model.elements[subject.source].properties.get("visibility_timeout")
        timeout = context.model.elements[subject.target].properties.get("timeout")
        if isinstance(hidden, Quantity) and isinstance(timeout, Quantity) and hidden.amount < timeout.amount:
            return Adjusted(Severity.CRITICAL, "the message reappears while the function may still run")
    return lowered_outside_production(Severity.LOW)(context, subject, severity)


@rule(
    id="rel-visibility-timeout-too-short",
    title="Messages stay hidden long enough for the function that processes them",
    pillar=Pillar.RELIABILITY,
    practices={"REL05-BP05": "Set client timeouts"},
    severity=Severity.HIGH,
    population="""Every SQS queue that Lambda polls for a function, or a pipe that calls functions. Passes if
    the queue's visibility timeout is at least `times` times the functions' timeouts together, plus the batch
    window; fails if it is shorter; unknown if either is not stated. Does not apply to other consumers, which
    can extend the timeout themselves.""",
    rationale="""A message that reappears while it is being processed is processed twice, and counts as
    received again, so that a slow consumer pushes good messages into the dead-letter queue. Lambda needs
    several times the function's timeout because it tries again when the function is throttled, and refuses
    a visibility timeout below the function's timeout.""",
    remediation=Remediation(
        "Set `visibility_timeout` to six times the function's timeout, or shorten the function's timeout.",
        """
elements:
  packing: {type: SqsQueue, in: prod.eu-west-1, visibility_timeout: 180s}
  pack: {type: LambdaFunction, in: prod.eu-west-1, timeout: 30s, event_sources: [packing]}
""",
    ),
    false_positives="""A function that changes the visibility of its messages itself, or whose concurrency is
    never exhausted: set `times` lower, or waive it. Where the queue is shorter than the function the finding
    is critical; outside production it is low.""",
    parameters=[_TIMES],
    references=[
        "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html",
    ],
    adjust=_raised_if_shorter,
)
def visibility_timeout_too_short(context: Context) -> Iterator[Conclusion]:
    for queue in context.of_type("SqsQueue"):
        for flow in context.model.flows_from(queue.id):
            consumer = context.model.elements[flow.target]
            if flow.kind == "poll" and not consumer.external:
                yield _hidden(context, flow, queue, consumer)


def _hidden(context: Context, flow: Flow, queue: Element, consumer: Element) -> Conclusion:
    times = context.parameters["times"]
    functions = [consumer] if consumer.type.name == "LambdaFunction" else []
    if consumer.type.name == "EventBridgePipe":  # it waits for what enriches and for its target
        functions = [
            e for e in context.model.targets(consumer.id, "CALLS", "TRIGGERS") if e.type.name == "LambdaFunction"
        ]
        if not functions:
            return not_applicable(flow, f"{consumer.id} calls no function")
    if not functions:
        return not_applicable(flow, f"{consumer.id} can extend the visibility timeout itself")
    hidden = queue.get("visibility_timeout")
    timeouts = {f"{function.id}.timeout": function.get("timeout") for function in functions}
    stated = {f"{queue.id}.visibility_timeout": hidden, **timeouts}
    missing = [name for name, value in stated.items() if not isinstance(value, Quantity)]
    if missing:
        return unknown(flow, "the model does not say how long messages stay hidden, or must", missing=missing)
    window = (flow.implied_by.properties if flow.implied_by else {}).get("batch_window")
    runs = sum(timeout.amount for timeout in timeouts.values())
    needed = runs * times + (window.amount if isinstance(window, Quantity) else 0)
    if hidden.amount >= needed:
        return passed(flow, f"messages stay hidden for {hidden}, the function may run for {runs:g}s")
    return failed(
        flow,
        f"messages reappear after {hidden}; {needed:g}s are needed",
        evidence=[f"{name} is {value}" for name, value in stated.items()]
        + ([f"the batch window is {window}"] if isinstance(window, Quantity) else []),
        fix=f"state 'visibility_timeout: {needed:g}s' on {queue.id}, or shorten the timeout of {consumer.id}",
        at=queue.where("visibility_timeout"),
    )

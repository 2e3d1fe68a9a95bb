"""Reliability: timeouts and retries along requests."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from archgraph.analysis.event_loops import derive_event_loops
from archgraph.analysis.evidence import Certainty
from archgraph.analysis.retries import derive_amplification
from archgraph.analysis.timing import Duration, Waiting, derive_waiting, in_words
from archgraph.catalog.values import Quantity
from archgraph.model.model import Absent, Element, Flow
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
from archgraph.rules.severity import lowered_outside_production

_LIMIT_RETRIES = (
    "https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_mitigate_interaction_failure_limit_retries.html"
)
_BUILDERS = "https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/"


@rule(
    id="rel-timeout-inversion",
    title="Every caller waits at least as long as its target may take",
    pillar=Pillar.RELIABILITY,
    practices={"REL05-BP05": "Set client timeouts"},
    severity=Severity.HIGH,
    population="""Every request to a function, or to code that makes requests of its own; and every request of a
    function that states a timeout. Compared is how long the caller waits for one answer (its timeout, or the
    limit of the API, load balancer, distribution, user pool or stream that calls) with the function's timeout
    or the longest single wait of the target; through a load balancer that of what the listener or rule leads
    to. Fails if the caller gives up first, waits for ever, or is itself stopped before its own timeout, retries
    included; unknown if a timeout is not stated. Does not apply to callers whose patience is decided elsewhere,
    such as people and systems outside, unless a timeout is stated for them.""",
    rationale="""A caller that gives up first gets an error for work that still runs, and retries it: the
    target does the same work twice when it is slowest. API Gateway ends an integration after 29 seconds
    unless that quota was raised, an HTTP API after 30, a load balancer after its idle timeout, and Lambda
    a function after its timeout, in the middle of whatever it waits for.""",
    remediation=Remediation(
        "Shorten timeouts from the entry inwards, each shorter than the caller's, retries included; put longer "
        "work behind a queue.",
        """
elements:
  charge: {type: LambdaFunction, in: prod.eu-west-1, timeout: 12s}
flows:
  - checkout -> charge: {kind: request, timeout: 15s}
  - charge -> payments: {protocol: https, timeout: 5s, retries: {max: 1, backoff: exponential}}
""",
    ),
    false_positives="""A function with a long timeout for other callers than this one, or a service that
    sends its first bytes early: waive it with what was measured. Outside production the severity is low.""",
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/"
        "rel_mitigate_interaction_failure_client_timeouts.html",
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html",
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html",
        _BUILDERS,
    ],
    adjust=lowered_outside_production(Severity.LOW),
)
def timeout_inversion(context: Context) -> Iterator[Conclusion]:
    model = context.model
    for flow_id, waiting in derive_waiting(model).items():
        flow = model.flows[flow_id]
        conclusion = _inversion(flow, model.elements[flow.source], waiting)
        if conclusion is not None and not model.elements[flow.target].external:
            yield conclusion


def _inversion(flow: Flow, caller: Element, waiting: Waiting) -> Conclusion | None:
    patience, attempt, takes, limit = waiting.patience, waiting.attempt, waiting.takes, waiting.run_limit
    stated = isinstance(flow.properties.get("timeout"), Quantity)
    compared = takes.seconds is not None or bool(takes.missing)
    if patience.seconds == inf:
        return _gives_up(flow, "waits for ever", patience, Duration())
    if caller.external or caller.type.category in ("Actor", "External"):
        if not stated:
            return not_applicable(flow, f"how long {caller.id} waits is not decided here") if compared else None
    elif not compared and not (stated and (limit.seconds is not None or limit.missing)):
        return None
    if patience.seconds is not None and stated and limit.seconds is not None and patience.seconds > limit.seconds:
        return _gives_up(flow, f"{caller.id} is stopped before its own timeout", patience, limit)
    missing = [*limit.missing] if stated else []
    if compared and attempt.seconds is None:
        if not attempt.missing:
            return not_applicable(flow, f"how long {caller.id} waits is not decided here")
        missing += attempt.missing
    elif compared and takes.seconds is not None and attempt.seconds is not None and attempt.seconds < takes.seconds:
        if attempt.certainty is Certainty.CERTAIN:
            return _gives_up(flow, "the caller gives up while its target still works", attempt, takes)
        missing += attempt.missing
    else:
        missing += takes.missing
    if missing:
        evidence = [hop.text for hop in (*patience.hops, *takes.hops)]
        return unknown(flow, "the model does not state every timeout", missing=missing, evidence=evidence)
    return passed(
        flow,
        f"it waits {in_words(attempt.seconds)} for each answer, and its target takes {in_words(takes.seconds)} at most",
    )


def _gives_up(flow: Flow, message: str, patience: Duration, other: Duration) -> Conclusion:
    evidence = [f"{in_words(time.seconds)}: {hop.text}" for time in (patience, other) for hop in time.hops]
    return failed(flow, message, evidence=evidence, fix="shorten the inner timeout, or lengthen the outer one")


@rule(
    id="rel-retry-amplification",
    title="Retries of several layers do not multiply",
    pillar=Pillar.RELIABILITY,
    practices={"REL05-BP03": "Control and limit retry calls"},
    severity=Severity.HIGH,
    population="""Everything that is called by requests of which at least one layer above states retries.
    Multiplied are the attempts of all layers on the worst way to it; listeners and rules of a load balancer are
    ways of their own. Passes up to `max_attempts`, fails above at the element where the last layer multiplies;
    what is called further down is not counted again. Unknown if a service on that way does not state its
    retries.""",
    rationale="""When the last service in a chain is slow, every layer above retries: three layers with
    three attempts each send 27 requests for one. The service that is in trouble gets the most load.""",
    remediation=Remediation(
        "Retry in one layer only, close to the failing call or at the edge, with backoff and jitter.",
        """
flows:
  - web -> orders: {protocol: https, retries: none}
  - orders -> shop-db: {protocol: tls, retries: {max: 2, backoff: exponential}}
""",
    ),
    false_positives="""Callers that stop retrying by a shared budget, a token bucket or a circuit breaker:
    waive it naming that, or set `max_attempts`. Outside production the severity is low.""",
    parameters=[Parameter("max_attempts", 10, "The most attempts that one request may become", minimum=1)],
    references=[_LIMIT_RETRIES, _BUILDERS],
    adjust=lowered_outside_production(Severity.LOW),
)
def retry_amplification(context: Context) -> Iterator[Conclusion]:
    most = context.parameters["max_attempts"]
    for name, found in derive_amplification(context.model).items():
        element = context.model.elements[name]
        if element.external or not found.hops:
            continue
        evidence = [hop.text for hop in found.hops]
        if found.attempts > most and found.multiplied == 1:
            yield not_applicable(element, "retries multiply above it, and are reported there")
        elif found.attempts > most:
            yield failed(
                element,
                f"one request can become {found.attempts} attempts here",
                evidence=evidence,
                fix="retry in one layer only",
            )
        elif found.missing:
            yield unknown(
                element, "the model does not state the retries of every layer", missing=found.missing, evidence=evidence
            )
        else:
            yield passed(element, f"one request becomes {found.attempts} attempts at most", evidence)


@rule(
    id="rel-unbounded-retry",
    title="Every retry ends",
    pillar=Pillar.RELIABILITY,
    practices={"REL05-BP03": "Control and limit retry calls"},
    severity=Severity.HIGH,
    population="""Every flow that states `retries`, every stream that Lambda reads for a function, and every
    loop by which what failed is sent back to where it failed. Passes with a `max` or a `for`, with `retries:
    none`, for steps of a workflow, which are tried three times again unless told otherwise, or, for a loop,
    with a `loop_guard`; fails without. Unknown for streams that state no retries: Lambda then tries until the
    records expire. Does not apply where the stream's consumer lies outside the model. Queues without a
    dead-letter queue have their own rule.""",
    rationale="""A record that can never be processed blocks its shard until it expires, and everything
    behind it waits. Failed messages that return without a limit go round for ever, and hide new ones.""",
    remediation=Remediation(
        "State how often or how long it is tried, and where it goes then.",
        """
elements:
  project:
    type: LambdaFunction
    in: prod.eu-west-1
    stream_sources: [{to: orders, retries: {max: 3}, bisect_on_error: true, on_failure: failed}]
""",
    ),
    false_positives="""Retries that a person ends, such as a redrive that is started by hand: state
    `loop_guard`. Outside production the severity is low.""",
    references=[
        "https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-errors.html",
        _LIMIT_RETRIES,
        _BUILDERS,
    ],
    adjust=lowered_outside_production(Severity.LOW),
)
def unbounded_retry(context: Context) -> Iterator[Conclusion]:
    model = context.model
    for flow in model.flows.values():
        if flow.kind != "stream" and "retries" not in flow.properties:
            continue
        source, consumer = model.elements[flow.source], model.elements[flow.target]
        mapped = flow.kind == "stream" and source.type.name in ("KinesisStream", "DynamoDbTable")
        mapped = mapped and consumer.type.name == "LambdaFunction"
        if not (mapped or "retries" in flow.properties) or source.external:
            continue
        if mapped and consumer.external:
            yield not_applicable(flow, f"{consumer.id} lies outside the model")
        else:
            yield _ending(flow, source)
    concluded: set[str] = set()
    for loop in derive_event_loops(model).redrives:
        first = next((member for member in loop.members if member not in concluded), None)
        if first is None:
            continue
        concluded.add(first)
        texts = [hop.text for hop in loop.hops]
        if loop.guards:
            yield passed(model.elements[first], f"what fails returns, and ends: {'; '.join(loop.guards)}", texts)
        else:
            yield failed(
                model.elements[first],
                "what fails returns without end",
                evidence=texts,
                fix="send it to a place where a person decides, or state 'loop_guard' on the flow that limits it",
            )


def _ending(flow: Flow, source: Element) -> Conclusion:
    stated = flow.properties.get("retries")
    if stated is Absent.NONE:
        return passed(flow, "it is tried once")
    if not isinstance(stated, dict):
        return unknown(flow, "the model does not say when it is given up", missing=[f"{flow.id}.retries"])
    bounds = [f"{name} {stated[name]}" for name in ("max", "for") if not isinstance(stated.get(name), Absent | None)]
    if not bounds and source.type.name == "StateMachine":
        return passed(flow, "Step Functions tries a step three times again unless told otherwise")
    if bounds:
        return passed(flow, f"it is given up: {', '.join(bounds)}")
    return failed(
        flow,
        "it is retried without end",
        evidence=[f"{flow.id}.retries states neither max nor for"],
        fix="state 'max', or 'for' how long",
    )

"""Time: how long callers wait, how long callees may take, and what a scenario's requests add up to.

Limits of AWS: integrations of REST APIs and WebSocket APIs 29 s, of HTTP APIs 30 s (API Gateway quotas,
https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html); idle timeout of Application
and Classic Load Balancers 60 s by default
(https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html);
CloudFront's origin response timeout 30 s by default
(https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html); AppSync 30 s
(https://docs.aws.amazon.com/general/latest/gr/appsync.html); triggers of Cognito user pools 5 s
(https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html);
transformations of Firehose 5 minutes (https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import inf
from typing import Any, NamedTuple

from archgraph.analysis.dependencies import NO_REQUESTS, Dependencies, derive_dependencies, told
from archgraph.analysis.evidence import Certainty, Hop
from archgraph.catalog.values import Quantity
from archgraph.model.model import Absent, Element, ElementId, Flow, FlowId, Model


class Duration(NamedTuple):
    """A time in seconds, what it follows from, and what the model does not say.

    ``seconds`` is ``None`` if nothing is known, and a lower bound if something is ``missing``; it is
    infinite for a caller that waits for ever. *Possible* leans on a default of AWS.
    """

    seconds: float | None = None
    hops: tuple[Hop, ...] = ()
    missing: tuple[str, ...] = ()
    certainty: Certainty = Certainty.CERTAIN


_NOTHING = Duration()


class Waiting(NamedTuple):
    """One request: how long its caller waits in all, and how long its target may take to answer.

    ``attempt`` is how long it waits for one answer: a target that takes longer works in vain, and again at
    the next attempt. ``takes`` says nothing (``None``, nothing missing) of targets that have no timeout to compare.
    ``run_limit`` is the time after which the caller itself is stopped, if it is a function.
    """

    flow: FlowId
    patience: Duration
    attempt: Duration
    takes: Duration
    run_limit: Duration


@lru_cache(maxsize=1)
def derive_waiting(model: Model) -> Mapping[FlowId, Waiting]:
    """Compare the timeouts at both ends of every request, in time linear in the model."""
    dependencies = derive_dependencies(model)
    callers = [(model.elements[caller], flows) for caller, flows in dependencies.requests.items()]
    patient = {flow.id: patience(caller, flow) for caller, flows in callers for flow in flows}
    takes = _times(model, dependencies, patient)
    return {
        flow.id: Waiting(
            flow.id,
            patient[flow.id],
            patience(caller, flow, retried=False),
            takes.get(dependencies.arrival(flow), _NOTHING),
            limit,
        )
        for caller, flows in callers
        for limit in (_run_limit(caller),)
        for flow in flows
    }


def in_words(seconds: float | None) -> str:
    """A time as people write it: ``250ms``, ``9s``, ``for ever``."""
    if seconds is None:
        return "no stated time"
    return "for ever" if seconds == inf else f"{seconds:g}s" if seconds >= 1 else f"{seconds * 1000:g}ms"


def attempts(flow: Flow) -> int | None:
    """How often a request is sent at most, the first time included; ``None`` if nobody says."""
    stated = flow.properties.get("retries")
    if stated is None:
        return None
    if stated is Absent.NONE:
        return 1
    most = stated.get("max") if isinstance(stated, Mapping) else None
    return 1 + most if isinstance(most, int) else None


def patience(caller: Element, flow: Flow, retried: bool = True) -> Duration:
    """How long the caller waits for a request: its stated retries included, or for one attempt.

    Nothing is missing for callers whose patience nobody sets: people, target groups, accelerators.
    """
    stated = flow.properties.get("timeout")
    if stated is Absent.NONE:
        return Duration(inf, (told(flow, f"{caller.id} waits for ever"),))
    if isinstance(stated, Quantity):
        often = (attempts(flow) or 1) if retried else 1
        return Duration(stated.amount * often, (told(flow, f"timeout {stated}", f"{often} attempts" * (often > 1)),))
    limit = _LIMITS.get(caller.type.name)
    if limit is not None:
        return _by_caller(caller, flow, *limit)
    decides = caller.has("compute") or caller.type.name == "StateMachine"
    return Duration(missing=(f"{flow.id}.timeout",) if decides else ())


_LIMITS: Mapping[str, tuple[str, int]] = {
    "ApiGatewayRestApi": ("timeout", 29),
    "ApiGatewayHttpApi": ("timeout", 30),
    "ApplicationLoadBalancer": ("idle_timeout", 60),
    "ClassicLoadBalancer": ("idle_timeout", 60),
    "CloudFrontDistribution": ("", 30),
    "AppSyncApi": ("", 30),
    "CognitoUserPool": ("", 5),
    "FirehoseStream": ("", 300),
}
"""The property that says how long a service waits, and AWS's default in seconds."""

_FIXED = frozenset({"AppSyncApi", "CognitoUserPool", "FirehoseStream"})
"""Services whose limit nobody can raise."""


def _by_caller(caller: Element, flow: Flow, name: str, default: int) -> Duration:
    stated = caller.get(name) if name else Absent.UNKNOWN
    if isinstance(stated, Quantity):
        return Duration(stated.amount, (told(flow, f"{caller.id}.{name} is {stated}"),))
    if caller.type.name == "ApiGatewayHttpApi":
        most = 29 if caller.get("protocol") == "websocket" else default
        return Duration(most, (told(flow, f"{caller.id} waits no longer than {most}s, AWS's fixed limit"),))
    if caller.type.name in _FIXED:
        return Duration(default, (told(flow, f"{caller.id} waits no longer than {default}s, AWS's fixed limit"),))
    if caller.type.name == "ApiGatewayRestApi" and caller.get("endpoint_type") == "edge":
        return Duration(default, (told(flow, f"an edge-optimized API waits no longer than {default}s"),))
    missing = (f"{caller.id}.{name}" if name else f"{flow.id}.timeout",)
    return Duration(default, (told(flow, f"{default}s by AWS's default"),), missing, Certainty.POSSIBLE)


def _run_limit(caller: Element) -> Duration:
    """Lambda stops a function at its timeout, whatever it waits for."""
    if caller.type.name != "LambdaFunction":
        return _NOTHING
    stated = caller.get("timeout")
    if isinstance(stated, Quantity):
        return Duration(stated.amount, (Hop(caller.id, f"{caller.id}.timeout is {stated}"),))
    return Duration(missing=(f"{caller.id}.timeout",))


def _times(model: Model, dependencies: Dependencies, patient: Mapping[FlowId, Duration]) -> dict[ElementId, Duration]:
    """How long every callee may take: a function its timeout, other code its longest single wait."""
    found: dict[ElementId, Duration] = {}
    asked = {dependencies.arrival(flow) for flows in dependencies.requests.values() for flow in flows}
    ordered = {member for group in dependencies.order for member in group}
    for group in (*dependencies.order, *((member,) for member in sorted(asked - ordered))):
        for member in group:
            element = model.elements[member]
            limit = _run_limit(element)
            if limit.seconds is not None or limit.missing:
                found[member] = limit
                continue
            waits = [
                _waited(element, patient[flow.id], found.get(target, _NOTHING))
                for flow in dependencies.onward.get(member, ())
                if (target := dependencies.arrival(flow)) not in group
            ]
            if waits:
                found[member] = _longest(waits)
    return found


def _waited(caller: Element, own: Duration, takes: Duration) -> Duration:
    """How long a caller may be kept by one of its own requests: until it gives up or is answered."""
    if not caller.has("compute"):
        return Duration(min(takes.seconds, own.seconds or inf), takes.hops, takes.missing) if takes.seconds else takes
    if own.seconds is not None:
        return own
    return Duration(takes.seconds, (*own.hops, *takes.hops), own.missing)


def _longest(waits: list[Duration]) -> Duration:
    longest = max(waits, key=lambda wait: wait.seconds or 0)
    missing = dict.fromkeys(name for wait in waits for name in wait.missing)
    return Duration(longest.seconds, longest.hops, tuple(missing)[:_MOST_MISSING])


_MOST_MISSING = 8
"""The most missing statements that one answer names."""


class RequestTime(NamedTuple):
    """The time of one request of a scenario: what it waits for one after the other, added up.

    ``flow`` is the one by which someone outside sends it. A flow's ``latency_p99`` is one round trip
    to the target itself; what the target waits for in turn has flows of its own. Of parallel steps
    the slowest counts.
    """

    scenario: str
    flow: FlowId
    time: Duration


def derive_request_times(model: Model) -> tuple[RequestTime, ...]:
    """Add up the stated latencies of every request that people or systems outside send in a scenario."""
    found: list[RequestTime] = []
    for scenario in model.scenarios.values():
        for steps in _requests(model, [(step.number, model.flows[step.flow], step.reply) for step in scenario.steps]):
            found.append(RequestTime(scenario.id, steps[0][1].id, _sum(steps)))
    return tuple(found)


def _requests(model: Model, steps: list[tuple[int, Flow, bool]]) -> Iterator[list[tuple[int, Flow]]]:
    """The steps of each request: from a step by which someone outside sends it, to the reply.

    Without a reply it ends at the next request. What goes on that nobody waits for is left out: events,
    and what their receivers do.
    """
    current: list[tuple[int, Flow]] = []
    waiting: set[ElementId] = set()
    left = False
    for number, flow, reply in steps:
        if flow.properties.get("protocol") in NO_REQUESTS:
            continue
        sender = model.elements[flow.source]
        from_outside = sender.type.category in ("Actor", "External") or sender.external
        if from_outside and flow.kind == "request" and not reply:
            if current:
                yield current
            current, waiting, left = [(number, flow)], set(_wholes(model, flow.target)), False
        elif current and from_outside:
            yield current
            current = []
        elif current and flow.kind != "request":
            left = True
        elif current and not reply and (not left or not waiting.isdisjoint(_wholes(model, flow.source))):
            current.append((number, flow))
            waiting.update(_wholes(model, flow.target))
    if current:
        yield current


def _wholes(model: Model, id_: ElementId) -> Iterator[ElementId]:
    """An element, and what it is a part of."""
    current: ElementId | None = id_
    while current is not None:
        yield current
        current = model.elements[current].part_of


def _sum(steps: list[tuple[int, Flow]]) -> Duration:
    slowest: dict[int, tuple[float, Flow, Any]] = {}
    missing: list[str] = []
    for number, flow in steps:
        stated = flow.properties.get("latency_p99")
        if not isinstance(stated, Quantity):
            missing.append(f"{flow.id}.latency_p99")
        elif number not in slowest or stated.amount > slowest[number][0]:
            slowest[number] = (stated.amount, flow, stated)
    hops = tuple(told(flow, str(stated)) for _, flow, stated in slowest.values())
    known = round(sum(seconds for seconds, _, _ in slowest.values()), 6) if slowest else None
    return Duration(known, hops, tuple(dict.fromkeys(missing))[:_MOST_MISSING])

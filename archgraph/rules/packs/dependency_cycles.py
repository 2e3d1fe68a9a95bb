"""Reliability: circles of requests and of events, and chains of services that wait for one another."""

from __future__ import annotations

from collections.abc import Iterator

from archgraph.analysis.dependencies import derive_dependencies
from archgraph.analysis.event_loops import derive_event_loops
from archgraph.analysis.evidence import Certainty
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

_LOOSE = (
    "https://docs.aws.amazon.com/wellarchitected/latest/framework/"
    "rel_prevent_interaction_failure_loosely_coupled_system.html"
)


@rule(
    id="rel-circular-sync-dependency",
    title="No request waits, through others, for its own sender",
    pillar=Pillar.RELIABILITY,
    practices={"REL04-BP02": "Implement loosely coupled dependencies"},
    severity=Severity.HIGH,
    population="""Every element that is called and calls others while its caller waits: code, load balancers,
    APIs, proxies, express workflows. Fails for the first of each circle of such requests; the others of the
    circle are not counted again. Passes outside circles. Listeners and rules of a load balancer are told apart;
    where the model does not say which one a request meets, it closes no circle. Does not apply to circles that
    close through a system outside the model, which calls back in its own time, nor to queues, topics, stores
    and standard workflows, which accept a request at once.""",
    rationale="""Services in a circle can only be started, deployed and scaled together. When one is slow,
    its callers wait for it while it waits for them; threads and connections run out all the way round, and
    none of them recovers alone.""",
    remediation=Remediation(
        "Take one of the requests out of the circle: tell the other side by an event, or move what both "
        "need into a third service.",
        """
flows:
  - orders -> stock: https
  - stock -> stock-events: {kind: event}          # instead of calling orders back
""",
    ),
    false_positives="""Two elements that call each other for different purposes, on paths that never meet:
    split them in the model, or waive it. Outside production the severity is low.""",
    references=[_LOOSE],
    adjust=lowered_outside_production(Severity.LOW),
)
def circular_sync_dependency(context: Context) -> Iterator[Conclusion]:
    model = context.model
    dependencies = derive_dependencies(model)
    concluded: set[str] = set()
    for circle in dependencies.circles:
        own = [model.elements[member] for member in circle.members if not model.elements[member].external]
        own = [element for element in own if element.type.category != "External"]
        concluded.update(element.id for element in own)
        if circle.outside is not None:
            for element in own:
                yield not_applicable(element, f"the circle closes through {circle.outside}, which lies outside")
            continue
        yield failed(
            own[0],
            f"waits for itself, in a circle of {len(own)} elements",
            evidence=[hop.text for hop in circle.hops],
            fix="replace one of these requests by an event or a queue",
        )
        for element in own[1:]:
            yield not_applicable(element, f"its circle is reported at {own[0].id}")
    called = {dependencies.target(flow) for flows in dependencies.requests.values() for flow in flows}
    for caller in dependencies.waits:
        if caller in called and caller not in concluded and not model.elements[caller].external:
            yield passed(model.elements[caller], "nothing that it waits for waits for it")


@rule(
    id="rel-circular-event-trigger",
    title="No event sets off its own cause without something that ends it",
    pillar=Pillar.RELIABILITY,
    practices={"REL04-BP01": "Identify the kind of distributed systems you depend on"},
    severity=Severity.CRITICAL,
    population="""All code and workflows that an event, a poll or a stream sets in motion and that set
    something in motion themselves, and whatever else is part of a loop; writing to a bucket, table, stream
    or log group that tells others counts. Fails for the first of each loop without a `loop_guard` on any
    of its flows; passes with one, and outside loops. Unknown where a filter, a pattern or a permission
    decides whether the loop closes. A bucket's notification is no loop if what is written has another
    `prefix` or the role may not write. The others of a loop are not counted again.""",
    rationale="""A loop turns one event into an endless stream that takes all concurrency of the account,
    and costs money until somebody stops it. Lambda ends some loops of functions, queues, topics and buckets
    after about 16 rounds, and none through tables, buses or code that runs elsewhere.""",
    remediation=Remediation(
        "Write to another bucket, prefix or topic than the one that triggers, filter out what you wrote "
        "yourself, or state what ends the loop.",
        """
elements:
  uploads: {type: S3Bucket, in: prod.eu-west-1, notifications: [{to: resize, prefix: originals/}]}
  resize: {type: LambdaFunction, in: prod.eu-west-1}
flows:
  - resize -> uploads: {protocol: https, prefix: thumbnails/}
  - resize -> retry-later: {kind: event, loop_guard: at most 5 rounds, counted in the message}
""",
    ),
    false_positives="""A loop that ends by itself, because code checks what it did already: state
    `loop_guard` on the flow that closes it, and say how.""",
    references=[
        "https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html",
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_prevent_interaction_failure_identify.html",
    ],
)
def circular_event_trigger(context: Context) -> Iterator[Conclusion]:
    model = context.model
    found = derive_event_loops(model)
    concluded: set[str] = set()
    for loop in found.loops:
        members = [model.elements[member] for member in loop.members if not model.elements[member].external]
        members = [member for member in members if member.id not in concluded]
        members.sort(key=lambda element: (not element.has("compute"), element.id))
        if not members:
            continue
        concluded.update(member.id for member in members)
        first = members[0]
        texts = [hop.text for hop in loop.hops]
        if loop.guards:
            yield passed(first, f"its loop ends: {'; '.join(loop.guards)}", texts)
        elif loop.certainty is Certainty.POSSIBLE:
            yield unknown(first, "it may set itself off", missing=loop.missing, evidence=texts)
        else:
            yield failed(
                first,
                "sets itself off again, without end",
                evidence=texts,
                fix="break the loop, or state 'loop_guard' on the flow that ends it",
            )
        for element in members[1:]:
            yield not_applicable(element, f"its loop is reported at {first.id}")
    for name in found.moved:
        element = model.elements[name]
        if name not in concluded and not element.external:
            yield passed(element, "nothing that it sets in motion comes back to it")


@rule(
    id="rel-sync-chain-too-deep",
    title="No user waits for a long chain of services",
    pillar=Pillar.RELIABILITY,
    practices={"REL04-BP02": "Implement loosely coupled dependencies"},
    severity=Severity.MEDIUM,
    population="""Every element that people or systems outside call. Passes if at most `max_services` services
    wait for one another behind it; fails if there are more. A request to a load balancer goes on by the
    listener or rule that it names, or that has its port, and by any of them if neither is stated. Counted is
    what runs the author's code; load balancers, APIs, caches and stores are not. Does not apply to what calls
    no code.""",
    rationale="""Every service in a chain adds its latency and multiplies its failures: five services of
    99.9 % each are a chain of 99.5 %. What nobody has to wait for belongs behind a queue.""",
    remediation=Remediation(
        "Answer after the first steps, and hand the rest on by a queue, an event or a workflow.",
        """
flows:
  - checkout -> fulfilment-queue: {kind: event}
  - fulfilment-queue -> stock: {kind: poll}
""",
    ),
    false_positives="""Services that were split for good reasons and are fast: set `max_services`. Outside
    production the severity is low.""",
    parameters=[Parameter("max_services", 4, "The most services that may wait for one another", minimum=1)],
    references=[_LOOSE],
    adjust=lowered_outside_production(Severity.LOW),
)
def sync_chain_too_deep(context: Context) -> Iterator[Conclusion]:
    most = context.parameters["max_services"]
    for entry, chain in derive_dependencies(context.model).chains.items():
        element = context.model.elements[entry]
        if not chain.depth:
            yield not_applicable(element, "no code of the model answers its callers")
        elif chain.depth <= most:
            yield passed(element, f"at most {chain.depth} services wait for one another behind it")
        else:
            yield failed(
                element,
                f"{chain.depth} services wait for one another behind it",
                evidence=[hop.text for hop in chain.hops],
                fix="let the later ones work from a queue or an event",
            )

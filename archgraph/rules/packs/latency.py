"""Performance Efficiency: whether requests keep within the promised latency."""

from __future__ import annotations

from collections.abc import Iterator

from archgraph.analysis.timing import RequestTime, derive_request_times, in_words
from archgraph.catalog.values import Quantity
from archgraph.model.model import Flow
from archgraph.rules.registry import rule
from archgraph.rules.results import Pillar, Severity
from archgraph.rules.rule import Conclusion, Context, Remediation, failed, not_applicable, passed, unknown
from archgraph.rules.severity import lowered_outside_production


@rule(
    id="perf-latency-budget-exceeded",
    title="Requests keep within the promised latency",
    pillar=Pillar.PERFORMANCE_EFFICIENCY,
    practices={"PERF05-BP01": "Establish key performance indicators (KPIs) to measure workload health and performance"},
    severity=Severity.HIGH,
    population="""Every request by which people or systems outside begin a part of a scenario. Added up are
    the `latency_p99` of the requests that it waits for, one after the other, of parallel ones the slowest.
    Fails if the stated ones alone exceed `objectives.latency_p99`; unknown if one is not stated; does not
    apply if the model promises no latency.""",
    rationale="""A promise that the parts cannot keep is broken on the first day. Percentiles do not add up
    exactly, but a sum beyond the promise leaves nothing for the work between the calls.""",
    remediation=Remediation(
        "Take steps off the path (a cache, a queue), make them parallel, or promise what can be kept.",
        """
flows:
  - shopper -> api: {protocol: https, latency_p99: 80ms}
  - api -> place: {latency_p99: 120ms}
  - place -> orders: {protocol: https, latency_p99: 20ms}
""",
    ),
    false_positives="""Flows whose `latency_p99` already contains what the target waits for: state for each
    flow one round trip to the target itself. Steps that run in parallel are written as one nested list.
    Outside production the severity is low.""",
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/"
        "perf_process_culture_establish_key_performance_indicators.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html",
    ],
    adjust=lowered_outside_production(Severity.LOW),
)
def latency_budget_exceeded(context: Context) -> Iterator[Conclusion]:
    model = context.model
    budget = model.objectives.get("latency_p99")
    worst: dict[str, RequestTime] = {}
    for found in derive_request_times(model):
        kept = worst.get(found.flow)
        if kept is None or _badness(found, budget) > _badness(kept, budget):
            worst[found.flow] = found
    for found in worst.values():
        flow = model.flows[found.flow]
        if isinstance(budget, Quantity):
            yield _within(flow, found, budget)
        else:
            yield not_applicable(flow, "the model promises no latency")


def _badness(found: RequestTime, budget: object) -> tuple[bool, bool, float]:
    """What is beyond the promise counts before what is not known, and that before what is within."""
    seconds = found.time.seconds or 0
    return isinstance(budget, Quantity) and seconds > budget.amount, bool(found.time.missing), seconds


def _within(flow: Flow, found: RequestTime, budget: Quantity) -> Conclusion:
    time = found.time
    evidence = [hop.text for hop in time.hops]
    if time.seconds is not None and time.seconds > budget.amount:
        return failed(
            flow,
            f"takes {in_words(time.seconds)} in {found.scenario}, and {budget} are promised",
            evidence=[*evidence, f"objectives.latency_p99 is {budget}"],
            fix="take a step off the path, or make steps parallel",
        )
    if time.missing:
        return unknown(flow, "the model does not state every latency", missing=time.missing, evidence=evidence)
    return passed(flow, f"takes {in_words(time.seconds)} of the promised {budget}", evidence)

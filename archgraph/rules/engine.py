"""The engine: runs rules over a model, accepts waived risks, then keeps house."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache, partial
from itertools import pairwise
from operator import attrgetter
from pathlib import PurePath
from time import perf_counter
from typing import TYPE_CHECKING, Any

from archgraph.model.model import Model
from archgraph.rules.registry import builtin_rules
from archgraph.rules.results import Crash, Result, Results, Status, summarize
from archgraph.rules.rule import Context, ParameterValue, Rule
from archgraph.rules.waivers import LONGEST_WAIVER, accept, in_force

if TYPE_CHECKING:
    from archgraph.analysis.facts import Facts
    from archgraph.query.store import GraphStore

Settings = Mapping[str, Mapping[str, object]]
"""Values of parameters that a user set: rule id -> parameter name -> value."""

Timed = Callable[[str, float], None]
"""Is told the seconds that a rule took, or that the ``facts`` took on which rules rest."""


def evaluate(
    model: Model,
    *,
    as_of: date,
    rules: Sequence[Rule] | None = None,
    known: Sequence[Rule] = (),
    settings: Settings | None = None,
    timed: Timed | None = None,
) -> Results:
    """Judge a model, as of a day, by the built-in rules or by those given.

    ``known`` are further rules that there are, so that a waiver or a setting of one that does not
    run is not taken for a mistake. A rule that raises is reported in ``crashes`` and the others
    still run. Raises ``ValueError`` for a setting of a rule or parameter that does not exist, or of
    the wrong type.
    """
    chosen = builtin_rules() if rules is None else tuple(rules)
    every = {rule.id: rule for rule in (*builtin_rules(), *known, *chosen)}
    parameters = read_settings(chosen, every, settings or {})
    derive = partial(_derive, model)
    crashes: list[Crash] = []
    if timed is not None:
        begun = perf_counter()
        derive()
        timed("facts", perf_counter() - begun)

    def run(some: Iterable[Rule], context: Context) -> dict[str, list[Result]]:
        found: dict[str, list[Result]] = {}
        for rule in some:
            begun = perf_counter()
            try:
                found[rule.id] = _results(rule, replace(context, parameters=parameters[rule.id]))
            except Exception as error:  # whatever a rule raises, the other rules still count
                crashes.append(Crash(rule.id, _told(error)))
            if timed is not None:
                timed(rule.id, perf_counter() - begun)
        return found

    context = Context(model, as_of, {}, derive, cache(lambda: _open_store(model, derive())))
    found = run((rule for rule in chosen if not rule.housekeeping), context)
    longest: Any = parameters.get("ops-waiver-too-long", LONGEST_WAIVER)["max_months"]
    waivers = tuple(waiver for waiver in model.waivers if in_force(waiver, as_of, longest))
    accepted = accept(model, found, (w for w in waivers if w.rule not in every or every[w.rule].waivable))
    ran = frozenset(rule.id for rule in chosen) - {crash.rule for crash in crashes}
    context = replace(context, concluded=accepted, ran=ran, known=every, in_force=waivers)
    by_rule = accepted | run((rule for rule in chosen if rule.housekeeping), context)
    results = tuple(result for rule_id in sorted(by_rule) for result in by_rule[rule_id])
    return Results(model.id, chosen, results, summarize(chosen, by_rule), tuple(crashes))


def read_settings(
    rules: Sequence[Rule], known: Collection[str], settings: Settings
) -> dict[str, dict[str, ParameterValue]]:
    """The parameters of every rule: their defaults, and what a user set. Raises ``ValueError``."""
    for rule_id in sorted(set(settings) - set(known)):
        raise ValueError(f"there is no rule {rule_id}")
    return {rule.id: _parameters(rule, settings.get(rule.id, {})) for rule in rules}


def _parameters(rule: Rule, values: Mapping[str, object]) -> dict[str, ParameterValue]:
    by_name = {parameter.name: parameter for parameter in rule.parameters}
    for name in sorted(set(values) - set(by_name)):
        raise ValueError(f"rule {rule.id} has no parameter {name}")
    chosen = {name: parameter.default for name, parameter in by_name.items()}
    for name, value in values.items():
        try:
            chosen[name] = by_name[name].read(value)
        except ValueError as error:
            raise ValueError(f"rule {rule.id}: {error}") from None
    return chosen


@lru_cache(maxsize=1)  # all rules ask for the facts of the same model
def _derive(model: Model) -> Facts:
    from archgraph.analysis.facts import derive  # only rules about the network pay for the facts

    return derive(model)


def _open_store(model: Model, facts: Facts) -> GraphStore:
    from archgraph.analysis.annotate import annotate  # only rules in Cypher pay for a graph
    from archgraph.graph.build import build
    from archgraph.query.embedded import EmbeddedStore

    graph = build(model)
    annotate(graph, facts)
    return EmbeddedStore(graph, model.catalog)


def _results(rule: Rule, context: Context) -> list[Result]:
    """What a rule concludes, by subject. This runs for every element of a large model: nothing is made twice."""
    rule_id, usual, adjust, pillar, model_id = rule.id, rule.severity, rule.adjust, rule.pillar, context.model.id
    practices = tuple(practice.id for practice in rule.practices)
    found: list[Result] = []
    for status, subject, message, evidence, missing, fix, at in rule.check(context):
        adjusted = adjust(context, subject, usual) if adjust is not None and status in _ADJUSTED else None
        severity, reason = adjusted or (usual, None)
        found.append(
            Result(
                rule_id,
                status,
                severity,
                pillar,
                practices,
                subject.id,
                (subject.id,),
                message,
                at or subject.location,
                model_id,
                tuple(evidence),
                tuple(missing),
                fix,
                reason,
            )
        )
    found.sort(key=attrgetter("element"))
    for one, other in pairwise(found):
        if one.element == other.element:
            raise RuntimeError(f"concluded twice about {one.element}")
    return found


_ADJUSTED = frozenset({Status.FAIL, Status.UNKNOWN})
"""What the context may make more or less severe."""


def _told(error: Exception) -> str:
    """The error and where it was raised, without any path of this machine."""
    import traceback  # only a rule that crashes pays for it

    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({PurePath(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{where}"

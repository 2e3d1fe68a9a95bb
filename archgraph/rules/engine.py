"""The engine: runs rules over a model, accepts waived risks, then keeps house."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from archgraph.model.model import Model
from archgraph.rules.registry import builtin_rules
from archgraph.rules.results import Crash, Result, Results, Status, fingerprint, summarize
from archgraph.rules.rule import Context, ParameterValue, Rule
from archgraph.rules.waivers import LONGEST_WAIVER, accept, in_force

if TYPE_CHECKING:
    from archgraph.analysis.facts import Facts

Settings = Mapping[str, Mapping[str, object]]
"""Values of parameters that a user set: rule id -> parameter name -> value."""


def evaluate(
    model: Model, *, as_of: date, rules: Sequence[Rule] | None = None, settings: Settings | None = None
) -> Results:
    """Judge a model, as of a day, by the built-in rules or by those given.

    A rule that raises is reported in ``crashes`` and the others still run. Raises ``ValueError``
    for a setting of a rule or parameter that does not exist, or of the wrong type.
    """
    chosen = builtin_rules() if rules is None else tuple(rules)
    parameters = read_settings(chosen, settings or {})
    derive = cache(lambda: _derive(model))
    crashes: list[Crash] = []

    def run(some: Iterable[Rule], context: Context) -> list[Result]:
        found: list[Result] = []
        for rule in some:
            try:
                found += _results(rule, replace(context, parameters=parameters[rule.id]))
            except Exception as error:  # whatever a rule raises, the other rules still count
                crashes.append(Crash(rule.id, _told(error)))
        return found

    context = Context(model, as_of, {}, derive)
    found = run((rule for rule in chosen if not rule.housekeeping), context)
    longest: Any = parameters.get("ops-waiver-too-long", LONGEST_WAIVER)["max_months"]
    waivers = tuple(waiver for waiver in model.waivers if in_force(waiver, as_of, longest))
    accepted = accept(model, found, waivers)
    ran = frozenset(rule.id for rule in chosen) - {crash.rule for crash in crashes}
    context = replace(context, concluded=accepted, ran=ran, in_force=waivers)
    results = accepted + run((rule for rule in chosen if rule.housekeeping), context)
    results.sort(key=lambda result: (result.rule, result.subjects))
    return Results(model.id, chosen, tuple(results), summarize(chosen, results), tuple(crashes))


def read_settings(rules: Sequence[Rule], settings: Settings) -> dict[str, dict[str, ParameterValue]]:
    """The parameters of every rule: their defaults, and what a user set. Raises ``ValueError``."""
    known = {rule.id for rule in rules} | {rule.id for rule in builtin_rules()}
    for rule_id in sorted(set(settings) - known):
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


def _derive(model: Model) -> Facts:
    from archgraph.analysis.facts import derive  # only rules about the network pay for the facts

    return derive(model)


def _results(rule: Rule, context: Context) -> list[Result]:
    model_id = context.model.id
    practices = tuple(practice.id for practice in rule.practices)
    found: list[Result] = []
    seen: set[str] = set()
    for conclusion in rule.check(context):
        subject = str(conclusion.subject.id)
        if subject in seen:
            raise RuntimeError(f"concluded twice about {subject}")
        seen.add(subject)
        severity, reason = rule.severity, None
        if rule.adjust is not None and conclusion.status in (Status.FAIL, Status.UNKNOWN):
            adjusted = rule.adjust(context, conclusion.subject, rule.severity)
            if adjusted is not None:
                severity, reason = adjusted
        found.append(
            Result(
                rule.id,
                conclusion.status,
                severity,
                rule.pillar,
                practices,
                subject,
                (subject,),
                conclusion.message,
                conclusion.at or conclusion.subject.location,
                fingerprint(rule.id, model_id, (subject,)),
                tuple(conclusion.evidence),
                tuple(conclusion.missing),
                conclusion.fix,
                reason,
            )
        )
    return found


def _told(error: Exception) -> str:
    """The error and where it was raised, without any path of this machine."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({PurePath(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{where}"

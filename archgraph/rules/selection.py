"""Which rules run, and how severe they are, where a user does not want all of them as they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from archgraph.model.model import Model
from archgraph.model.selectors import glob_test
from archgraph.rules.engine import Settings, Timed, evaluate
from archgraph.rules.registry import builtin_rules
from archgraph.rules.results import Pillar, Results, Severity
from archgraph.rules.rule import Rule
from archgraph.source.diagnostics import did_you_mean


@dataclass(frozen=True, slots=True)
class Selection:
    """What to run. ``rules``, ``exclude`` and the keys of ``severities`` are ids of rules or globs.

    No rules and no pillars mean all of them. A severity that is set here holds in every context.
    """

    rules: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    pillars: tuple[Pillar, ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)


EVERYTHING = Selection()


def evaluate_selected(
    model: Model,
    selection: Selection = EVERYTHING,
    *,
    as_of: date,
    own_rules: Sequence[Rule] = (),
    settings: Settings | None = None,
    timed: Timed | None = None,
) -> Results:
    """Judge a model by those of the built-in and own rules that are to run.

    Raises ``ValueError`` for an id or glob that matches no rule, and for wrong settings.
    """
    every = (*builtin_rules(), *own_rules)
    chosen = select_rules(every, selection)
    return evaluate(model, as_of=as_of, rules=chosen, known=every, settings=settings, timed=timed)


def select_rules(rules: Sequence[Rule], selection: Selection) -> tuple[Rule, ...]:
    """The rules that are to run, in their order.

    Raises ``ValueError`` for an id or glob that matches no rule.
    """
    wanted = _any_of(selection.rules, rules) if selection.rules else _every
    unwanted = _any_of(selection.exclude, rules)
    severities = [(_any_of([name], rules), severity) for name, severity in selection.severities.items()]
    return tuple(
        _with_severity(rule, severities)
        for rule in rules
        if wanted(rule) and not unwanted(rule) and (not selection.pillars or rule.pillar in selection.pillars)
    )


Test = Callable[[Rule], bool]


def _every(rule: Rule) -> bool:
    return True


def _any_of(patterns: Sequence[str], rules: Sequence[Rule]) -> Test:
    """Whether a rule's id matches one of the patterns, each of which must match some rule."""
    ids: set[str] = set()
    for pattern in patterns:
        matches = glob_test(pattern)
        found = {rule.id for rule in rules if matches(rule.id)}
        if not found:
            hint = did_you_mean(pattern, [rule.id for rule in rules])
            raise ValueError(f"there is no rule {pattern}" + (f"; {hint}" if hint else ""))
        ids |= found
    return lambda rule: rule.id in ids


def _with_severity(rule: Rule, severities: Sequence[tuple[Test, Severity]]) -> Rule:
    """The rule as it is, or with the last severity that was set for it."""
    for matches, severity in reversed(severities):
        if matches(rule):
            return replace(rule, severity=severity, adjust=None)
    return rule

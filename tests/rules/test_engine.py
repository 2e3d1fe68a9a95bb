"""The engine: order, identity, crashes, parameters and counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from time import perf_counter

import pytest

from archgraph.model.model import Model
from archgraph.rules.engine import evaluate
from archgraph.rules.registry import builtin_rules
from archgraph.rules.results import Pillar, Severity, Status, fingerprint
from archgraph.rules.rule import Conclusion, Context, Rule, passed

from .conftest import AS_OF, LoadModel


def named(rule_id: str) -> Rule:
    return next(rule for rule in builtin_rules() if rule.id == rule_id)


def test_results_are_sorted_and_counted(shop: Model) -> None:
    results = evaluate(shop, as_of=AS_OF)
    keys = [(result.rule, result.subjects) for result in results.results]
    assert keys == sorted(keys)
    assert sum(results.summary.statuses.values()) == len(results.results)
    retention = results.summary.rules["ops-log-retention-undefined"]
    assert retention == {
        Status.PASS: 1,
        Status.FAIL: 2,
        Status.UNKNOWN: 1,
        Status.NOT_APPLICABLE: 0,
        Status.WAIVED: 0,
    }
    assert set(results.summary.rules) == {rule.id for rule in builtin_rules()}
    assert set(results.summary.pillars) == set(Pillar)
    assert results.summary.severities[Severity.LOW] >= 2


def test_two_evaluations_are_equal(shop: Model) -> None:
    assert evaluate(shop, as_of=AS_OF).results == evaluate(shop, as_of=AS_OF).results


def test_a_finding_says_where_and_what_helps(shop: Model) -> None:
    finding = next(r for r in evaluate(shop, as_of=AS_OF).findings() if r.element == "app-logs")
    assert finding.location.file == "architecture.yaml"
    assert finding.location.line == 12
    assert finding.fingerprint == fingerprint("ops-log-retention-undefined", "shop", ["app-logs"])
    assert finding.fix == "state a period, like 'retention: 90d'"


def test_findings_are_chosen_by_severity(shop: Model) -> None:
    results = evaluate(shop, as_of=AS_OF, rules=[named("ops-owner-missing"), named("ops-log-retention-undefined")])
    assert {r.element for r in results.findings(Severity.MEDIUM)} == {"test"}
    ranks = [r.severity.rank for r in results.findings()]
    assert ranks == sorted(ranks, reverse=True)


def test_a_crash_is_reported_and_the_other_rules_run(shop: Model) -> None:
    def crash(context: Context) -> Iterator[Conclusion]:
        yield passed(context.model.elements[next(iter(context.model.elements))], "fine")
        raise KeyError("gone")

    broken = replace(named("sec-public-entry-without-waf"), check=crash)
    results = evaluate(shop, as_of=AS_OF, rules=[broken, named("ops-owner-missing")])
    assert [crash.rule for crash in results.crashes] == ["sec-public-entry-without-waf"]
    assert re.fullmatch(r"KeyError: 'gone' \(test_engine.py, line \d+\)", results.crashes[0].error)
    assert "/" not in results.crashes[0].error
    assert {result.rule for result in results.results} == {"ops-owner-missing"}


def test_two_conclusions_about_one_subject_are_an_error_of_the_rule(shop: Model) -> None:
    def twice(context: Context) -> Iterator[Conclusion]:
        element = next(iter(context.model.elements.values()))
        yield passed(element, "once")
        yield passed(element, "twice")

    results = evaluate(shop, as_of=AS_OF, rules=[replace(named("ops-owner-missing"), check=twice)])
    assert "concluded twice" in results.crashes[0].error


def test_parameters_have_defaults_and_can_be_set(load_model: LoadModel) -> None:
    model = load_model(
        """
        archgraph: 1
        id: tagged
        name: Tagged
        elements:
          prod: {type: Account, account_id: "000000000001", tags: {squad: shop}}
        """
    )
    rule = named("ops-owner-missing")
    default = evaluate(model, as_of=AS_OF, rules=[rule])
    assert default.results[0].status is Status.FAIL
    chosen = evaluate(model, as_of=AS_OF, rules=[rule], settings={rule.id: {"owner_tags": ["squad"]}})
    assert chosen.results[0].status is Status.PASS


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"ops-nothing": {}}, "there is no rule ops-nothing"),
        ({"ops-owner-missing": {"colour": 1}}, "has no parameter colour"),
        ({"ops-owner-missing": {"owner_tags": "team"}}, "must be a list of texts"),
        ({"ops-owner-missing": {"owner_tags": [1]}}, "must be a list of texts"),
        ({"ops-waiver-too-long": {"max_months": 0}}, "at least 1"),
        ({"ops-waiver-too-long": {"max_months": True}}, "must be a integer"),
    ],
)
def test_wrong_settings_are_refused(shop: Model, settings: dict[str, dict[str, object]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        evaluate(shop, as_of=AS_OF, settings=settings)


def test_external_elements_are_left_alone(load_model: LoadModel) -> None:
    model = load_model(
        """
        archgraph: 1
        id: outside
        name: Outside
        elements:
          partner: {type: Account, account_id: "000000000001", external: true}
          logs: {type: LogGroup, external: true, retention: none}
        """
    )
    assert evaluate(model, as_of=AS_OF).results == ()


def test_findings_are_counted_by_severity_and_pillar(shop: Model) -> None:
    rules = [rule for rule in builtin_rules() if rule.id == "ops-log-retention-undefined"]
    summary = evaluate(shop, as_of=AS_OF, rules=rules).summary
    severity = rules[0].severity
    assert summary.severities == {one: 2 if one is severity else 0 for one in Severity}
    every = evaluate(shop, as_of=AS_OF)
    assert sum(every.summary.severities.values()) == len(every.findings())
    counts = {Status.PASS: 1, Status.FAIL: 2, Status.UNKNOWN: 1}
    assert summary.pillars == {
        pillar: {status: counts.get(status, 0) if pillar is rules[0].pillar else 0 for status in Status}
        for pillar in Pillar
    }


def test_the_most_severe_findings_come_first(shop: Model) -> None:
    (first, *_) = [rule for rule in builtin_rules() if rule.id == "ops-log-retention-undefined"]
    rules = [replace(first, id=f"ops-{number}", severity=severity) for number, severity in enumerate(Severity)]
    found = [result.severity for result in evaluate(shop, as_of=AS_OF, rules=rules).findings()]
    assert found == [severity for severity in reversed(list(Severity)) for _ in range(2)]


def test_a_fingerprint_is_32_hex_digits(shop: Model) -> None:
    found = evaluate(shop, as_of=AS_OF).results[0].fingerprint
    assert re.fullmatch(r"[0-9a-f]{32}", found)


def test_the_time_of_facts_and_of_each_rule_is_told(shop: Model) -> None:
    told: dict[str, float] = {}
    begun = perf_counter()
    evaluate(shop, as_of=AS_OF, rules=[named("ops-owner-missing")], timed=told.__setitem__)
    assert list(told) == ["facts", "ops-owner-missing"]
    assert all(seconds >= 0 for seconds in told.values())
    assert sum(told.values()) <= perf_counter() - begun

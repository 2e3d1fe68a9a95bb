"""Waivers cover findings from one day to another; what does not cover anything is a finding itself."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from archgraph.model.model import Model, Waiver
from archgraph.rules.engine import evaluate
from archgraph.rules.registry import builtin_rules
from archgraph.rules.results import Result, Results, Status
from archgraph.rules.waivers import months_after
from archgraph.source.diagnostics import Location

from .conftest import AS_OF

RETENTION = "ops-log-retention-undefined"


def waiver(*selectors: str, rule: str = RETENTION, accepted: str = "2026-11-01", expires: str = "2027-10-31") -> Waiver:
    return Waiver(
        rule, selectors, "legal hold", "legal", date.fromisoformat(accepted), date.fromisoformat(expires),
        Location("architecture.yaml", 20, 5),
    )  # fmt: skip


def judged(shop: Model, *waivers: Waiver, as_of: date = AS_OF) -> Results:
    shop.waivers[:] = waivers
    return evaluate(shop, as_of=as_of)


def of_rule(results: Results, rule: str) -> list[Result]:
    return [result for result in results.results if result.rule == rule]


def status(results: Results, element: str, rule: str = RETENTION) -> Status:
    return next(r.status for r in of_rule(results, rule) if r.element == element)


def test_a_waiver_covers_what_its_selectors_match(shop: Model) -> None:
    results = judged(shop, waiver("app-logs"))
    assert status(results, "app-logs") is Status.WAIVED
    assert status(results, "old-logs") is Status.FAIL


def test_a_waived_result_keeps_everything_and_names_the_waiver(shop: Model) -> None:
    before = next(r for r in evaluate(shop, as_of=AS_OF).results if r.element == "app-logs" and r.rule == RETENTION)
    accepted = waiver("app-logs")
    after = next(r for r in judged(shop, accepted).results if r.element == "app-logs" and r.rule == RETENTION)
    assert after == replace(before, status=Status.WAIVED)
    assert after.waiver is accepted


@pytest.mark.parametrize("selector", ["*-logs", "type:LogGroup", "in:prod", "in:prod.eu-west-1"])
def test_every_kind_of_selector_counts(shop: Model, selector: str) -> None:
    results = judged(shop, waiver(selector))
    assert {r.element for r in results.with_status(Status.WAIVED)} == {"app-logs", "old-logs"}


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-10-31", Status.FAIL),
        ("2026-11-01", Status.WAIVED),
        ("2027-10-31", Status.WAIVED),
        ("2027-11-01", Status.FAIL),
    ],
)
def test_first_and_last_day_count(shop: Model, day: str, expected: Status) -> None:
    assert status(judged(shop, waiver("app-logs"), as_of=date.fromisoformat(day)), "app-logs") is expected


def test_only_failures_are_waived(shop: Model) -> None:
    results = judged(shop, waiver("type:LogGroup"))
    assert status(results, "web-logs") is Status.PASS
    assert status(results, "job-logs") is Status.UNKNOWN


def test_an_expired_waiver_is_a_finding(shop: Model) -> None:
    results = judged(shop, waiver("app-logs", accepted="2026-01-01", expires="2026-11-23"))
    found = of_rule(results, "ops-waiver-expired")
    assert [result.status for result in found] == [Status.FAIL]
    assert found[0].message == "expired on 2026-11-23"
    assert found[0].location.line == 20
    assert of_rule(results, "ops-waiver-unused")[0].status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("accepted", "message"),
    [
        (waiver("app-logs", rule="ops-log-retention"), "did you mean 'ops-log-retention-undefined'"),
        (waiver("nothing"), "nothing matches nothing"),
        (waiver("web-logs"), "nothing that web-logs matches fails .* or is unknown"),
        (waiver("typ:LogGroup"), "did you mean 'type'"),
        (waiver("app-logs", "gone-*"), "gone-\\* matches nothing"),
    ],
)
def test_a_waiver_that_covers_nothing_is_a_finding(shop: Model, accepted: Waiver, message: str) -> None:
    found = of_rule(judged(shop, accepted), "ops-waiver-unused")
    assert [result.status for result in found] == [Status.FAIL]
    assert re.search(message, found[0].message)


@pytest.mark.parametrize("forbidden", ["ops-waiver-unused", RETENTION])
def test_a_waiver_of_a_rule_that_cannot_be_waived_is_a_finding_and_covers_nothing(shop: Model, forbidden: str) -> None:
    shop.waivers[:] = [waiver("app-logs", rule=forbidden)]
    rules = [replace(rule, waivable=rule.waivable and rule.id != RETENTION) for rule in builtin_rules()]
    results = evaluate(shop, as_of=AS_OF, rules=rules)
    found = of_rule(results, "ops-waiver-not-allowed")
    assert [(result.status, result.message) for result in found] == [(Status.FAIL, f"{forbidden} cannot be waived")]
    assert results.with_status(Status.WAIVED) == []
    assert of_rule(results, "ops-waiver-unused")[0].status is Status.NOT_APPLICABLE


def test_a_waiver_of_other_rules_is_allowed(shop: Model) -> None:
    results = judged(shop, waiver("app-logs"), waiver("app-logs", rule="ops-nothing"))
    assert [(r.status, r.message) for r in of_rule(results, "ops-waiver-not-allowed")] == [
        (Status.PASS, f"{RETENTION} may be waived"),
        (Status.PASS, "there is no rule ops-nothing"),
    ]


@pytest.mark.parametrize("selector", ["*-logs", "type:LogGroup", "in:prod"])
def test_a_selector_that_matches_much_is_a_finding_and_still_covers(shop: Model, selector: str) -> None:
    shop.waivers[:] = [waiver(selector)]
    results = evaluate(shop, as_of=AS_OF, settings={"ops-waiver-too-broad": {"max_elements": 3}})
    found = of_rule(results, "ops-waiver-too-broad")
    assert [result.status for result in found] == [Status.FAIL]
    assert re.match(r".+ matches [45] elements and flows", found[0].message)
    assert status(results, "app-logs") is Status.WAIVED


def test_a_selector_may_match_as_much_as_is_set(shop: Model) -> None:
    shop.waivers[:] = [waiver("type:LogGroup", "typ:LogGroup")]
    results = evaluate(shop, as_of=AS_OF, settings={"ops-waiver-too-broad": {"max_elements": 4}})
    assert of_rule(results, "ops-waiver-too-broad")[0].status is Status.PASS


def test_a_waiver_for_what_is_not_known_is_kept(shop: Model) -> None:
    assert of_rule(judged(shop, waiver("job-logs")), "ops-waiver-unused")[0].status is Status.PASS


def test_a_waiver_of_a_rule_that_did_not_run_is_not_judged(shop: Model) -> None:
    shop.waivers[:] = [waiver("app-logs")]
    chosen = [rule for rule in builtin_rules() if rule.id != RETENTION]
    results = evaluate(shop, as_of=AS_OF, rules=chosen)
    assert of_rule(results, "ops-waiver-unused")[0].status is Status.NOT_APPLICABLE


def test_a_waiver_holds_no_longer_than_the_longest_span(shop: Model) -> None:
    forever = waiver("app-logs", accepted="2025-01-01", expires="2030-01-01")
    results = judged(shop, forever)
    assert status(results, "app-logs") is Status.FAIL
    assert of_rule(results, "ops-waiver-too-long")[0].status is Status.FAIL
    shop.waivers[:] = [forever]
    patient = evaluate(shop, as_of=AS_OF, settings={"ops-waiver-too-long": {"max_months": 60}})
    assert status(patient, "app-logs") is Status.WAIVED


def test_identical_waivers_are_two(shop: Model) -> None:
    found = of_rule(judged(shop, waiver("app-logs"), waiver("app-logs")), "ops-waiver-expired")
    assert len({result.fingerprint for result in found}) == 2


def test_waivers_that_say_the_same_are_numbered(shop: Model) -> None:
    found = of_rule(judged(shop, *[waiver("app-logs")] * 3), "ops-waiver-expired")
    name = f"waiver of {RETENTION} for app-logs since 2026-11-01"
    assert [result.element for result in found] == [name, f"{name} (2)", f"{name} (3)"]


def test_on_its_last_day_a_waiver_has_not_expired(shop: Model) -> None:
    found = of_rule(judged(shop, waiver("app-logs", expires="2026-11-24")), "ops-waiver-expired")
    assert [result.status for result in found] == [Status.PASS]


def test_a_waiver_may_span_as_many_months_as_are_set(shop: Model) -> None:
    found = of_rule(judged(shop, waiver("app-logs", expires="2027-11-01")), "ops-waiver-too-long")
    assert [(result.status, result.message) for result in found] == [(Status.PASS, "spans no more than 12 months")]
    found = of_rule(judged(shop, waiver("app-logs", expires="2027-11-02")), "ops-waiver-too-long")
    assert [result.status for result in found] == [Status.FAIL]


@pytest.mark.parametrize(("accepted", "expected"), [("2025-11-24", Status.WAIVED), ("2025-11-23", Status.FAIL)])
def test_a_waiver_holds_twelve_months_unless_something_else_is_set(
    shop: Model, accepted: str, expected: Status
) -> None:
    shop.waivers[:] = [waiver("app-logs", accepted=accepted, expires="2030-01-01")]
    results = evaluate(shop, as_of=AS_OF, rules=[rule for rule in builtin_rules() if rule.id == RETENTION])
    assert status(results, "app-logs") is expected


def test_the_first_of_several_faults_is_the_message(shop: Model) -> None:
    (found,) = of_rule(judged(shop, waiver("gone", "lost")), "ops-waiver-unused")
    assert (found.message, found.evidence) == ("gone matches nothing", ("gone matches nothing", "lost matches nothing"))
    shop.waivers[:] = [waiver("*-logs", "type:LogGroup")]
    results = evaluate(shop, as_of=AS_OF, settings={"ops-waiver-too-broad": {"max_elements": 1}})
    (found,) = of_rule(results, "ops-waiver-too-broad")
    assert found.message == "*-logs matches 4 elements and flows"


def test_a_waiver_of_a_rule_that_finds_nothing_covers_nothing(shop: Model) -> None:
    (found,) = of_rule(judged(shop, waiver("app-logs", rule="rel-single-az-component")), "ops-waiver-unused")
    assert found.message == "nothing that app-logs matches fails rel-single-az-component or is unknown"


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-10-01", 12, "2027-10-01"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-11-30", 1, "2026-12-30"),
        ("2026-10-31", 1, "2026-11-30"),
        ("9999-01-01", 1, "9999-12-31"),
        ("9999-06-01", 12, "9999-12-31"),
    ],
)
def test_months_after(day: str, months: int, expected: str) -> None:
    assert months_after(date.fromisoformat(day), months).isoformat() == expected

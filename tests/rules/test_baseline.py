"""A baseline tells new findings from known ones, and forgets those that are fixed."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from archgraph.model.model import Model
from archgraph.rules.baseline import Baseline, Comparison, compare, read_baseline, to_json, updated
from archgraph.rules.engine import evaluate
from archgraph.rules.registry import builtin_rules
from archgraph.rules.results import Results, Severity

from .conftest import AS_OF

RETENTION = "ops-log-retention-undefined"


@pytest.fixture
def results(shop: Model) -> Results:
    return evaluate(shop, as_of=AS_OF)


def without(results: Results, element: str) -> Results:
    return replace(results, results=tuple(r for r in results.results if r.element != element))


def counts(comparison: Comparison) -> tuple[int, int, int]:
    return comparison.new, comparison.known, comparison.resolved


def test_everything_is_new_to_an_empty_baseline(results: Results) -> None:
    assert counts(compare(results, Baseline())) == (len(results.findings()), 0, 0)


def test_what_a_baseline_knows_is_no_new_finding(results: Results) -> None:
    found = compare(results, updated(Baseline(), results))
    assert counts(found) == (0, len(results.findings()), 0)
    assert found.results.new_findings() == []
    assert found.results.findings() == results.findings()


def test_a_finding_that_comes_later_is_new(results: Results) -> None:
    before = updated(Baseline(), without(results, "app-logs"))
    found = compare(results, before)
    assert {r.element for r in found.results.new_findings()} == {"app-logs"}
    assert {r.element for r in found.results.new_findings(Severity.CRITICAL)} == set()


def test_a_fixed_finding_is_resolved_and_leaves_the_file(results: Results) -> None:
    before = updated(Baseline(), results)
    after = without(results, "app-logs")
    assert compare(after, before).resolved == sum(r.element == "app-logs" for r in results.findings())
    assert "app-logs" not in to_json(updated(before, after))


def test_nothing_is_said_about_rules_that_did_not_run(shop: Model, results: Results) -> None:
    before = updated(Baseline(), results)
    some = evaluate(shop, as_of=AS_OF, rules=[rule for rule in builtin_rules() if rule.id == "ops-owner-missing"])
    assert compare(some, before).resolved == 0
    assert updated(before, some) == before


def test_models_share_a_file(results: Results) -> None:
    both = updated(updated(Baseline(), results), replace(results, model="other"))
    assert set(both.models) == {"shop", "other"}
    assert compare(results, both).new == 0


def test_the_file_is_sorted_names_rule_and_element_and_comes_back(results: Results) -> None:
    baseline = updated(Baseline(), results)
    written = json.loads(to_json(baseline))
    entries = written["models"]["shop"]
    assert written["schema_version"] == "1.0"
    assert entries == sorted(entries, key=lambda e: (e["rule"], e["element"]))
    assert any({"rule": RETENTION, "element": "app-logs"}.items() <= entry.items() for entry in entries)
    assert read_baseline(to_json(baseline)) == baseline


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a baseline of version 1.0"),
        ('{"schema_version": "9.0"}', "is not a baseline of version 1.0"),
        ('{"schema_version": "1.0"}', "has no 'models'"),
        ('{"schema_version": "1.0", "models": {"shop": {}}}', "without fingerprint, rule, element"),
        ('{"schema_version": "1.0", "models": {"shop": [{"rule": "a"}]}}', "without fingerprint, rule, element"),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_what_is_no_baseline_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        read_baseline(text)


def test_the_file_is_sorted_and_readable(results: Results) -> None:
    text = to_json(updated(Baseline(), replace(results, model="häuser")))
    assert text.startswith('{\n  "schema_version": "1.0",\n  "models": {\n    "häuser": [\n      {\n        "rule": ')
    entries = [(entry["rule"], entry["element"]) for entry in json.loads(text)["models"]["häuser"]]
    assert entries == sorted(entries)
    assert len(entries) > 1

"""A malformed rule fails when it registers itself, with a message that names the fault."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from archgraph.dsl.includes import TOP_LEVEL_KEYS
from archgraph.rules import registry
from archgraph.rules.framework import practices, questions
from archgraph.rules.registry import PREFIXES, RuleError, builtin_rules, rule
from archgraph.rules.results import Pillar, Severity
from archgraph.rules.rule import Conclusion, Context, Parameter, Remediation, Rule

GOOD: dict[str, Any] = {
    "id": "ops-example",
    "title": "Everything is exemplary",
    "pillar": Pillar.OPERATIONAL_EXCELLENCE,
    "practices": {"OPS02-BP01": "Resources have identified owners"},
    "severity": Severity.LOW,
    "population": "Everything.",
    "rationale": "Because.",
    "remediation": Remediation("Do it.", "elements: {}"),
    "false_positives": "None.",
    "references": ["https://docs.aws.amazon.com/"],
}


def check(context: Context) -> Iterator[Conclusion]:
    yield from ()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"id": "sec-example"}, "slug"),
        ({"id": "ops"}, "slug"),
        ({"id": "ops-owner-missing"}, "taken"),
        ({"title": ""}, "empty"),
        ({"title": "Everything is exemplary."}, "full stop"),
        ({"rationale": " "}, "empty"),
        ({"remediation": Remediation("Do it.", "")}, "empty"),
        ({"practices": {}}, "no practice"),
        ({"practices": {"OPS99-BP01": "?"}}, "no practice OPS99-BP01"),
        ({"practices": {"OPS02-BP01": "Owners"}}, "is called 'Resources have identified owners'"),
        ({"practices": {"SEC05-BP03": "Implement inspection-based protection"}}, "another pillar"),
        ({"practices": {**GOOD["practices"], "SEC05-BP03": "Implement inspection-based protection"}}, "another pillar"),
        ({"references": []}, "reference"),
        ({"references": ["http://example.com"]}, "reference"),
        ({"references": ["https://example.com", "http://example.com"]}, "reference"),
        ({"parameters": [Parameter("a", 1, "x"), Parameter("a", 2, "y")]}, "share a name"),
        ({"parameters": [Parameter("a", 1, "x"), Parameter("b", 1, "")]}, "no description"),
    ],
)
def test_a_malformed_rule_is_refused(change: dict[str, Any], fault: str) -> None:
    builtin_rules()
    with pytest.raises(RuleError, match=fault):
        rule(**{**GOOD, **change})(check)


def test_a_rule_is_registered_once_and_housekeeping_cannot_be_waived(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_REGISTERED", {})
    assert rule(**GOOD)(check) is check
    rule(**{**GOOD, "id": "ops-kept", "housekeeping": True})(check)
    rule(**{**GOOD, "id": "ops-never", "waivable": False})(check)
    with pytest.raises(RuleError, match="taken"):
        rule(**GOOD)(check)
    found = {one.id: one.waivable for one in builtin_rules.__wrapped__()}
    assert found == {"ops-example": True, "ops-never": False, "ops-kept": False}


@pytest.mark.parametrize(
    ("pillar", "prefix"), list(zip(Pillar, ("ops", "sec", "rel", "perf", "cost", "sus"), strict=True))
)
def test_an_id_begins_with_its_pillar(pillar: Pillar, prefix: str) -> None:
    with pytest.raises(RuleError, match="full stop"):
        rule(**{**GOOD, "id": f"{prefix}-example", "pillar": pillar, "title": "It ends."})(check)
    with pytest.raises(RuleError, match="slug"):
        rule(**{**GOOD, "id": "other-example", "pillar": pillar, "title": "It ends."})(check)


@pytest.mark.parametrize(
    ("default", "kind", "good", "bad"),
    [
        (1, "integer", 2, "2"),
        ("a", "text", "b", 2),
        (("a",), "list of texts", ("b", "c"), ("b", 2)),
        ((1,), "list of integers", (2, 3), (2, "c")),
    ],
)
def test_a_parameter_takes_what_its_default_is(default: Any, kind: str, good: Any, bad: Any) -> None:
    parameter = Parameter("some", default, "Something.")
    assert parameter.kind == kind
    assert parameter.read(good) == good
    with pytest.raises(ValueError, match=f"must be a {kind}"):
        parameter.read(bad)


def test_a_parameter_takes_its_minimum() -> None:
    parameter = Parameter("some", 30, "Something.", minimum=7)
    assert parameter.read(7) == 7
    with pytest.raises(ValueError, match="at least 7"):
        parameter.read(6)


@pytest.mark.parametrize("found", builtin_rules(), ids=lambda found: found.id)
def test_remediations_are_yaml_of_the_language(found: Rule) -> None:
    loaded = yaml.safe_load(found.remediation.yaml)
    assert set(loaded) <= set(TOP_LEVEL_KEYS)


def test_rules_are_ordered_by_pillar_and_id() -> None:
    checks = [r for r in builtin_rules() if not r.housekeeping]
    assert checks == sorted(checks, key=lambda r: (list(Pillar).index(r.pillar), r.id))
    assert set(PREFIXES) == set(Pillar)


def test_the_framework_is_complete() -> None:
    assert len(practices()) == 307
    assert len(questions()) == 57
    assert {practice.question for practice in practices().values()} == set(questions())
    assert {practice.risk for practice in practices().values()} == {"low", "medium", "high"}


def test_a_practice_has_a_page_and_a_revision() -> None:
    practice = practices()["OPS02-BP01"]
    pages = "https://docs.aws.amazon.com/wellarchitected/latest/framework/"
    assert (practice.url, practice.revision) == (pages + practice.page, "2024-11-06")

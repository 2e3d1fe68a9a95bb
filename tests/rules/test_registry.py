"""A malformed rule fails when it registers itself, with a message that names the fault."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from archgraph.dsl.includes import TOP_LEVEL_KEYS
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
        ({"references": []}, "reference"),
        ({"references": ["http://example.com"]}, "reference"),
        ({"parameters": [Parameter("a", 1, "x"), Parameter("a", 2, "y")]}, "share a name"),
        ({"parameters": [Parameter("a", 1, "")]}, "no description"),
    ],
)
def test_a_malformed_rule_is_refused(change: dict[str, Any], fault: str) -> None:
    builtin_rules()
    with pytest.raises(RuleError, match=fault):
        rule(**{**GOOD, **change})(check)


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

"""Every rule gives the results that its cases expect, and its cases show every result it can give."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml

from archgraph.dsl.load import load
from archgraph.model.model import ElementId
from archgraph.rules.engine import evaluate
from archgraph.rules.registry import builtin_rules
from archgraph.rules.results import Status
from archgraph.rules.rule import Rule

from .conftest import AS_OF

NEVER_UNKNOWN = {
    "perf-cross-region-sync-call",
    "rel-circular-sync-dependency",
    "rel-sync-chain-too-deep",
    "sus-unused-component",
}
"""Rules about what a model draws, which is known by definition."""

NEVER_NOT_APPLICABLE = {"sec-cluster-endpoint-public"}
"""Rules that have something to say about everything that they look at."""

RULES = [rule for rule in builtin_rules() if not rule.housekeeping]


def cases_of(rule: Rule) -> list[dict[str, Any]]:
    entry = resources.files("archgraph.rules.packs") / "cases" / f"{rule.id}.yaml"
    loaded: list[dict[str, Any]] = yaml.load(entry.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506
    return loaded


CASES = [pytest.param(rule, case, id=f"{rule.id}: {case['name']}") for rule in RULES for case in cases_of(rule)]


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_case(rule: Rule, case: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "architecture.yaml"
    path.write_text(yaml.safe_dump(case["model"], sort_keys=False), encoding="utf-8")
    loaded = load(path)
    assert loaded.model is not None, "\n".join(f"{d.location} {d.message}" for d in loaded.diagnostics)

    results = evaluate(loaded.model, as_of=AS_OF, rules=[rule])

    assert not results.crashes
    found = {result.element: result for result in results.results}
    assert {id_: result.status.value for id_, result in found.items()} == case["expect"]
    for id_, missing in case.get("missing", {}).items():
        assert list(found[id_].missing) == missing
    for id_, severity in case.get("severity", {}).items():
        assert found[id_].severity == severity
    for id_, name in case.get("at", {}).items():
        assert found[id_].location == loaded.model.elements[ElementId(id_)].where(name)
    for result in results.results:
        if result.status in (Status.FAIL, Status.WAIVED):
            assert result.evidence, "a finding has evidence"
            assert result.fix, "a finding says what helps"
        if result.status is Status.UNKNOWN:
            assert result.missing, "an unknown result names what is missing"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_cases_show_every_result(rule: Rule) -> None:
    shown = {status for case in cases_of(rule) for status in case["expect"].values()}
    expected = {status.value for status in Status}
    if rule.id in NEVER_UNKNOWN:
        expected -= {"unknown"}
    if rule.id in NEVER_NOT_APPLICABLE:
        expected -= {"not_applicable"}
    assert shown == expected


def test_there_are_two_rules_for_each_pillar() -> None:
    by_pillar: dict[str, list[str]] = {}
    for rule in RULES:
        by_pillar.setdefault(rule.pillar.value, []).append(rule.id)
    assert len(by_pillar) == 6
    assert all(len(ids) >= 2 for ids in by_pillar.values())

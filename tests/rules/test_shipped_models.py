"""The shipped models show what every rule says: each fails, or is unknown, on one of them at least."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from archgraph.dsl.load import find_models, load
from archgraph.rules.engine import evaluate
from archgraph.rules.registry import builtin_rules
from archgraph.rules.results import Status

MODELS = find_models(Path(__file__).parents[2] / "models")


@pytest.fixture(scope="module")
def heard() -> set[str]:
    rules: set[str] = set()
    for path in MODELS:
        model = load(path).model
        assert model is not None
        results = evaluate(model, as_of=date(2026, 11, 1))
        assert not results.crashes
        rules |= {result.rule for result in results.results if result.status in (Status.FAIL, Status.UNKNOWN)}
    return rules


@pytest.mark.parametrize("rule", [rule.id for rule in builtin_rules() if not rule.housekeeping])
def test_every_rule_speaks_on_a_shipped_model(heard: set[str], rule: str) -> None:
    assert rule in heard

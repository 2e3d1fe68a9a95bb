"""How the environment changes a severity."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archgraph.rules.engine import evaluate
from archgraph.rules.registry import builtin_rules
from archgraph.rules.results import Severity
from archgraph.rules.severity import is_production, lowered_outside_production

from .conftest import AS_OF, LoadModel


@pytest.mark.parametrize("environment", ["prod", "production", "live", "prd", "PROD", "prod-eu", "live_blue"])
def test_what_users_depend_on_is_production(environment: str) -> None:
    assert is_production(environment)


@pytest.mark.parametrize(
    "word",
    ["non", "not", "no", "pre", "like", "dev", "development", "test", "testing", "qa", "uat", "stage", "staging",
     "sandbox", "demo"],
)  # fmt: skip
def test_what_comes_before_it_is_not(word: str) -> None:
    assert not is_production(f"{word}-production")


@pytest.mark.parametrize("environment", [None, "", "test", "products"])
def test_other_names_are_other_environments(environment: str | None) -> None:
    assert not is_production(environment)


@pytest.mark.parametrize(
    ("environment", "own", "severity", "reason"),
    [
        ("test", Severity.HIGH, "low", "its environment is test"),
        ("prod", Severity.HIGH, "high", None),
        ("test", Severity.LOW, "low", None),
        ("test", Severity.INFO, "info", None),
    ],
)
def test_outside_production_a_severity_is_lowered_and_says_why(
    load_model: LoadModel, environment: str, own: Severity, severity: str, reason: str | None
) -> None:
    model = load_model(
        f"""
        archgraph: 1
        id: case
        elements:
          account: {{type: Account, environment: {environment}}}
          logs: {{type: LogGroup, in: account.eu-west-1, retention: none}}
        """
    )
    (found,) = [rule for rule in builtin_rules() if rule.id == "ops-log-retention-undefined"]
    rule = replace(found, severity=own, adjust=lowered_outside_production(Severity.LOW))
    (result,) = evaluate(model, as_of=AS_OF, rules=[rule]).findings()
    assert (result.severity, result.severity_reason) == (severity, reason)

"""The SARIF report is valid and carries what code scanning reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from archgraph.reports.sarif import log, to_sarif
from archgraph.rules.results import Results

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))


@pytest.fixture
def run(results: Results) -> dict[str, Any]:
    found: dict[str, Any] = log(results, version="1.2.3")["runs"][0]
    return found


@pytest.mark.parametrize("name", ["results", "hostile"])
def test_valid_against_the_schema_of_sarif(name: str, request: pytest.FixtureRequest) -> None:
    text = to_sarif(request.getfixturevalue(name), version="1.2.3")
    jsonschema.validators.validator_for(SCHEMA)(SCHEMA).validate(json.loads(text))


def test_each_result_points_at_its_rule(run: dict[str, Any]) -> None:
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_levels_and_kinds(run: dict[str, Any]) -> None:
    assert [(r["ruleId"], r["kind"], r["level"]) for r in run["results"]] == [
        ("sec-admin-port-open-to-internet", "fail", "error"),
        ("rel-single-az-component", "fail", "note"),
        ("ops-log-retention-undefined", "open", "none"),
        ("sec-public-entry-without-waf", "fail", "error"),
    ]


def test_locations_are_relative_uris(run: dict[str, Any]) -> None:
    physical = run["results"][0]["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"] == {"uri": "network/vpc%20one.yaml"}
    assert physical["region"] == {"startLine": 12, "startColumn": 7}


def test_findings_keep_their_identity(run: dict[str, Any], results: Results) -> None:
    expected = {r.fingerprint for r in results.results if r.status not in ("pass", "not_applicable")}
    assert {r["partialFingerprints"]["archgraph/v1"] for r in run["results"]} == expected


def test_a_waived_result_is_suppressed_with_its_reason(run: dict[str, Any]) -> None:
    suppression = run["results"][3]["suppressions"][0]
    assert suppression["status"] == "accepted"
    assert suppression["justification"] == ("static preview (owner shop-team, accepted 2026-10-01, expires 2027-03-31)")
    assert all("suppressions" not in result for result in run["results"][:3])


def test_rules_carry_help_level_and_tags(run: dict[str, Any]) -> None:
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    port = rules["sec-admin-port-open-to-internet"]
    assert port["defaultConfiguration"] == {"level": "error"}
    assert port["properties"]["security-severity"] == "9.5"
    assert port["properties"]["tags"] == ["security", "Security", "SEC05-BP02"]
    assert "```yaml" in port["help"]["markdown"]
    assert "security-severity" not in rules["cost-no-lifecycle"]["properties"]
    assert all("helpUri" not in rule for rule in rules.values())


def test_a_crash_makes_the_run_unsuccessful(run: dict[str, Any]) -> None:
    invocation = run["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert "cost-no-lifecycle" in invocation["toolExecutionNotifications"][0]["message"]["text"]


def test_messages_hold_no_links_and_no_control_characters(hostile: Results) -> None:
    text = log(hostile, version="1.2.3")["runs"][0]["results"][0]["message"]["text"]
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\\[link\\](" in text

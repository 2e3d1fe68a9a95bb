"""The JSON report follows its published schema."""

from __future__ import annotations

import json
from datetime import date

import jsonschema
import pytest

from archgraph.reports.json import document, schema, to_json
from archgraph.rules.results import Results

AS_OF = date(2026, 11, 24)


@pytest.mark.parametrize("name", ["results", "hostile"])
def test_valid_against_the_published_schema(name: str, request: pytest.FixtureRequest) -> None:
    jsonschema.Draft7Validator.check_schema(schema())
    jsonschema.validate(json.loads(to_json(request.getfixturevalue(name), as_of=AS_OF)), schema())


def test_failed_unknown_and_waived_results_are_listed_in_full(results: Results) -> None:
    found = document(results, as_of=AS_OF)
    assert [(r["status"], r["element"]) for r in found["results"]] == [
        ("fail", "admin-sg"),
        ("fail", "db"),
        ("unknown", "logs"),
        ("waived", "cdn"),
    ]
    assert found["results"][0]["location"] == {"file": "network/vpc one.yaml", "line": 12, "column": 7}
    assert found["results"][1]["severity_reason"] == "its environment is test"
    assert found["results"][2]["missing"] == ["logs.retention"]
    assert found["results"][3]["waiver"]["expires"] == "2027-03-31"


def test_everything_is_counted(results: Results) -> None:
    summary = document(results, as_of=AS_OF)["summary"]
    assert summary["statuses"] == {"pass": 1, "fail": 2, "unknown": 1, "not_applicable": 1, "waived": 1}
    assert summary["severities"] == {"info": 0, "low": 1, "medium": 0, "high": 0, "critical": 1}
    assert summary["pillars"]["Reliability"]["not_applicable"] == 1
    assert summary["rules"]["cost-no-lifecycle"]["fail"] == 0

"""Results to report, made by hand: no model has to be loaded for them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from archgraph.model.model import Waiver
from archgraph.rules.registry import builtin_rules
from archgraph.rules.results import Crash, Result, Results, Severity, Status, summarize
from archgraph.source.diagnostics import Location

HOSTILE = 'ev\x1b[31mil \u202e<script>alert("1")</script> [link](http://x) \n```\n# heading'


def result(rule_id: str, element: str, status: Status, **changes: Any) -> Result:
    rule = next(rule for rule in builtin_rules() if rule.id == rule_id)
    values: dict[str, Any] = {
        "rule": rule_id,
        "status": status,
        "severity": rule.severity,
        "pillar": rule.pillar,
        "practices": tuple(practice.id for practice in rule.practices),
        "element": element,
        "subjects": (element,),
        "message": "is not as it should be",
        "location": Location("network/vpc one.yaml", 12, 7),
        "model": "shop",
        **changes,
    }
    return Result(**values)


def results_of(*found: Result, crashes: tuple[Crash, ...] = ()) -> Results:
    rules = builtin_rules()
    by_rule = {rule.id: [one for one in found if one.rule == rule.id] for rule in rules}
    return Results("shop", rules, found, summarize(rules, by_rule), crashes)


@pytest.fixture
def results() -> Results:
    waiver = Waiver(
        "sec-public-entry-without-waf", ("cdn",), "static preview", "shop-team", date(2026, 10, 1),
        date(2027, 3, 31), Location("architecture.yaml", 40, 5),
    )  # fmt: skip
    return results_of(
        result(
            "sec-admin-port-open-to-internet", "admin-sg", Status.FAIL, message="lets the internet reach 22 (SSH)",
            evidence=("admin-sg allows 22 from 0.0.0.0/0", "public routes 0.0.0.0/0 to igw"),
            fix="close the port",
        ),
        result(
            "rel-single-az-component", "db", Status.FAIL, severity=Severity.LOW, message="stands in one zone",
            severity_reason="its environment is test", evidence=("db.multi_az is false",),
            fix="state 'multi_az: true'",
        ),
        result(
            "ops-log-retention-undefined", "logs", Status.UNKNOWN, missing=("logs.retention",),
            message="the model does not say how long its logs are kept",
        ),
        result(
            "sec-public-entry-without-waf", "cdn", Status.WAIVED, waiver=waiver,
            message="takes requests from the internet without a web ACL", fix="attach a web ACL",
        ),
        result("ops-owner-missing", "prod", Status.PASS),
        result("rel-nat-not-per-az", "nat", Status.NOT_APPLICABLE),
        crashes=(Crash("cost-no-lifecycle", "KeyError: 'gone'"),),
    )  # fmt: skip


@pytest.fixture
def hostile() -> Results:
    return results_of(
        result(
            "ops-owner-missing", HOSTILE, Status.FAIL, message=HOSTILE, evidence=(HOSTILE,), fix=HOSTILE,
            location=Location("a\\b\x1b[1m.yaml", 1, 1),
        ),
        result("ops-log-retention-undefined", "x", Status.UNKNOWN, missing=(HOSTILE,), message="y" * 5000),
    )  # fmt: skip

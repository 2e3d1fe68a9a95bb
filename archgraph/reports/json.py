"""Results as JSON: everything that needs attention in full, the rest as counts.

The shape is published in ``findings.schema.json`` beside this module; ``schema_version`` changes
with it: the first number when something is renamed or removed, the second when something is added.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from importlib import resources
from typing import Any

from archgraph.model.model import Waiver
from archgraph.rules.results import Result, Results, Status, Summary

SCHEMA_VERSION = "1.1"
IN_FULL = (Status.FAIL, Status.UNKNOWN, Status.WAIVED)
"""The statuses whose results are listed; passed and inapplicable ones are only counted."""


def to_json(results: Results, *, as_of: date) -> str:
    """The findings document of one model, as UTF-8 text that ends with a newline."""
    return json.dumps(document(results, as_of=as_of), indent=2, ensure_ascii=False) + "\n"


def document(results: Results, *, as_of: date) -> dict[str, Any]:
    """The findings document as plain dictionaries and lists."""
    return {
        "schema_version": SCHEMA_VERSION,
        "model": results.model,
        "as_of": as_of.isoformat(),
        "results": [_result(result) for status in IN_FULL for result in results.with_status(status)],
        "crashes": [{"rule": crash.rule, "error": crash.error} for crash in results.crashes],
        "summary": _summary(results.summary),
    }


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 7) of the findings document."""
    text = (resources.files(__package__ or __name__) / "findings.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _result(result: Result) -> dict[str, Any]:
    return {
        "rule": result.rule,
        "status": result.status.value,
        "severity": result.severity.value,
        "severity_reason": result.severity_reason,
        "pillar": result.pillar.value,
        "practices": list(result.practices),
        "element": result.element,
        "subjects": list(result.subjects),
        "message": result.message,
        "evidence": list(result.evidence),
        "missing": list(result.missing),
        "fix": result.fix,
        "location": result.location._asdict(),
        "fingerprint": result.fingerprint,
        "waiver": _waiver(result.waiver) if result.waiver else None,
        "known": result.known,
    }


def _waiver(waiver: Waiver) -> dict[str, Any]:
    return {
        "selectors": list(waiver.selectors),
        "reason": waiver.reason,
        "owner": waiver.owner,
        "accepted": waiver.accepted.isoformat(),
        "expires": waiver.expires.isoformat(),
        "location": waiver.location._asdict(),
    }


def _summary(summary: Summary) -> dict[str, Any]:
    return {
        "statuses": _counts(summary.statuses),
        "severities": {severity.value: count for severity, count in summary.severities.items()},
        "pillars": {pillar.value: _counts(counts) for pillar, counts in summary.pillars.items()},
        "rules": {rule: _counts(counts) for rule, counts in summary.rules.items()},
    }


def _counts(counts: Mapping[Status, int]) -> dict[str, int]:
    return {status.value: count for status, count in counts.items()}

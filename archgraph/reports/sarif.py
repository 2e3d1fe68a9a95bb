"""Results as SARIF 2.1.0, for code scanning and editors.

Written for https://docs.oasis-open.org/sarif/sarif/v2.1.0/ and for what GitHub code scanning reads:
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from archgraph.reports.text import plain
from archgraph.rules.results import Result, Results, Severity, Status
from archgraph.rules.rule import Rule
from archgraph.source.diagnostics import Location

LEVELS: Mapping[Severity, str] = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
SECURITY_SEVERITIES: Mapping[Severity, str] = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.5",
    Severity.INFO: "0.0",
}
"""Scores in the middle of the ranges by which GitHub names a severity."""
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def to_sarif(results: Results, *, version: str) -> str:
    """One SARIF log with one run, as UTF-8 text that ends with a newline.

    Failed results carry their level; unknown ones are of kind ``open`` (a decision needs more
    facts); waived ones, and those that the baseline knows, are failures with an accepted
    suppression. ``version`` is archgraph's own.
    """
    return json.dumps(log(results, version=version), indent=2, ensure_ascii=False) + "\n"


def log(results: Results, *, version: str) -> dict[str, Any]:
    """The SARIF log as plain dictionaries and lists."""
    index = {rule.id: position for position, rule in enumerate(results.rules)}
    listed = [
        result for status in (Status.FAIL, Status.UNKNOWN, Status.WAIVED) for result in results.with_status(status)
    ]
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "archgraph",
                        "semanticVersion": version,
                        "rules": [_descriptor(rule) for rule in results.rules],
                    }
                },
                "automationDetails": {"id": f"archgraph/{results.model}/"},
                "columnKind": "unicodeCodePoints",
                "invocations": [_invocation(results, index)],
                "results": [_result(result, index[result.rule]) for result in listed],
            }
        ],
    }


def _descriptor(rule: Rule) -> dict[str, Any]:
    tags = [rule.pillar.value, *(practice.id for practice in rule.practices)]
    properties: dict[str, Any] = {
        "tags": tags,
        "precision": "high",
        "problem.severity": _problem(rule.severity),
    }
    if "Security" in tags:
        properties["tags"] = ["security", *tags]
        properties["security-severity"] = SECURITY_SEVERITIES[rule.severity]
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.rationale},
        "help": {"text": _help_text(rule), "markdown": _help_markdown(rule)},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": properties,
    }


def _problem(severity: Severity) -> str:
    return {"error": "error", "warning": "warning", "note": "recommendation"}[LEVELS[severity]]


def _help_text(rule: Rule) -> str:
    practices = "; ".join(f"{p.id} {p.title}" for p in rule.practices)
    parts = [
        rule.rationale,
        f"Fix: {rule.remediation.text}",
        rule.remediation.yaml,
        f"When it may be wrong: {rule.false_positives}" if rule.false_positives else "",
        f"Practices: {practices}" if practices else "",
        "References: " + " ".join(rule.references) if rule.references else "",
    ]
    return "\n\n".join(part for part in parts if part)


def _help_markdown(rule: Rule) -> str:
    practices = "\n".join(f"- [{p.id}]({p.url}) {p.title}" for p in rule.practices)
    parts = [
        rule.rationale,
        f"**Fix.** {rule.remediation.text}",
        f"```yaml\n{rule.remediation.yaml}```" if rule.remediation.yaml else "",
        f"**When it may be wrong.** {rule.false_positives}" if rule.false_positives else "",
        f"**Practices**\n\n{practices}" if practices else "",
        "**References**\n\n" + "\n".join(f"- <{url}>" for url in rule.references) if rule.references else "",
    ]
    return "\n\n".join(part for part in parts if part)


def _invocation(results: Results, index: Mapping[str, int]) -> dict[str, Any]:
    notes = [
        {
            "level": "error",
            "message": {"text": plain(f"{crash.rule} failed to run: {crash.error}")},
            "associatedRule": {"id": crash.rule, "index": index[crash.rule]},
        }
        for crash in results.crashes
    ]
    return {"executionSuccessful": not notes, "toolExecutionNotifications": notes}


def _result(result: Result, rule_index: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "ruleId": result.rule,
        "ruleIndex": rule_index,
        "kind": "open" if result.status is Status.UNKNOWN else "fail",
        "level": "none" if result.status is Status.UNKNOWN else LEVELS[result.severity],
        "message": {"text": _message(result)},
        "locations": [
            {
                **_physical(result.location),
                "logicalLocations": [{"fullyQualifiedName": plain(result.element), "kind": "resource"}],
            }
        ],
        "partialFingerprints": {"archgraph/v1": result.fingerprint},
        "properties": {
            "severity": result.severity.value,
            "evidence": [plain(text) for text in result.evidence],
            "missing": [plain(text) for text in result.missing],
        },
    }
    if result.known:
        found["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": "The baseline knows this finding."}
        ]
    if result.waiver is not None:
        waiver = result.waiver
        reason = f"{waiver.reason} (owner {waiver.owner}, accepted {waiver.accepted}, expires {waiver.expires})"
        found["suppressions"] = [
            {
                "kind": "inSource",
                "status": "accepted",
                "justification": plain(reason),
                "location": _physical(waiver.location),
            }
        ]
    return found


def _message(result: Result) -> str:
    """One paragraph; brackets are escaped, because SARIF reads ``[text](n)`` as a link."""
    parts = [f"{result.element}: {result.message}"]
    if result.evidence:
        parts.append("Evidence: " + "; ".join(result.evidence))
    if result.missing:
        parts.append("The model does not say: " + ", ".join(result.missing))
    if result.fix:
        parts.append("Fix: " + result.fix)
    text = ". ".join(plain(part).rstrip(".") for part in parts) + "."
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _physical(location: Location) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(location.file.replace("\\", "/"), safe="/-._~")},
            "region": {"startLine": max(location.line, 1), "startColumn": max(location.column, 1)},
        }
    }

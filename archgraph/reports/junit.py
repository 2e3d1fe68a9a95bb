"""Results as JUnit XML, for the test reports of build servers.

Written for the schema that Jenkins' xUnit plugin publishes as ``junit-10.xsd``, which GitLab, Azure
Pipelines and GitHub actions read as well. A suite is a rule, a case is a rule on one element.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping, Sequence

from archgraph.reports.text import plain
from archgraph.rules.results import Crash, Result, Results, Status
from archgraph.rules.rule import Rule

SKIPPED: Mapping[Status, str] = {
    Status.UNKNOWN: "not known",
    Status.NOT_APPLICABLE: "not applicable",
    Status.WAIVED: "waived",
}
"""Statuses that neither pass nor fail, and the word that tells them apart."""


def to_junit(results: Results) -> str:
    """One document for a model, as UTF-8 text that ends with a newline.

    A failed result is a failure; what is unknown, waived, not applicable or a known finding of the
    baseline is skipped and says why; a rule that crashed is a suite with an error.
    """
    by_rule: dict[str, list[Result]] = {rule.id: [] for rule in results.rules}
    for result in results.results:
        by_rule[result.rule].append(result)
    crashes = {crash.rule: crash for crash in results.crashes}
    failures = sum(len(_failed(found)) for found in by_rule.values())
    root = ET.Element("testsuites", name=plain(results.model))
    root.set("tests", str(len(results.results) + len(crashes)))
    root.set("failures", str(failures))
    root.set("errors", str(len(crashes)))
    for rule in results.rules:
        if by_rule[rule.id] or rule.id in crashes:
            root.append(_suite(rule, by_rule[rule.id], crashes.get(rule.id)))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(rule: Rule, found: Sequence[Result], crash: Crash | None) -> ET.Element:
    suite = ET.Element("testsuite", name=rule.id)
    skipped = sum(result.status in SKIPPED or result.known for result in found)
    suite.set("tests", str(len(found) + (crash is not None)))
    suite.set("failures", str(len(_failed(found))))
    suite.set("errors", "1" if crash else "0")
    suite.set("skipped", str(skipped))
    for result in found:
        suite.append(_case(rule, result))
    if crash:
        case = ET.SubElement(suite, "testcase", name=rule.id, classname=_class(rule))
        ET.SubElement(case, "error", type="crash", message=plain(crash.error))
    return suite


def _failed(found: Iterable[Result]) -> list[Result]:
    return [result for result in found if result.status is Status.FAIL and not result.known]


def _case(rule: Rule, result: Result) -> ET.Element:
    case = ET.Element("testcase", name=plain(result.element), classname=_class(rule))
    if result.known:
        _add(case, "skipped", "known", result)
    elif result.status is Status.FAIL:
        _add(case, "failure", result.severity.value, result).text = _details(rule, result)
    elif result.status in SKIPPED:
        _add(case, "skipped", SKIPPED[result.status], result)
    return case


def _add(case: ET.Element, name: str, type_: str, result: Result) -> ET.Element:
    said = f"{type_}: {result.message}" if name == "skipped" else result.message
    if result.missing:
        said += f"; the model does not say {', '.join(result.missing)}"
    if result.waiver:
        said += f"; accepted by {result.waiver.owner} until {result.waiver.expires}: {result.waiver.reason}"
    return ET.SubElement(case, name, type=type_, message=plain(said))


def _details(rule: Rule, result: Result) -> str:
    lines = [f"{rule.title} ({', '.join(result.practices) or rule.pillar})", *(f"- {t}" for t in result.evidence)]
    if result.severity_reason:
        lines.append(f"severity: {result.severity} because {result.severity_reason}")
    if result.fix:
        lines.append(f"fix: {result.fix}")
    lines += [f"at {result.location}", f"fingerprint {result.fingerprint}"]
    return "\n".join(plain(line) for line in lines)


def _class(rule: Rule) -> str:
    """Groups the cases by pillar in viewers that read class names as paths."""
    return f"{rule.pillar.value.replace(' ', '')}.{rule.id}"

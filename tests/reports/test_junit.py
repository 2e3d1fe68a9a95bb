"""JUnit XML follows the schema that build servers publish, and tells every status apart."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
import xmlschema

from archgraph.reports.junit import to_junit
from archgraph.rules.results import Results, Status

SCHEMA = xmlschema.XMLSchema(str(Path(__file__).with_name("schemas") / "junit-10.xsd"))


def parsed(results: Results) -> ET.Element:
    return ET.fromstring(to_junit(results))  # noqa: S314  our own output


def cases(results: Results) -> dict[str, ET.Element]:
    return {case.get("name", ""): case for case in parsed(results).iter("testcase")}


@pytest.mark.parametrize("name", ["results", "hostile"])
def test_valid_against_the_schema(name: str, request: pytest.FixtureRequest) -> None:
    SCHEMA.validate(to_junit(request.getfixturevalue(name)))


def test_every_status_has_its_element(results: Results) -> None:
    found = cases(results)
    assert found["admin-sg"].find("failure") is not None
    assert [child.tag for child in found["prod"]] == []
    types = {name: child.get("type") for name, case in found.items() for child in case.iter("skipped")}
    assert types == {"logs": "not known", "cdn": "waived", "nat": "not applicable"}
    assert found["cost-no-lifecycle"].find("error") is not None


def test_a_failure_says_everything(results: Results) -> None:
    failure = cases(results)["db"].find("failure")
    assert failure is not None
    assert failure.attrib == {"type": "low", "message": "stands in one zone"}
    for text in ("db.multi_az is false", "because its environment is test", "fix: state 'multi_az: true'", ":12:7"):
        assert text in (failure.text or "")


def test_skipped_ones_say_why(results: Results) -> None:
    found = cases(results)
    unknown, waived = found["logs"].find("skipped"), found["cdn"].find("skipped")
    assert unknown is not None
    assert waived is not None
    assert "logs.retention" in unknown.get("message", "")
    assert "accepted by shop-team until 2027-03-31: static preview" in waived.get("message", "")


def test_counts_add_up(results: Results) -> None:
    root = parsed(results)
    suites = root.findall("testsuite")
    assert root.attrib == {"name": "shop", "tests": "7", "failures": "2", "errors": "1"}
    for key in ("tests", "failures", "errors"):
        assert sum(int(suite.get(key, "0")) for suite in suites) == int(root.get(key, "0"))
    for suite in suites:
        assert len(suite.findall("testcase")) == int(suite.get("tests", "0"))


def test_known_findings_do_not_fail(results: Results) -> None:
    marked = replace(results, results=tuple(replace(r, known=r.status is Status.FAIL) for r in results.results))
    root = parsed(marked)
    assert root.get("failures") == "0"
    skipped = cases(marked)["db"].find("skipped")
    assert skipped is not None
    assert skipped.get("type") == "known"


def test_nothing_of_a_model_becomes_markup(hostile: Results) -> None:
    text = to_junit(hostile)
    assert "<script>" not in text
    assert "\x1b" not in text
    assert any("<script>" in name for name in cases(hostile)), "but it is shown"


def test_there_are_no_times(results: Results) -> None:
    assert "time" not in {key for element in parsed(results).iter() for key in element.attrib}

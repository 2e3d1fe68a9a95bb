"""Every practice is checked here, attested, or open."""

from __future__ import annotations

from datetime import date

from archgraph.model.model import Attestation, Model
from archgraph.rules.coverage import Answer, coverage
from archgraph.rules.engine import evaluate
from archgraph.rules.results import Status
from archgraph.source.diagnostics import Location

from .conftest import AS_OF


def attestation(practice: str, expires: str = "2027-10-01") -> Attestation:
    where = Location("architecture.yaml", 30, 5)
    return Attestation(practice, "met", "shop-team", date(2026, 10, 1), date.fromisoformat(expires), None, where)


def answers(shop: Model, as_of: date = AS_OF) -> dict[str, Answer]:
    return {c.practice.id: c.answer for c in coverage(evaluate(shop, as_of=as_of), shop, as_of)}


def test_a_practice_is_checked_only_if_a_rule_passed_or_failed_here(shop: Model) -> None:
    found = answers(shop)
    assert len(found) == 307
    assert found["OPS02-BP01"] is Answer.CHECKED
    assert found["OPS08-BP02"] is Answer.CHECKED
    assert found["SEC05-BP03"] is Answer.OPEN, "no entry from the internet, so nothing was checked"


def test_counts_and_rules_of_a_practice(shop: Model) -> None:
    found = next(c for c in coverage(evaluate(shop, as_of=AS_OF), shop, AS_OF) if c.practice.id == "OPS08-BP02")
    assert (found.rules, found.passed, found.failed) == (("ops-log-retention-undefined",), 1, 2)


def test_an_attestation_answers_an_open_practice(shop: Model) -> None:
    shop.attestations[:] = [attestation("OPS01-BP01"), attestation("OPS02-BP01")]
    found = answers(shop)
    assert found["OPS01-BP01"] is Answer.ATTESTED
    assert found["OPS02-BP01"] is Answer.CHECKED


def test_an_attestation_counts_from_its_date_until_it_expires(shop: Model) -> None:
    shop.attestations[:] = [attestation("OPS01-BP01")]
    assert answers(shop, date(2026, 9, 30))["OPS01-BP01"] is Answer.OPEN
    assert answers(shop, date(2026, 10, 1))["OPS01-BP01"] is Answer.ATTESTED
    assert answers(shop, date(2027, 10, 1))["OPS01-BP01"] is Answer.ATTESTED
    assert answers(shop, date(2027, 10, 2))["OPS01-BP01"] is Answer.OPEN


def test_what_is_wrong_with_an_attestation_is_said(shop: Model) -> None:
    shop.attestations[:] = [
        attestation("OPS01-BP01", expires="2026-11-24"),
        attestation("OPS01-BP02", expires="2026-11-23"),
        attestation("OPS01-BP99"),
        attestation("nothing-like-it"),
    ]
    found = [r for r in evaluate(shop, as_of=AS_OF).results if r.rule == "ops-attestation-not-counted"]
    revision = "the framework's revision of 2024-11-06 has no practice OPS01-BP99"
    assert [result.evidence for result in found if "BP99" in result.message] == [(revision,)]
    assert {result.message: result.fix for result in found} == {
        "counts until 2026-11-24": None,
        "expired on 2026-11-23; the practice is open again": "answer the practice anew, with a later 'expires'",
        "OPS01-BP99 is not a practice": "did you mean 'OPS11-BP09'?",
        "nothing-like-it is not a practice": "name a practice, like OPS02-BP01",
    }


def test_attestations_that_do_not_count_are_findings(shop: Model) -> None:
    shop.attestations[:] = [
        attestation("OPS01-BP01"),
        attestation("OPS01-BP02", expires="2026-11-01"),
        attestation("OPS01-BP99"),
    ]
    found = [r for r in evaluate(shop, as_of=AS_OF).results if r.rule == "ops-attestation-not-counted"]
    assert sorted(result.status for result in found) == [Status.FAIL, Status.FAIL, Status.PASS]

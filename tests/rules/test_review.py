"""The review: every practice in its place, and what to answer next, the riskiest first."""

from __future__ import annotations

from datetime import date

import pytest

from archgraph.model.model import Attestation, Model
from archgraph.rules.coverage import Answer
from archgraph.rules.engine import evaluate
from archgraph.rules.registry import builtin_rules
from archgraph.rules.results import Pillar
from archgraph.rules.review import RISKS, Review, review
from archgraph.source.diagnostics import Location

from .conftest import AS_OF, LoadModel


def reviewed(model: Model) -> Review:
    return review(evaluate(model, as_of=AS_OF), model, as_of=AS_OF)


@pytest.fixture
def silent(load_model: LoadModel) -> Model:
    """A model that does not say how long its logs are kept."""
    return load_model(
        """
        archgraph: 1
        id: silent
        elements:
          prod: {type: Account, account_id: "000000000001", owner: me}
          logs: {type: LogGroup, in: prod.eu-west-1}
          more-logs: {type: LogGroup, in: prod.eu-west-1}
        """
    )


def test_every_practice_stands_once_under_its_question_and_pillar(shop: Model) -> None:
    found = reviewed(shop)
    assert [pillar for pillar, _ in found.pillars] == list(Pillar)
    assert len(found.practices) == len({entry.practice.id for entry in found.practices}) == 307
    for pillar, questions in found.pillars:
        for question in questions:
            assert question.question.pillar is pillar
            assert {entry.practice.question for entry in question.practices} == {question.question.id}


def test_what_the_model_could_say_comes_with_what_is_missing(silent: Model) -> None:
    state = {statable.entry.practice.id: statable for statable in reviewed(silent).state}
    assert state["OPS08-BP02"].missing == ("logs.retention", "more-logs.retention")
    assert state["OPS08-BP02"].rules == ("ops-log-retention-undefined",)
    assert all(statable.entry.answer is Answer.OPEN for statable in state.values())


def test_a_checked_practice_is_not_asked_for(shop: Model) -> None:
    found = reviewed(shop)
    assert "OPS08-BP02" not in {statable.entry.practice.id for statable in found.state}
    entry = next(entry for entry in found.practices if entry.practice.id == "OPS08-BP02")
    assert (entry.answer, entry.passed, entry.failed, len(entry.unknown)) == (Answer.CHECKED, 1, 2, 1)


def test_every_open_practice_is_asked_for_once(shop: Model) -> None:
    found = reviewed(shop)
    asked = [entry.practice.id for askable in found.ask for entry in askable.practices]
    asked += [statable.entry.practice.id for statable in found.state]
    assert len(asked) == len(set(asked))
    assert set(asked) == {e.practice.id for e in found.practices if e.answer is Answer.OPEN}


def test_high_risks_come_first(silent: Model) -> None:
    found = reviewed(silent)
    for risks in ([s.entry.practice.risk for s in found.state], [askable.risk for askable in found.ask]):
        assert risks == sorted(risks, key=RISKS.index)
    assert found.ask[0].risk == "high"


def test_an_answered_practice_is_not_asked_for(shop: Model) -> None:
    where = Location("architecture.yaml", 30, 5)
    shop.attestations[:] = [
        Attestation("OPS01-BP01", "not_met", "me", date(2026, 10, 1), date(2027, 10, 1), "notes.md", where)
    ]
    found = reviewed(shop)
    assert "OPS01-BP01" not in {entry.practice.id for askable in found.ask for entry in askable.practices}


def test_a_rule_that_did_not_run_checks_nothing(shop: Model) -> None:
    some = [rule for rule in builtin_rules() if rule.id == "ops-owner-missing"]
    found = review(evaluate(shop, as_of=AS_OF, rules=some), shop, as_of=AS_OF)
    checked = [entry for entry in found.practices if entry.answer is Answer.CHECKED]
    assert {rule for entry in checked for rule in entry.rules} == {"ops-owner-missing"}

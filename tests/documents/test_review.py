"""The page of a review: compact, complete, and deaf to what a model's texts try."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from archgraph.documents.review import review_page
from archgraph.dsl.load import load
from archgraph.model.model import Attestation, Model
from archgraph.rules.engine import evaluate
from archgraph.rules.framework import practices, questions
from archgraph.rules.review import review
from archgraph.source.diagnostics import Location

AS_OF = date(2026, 11, 24)
MODELS = Path(__file__).parents[2] / "models"


def page(model: Model) -> str:
    return review_page(review(evaluate(model, as_of=AS_OF), model, as_of=AS_OF))


@pytest.fixture
def model() -> Model:
    found = load(MODELS / "three-tier-web-app").model
    assert found is not None
    return found


def test_every_question_and_practice_has_its_row(model: Model) -> None:
    text = page(model)
    tables = text.partition("## Operational Excellence\n")[2]
    for question in questions().values():
        assert f"### {question.id}: " in tables
    rows = [line for line in tables.splitlines() if line.startswith("| [")]
    assert [line[3:].partition("]")[0] for line in rows] == list(practices())


def test_it_can_be_read(model: Model) -> None:
    text = page(model)
    assert len(text.splitlines()) < 900
    assert "\n\n\n" not in text
    assert text.index("## Next") < text.index("## Operational Excellence\n")


def test_checked_attested_and_open_practices_say_who_answered(model: Model) -> None:
    where = Location("architecture.yaml", 1, 1)
    model.attestations[:] = [
        Attestation("OPS01-BP01", "not_met", "a|b", date(2026, 10, 1), date(2027, 10, 1), "notes.md", where)
    ]
    text = page(model)
    row = next(line for line in text.splitlines() if line.startswith("| [OPS01-BP01]") and "attested" in line)
    assert row.endswith("| high | attested | not met, says a&#124;b, 2026-10-01 until 2027-10-01: notes.md |")
    assert "### Attested as not met" in text
    owners = next(line for line in text.splitlines() if line.startswith("| [OPS02-BP01]"))
    assert "checked | `ops-owner-missing`: " in owners


def test_texts_of_a_model_stay_texts(model: Model) -> None:
    where = Location("architecture.yaml", 1, 1)
    evil = "<img src=x onerror=alert(1)> | [x](javascript:1) `code` {{ 7 * 7 }}\n# heading"
    model.name = evil
    model.attestations[:] = [Attestation("OPS01-BP01", "met", evil, date(2026, 1, 1), date(2027, 1, 1), evil, where)]
    text = page(model)
    assert "<img" not in text
    assert "](javascript" not in text.replace("\\]", "")
    assert "\n# heading" not in text
    assert "{{ 7 * 7 }}" in text.replace("\\", "")


def test_the_same_model_gives_the_same_page(model: Model) -> None:
    assert page(model) == page(model)

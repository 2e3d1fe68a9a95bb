"""The review as JSON follows its published schema and says what the review says."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest

from archgraph.dsl.load import load
from archgraph.reports.review import document, schema, to_json
from archgraph.rules.engine import evaluate
from archgraph.rules.review import Review, review

AS_OF = date(2026, 11, 24)
MODELS = Path(__file__).parents[2] / "models"


@pytest.fixture
def shop_review() -> Review:
    model = load(MODELS / "three-tier-web-app").model
    assert model is not None
    return review(evaluate(model, as_of=AS_OF), model, as_of=AS_OF)


def test_valid_against_the_published_schema(shop_review: Review) -> None:
    jsonschema.Draft7Validator.check_schema(schema())
    jsonschema.validate(json.loads(to_json(shop_review)), schema())


def test_it_holds_every_practice_and_counts_them(shop_review: Review) -> None:
    found = document(shop_review)
    practices = [p for pillar in found["pillars"] for q in pillar["questions"] for p in q["practices"]]
    assert len(practices) == sum(found["summary"].values()) == 307
    for answer, count in found["summary"].items():
        assert sum(practice["answer"] == answer for practice in practices) == count
    assert found["summary"]["checked"] > 10
    attested = [practice for practice in practices if practice["attestation"]]
    assert attested
    assert all(practice["attestation"]["owner"] for practice in attested)


def test_the_same_review_gives_the_same_bytes(shop_review: Review) -> None:
    assert to_json(shop_review) == to_json(shop_review)

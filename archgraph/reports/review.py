"""The review of a model as JSON, for trackers and dashboards.

The shape is published in ``review.schema.json`` beside this module; ``schema_version`` changes with
it: the first number when something is renamed or removed, the second when something is added.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from archgraph.model.model import Attestation
from archgraph.rules.coverage import Answer, PracticeCoverage
from archgraph.rules.framework import REVISION, Question
from archgraph.rules.review import Review

SCHEMA_VERSION = "1.0"


def to_json(review: Review) -> str:
    """The review as UTF-8 text that ends with a newline."""
    return json.dumps(document(review), indent=2, ensure_ascii=False) + "\n"


def document(review: Review) -> dict[str, Any]:
    """The review as plain dictionaries and lists."""
    return {
        "schema_version": SCHEMA_VERSION,
        "model": review.model.id,
        "as_of": review.as_of.isoformat(),
        "framework": REVISION,
        "summary": {answer.value: sum(e.answer is answer for e in review.practices) for answer in Answer},
        "next": {
            "state": [
                {
                    "practice": statable.entry.practice.id,
                    "risk": statable.entry.practice.risk,
                    "rules": list(statable.rules),
                    "missing": list(statable.missing),
                }
                for statable in review.state
            ],
            "ask": [
                {
                    "question": askable.question.id,
                    "risk": askable.risk,
                    "practices": [entry.practice.id for entry in askable.practices],
                }
                for askable in review.ask
            ],
        },
        "pillars": [
            {
                "pillar": pillar.value,
                "questions": [_question(found.question, found.practices) for found in questions],
            }
            for pillar, questions in review.pillars
        ],
    }


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 7) of the review."""
    text = (resources.files(__package__ or __name__) / "review.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _question(question: Question, practices: tuple[PracticeCoverage, ...]) -> dict[str, Any]:
    return {"id": question.id, "text": question.text, "practices": [_practice(entry) for entry in practices]}


def _practice(entry: PracticeCoverage) -> dict[str, Any]:
    return {
        "id": entry.practice.id,
        "title": entry.practice.title,
        "risk": entry.practice.risk,
        "url": entry.practice.url,
        "answer": entry.answer.value,
        "rules": list(entry.rules),
        "passed": entry.passed,
        "failed": entry.failed,
        "waived": entry.waived,
        "unknown": len(entry.unknown),
        "attestation": _attestation(entry.attestation) if entry.attestation else None,
    }


def _attestation(attestation: Attestation) -> dict[str, Any]:
    return {
        "answer": attestation.answer,
        "owner": attestation.owner,
        "date": attestation.date.isoformat(),
        "expires": attestation.expires.isoformat(),
        "evidence": attestation.evidence,
        "location": attestation.location._asdict(),
    }

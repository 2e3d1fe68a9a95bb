"""The AWS Well-Architected Framework's practices and questions, as data.

Source: https://docs.aws.amazon.com/wellarchitected/latest/framework/the-pillars-of-the-framework.html,
revision of 6 November 2024. The framework reuses its numbers from one revision to the next, so a
practice is always named by id, title and revision together.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from archgraph.rules.results import Pillar

REVISION = "2024-11-06"
_PAGES = "https://docs.aws.amazon.com/wellarchitected/latest/framework/"


class Practice(NamedTuple):
    """One best practice: ``REL10-BP01`` and what AWS calls it. ``risk`` is low, medium or high."""

    id: str
    title: str
    pillar: Pillar
    question: str
    risk: str
    page: str
    revision: str = REVISION

    @property
    def url(self) -> str:
        return _PAGES + self.page


class Question(NamedTuple):
    """One of the framework's questions; its practices answer it."""

    id: str
    text: str
    pillar: Pillar


@cache
def practices() -> Mapping[str, Practice]:
    """All 307 practices by id, in the framework's order."""
    return {
        row["id"]: Practice(
            row["id"],
            row["title"],
            Pillar(row["pillar"]),
            row["question_id"],
            row["risk_level"].lower(),
            row["doc_page"],
        )
        for row in _rows("practices.csv")
    }


@cache
def questions() -> Mapping[str, Question]:
    """All 57 questions by id, in the framework's order."""
    return {
        row["question_id"]: Question(row["question_id"], row["question"], Pillar(row["pillar"]))
        for row in _rows("questions.csv")
    }


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())

"""The review of a model by the framework: every pillar, question and practice, and what to answer next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from archgraph.model.model import Model
from archgraph.rules.coverage import Answer, PracticeCoverage, coverage
from archgraph.rules.framework import Question, questions
from archgraph.rules.results import Pillar, Results

RISKS = ("high", "medium", "low")
"""How much an unmet practice matters, as the framework says; the greatest first."""


@dataclass(frozen=True, slots=True)
class QuestionReview:
    """A question of the framework with what is known about each of its practices."""

    question: Question
    practices: tuple[PracticeCoverage, ...]

    def with_answer(self, answer: Answer) -> list[PracticeCoverage]:
        """The practices that are answered so."""
        return [entry for entry in self.practices if entry.answer is answer]


@dataclass(frozen=True, slots=True)
class Statable:
    """An open practice that the model would decide if it said more: the places where it is silent."""

    entry: PracticeCoverage
    rules: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Askable:
    """A question to the team: its open practices of one risk that no rule can decide here."""

    question: Question
    risk: str
    practices: tuple[PracticeCoverage, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """One model, judged as of a day. ``state`` and ``ask`` are what to do next, the riskiest first."""

    model: Model
    as_of: date
    pillars: tuple[tuple[Pillar, tuple[QuestionReview, ...]], ...]
    state: tuple[Statable, ...]
    ask: tuple[Askable, ...]

    @property
    def practices(self) -> list[PracticeCoverage]:
        """All practices, in the framework's order."""
        return [entry for _, reviews in self.pillars for review in reviews for entry in review.practices]


def review(results: Results, model: Model, *, as_of: date) -> Review:
    """Put the results of one evaluation in the framework's order, and say what to answer next.

    Next come, by falling risk, the open practices for which a rule only misses what the model does
    not say, and the open practices that only the team can answer.
    """
    by_question: dict[str, list[PracticeCoverage]] = {}
    for entry in coverage(results, model, as_of):
        by_question.setdefault(entry.practice.question, []).append(entry)
    reviews = [QuestionReview(question, tuple(by_question[question.id])) for question in questions().values()]
    pillars = tuple((pillar, tuple(r for r in reviews if r.question.pillar is pillar)) for pillar in Pillar)
    return Review(model, as_of, pillars, _statable(reviews), _askable(reviews))


def _statable(reviews: Sequence[QuestionReview]) -> tuple[Statable, ...]:
    found = [
        Statable(
            entry,
            tuple(sorted({result.rule for result in entry.unknown})),
            tuple(sorted({missing for result in entry.unknown for missing in result.missing})),
        )
        for review in reviews
        for entry in review.with_answer(Answer.OPEN)
        if entry.unknown
    ]
    return tuple(sorted(found, key=lambda statable: RISKS.index(statable.entry.practice.risk)))


def _askable(reviews: Sequence[QuestionReview]) -> tuple[Askable, ...]:
    found: list[Askable] = []
    for risk in RISKS:
        for review in reviews:
            unanswered = [e for e in review.with_answer(Answer.OPEN) if not e.unknown and e.practice.risk == risk]
            if unanswered:
                found.append(Askable(review.question, risk, tuple(unanswered)))
    return tuple(found)

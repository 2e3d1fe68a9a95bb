"""Coverage: which of the framework's practices were checked here, attested, or are open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from archgraph.model.model import Attestation, Model
from archgraph.rules.framework import Practice, practices
from archgraph.rules.results import Result, Results, Status


class Answer(StrEnum):
    """How a practice is answered for a model."""

    CHECKED = "checked"
    ATTESTED = "attested"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class PracticeCoverage:
    """What is known about one practice: who answered it, and the counts of its rules' results.

    ``rules`` are those of the rules mapped to it that passed or failed here; ``waived`` are failures
    too, because an accepted risk was found. ``unknown`` are the results that the model does not
    decide: what they miss would check the practice, or check more of it.
    """

    practice: Practice
    answer: Answer
    rules: tuple[str, ...] = ()
    passed: int = 0
    failed: int = 0
    waived: int = 0
    unknown: tuple[Result, ...] = ()
    attestation: Attestation | None = None


def coverage(results: Results, model: Model, as_of: date) -> list[PracticeCoverage]:
    """One entry for each practice, in the framework's order.

    A practice is checked only if a mapped rule passed or failed on this model; attested if it is
    not checked and an attestation is valid on that day; open otherwise.
    """
    mapped: dict[str, list[Result]] = {}
    for result in results.results:
        if result.status is not Status.NOT_APPLICABLE:
            for practice_id in result.practices:
                mapped.setdefault(practice_id, []).append(result)
    attested = {a.practice: a for a in sorted(model.attestations, key=lambda a: a.date) if a.date <= as_of <= a.expires}
    return [
        _covered(practice, mapped.get(practice.id, []), attested.get(practice.id)) for practice in practices().values()
    ]


def _covered(practice: Practice, results: Sequence[Result], attestation: Attestation | None) -> PracticeCoverage:
    unknown = tuple(result for result in results if result.status is Status.UNKNOWN)
    decided = [result for result in results if result.status is not Status.UNKNOWN]
    counts = {status: sum(result.status is status for result in decided) for status in Status}
    return PracticeCoverage(
        practice,
        Answer.CHECKED if decided else Answer.ATTESTED if attestation else Answer.OPEN,
        tuple(sorted({result.rule for result in decided})),
        counts[Status.PASS],
        counts[Status.FAIL],
        counts[Status.WAIVED],
        unknown,
        attestation,
    )

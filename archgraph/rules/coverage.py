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

    ``rules`` are those of the rules mapped to it that passed or failed here; ``failed`` counts
    waived results too, because an accepted risk was found.
    """

    practice: Practice
    answer: Answer
    rules: tuple[str, ...] = ()
    passed: int = 0
    failed: int = 0
    attestation: Attestation | None = None


def coverage(results: Results, model: Model, as_of: date) -> list[PracticeCoverage]:
    """One entry for each practice, in the framework's order.

    A practice is checked only if a mapped rule passed or failed on this model; attested if it is
    not checked and an attestation is valid on that day; open otherwise.
    """
    decided: dict[str, list[Result]] = {}
    for result in results.results:
        if result.status in (Status.PASS, Status.FAIL, Status.WAIVED):
            for practice_id in result.practices:
                decided.setdefault(practice_id, []).append(result)
    attested = {a.practice: a for a in sorted(model.attestations, key=lambda a: a.date) if a.date <= as_of <= a.expires}
    return [
        _covered(practice, decided.get(practice.id, []), attested.get(practice.id)) for practice in practices().values()
    ]


def _covered(practice: Practice, decided: Sequence[Result], attestation: Attestation | None) -> PracticeCoverage:
    answer = Answer.CHECKED if decided else Answer.ATTESTED if attestation else Answer.OPEN
    passed = sum(result.status is Status.PASS for result in decided)
    rules = tuple(sorted({result.rule for result in decided}))
    return PracticeCoverage(practice, answer, rules, passed, len(decided) - passed, attestation)

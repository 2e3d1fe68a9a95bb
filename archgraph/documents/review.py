"""``review.md``: a model by the framework's pillars, questions and practices, and what to answer next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archgraph.documents.templates import page_environment
from archgraph.markdown import code, escaped
from archgraph.rules.coverage import Answer, PracticeCoverage
from archgraph.rules.framework import REVISION
from archgraph.rules.results import Pillar
from archgraph.rules.review import Askable, QuestionReview, Review

MOST_NAMED = 5
"""How many missing properties one line names; the findings list all of them."""


@dataclass(frozen=True, slots=True)
class PillarRow:
    """The counts of a pillar."""

    title: str
    checked: int
    attested: int
    open: int
    open_high: int


def review_page(review: Review) -> str:
    """The page as Markdown, ending in one newline."""
    page = (
        page_environment()
        .get_template("review.md.j2")
        .render(
            model=review.model,
            as_of=review.as_of.isoformat(),
            revision=REVISION,
            rows=[_pillar_row(pillar, questions) for pillar, questions in review.pillars],
            state=[(found.entry.practice, found.rules, _some(found.missing)) for found in review.state],
            ask=[(found.question, found.practices) for found in review.ask if found.risk == "high"],
            later=_later(review.ask),
            not_met=[e for e in review.practices if e.attestation and e.attestation.answer == "not_met"],
            pillars=review.pillars,
            told=_told,
        )
    )
    return page.rstrip("\n") + "\n"


def _pillar_row(pillar: Pillar, questions: Sequence[QuestionReview]) -> PillarRow:
    entries = [entry for question in questions for entry in question.practices]
    counts = {answer: sum(entry.answer is answer for entry in entries) for answer in Answer}
    high = sum(entry.answer is Answer.OPEN and entry.practice.risk == "high" for entry in entries)
    return PillarRow(pillar.value, counts[Answer.CHECKED], counts[Answer.ATTESTED], counts[Answer.OPEN], high)


def _some(names: Sequence[str]) -> str:
    """The first few names as code, and how many more there are."""
    shown = ", ".join(code(name) for name in names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def _later(ask: Sequence[Askable]) -> int:
    return sum(len(found.practices) for found in ask if found.risk != "high")


def _told(entry: PracticeCoverage) -> str:
    """Who answered a practice, and how, as Markdown; what an open one still misses."""
    return "; ".join(_parts(entry))


def _parts(entry: PracticeCoverage) -> Iterator[str]:
    if entry.rules:
        counts = {"failed": entry.failed, "waived": entry.waived, "passed": entry.passed}
        said = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
        yield f"{', '.join(code(rule) for rule in entry.rules)}: {said}"
    if entry.unknown:
        rules = sorted({result.rule for result in entry.unknown})
        noun = "result" if len(entry.unknown) == 1 else "results"
        yield f"{len(entry.unknown)} {noun} not known ({', '.join(code(rule) for rule in rules)})"
    attestation = entry.attestation
    if attestation is not None:
        answer = attestation.answer.replace("_", " ")
        said = f"{answer}, says {escaped(attestation.owner)}, {attestation.date} until {attestation.expires}"
        yield f"{said}: {escaped(attestation.evidence)}" if attestation.evidence else said

"""Housekeeping: rules about the waivers and attestations themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archgraph.model.model import Attestation, Model, Waiver
from archgraph.model.selectors import select
from archgraph.rules.framework import REVISION, practices
from archgraph.rules.registry import builtin_rules, rule
from archgraph.rules.results import Pillar, Result, Severity, Status
from archgraph.rules.rule import Conclusion, Context, Parameter, Remediation, failed, not_applicable, passed
from archgraph.rules.waivers import LONGEST_WAIVER, last_day, months_after
from archgraph.source.diagnostics import Location, did_you_mean

_MAX_MONTHS = Parameter(
    "max_months", LONGEST_WAIVER["max_months"], "The longest span of a waiver, in months", minimum=1
)
_WAIVER_PAGE = "https://docs.aws.amazon.com/wellarchitected/latest/framework/ops_priorities_eval_tradeoffs.html"
_LENS_PAGE = "https://docs.aws.amazon.com/wellarchitected/latest/userguide/intro.html"


@dataclass(frozen=True, slots=True)
class _Statement:
    """A waiver or an attestation as the subject of a rule."""

    id: str
    location: Location


def _waiver_subject(waiver: Waiver) -> _Statement:
    """A waiver's identity: its rule, selectors and the day it was accepted."""
    name = f"waiver of {waiver.rule} for {', '.join(waiver.selectors)} since {waiver.accepted}"
    return _Statement(name, waiver.location)


@rule(
    id="ops-waiver-expired",
    title="No waiver has expired",
    pillar=Pillar.OPERATIONAL_EXCELLENCE,
    severity=Severity.MEDIUM,
    population="""Every waiver of the model. Fails once its last day has passed; the findings it
    covered are back.""",
    rationale="An accepted risk is accepted for a time. When that has passed, somebody decides again.",
    remediation=Remediation(
        "Remove the waiver, or accept the risk anew with a new date.",
        """
waivers:
  - {rule: sec-public-entry-without-waf, elements: [cdn], reason: static preview, owner: shop-team,
     accepted: 2027-04-01, expires: 2027-09-30}
""",
    ),
    false_positives="None: the date is the author's own.",
    references=[_WAIVER_PAGE],
    housekeeping=True,
)
def waiver_expired(context: Context) -> Iterator[Conclusion]:
    for waiver, subject in _waivers(context.model):
        if waiver.expires >= context.as_of:
            yield passed(subject, f"holds until {waiver.expires}")
            continue
        yield failed(
            subject,
            f"expired on {waiver.expires}",
            evidence=[f"judged as of {context.as_of}", f"owner: {waiver.owner}", f"reason: {waiver.reason}"],
            fix="remove the waiver, or accept the risk anew with a later 'expires'",
        )


@rule(
    id="ops-waiver-too-long",
    title="No waiver is accepted for longer than the longest span",
    pillar=Pillar.OPERATIONAL_EXCELLENCE,
    severity=Severity.LOW,
    population="Every waiver of the model. Fails if it spans more months than `max_months`; it then holds "
    "for the longest span only.",
    rationale="A risk that is accepted for years is forgotten, not accepted.",
    remediation=Remediation(
        "Let it expire within the longest span.",
        """
waivers:
  - {rule: rel-single-az-component, elements: [reports-db], reason: rebuilt nightly, owner: data-team,
     accepted: 2026-10-01, expires: 2027-09-30}
""",
    ),
    false_positives="An organization with another policy sets `max_months`.",
    references=[_WAIVER_PAGE],
    parameters=[_MAX_MONTHS],
    housekeeping=True,
)
def waiver_too_long(context: Context) -> Iterator[Conclusion]:
    months = context.parameters["max_months"]
    for waiver, subject in _waivers(context.model):
        latest = months_after(waiver.accepted, months)
        if waiver.expires <= latest:
            yield passed(subject, f"spans no more than {months} months")
            continue
        yield failed(
            subject,
            f"spans more than {months} months; it holds until {last_day(waiver, months)}",
            evidence=[f"accepted {waiver.accepted}, expires {waiver.expires}"],
            fix=f"let it expire on {latest} or before",
        )


@rule(
    id="ops-waiver-unused",
    title="Every waiver covers a finding",
    pillar=Pillar.OPERATIONAL_EXCELLENCE,
    severity=Severity.LOW,
    population="Every waiver that is in force and whose rule ran. Fails if its rule does not exist or cannot "
    "be waived, if a selector matches nothing, or if nothing that it matches fails.",
    rationale="A waiver that covers nothing hides the next finding that it happens to match.",
    remediation=Remediation(
        "Remove the waiver, or correct its rule or selectors.",
        """
waivers:
  - {rule: sec-public-entry-without-waf, elements: [cdn], reason: static preview, owner: shop-team,
     accepted: 2026-10-01, expires: 2027-03-31}
""",
    ),
    false_positives="""A waiver kept for a variant of the model that has the finding belongs in that
    variant's file.""",
    references=[_WAIVER_PAGE],
    housekeeping=True,
)
def waiver_unused(context: Context) -> Iterator[Conclusion]:
    by_rule: dict[str, list[Result]] = {}
    for result in context.concluded:
        by_rule.setdefault(result.rule, []).append(result)
    waivable = {r.id for r in builtin_rules() if not r.housekeeping} | set(context.ran)
    waivable -= {r.id for r in builtin_rules() if r.housekeeping}
    for waiver, subject in _waivers(context.model):
        faults = _faults(context.model, waiver, waivable, by_rule.get(waiver.rule, []))
        if waiver not in context.in_force:
            yield not_applicable(subject, f"not in force on {context.as_of}")
        elif waiver.rule in waivable and waiver.rule not in context.ran:
            yield not_applicable(subject, f"{waiver.rule} was not run")
        elif not faults:
            yield passed(subject, f"covers what {waiver.rule} finds")
        else:
            yield failed(subject, faults[0], evidence=faults, fix="remove the waiver, or correct its rule or selectors")


@rule(
    id="ops-attestation-not-counted",
    title="Every attestation counts",
    pillar=Pillar.OPERATIONAL_EXCELLENCE,
    severity=Severity.LOW,
    population="""Every attestation of the model. Fails if it has expired, or if the framework has no
    such practice.""",
    rationale="""An answer that is out of date or about nothing leaves the practice open, and looks as
    if it did not.""",
    remediation=Remediation(
        "Answer the practice anew, or correct its id.",
        """
attestations:
  - {practice: OPS02-BP01, answer: met, owner: shop-team, date: 2026-10-01, expires: 2027-10-01,
     evidence: docs/owners.md}
""",
    ),
    false_positives="None: dates and ids are the author's own.",
    references=[_LENS_PAGE],
    housekeeping=True,
)
def attestation_not_counted(context: Context) -> Iterator[Conclusion]:
    seen: set[str] = set()
    for attestation in context.model.attestations:
        subject = _attestation_subject(attestation, seen)
        if attestation.practice not in practices():
            hint = did_you_mean(attestation.practice, practices())
            evidence = [f"the framework's revision of {REVISION} has no practice {attestation.practice}"]
            yield failed(
                subject,
                f"{attestation.practice} is not a practice",
                evidence=evidence,
                fix=hint or "name a practice, like OPS02-BP01",
            )
        elif attestation.expires < context.as_of:
            yield failed(
                subject,
                f"expired on {attestation.expires}; the practice is open again",
                evidence=[f"judged as of {context.as_of}", f"owner: {attestation.owner}"],
                fix="answer the practice anew, with a later 'expires'",
            )
        else:
            yield passed(subject, f"counts until {attestation.expires}")


def _waivers(model: Model) -> Iterator[tuple[Waiver, _Statement]]:
    """Every waiver with its identity; a second one that says the same is numbered."""
    seen: set[str] = set()
    for waiver in model.waivers:
        subject = _waiver_subject(waiver)
        yield waiver, _Statement(_unique(subject.id, seen), subject.location)


def _attestation_subject(attestation: Attestation, seen: set[str]) -> _Statement:
    name = f"attestation of {attestation.practice} on {attestation.date}"
    return _Statement(_unique(name, seen), attestation.location)


def _unique(name: str, seen: set[str]) -> str:
    number = 1
    candidate = name
    while candidate in seen:
        number += 1
        candidate = f"{name} ({number})"
    seen.add(candidate)
    return candidate


def _faults(model: Model, waiver: Waiver, waivable: set[str], results: list[Result]) -> list[str]:
    """Why a waiver does not do what it says, if it does not."""
    if waiver.rule not in waivable:
        hint = did_you_mean(waiver.rule, sorted(waivable))
        return [f"there is no rule {waiver.rule} to waive" + (f"; {hint}" if hint else "")]
    needed = {r.element for r in results if r.status in (Status.UNKNOWN, Status.WAIVED)}
    faults: list[str] = []
    for selector in waiver.selectors:
        try:
            matched = select(model, [selector])
        except ValueError as error:
            faults.append(str(error))
            continue
        if not matched:
            faults.append(f"{selector} matches nothing")
        elif needed.isdisjoint(matched):
            faults.append(f"nothing that {selector} matches fails {waiver.rule}")
    return faults

"""Rules about waivers: they end, cover something, and accept only what a team may accept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archgraph.model.model import Model, Waiver
from archgraph.model.selectors import select
from archgraph.rules.housekeeping.statements import Statement, statement
from archgraph.rules.registry import rule
from archgraph.rules.results import Pillar, Result, Severity, Status
from archgraph.rules.rule import Conclusion, Context, Parameter, Remediation, failed, not_applicable, passed
from archgraph.rules.waivers import LONGEST_WAIVER, last_day, months_after
from archgraph.source.diagnostics import did_you_mean

_MAX_MONTHS = Parameter(
    "max_months", LONGEST_WAIVER["max_months"], "The longest span of a waiver, in months", minimum=1
)
_MAX_ELEMENTS = Parameter("max_elements", 20, "How many elements and flows one selector may match", minimum=1)
_PAGE = "https://docs.aws.amazon.com/wellarchitected/latest/framework/ops_priorities_eval_tradeoffs.html"


@rule(
    id="ops-waiver-expired",
    title="No waiver has expired",
    pillar=Pillar.OPERATIONAL_EXCELLENCE,
    severity=Severity.MEDIUM,
    population="""Every waiver of the model. Fails once its last day, or the longest span, has
    passed; the findings it covered are back.""",
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
    references=[_PAGE],
    housekeeping=True,
)
def waiver_expired(context: Context) -> Iterator[Conclusion]:
    for waiver, subject in _waivers(context.model):
        if waiver.accepted > context.as_of:
            yield passed(subject, f"begins on {waiver.accepted}")
            continue
        if waiver in context.in_force:
            yield passed(subject, f"holds on {context.as_of}")
            continue
        over = waiver.expires < context.as_of
        yield failed(
            subject,
            f"expired on {waiver.expires}" if over else "holds no longer: the longest span has passed",
            evidence=[f"judged as of {context.as_of}", *_accepted(waiver)],
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
    references=[_PAGE],
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
    population="Every waiver that is in force and whose rule ran. Fails if its rule does not exist, if a "
    "selector matches nothing, or if nothing that it matches fails or is unknown.",
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
    references=[_PAGE],
    housekeeping=True,
)
def waiver_unused(context: Context) -> Iterator[Conclusion]:
    for waiver, subject in _waivers(context.model):
        rule = context.known.get(waiver.rule)
        if waiver not in context.in_force:
            yield not_applicable(subject, f"not in force on {context.as_of}")
        elif rule is not None and not rule.waivable:
            yield not_applicable(subject, f"{rule.id} cannot be waived")
        elif rule is not None and rule.id not in context.ran:
            yield not_applicable(subject, f"{rule.id} was not run")
        elif faults := _faults(context, waiver, context.concluded.get(waiver.rule, ())):
            yield failed(subject, faults[0], evidence=faults, fix="remove the waiver, or correct its rule or selectors")
        else:
            yield passed(subject, f"covers what {waiver.rule} finds or cannot decide")


@rule(
    id="ops-waiver-not-allowed",
    title="Every waiver is of a rule that may be waived",
    pillar=Pillar.OPERATIONAL_EXCELLENCE,
    severity=Severity.HIGH,
    population="Every waiver of the model. Fails if its rule cannot be waived; what it names stays a finding.",
    rationale="Some risks are not a team's to accept. A waiver of such a rule looks like a decision and is none.",
    remediation=Remediation(
        "Remove the waiver and mend what the rule finds.",
        """
elements:
  prod: {type: Account, account_id: "011122223333", owner: shop-team}
waivers: []
""",
    ),
    false_positives="None: the rule itself says that it cannot be waived.",
    references=[_PAGE],
    housekeeping=True,
)
def waiver_not_allowed(context: Context) -> Iterator[Conclusion]:
    for waiver, subject in _waivers(context.model):
        rule = context.known.get(waiver.rule)
        if rule is None or rule.waivable:
            yield passed(subject, f"{waiver.rule} may be waived" if rule else f"there is no rule {waiver.rule}")
            continue
        yield failed(
            subject,
            f"{waiver.rule} cannot be waived",
            evidence=_accepted(waiver),
            fix="remove the waiver, and mend what the rule finds",
        )


@rule(
    id="ops-waiver-too-broad",
    title="Every selector of a waiver matches few elements",
    pillar=Pillar.OPERATIONAL_EXCELLENCE,
    severity=Severity.LOW,
    population="Every waiver of the model. Fails if one of its selectors (a glob, `type:`, `in:` or `tag:`) "
    "matches more than `max_elements` elements and flows. The waiver still holds.",
    rationale="A risk is accepted for things that somebody looked at. A wide selector also accepts it for what "
    "is added tomorrow.",
    remediation=Remediation(
        "Name the elements, or choose a narrower selector.",
        """
waivers:
  - {rule: ops-log-retention-undefined, elements: [audit-logs, "trail-*"], reason: legal hold, owner: legal,
     accepted: 2026-10-01, expires: 2027-09-30}
""",
    ),
    false_positives="A risk that was accepted for a whole account: set `max_elements`, or leave the rule out.",
    references=[_PAGE],
    parameters=[_MAX_ELEMENTS],
    housekeeping=True,
)
def waiver_too_broad(context: Context) -> Iterator[Conclusion]:
    most = context.parameters["max_elements"]
    for waiver, subject in _waivers(context.model):
        broad = [
            f"{selector} matches {count} elements and flows"
            for selector in waiver.selectors
            if (count := len(_matched(context.model, selector)[0])) > most
        ]
        if broad:
            fix = f"name the elements, or selectors that match no more than {most}"
            yield failed(subject, broad[0], evidence=broad, fix=fix)
        else:
            yield passed(subject, f"no selector matches more than {most}")


def _waivers(model: Model) -> Iterator[tuple[Waiver, Statement]]:
    """Every waiver with its identity; a second one that says the same is numbered."""
    seen: set[str] = set()
    for waiver in model.waivers:
        name = f"waiver of {waiver.rule} for {', '.join(waiver.selectors)} since {waiver.accepted}"
        yield waiver, statement(name, waiver.location, seen)


def _accepted(waiver: Waiver) -> list[str]:
    """Who accepted what it covers, and why."""
    return [f"owner: {waiver.owner}", f"reason: {waiver.reason}"]


def _matched(model: Model, selector: str) -> tuple[list[str], str]:
    """What a selector matches; or what is wrong with it."""
    try:
        return select(model, [selector]), ""
    except ValueError as error:
        return [], str(error)


def _faults(context: Context, waiver: Waiver, results: Sequence[Result]) -> list[str]:
    """Why a waiver does not do what it says, if it does not."""
    if waiver.rule not in context.known:
        hint = did_you_mean(waiver.rule, [rule.id for rule in context.known.values() if rule.waivable])
        return [f"there is no rule {waiver.rule} to waive" + (f"; {hint}" if hint else "")]
    needed = {r.element for r in results if r.status in (Status.UNKNOWN, Status.WAIVED)}
    faults: list[str] = []
    for selector in waiver.selectors:
        matched, wrong = _matched(context.model, selector)
        if not matched:
            faults.append(wrong or f"{selector} matches nothing")
        elif needed.isdisjoint(matched):
            faults.append(f"nothing that {selector} matches fails {waiver.rule} or is unknown")
    return faults

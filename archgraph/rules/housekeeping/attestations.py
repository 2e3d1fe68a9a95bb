"""The rule about attestations: they count, or the practice is open."""

from __future__ import annotations

from collections.abc import Iterator

from archgraph.rules.framework import REVISION, practices
from archgraph.rules.housekeeping.statements import statement
from archgraph.rules.registry import rule
from archgraph.rules.results import Pillar, Severity
from archgraph.rules.rule import Conclusion, Context, Remediation, failed, passed
from archgraph.source.diagnostics import did_you_mean

_PAGE = "https://docs.aws.amazon.com/wellarchitected/latest/userguide/intro.html"


@rule(
    id="ops-attestation-not-counted",
    title="Every attestation counts",
    pillar=Pillar.OPERATIONAL_EXCELLENCE,
    severity=Severity.LOW,
    population="""Every attestation of the model. Fails if it has expired, if its date is still to come, or if
    the framework has no such practice.""",
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
    references=[_PAGE],
    housekeeping=True,
)
def attestation_not_counted(context: Context) -> Iterator[Conclusion]:
    seen: set[str] = set()
    for attestation in context.model.attestations:
        name = f"attestation of {attestation.practice} on {attestation.date}"
        subject = statement(name, attestation.location, seen)
        if attestation.practice not in practices():
            hint = did_you_mean(attestation.practice, practices())
            evidence = [f"the framework's revision of {REVISION} has no practice {attestation.practice}"]
            yield failed(
                subject,
                f"{attestation.practice} is not a practice",
                evidence=evidence,
                fix=hint or "name a practice, like OPS02-BP01",
            )
        elif attestation.date > context.as_of:
            yield failed(
                subject,
                f"dated {attestation.date}, which is still to come; the practice is open",
                evidence=[f"judged as of {context.as_of}", f"owner: {attestation.owner}"],
                fix="state the 'date' on which the practice was answered",
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

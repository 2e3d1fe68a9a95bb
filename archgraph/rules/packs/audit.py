"""Security: who did what, in every account and Region."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archgraph.model.model import Absent, Element, ElementId, Model
from archgraph.rules.registry import rule
from archgraph.rules.results import Pillar, Severity
from archgraph.rules.rule import (
    Conclusion,
    Context,
    Remediation,
    failed,
    not_applicable,
    passed,
    unknown,
)


@rule(
    id="sec-audit-trail-incomplete",
    title="A multi-Region trail records every account in use",
    pillar=Pillar.SECURITY,
    practices={"SEC04-BP01": "Configure service and application logging"},
    severity=Severity.HIGH,
    population="""Every account in which the model places something. Passes if a trail of the account, or
    an organization trail of its organization, records management events of all Regions; fails if there is
    none, if it records one Region only, or leaves management events out; unknown if the model does not
    say whether a trail covers all Regions or the organization; does not apply to an empty account.""",
    rationale="""The Regions that nobody uses are where intruders work unseen. CloudTrail's event history
    keeps 90 days, per account and Region, and whoever investigates needs longer and all of them.""",
    remediation=Remediation(
        """Create one organization trail for all Regions that delivers to the log archive. If another
        model holds it, draw it here as external.""",
        """
elements:
  org-trail: {type: CloudTrail, in: management.eu-west-1, organization: true, multi_region: true, bucket: central-logs}
  trail-of-the-organization: {type: CloudTrail, external: true, organization: true, multi_region: true}
""",
    ),
    false_positives="""An account whose trail is part of another model: draw that trail with
    `external: true`. An event data store of CloudTrail Lake that records the same: waive the finding
    naming it.""",
    references=[
        "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudtrail-controls.html#cloudtrail-1",
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-trail-organization.html",
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html",
        "https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html",
    ],
)
def audit_trail_incomplete(context: Context) -> Iterator[Conclusion]:
    model = context.model
    trails = list(model.of_type("CloudTrail"))
    own: dict[ElementId, list[Element]] = {}
    for trail in trails:
        if trail.account is not None:
            own.setdefault(trail.account, []).append(trail)
    shared: dict[ElementId | None, list[Element]] = {}
    for trail in trails:
        if trail.properties.get("organization") is not False:
            shared.setdefault(_organization(model, trail.account), []).append(trail)
    used = _regions_in_use(model)
    for account in context.of_type("Account"):
        if account.id not in used:
            yield not_applicable(account, "the model places nothing in it")
            continue
        organization = _organization(model, account.id)
        others = [trail for trail in shared.get(organization, ()) if organization is not None]
        others += [trail for trail in shared.get(None, ()) if trail.external and trail not in others]
        mine = own.get(account.id, [])
        yield _recorded(account, sorted(used[account.id]), mine, [t for t in others if t not in mine])


def _organization(model: Model, account: ElementId | None) -> ElementId | None:
    """The organization in which an account stands, if the model draws it."""
    current = model.elements.get(account) if account is not None else None
    while current is not None and current.type.name != "Organization":
        current = model.elements.get(current.parent) if current.parent is not None else None
    return current.id if current is not None else None


def _regions_in_use(model: Model) -> dict[ElementId, set[str]]:
    """The Regions in which each account has something; none for what is global."""
    used: dict[ElementId, set[str]] = {}
    for element in model.elements.values():
        if element.account is not None and not element.external and element.type.name != "CloudTrail":
            regions = used.setdefault(element.account, set())
            if element.region is not None:
                regions.add(element.region)
    return used


def _recorded(account: Element, regions: list[str], mine: Sequence[Element], others: Sequence[Element]) -> Conclusion:
    reasons: list[str] = []
    missing: list[str] = []
    for trail in (*mine, *others):
        gaps, unsaid = _gaps(trail, shared=trail in others)
        if not gaps and not unsaid:
            return passed(account, f"{trail.id} records it in all Regions")
        reasons += gaps
        if not gaps:
            missing += unsaid
    if missing:
        return unknown(account, "the model does not say whether a trail covers it", missing=missing)
    uses = f"{account.id} uses {', '.join(regions)}" if regions else f"{account.id} uses global services"
    return failed(
        account,
        "is not recorded in all Regions",
        evidence=[uses, *(reasons or ["no trail of the model records it"])],
        fix="add an organization trail, or a trail of its own, with 'multi_region: true'",
    )


def _gaps(trail: Element, *, shared: bool) -> tuple[list[str], list[str]]:
    """Why a trail does not record all of an account, and what it does not say."""
    gaps: list[str] = []
    unsaid: list[str] = []
    wanted = {"multi_region": f"{trail.id} records {trail.region or 'one Region'} only"}
    if shared:
        wanted["organization"] = f"{trail.id} records its own account only"
    for name, gap in wanted.items():
        stated = trail.properties.get(name)
        if stated is False or stated is Absent.NONE:
            gaps.append(gap)
        elif stated is not True:
            unsaid.append(f"{trail.id}.{name}")
    if trail.properties.get("management_events") is False:
        gaps.append(f"{trail.id} leaves management events out")
    return gaps, unsaid

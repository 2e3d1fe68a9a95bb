"""Cost Optimization: who pays for what, and who hears when it becomes too much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from archgraph.catalog.types import ElementType
from archgraph.model.model import Absent, Element, ElementId, Model
from archgraph.rules.registry import rule
from archgraph.rules.results import Pillar, Severity
from archgraph.rules.rule import (
    Conclusion,
    Context,
    Parameter,
    Remediation,
    failed,
    not_applicable,
    passed,
    unknown,
)

_BILLED = frozenset({"Compute", "Database", "Edge", "LoadBalancing", "Messaging", "Storage"})
"""Categories of what shows on a bill and takes tags."""

_FREE = frozenset({"Actor", "Data", "Delivery", "External", "Governance", "Identity", "Place"})
"""Categories in which nothing, or next to nothing, is billed by the hour or by use."""


_FREE_NETWORK = frozenset({
    "DhcpOptions", "EgressOnlyInternetGateway", "InternetGateway", "NetworkAcl", "PrefixList", "RouteTable",
    "SecurityGroup", "Subnet", "Vpc",
})  # fmt: skip
"""Parts of a VPC without a charge: https://docs.aws.amazon.com/vpc/latest/userguide/what-is-amazon-vpc.html"""


@rule(
    id="cost-allocation-tags-missing",
    title="Everything that costs money names who pays for it",
    pillar=Pillar.COST_OPTIMIZATION,
    practices={"COST03-BP02": "Add organization information to cost and usage"},
    severity=Severity.LOW,
    population="""Every account, and everything that computes, stores, sends messages, balances or serves at the
    edge. Passes with every tag of `tags`, its own or inherited from the place around it; capital letters,
    dashes, colons and underscores do not matter. Fails without; unknown if the model states no tags at all.
    Does not apply to what stands in an account that lacks the tags itself: tagging the account settles
    both.""",
    rationale="""Without them the bill is one number. Whoever could save does not see what they cause, and
    costs are shared by guess.""",
    remediation=Remediation(
        "State the tags once, on the account; all that stands in it inherits them. Activate them in Billing.",
        """
elements:
  shop-prod: {type: Account, environment: production, tags: {cost-center: shop}}
""",
    ),
    false_positives="""An organization that allocates by account and cost category needs the tag on no resource:
    set it on the accounts here all the same. One with other tags names these with `tags`.""",
    parameters=[Parameter("tags", ("cost-center",), "The keys of the tags that everything must have")],
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/cost_monitor_usage_org_information.html",
        "https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/cost-alloc-tags.html",
        "https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html",
    ],
)
def allocation_tags_missing(context: Context) -> Iterator[Conclusion]:
    model = context.model
    wanted = {_plain(tag): tag for tag in context.parameters["tags"]}
    judged = [element for element in model.whose_type(_is_billed) if not element.external]
    untagged = not any(element.tags for element in model.elements.values())
    lacking = {element.id: lacks for element in judged if (lacks := _lacks(element, wanted))}
    tagged = f"it has {', '.join(wanted.values())}"
    inside: dict[ElementId, int] = {}
    for id_ in lacking:
        account = model.elements[id_].account
        if account in lacking and account != id_:
            inside[account] = inside.get(account, 0) + 1
    for element in judged:
        lacks = lacking.get(element.id, [])
        if not lacks:
            yield passed(element, tagged)
        elif element.account in lacking and element.account != element.id:
            yield not_applicable(element, f"{element.account}, in which it stands, lacks the tags too")
        elif untagged:
            missing = [f"{element.id}.tags"]
            yield unknown(element, "the model states no tags at all", missing=missing)
        else:
            yield _unallocated(element, lacks, inside.get(element.id, 0))


def _is_billed(type_: ElementType) -> bool:
    return not type_.part and (type_.name == "Account" or type_.category in _BILLED)


@lru_cache(maxsize=4096)
def _plain(key: str) -> str:
    """A tag's key without what people write differently: ``Cost-Center``, ``cost_center``, ``CostCenter``."""
    return "".join(letter for letter in key.lower() if letter.isalnum())


def _lacks(element: Element, wanted: dict[str, str]) -> list[str]:
    stated = {_plain(key) for key, value in element.tags.items() if value.strip()}
    return [tag for plain, tag in wanted.items() if plain not in stated]


def _unallocated(element: Element, lacks: Sequence[str], inside: int) -> Conclusion:
    evidence = [f"neither it nor the place around it has the tag {tag}" for tag in lacks]
    if inside:
        evidence.append(f"nor do {inside} elements inside it" if inside > 1 else "nor does the element inside it")
    return failed(
        element,
        "names nobody who pays for it",
        evidence=evidence,
        fix=f"state 'tags: {{{lacks[0]}: ...}}' on {element.id}",
        at=element.where("tags"),
    )


@rule(
    id="cost-budget-missing",
    title="Every account has a budget",
    pillar=Pillar.COST_OPTIMIZATION,
    practices={"COST01-BP03": "Establish cloud budgets and forecasts"},
    severity=Severity.LOW,
    population="""Every account in which the model draws something that costs money. Passes with a budget for
    costs that tells somebody, in it or elsewhere if it watches the account, its unit or its organization; one in
    the management account that names none watches all. Fails without, or if it tells nobody; unknown if nobody
    says whom it tells, and for a member account if the model does not draw the management account, where
    budgets may be kept. Does not apply to accounts in which the model draws nothing that is billed.""",
    rationale="""The first word of a runaway loop, a forgotten cluster or stolen keys is usually the bill. A
    budget says it within a day.""",
    remediation=Remediation(
        "Set a budget in the account and let it tell somebody, before the limit is reached.",
        """
elements:
  shop-budget:
    type: Budget
    in: shop-prod
    amount: 900
    currency: USD
    period: monthly
    thresholds: [80%, 100%]
    forecast: true
    notifications: [ops]
""",
    ),
    false_positives="""A budget by tag or cost category in another account that covers this one: draw it with
    `watches`. Anomaly detection instead of a budget: waive it saying so.""",
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/"
        "cost_cloud_financial_management_budget_forecast.html",
        "https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-managing-costs.html",
    ],
)
def budget_missing(context: Context) -> Iterator[Conclusion]:
    model = context.model
    billed = {
        e.account
        for e in model.elements.values()
        if e.type.category not in _FREE and e.type.name not in _FREE_NETWORK and not e.external
    }
    covered: dict[ElementId, ElementId] = {}
    silent: dict[ElementId, ElementId] = {}
    for budget in model.of_type("Budget"):
        if budget.properties.get("kind", "cost") != "cost":
            continue
        watched = [element.id for element in model.targets(budget.id, "WATCHES")] or _paid_by(model, budget)
        for place in watched:
            (covered if _tells(model, budget) else silent).setdefault(place, budget.id)
    managed = any(account.get("role") == "management" for account in model.of_type("Account"))
    for account in context.of_type("Account"):
        budget_id = _covering(model, account, covered)
        unheard = _covering(model, account, silent) if budget_id is None else None
        if budget_id is not None:
            yield passed(account, f"{budget_id} watches its costs")
        elif unheard is not None:
            yield _unheard(account, model.elements[unheard])
        elif account.id not in billed:
            yield not_applicable(account, "the model draws nothing in it that is billed")
        elif _is_member(model, account) and not managed:
            missing = ["the management account and its budgets"]
            yield unknown(account, "budgets may be kept in the management account", missing=missing)
        else:
            yield failed(
                account,
                "has no budget",
                evidence=[f"no Budget stands in {account.id}, and none elsewhere watches it"],
                fix=f"add a Budget in {account.id}",
            )


def _tells(model: Model, budget: Element) -> bool:
    """Whether a budget tells somebody."""
    return bool(budget.get("notifications")) or any(flow.kind == "event" for flow in model.flows_from(budget.id))


def _unheard(account: Element, budget: Element) -> Conclusion:
    if budget.get("notifications") is Absent.UNKNOWN:
        missing = [f"{budget.id}.notifications"]
        return unknown(account, f"the model does not say whom {budget.id} tells", missing=missing)
    return failed(
        account,
        "has a budget that tells nobody",
        evidence=[f"{budget.id} watches its costs, and has no notifications"],
        fix=f"name somebody in 'notifications' of {budget.id}",
    )


def _paid_by(model: Model, budget: Element) -> list[ElementId]:
    """Whose costs a budget without filters measures: its account's, or all that the management account pays.

    "Viewing and creating budgets using billing views", on the primary view,
    https://docs.aws.amazon.com/cost-management/latest/userguide/access-data-budgets.html; the management
    account's data are those of all accounts: "Consolidating billing for AWS Organizations",
    https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/consolidated-billing.html
    """
    if budget.account is None:
        return []
    account = model.elements[budget.account]
    paid = [account.id]
    if account.get("role") == "management":
        paid += [organization.id for organization in model.of_type("Organization")]
        paid += [other.id for other in model.of_type("Account") if other.get("role") == "member"]
    return paid


def _is_member(model: Model, account: Element) -> bool:
    """Whether it is a member of an organization: so stated, or in a unit of one."""
    parent = model.elements[account.parent] if account.parent is not None else None
    in_unit = parent is not None and parent.type.name == "OrganizationalUnit"
    return account.get("role") == "member" or (in_unit and account.get("role") is Absent.UNKNOWN)


def _covering(model: Model, account: Element, covered: dict[ElementId, ElementId]) -> ElementId | None:
    """The budget that watches an account, its unit or its organization."""
    place: ElementId | None = account.id
    seen: set[ElementId] = set()
    while place is not None and place not in seen:
        if place in covered:
            return covered[place]
        seen.add(place)
        place = model.elements[place].parent
    return None

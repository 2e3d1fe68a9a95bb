"""Operational Excellence: owners and logs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

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

_NOT_OWNED = frozenset({"Actor", "External", "Data"})
"""Categories of things that nobody in the team runs."""


@rule(
    id="ops-owner-missing",
    title="Every resource has an owner",
    pillar=Pillar.OPERATIONAL_EXCELLENCE,
    practices={"OPS02-BP01": "Resources have identified owners"},
    severity=Severity.MEDIUM,
    population="""Every account and resource, but not parts of others, actors, data assets and systems
    outside AWS. Passes with an `owner`, its own, inherited from an enclosing place or the model's, or
    with an owner tag; unknown if these say `unknown`. An element inside a place without an owner is not
    counted again: giving the place an owner settles both.""",
    rationale="""When something breaks, has to be patched or costs too much, somebody must be known to
    decide. A resource without an owner is found by nobody until it fails.""",
    remediation=Remediation(
        "State `owner` once, on the model or on the enclosing account; everything inside inherits it.",
        """
id: web-shop
owner: shop-team                  # for all that names no other
elements:
  network: {type: Account, owner: platform-team}
""",
    ),
    false_positives="""An organization that keeps owners elsewhere, by account for example, sets the
    owner of the account here too, or names the tag that holds it with `owner_tags`.""",
    parameters=[
        Parameter("owner_tags", ("owner", "team"), "Keys of tags that name an owner; capital letters do not matter")
    ],
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/ops_ops_model_def_resource_owners.html",
        "https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html",
    ],
)
def owner_missing(context: Context) -> Iterator[Conclusion]:
    model = context.model
    keys = frozenset(key.lower() for key in context.parameters["owner_tags"])
    unowned: list[Element] = []
    unsaid: set[ElementId] = set()
    for element in model.whose_type(lambda type_: type_.category not in _NOT_OWNED):
        if element.part_of is not None or element.external:
            continue
        owner = _owner(model, element, keys)
        if isinstance(owner, str):
            yield passed(element, owner)
            continue
        unowned.append(element)
        if owner is Absent.UNKNOWN:
            unsaid.add(element.id)
    outermost, inside = _outermost(model, unowned)
    for element in unowned:
        place = outermost[element.id]
        if place != element.id:
            said = "is not said to have an owner" if place in unsaid else "has no owner"
            yield not_applicable(element, f"{place}, which encloses it, {said}")
        elif element.id in unsaid:
            yield unknown(element, "its owner is unknown", missing=[f"{element.id}.owner"])
        else:
            yield _unowned(element, inside.get(element.id, 0))


def _owner(model: Model, element: Element, keys: frozenset[str]) -> str | Absent:
    """Who owns an element: by itself, by the place around it, by the model or by a tag."""
    stated = element.properties.get("owner")
    if stated is Absent.NONE:
        return Absent.NONE
    named = Absent.UNKNOWN if stated is Absent.UNKNOWN else _read(element.owner or model.owner or "")
    if isinstance(named, str):
        return named
    tagged = [_read(value) for key, value in element.tags.items() if key.lower() in keys]
    owner = next((name for name in tagged if isinstance(name, str)), None)
    return owner or (Absent.UNKNOWN if Absent.UNKNOWN in (named, *tagged) else Absent.NONE)


@lru_cache(maxsize=1024)  # few teams own many things
def _read(name: str) -> str | Absent:
    word = name.strip().lower()
    return Absent.UNKNOWN if word == "unknown" else Absent.NONE if word in ("", "none") else name


def _unowned(element: Element, inside: int) -> Conclusion:
    stated = element.properties.get("owner") is Absent.NONE
    evidence = [f"{element.id}.owner is none" if stated else "neither it nor an enclosing place states an owner"]
    if inside:
        evidence.append(f"nor do {inside} elements inside it" if inside > 1 else "nor does the element inside it")
    return failed(
        element,
        "has no owner",
        evidence=evidence,
        fix=f"state 'owner' on {element.id}" if inside else "state 'owner' on it, or on its account",
    )


def _outermost(model: Model, unowned: list[Element]) -> tuple[dict[str, str], dict[str, int]]:
    """For each unowned element the outermost unowned place around it; and how many each encloses."""
    lacking = {element.id for element in unowned}
    found: dict[str, str] = {}
    for element in unowned:
        chain: list[str] = []
        current: ElementId | None = element.id
        outermost: str = element.id
        while current is not None and current not in chain:
            if current in found:
                outermost = found[current]
                break
            chain.append(current)
            if current in lacking:
                outermost = current
            current = model.elements[current].parent if current in model.elements else None
        found.update((id_, outermost) for id_ in chain if id_ in lacking)
    counts: dict[str, int] = {}
    for id_, place in found.items():
        if id_ != place:
            counts[place] = counts.get(place, 0) + 1
    return found, counts


@rule(
    id="ops-log-retention-undefined",
    title="Every log group has a retention period",
    pillar=Pillar.OPERATIONAL_EXCELLENCE,
    practices={"OPS08-BP02": "Analyze workload logs"},
    severity=Severity.LOW,
    population="""Every CloudWatch log group and every Lambda function, whose log group Lambda creates. Passes
    with a retention period, and in the delivery class, which keeps one day; fails where the model says that
    there is none, so that events are kept for ever; unknown where it says nothing. A function that writes to a
    log group of the model is judged there.""",
    rationale="""CloudWatch Logs keeps events indefinitely unless a retention period is set. Logs that
    nobody decided to keep cost money, and logs that somebody needs are not protected by that decision.""",
    remediation=Remediation(
        "Set `retention` on the log group, or `log_retention` on the function.",
        """
elements:
  app-logs: {type: LogGroup, in: shop-prod.eu-west-1, retention: 90d}
  resize: {type: LambdaFunction, in: shop-prod.eu-west-1, log_retention: 30d}
""",
    ),
    false_positives="""Logs that must be kept for ever, by law for example: waive the finding with
    that reason, or export them to storage made for it.""",
    references=[
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html",
    ],
)
def log_retention_undefined(context: Context) -> Iterator[Conclusion]:
    for group in context.of_type("LogGroup"):
        yield _retention(group, "retention")
    for function in context.of_type("LambdaFunction"):
        stated = "log_retention" in function.properties
        if stated or not context.model.references_from(function.id, "LOGS_TO"):
            yield _retention(function, "log_retention")
        else:
            yield not_applicable(function, "its log group is judged for itself")


def _retention(element: Element, name: str) -> Conclusion:
    if element.properties.get("class") == "delivery":
        return passed(element, "its class keeps logs for one day")
    period = element.get(name)
    if period is Absent.UNKNOWN:
        return unknown(element, "the model does not say how long its logs are kept", missing=[f"{element.id}.{name}"])
    if period is Absent.NONE:
        return failed(
            element,
            "its logs are kept for ever",
            evidence=[f"{element.id}.{name} is none: CloudWatch Logs never expires the events"],
            fix=f"state a period, like '{name}: 90d'",
            at=element.where(name),
        )
    return passed(element, f"its logs are kept for {period}")

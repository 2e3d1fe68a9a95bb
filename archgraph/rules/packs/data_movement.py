"""Security: where sensitive data goes, and where it may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from archgraph.analysis.data_flows import DataFlows, copies_all, data_flows, receivers
from archgraph.model.model import Absent, Element, ElementId, Flow, Model
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
from archgraph.rules.severity import is_production

_MOST_SHOWN = 20
"""How many of the places of an asset evidence names."""

_CLASSIFICATION_PAGE = (
    "https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_data_classification_define_protection.html"
)


@rule(
    id="sec-data-flows-to-lower-zone",
    title="Sensitive data stays where it is protected as it must be",
    pillar=Pillar.SECURITY,
    practices={"SEC07-BP02": "Apply data protection controls based on data sensitivity"},
    severity=Severity.HIGH,
    population="""Every flow that carries a data asset, and every log group that holds one. For confidential and
    restricted data it fails if production hands it to another environment that does not protect it alike
    (`protected_environments`), copies of a whole store included, if a SaaS service gets it without a data
    processing agreement, if a system of another organization gets it that is not said to hold it, or if logs
    hold it unmasked. Passes if both ends are of one environment or the receiver is said to protect it; unknown
    if the environment, the agreement, the masking or the classification is not stated. Does not apply to
    people, who see what is theirs, nor to less sensitive data.""",
    rationale="""Data is as safe as the least careful place that has it. Copies in test systems, at third
    parties and in logs have more readers and fewer controls than the original.""",
    remediation=Remediation(
        "Leave the data out, mask or tokenize it first, or give the receiver the same protection and say so.",
        """
elements:
  payments: {type: SaasService, data_processing_agreement: true, holds: [order]}
  app-logs: {type: LogGroup, in: shop-prod.eu-west-1, data_protection: true, holds: [order]}
flows:
  - charge -> payments: {protocol: https, carries: [order]}
""",
    ),
    false_positives="""Data that was masked on the way is another data asset: draw it as one, with its own
    classification. A test environment that is protected like production: waive it naming the controls.""",
    parameters=[
        Parameter("classifications", ("confidential", "restricted"), "The classifications that this rule is about"),
        Parameter(
            "protected_environments",
            ("shared", "shared-services", "security", "logs", "log-archive", "backup", "dr", "disaster-recovery"),
            "Environments other than production that protect its data as production does",
        ),
    ],
    references=[
        _CLASSIFICATION_PAGE,
        "https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/sec_permissions_share_securely_third_party.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/mask-sensitive-log-data.html",
    ],
)
def data_flows_to_lower_zone(context: Context) -> Iterator[Conclusion]:
    model, known = context.model, data_flows(context.model)
    sensitive = frozenset(context.parameters["classifications"])
    alike = frozenset(name.lower() for name in context.parameters["protected_environments"])
    for flow in model.flows.values():
        assets = known.carried.get(flow.id) or (tuple(known.stored.get(flow.source, ())) if copies_all(flow) else ())
        if assets:
            yield _judged(model, flow, assets, sensitive, _lower_end(model, flow, assets, alike))
    for group in context.of_type("LogGroup"):
        if group.id in known.stored:
            yield _judged(model, group, list(known.stored[group.id]), sensitive, _masking(group))


_Zone = tuple[bool | None, str, str]
"""Whether the data is as protected as before (``None`` if not stated), why, and what to state."""


def _judged(
    model: Model, subject: Flow | Element, assets: Sequence[ElementId], sensitive: frozenset[str], zone: _Zone
) -> Conclusion:
    levels = {asset: model.elements[asset].properties.get("classification") for asset in assets}
    named = [f"{asset} is {level}" for asset, level in levels.items() if level in sensitive]
    unclassified = [f"{asset}.classification" for asset, level in levels.items() if not isinstance(level, str)]
    protected, why, missing = zone
    if not named and not unclassified:
        return not_applicable(subject, "its data is not sensitive")
    if protected is True:
        return passed(subject, why, named)
    if protected is None and not missing:
        return not_applicable(subject, why)
    if protected is None:
        return unknown(subject, why, missing=[missing], evidence=named)
    if not named:
        return unknown(subject, "takes data of unknown sensitivity to a less protected place", missing=unclassified)
    return failed(
        subject,
        "takes sensitive data to a less protected place",
        evidence=[why, *named],
        fix="leave the data out, mask it, or protect the receiver in the same way and state it",
    )


def _lower_end(model: Model, flow: Flow, assets: Sequence[ElementId], alike: frozenset[str]) -> _Zone:
    """The least protected end that gets the data."""
    ends = [model.elements[end] for end in (flow.source, flow.target)]
    getting = [model.elements[end] for end in receivers(flow)]
    zones = [_outside(model, end, assets) for end in getting if end.type.category == "External"]
    if not zones and "Actor" in {end.type.category for end in ends}:
        return None, "people get what is theirs", ""
    if not zones:
        zones = [_environments(getting, ends, alike)]
    return min(zones, key=lambda zone: _WORST_FIRST[zone[0]])


_WORST_FIRST: Mapping[bool | None, int] = {False: 0, None: 1, True: 2}


def _outside(model: Model, system: Element, assets: Sequence[ElementId]) -> _Zone:
    """What is known of a system outside AWS that gets the assets."""
    held = {asset.id for asset in model.targets(system.id, "HOLDS")}
    if system.type.name == "SaasService":
        agreement = system.get("data_processing_agreement")
        if agreement is True:
            return True, f"a data processing agreement covers {system.id}", ""
        name = f"{system.id}.data_processing_agreement"
        if agreement is Absent.UNKNOWN:
            return None, f"the model does not say whether an agreement covers {system.id}", name
        return False, f"{name} is {'none' if agreement is Absent.NONE else 'false'}", name
    internal = system.properties.get("internal")
    if internal is True or held.issuperset(assets):
        return True, f"{system.id} is {'your own' if internal is True else 'said to hold it'}", ""
    if internal is False:
        return False, f"{system.id} is of another organization and is not said to hold it", f"{system.id}.holds"
    return None, f"the model does not say whose {system.id} is", f"{system.id}.internal"


def _environments(getting: Sequence[Element], ends: Sequence[Element], alike: frozenset[str]) -> _Zone:
    """Whether data leaves production for another environment."""
    producing = [end for end in ends if is_production(end.environment)]
    elsewhere = [
        end for end in getting if end not in producing and not (end.environment and end.environment.lower() in alike)
    ]
    if not producing:
        return True, "it does not come from production", ""
    if not elsewhere:
        return True, "both ends are in production, or serve it", ""
    end = elsewhere[0]
    if end.environment is None:
        return None, f"the model does not say of which environment {end.id} is", f"{end.id}.environment"
    return False, f"{producing[0].id} is in {producing[0].environment}, {end.id} in {end.environment}", ""


def _masking(group: Element) -> _Zone:
    stated = group.get("data_protection")
    name = f"{group.id}.data_protection"
    if stated is Absent.UNKNOWN:
        return None, "the model does not say whether sensitive data is masked in it", name
    return stated is True, f"{name} is {'true' if stated is True else 'false'}", name


@rule(
    id="sec-data-residency-violated",
    title="Data is only in the Regions in which it may be",
    pillar=Pillar.SECURITY,
    practices={"SEC07-BP02": "Apply data protection controls based on data sensitivity"},
    severity=Severity.HIGH,
    population="""Every data asset. With a `residency` it passes if every store that holds it, every replica,
    every backup and every SaaS service that stores it is in one of these Regions; fails if one is not;
    unknown if the Region of one is not stated. Does not apply to data that may be anywhere, nor to data
    that no element of the model stores.""",
    rationale="""Laws and contracts say in which countries data may be. A replica or a backup copy breaks
    them as much as the original does, and is easier to forget.""",
    remediation=Remediation(
        "Copy it to another permitted Region, or correct `residency` if the law permits more.",
        """
elements:
  customer-data: {type: DataAsset, classification: confidential, residency: [eu-west-1, eu-central-1]}
  orders: {type: DynamoDbTable, in: shop-prod.eu-west-1, replica_regions: [eu-central-1], holds: [customer-data]}
""",
    ),
    false_positives="""A copy that is encrypted with a key outside the Region and that the law therefore
    permits: waive it naming the opinion. A replication of other objects than these: state its `prefix`, or
    what it `carries`.""",
    references=[
        _CLASSIFICATION_PAGE,
        "https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/regions.html",
    ],
)
def data_residency_violated(context: Context) -> Iterator[Conclusion]:
    model, known = context.model, data_flows(context.model)
    for asset in context.of_type("DataAsset"):
        allowed = asset.get("residency")
        places = known.places.get(asset.id, {})
        if allowed is Absent.UNKNOWN:
            missing = [f"{asset.id}.residency"]
            yield unknown(asset, "the model does not say where it may be", missing=missing)
        elif not allowed:
            yield not_applicable(asset, "it may be anywhere")
        elif not places:
            yield not_applicable(asset, "nothing in the model stores it")
        else:
            yield _resident(model, known, asset, [str(region) for region in allowed], places)


def _resident(
    model: Model, known: DataFlows, asset: Element, allowed: Sequence[str], places: Mapping[ElementId, str]
) -> Conclusion:
    inside: list[str] = []
    outside: list[str] = []
    missing: list[str] = []
    for place, text in places.items():
        regions, unsaid = _regions(model.elements[place])
        missing += unsaid
        found = [(region, text) for region in regions]
        found += [(copy.region, copy.text) for copy in known.copies.get(place, ())]
        for region, shown in found:
            (inside if region in allowed else outside).append(f"{shown}, in {region}")
    if outside:
        return failed(
            asset,
            "is outside the Regions in which it may be",
            evidence=[f"{asset.id}.residency is {', '.join(allowed)}", *outside[:_MOST_SHOWN]],
            fix="keep it and its copies in these Regions",
        )
    if missing:
        return unknown(
            asset, "the model does not say in which Regions it is", missing=missing, evidence=inside[:_MOST_SHOWN]
        )
    return passed(asset, f"it is in {', '.join(allowed)} only", inside[:_MOST_SHOWN])


def _regions(place: Element) -> tuple[list[str], list[str]]:
    """The Regions in which a place keeps data, and what the model does not say about that."""
    if place.type.category == "External":
        stated = place.properties.get("data_regions")
        if isinstance(stated, list) and stated:
            return [str(region) for region in stated], []
        stated_by = "data_regions" in place.type.properties
        return [], [f"{place.id}.data_regions" if stated_by else f"where {place.id} keeps it"]
    return ([place.region], []) if place.region is not None else ([], [f"{place.id}.region"])

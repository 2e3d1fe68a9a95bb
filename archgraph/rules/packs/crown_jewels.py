"""Security: by how many ways the internet comes to the most sensitive data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archgraph.analysis.data_flows import data_flows
from archgraph.analysis.entry_paths import EntryPaths, entry_paths
from archgraph.analysis.evidence import Verdict
from archgraph.model.model import Absent, Element, ElementId
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


@rule(
    id="sec-crown-jewel-many-entry-paths",
    title="The most sensitive data has few ways in",
    pillar=Pillar.SECURITY,
    practices={"SEC05-BP02": "Control traffic flow within your network layers"},
    severity=Severity.HIGH,
    population="""Every data asset of the most sensitive class. Counts the elements that the internet reaches
    directly and from which flows lead to a store of the asset within `max_hops` steps. Passes with up to
    `max_entries`; fails with more and shows the shortest way; unknown if that depends on elements of which
    the model does not say whether the internet reaches them. Does not apply to other data, nor to data that
    nothing stores.""",
    rationale="""Every way in is one more place where a missing check is enough. Few ways can be watched,
    tested and closed; many cannot.""",
    remediation=Remediation(
        "Let fewer components call the store: put one service in front of it, and give the others its API.",
        """
flows:
  - checkout & accounts -> vault-service: {protocol: https, auth: iam}
  - vault-service -> cards: {protocol: https, carries: [card-numbers]}
""",
    ),
    false_positives="""A platform with many front ends by design: raise `max_entries` for it, or classify the
    data that these front ends show lower than what stays behind.""",
    parameters=[
        Parameter("classifications", ("restricted",), "The classifications of the most sensitive data"),
        Parameter("max_entries", 3, "From how many entries flows may lead to it", minimum=0),
        Parameter("max_hops", 5, "Over how many flows a way may lead", minimum=1),
    ],
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_network_protection_layered.html",
        "https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/sec_network_protection_create_layers.html",
    ],
)
def crown_jewel_many_entry_paths(context: Context) -> Iterator[Conclusion]:
    assets = list(context.of_type("DataAsset"))
    if not assets:
        return
    known = data_flows(context.model)
    exposures = context.facts.exposures
    reachable = [id_ for id_, exposure in exposures.items() if exposure.verdict is not Verdict.BLOCKED]
    most = context.parameters["max_entries"]
    sure = frozenset(id_ for id_ in reachable if exposures[id_].verdict is Verdict.EXPOSED)
    hops, at_most = context.parameters["max_hops"], most + 1
    certain = entry_paths(context.model, [id_ for id_ in reachable if id_ in sure], hops=hops, at_most=at_most)
    possible = certain
    if len(sure) < len(reachable):
        possible = entry_paths(context.model, reachable, hops=hops, at_most=at_most)
    for asset in assets:
        places = known.places.get(asset.id, {})
        classification = asset.get("classification")
        if classification is not Absent.UNKNOWN and classification not in context.parameters["classifications"]:
            yield not_applicable(asset, "it is not of the most sensitive class")
        elif not places:
            yield not_applicable(asset, "nothing in the model stores it")
        else:
            yield _ways_in(asset, list(places), certain, possible, sure, most)


def _ways_in(
    asset: Element,
    stores: Sequence[ElementId],
    certain: EntryPaths,
    possible: EntryPaths,
    sure: frozenset[ElementId],
    most: int,
) -> Conclusion:
    ways = _shortest(stores, certain)
    missing = [f"{asset.id}.classification"] if asset.get("classification") is Absent.UNKNOWN else []
    if len(ways) > most and not missing:
        nearest = min(ways.values(), key=len)
        return failed(
            asset,
            f"can be reached from more than {most} entries",
            evidence=[f"the shortest way: {' -> '.join(nearest)}", *(f"{entry} leads to it" for entry in ways)],
            fix="let fewer components call its stores",
        )
    others = _shortest(stores, possible)
    if len(others) > most:
        missing += [f"whether the internet reaches {entry}" for entry in others if entry not in sure]
        return unknown(asset, f"may be reached from more than {most} entries", missing=missing)
    shown = [" -> ".join(way) for way in ways.values()]
    return passed(asset, f"{len(ways)} entries lead to it" if len(ways) != 1 else "one entry leads to it", shown)


def _shortest(stores: Sequence[ElementId], paths: EntryPaths) -> dict[ElementId, list[ElementId]]:
    """Per entry, the shortest way to any of the stores."""
    found: dict[ElementId, list[ElementId]] = {}
    for store in stores:
        for entry in paths.entries(store):
            way = paths.way(store, entry)
            if entry not in found or len(way) < len(found[entry]):
                found[entry] = way
    return found

"""Facts in the graph: derived relationships and properties, beside what the author stated."""

from __future__ import annotations

import networkx

from archgraph.analysis.evidence import Exposure, Hop, Verdict
from archgraph.analysis.facts import Facts
from archgraph.analysis.routing import RoutingKind, SubnetRouting
from archgraph.graph.build import implicit_node, relate
from archgraph.graph.normalise import StoreValue
from archgraph.graph.relationships import INTERNET
from archgraph.model.model import ElementId


def annotate(graph: networkx.MultiDiGraph[str], facts: Facts) -> None:
    """Add the facts of a model to its graph.

    Nodes: ``routing`` and ``usable_addresses`` of subnets, ``exposure`` (``exposed``, ``blocked``,
    ``unknown``) of what the internet might reach, with ``exposure_blocked_by`` (the hop that blocks) and
    ``exposure_missing`` (what the model does not say). Relationships, each with ``derived: true``,
    ``certainty`` and ``evidence``: ``(subnet)-[:OPEN_TO]->(internet)``,
    ``(internet)-[:REACHES {ports}]->(element)``, and one ``OVERLAPS`` per pair of networks, from the
    id that sorts first.
    """
    for subnet in sorted(facts.subnets):
        _add_routing(graph, facts.subnets[subnet])
    for element in sorted(facts.exposures):
        _add_exposure(graph, facts.exposures[element])
    usable: dict[ElementId, int] = {}
    pairs: dict[tuple[ElementId, ElementId], list[str]] = {}
    for block in facts.addresses:
        if block.element in facts.subnets:
            usable[block.element] = usable.get(block.element, 0) + block.usable
        for other in block.overlaps:
            pair = (min(block.element, other), max(block.element, other))
            pairs.setdefault(pair, []).append(f"{block.element} has {block.cidr}")
    for subnet in sorted(usable):
        graph.nodes[subnet]["properties"]["usable_addresses"] = usable[subnet]
    for first, second in sorted(pairs):
        evidence = sorted(set(pairs[first, second]))
        _derive(graph, first, "OVERLAPS", second, {"certainty": "certain", "evidence": evidence})


def _add_routing(graph: networkx.MultiDiGraph[str], routing: SubnetRouting) -> None:
    graph.nodes[routing.subnet]["properties"]["routing"] = str(routing.kind)
    if routing.kind is RoutingKind.PUBLIC:
        properties: dict[str, StoreValue] = {"certainty": "certain", "evidence": _texts(routing.evidence)}
        if routing.internet_gateway is not None:
            properties["internet_gateway"] = routing.internet_gateway
        _derive(graph, routing.subnet, "OPEN_TO", INTERNET, properties)


def _add_exposure(graph: networkx.MultiDiGraph[str], exposure: Exposure) -> None:
    said = graph.nodes[exposure.element]["properties"]
    said["exposure"] = str(exposure.verdict)
    if exposure.blocked_by is not None:
        said["exposure_blocked_by"] = exposure.blocked_by.text
    if exposure.missing:
        said["exposure_missing"] = list(exposure.missing)
    if exposure.verdict is Verdict.EXPOSED:
        properties: dict[str, StoreValue] = {
            "certainty": str(exposure.certainty),
            "evidence": _texts(exposure.hops),
            "ports": list(exposure.ports),
        }
        _derive(graph, INTERNET, "REACHES", exposure.element, properties)


def _derive(
    graph: networkx.MultiDiGraph[str], source: str, verb: str, target: str, properties: dict[str, StoreValue]
) -> None:
    if INTERNET in (source, target) and INTERNET not in graph:
        labels, said = implicit_node(INTERNET)
        graph.add_node(INTERNET, labels=labels, properties=said)
    key = f"{source} {verb} {target}"
    relate(graph, source, verb, target, key, {**properties, "derived": True})


def _texts(hops: tuple[Hop, ...]) -> list[str]:
    return [hop.text for hop in hops]

"""Model -> typed property graph.

A node is ``{"labels": (type, category, "Resource"), "properties": {...}}`` under the element's id; a
relationship is ``{"type": verb, "kind": kind of the vocabulary, "properties": {...}}`` under a key
that is unique in the graph. Nodes and relationships are added in sorted order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import networkx

from archgraph.catalog.vocabulary import RELATIONSHIPS
from archgraph.graph.normalise import StoreValue, normalise
from archgraph.graph.relationships import AWS, INTERNET, Link, links
from archgraph.model.model import Element, Model

Node = tuple[tuple[str, ...], dict[str, StoreValue]]


def build(model: Model) -> networkx.MultiDiGraph[str]:
    """The graph of a model: its elements, and the internet, Regions and zones that they name."""
    graph: networkx.MultiDiGraph[str] = networkx.MultiDiGraph(id=model.id, name=model.name)
    found = links(model)
    nodes: dict[str, Node] = {element.id: _element_node(element) for element in model.elements.values()}
    nodes |= _implicit_nodes(found, nodes)
    for node_id in sorted(nodes):
        labels, properties = nodes[node_id]
        graph.add_node(node_id, labels=labels, properties=properties)
    seen: Counter[str] = Counter()
    for source, verb, target, identity, stated in sorted(found, key=lambda link: link[:4]):
        seen[identity] += 1
        key = identity if seen[identity] == 1 else f"{identity} #{seen[identity]}"
        relate(graph, source, verb, target, key, stated)
    return graph


def relate(
    graph: networkx.MultiDiGraph[str],
    source: str,
    verb: str,
    target: str,
    key: str,
    properties: Mapping[str, StoreValue],
) -> None:
    """Add one relationship; ``key``, unique in the graph, is also its ``id``.

    ``KeyError`` if the vocabulary has no such verb.
    """
    graph.add_edge(
        source,
        target,
        key=key,
        type=verb,
        kind=RELATIONSHIPS[verb].kind,
        properties={**properties, "id": key, "type": verb},
    )


def _element_node(element: Element) -> Node:
    kind = element.type
    own = {name: value for name, value in element.properties.items() if name not in _READ_BY_LANGUAGE}
    properties = normalise(own, kind.properties)
    name = properties.get("name")
    properties |= _stated(
        {
            "description": element.description,
            "account": element.account,
            "region": element.region,
            "zones": list(element.zones),
            "vpc": element.vpc,
            "subnets": list(element.subnets),
            "environment": element.environment,
            "owner": element.owner,
            "criticality": element.criticality,
            "arn": element.arn,
            "part_of": element.part_of,
        }
    )
    properties |= {f"tag_{key}": value for key, value in element.tags.items()}
    properties |= {
        "id": element.id,
        "type": kind.name,
        "title": element.label,
        "name": name or element.label,
        "category": kind.category,
        "aws_service": kind.service,
        "external": element.external,
        "file": element.location.file,
        "line": element.location.line,
    }
    return (kind.name, kind.category, "Resource"), properties


_READ_BY_LANGUAGE = frozenset(
    {"title", "description", "owner", "environment", "criticality", "tags", "arn", "external", "account"}
)
"""Properties of every type that are attributes of an element, inherited where the language says so."""


def _stated(values: Mapping[str, Any]) -> dict[str, StoreValue]:
    return {name: value for name, value in values.items() if value not in (None, [], "")}


def _implicit_nodes(found: Sequence[Link], elements: Mapping[str, Any]) -> dict[str, Node]:
    """The internet, Regions and zones (ids ``aws:...``) at which relationships end."""
    zones = {source: target for source, _, target, _, _ in found if source not in elements}
    targets = {target for _, _, target, _, _ in found if target not in elements}
    return {target: implicit_node(target, zones.get(target)) for target in targets}


def implicit_node(node_id: str, region: str | None = None) -> Node:
    """The labels and properties of the internet, of a Region, or of a zone of the ``region``."""
    name = node_id.removeprefix(AWS)
    place = "Internet" if node_id == INTERNET else "AvailabilityZone" if region else "Region"
    properties: dict[str, StoreValue] = {"id": node_id, "type": place, "title": name, "name": name}
    if place != "Internet":
        properties["region"] = (region or node_id).removeprefix(AWS)
    properties |= {"category": "Place", "aws_service": "AWS", "external": False}
    return (place, "Place", "Resource"), properties

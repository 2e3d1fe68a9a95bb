"""``graph.json``."""

from __future__ import annotations

import json
from typing import Any

import networkx

from archgraph.graph.build import build
from archgraph.graph.export import to_json


def filled(shop: Any) -> Any:
    for name in ("b", "a", 'x"\x1b\n日'):
        shop.element(name, region="eu-west-1")
    shop.reference("b", "PEERS_WITH", "a", properties={"port": 1})
    shop.flow("a", "b", label="<b>")
    return shop.model


def test_networkx_reads_it_back(shop: Any) -> None:
    graph = build(filled(shop))
    back = networkx.node_link_graph(json.loads(to_json(graph)), edges="edges")
    assert isinstance(back, networkx.MultiDiGraph)
    assert set(back.edges(keys=True)) == set(graph.edges(keys=True))
    for node, data in graph.nodes(data=True):
        assert back.nodes[node] == {"labels": list(data["labels"]), "properties": data["properties"]}
    for source, target, key, data in graph.edges(keys=True, data=True):
        assert back.edges[source, target, key] == data
    assert back.graph == {"id": "shop", "name": "Shop"}


def test_is_the_same_text_for_the_same_model(shop: Any) -> None:
    model = filled(shop)
    text = to_json(build(model))
    model.elements = dict(reversed(model.elements.items()))
    assert to_json(build(model)) == text
    assert text.endswith("]}\n")
    assert all(line.isprintable() for line in text.split("\n"))


def test_an_empty_model_is_an_empty_graph(shop: Any) -> None:
    assert json.loads(to_json(build(shop.model)))["nodes"] == []

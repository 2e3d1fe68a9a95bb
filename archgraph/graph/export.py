"""The graph as node-link JSON (``graph.json``), which networkx and other tools read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import networkx


def to_json(graph: networkx.MultiDiGraph[str]) -> str:
    """The graph as text: keys sorted, one node or relationship a line, the same for the same model.

    ``networkx.node_link_graph(json.loads(text), edges="edges")`` reads it back.
    """
    nodes = [
        {
            "id": node,
            "labels": list(graph.nodes[node]["labels"]),
            "properties": graph.nodes[node]["properties"],
        }
        for node in sorted(graph)
    ]
    edges = [
        {"source": source, "target": target, "key": key, **data}
        for source, target, key, data in sorted(graph.edges(keys=True, data=True), key=lambda edge: edge[:3])
    ]
    about = _line({name: graph.graph[name] for name in ("id", "name")})
    return (
        f'{{"directed": true, "multigraph": true, "graph": {about},\n"nodes": [\n'
        + ",\n".join(map(_line, nodes))
        + '\n],\n"edges": [\n'
        + ",\n".join(map(_line, edges))
        + "\n]}\n"
    )


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False)

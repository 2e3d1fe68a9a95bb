"""The store that needs no server: kglite, in process, over the graph of one model.

kglite invents properties that a node does not have: an unset ``n.type`` is its label, an unset
``n.name`` its title, an unset ``r.id`` a number. Every node and relationship of the graph therefore
*has* these properties (see :mod:`archgraph.graph.build`), and the gate refuses the rest. What an
answer holds is looked up in our own graph, so that its labels and properties are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from archgraph.catalog.catalog import Catalog, builtin
from archgraph.query.display import visible
from archgraph.query.errors import QueryStopped
from archgraph.query.gate import Query, admit
from archgraph.query.store import LIMIT, TIMEOUT, NodeValue, PathValue, RelationshipValue, Result, sort_rows

if TYPE_CHECKING:
    import networkx

MAXIMUM_WORK = 3_000_000
"""Intermediate rows and items that one query may touch; keeps it below 2 GB of memory."""

_NODE = frozenset({"id", "labels", "properties"})
_RELATIONSHIP = frozenset({"id", "start", "end", "type", "properties"})
_PATH = frozenset({"nodes", "relationships"})


class EmbeddedStore:
    """A :class:`~archgraph.query.store.GraphStore` over a graph in memory, loaded at the first query."""

    def __init__(self, graph: networkx.MultiDiGraph[str], catalog: Catalog | None = None) -> None:
        self._graph = graph
        self._catalog = catalog or builtin()

    def query(
        self,
        text: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        timeout: float = TIMEOUT,
        limit: int = LIMIT,
    ) -> Result:
        query = admit(text, parameters or {}, self._catalog)
        view = self._run(query, timeout, limit)
        rows = [tuple(self._value(value) for value in row.values()) for row in view.to_list()]
        if not query.ordered:
            rows = sort_rows(rows)
        return Result(query.columns, rows, truncated=view.diagnostics["total_rows"] is not None)

    def _run(self, query: Query, timeout: float, limit: int) -> Any:
        import kglite

        try:
            return self._engine.cypher(
                query.text,
                params=dict(query.parameters),
                timeout_ms=max(1, round(timeout * 1000)),
                max_work_units=MAXIMUM_WORK,
                row_limit=limit,
            )
        except kglite.CypherTimeoutError:
            raise QueryStopped("timeout", f"the query was stopped after {timeout:g} s") from None
        except kglite.KgError as error:
            raise _stopped(str(error)) from None

    @cached_property
    def _engine(self) -> Any:
        """A frozen engine: even a write that the gate let through could change nothing."""
        import kglite

        kglite.set_query_warning_policy("silent")
        engine = kglite.KnowledgeGraph()
        for labels, rows in self._node_rows().items():
            written = "".join(f":{_quoted(label)}" for label in labels)
            engine.cypher(f"UNWIND $rows AS r CREATE (n{written}) SET n = r", params={"rows": rows})
        for (verb, source, target), rows in self._relationship_rows().items():
            engine.cypher(
                f"UNWIND $rows AS r "
                f"MATCH (a:{_quoted(source)} {{id: r.a}}), (b:{_quoted(target)} {{id: r.b}}) "
                f"CREATE (a)-[x:{_quoted(verb)}]->(b) SET x = r.x",
                params={"rows": rows},
            )
        return engine.freeze()

    def _node_rows(self) -> dict[tuple[str, ...], list[dict[str, Any]]]:
        """Nodes by their labels, of which the first, the type, is kglite's own index."""
        groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for node in self._nodes.values():
            groups.setdefault(node.labels, []).append(dict(node.properties))
        return groups

    def _relationship_rows(self) -> dict[tuple[str, str, str], list[dict[str, Any]]]:
        """Relationships by verb and the types of their ends, by which kglite finds the ends at once."""
        groups: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
        for edge in self._relationships.values():
            source, target = self._nodes[edge.source], self._nodes[edge.target]
            row = {"a": edge.source, "b": edge.target, "x": dict(edge.properties)}
            groups.setdefault((edge.type, source.labels[0], target.labels[0]), []).append(row)
        return groups

    @cached_property
    def _nodes(self) -> dict[str, NodeValue]:
        nodes = {}
        for node, data in self._graph.nodes(data=True):
            labels = tuple(dict.fromkeys(data["labels"]))
            own = data["properties"]
            title = own.get("title", node)
            made = {"id": node, "type": labels[0], "title": title, "name": own.get("name", title)}
            nodes[node] = NodeValue(node, labels, {**own, **made})
        return nodes

    @cached_property
    def _relationships(self) -> dict[str, RelationshipValue]:
        relationships = {}
        for source, target, key, data in self._graph.edges(keys=True, data=True):
            properties = {**data["properties"], "id": key, "type": data["type"]}
            relationships[key] = RelationshipValue(key, data["type"], source, target, properties)
        return relationships

    def _value(self, value: Any) -> Any:
        """A value of kglite's as a value of ours; a map that only looks like a node stays a map."""
        if isinstance(value, dict):
            return self._part_of_graph(value) or {key: self._value(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._value(item) for item in value]
        return value.isoformat() if isinstance(value, date) else value

    def _part_of_graph(self, value: dict[str, Any]) -> NodeValue | RelationshipValue | PathValue | None:
        properties = value.get("properties")
        if isinstance(properties, dict) and value.keys() == _NODE:
            node = self._nodes.get(properties.get("id", ""))
            return node if node is not None and node.properties == properties else None
        if isinstance(properties, dict) and value.keys() == _RELATIONSHIP:
            edge = self._relationships.get(properties.get("id", ""))
            return edge if edge is not None and edge.properties == properties else None
        if value.keys() == _PATH and isinstance(value["nodes"], list) and isinstance(value["relationships"], list):
            nodes = [self._value(node) for node in value["nodes"]]
            edges = [self._value(edge) for edge in value["relationships"]]
            if (
                len(nodes) == len(edges) + 1
                and all(isinstance(node, NodeValue) for node in nodes)
                and all(isinstance(edge, RelationshipValue) for edge in edges)
            ):
                return PathValue(tuple(nodes), tuple(edges))
        return None


def _stopped(message: str) -> QueryStopped:
    first = visible(message.splitlines()[0] if message else "")
    if "max_work_units" in first or "safety" in first:
        message = "the query was stopped: it goes through too many rows; match less, or add conditions"
        return QueryStopped("work", message)
    return QueryStopped("value", "the query failed: " + first.partition(": ")[2][:300])


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"

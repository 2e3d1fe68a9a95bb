"""What a store of graphs answers: columns and rows, the same whichever store was asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

TIMEOUT = 10.0
"""Seconds after which a query is stopped, unless its asker says otherwise."""

LIMIT = 10_000
"""Rows that an answer holds at most, unless its asker says otherwise."""


@dataclass(frozen=True, slots=True)
class NodeValue:
    """An element in an answer."""

    id: str
    labels: tuple[str, ...]
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RelationshipValue:
    """A relationship in an answer; ``source`` and ``target`` are ids of elements."""

    id: str
    type: str
    source: str
    target: str
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PathValue:
    """A path in an answer: one node more than relationships, in the order of the path."""

    nodes: tuple[NodeValue, ...]
    relationships: tuple[RelationshipValue, ...]

    def __iter__(self) -> Iterator[NodeValue | RelationshipValue]:
        """Nodes and relationships in turn."""
        for node, relationship in zip(self.nodes, self.relationships, strict=False):
            yield node
            yield relationship
        yield from self.nodes[-1:]


@dataclass(frozen=True, slots=True)
class Result:
    """An answer. Values are ``None``, scalars, lists, dicts with text keys, and the three above.

    ``truncated`` says that there were more rows than the limit.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    truncated: bool = False


class GraphStore(Protocol):
    """Where a graph can be asked. Every implementation puts the gate before its engine."""

    def query(
        self,
        text: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        timeout: float = TIMEOUT,
        limit: int = LIMIT,
    ) -> Result:
        """Answer a Cypher query of the portable subset.

        ``timeout`` is in seconds. Rows come as the query orders them, or else sorted by their
        values. Raises :class:`~archgraph.query.errors.QueryRefused` for a query that the gate does
        not let through, and :class:`~archgraph.query.errors.QueryStopped` for one that fails or
        takes too long.
        """
        ...


def sort_rows(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows in a fixed order, for queries that state none: by their values, ``None`` last."""
    return sorted(rows, key=lambda row: tuple(map(_sort_key, row)))


def plain(value: Any) -> Any:
    """The value as JSON has it: nodes, relationships and paths as maps."""
    if isinstance(value, NodeValue):
        return {"id": value.id, "labels": list(value.labels), "properties": dict(value.properties)}
    if isinstance(value, RelationshipValue):
        return {
            "id": value.id,
            "type": value.type,
            "source": value.source,
            "target": value.target,
            "properties": dict(value.properties),
        }
    if isinstance(value, PathValue):
        return {"nodes": plain(value.nodes), "relationships": plain(value.relationships)}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, float) and value - value != 0:
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def _sort_key(value: Any) -> tuple[Any, ...]:
    if value is None:
        return (9,)
    if isinstance(value, bool):
        return (3, value)
    if isinstance(value, (int, float)):
        return (4, value)
    if isinstance(value, str):
        return (2, value)
    if isinstance(value, (NodeValue, RelationshipValue)):
        return (0, value.id)
    if isinstance(value, PathValue):
        return (1, *(part.id for part in value))
    if isinstance(value, Mapping):
        return (6, *((key, _sort_key(item)) for key, item in sorted(value.items())))
    if isinstance(value, (list, tuple)):
        return (5, *map(_sort_key, value))
    return (8, str(value))

"""Queries of views: asked of the model's graph, and checked before anything is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from archgraph.analysis.facts import Facts
from archgraph.model.model import ElementId, Model, ViewSpec
from archgraph.query.errors import QueryError, QueryRefused
from archgraph.query.gate import admit
from archgraph.query.store import GraphStore, NodeValue, PathValue, RelationshipValue
from archgraph.source.diagnostics import Diagnostics, Location
from archgraph.source.document import Scalar
from archgraph.views.own import Ask


class ViewError(ValueError):
    """The query of a view gives no picture. The text says where it stands, why, and what to write instead."""


def check_queries(model: Model, diagnostics: Diagnostics) -> None:
    """Report the queries of views that the gate refuses; nothing is asked."""
    for spec in model.views.values():
        if spec.cypher is None:
            continue
        try:
            admit(spec.cypher.text, {}, model.catalog)
        except QueryRefused as refused:
            at, message = _place(spec.cypher, refused)
            diagnostics.add("AG708", f"the query of view '{spec.id}' is refused: {message}", at, refused.hint)


def asker(model: Model, facts: Facts) -> Ask:
    """What runs the queries of a model's views; the graph is made for the first of them."""
    open_store = cache(lambda: _open_store(model, facts))
    return lambda spec: _asked(open_store(), model, spec)


def _asked(store: GraphStore, model: Model, spec: ViewSpec) -> set[ElementId]:
    """The elements among the nodes that a query returns, those of paths and lists included."""
    if spec.cypher is None:
        return set()
    try:
        answer = store.query(spec.cypher.text)
    except QueryRefused as refused:
        at, message = _place(spec.cypher, refused)
        hint = f"; {refused.hint}" if refused.hint else ""
        raise ViewError(f"{at}: the query of view '{spec.id}' is refused: {message}{hint}") from None
    except QueryError as error:
        raise ViewError(f"{spec.cypher.location}: the query of view '{spec.id}' failed: {error}") from None
    found = {name for row in answer.rows for value in row for name in _nodes(value)}
    if answer.rows and not found:
        reason = "returns values, but no element; write RETURN n, not RETURN n.id"
        raise ViewError(f"{spec.cypher.location}: the query of view '{spec.id}' {reason}")
    return {ElementId(name) for name in found if name in model.elements}


def _nodes(value: Any) -> Iterator[str]:
    """The ids of the nodes in a value of an answer."""
    if isinstance(value, NodeValue):
        yield value.id
    elif isinstance(value, RelationshipValue):
        yield from (value.source, value.target)
    elif isinstance(value, PathValue):
        yield from (node.id for node in value.nodes)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _nodes(item)


def _place(cypher: Scalar, refused: QueryRefused) -> tuple[Location, str]:
    """Where a query is wrong in its file; a query of several lines says in which of its own."""
    line, column = refused.position.line, refused.position.column
    if "\n" not in cypher.text.strip():
        return cypher.within(column - 1), refused.message
    return cypher.location, f"{refused.message} (line {line}, column {column} of the query)"


def _open_store(model: Model, facts: Facts) -> GraphStore:
    from archgraph.analysis.annotate import annotate  # only views with a query pay for a graph
    from archgraph.graph.build import build
    from archgraph.query.embedded import EmbeddedStore

    graph = build(model)
    annotate(graph, facts)
    return EmbeddedStore(graph, model.catalog)

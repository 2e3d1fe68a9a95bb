"""The queries of an own rule: let through by the gate, and with the columns that a rule reads."""

from __future__ import annotations

from collections.abc import Mapping as Values
from typing import TypedDict

from archgraph.catalog.catalog import Catalog, builtin
from archgraph.dsl.shapes import as_text, as_texts
from archgraph.model.selectors import Selector
from archgraph.query.errors import QueryRefused
from archgraph.query.gate import admit
from archgraph.rules.rule import ParameterValue
from archgraph.source.diagnostics import Diagnostics, Location
from archgraph.source.document import Mapping, Node, Scalar, Sequence


class Read(TypedDict):
    """What a rule asks, as far as it could be read."""

    query: str | None
    applies_to: str | tuple[str, ...] | None
    unknown: str | None


def read_queries(
    body: Mapping, parameters: Values[str, ParameterValue], catalog: Catalog | None, diagnostics: Diagnostics
) -> Read:
    """The queries; what the gate refuses is reported where it was written in the YAML."""
    values = {name: list(value) if isinstance(value, tuple) else value for name, value in parameters.items()}

    def query(key: str, *columns: str) -> str | None:
        node = as_text(body.get(key), f"'{key}'", diagnostics)
        if node is None:
            return None
        try:
            found = admit(node.text, values, catalog or builtin()).columns
        except QueryRefused as refused:
            if refused.code == "unknown-label" and catalog is None:
                return node.text
            at = _within(node, refused.position.line, refused.position.column)
            diagnostics.add("AG803", f"'{key}' is refused: {refused.message}", at, refused.hint)
            return None
        for column in columns:
            if column not in found:
                hint = f"RETURN ... AS {column}"
                diagnostics.add("AG804", f"'{key}' returns no column '{column}'", node.location, hint)
        return node.text

    applies_to = body.get("applies_to")
    return Read(
        query=query("query", "element"),
        applies_to=_selectors(applies_to, diagnostics)
        if isinstance(applies_to, Sequence)
        else query("applies_to", "element"),
        unknown=query("unknown", "element", "missing"),
    )


def _selectors(node: Node, diagnostics: Diagnostics) -> tuple[str, ...]:
    found = []
    for text in as_texts(node, "'applies_to'", diagnostics):
        try:
            Selector.parse(text.text)
        except ValueError as error:
            diagnostics.add("AG701", str(error), text.location)
        found.append(text.text)
    return tuple(found)


def _within(node: Scalar, line: int, column: int) -> Location:
    """Where a line and column of a query stand in its file; the beginning of the query if folds hide it."""
    is_block = node.source.line(node.line)[node.column - 1 : node.column] == "|"
    if not is_block:
        return node.within(column - 1) if line == 1 else node.location
    written = node.source.line(node.line + line)
    indent = written.find(node.text.split("\n")[line - 1])
    return Location(node.source.path, node.line + line, indent + column)

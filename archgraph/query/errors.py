"""How a query fails: refused before it runs, or stopped while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from archgraph.query.display import visible, width

REFUSALS: Mapping[str, str] = {
    "administration": "EXPLAIN, PROFILE, SHOW and the like inspect or manage a database; a query only reads.",
    "aggregate-place": "count(), collect() and the like stand in WITH and RETURN only.",
    "argument-count": "The function takes another number of arguments.",
    "chained-comparison": "`1 < x < 3` is not the same everywhere; join two comparisons with AND.",
    "character": "The character has no place in Cypher, or cannot be seen.",
    "clause-order": "A query reads with MATCH, UNWIND, WITH and CALL { }, and ends with one RETURN.",
    "collect-subquery": "COLLECT { } is not the same everywhere; use a pattern comprehension.",
    "duplicate-column": "Two columns have the same name.",
    "empty": "There is no query.",
    "engine-id": "id() and elementId() differ from store to store; elements have `id`.",
    "engine-property": "The property exists in one store only.",
    "hop-limit": "A path may have at most 100 hops.",
    "inline-where": "WHERE inside a node or relationship pattern is not the same everywhere.",
    "label-expression": "Labels combine as `:A:B` (both) or `:A|B` (either) in patterns only.",
    "load-csv": "LOAD CSV reads files; a query reads the graph only.",
    "map-projection": "Map projections work on nodes, with `.name`, `.*` and `name: value`.",
    "missing-alias": "WITH and CALL { } name every expression with AS.",
    "missing-parameter": "The query needs a value for this parameter.",
    "not-deterministic": "The answer would depend on when it is asked.",
    "number": "Numbers are decimal: 10, 2.5, 1e6, within 64 bits.",
    "parameter-name": "A label, relationship type or pattern cannot be a parameter.",
    "parameter-value": "The value of the parameter cannot be stored.",
    "pattern-place": "A pattern stands here where only a value can.",
    "procedure": "Procedures are not part of the graph's language; CALL { } is.",
    "property-exists": "exists(n.p) is written `n.p IS NOT NULL`.",
    "quantified-path": "Quantified path patterns are not the same everywhere; use `*1..n`.",
    "several-statements": "One query at a time.",
    "shortest-k": "SHORTEST is not the same everywhere; use shortestPath() or allShortestPaths().",
    "shortest-path-place": "shortestPath() is the only pattern of its own MATCH.",
    "start-node-value": "startNode() and endNode() are read by property: `startNode(r).id`.",
    "string": "The text is not closed, or holds an escape that is not the same everywhere.",
    "syntax": "The text is not Cypher.",
    "too-deep": "At most 30 levels of nesting, 200 operators or properties in a row, 10 UNIONs.",
    "too-long": "A query may have at most 100,000 characters.",
    "unbounded-path": "A path of any length may never end; write an upper bound.",
    "union-columns": "The parts of a UNION return the same columns.",
    "unknown-function": "The language has no such function.",
    "unknown-label": "No type, category or place is called so.",
    "unknown-relationship": "No relationship is called so.",
    "unknown-variable": "The variable is not known here.",
    "unportable-function": "The function is not the same everywhere.",
    "use-graph": "USE names a database; a query runs on one model's graph.",
    "variable-kind": "The variable stands for another thing already.",
    "write-clause": "A query only reads; the graph is built from the model.",
}
"""Why a query is refused, by code."""


class QueryError(Exception):
    """A query that gave no answer. The text of the exception is the message for its author."""


class QueryStopped(QueryError):
    """The engine gave up: out of time, too much work, or a value that an operation cannot take.

    ``reason`` is ``timeout``, ``work`` or ``value``.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a query: 1-based line and column, and the text of the line."""

    line: int
    column: int
    text: str


class QueryRefused(QueryError):
    """A query that the gate does not let through: a code of :data:`REFUSALS`, where and why."""

    def __init__(self, code: str, message: str, position: Position, hint: str | None = None) -> None:
        if code not in REFUSALS:
            raise KeyError(code)
        super().__init__(code, message, position, hint)
        self.code = code
        self.message = message
        self.position = position
        self.hint = hint

    def __str__(self) -> str:
        at = self.position
        lines = [f"query:{at.line}:{at.column}: {self.message} [{self.code}]", *_snippet(at)]
        return "\n".join(lines + ([f"  hint: {self.hint}"] if self.hint else []))


def _snippet(at: Position) -> list[str]:
    """The line with a caret; of a long line the part around the column."""
    start = max(0, at.column - 61)
    shown = visible(at.text[start : start + 100])
    before = visible(at.text[start : at.column - 1])
    if start:
        shown, before = "..." + shown, "..." + before
    return [f"    {shown}", f"    {' ' * width(before)}^"]

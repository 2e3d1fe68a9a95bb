"""The gate before every store: only queries that read, end, and mean the same in each store pass.

The gate reads the query by the grammar of the portable subset (``docs/cypher.md``), so whatever the
grammar does not know cannot pass. What passes is sent on in one spelling that every engine reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from archgraph.catalog.catalog import Catalog
from archgraph.catalog.types import CATEGORIES
from archgraph.catalog.vocabulary import RELATIONSHIPS
from archgraph.query.clauses import Clauses
from archgraph.query.cursor import Names
from archgraph.query.display import visible
from archgraph.query.errors import Position, QueryRefused

PLACES = frozenset({"Resource", "Internet", "Region", "AvailabilityZone"})
"""Labels beside types and categories: every node's, and those of the nodes that AWS names."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query that passed: the text for the engines, its columns, and whether it orders its rows."""

    text: str
    columns: tuple[str, ...]
    ordered: bool
    parameters: Mapping[str, Any]


def admit(text: str, parameters: Mapping[str, Any], catalog: Catalog) -> Query:
    """Let a query pass, or raise :class:`QueryRefused` with its place and what to write instead.

    ``catalog`` gives the labels that the query may name; ``parameters`` are the values it may use.
    """
    for name, value in parameters.items():
        _check_value(name, value, 0)
    reader = Clauses(text, Names(_labels(catalog), _relationships(), frozenset(parameters)))
    shape = reader.query()
    return Query(reader.text_for_engines(), shape.columns, shape.ordered, dict(parameters))


def read_parameters(pairs: Iterable[str]) -> dict[str, Any]:
    """Parameters as ``name=value`` texts: a value that is JSON is read as such, any other is a text.

    Raises :class:`QueryRefused` for a pair without ``=``.
    """
    parameters = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name.isidentifier() or not name.isascii():
            hint = "write name=value, the name in ASCII letters, digits and _"
            raise QueryRefused("parameter-name", "the parameter has no name", Position(1, 1, pair), hint)
        parameters[name] = _json_or_text(value)
    return parameters


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_not_json)
    except (ValueError, RecursionError):
        return text


def _not_json(text: str) -> Any:
    raise ValueError(text)


def _check_value(name: str, value: Any, depth: int) -> None:
    wrong = None
    if isinstance(value, str):
        wrong = "holds half a character" if any("\ud800" <= c <= "\udfff" for c in value) else None
    elif isinstance(value, int):
        wrong = None if -(2**63) <= value < 2**63 else "does not fit 64 bits"
    elif isinstance(value, float):
        wrong = None if value - value == 0 else "is not a number"
    elif depth > 20:
        wrong = "nests too deeply"
    elif isinstance(value, Mapping):
        for key, item in value.items():
            _check_value(name, key, depth + 1)
            _check_value(name, item, depth + 1)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _check_value(name, item, depth + 1)
    elif value is not None:
        wrong = f"is a {type(value).__name__}"
    if wrong:
        text = f"${visible(name)[:60]}"
        raise QueryRefused("parameter-value", f"the value of {text} {wrong}", Position(1, 1, text))


def _labels(catalog: Catalog) -> frozenset[str]:
    return frozenset(catalog.names()) | CATEGORIES.keys() | PLACES


@cache
def _relationships() -> frozenset[str]:
    return frozenset(RELATIONSHIPS)

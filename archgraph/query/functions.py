"""The functions that give the same answer in every store, and why others are refused."""

from __future__ import annotations

from collections.abc import Mapping

FUNCTIONS: Mapping[str, tuple[int, int]] = {
    "abs": (1, 1), "ceil": (1, 1), "coalesce": (1, 50), "date": (1, 1), "duration": (1, 1), "endnode": (1, 1),
    "floor": (1, 1), "head": (1, 1), "keys": (1, 1), "labels": (1, 1), "last": (1, 1), "left": (2, 2),
    "length": (1, 1), "ltrim": (1, 1), "nodes": (1, 1), "properties": (1, 1), "range": (2, 3),
    "relationships": (1, 1), "replace": (3, 3), "reverse": (1, 1), "right": (2, 2), "round": (1, 2),
    "rtrim": (1, 1), "sign": (1, 1), "size": (1, 1), "split": (2, 2), "sqrt": (1, 1), "startnode": (1, 1),
    "substring": (2, 3), "tail": (1, 1), "toboolean": (1, 1), "tofloat": (1, 1), "tointeger": (1, 1),
    "tolower": (1, 1), "tostring": (1, 1), "toupper": (1, 1), "trim": (1, 1), "type": (1, 1),
}  # fmt: skip
"""Functions by name in small letters, with the fewest and the most arguments."""

AGGREGATES = frozenset({"avg", "collect", "count", "max", "min", "stdev", "sum"})
"""Functions over the rows of a group; one argument, which may be DISTINCT."""

PREDICATES = frozenset({"all", "any", "none", "single"})
"""``all(x IN list WHERE condition)`` and its kin."""

SPELLING = [
    "abs", "all", "any", "avg", "ceil", "coalesce", "collect", "count", "date", "duration", "endNode",
    "floor", "head", "keys", "labels", "last", "left", "length", "lTrim", "max", "min", "nodes", "none",
    "properties", "range", "reduce", "relationships", "replace", "reverse", "right", "round", "rTrim",
    "sign", "single", "size", "split", "sqrt", "startNode", "stDev", "substring", "sum", "tail", "toBoolean",
    "toFloat", "toInteger", "toLower", "toString", "toUpper", "trim", "type",
]  # fmt: skip
"""Every function as documentation writes it."""

REFUSED: Mapping[str, tuple[str, str]] = {
    "id": ("engine-id", "write n.id"),
    "elementid": ("engine-id", "write n.id"),
    "exists": ("property-exists", "write n.p IS NOT NULL, or EXISTS { (n)-[:TYPE]->() }"),
    "isempty": ("unportable-function", "write size(x) = 0"),
    "percentilecont": ("unportable-function", "collect the values and take what you need"),
    "percentiledisc": ("unportable-function", "collect the values and take what you need"),
    "stdevp": ("unportable-function", "write stDev(x)"),
    "datetime": ("not-deterministic", "dates are texts like 2026-10-31; compare with date('2026-10-31')"),
    "localdatetime": (
        "not-deterministic",
        "dates are texts like 2026-10-31; compare with date('2026-10-31')",
    ),
    "time": ("not-deterministic", "dates are texts like 2026-10-31; compare with date('2026-10-31')"),
    "localtime": ("not-deterministic", "dates are texts like 2026-10-31; compare with date('2026-10-31')"),
    "timestamp": ("not-deterministic", "pass the time as a parameter"),
    "rand": ("not-deterministic", "pass a number as a parameter"),
    "randomuuid": ("not-deterministic", "elements have ids"),
    "shortestpath": ("shortest-path-place", "write MATCH p = shortestPath((a)-[*..10]-(b))"),
    "allshortestpaths": ("shortest-path-place", "write MATCH p = allShortestPaths((a)-[*..10]-(b))"),
}
"""Functions that exist somewhere, with the code of the refusal and what to write instead."""

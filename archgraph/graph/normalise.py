"""Values as every store can hold them: scalars and lists of one kind of scalar.

The embedded engine and Neo4j get the same properties, so that a query compares the same values in
both. What a store cannot hold is flattened (``{health_check: {path: /}}`` becomes
``health_check_path``) or written as JSON text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from ipaddress import IPv4Network, IPv6Network
from typing import Any

from archgraph.catalog.types import Property
from archgraph.catalog.values import Ports, Quantity
from archgraph.model.model import Absent, Reference

Scalar = str | bool | int | float
StoreValue = Scalar | list[str] | list[bool] | list[int] | list[float]
Stored = dict[str, StoreValue]
Missing = dict[Absent, list[str]]

RESERVED = frozenset(
    {"id", "type", "title", "category", "aws_service", "file", "line"}
    | {"label", "labels", "node_type", "connection_type", "start", "end"}
)
"""Names that the graph or a store gives a meaning; a property called so is stored as ``stated_<name>``."""

FREE_FORM = frozenset({"document", "statements", "map"})
"""Kinds of property whose keys are the author's own: stored whole, as JSON text."""

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_INT64 = range(-(2**63), 2**63)


def normalise(values: Mapping[str, Any], specs: Mapping[str, Property] | None = None) -> Stored:
    """The stated properties of an element or relationship, as a store holds them.

    ``specs`` are the catalogue's properties, by which parts and free-form maps are told from other
    texts and records. References to elements are left out: they are relationships. A stated
    ``none`` is listed by name in ``stated_none``, a stated ``unknown`` in ``stated_unknown``.
    """
    stored: Stored = {}
    absent: Missing = {Absent.NONE: [], Absent.UNKNOWN: []}
    for name, value in values.items():
        spec = specs.get(name) if specs else None
        if spec is not None and spec.kind == "part":
            continue
        if spec is not None and spec.kind in FREE_FORM:
            _keep_document(_stored_name(name), value, stored, absent)
        elif spec is None or spec.items is None or spec.items.kind != "part":
            _keep(_stored_name(name), value, stored, absent)
    for state, names in absent.items():
        if names:
            stored[f"stated_{state.value}"] = sorted(names)
    return stored


def scalar(value: Any) -> Scalar:
    """One value as a store holds it: amounts in base units, ISO dates, everything else as text."""
    if isinstance(value, str):
        return value if value.isascii() else _whole_text(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, Quantity):
        return _number(value.amount)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Reference):
        return value.literal or f"{value.target}{'/' + value.path if value.path else ''}"
    return str(value)


def _whole_text(value: str) -> str:
    """Half a surrogate pair is no character, and no store takes it."""
    return value.encode("utf-8", "replace").decode("utf-8")


def _stored_name(name: str) -> str:
    return f"stated_{name}" if name in RESERVED else name


def _keep(name: str, value: Any, stored: Stored, absent: Missing) -> None:
    if isinstance(value, Absent):
        absent[value].append(name)
    elif isinstance(value, Reference):
        if value.literal is not None:
            stored[name] = value.literal
    elif isinstance(value, Mapping):
        if all(isinstance(key, str) and _PLAIN_NAME.fullmatch(key) for key in value):
            for key, item in value.items():
                _keep(f"{name}_{key}", item, stored, absent)
        else:
            stored[name] = _json(value)
    elif isinstance(value, (list, tuple, set, frozenset)):
        _keep_list(name, value, stored, absent)
    elif value is not None:
        stored[name] = scalar(value)


def _keep_document(name: str, value: Any, stored: Stored, absent: Missing) -> None:
    if isinstance(value, Absent):
        absent[value].append(name)
    elif value not in (None, [], {}):
        stored[name] = _json(value)


def _keep_list(name: str, value: Iterable[Any], stored: Stored, absent: Missing) -> None:
    items = sorted(value, key=str) if isinstance(value, (set, frozenset)) else list(value)
    kept = [item for item in items if not (isinstance(item, Reference) and item.literal is None)]
    if items and not kept:
        return
    known = [item for item in kept if not isinstance(item, Absent) and item is not None]
    if any(item is Absent.UNKNOWN for item in kept):
        absent[Absent.UNKNOWN].append(name)
    if any(isinstance(item, (Mapping, list, tuple)) for item in known):
        stored[name] = _json(kept)
        return
    scalars = [scalar(item) for item in known]
    kinds = {_kind(item) for item in scalars}
    if kinds == {"int", "float"}:
        stored[name] = [float(item) for item in scalars]
    elif len(kinds) > 1:
        stored[name] = _json(kept)
    else:
        stored[name] = scalars  # type: ignore[assignment]  # one kind, as the set says


def _kind(value: Scalar) -> str:
    return type(value).__name__


def _number(value: int | float) -> int | float:
    """Stores hold 64-bit integers; a larger amount (exabytes) keeps its size as a float."""
    return float(value) if isinstance(value, int) and value not in _INT64 else value


def _json(value: Any) -> str:
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(scalar(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return [_plain(item) for item in sorted(value, key=str)]
    if value is None or isinstance(value, Absent):
        return None if value is None else value.value
    if isinstance(value, (Quantity, Ports, IPv4Network, IPv6Network)):
        return str(value)
    return scalar(value)

"""A model's own types: read like the built-in ones, and held to what a hostile model must not do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from archgraph.catalog.catalog import Catalog, builtin
from archgraph.catalog.files import CatalogError
from archgraph.catalog.types import CATEGORIES
from archgraph.dsl.includes import Outline
from archgraph.source.diagnostics import Diagnostics, Location
from archgraph.source.document import Entry, Mapping, Node, Scalar, Sequence, plain

_NAME = re.compile(r"[A-Z][A-Za-z0-9]{1,63}")
_PLACES = frozenset({"Account", "AccountGlobal", "model"})
_SAFE_PATTERN = re.compile(r"(?:[^()*+{\\]|\\.|\((?:[^()*+{\\]|\\.)*\)(?![*+{])|[*+]|\{[0-9]+(?:,[0-9]+)?\})*")
_MAX_UNBOUNDED = 2


def extended_catalog(outline: Outline, diagnostics: Diagnostics) -> tuple[Catalog, set[str]]:
    """The built-in catalogue with the model's own types.

    Those that are wrong are reported and left out; their names are returned beside it.
    """
    catalog = builtin()
    found: dict[str, Any] = {}
    for name, (key, node) in outline.types.items():
        data = plain(node)
        problem = _problem(name, node, data)
        if problem:
            diagnostics.add("AG414", problem, _location(key, node, problem), "docs/catalogue.md describes the format")
        else:
            found[name] = data
    wrong = outline.types.keys() - found.keys()
    if not found:
        return catalog, wrong
    catalog = catalog.extended(found)
    for name in found:
        _check_names(outline.types[name], catalog, diagnostics)
    return catalog, wrong


def _problem(name: str, node: Node, data: Any) -> str | None:
    if not _NAME.fullmatch(name):
        return f"'{name[:60]}' cannot be a type; write it in CamelCase, like TideGauge"
    if not isinstance(node, Mapping):
        return f"type {name} must be a map"
    try:
        builtin().extended({name: data})
    except CatalogError as error:
        return str(error)
    slow = next((text for text in _patterns(node) if not _is_safe(text)), None)
    return (
        f"type {name}: pattern {slow[:60]} may take too long; repeat no group, and at most two things without end"
        if slow
        else None
    )


def _patterns(node: Node) -> Iterator[str]:
    """Every regular expression of a type, at any depth."""
    stack: list[Node] = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, Mapping):
            pattern = current.get("pattern")
            if isinstance(pattern, Scalar):
                yield pattern.text
            stack.extend(value for _, value in current.entries.values())
        elif isinstance(current, Sequence):
            stack.extend(current.items)


def _is_safe(pattern: str) -> bool:
    """Whether matching takes at most quadratic time, whatever the text."""
    unbounded = len(re.findall(r"(?<!\\)[*+]", re.sub(r"\[[^\]]*\]", "x", pattern)))
    return len(pattern) <= 200 and unbounded <= _MAX_UNBOUNDED and _SAFE_PATTERN.fullmatch(pattern) is not None


def _location(key: Scalar, node: Node, problem: str) -> Location:
    """The property that a problem names, else the type."""
    named = re.search(r"property ([A-Za-z0-9_-]+):", problem)
    properties = node.get("properties") if isinstance(node, Mapping) else None
    if named and isinstance(properties, Mapping) and named[1] in properties.entries:
        return properties.entries[named[1]][0].location
    return key.location


def _check_names(entry: Entry, catalog: Catalog, diagnostics: Diagnostics) -> None:
    """Report the types that an own type names and that do not exist."""
    stack: list[Node] = [entry[1]]
    while stack:
        node = stack.pop()
        if isinstance(node, Sequence):
            stack.extend(node.items)
        elif isinstance(node, Mapping):
            stack.extend(value for _, value in node.entries.values())
            kind = node.get("kind")
            if isinstance(kind, Scalar) and kind.text in ("reference", "part"):
                _check_known(
                    _texts(node.get("to")) + _texts(node.get("inline")), {"any", *CATEGORIES}, catalog, diagnostics
                )
    if isinstance(entry[1], Mapping):
        _check_known(_texts(entry[1].get("places")), _PLACES | CATEGORIES.keys(), catalog, diagnostics)


def _check_known(
    texts: list[Scalar], words: set[str] | frozenset[str], catalog: Catalog, diagnostics: Diagnostics
) -> None:
    for text in texts:
        if text.text not in words and text.text not in catalog:
            hint = diagnostics.did_you_mean(text.text, [*words, *catalog.names()])
            diagnostics.add("AG414", f"there is no type '{text.text[:60]}'", text.location, hint)


def _texts(node: Node | None) -> list[Scalar]:
    items = node.items if isinstance(node, Sequence) else [node]
    return [item for item in items if isinstance(item, Scalar)]

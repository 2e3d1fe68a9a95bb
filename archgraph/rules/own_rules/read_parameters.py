"""The parameters of an own rule, which its queries read as ``$name``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archgraph.dsl.shapes import as_map, as_text, check_keys
from archgraph.rules.rule import Parameter, ParameterValue
from archgraph.source.diagnostics import Diagnostics
from archgraph.source.document import Mapping, Node, Scalar, Sequence

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_INTEGER = re.compile(r"-?[0-9]{1,15}")


def read_parameters(node: Node | None, diagnostics: Diagnostics) -> Iterator[Parameter]:
    """The well-formed parameters; the others are reported. A default says which type the value has."""
    body = as_map(node, "'parameters'", diagnostics)
    for key, value in body.entries.values() if body else ():
        if not _NAME.fullmatch(key.text):
            hint = "small letters, digits and '_', like max_days"
            diagnostics.add("AG801", f"'{key.text[:40]}' is not the name of a parameter", key.location, hint)
        found = as_map(value, f"parameter '{key.text}'", diagnostics)
        if found is not None:
            yield from _parameter(key.text, found, diagnostics)


def _parameter(name: str, body: Mapping, diagnostics: Diagnostics) -> Iterator[Parameter]:
    keys = ("default", "description")
    if not check_keys(body, (*keys, "minimum"), keys, f"parameter '{name}'", diagnostics):
        return
    default = _default(body.entries["default"][1], diagnostics)
    description = as_text(body.get("description"), "'description'", diagnostics)
    minimum = as_text(body.get("minimum"), "'minimum'", diagnostics)
    if minimum is not None and not _INTEGER.fullmatch(minimum.text):
        diagnostics.add("AG403", "'minimum' must be a whole number", minimum.location)
    elif default is not None and description is not None:
        yield Parameter(name, default, description.text, int(minimum.text) if minimum else None)


def _default(node: Node, diagnostics: Diagnostics) -> ParameterValue | None:
    if isinstance(node, Scalar):
        return int(node.text) if _is_integer(node) else node.text
    items = node.items if isinstance(node, Sequence) else []
    scalars = [item for item in items if isinstance(item, Scalar)]
    if not scalars or len(scalars) < len(items):
        hint = "a whole number, a text, or a list of either that is not empty"
        diagnostics.add("AG801", "the default has no type", node.location, hint)
        return None
    if all(map(_is_integer, scalars)):
        return tuple(int(item.text) for item in scalars)
    return tuple(item.text for item in scalars)


def _is_integer(node: Scalar) -> bool:
    return not node.quoted and _INTEGER.fullmatch(node.text) is not None

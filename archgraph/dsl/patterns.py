"""Patterns: their typed parameters, and the arguments that a ``use`` gives them."""

from __future__ import annotations

from collections.abc import Mapping as Bindings
from typing import NamedTuple

from archgraph.catalog.catalog import Catalog
from archgraph.catalog.types import CATEGORIES
from archgraph.catalog.values import SCALARS
from archgraph.dsl.placeholders import Argument
from archgraph.dsl.shapes import as_list, as_map, as_text, as_texts, check_keys, only_keys
from archgraph.source.diagnostics import Diagnostics
from archgraph.source.document import Entry, Mapping, Node, Scalar, Sequence

PARAMETER_TYPES = (*sorted(set(SCALARS) - {"choice"}), "reference")


class Parameter(NamedTuple):
    """A parameter: how its argument is read, and for references which types it takes."""

    name: str
    kind: str
    default: Scalar | None = None
    targets: tuple[str, ...] = ()


class Pattern(NamedTuple):
    """A pattern as written; its elements and flows are unfolded by each use."""

    name: str
    parameters: dict[str, Parameter]
    elements: list[Entry]
    flows: list[Node]


def read_pattern(key: Scalar, node: Node, catalog: Catalog, diagnostics: Diagnostics) -> Pattern | None:
    """Read the definition of a pattern; ``None`` after reporting if it is not a map."""
    body = as_map(node, f"pattern '{key.text[:60]}'", diagnostics)
    if body is None:
        return None
    only_keys(body, ("parameters", "elements", "flows", "description"), "a pattern", diagnostics)
    written = as_map(body.get("parameters"), "parameters", diagnostics)
    parameters = {
        name.text: _read_parameter(name, value, catalog, diagnostics)
        for name, value in (written.entries.values() if written else ())
    }
    elements = as_map(body.get("elements"), "elements", diagnostics)
    return Pattern(
        name=key.text,
        parameters=parameters,
        elements=list(elements.entries.values()) if elements else [],
        flows=as_list(body.get("flows"), "flows", diagnostics),
    )


def _read_parameter(name: Scalar, node: Node, catalog: Catalog, diagnostics: Diagnostics) -> Parameter:
    """``az: text`` or ``timeout: {type: duration, default: 30s}``. What is wrong is read as a text."""
    if isinstance(node, Scalar):
        return Parameter(name.text, _kind(node, diagnostics))
    body = as_map(node, f"parameter '{name.text[:60]}'", diagnostics)
    if body is None:
        return Parameter(name.text, "text")
    what = f"parameter '{name.text[:60]}'"
    if not check_keys(body, ("type", "default", "to", "description"), ("type",), what, diagnostics):
        return Parameter(name.text, "text")
    written = as_text(body.get("type"), "type", diagnostics)
    kind = _kind(written, diagnostics) if written else "text"
    default = as_text(body.get("default"), "default", diagnostics)
    parameter = Parameter(name.text, kind, default, tuple(_targets(body, kind, catalog, diagnostics)))
    return (
        parameter
        if default is None or _fits(parameter, default, diagnostics)
        else Parameter(name.text, "text", default)
    )


def _kind(node: Scalar, diagnostics: Diagnostics) -> str:
    if node.text in PARAMETER_TYPES:
        return node.text
    hint = diagnostics.did_you_mean(node.text, PARAMETER_TYPES) or f"known: {', '.join(PARAMETER_TYPES)}"
    diagnostics.add("AG419", f"'{node.text[:60]}' is not a parameter type", node.location, hint)
    return "text"


def _targets(body: Mapping, kind: str, catalog: Catalog, diagnostics: Diagnostics) -> list[str]:
    """The types or categories that a reference parameter takes: one, or a list."""
    node = body.get("to")
    if node is None:
        return []
    if kind != "reference":
        diagnostics.add("AG203", "only a parameter of type reference has 'to'", body.entries["to"][0].location)
        return []
    found = as_texts(node, "to", diagnostics) if isinstance(node, Sequence) else [as_text(node, "to", diagnostics)]
    known = []
    for text in found:
        if text is None:
            continue
        if text.text in catalog or text.text in CATEGORIES:
            known.append(text.text)
        else:
            hint = diagnostics.did_you_mean(text.text, catalog.names()) or "`archgraph catalog` lists all types"
            diagnostics.add("AG401", f"there is no type '{text.text[:60]}'", text.location, hint)
    return known


def arguments(
    pattern: Pattern,
    given: Mapping | None,
    around: Bindings[str, Argument],
    namespace: str,
    use: Scalar,
    diagnostics: Diagnostics,
) -> dict[str, Argument] | None:
    """What each parameter stands for in one use; ``None`` after reporting if one is missing or wrong.

    A parameter that ``with`` leaves out takes the ``for_each`` variable of its name, then its default.
    Reference arguments keep the namespace of the use, where their names are looked up.
    """
    bindings: dict[str, Argument] = {}
    written = given.entries if given else {}
    misspelt = _report_unknown(pattern, written, diagnostics)
    complete = True
    partial = given is not None and given.partial
    for parameter in pattern.parameters.values():
        own = written.get(parameter.name)
        if own is not None:
            value = as_text(own[1], f"argument '{parameter.name[:60]}'", diagnostics)
            scope: str | None = namespace
        elif parameter.name in around:
            argument = around[parameter.name]
            value, scope = argument.value, namespace if argument.namespace is None else argument.namespace
        else:
            value, scope = parameter.default, None
            if value is None and not partial and parameter.name not in misspelt:
                diagnostics.add("AG306", f"pattern '{pattern.name[:60]}' needs '{parameter.name[:60]}'", use.location)
        if value is None or (scope is not None and not _fits(parameter, value, diagnostics)):
            complete = False
        elif parameter.kind == "reference":
            bindings[parameter.name] = Argument(value, scope, parameter.targets)
        else:
            bindings[parameter.name] = Argument(value)
    return bindings if complete else None


def _report_unknown(pattern: Pattern, written: dict[str, Entry], diagnostics: Diagnostics) -> set[str]:
    """Report arguments for which there is no parameter; returns the parameters that were probably meant."""
    meant = set()
    for key, _ in written.values():
        if key.text not in pattern.parameters:
            name = diagnostics.closest(key.text, pattern.parameters)
            known = f"known: {', '.join(pattern.parameters)}" if pattern.parameters else "it has no parameters"
            hint = f"did you mean '{name}'?" if name else known
            message = f"pattern '{pattern.name[:60]}' has no parameter '{key.text[:60]}'"
            diagnostics.add("AG305", message, key.location, hint)
            meant.add(name or "")
    return meant


def _fits(parameter: Parameter, value: Scalar, diagnostics: Diagnostics) -> bool:
    if parameter.kind == "reference":
        return True
    try:
        SCALARS[parameter.kind](value.text)
    except ValueError as error:
        diagnostics.add("AG403", f"'{parameter.name[:60]}' {error}", value.location)
        return False
    return True

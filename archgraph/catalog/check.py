"""Whether a type keeps to the catalogue's format, beyond its shape: known words, readable limits.

The built-in types hold by their tests; a model's own types are checked when they are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from archgraph.catalog.types import CATEGORIES, TRAITS, ElementType, Property
from archgraph.catalog.values import SCALARS
from archgraph.catalog.vocabulary import RELATIONSHIPS

COMPOSITES = frozenset({"reference", "part", "list", "map", "record", "statements", "document"})
"""The kinds of property that are made of others, or of more than one text."""
POLICIES = ("identity", "trust", "resource", "control")
"""The kinds of policy that a ``statements`` property may hold."""
FLOW_KINDS = frozenset({"request", "event", "poll", "stream", "replicate", "manage"})
_COUNTED = frozenset({"list", "text"})


def problems(found: ElementType) -> Iterator[str]:
    """What is wrong with a type, one sentence each. Whether the types that it names exist is not asked."""
    for name in ("service", "title", "category", "description", "source", "part_key", "placed_by", "group", "icon"):
        if not isinstance(getattr(found, name), (str, type(None))):
            yield f"{name} must be a text"
    if found.category not in CATEGORIES:
        yield f"there is no category {found.category}; known: {', '.join(CATEGORIES)}"
    for trait in sorted(str(trait) for trait in found.traits if trait not in TRAITS):
        yield f"there is no trait {trait}; known: {', '.join(TRAITS)}"
    for prop in found.properties.values():
        for problem in _of_property(prop):
            yield f"property {prop.name}: {problem}"


def _of_property(prop: Property) -> Iterator[str]:
    if prop.kind not in COMPOSITES and prop.kind not in SCALARS:
        yield f"there is no kind {prop.kind}; known: {', '.join(sorted(COMPOSITES | set(SCALARS)))}"
        return
    if (prop.kind == "choice") != bool(prop.values):
        yield "a choice has values, and nothing else has"
    if prop.kind in ("list", "map") and prop.items is None:
        yield "a list needs items, a map needs values"
    if prop.kind == "map" and prop.keys is None:
        yield "a map needs keys"
    yield from _of_reference(prop)
    yield from _of_limits(prop)
    for inner in (prop.items, prop.keys, *prop.fields.values()):
        if inner is not None:
            yield from _of_property(inner)


def _of_reference(prop: Property) -> Iterator[str]:
    if prop.kind in ("reference", "part") and not prop.targets:
        yield "to must list the types that it takes"
    if prop.kind == "statements" and not (len(prop.targets) == 1 and prop.targets[0] in POLICIES):
        yield f"to must be one of {', '.join(POLICIES)}"
    verb = prop.relationship
    if verb is not None and (verb not in RELATIONSHIPS or RELATIONSHIPS[verb].derived):
        yield f"{verb} is no relationship that a property can state"
    if prop.flow is not None and prop.flow.kind not in FLOW_KINDS:
        yield f"there is no flow of kind {prop.flow.kind}"
    if prop.literals is not None and prop.literals not in SCALARS:
        yield f"literals must be a scalar kind, not {prop.literals}"


def _of_limits(prop: Property) -> Iterator[str]:
    for name, text in (("minimum", prop.minimum), ("maximum", prop.maximum)):
        if text is None:
            continue
        try:
            if prop.kind in _COUNTED:
                int(text)
            elif prop.kind == "cidr":
                int(text.removeprefix("/"))
            else:
                SCALARS[prop.kind](text)
        except (KeyError, ValueError):
            yield f"{name} {text} cannot be read as a {prop.kind}"
    if prop.default is not None:
        try:
            SCALARS[prop.kind](prop.default)
        except (KeyError, ValueError):
            yield f"default {prop.default} cannot be read as a {prop.kind}"
        if prop.values and prop.default not in prop.values:
            yield f"default {prop.default} is none of its values"
    if prop.pattern is not None:
        try:
            re.compile(prop.pattern)
        except (re.error, TypeError):
            yield f"pattern {prop.pattern} is not a regular expression"

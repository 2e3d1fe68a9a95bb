"""References: names of elements (or texts that stand for things outside the model) to relationships."""

from __future__ import annotations

from typing import Any

from archgraph.catalog.types import ElementType, Property
from archgraph.catalog.values import ARN, SCALARS
from archgraph.dsl.names import BoundScalar
from archgraph.dsl.reading import SKIPPED, Reading
from archgraph.dsl.shapes import with_article
from archgraph.model.model import Absent, ElementId, Reference
from archgraph.source.document import Mapping, Scalar

_LANGUAGE_WORDS = ("none", "unknown")


def read_one(reading: Reading, prop: Property, node: Scalar, properties: dict[str, Any] | None = None) -> Any:
    """The one reference that a name means, or ``SKIPPED`` after reporting."""
    if "*" in node.text and "*" in node.text.partition("/")[0] and not is_literal(prop, node.text):
        hint = "wildcards stand in lists; name one element here"
        reading.report("AG204", f"'{reading.path}' must be one id", node.location, hint)
        return SKIPPED
    found = read_named(reading, prop, node, properties)
    return found[0] if found else SKIPPED


def read_named(
    reading: Reading, prop: Property, node: Scalar, properties: dict[str, Any] | None = None
) -> list[Reference]:
    """The references that one written name means: several for a wildcard, none after reporting."""
    text = node.text
    if not text and node.empty:
        reading.report("AG407", f"'{reading.path}' names nothing", node.location, "write an id, or `none`")
        return []
    found = reading.find(node)
    if found is None and is_literal(prop, text):
        return [reading.relate(prop, node, literal=text, properties=properties)]
    is_id = "/" not in text and "*" not in text
    named = [(found, None)] if is_id and found is not None else reading.resolve(node)
    return [
        reading.relate(prop, node, target=target, properties=properties, path=path, reverse=prop.reverse)
        for target, path in named
        if accepts(reading, prop, target, node)
    ]


def read_in_place(reading: Reading, prop: Property, node: Mapping, child: ElementId) -> Reference:
    """The reference to what a map without ``to`` defines in place."""
    return reading.relate(prop, node, target=child, reverse=prop.reverse)


def read_key(reading: Reading, keys: Property | None, key: Scalar) -> str | None:
    """The key of a map as the catalogue says: a value's text, or the full id of an element."""
    if keys is None:
        return key.text
    if keys.kind != "reference":
        try:
            return str(SCALARS[keys.kind](key.text))
        except ValueError as error:
            reading.report("AG403", f"a key of '{reading.path}' {error}", key.location)
            return None
    if is_literal(keys, key.text):
        return key.text
    targets = [target for target, _ in reading.resolve(key) if accepts(reading, keys, target, key)]
    return targets[0] if targets else None


def is_absent(node: object) -> Absent | None:
    """``none`` or ``unknown`` where a reference is expected."""
    if isinstance(node, Scalar) and not node.quoted and node.text in _LANGUAGE_WORDS:
        return Absent(node.text)
    return None


def is_literal(prop: Property, text: str) -> bool:
    """Whether a text stands for something outside the model here: an ARN, or what the property takes."""
    if text.startswith("arn:") and ARN.fullmatch(text):
        return True
    if prop.literals is None:
        return False
    try:
        SCALARS[prop.literals](text)
    except ValueError:
        return False
    return True


def accepts(reading: Reading, prop: Property, target: ElementId, node: Scalar) -> bool:
    """Whether the property, and the pattern's parameter if one stands behind the name, take that element."""
    found = reading.lookup.drafts[target].type
    if found is None:
        return True
    if isinstance(node, BoundScalar) and not _is_one_of(found, node.wanted):
        wanted = node.wanted
        message = f"the pattern's parameter cannot be '{target}', which is {with_article(found.title)}"
    elif not _is_one_of(found, prop.targets):
        wanted = prop.targets
        message = f"'{reading.path}' cannot be '{node.text[:60]}', which is {with_article(found.title)}"
    else:
        return True
    reading.report("AG408", message, node.location, f"it takes {', '.join(wanted)}")
    return False


def _is_one_of(found: ElementType, wanted: tuple[str, ...]) -> bool:
    return not wanted or found.name in wanted or found.category in wanted or "any" in wanted

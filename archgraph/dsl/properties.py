"""Properties read as the catalogue says: text to values, names to references."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archgraph.catalog.types import ElementType, Property
from archgraph.dsl.drafts import Draft
from archgraph.dsl.reading import SKIPPED, Lookup, Reading
from archgraph.dsl.references import is_absent, read_in_place, read_key, read_named, read_one
from archgraph.dsl.scalars import check_count, read_scalar
from archgraph.dsl.shapes import shape
from archgraph.dsl.statements import read_statements
from archgraph.model.model import Absent, Element, ElementId
from archgraph.source.document import Mapping, Node, Scalar, Sequence, plain

_LANGUAGE_KEYS = frozenset({"type", "in", "id"})
_WORDS = frozenset({"unknown", "none", "default"})


def read_element(draft: Draft, element_type: ElementType, lookup: Lookup) -> Element:
    """Read one draft to an element. Wrong properties are reported and left out."""
    element = Element(ElementId(draft.id), element_type, draft.location)
    if draft.part_of is not None:
        element.part_of = ElementId(draft.part_of.id)
    reading = Reading(element, draft.namespace, lookup, draft.inline)
    properties = lookup.properties(element_type)
    meant: set[str | None] = set()
    for name, (key, node) in draft.body.items():
        prop = properties[name]
        if prop is None:
            if name not in _LANGUAGE_KEYS:
                meant.add(_report_unknown(reading, key, draft))
            continue
        reading.path = name
        value = _read(reading, prop, node)
        if value is not SKIPPED:
            element.properties[name] = value
            element.property_keys[name] = key
    for needed in properties.required:
        if needed.name not in draft.body and needed.name not in meant and not draft.partial:
            message = f"{element_type.title} '{draft.written[:60]}' needs '{needed.name}'"
            reading.report("AG404", message, draft.location, needed.description or None)
    return element


def read_lone(prop: Property, node: Node, element: Element, namespace: str, lookup: Lookup) -> Any:
    """Read a property that is not written in an element (of a flow, say) but states about one.

    Relationships that follow are the element's. ``SKIPPED`` after reporting.
    """
    return _read(Reading(element, namespace, lookup, path=prop.name), prop, node)


def _read(reading: Reading, prop: Property, node: Node) -> Any:
    """The value of a property, or ``SKIPPED`` after reporting what is wrong with it."""
    composite = _READERS.get(prop.kind)
    if isinstance(node, Scalar):
        if node.text in _WORDS and not node.quoted and node.text not in prop.values:
            return _word(reading, prop, node)
        if composite is None:
            return read_scalar(reading, prop, node)
    if composite is None:
        _report_shape(reading, node, "a text", None)
        return SKIPPED
    return composite(reading, prop, node)


def _word(reading: Reading, prop: Property, node: Scalar) -> Any:
    """``unknown``, ``none`` and ``default``, where they are not words of the property itself."""
    if node.text != "default":
        return Absent(node.text)
    if prop.default is None:
        hint = 'quote it if it is text: "default"'
        reading.report("AG412", f"no AWS default is known for '{reading.path}'", node.location, hint)
        return SKIPPED
    return read_scalar(reading, prop, Scalar(prop.default, node.source, node.line, node.column, True))


def _reference(reading: Reading, prop: Property, node: Node) -> Any:
    if isinstance(node, Scalar):
        return read_one(reading, prop, node, {})
    if isinstance(node, Sequence):
        _report_shape(reading, node, "one id", None)
        return SKIPPED
    child = reading.inline.get(id(node))
    if child is not None:
        return read_in_place(reading, prop, node, ElementId(child.id))
    to = node.get("to")
    if isinstance(to, Scalar):
        return read_one(reading, prop, to, _fields(reading, prop, node))
    if not node.partial:
        hint = "write an id, or {to: id}"
        reading.report("AG407", f"'{reading.path}' needs the id of an element", node.location, hint)
    return SKIPPED


def _part(reading: Reading, prop: Property, node: Node) -> Any:
    child = reading.inline.get(id(node))
    if child is None:
        reading.report("AG204", f"'{reading.path}' must be a map, not {shape(node)}", node.location)
        return SKIPPED
    return ElementId(child.id)


def _list(reading: Reading, prop: Property, node: Node) -> Any:
    if not isinstance(node, Sequence):
        _report_shape(reading, node, "a list", "write [ ] around it")
        return SKIPPED
    items = prop.items
    if items is None:
        return plain(node)
    values: list[Any] = []
    for item in node.items:
        name = item.get("to") if isinstance(item, Mapping) else item
        if items.kind == "reference" and isinstance(name, Scalar) and "*" in name.text:
            properties = _fields(reading, items, item) if isinstance(item, Mapping) else {}
            values.extend(read_named(reading, items, name, properties))
        elif (value := _read(reading, items, item)) is not SKIPPED:
            values.append(value)
    if prop.minimum is not None or prop.maximum is not None:
        # What was reported and left out still counts, lest one mistake become two.
        counted = values if len(values) >= len(node.items) else node.items
        check_count(reading, prop, node, counted)
    return values


def _map(reading: Reading, prop: Property, node: Node) -> Any:
    """A map with typed keys; keys that are references become relationships of their own."""
    if not isinstance(node, Mapping):
        _report_shape(reading, node, "a map", None)
        return SKIPPED
    values: dict[str, Any] = {}
    keys, items = prop.keys, prop.items
    for key, value in node.entries.values():
        if items is not None and items.kind == "reference":
            found = _keyed_reference(reading, items, key.text, value)
            if (name := read_key(reading, keys, key)) is not None:
                values[name] = found
            continue
        read = _read(reading, items, value) if items is not None else plain(value)
        if keys is not None and keys.kind == "reference":
            ports = [] if read is SKIPPED else read if isinstance(read, list) else [read]
            for reference in read_named(reading, keys, key, {"ports": [str(item) for item in ports]}):
                values[reference.target or reference.literal or key.text] = read
        elif (name := read_key(reading, keys, key)) is not None:
            values[name] = read
    return {name: value for name, value in values.items() if value is not SKIPPED}


def _keyed_reference(reading: Reading, items: Property, key: str, node: Node) -> Any:
    """The reference under one key of a map; the relationship keeps the key as ``destination``."""
    properties: dict[str, Any] = {"destination": key}
    absent = is_absent(node)
    if absent is not None:
        return absent
    if isinstance(node, Mapping) and isinstance(to := node.get("to"), Scalar):
        properties |= _fields(reading, items, node)
        node = to
    if not isinstance(node, Scalar):
        reading.report("AG204", f"'{reading.path}' must name elements, not hold {shape(node)}", node.location)
        return SKIPPED
    return read_one(reading, items, node, properties)


def _record(reading: Reading, prop: Property, node: Node) -> Any:
    if not isinstance(node, Mapping):
        _report_shape(reading, node, "a map", f"it has {', '.join(prop.fields)}")
        return SKIPPED
    return _fields(reading, prop, node)


def _fields(reading: Reading, prop: Property, node: Mapping) -> dict[str, Any]:
    """The fields of a record, or what ``{to: id, ...}`` sets on a relationship."""
    values: dict[str, Any] = {}
    outer = reading.path
    meant: set[str | None] = set()
    for name, (key, value) in node.entries.items():
        if name == "to" and prop.kind == "reference":
            continue
        field = prop.fields.get(name)
        if field is None:
            close = reading.lookup.diagnostics.closest(
                name, [field for field in prop.fields if field not in node.entries]
            )
            meant.add(close)
            known = f"known: {', '.join(prop.fields)}" if prop.fields else "it takes an id alone"
            hint = f"did you mean '{close}'?" if close else known
            reading.report("AG402", f"'{outer}' has no '{name[:60]}'", key.location, hint)
            continue
        reading.path = f"{outer}.{name}"
        read = _read(reading, field, value)
        if read is not SKIPPED:
            values[name] = read
    reading.path = outer
    for field in prop.fields.values():
        if field.required and field.name not in node.entries and field.name not in meant and not node.partial:
            reading.report("AG404", f"'{outer}' needs '{field.name}'", node.location, field.description or None)
    return values


def _ports(reading: Reading, prop: Property, node: Node) -> Any:
    """One range of ports or a list of them; always read to a list."""
    ranges: list[Any] = []
    items = node.items if isinstance(node, Sequence) else [node]
    for item in items:
        if not isinstance(item, Scalar):
            reading.report("AG204", f"'{reading.path}' must be ports, not {shape(item)}", item.location)
        elif (value := read_scalar(reading, prop, item)) is not SKIPPED:
            ranges.append(value)
    return ranges if ranges or not items else SKIPPED


_READERS: dict[str, Callable[[Reading, Property, Node], Any]] = {
    "reference": _reference,
    "part": _part,
    "list": _list,
    "map": _map,
    "record": _record,
    "ports": _ports,
    "statements": read_statements,
    "document": lambda reading, prop, node: plain(node),
}


def _report_shape(reading: Reading, node: Node, wanted: str, hint: str | None) -> None:
    if not isinstance(node, Scalar) and node.partial:
        reading.lookup.damaged.add(reading.element.id)
    elif isinstance(node, Scalar) and node.empty:
        reading.report("AG403", f"'{reading.path}' has no value", node.location, "write one, or leave the line out")
    else:
        reading.report("AG204", f"'{reading.path}' must be {wanted}, not {shape(node)}", node.location, hint)


def _report_unknown(reading: Reading, key: Scalar, draft: Draft) -> str | None:
    """Report a property that the type does not have; returns the one that was probably meant."""
    kind = reading.element.type
    meant = reading.lookup.diagnostics.closest(
        key.text, [name for name in (*kind.properties, *_LANGUAGE_KEYS) if name not in draft.body]
    )
    hint = f"did you mean '{meant}'?" if meant else f"`archgraph catalog {kind.name}` lists its properties"
    reading.report("AG402", f"{kind.title} has no property '{key.text[:60]}'", key.location, hint)
    return meant

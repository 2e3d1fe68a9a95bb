"""Placeholders ``$(name)``: what they stand for, and copying nodes with them filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping as Bindings
from types import MappingProxyType
from typing import NamedTuple

from archgraph.dsl.names import BoundScalar
from archgraph.source.diagnostics import Diagnostics, Location
from archgraph.source.document import Entry, Mapping, Node, Scalar, Sequence

PLACEHOLDER = re.compile(r"\$\(([^()\s]*)\)")
BUDGET = 20_000_000
"""How much patterns may write: characters filled in, and 20 for each key or list item copied."""


class Argument(NamedTuple):
    """What a placeholder stands for: a text; for references also where to look it up, and its types."""

    value: Scalar
    namespace: str | None = None
    wanted: tuple[str, ...] = ()


NO_BINDINGS: Bindings[str, Argument] = MappingProxyType({})


class TooLarge(Exception):
    """Patterns would write more than :data:`BUDGET`, or more elements than a model may have."""

    def __init__(self, location: Location) -> None:
        super().__init__()
        self.location = location


class Filler:
    """Fills in placeholders. What names nobody knows is reported and left out."""

    def __init__(self, diagnostics: Diagnostics) -> None:
        self.diagnostics = diagnostics
        self.left = BUDGET

    def node(self, node: Node, bindings: Bindings[str, Argument]) -> Node | None:
        """A copy with placeholders filled in; what has none is shared, not copied. Raises :class:`TooLarge`."""
        if isinstance(node, Scalar):
            return self.scalar(node, bindings) if "$(" in node.text else node
        if isinstance(node, Sequence):
            return self._sequence(node, bindings)
        return self.mapping(node, bindings)

    def mapping(self, node: Mapping, bindings: Bindings[str, Argument]) -> Mapping:
        self._spend(20 * len(node.entries), node)
        entries: dict[str, Entry] = {}
        changed = partial = False
        for key, value in node.entries.values():
            new_key = self.scalar(key, bindings) if "$(" in key.text else key
            new_value = self.node(value, bindings)
            if new_key is None or new_value is None:
                changed = partial = True
                continue
            changed = changed or new_key is not key or new_value is not value
            if new_key.text in entries:
                self.diagnostics.add("AG111", f"'{new_key.text[:60]}' stands twice in this map", new_key.location)
            entries[new_key.text] = (new_key, new_value)
        if not changed:
            return node
        copy = Mapping(entries, node.source, node.line, node.column)
        copy.partial = partial or node.partial
        return copy

    def _sequence(self, node: Sequence, bindings: Bindings[str, Argument]) -> Sequence:
        self._spend(20 * len(node.items), node)
        items = [self.node(item, bindings) for item in node.items]
        if all(new is old for new, old in zip(items, node.items, strict=True)):
            return node
        copy = Sequence([item for item in items if item is not None], node.source, node.line, node.column)
        copy.partial = node.partial or len(copy.items) < len(items)
        return copy

    def scalar(self, node: Scalar, bindings: Bindings[str, Argument]) -> Scalar | None:
        """A text with its placeholders filled in, or ``None`` after reporting one that nobody knows."""
        names = PLACEHOLDER.findall(node.text)
        for name in names:
            if name not in bindings:
                self._report_unknown(node, name, bindings)
                return None
        if len(names) == 1 and len(node.text) == len(names[0]) + 3:
            return _whole(node, bindings[names[0]])
        self._spend(len(node.text) + sum(len(bindings[name].value.text) for name in names), node)
        text = PLACEHOLDER.sub(lambda match: bindings[match[1]].value.text, node.text)
        return Scalar(text, node.source, node.line, node.column, node.quoted)

    def _report_unknown(self, node: Scalar, name: str, known: Bindings[str, Argument]) -> None:
        hint = self.diagnostics.did_you_mean(name, known.keys())
        if not hint:
            hint = f"known here: {', '.join(known)}" if known else "placeholders stand in patterns and `for_each` only"
        self.diagnostics.add("AG307", f"nothing is known as $({name[:60]})", node.location, hint)

    def _spend(self, amount: int, node: Node) -> None:
        self.left -= amount
        if self.left < 0:
            raise TooLarge(node.location)


def _whole(node: Scalar, argument: Argument) -> Scalar:
    """A placeholder alone: references keep where they were written, other texts stand where they are used."""
    value = argument.value
    if isinstance(value, BoundScalar):
        return value
    if argument.namespace is not None:
        return BoundScalar(value, argument.namespace, argument.wanted)
    return Scalar(value.text, node.source, node.line, node.column, value.quoted)

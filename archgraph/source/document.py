"""A positioned document: YAML's three shapes, each knowing where it was written."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

from archgraph.source.diagnostics import Location

_located: Callable[[tuple[str, int, int]], Location] = partial(tuple.__new__, Location)
"""``Location(...)`` in half the time: reading a model asks for one per element, property and reference."""
_LINE_BREAK = re.compile("[\n\x85\u2028\u2029]")
"""What libyaml counts as the end of a line, once carriage returns are gone."""


class Source:
    """One file of a model: its path relative to the model's root, and its text."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text

    def line(self, number: int) -> str:
        """The text of a 1-based line, or an empty text past the end."""
        return self._lines[number - 1] if 0 < number <= len(self._lines) else ""

    @cached_property
    def has_placeholders(self) -> bool:
        """Whether ``$(`` occurs at all, so that most files need not be searched node by node."""
        return "$" in self.text and "$(" in self.text  # one character is found ten times as fast as two

    @cached_property
    def _lines(self) -> list[str]:
        return _LINE_BREAK.split(self.text)


class Scalar:
    """A text and where it stands. Everything plain or quoted is text until the catalogue reads it."""

    __slots__ = ("column", "line", "quoted", "source", "text")

    def __init__(self, text: str, source: Source, line: int, column: int, quoted: bool = False) -> None:
        self.text = text
        self.source = source
        self.line = line
        self.column = column
        self.quoted = quoted

    @property
    def location(self) -> Location:
        return _located((self.source.path, self.line, self.column))

    @property
    def empty(self) -> bool:
        """Whether nothing at all was written where a value could stand."""
        return not self.text and not self.quoted

    def within(self, offset: int) -> Location:
        """Where the text from ``offset`` on was written; the beginning if escapes or folds hide it."""
        column = self.column + (1 if self.quoted else 0)
        written = self.source.line(self.line)[column - 1 :]
        return Location(self.source.path, self.line, column + offset if written.startswith(self.text) else self.column)

    def __repr__(self) -> str:
        return f"Scalar({self.text!r} at {self.location})"


class Sequence:
    """A list of nodes and where it begins. ``partial`` if an item was reported and left out."""

    __slots__ = ("column", "items", "line", "partial", "source")

    def __init__(self, items: list[Node], source: Source, line: int, column: int) -> None:
        self.items = items
        self.source = source
        self.line = line
        self.column = column
        self.partial = False

    @property
    def location(self) -> Location:
        return Location(self.source.path, self.line, self.column)


class Mapping:
    """Keys and values in the author's order; ``entries[text] = (key, value)``.

    ``partial`` if an entry was reported and left out: what seems to be missing may have been in it.
    """

    __slots__ = ("column", "entries", "line", "partial", "source")

    def __init__(self, entries: dict[str, Entry], source: Source, line: int, column: int) -> None:
        self.entries = entries
        self.source = source
        self.line = line
        self.column = column
        self.partial = False

    @property
    def location(self) -> Location:
        return Location(self.source.path, self.line, self.column)

    def get(self, key: str) -> Node | None:
        """The value under ``key``, or ``None``."""
        entry = self.entries.get(key)
        return entry[1] if entry else None


Node = Scalar | Sequence | Mapping
Entry = tuple[Scalar, Node]


def plain(node: Node) -> Any:
    """The node without positions: text, lists and dicts as they were written."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {name: plain(value) for name, (_, value) in node.entries.items()}

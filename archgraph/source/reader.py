"""YAML text to a positioned document, in one pass over libyaml's events.

The language is a strict subset of YAML (see ``docs/language.md``): what readers of YAML 1.1 and
1.2 would understand differently is refused or warned about here, so that no later stage has to
know YAML. https://yaml.org/spec/1.2.2/ is the reference.
"""

from __future__ import annotations

import re
import warnings
from typing import Any

import yaml

from archgraph.source.ambiguous import SUSPECT_STARTS, is_ambiguous
from archgraph.source.diagnostics import Diagnostics, Location
from archgraph.source.document import Entry, Mapping, Node, Scalar, Sequence, Source
from archgraph.source.syntax import report_syntax

MAX_SCALAR = 1024 * 1024
MAX_DEPTH = 60

_DOLLAR_BRACE = re.compile(r"\$\{([A-Za-z][A-Za-z0-9_-]*)\}")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def read(text: str, name: str, diagnostics: Diagnostics) -> Mapping | None:
    """Read YAML text into a positioned map, or report what is wrong and return ``None``.

    What is forbidden but harmless to skip (an anchor, a duplicate key ...) is reported and read
    over, so that one run shows all problems; broken syntax ends the reading.
    """
    source = Source(name, text)
    control = _CONTROL.search(text)
    if control:
        line = text.count("\n", 0, control.start()) + 1
        column = control.start() - (text.rfind("\n", 0, control.start()) + 1) + 1
        diagnostics.add(
            "AG119", f"control character U+{ord(control[0]):04X}", Location(name, line, column), "remove it"
        )
        return None
    try:
        return _Builder(source, diagnostics).build()
    except yaml.MarkedYAMLError as error:
        report_syntax(error, source, diagnostics)
    except yaml.YAMLError:
        diagnostics.add("AG106", "this is not YAML", Location(name, 1, 1))
    return None


_NOWHERE = Source("", "")
_REFUSED = Scalar("", _NOWHERE, 0, 0)
"""Stands for a key that was reported: its value is read over."""
_MERGE = Scalar("<<", _NOWHERE, 0, 0)
"""Likewise for a merge key; what it merges is not reported a second time."""


class _Stop(yaml.YAMLError):
    """Leaves the event loop after a problem that was already reported."""


def _loader(text: str) -> Any:
    fast = getattr(yaml, "CSafeLoader", None)
    if fast is None:
        warnings.warn("PyYAML has no libyaml here: reading is about 20 times slower", RuntimeWarning, stacklevel=4)
        return yaml.SafeLoader(text)
    return fast(text)


class _Builder:
    """Turns the event stream of one file into nodes."""

    def __init__(self, source: Source, diagnostics: Diagnostics) -> None:
        self.source = source
        self.diagnostics = diagnostics

    def build(self) -> Mapping | None:
        loader = _loader(self.source.text)
        try:
            root = self._documents(loader.get_event)
        except _Stop:
            return None
        finally:
            loader.dispose()
        if isinstance(root, Mapping):
            return root
        at = root.location if root else Location(self.source.path, 1, 1)
        if root is None or (isinstance(root, Scalar) and not root.text):
            self._report("AG120", f"{self.source.path} is empty", at, "a model begins with `archgraph: 1`")
        else:
            self._report("AG204", "a model is a map of keys, not a " + _shape(root), at)
        return None

    def _documents(self, next_event: Any) -> Node | None:
        """The root of the first document; anything after it is reported."""
        root: Node | None = None
        seen = False
        while True:
            event = next_event()
            kind = type(event)
            if kind is yaml.StreamEndEvent:
                return root
            if kind is yaml.DocumentStartEvent:
                if event.version or event.tags:
                    self._report("AG121", "directives are not part of the language", self._at(event), "remove the line")
                if seen:
                    self._report("AG113", "a second document begins here", self._at(event), "join files with `include`")
                    raise _Stop
                seen = True
                root = self._tree(next_event)

    def _tree(self, next_event: Any) -> Node | None:
        """Build one document without recursion; ``stack`` holds the open maps and lists.

        ``entries`` are those of the open map, ``None`` in a list; ``key`` is the one that awaits its value.
        """
        source, diagnostics = self.source, self.diagnostics
        stack: list[Mapping | Sequence] = []
        container: Mapping | Sequence | None = None
        entries: dict[str, Entry] | None = None
        key: Scalar | None = None
        root: Node | None = None
        node: Node
        scalar_event, start_map, start_list = yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent
        has_dollar_braces = "${" in source.text
        while True:
            event = next_event()
            kind = type(event)
            is_key = entries is not None and key is None
            if kind is scalar_event:
                mark, text, style = event.start_mark, event.value, event.style
                node = Scalar(text, source, mark.line + 1, mark.column + 1, bool(style))
                refused = (event.anchor is not None or event.tag is not None) and self._refuses_properties(event)
                if not style and text[:1] in SUSPECT_STARTS and is_ambiguous(text):
                    self._report_ambiguous(node)
                if len(text) > MAX_SCALAR:
                    self._report("AG114", "this text is longer than 1 MiB", node.location)
                    refused = True
                elif has_dollar_braces and "${" in text:
                    refused = self._refuses_dollar_brace(node, is_key) or refused
                if is_key:
                    ordinary = not refused and text not in entries and text != "<<"  # type: ignore[operator]
                    if ordinary and event.end_mark.line == mark.line:
                        key = node
                    else:
                        key = self._unusual_key(node, event, container, refused)  # type: ignore[arg-type]
                    continue
                if refused:
                    _leave_out(container)
                elif entries is not None:
                    if key is not _REFUSED and key is not _MERGE:
                        entries[key.text] = (key, node)  # type: ignore[union-attr, assignment]
                elif container is not None:
                    container.items.append(node)  # type: ignore[union-attr]
                else:
                    return self._end(node, next_event)
                key = None
            elif kind is start_map or kind is start_list:
                if event.anchor is not None or event.tag is not None:
                    self._refuses_properties(event)
                if is_key or key is _MERGE:
                    key = self._skip_odd(event, next_event, container, is_key)  # type: ignore[arg-type]
                    continue
                if len(stack) >= MAX_DEPTH:
                    self._report("AG115", f"more than {MAX_DEPTH} levels of nesting", self._at(event))
                    raise _Stop
                mark = event.start_mark
                if kind is start_map:
                    inner: dict[str, Entry] | None = {}
                    node = Mapping(inner, source, mark.line + 1, mark.column + 1)  # type: ignore[arg-type]
                else:
                    inner = None
                    node = Sequence([], source, mark.line + 1, mark.column + 1)
                if entries is not None:
                    if key is not _REFUSED:
                        entries[key.text] = (key, node)  # type: ignore[union-attr, assignment]
                elif container is not None:
                    container.items.append(node)  # type: ignore[union-attr]
                else:
                    root = node
                stack.append(node)
                container, entries, key = node, inner, None
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                stack.pop()
                container, key = (stack[-1] if stack else None), None
                entries = container.entries if type(container) is Mapping else None
            elif kind is yaml.AliasEvent:
                if key is not _MERGE:
                    text = f"*{event.anchor}"
                    hint = f'use `patterns` or `defaults`; if it is text, quote it: "{text}"'
                    self._report("AG108", f"{_shown(text)} is a YAML alias", self._at(event), hint)
                _leave_out(container)
                key = _REFUSED if is_key else None
            else:
                return root
            if diagnostics.full:
                raise _Stop

    def _end(self, root: Node, next_event: Any) -> Node:
        """A document that is one text: its end event follows."""
        next_event()
        return root

    def _unusual_key(self, key: Scalar, event: Any, container: Mapping, refused: bool) -> Scalar:
        """Report a key that cannot be used; returns a mark that its value is to be left out."""
        if refused:
            container.partial = True
        elif key.text == "<<":
            if key.quoted:
                return key
            hint = "use `defaults` or `patterns`"
            self._report("AG109", "merge keys are not part of the language", key.location, hint)
            container.partial = True
            return _MERGE
        elif event.start_mark.line != event.end_mark.line:
            self._report("AG112", "a key must stand on one line", key.location)
            container.partial = True
        else:
            first = container.entries[key.text][0]
            hint = f"it was first written in line {first.line}"
            self._report("AG111", f"'{_shown(key.text)}' stands twice in this map", key.location, hint)
        return _REFUSED

    def _skip_odd(self, event: Any, next_event: Any, container: Mapping, is_key: bool) -> Scalar | None:
        """Read over a map or list that is a key, or that a merge key would merge."""
        if is_key:
            self._report("AG118", "a key must be text", self._at(event), "placeholders are written $(name)")
            container.partial = True
        self._skip(next_event)
        return _REFUSED if is_key else None

    def _report_ambiguous(self, node: Scalar) -> None:
        shown = _shown(node.text)
        self._report("AG116", f"{shown} is read differently by other YAML tools", node.location, f'quote it: "{shown}"')

    def _refuses_dollar_brace(self, node: Scalar, is_key: bool) -> bool:
        """Report ``${name}``. A key is read as it should have been, so that its element keeps its id."""
        name = node.text.split("${", 1)[1].split("}", 1)[0]
        self._report("AG117", "placeholders are written $(name)", node.location, f"write $({_shown(name)})")
        if is_key:
            node.text = _DOLLAR_BRACE.sub(r"$(\1)", node.text)
        return not is_key

    def _refuses_properties(self, event: Any) -> bool:
        """Report an anchor (which does no harm) or a tag (whose value is not what it seems)."""
        if event.anchor is not None:
            self._report(
                "AG107", f"&{_shown(event.anchor)} is a YAML anchor", self._at(event), "use `patterns` or `defaults`"
            )
        if event.tag is not None:
            self._report(
                "AG110",
                f"{_shown(event.tag.replace('tag:yaml.org,2002:', '!!'))} is a YAML tag",
                self._at(event),
                "quote text that must stay text",
            )
        return event.tag is not None

    def _skip(self, next_event: Any) -> None:
        """Read over the rest of a map or list that cannot be used."""
        depth = 1
        while depth:
            kind = type(next_event())
            if kind in (yaml.MappingStartEvent, yaml.SequenceStartEvent):
                depth += 1
            elif kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
                depth -= 1

    def _at(self, event: Any) -> Location:
        return Location(self.source.path, event.start_mark.line + 1, event.start_mark.column + 1)

    def _report(self, code: str, message: str, location: Location, hint: str | None = None) -> None:
        self.diagnostics.add(code, message, location, hint)


def _leave_out(container: Mapping | Sequence | None) -> None:
    """Remember that a reported value is missing here; a document that is nothing else is not read."""
    if container is None:
        raise _Stop
    container.partial = True


def _shape(node: Node) -> str:
    return {Scalar: "text", Sequence: "list", Mapping: "map"}[type(node)]


def _shown(text: str) -> str:
    """A text short enough for a message."""
    return text if len(text) <= 60 else text[:57] + "..."

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

MAX_SCALAR = 1024 * 1024
MAX_DEPTH = 60

_DOLLAR_BRACE = r"\$\{([A-Za-z][A-Za-z0-9_-]*)\}"
_CONTROLS = tuple(map(chr, (*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F)))
_CONTROL = f"[{''.join(_CONTROLS)}\ufffe\uffff\ud800-\udfff]"
_QUOTES = frozenset("'\"|>")


def read(text: str, name: str, diagnostics: Diagnostics) -> Mapping | None:
    """Read YAML text into a positioned map, or report what is wrong and return ``None``.

    What is forbidden but harmless to skip (an anchor, a duplicate key ...) is reported and read
    over, so that one run shows all problems; broken syntax ends the reading.
    """
    source = Source(name, text)
    control = _control(text)
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
        from archgraph.source.syntax import report_syntax  # most files have no such error

        report_syntax(error, source, diagnostics)
    except yaml.YAMLError:
        diagnostics.add("AG106", "this is not YAML", Location(name, 1, 1))
    return None


def _control(text: str) -> re.Match[str] | None:
    """The first character that YAML does not allow."""
    # That a character does not occur is known at once, while a pattern would look at each character of the text.
    if text.isascii() and not any(character in text for character in _CONTROLS):
        return None
    return re.search(_CONTROL, text)


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
        self._usual: dict[str, str] = {}
        """The texts about which there is nothing to say: most keys and ids stand often, and are one object then."""

    def build(self) -> Mapping | None:
        if self.diagnostics.full:
            return None
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
        source, usual = self.source, self._usual
        stack: list[Mapping | Sequence] = []
        container: Mapping | Sequence | None = None
        entries: dict[str, Entry] | None = None
        key = _REFUSED
        root: Node | None = None
        node: Node
        scalar_event, start_map, end_map = yaml.ScalarEvent, yaml.MappingStartEvent, yaml.MappingEndEvent
        while True:
            event = next_event()
            kind = type(event)
            if entries is not None and kind is not end_map:
                if kind is scalar_event:
                    mark, text = event.start_mark, usual.get(event.value)
                    key = Scalar(text or event.value, source, mark.line + 1, mark.column + 1, event.style in _QUOTES)
                    plain = event.anchor is None and event.tag is None and event.end_mark.line == mark.line
                    if not plain or text is None or text in entries:
                        key = self._checked_key(key, event, container)  # type: ignore[arg-type]
                else:
                    key = self._refused_key(event, next_event, container)  # type: ignore[arg-type]
                event = next_event()
                kind = type(event)
            if kind is scalar_event:
                mark, text = event.start_mark, usual.get(event.value)
                node = Scalar(text or event.value, source, mark.line + 1, mark.column + 1, event.style in _QUOTES)
                plain = event.anchor is None and event.tag is None
                if (not plain or text is None) and self._refuses(node, event):
                    _leave_out(container)
                elif entries is not None:
                    if key is not _REFUSED and key is not _MERGE:
                        entries[key.text] = (key, node)
                elif container is not None:
                    container.items.append(node)  # type: ignore[union-attr]
                else:
                    return self._end(node, next_event)
            elif kind is start_map or kind is yaml.SequenceStartEvent:
                if event.anchor is not None or event.tag is not None:
                    self._refuses_properties(event)
                if entries is not None and key is _MERGE:
                    self._skip(next_event)
                    continue
                if len(stack) >= MAX_DEPTH:
                    self._report("AG115", f"more than {MAX_DEPTH} levels of nesting", self._at(event))
                    raise _Stop
                mark = event.start_mark
                inner: dict[str, Entry] | None = {} if kind is start_map else None
                if inner is not None:
                    node = Mapping(inner, source, mark.line + 1, mark.column + 1)
                else:
                    node = Sequence([], source, mark.line + 1, mark.column + 1)
                if entries is not None:
                    if key is not _REFUSED:
                        entries[key.text] = (key, node)
                elif container is not None:
                    container.items.append(node)  # type: ignore[union-attr]
                else:
                    root = node
                stack.append(node)
                container, entries = node, inner
            elif kind is end_map or kind is yaml.SequenceEndEvent:
                stack.pop()
                container = stack[-1] if stack else None
                entries = container.entries if type(container) is Mapping else None
            elif kind is yaml.AliasEvent:
                if entries is None or key is not _MERGE:
                    self._report_alias(event)
                _leave_out(container)
            else:
                return root

    def _end(self, root: Node, next_event: Any) -> Node:
        """A document that is one text: its end event follows."""
        next_event()
        return root

    def _checked_key(self, key: Scalar, event: Any, container: Mapping) -> Scalar:
        """The key if it can be used; otherwise, after reporting, a mark that its value is to be left out."""
        if self._refuses(key, event, is_key=True):
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
        elif event.value in container.entries:
            first = container.entries[event.value][0]
            hint = f"it was first written in line {first.line}"
            self._report("AG111", f"'{_shown(key.text)}' stands twice in this map", key.location, hint)
        else:
            return key
        return _REFUSED

    def _refused_key(self, event: Any, next_event: Any, container: Mapping) -> Scalar:
        """Report and read over an alias, map or list that is a key."""
        if type(event) is yaml.AliasEvent:
            self._report_alias(event)
        else:
            if event.anchor is not None or event.tag is not None:
                self._refuses_properties(event)
            self._report("AG118", "a key must be text", self._at(event), "placeholders are written $(name)")
            self._skip(next_event)
        container.partial = True
        return _REFUSED

    def _report_alias(self, event: Any) -> None:
        text = f"*{event.anchor}"
        hint = f'use `patterns` or `defaults`; if it is text, quote it: "{text}"'
        self._report("AG108", f"{_shown(text)} is a YAML alias", self._at(event), hint)

    def _refuses(self, node: Scalar, event: Any, *, is_key: bool = False) -> bool:
        """Report what is wrong with a text that was not met before or has an anchor or tag; whether it is unusable."""
        refused = (event.anchor is not None or event.tag is not None) and self._refuses_properties(event)
        if _is_odd(node.text):
            return self._refuses_text(node, is_key) or refused
        self._usual.setdefault(node.text, node.text)
        return refused

    def _refuses_text(self, node: Scalar, is_key: bool) -> bool:
        """Report what is odd about a text; whether it cannot be used."""
        if not node.quoted and is_ambiguous(node.text):
            shown = _shown(node.text)
            message = f"{shown} is read differently by other YAML tools"
            self._report("AG116", message, node.location, f'quote it: "{shown}"')
        if len(node.text) > MAX_SCALAR:
            self._report("AG114", "this text is longer than 1 MiB", node.location)
            return True
        return "${" in node.text and self._refuses_dollar_brace(node, is_key)

    def _refuses_dollar_brace(self, node: Scalar, is_key: bool) -> bool:
        """Report ``${name}``. A key is read as it should have been, so that its element keeps its id."""
        name = node.text.split("${", 1)[1].split("}", 1)[0]
        self._report("AG117", "placeholders are written $(name)", node.location, f"write $({_shown(name)})")
        if is_key:
            node.text = re.sub(_DOLLAR_BRACE, r"$(\1)", node.text)
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
        if self.diagnostics.full:
            raise _Stop


def _is_odd(text: str) -> bool:
    """Whether something may have to be said about a text, depending on how it is quoted and whether it is a key."""
    if text[:1] in SUSPECT_STARTS and is_ambiguous(text):
        return True
    return text == "<<" or len(text) > MAX_SCALAR or "${" in text


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

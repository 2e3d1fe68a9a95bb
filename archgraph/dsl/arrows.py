"""Arrows: ``a & b -> c & d`` read, and the elements at its two ends looked up."""

from __future__ import annotations

import re
from typing import NamedTuple

from archgraph.dsl.drafts import FlowDraft
from archgraph.dsl.names import joined
from archgraph.dsl.reading import Lookup
from archgraph.dsl.shapes import with_article
from archgraph.model.model import Element, ElementId
from archgraph.source.diagnostics import Location
from archgraph.source.document import Mapping, Node, Scalar, Sequence

_AWS_NAMES = {"internet": "the internet is never named; declare an EndUser, SaasService or ExternalSystem"}
_ARROW = re.compile(r"\s+->\s+")
_SIDE = re.compile(r"[^\s&]+(?:\s*&\s*[^\s&]+)*")
_END = re.compile(r"[^\s&]+")
_NOT_ENDS = frozenset({"Network", "Place", "Governance", "Data", "Identity"})
_ENDS_ALL_THE_SAME = frozenset({"vpc", "on-premises"})


class Arrow(NamedTuple):
    """A written flow: its arrow, the elements at both ends, and what is said about it."""

    key: Scalar
    sources: list[ElementId]
    targets: list[ElementId]
    body: Node | None


class ArrowReader:
    """Reads the arrows of one model, after all its elements are known."""

    def __init__(self, lookup: Lookup, elements: dict[ElementId, Element]) -> None:
        self.names = lookup.names
        self.diagnostics = lookup.diagnostics
        self.elements = elements
        self.unread = False
        """True if a flow could not be read, so that one which seems to be missing may have been it."""

    def read(self, draft: FlowDraft) -> Arrow | None:
        """The arrow of a written flow, or ``None`` after reporting that it is none."""
        key, body = self._written(draft.node)
        sides = _ARROW.split(key.text.strip()) if key else []
        if key is None or len(sides) != 2:
            self.unread = True
            if key is not None:
                self.diagnostics.add("AG501", f"'{key.text[:80]}' is not a flow", key.location, _hint(key.text))
            return None
        begin = key.text.index(sides[0])
        sources = self._ends(sides[0], begin, key, draft.namespace)
        begin = key.text.index(sides[1], begin + len(sides[0]))
        return Arrow(key, sources, self._ends(sides[1], begin, key, draft.namespace), body)

    def _written(self, node: Node) -> tuple[Scalar | None, Node | None]:
        """The arrow and what is said about it: ``a -> b``, ``a -> b: tls`` or ``a -> b: {...}``."""
        if isinstance(node, Scalar):
            return node, None
        if isinstance(node, Mapping) and len(node.entries) == 1:
            (arrow, body) = next(iter(node.entries.values()))
            if not isinstance(body, Sequence):
                return arrow, body
            self.diagnostics.add("AG501", "a flow says a protocol or a map of properties, not a list", body.location)
        elif not (isinstance(node, Mapping) and node.partial):
            self.diagnostics.add("AG501", "a flow is `a -> b`, `a -> b: protocol` or `a -> b: {...}`", node.location)
        return None, None

    def _ends(self, side: str, begin: int, arrow: Scalar, namespace: str) -> list[ElementId]:
        """The elements that one side of an arrow names; unknown ones are reported where they stand."""
        if not _SIDE.fullmatch(side):
            self.unread = True
            hint = "one id, or several joined with &"
            self.diagnostics.add("AG501", f"'{side[:60]}' cannot be the end of a flow", arrow.within(begin), hint)
            return []
        found: dict[ElementId, None] = {}
        for match in _END.finditer(side):
            name, offset = match[0], begin + match.start()
            resolved = self.names.resolve(name, namespace)
            ends = self.names.matching(name, namespace) if "*" in name else [resolved] if resolved else []
            if not ends:
                self._report_unknown(name, arrow.within(offset), namespace)
            for end in ends:
                if ElementId(end) not in self.elements:
                    self.unread = True
                elif _may_end(element := self.elements[ElementId(end)]):
                    found[ElementId(end)] = None
                else:
                    self._report_passage(element, arrow.within(offset))
        return list(found)

    def _report_unknown(self, name: str, at: Location, namespace: str) -> None:
        if self.names.removed & {name, joined(namespace, name)}:
            return  # whoever removes an element removes its flows
        self.unread = True
        if self.names.lost.excuses(name, namespace):
            return
        if "*" in name:
            hint = self.names.wildcard_hint(name, namespace, self.diagnostics)
            self.diagnostics.add("AG310", f"'{name[:60]}' matches nothing", at, hint)
        else:
            self.diagnostics.add(
                "AG502",
                f"nothing is called '{name[:60]}' here",
                at,
                self.names.suggestion(name, namespace, self.diagnostics),
            )

    def _report_passage(self, element: Element, at: Location) -> None:
        self.unread = True
        self.diagnostics.add(
            "AG505",
            f"'{element.id}' is {with_article(element.type.title)}, which is never the end of a flow",
            at,
            "name the two ends; what lies between is derived from routes",
        )


def _may_end(element: Element) -> bool:
    """Whether flows begin and end at an element; through gateways, routes and places they only pass."""
    kind = element.type
    passes = "gateway" in kind.traits or (kind.category in _NOT_ENDS and kind.group not in _ENDS_ALL_THE_SAME)
    return not passes or "internet-entry" in kind.traits or element.external


def _hint(text: str) -> str:
    """What would be right instead of a text that is no arrow between two ends."""
    if text.count("->") > 1:
        return "write one flow for each pair"
    if "<-" in text:
        return "write it from source to target: `a -> b`"
    if "->" in text:
        return "write a space before and after ->"
    return "write `a -> b`, or `a & b -> c & d`"

"""Selectors: the one grammar by which waivers, views and changes name elements and flows.

==================  ==========================================================
``web-alb``         the element, or the flow, with that id
``app-*``           every id that matches (``*`` any characters, ``?`` one)
``web -> shop-db``  the flow with that id; ``web -> *`` every flow that matches
``type:S3Bucket``   every element of the type, or of the category
``in:shop-vpc``     everything inside the place, at any depth; ``account.region`` is a place
``tag:team=shop``   every element with the tag; the value may be a glob
==================  ==========================================================
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from fnmatch import translate
from typing import NamedTuple

from archgraph.model.model import Element, ElementId, Flow, Model
from archgraph.source.diagnostics import did_you_mean


class SelectorKind(StrEnum):
    """What a selector looks at."""

    ID = "id"
    FLOW = "flow"
    TYPE = "type"
    IN = "in"
    TAG = "tag"


class Selector(NamedTuple):
    """One selector, parsed: what it looks at, and the id, glob, name or value that it asks for."""

    kind: SelectorKind
    text: str
    key: str = ""
    """The key of a ``tag:key=value``."""

    @classmethod
    def parse(cls, text: str) -> Selector:
        """Read one selector. Raises ``ValueError`` with a sentence that says what would be right."""
        text = text.strip()
        if not text:
            raise ValueError("a selector is empty; write an id, a glob, type:, in: or tag:")
        if len(text) > _LONGEST:
            raise ValueError(f"a selector is longer than {_LONGEST} characters")
        if "->" in text:
            return cls(SelectorKind.FLOW, _flow_id(text))
        prefix, colon, rest = text.partition(":")
        if not colon:
            return cls(SelectorKind.ID, _checked_id(text))
        read = _PREFIXES.get(prefix)
        if read is None:
            hint = did_you_mean(prefix, _PREFIXES) or "selectors begin with type:, in: or tag:, or are an id"
            raise ValueError(f"{prefix!r} is not a kind of selector; {hint}")
        return read(rest.strip())

    def matches(self, model: Model, element: Element) -> bool:
        """Whether the element is selected."""
        return _element_test(self, model)(element)

    def matches_flow(self, model: Model, flow: Flow) -> bool:
        """Whether the flow is selected: by its id, or because both its ends are inside the place."""
        return _flow_test(self, model)(flow)


def select(model: Model, selectors: Iterable[Selector | str]) -> list[str]:
    """Ids of the elements and flows that any selector matches: elements, then flows, in the author's order.

    Raises ``ValueError`` for a selector that cannot be read.
    """
    chosen: dict[str, None] = {}
    for selector in selectors:
        parsed = Selector.parse(selector) if isinstance(selector, str) else selector
        chosen.update(dict.fromkeys(_selected(model, parsed)))
    if len(chosen) < 2:
        return list(chosen)
    ordered: list[str] = [id_ for id_ in model.elements if id_ in chosen]
    return ordered + [id_ for id_ in model.flows if id_ in chosen]


_LONGEST = 500
_ID = re.compile(r"[A-Za-z*?][A-Za-z0-9._*?-]*")
_GLOB = re.compile(r"[*?]")


def _flow_id(text: str) -> str:
    source, _, target = text.partition("->")
    return f"{_checked_id(source.strip())} -> {_checked_id(target.strip())}"


def _checked_id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise ValueError(
            f"{text!r} is not an id or a glob: letters, digits, '-', '_', '.' and the wildcards '*' and '?'"
        )
    return text


def _read_type(text: str) -> Selector:
    if not text.isalnum():
        raise ValueError(f"'type:{text}' must name one type or category, like type:S3Bucket")
    return Selector(SelectorKind.TYPE, text)


def _read_place(text: str) -> Selector:
    if not _ID.fullmatch(text) or _GLOB.search(text):
        raise ValueError(f"'in:{text}' must name one place, like in:shop-vpc or in:shop-prod.eu-west-1")
    return Selector(SelectorKind.IN, text)


def _read_tag(text: str) -> Selector:
    key, equals, value = text.partition("=")
    if not key.strip() or not equals:
        raise ValueError(f"'tag:{text}' must give a key and a value, like tag:team=shop")
    return Selector(SelectorKind.TAG, value.strip(), key.strip())


_PREFIXES: dict[str, Callable[[str], Selector]] = {"type": _read_type, "in": _read_place, "tag": _read_tag}


def _selected(model: Model, selector: Selector) -> Iterable[str]:
    if selector.kind is SelectorKind.ID and not _GLOB.search(selector.text):
        known = selector.text in model.elements or selector.text in model.flows
        return [selector.text] if known else []
    element_test = _element_test(selector, model)
    flow_test = _flow_test(selector, model)
    elements: list[str] = [element.id for element in model.elements.values() if element_test(element)]
    return elements + [flow.id for flow in model.flows.values() if flow_test(flow)]


def _element_test(selector: Selector, model: Model) -> Callable[[Element], bool]:
    wanted = selector.text
    if selector.kind is SelectorKind.ID:
        matches = glob_test(wanted)
        return lambda element: matches(element.id)
    if selector.kind is SelectorKind.TYPE:
        return lambda element: wanted in (element.type.name, element.type.category)
    if selector.kind is SelectorKind.IN:
        inside = _Inside(model, wanted)
        return lambda element: inside(element.id)
    if selector.kind is SelectorKind.TAG:
        matches = glob_test(wanted)
        key = selector.key
        return lambda element: key in element.tags and matches(element.tags[key])
    return lambda element: False


def _flow_test(selector: Selector, model: Model) -> Callable[[Flow], bool]:
    if selector.kind is SelectorKind.FLOW:
        matches = glob_test(selector.text)
        return lambda flow: matches(flow.id) or matches(f"{flow.source} -> {flow.target}")
    if selector.kind is SelectorKind.ID:
        matches = glob_test(selector.text)
        return lambda flow: "->" not in flow.id and matches(flow.id)
    if selector.kind is SelectorKind.IN:
        inside = _Inside(model, selector.text)
        return lambda flow: inside(flow.source) and inside(flow.target)
    return lambda flow: False


def glob_test(pattern: str) -> Callable[[str], bool]:
    """A test for the pattern; only ``*`` and ``?`` are wildcards, and time stays linear."""
    if not _GLOB.search(pattern):
        return pattern.__eq__
    compiled = re.compile(translate(pattern.replace("[", "[[]")))
    return lambda text: compiled.match(text) is not None


class _Inside:
    """Whether elements stand in a place; remembers every answer, so that each chain is climbed once."""

    def __init__(self, model: Model, place: str) -> None:
        self._model = model
        self._place = place
        account, _, region = place.rpartition(".")
        is_region = place not in model.elements and account in model.elements
        self._account_region = (account, region) if is_region else None
        self._known: dict[str, bool] = {}

    def __call__(self, id_: str) -> bool:
        climbed: list[str] = []
        current: str | None = id_
        answer = False
        while current is not None and current not in self._known:
            climbed.append(current)
            self._known[current] = False  # a cycle of places ends here
            element = self._model.elements.get(ElementId(current))
            if element is None:
                break
            if self._stands_in(element):
                answer = True
                break
            current = element.parent or element.part_of
        else:
            answer = current is not None and self._known[current]
        self._known.update(dict.fromkeys(climbed, answer))
        return answer

    def _stands_in(self, element: Element) -> bool:
        if element.id == self._place:
            return False
        if self._account_region is not None:
            return (element.account, element.region) == self._account_region
        return self._place in (element.parent, element.part_of, element.vpc, element.account) or (
            self._place in element.subnets
        )

"""Patterns, ``use``, ``for_each`` and nesting unfolded into a flat list of drafts."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Bindings
from typing import NamedTuple

from archgraph.catalog.catalog import Catalog
from archgraph.dsl.change import Changes
from archgraph.dsl.drafts import Draft, FlowDraft
from archgraph.dsl.includes import Outline
from archgraph.dsl.names import RESERVED_IDS, BoundScalar, Lost, check_id, joined
from archgraph.dsl.patterns import Pattern, arguments, read_pattern
from archgraph.dsl.placeholders import NO_BINDINGS, PLACEHOLDER, Argument, Filler, TooLarge
from archgraph.dsl.rounds import rounds
from archgraph.dsl.shapes import as_map, as_text, only_keys
from archgraph.source.diagnostics import Diagnostics
from archgraph.source.document import Entry, Mapping, Node, Scalar

MAX_ELEMENTS = 250_000
MAX_DEPTH = 60
_USE_KEYS = ("use", "with", "for_each", "in", "change")
_PLACES = ("contains", "regions")
_NESTING = (*_PLACES, "for_each")


class _Scope(NamedTuple):
    """Where an element is written: its namespace, its place, and what placeholders stand for."""

    namespace: str = ""
    place: str | None = None
    region: Scalar | None = None
    bindings: Bindings[str, Argument] = NO_BINDINGS
    generated: bool = False
    using: tuple[str, ...] = ()
    """The patterns that are being unfolded, outermost first."""
    depth: int = 0


class Expansion(NamedTuple):
    """All drafts by full id in the author's order, and the flows of the model and of its patterns."""

    drafts: dict[str, Draft]
    flows: list[FlowDraft]
    lost: Lost
    removed: set[str]
    """Full ids of what ``change`` removed."""


def expand(outline: Outline, catalog: Catalog, diagnostics: Diagnostics) -> Expansion:
    """Unfold the outline. Everything wrong is reported; what is right is kept."""
    expander = _Expander(outline, catalog, diagnostics)
    try:
        expander.elements(outline.elements, _Scope())
    except TooLarge as error:
        message = "patterns and `for_each` make more than a model may hold"
        diagnostics.add("AG313", message, error.location, f"at most {MAX_ELEMENTS:,} elements")
        expander.lost.everything = True
    expander.declare_flows(outline.flows, _Scope())
    changes = Changes(outline.change, catalog, expander.lost, diagnostics)
    removed = changes.apply(expander.drafts, expander.drafts, "")
    return Expansion(expander.drafts, expander.flows, expander.lost, expander.removed | removed)


class _Expander:
    def __init__(self, outline: Outline, catalog: Catalog, diagnostics: Diagnostics) -> None:
        self.catalog = catalog
        self.diagnostics = diagnostics
        self.filler = Filler(diagnostics)
        self.drafts: dict[str, Draft] = {}
        self.made: list[Draft] = []
        self.flows: list[FlowDraft] = []
        self.lost = Lost()
        self.lost.everything = outline.incomplete
        self.removed: set[str] = set()
        self._unfolded = 0
        self._keys: dict[str, Scalar] = {}
        self._patterns: dict[str, Pattern | None] = {
            name: read_pattern(key, node, catalog, diagnostics) for name, (key, node) in outline.patterns.items()
        }

    def elements(self, entries: Iterable[Entry], scope: _Scope) -> None:
        """Unfold the elements of one map. Raises :class:`TooLarge`."""
        for key, node in entries:
            if not isinstance(node, Mapping):
                if isinstance(node, Scalar) and node.empty:
                    self.diagnostics.add("AG202", f"element '{key.text[:60]}' needs 'type'", key.location)
                as_map(node, f"element '{key.text[:60]}'", self.diagnostics)
                self._lose(key, scope)
            elif scope.depth > MAX_DEPTH:
                self.diagnostics.add("AG115", f"patterns and places nest more than {MAX_DEPTH} levels", key.location)
                self._lose(key, scope)
            elif "for_each" in node.entries:
                self._for_each(key, node, scope)
            else:
                self._element(key, node, scope)

    def _for_each(self, key: Scalar, body: Mapping, scope: _Scope) -> None:
        rows = rounds(body.entries["for_each"], scope.bindings, self.filler, MAX_ELEMENTS - self._unfolded)
        if not rows:
            self._lose(key, scope)
            return
        if not any(name in rows[0] for name in PLACEHOLDER.findall(key.text)):
            self.diagnostics.add(
                "AG314",
                f"every element would be called '{key.text[:60]}'",
                key.location,
                f"put a placeholder into the key, like {key.text[:40]}-$({next(iter(rows[0]))})",
            )
            rows = rows[:1]
        for bindings in rows:
            self._element(key, body, scope._replace(bindings={**scope.bindings, **bindings}, generated=True))

    def _element(self, key: Scalar, body: Mapping, scope: _Scope) -> None:
        self._unfolded += 1
        if self._unfolded > MAX_ELEMENTS:
            raise TooLarge(key.location)
        written = key.text
        if "$(" in written:
            filled = self.filler.scalar(key, scope.bindings)
            if filled is None:
                self._lose(key, scope)
                self.lost.everything = self.lost.everything or not body.entries.keys().isdisjoint(_PLACES)
                return
            key = filled
        self._check_id(key)
        full = joined(scope.namespace, key.text)
        if self._is_taken(full, key, written):
            return
        if "use" in body.entries:
            self._use(key, body, scope)
            return
        own = {name: entry for name, entry in body.entries.items() if name not in _NESTING}
        partial = body.partial
        if scope.bindings or body.source.has_placeholders:
            whole = self.filler.mapping(Mapping(own, body.source, body.line, body.column), scope.bindings)
            own, partial = dict(whole.entries), partial or whole.partial
        draft = Draft(
            full, scope.namespace, key, own, scope.place, scope.region, scope.generated, None, written, partial
        )
        self.drafts[full] = draft
        self.made.append(draft)
        if not body.entries.keys().isdisjoint(_PLACES):
            self._nested(body, full, scope)

    def _nested(self, body: Mapping, full: str, scope: _Scope) -> None:
        """What is written under ``contains`` and ``regions`` of an element."""
        contains = as_map(body.get("contains"), "contains", self.diagnostics)
        if contains:
            inside = scope._replace(place=full, region=None, depth=scope.depth + 1)
            self.elements(contains.entries.values(), inside)
            self.lost.everything = self.lost.everything or contains.partial
        regions = as_map(body.get("regions"), "regions", self.diagnostics)
        for region, node in regions.entries.values() if regions else ():
            filled = self.filler.scalar(region, scope.bindings) if "$(" in region.text else region
            found = as_map(node, f"Region '{region.text[:40]}'", self.diagnostics)
            if found and filled is not None:
                inside = scope._replace(place=full, region=filled, depth=scope.depth + 1)
                self.elements(found.entries.values(), inside)
                self.lost.everything = self.lost.everything or found.partial

    def _use(self, key: Scalar, body: Mapping, scope: _Scope) -> None:
        """Unfold one use of a pattern into a namespace of its own."""
        namespace = joined(scope.namespace, key.text)
        only_keys(body, _USE_KEYS, "a use", self.diagnostics)
        if scope.bindings or body.source.has_placeholders:
            body = self.filler.mapping(body, scope.bindings)
        name = as_text(body.get("use"), "use", self.diagnostics)
        pattern = self._pattern(name, scope) if name else None
        bindings = None
        if name is not None and pattern is not None:
            given = as_map(body.get("with"), "with", self.diagnostics)
            bindings = arguments(pattern, given, scope.bindings, scope.namespace, name, self.diagnostics)
        if pattern is None or bindings is None:
            self.lost.add(namespace)
            return
        inner = scope._replace(
            namespace=namespace,
            bindings=bindings,
            generated=True,
            using=(*scope.using, pattern.name),
            depth=scope.depth + 1,
        )
        before = len(self.made)
        self.elements(pattern.elements, inner)
        made = self.made[before:]
        place = body.entries.get("in")
        if place:
            _place_all(made, place, scope)
        self.declare_flows(pattern.flows, inner)
        change = as_map(body.get("change"), "change", self.diagnostics)
        if change:
            changes = Changes(list(change.entries.values()), self.catalog, self.lost, self.diagnostics)
            self.removed |= changes.apply(
                self.drafts, {draft.id: draft for draft in made if draft.id in self.drafts}, namespace
            )

    def declare_flows(self, nodes: Iterable[Node], scope: _Scope) -> None:
        """Keep the flows of a pattern or of the model, placeholders filled in. Raises :class:`TooLarge`."""
        for node in nodes:
            filled: Node | None = node
            if scope.bindings or node.source.has_placeholders:
                filled = self.filler.node(node, scope.bindings)
            if filled is not None:
                self.flows.append(FlowDraft(filled, scope.namespace))

    def _pattern(self, name: Scalar, scope: _Scope) -> Pattern | None:
        """The pattern that a use names, if it exists, could be read and is not being unfolded already."""
        if name.text not in self._patterns:
            if not self.lost.everything:
                hint = (
                    self.diagnostics.did_you_mean(name.text, self._patterns) or "patterns are defined under `patterns:`"
                )
                self.diagnostics.add("AG304", f"there is no pattern '{name.text[:60]}'", name.location, hint)
            return None
        if name.text in scope.using:
            chain = " -> ".join(text[:60] for text in [*scope.using, name.text])
            self.diagnostics.add("AG309", f"pattern '{name.text[:60]}' uses itself: {chain}", name.location)
            return None
        return self._patterns[name.text]

    def _is_taken(self, full: str, key: Scalar, written: str) -> bool:
        """Whether an element or a use has that id already, which is reported."""
        first = self._keys.get(full)
        if first is None:
            self._keys[full] = key
            return False
        if first.location == key.location and written == key.text:
            self.diagnostics.add(
                "AG314",
                f"every element would be called '{key.text[:60]}'",
                key.location,
                "an element inside a for_each is made in each round; put a placeholder into its key too",
            )
        else:
            self.diagnostics.add(
                "AG206",
                f"'{full[:120]}' is defined twice",
                key.location,
                "a for_each makes it in two of its rounds"
                if first.location == key.location
                else f"it was first defined at {first.location}",
            )
        return True

    def _check_id(self, key: Scalar) -> None:
        if key.text in RESERVED_IDS:
            self.diagnostics.add("AG207", f"'{key.text}' is a word of the language", key.location, "choose another id")
        else:
            check_id(key, self.diagnostics)

    def _lose(self, key: Scalar, scope: _Scope) -> None:
        self.lost.add(joined(scope.namespace, PLACEHOLDER.sub("*", key.text)))


def _place_all(made: list[Draft], entry: Entry, scope: _Scope) -> None:
    """Put what a use made, where it does not say otherwise, into the place that the use names."""
    key, node = entry
    if isinstance(node, Scalar) and not isinstance(node, BoundScalar):
        node = BoundScalar(node, scope.namespace)
    for draft in made:
        if draft.place == scope.place and draft.region is scope.region and "in" not in draft.body:
            draft.body["in"] = (key, node)

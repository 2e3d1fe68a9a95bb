"""``change``: properties merged over what an include or a use brought, or its removal."""

from __future__ import annotations

from collections.abc import Mapping as Drafts
from collections.abc import Set

from archgraph.catalog.catalog import Catalog
from archgraph.dsl.drafts import Draft
from archgraph.dsl.names import Lost, joined
from archgraph.dsl.shapes import shape
from archgraph.model.selectors import Selector, SelectorKind, glob_test
from archgraph.source.diagnostics import Diagnostics
from archgraph.source.document import Entry, Mapping, Node, Scalar

_FIXED_KEYS = ("type", "contains", "regions", "for_each", "use", "with", "change")


class Changes:
    """The changes of one ``change:`` map, applied to drafts in the order written."""

    def __init__(self, entries: list[Entry], catalog: Catalog, lost: Lost, diagnostics: Diagnostics) -> None:
        self.entries = entries
        self.catalog = catalog
        self.lost = lost
        self.diagnostics = diagnostics
        self._contents: dict[str, list[str]] = {}

    def apply(self, drafts: dict[str, Draft], changeable: Drafts[str, Draft], namespace: str) -> set[str]:
        """Change those of the ``changeable`` drafts that an entry selects, seen from ``namespace``.

        What an entry removes is taken out of ``drafts``, with everything nested in it; returns its ids.
        """
        removed: set[str] = set()
        for key, node in self.entries:
            targets = self._targets(key, changeable, removed, namespace)
            if isinstance(node, Scalar) and node.text == "remove":
                removed |= self._with_contents(targets, changeable)
            elif isinstance(node, Mapping):
                self._merge(key, targets, node)
            else:
                self.diagnostics.add(
                    "AG312", f"a change is a map of properties or `remove`, not {shape(node)}", node.location
                )
        for full in removed:
            drafts.pop(full, None)
        return removed

    def _targets(self, key: Scalar, drafts: Drafts[str, Draft], removed: set[str], namespace: str) -> list[Draft]:
        """The drafts that a selector means; reported if it means none."""
        try:
            selector = Selector.parse(key.text)
        except ValueError as error:
            self.diagnostics.add("AG701", str(error), key.location)
            return []
        if selector.kind not in (SelectorKind.ID, SelectorKind.TYPE):
            self.diagnostics.add(
                "AG312", f"'{key.text[:60]}' cannot be changed", key.location, "a change names an id, a glob or type:X"
            )
            return []
        found = [draft for draft in self._selected(selector, drafts, namespace) if draft.id not in removed]
        if not found and not self.lost.excuses(key.text, namespace):
            message = f"no element here is '{key.text[:60]}'"
            self.diagnostics.add("AG311", message, key.location, self._hint(key, drafts.keys() - removed, namespace))
        return found

    def _selected(self, selector: Selector, drafts: Drafts[str, Draft], namespace: str) -> list[Draft]:
        if selector.kind is SelectorKind.TYPE:
            return [draft for draft in drafts.values() if self._is_of(selector.text, draft)]
        full = joined(namespace, selector.text)
        if not {"*", "?"} & set(full):
            return [drafts[full]] if full in drafts else []
        matches = glob_test(full)
        return [draft for draft in drafts.values() if matches(draft.id)]

    def _is_of(self, wanted: str, draft: Draft) -> bool:
        written = draft.get("type")
        if not isinstance(written, Scalar):
            return False
        found = self.catalog.get(written.text)
        return found is not None and wanted in (found.name, found.category)

    def _hint(self, key: Scalar, drafts: Set[str], namespace: str) -> str | None:
        owner = joined(namespace, key.text).rpartition(".")[0]
        if owner in drafts:
            return f"what is written inside '{owner}' is changed through the property of '{owner}' that holds it"
        if not self.diagnostics.may_compare(len(drafts)):
            return None
        known = sorted(full.removeprefix(f"{namespace}.") if namespace else full for full in drafts)
        few = f"known: {', '.join(known)}" if 0 < len(known) <= 8 else None
        return self.diagnostics.did_you_mean(key.text, known) or few

    def _with_contents(self, targets: list[Draft], drafts: Drafts[str, Draft]) -> set[str]:
        """The ids of elements and of everything nested in them."""
        if not self._contents:
            for draft in drafts.values():
                self._contents.setdefault(draft.place or "", []).append(draft.id)
        gone: set[str] = set()
        waiting = [draft.id for draft in targets]
        while waiting:
            full = waiting.pop()
            gone.add(full)
            waiting.extend(self._contents.get(full, ()))
        return gone

    def _merge(self, key: Scalar, targets: list[Draft], change: Mapping) -> None:
        for name, value in change.entries.values():
            if name.text in _FIXED_KEYS:
                self.diagnostics.add("AG312", f"'{name.text}' cannot be changed", name.location)
            elif isinstance(value, Scalar) and value.text == "remove" and not value.quoted:
                found = [draft.body.pop(name.text, None) for draft in targets]
                if targets and not any(found):
                    self.diagnostics.add(
                        "AG311", f"'{key.text[:60]}' has no '{name.text[:60]}' to remove", name.location
                    )
            else:
                for draft in targets:
                    old = draft.body.get(name.text)
                    draft.body[name.text] = (name, merged(old[1], value) if old else value)


def merged(old: Node, new: Node) -> Node:
    """Maps merge key by key, and ``remove`` deletes a key; lists and texts are replaced."""
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return new
    entries = dict(old.entries)
    for name, (key, value) in new.entries.items():
        if name in entries and isinstance(value, Scalar) and value.text == "remove" and not value.quoted:
            del entries[name]
        else:
            entries[name] = (key, merged(entries[name][1], value) if name in entries else value)
    return Mapping(entries, new.source, new.line, new.column)

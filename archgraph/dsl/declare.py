"""Types looked up, defaults laid under, and what is defined in place (parts, roles, subnet groups) found.

After this stage every id of the model is known, so that references can be resolved in any order.
"""

from __future__ import annotations

import re
from typing import TypeGuard

from archgraph.catalog.catalog import Catalog
from archgraph.catalog.types import ElementType, Property
from archgraph.dsl.change import merged
from archgraph.dsl.drafts import Draft
from archgraph.dsl.names import Names, check_id, joined
from archgraph.dsl.shapes import shape, with_article
from archgraph.source.diagnostics import Diagnostics
from archgraph.source.document import Entry, Mapping, Node, Scalar, Sequence


def declare(
    drafts: dict[str, Draft], names: Names, defaults: list[Entry], catalog: Catalog, diagnostics: Diagnostics
) -> dict[str, Draft]:
    """All drafts, in-place ones right after their owners, each with its type; their names go into ``names``.

    Drafts of unknown type are reported, but keep their name, so that one mistake is reported once.
    """
    declarer = _Declarer(catalog, names, diagnostics, _defaults_by_type(defaults, catalog, names, diagnostics))
    for draft in drafts.values():
        declarer.declare(draft)
    return declarer.drafts


class _Declarer:
    def __init__(
        self, catalog: Catalog, names: Names, diagnostics: Diagnostics, defaults: dict[str, dict[str, Entry]]
    ) -> None:
        self.catalog = catalog
        self.names = names
        self.diagnostics = diagnostics
        self.defaults = defaults
        self.drafts: dict[str, Draft] = {}
        self._defining: dict[str, _DefiningProperties] = {}
        self._numbers: dict[str, int] = {}
        """The next number for each name that several things defined in place would have."""

    def declare(self, draft: Draft) -> None:
        """Register a draft, give it its type and defaults, and descend into what it defines in place."""
        self.drafts[draft.id] = draft
        self.names.add(draft.id, generated=draft.generated)
        element_type = draft.type = self._type(draft)
        if element_type is None:
            self.names.lost.add(draft.id)
            return
        if element_type.name in self.defaults:
            for name, (key, value) in self.defaults[element_type.name].items():
                own = draft.body.get(name)
                draft.body[name] = (own[0], merged(value, own[1])) if own else (key, value)
        defining = self._defining.get(element_type.name)
        if defining is None:
            defining = self._defining[element_type.name] = _DefiningProperties(element_type)
        for prop in defining.written(draft):
            self._find(draft, prop, draft.body[prop.name][1])

    def _type(self, draft: Draft) -> ElementType | None:
        """The type that an element states, or that its owner's property gives it; wrong ones are reported."""
        node = draft.get("type")
        if node is None:
            if draft.type is None and not draft.partial:
                self._report_missing(draft)
            return draft.type
        if not isinstance(node, Scalar):
            self.diagnostics.add("AG204", "type must be a text", node.location)
            return draft.type
        found = self.catalog.get(node.text)
        if found is None:
            self._report_unknown(node)
            return draft.type
        if found.part and draft.part_of is None:
            self.diagnostics.add(
                "AG411", f"{with_article(found.title)} lives in its owner", node.location, self._owners(found)
            )
        elif draft.type is not None and found is not draft.type and not _fits(found, draft):
            self.diagnostics.add(
                "AG408", f"{with_article(found.title)} cannot be defined here", node.location, _takes(draft)
            )
        elif found.legacy:
            self.diagnostics.add("AG413", f"{found.title} is legacy", node.location, found.legacy)
        return found

    def _report_missing(self, draft: Draft) -> None:
        """An element without a type: perhaps the key is misspelt."""
        meant = self.diagnostics.closest("type", [name for name in draft.body if "type" not in name])
        at = draft.body[meant][0].location if meant else draft.location
        hint = f"did you mean 'type' instead of '{meant}'?" if meant else "`archgraph catalog` lists all types"
        self.diagnostics.add("AG202", f"element '{draft.written[:60]}' needs 'type'", at, hint)

    def _report_unknown(self, node: Scalar) -> None:
        if self.names.lost.everything or node.text in self.names.lost.types:
            return
        hint = self.diagnostics.did_you_mean(node.text, self.catalog.names()) or "`archgraph catalog` lists all types"
        message = f"there is no type '{node.text[:60]}'" if node.text else "'type' has no value"
        self.diagnostics.add("AG401", message, node.location, hint)

    def _owners(self, part: ElementType) -> str:
        """Where a part is written: the properties of the types that hold it."""
        places = [
            f"'{prop.name}' of {owner.name}"
            for owner in self.catalog
            for prop in owner.properties.values()
            if part.name in (prop.items or prop).targets and (prop.items or prop).kind == "part"
        ]
        return f"write it in {' or '.join(places)}" if places else "write it in the property of its owner"

    def _find(self, owner: Draft, prop: Property, node: Node) -> None:
        """Find the definitions in the value of a property: one, or those of a list."""
        if prop.kind in ("reference", "part"):
            if _defines(node, prop):
                self._define(owner, prop, node, prop.name, _kebab(prop.name))
        elif prop.kind == "list" and prop.items and isinstance(node, Sequence):
            items = [item for item in node.items if _defines(item, prop.items)]
            for number, item in enumerate(items, start=1):
                name = _singular(_kebab(prop.name))
                if len(items) > 1:
                    name += "-" + self._distinction(prop.items, item, number)
                self._define(owner, prop.items, item, prop.name, name)

    def _define(self, owner: Draft, prop: Property, node: Mapping, defined_by: str, name: str) -> None:
        type_name = prop.targets[0] if prop.kind == "part" else prop.inline
        element_type = self.catalog.get(type_name) if type_name else None
        if element_type is None and "type" not in node.entries:
            return
        body = dict(node.entries)
        full, at = self._named(owner, body.pop("id", None), name, node)
        draft = Draft(full, owner.namespace, at, body, owner.place, owner.region, owner.generated, owner)
        draft.written = f"{owner.written}.{at.text}"
        draft.partial = node.partial
        draft.type = element_type
        draft.defined_by = defined_by
        owner.inline[id(node)] = draft
        self.declare(draft)

    def _named(self, owner: Draft, written: Entry | None, name: str, node: Mapping) -> tuple[str, Scalar]:
        """The id of what is defined in place: the one that is stated, or a free one like ``name``."""
        stated = written[1] if written else None
        if stated is not None and not isinstance(stated, Scalar):
            self.diagnostics.add("AG204", "an id must be a text", stated.location)
        elif stated is not None and check_id(stated, self.diagnostics):
            full = joined(owner.id, stated.text)
            if full not in self.drafts:
                return full, Scalar(stated.text, node.source, node.line, node.column)
            first = self.drafts[full].location
            self.diagnostics.add(
                "AG206", f"'{full[:120]}' is defined twice", stated.location, f"it was first defined at {first}"
            )
        base = joined(owner.id, name)
        number = self._numbers.get(base, 1)
        while (full := base if number == 1 else f"{base}-{number}") in self.names:
            number += 1
        self._numbers[base] = number + 1
        return full, Scalar(full[len(owner.id) + 1 :], node.source, node.line, node.column)

    def _distinction(self, prop: Property, node: Mapping, number: int) -> str:
        """What tells one of several parts apart: the value of its type's key property, or its number."""
        type_name = prop.targets[0] if prop.kind == "part" else prop.inline
        part = self.catalog.get(type_name) if type_name else None
        value = node.get(part.part_key) if part and part.part_key else None
        text = re.sub(r"[^A-Za-z0-9_-]+", "-", value.text).strip("-") if isinstance(value, Scalar) else ""
        return text[:40] or str(number)


def _defaults_by_type(
    defaults: list[Entry], catalog: Catalog, names: Names, diagnostics: Diagnostics
) -> dict[str, dict[str, Entry]]:
    found: dict[str, dict[str, Entry]] = {}
    for key, node in defaults:
        if key.text not in catalog:
            if not names.lost.everything and key.text not in names.lost.types:
                hint = diagnostics.did_you_mean(key.text, catalog.names()) or "`archgraph catalog` lists all types"
                diagnostics.add("AG401", f"there is no type '{key.text[:60]}'", key.location, hint)
        elif not isinstance(node, Mapping):
            if not (isinstance(node, Scalar) and node.empty):
                diagnostics.add("AG204", f"the defaults of a type must be a map, not {shape(node)}", node.location)
        else:
            found.setdefault(key.text, {}).update(node.entries)
    return found


def _defines(node: Node, prop: Property) -> TypeGuard[Mapping]:
    """Whether a value defines an element in place instead of naming one."""
    return isinstance(node, Mapping) and (prop.kind == "part" or "to" not in node.entries)


class _DefiningProperties(dict[str, Property | None]):
    """Those properties of a type that may define something in place; ``None`` for all others."""

    def __init__(self, kind: ElementType) -> None:
        super().__init__()
        self._kind = kind

    def __missing__(self, name: str) -> Property | None:
        prop = self._kind.properties.get(name)
        found = self[name] = prop if prop and _can_define(prop) else None
        return found

    def written(self, draft: Draft) -> list[Property]:
        """Those that a draft of the type states, in the type's order."""
        found = [
            prop for name, (_, node) in draft.body.items() if not isinstance(node, Scalar) and (prop := self[name])
        ]
        if len(found) > 1:
            order = list(self._kind.properties)
            found.sort(key=lambda prop: order.index(prop.name))
        return found


def _can_define(prop: Property) -> bool:
    if prop.kind == "part" or (prop.kind == "reference" and prop.inline is not None):
        return True
    return prop.kind == "list" and prop.items is not None and _can_define(prop.items)


def _targets(draft: Draft) -> tuple[str, ...]:
    """The types that the owner's property takes where a draft is defined in place."""
    owner = draft.part_of
    prop = owner.type.properties.get(draft.defined_by) if owner and owner.type else None
    while prop and prop.items:
        prop = prop.items
    return prop.targets if prop else ()


def _fits(found: ElementType, draft: Draft) -> bool:
    return not {found.name, found.category, "any"}.isdisjoint(_targets(draft))


def _takes(draft: Draft) -> str:
    return f"it takes {', '.join(_targets(draft))}"


def _kebab(name: str) -> str:
    return name.replace("_", "-")


def _singular(name: str) -> str:
    if name.endswith("ies"):
        return name[:-3] + "y"
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name

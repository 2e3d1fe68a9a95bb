"""The catalogue of types, read from ``catalog/data/*.yaml`` one type at a time, when first asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from archgraph.catalog.check import problems
from archgraph.catalog.files import FOLDER, CatalogError, read_data
from archgraph.catalog.types import ElementType, ImpliedFlow, Property, TypeName

_FLAGS = frozenset({"required", "adjustable", "reverse", "part"})
_BLOCK = re.compile(r"^([A-Z][A-Za-z0-9]*):[ \t]*\n((?:[ \t].*\n|[ \t]*\n|#.*\n)*)", re.MULTILINE)


class Catalog:
    """All known types. Parsing is lazy: a model pays only for the types that it uses."""

    def __init__(self, texts: Iterable[str], common: Mapping[str, Property]) -> None:
        self._blocks: dict[str, str] = {}
        self._types: dict[str, ElementType] = {}
        self._common = common
        for text in texts:
            for match in _BLOCK.finditer(text + "\n"):
                self._blocks[match[1]] = match[2]

    def get(self, name: str) -> ElementType | None:
        """The type of that name, or ``None``."""
        found = self._types.get(name)
        if found is None and name in self._blocks:
            found = read_type(name, _booleans(read_data(self._blocks[name])), self._common)
            self._types[name] = found
        return found

    def __contains__(self, name: str) -> bool:
        return name in self._types or name in self._blocks

    def names(self) -> list[str]:
        """The names of all types, sorted."""
        return sorted({*self._types, *self._blocks})

    def __iter__(self) -> Iterator[ElementType]:
        for name in self.names():
            found = self.get(name)
            if found:
                yield found

    def extended(self, own: Mapping[str, Mapping[str, Any]]) -> Catalog:
        """A catalogue with a model's own ``types:`` beside (or in place of) the built-in ones.

        Raises :class:`CatalogError` if one does not follow the format.
        """
        catalog = Catalog((), self._common)
        catalog._blocks = dict(self._blocks)
        catalog._types = {k: v for k, v in self._types.items() if k not in own}
        for name, data in own.items():
            catalog._blocks.pop(name, None)
            found = read_type(name, _booleans(data), self._common)
            problem = next(problems(found), None)
            if problem:
                raise CatalogError(f"type {name}: {problem}")
            catalog._types[name] = found
        return catalog


@cache
def builtin() -> Catalog:
    """The catalogue that ships with archgraph."""
    files = {path.stem: path.read_text(encoding="utf-8") for path in sorted((FOLDER / "data").glob("*.yaml"))}
    common = _booleans(read_data(files.pop("common")))
    return Catalog(files.values(), {name: read_property(name, data) for name, data in common.items()})


def read_type(name: str, data: Mapping[str, Any], common: Mapping[str, Property]) -> ElementType:
    """Read one type from its catalogue block. Raises :class:`CatalogError`."""
    try:
        properties = {key: read_property(key, value) for key, value in (data.get("properties") or {}).items()}
        return ElementType(
            name=TypeName(name),
            service=data["service"],
            title=data["title"],
            category=data["category"],
            description=data["description"],
            source=data["source"],
            part=data.get("part", False),
            part_key=data.get("part_key"),
            places=_texts(data, "places"),
            placed_by=data.get("placed_by"),
            group=data.get("group"),
            icon=data.get("icon"),
            cloudformation=_texts(data, "cloudformation"),
            terraform=_texts(data, "terraform"),
            traits=frozenset(_texts(data, "traits")),
            legacy=data.get("legacy"),
            properties={**common, **properties},
        )
    except KeyError as error:
        raise CatalogError(f"type {name} needs {error}") from error
    except (TypeError, AttributeError) as error:
        raise CatalogError(f"type {name}: {error}") from error


def read_property(name: str, data: Mapping[str, Any]) -> Property:
    """Read one property from its catalogue entry. Raises :class:`CatalogError`."""
    known = {
        "kind", "description", "required", "default", "values", "minimum", "maximum", "pattern",
        "source", "adjustable", "items", "keys", "fields", "to", "relationship", "reverse", "inline",
        "flow", "literals", "with",
    }  # fmt: skip
    unknown = set(data) - known
    if unknown:
        raise CatalogError(f"property {name}: unknown key {sorted(unknown)[0]!r}")
    kind = data["kind"]
    fields = data.get("fields") or data.get("with") or {}
    items = data.get("items") or (data.get("values") if kind == "map" else None)
    flow = data.get("flow")
    return Property(
        name=name,
        kind=kind,
        description=_text(data.get("description")) or "",
        required=data.get("required", False),
        default=_text(data.get("default")),
        values=_texts(data, "values") if kind == "choice" else (),
        minimum=_text(data.get("minimum")),
        maximum=_text(data.get("maximum")),
        pattern=data.get("pattern"),
        source=data.get("source"),
        adjustable=data.get("adjustable", False),
        items=read_property(name, items) if items else None,
        keys=read_property(name, data["keys"]) if "keys" in data else None,
        fields={key: read_property(key, value) for key, value in fields.items()},
        targets=_texts(data, "to"),
        relationship=data.get("relationship"),
        reverse=data.get("reverse", False),
        inline=data.get("inline"),
        flow=ImpliedFlow(flow["kind"], flow.get("reverse", False)) if flow else None,
        literals=data.get("literals"),
    )


def _texts(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = data.get(key, ())
    if isinstance(value, (str, Mapping)):
        raise TypeError(f"{key} must be a list")
    return tuple(value)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _booleans(value: Any) -> Any:
    """Catalogue data is text but for the flags ``true`` and ``false`` of its own keys."""
    if isinstance(value, dict):
        return {k: v == "true" if k in _FLAGS and isinstance(v, str) else _booleans(v) for k, v in value.items()}
    return [_booleans(item) for item in value] if isinstance(value, list) else value

"""The catalogue, read from ``catalog/data/*.yaml``: a type, and each of its properties, when first asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from archgraph.catalog.files import FOLDER, CatalogError, read_data
from archgraph.catalog.types import ElementType, ImpliedFlow, Property, TypeName

_FLAGS = frozenset({"required", "adjustable", "reverse", "part"})
_KEYS = frozenset({
    "kind", "description", "required", "default", "values", "minimum", "maximum", "pattern", "source",
    "adjustable", "items", "keys", "fields", "to", "relationship", "reverse", "inline", "flow", "literals", "with",
})  # fmt: skip
_BLOCK = re.compile(r"^([A-Z][A-Za-z0-9]*):[ \t]*\n((?:[ \t].*\n|[ \t]*\n|#.*\n)*)", re.MULTILINE)
_PROPERTIES = "\n  properties:\n"
_PROPERTY = re.compile(r"^    ([a-z][a-z0-9_]*):(?:.*\n)(?:      .*\n|[ \t]*\n)*", re.MULTILINE)


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
            found = self._types[name] = _read_block(name, self._blocks[name], self._common)
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
        from archgraph.catalog.check import problems  # most models have no types of their own

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


class _WrittenProperties(Mapping[str, Property]):
    """The properties of a built-in type: of some 30 a model uses a few, and only these are parsed.

    ``required`` holds the names of those without which an element cannot be.
    """

    def __init__(self, text: str, common: Mapping[str, Property]) -> None:
        self._texts = {match[1]: match[0] for match in _PROPERTY.finditer(text)}
        self._read = {name: prop for name, prop in common.items() if name not in self._texts}
        self._names = tuple({**common, **self._texts})

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(name for name, text in self._texts.items() if "required:" in text and self[name].required)

    def __getitem__(self, name: str) -> Property:
        found = self._read.get(name)
        if found is None:
            text = self._texts[name]
            found = self._read[name] = read_property(name, _booleans(read_data(text))[name])
        return found

    def get(self, name: str, default: Any = None) -> Any:
        return self._read.get(name) or (self[name] if name in self._texts else default)

    def __contains__(self, name: object) -> bool:
        return name in self._read or name in self._texts

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _read_block(name: str, block: str, common: Mapping[str, Property]) -> ElementType:
    """A built-in type. Its properties stand last in its block, one below the other."""
    head, _, text = block.partition(_PROPERTIES)
    properties = _WrittenProperties(text, common)
    return _read_head(name, _booleans(read_data(head + "\n")), properties, properties.required)


def read_type(name: str, data: Mapping[str, Any], common: Mapping[str, Property]) -> ElementType:
    """Read one type from its catalogue entry. Raises :class:`CatalogError`."""
    with _faults_of(name):
        own = {key: read_property(key, value) for key, value in (data.get("properties") or {}).items()}
    return _read_head(name, data, {**common, **own}, tuple(key for key, prop in own.items() if prop.required))


def _read_head(
    name: str, data: Mapping[str, Any], properties: Mapping[str, Property], required: tuple[str, ...]
) -> ElementType:
    with _faults_of(name):
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
            properties=properties,
            required=required,
        )


@contextmanager
def _faults_of(name: str) -> Iterator[None]:
    try:
        yield
    except KeyError as error:
        raise CatalogError(f"type {name} needs {error}") from error
    except (TypeError, AttributeError) as error:
        raise CatalogError(f"type {name}: {error}") from error


def read_property(name: str, data: Mapping[str, Any]) -> Property:
    """Read one property from its catalogue entry. Raises :class:`CatalogError`."""
    unknown = data.keys() - _KEYS
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

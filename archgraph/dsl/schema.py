"""The JSON Schema (draft 7) of the language, for completion, hover texts and checks in editors.

The schema is a help for writing; `archgraph validate` is the judge. It knows every type, property,
choice and description of the catalogue, own types included.
"""

from __future__ import annotations

import json
from typing import Any

from archgraph.catalog.catalog import Catalog
from archgraph.catalog.types import ElementType, Property
from archgraph.dsl.flows import flow_properties
from archgraph.dsl.reviews import ANSWERS, OBJECTIVES
from archgraph.model.model import FLOW_KINDS

Schema = dict[str, Any]

_WORD_OR_PLACEHOLDER = r"^(unknown|none|default)$|\$\("
_TEXT: Schema = {"type": ["string", "number", "boolean"]}
_TEXTS: Schema = {"type": "array", "items": {"type": "string"}}
_ANYTHING: Schema = {}
_SCALARS: dict[str, Schema] = {
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "port": {"type": "integer", "minimum": 0, "maximum": 65535},
    "quantity": {"type": ["string", "number"]},
    "ports": {"anyOf": [{"type": ["string", "integer"]}, {"type": "array", "items": {"type": ["string", "integer"]}}]},
}
_STATEMENT: Schema = {
    "type": ["object", "string"],
    "properties": {
        name: {"anyOf": [{"type": "string"}, _TEXTS]}
        for name in ("allow", "deny", "allow_except", "deny_except", "actions", "resources", "principals")
    }
    | {"when": {"type": "object"}, "id": {"type": "string"}},
    "additionalProperties": False,
}


def schema_text(catalog: Catalog) -> str:
    """The schema as JSON text, the same for the same catalogue."""
    return json.dumps(schema(catalog), indent=1, ensure_ascii=False) + "\n"


def schema(catalog: Catalog) -> Schema:
    """The schema of a whole model file."""
    types = list(catalog)
    placed = [kind for kind in types if not kind.part]
    elements = {"type": "object", "additionalProperties": {"$ref": "#/definitions/element"}}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "archgraph model",
        "type": "object",
        "required": ["archgraph"],
        "additionalProperties": False,
        "properties": {
            "archgraph": {"enum": [1, "1"], "description": "Version of the language"},
            "id": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_-]*$", "description": "Stable key of the model"},
            "name": {"type": "string", "description": "What pages and pictures call it"},
            "description": {"type": "string"},
            "owner": {"type": "string", "description": "The team that answers for it"},
            "objectives": {"type": "object", "properties": dict.fromkeys(OBJECTIVES, _TEXT), "additionalProperties": False},
            "include": _TEXTS | {"description": "Files to merge, relative to this one, inside its folder"},
            "types": {"type": "object", "description": "Own types, in the format of the catalogue"},
            "defaults": {
                "type": "object",
                "properties": {kind.name: {"$ref": f"#/definitions/{kind.name}"} for kind in types},
                "additionalProperties": False,
            },
            "patterns": {"type": "object", "additionalProperties": {"$ref": "#/definitions/pattern"}},
            "elements": elements,
            "flows": {"type": "array", "items": {"$ref": "#/definitions/flow"}},
            "scenarios": {"type": "object", "additionalProperties": {"$ref": "#/definitions/scenario"}},
            "views": {
                "type": "object",
                "additionalProperties": _closed({"title": _TEXT, "include": _TEXTS, "exclude": _TEXTS}),
            },
            "change": {"type": "object", "additionalProperties": {"anyOf": [{"const": "remove"}, {"type": "object"}]}},
            "waivers": {
                "type": "array",
                "items": _closed(
                    {"rule": _TEXT, "elements": _TEXTS, "reason": _TEXT, "owner": _TEXT, "accepted": _TEXT, "expires": _TEXT, "ticket": _TEXT},
                    required=("rule", "elements", "reason", "owner", "accepted", "expires"),
                ),
            },
            "attestations": {
                "type": "array",
                "items": _closed(
                    {"practice": _TEXT, "answer": {"enum": list(ANSWERS)}, "owner": _TEXT, "date": _TEXT, "expires": _TEXT, "evidence": _TEXT},
                    required=("practice", "answer", "owner", "date", "expires"),
                ),
            },
        },
        "definitions": {
            "element": _element(placed),
            "pattern": _closed({"description": _TEXT, "parameters": {"type": "object"}, "elements": elements, "flows": {"type": "array"}}),
            "flow": _flow(),
            "scenario": _closed({"title": _TEXT, "description": _TEXT, "steps": {"type": "array"}}, required=("steps",)),
            **{kind.name: _properties(kind) for kind in types},
        },
    }  # fmt: skip


def _element(types: list[ElementType]) -> Schema:
    """An element: its type decides its properties; a ``use`` needs no type."""
    nesting = {"type": "object", "additionalProperties": {"$ref": "#/definitions/element"}}
    return {
        "type": "object",
        "properties": {
            "type": {"enum": [kind.name for kind in types], "description": "The type of the element"},
            "in": {"type": "string", "description": "The place that it stands in"},
            "contains": nesting,
            "regions": {"type": "object", "additionalProperties": nesting},
            "for_each": {"type": "object", "additionalProperties": {"type": "array"}},
            "use": {"type": "string", "description": "The pattern to unfold here"},
            "with": {"type": "object"},
            "change": {"type": "object"},
        },
        "anyOf": [{"required": ["type"]}, {"required": ["use"]}],
        "allOf": [
            {
                "if": {"properties": {"type": {"const": kind.name}}, "required": ["type"]},
                "then": {"$ref": f"#/definitions/{kind.name}"},
            }
            for kind in types
        ],
    }


def _properties(kind: ElementType) -> Schema:
    """The properties of a type; keys that the language reads itself are allowed beside them."""
    own = {name: _property(prop) for name, prop in kind.properties.items()}
    keys = dict.fromkeys(("type", "in", "id", "contains", "regions", "for_each"), _ANYTHING)
    return {
        "description": f"{kind.title}. {kind.description}",
        "type": "object",
        "properties": {**keys, **own},
        "additionalProperties": False,
    }


def _property(prop: Property) -> Schema:
    described: Schema = {"description": prop.description} if prop.description else {}
    return {**described, "anyOf": [_value(prop), {"type": "string", "pattern": _WORD_OR_PLACEHOLDER}]}


def _value(prop: Property) -> Schema:
    """What a property holds, as far as JSON Schema can say."""
    if prop.kind == "choice":
        return {"enum": list(prop.values)}
    if prop.kind == "reference":
        anchored: Schema = {"type": "object", "properties": {"to": {"type": "string"}, **_fields(prop)}}
        return {"anyOf": [{"type": "string"}, anchored]}
    if prop.kind == "part":
        return {"$ref": f"#/definitions/{prop.targets[0]}"}
    if prop.kind == "list" and prop.items:
        return {"type": "array", "items": _property(prop.items)}
    if prop.kind == "map" and prop.items:
        return {"type": "object", "additionalProperties": _property(prop.items)}
    if prop.kind == "record":
        return {"type": "object", "properties": _fields(prop), "additionalProperties": False}
    if prop.kind == "statements":
        return {"anyOf": [_STATEMENT, {"type": "array", "items": _STATEMENT}]}
    if prop.kind in ("document", "map", "list"):
        return _ANYTHING
    return _SCALARS.get(prop.kind, _TEXT)


def _fields(prop: Property) -> Schema:
    return {name: _property(field) for name, field in prop.fields.items()}


def _flow() -> Schema:
    """``a -> b``, or one such key with a protocol or the flow's properties."""
    own = {name: _property(prop) for name, (prop, _) in flow_properties().items()}
    body = _closed({"id": {"type": "string"}, "kind": {"enum": list(FLOW_KINDS)}, **own})
    one = {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": {"anyOf": [_TEXT, {"type": "null"}, body]},
    }
    return {"anyOf": [{"type": "string", "pattern": "->"}, one]}


def _closed(properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    closed: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**closed, "required": list(required)} if required else closed

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
from archgraph.dsl.patterns import PARAMETER_TYPES
from archgraph.dsl.reviews import ANSWERS, OBJECTIVES
from archgraph.dsl.views import DEEPEST, DIRECTIONS, relationship_words
from archgraph.model.model import FLOW_KINDS

Schema = dict[str, Any]

_ID = "^[A-Za-z][A-Za-z0-9_-]{0,63}$"
_ID_OR_TEMPLATE = r"^([A-Za-z]|\$\()[A-Za-z0-9_$()-]*$"
_WORD_OR_PLACEHOLDER = r"^(unknown|none|default|remove)$|\$\("
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


def schema_text(catalog: Catalog) -> str:
    """The schema as JSON text, the same for the same catalogue."""
    return json.dumps(schema(catalog), indent=1, ensure_ascii=False) + "\n"


def schema(catalog: Catalog) -> Schema:
    """The schema of a whole model file."""
    types = list(catalog)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "archgraph model",
        "type": "object",
        "required": ["archgraph"],
        "additionalProperties": False,
        "properties": _sections(types),
        "definitions": {
            "element": _element([kind for kind in types if not kind.part]),
            "elements": {
                "type": "object",
                "propertyNames": {"pattern": _ID_OR_TEMPLATE},
                "additionalProperties": {"$ref": "#/definitions/element"},
            },
            "pattern": _pattern(),
            "flow": _flow(),
            "statement": _statement(),
            **{kind.name: _type(kind) for kind in types},
        },
    }


def _sections(types: list[ElementType]) -> Schema:
    """The keys at the top of a file."""
    named: Schema = {"type": "object", "propertyNames": {"pattern": _ID}}
    return {
        "archgraph": {"enum": [1, "1"], "description": "Version of the language"},
        "id": {"type": "string", "pattern": _ID, "description": "Stable key of the model"},
        "name": {"type": "string", "description": "What pages and pictures call it"},
        "description": {"type": "string", "description": "A sentence for generated pages"},
        "owner": {"type": "string", "description": "The team that answers for it"},
        "objectives": {
            **_closed(dict.fromkeys(OBJECTIVES, _TEXT)),
            "description": "What the workload is to achieve",
        },
        "include": {**_TEXTS, "description": "Files to merge, relative to the model's main file, inside its folder"},
        "types": {"type": "object", "description": "Own types, in the format of the catalogue"},
        "defaults": {
            **_closed({kind.name: {"$ref": f"#/definitions/{kind.name}"} for kind in types}),
            "description": "Properties that lie under those of every element of a type",
        },
        "patterns": {
            "type": "object",
            "additionalProperties": {"$ref": "#/definitions/pattern"},
            "description": "Elements with parameters, to be unfolded by `use`",
        },
        "elements": {"$ref": "#/definitions/elements", "description": "The things in the model, by id"},
        "flows": {
            "type": "array",
            "items": {"$ref": "#/definitions/flow"},
            "description": "Movements of requests, data or events between two elements",
        },
        "scenarios": {
            **named,
            "additionalProperties": _closed(
                {"title": _TEXT, "description": _TEXT, "steps": {"type": "array"}}, required=("steps",)
            ),
            "description": "Steps along flows, in order",
        },
        "views": {
            **named,
            "additionalProperties": _view(),
            "description": "Pictures beside the ones that every model gets",
        },
        "change": _change(),
        "waivers": {"type": "array", "items": _waiver(), "description": "Accepted risks"},
        "attestations": {"type": "array", "items": _attestation(), "description": "Own answers to practices"},
    }


def _waiver() -> Schema:
    required = ("rule", "elements", "reason", "owner", "accepted", "expires")
    return _closed({**dict.fromkeys((*required, "ticket"), _TEXT), "elements": _TEXTS}, required=required)


def _attestation() -> Schema:
    required = ("practice", "answer", "owner", "date", "expires")
    properties = {**dict.fromkeys((*required, "evidence"), _TEXT), "answer": {"enum": list(ANSWERS)}}
    return _closed(properties, required=required)


def _view() -> Schema:
    """A view: what it shows, and what it asks of the layout."""
    lines: Schema = {"type": "array", "items": {"type": "array", "items": {"type": "string"}, "minItems": 2}}
    words: Schema = {"type": "array", "items": {"enum": relationship_words()}}
    return _closed(
        {
            "title": _TEXT,
            "description": {**_TEXT, "description": "A sentence that says what it shows"},
            "include": {**_TEXTS, "description": "Selectors of what it shows"},
            "exclude": {**_TEXTS, "description": "Selectors of what it leaves out"},
            "focus": {**_TEXTS, "description": "Selectors of what it shows with its surroundings"},
            "depth": {"type": "integer", "minimum": 0, "maximum": DEEPEST, "description": "Steps from the focus"},
            "relationships": {**words, "description": "Which lines it draws, by verb or kind"},
            "cypher": {"type": "string", "description": "A query whose elements it shows"},
            "direction": {"enum": list(DIRECTIONS), "description": "Which way flows run"},
            "order": {**_TEXTS, "description": "Ids from left to right, or from top to bottom"},
            "same_row": {**lines, "description": "Ids that stand beside each other"},
            "same_column": {**lines, "description": "Ids that stand one above the other"},
        }
    )


def _change() -> Schema:
    return {
        "type": "object",
        "additionalProperties": {"anyOf": [{"const": "remove"}, {"type": "object"}]},
        "description": "By id, glob or type:X: properties merged over what is there, or `remove`",
    }


def _element(types: list[ElementType]) -> Schema:
    """An element: its type decides its properties; a ``use`` has keys of its own instead."""
    place: Schema = {"type": "string", "description": "The place that it stands in: an element, or account.region"}
    for_each: Schema = {
        "type": "object",
        "additionalProperties": {"anyOf": [{"type": "array"}, {"type": "string", "pattern": r"\$\("}]},
        "description": "Lists that are taken in step; each round makes one element",
    }
    use = {
        "use": {"type": "string", "description": "The pattern to unfold here"},
        "with": {"type": "object", "description": "Arguments of the pattern"},
        "for_each": for_each,
        "in": place,
        "change": _change(),
    }
    nesting: Schema = {"$ref": "#/definitions/elements", "description": "What stands in it"}
    return {
        "type": "object",
        "properties": {
            "type": {"enum": [kind.name for kind in types], "description": "The type of the element"},
            "contains": nesting,
            "regions": {"type": "object", "additionalProperties": nesting, "description": "What stands in its Regions"},
            **use,
        },
        "if": {"required": ["use"]},
        "then": _closed(use),
        "else": {
            "required": ["type"],
            "allOf": [
                {
                    "if": {"properties": {"type": {"const": kind.name}}, "required": ["type"]},
                    "then": {"$ref": f"#/definitions/{kind.name}"},
                }
                for kind in types
            ],
        },
    }


def _pattern() -> Schema:
    kind: Schema = {"enum": list(PARAMETER_TYPES), "description": "How the argument is read"}
    parameter = _closed(
        {"type": kind, "default": _TEXT, "description": _TEXT, "to": {"anyOf": [{"type": "string"}, _TEXTS]}},
        required=("type",),
    )
    return _closed(
        {
            "description": _TEXT,
            "parameters": {"type": "object", "additionalProperties": {"anyOf": [kind, parameter]}},
            "elements": {"$ref": "#/definitions/elements"},
            "flows": {"type": "array", "items": {"$ref": "#/definitions/flow"}},
        }
    )


def _flow() -> Schema:
    """``a -> b``, or one such key with a protocol or the flow's properties."""
    properties = flow_properties()
    own = {name: _property(prop) for name, (prop, _) in properties.items()}
    kind = {"enum": list(FLOW_KINDS), "description": "What moves; follows from the two types unless stated"}
    body = _closed({"id": {"type": "string", "pattern": _ID_OR_TEMPLATE}, "kind": kind, **own})
    one: Schema = {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "propertyNames": {"pattern": "->"},
        "additionalProperties": {"anyOf": [own["protocol"], {"type": "null"}, body]},
    }
    return {"anyOf": [{"type": "string", "pattern": "->"}, one]}


def _statement() -> Schema:
    names = ("allow", "deny", "allow_except", "deny_except", "actions", "resources", "principals")
    properties: Schema = {name: {"anyOf": [{"type": "string"}, _TEXTS]} for name in names}
    closed = _closed({**properties, "when": {"type": "object"}, "id": {"type": "string"}})
    return {"anyOf": [{"type": "string"}, closed]}


def _type(kind: ElementType) -> Schema:
    """The properties of a type; keys that the language reads itself are allowed beside them."""
    own = {name: _property(prop) for name, prop in kind.properties.items()}
    keys = dict.fromkeys(("type", "in", "id", "contains", "regions", "for_each"), _ANYTHING)
    return {**_closed({**keys, **own}), "description": f"{kind.title}. {kind.description}"}


def _property(prop: Property) -> Schema:
    described: Schema = {"description": prop.description} if prop.description else {}
    return {**described, "anyOf": [_value(prop), {"type": "string", "pattern": _WORD_OR_PLACEHOLDER}]}


def _value(prop: Property) -> Schema:
    """What a property holds, as far as JSON Schema can say."""
    if prop.kind == "choice":
        return {"enum": list(prop.values)}
    if prop.kind == "reference":
        return {"anyOf": [{"type": "string"}, *_maps_of_reference(prop)]}
    if prop.kind == "part":
        return {"$ref": f"#/definitions/{prop.targets[0]}"}
    if prop.kind == "list" and prop.items:
        return {"type": "array", "items": _property(prop.items)}
    if prop.kind == "map" and prop.items:
        return {"type": "object", "additionalProperties": _property(prop.items)}
    if prop.kind == "record":
        return _closed(_fields(prop), required=tuple(name for name, field in prop.fields.items() if field.required))
    if prop.kind == "statements":
        one = {"$ref": "#/definitions/statement"}
        return {"anyOf": [one, {"type": "array", "items": one}]}
    if prop.kind in ("document", "map", "list"):
        return _ANYTHING
    return _SCALARS.get(prop.kind, _TEXT)


def _maps_of_reference(prop: Property) -> list[Schema]:
    """``{to: id, ...}``, and where the property defines elements in place, those."""
    maps = [_closed({"to": {"type": "string"}, **_fields(prop)}, required=("to",))]
    if prop.inline:
        maps += [{"$ref": f"#/definitions/{prop.inline}"}, {"type": "object", "required": ["type"]}]
    return maps


def _fields(prop: Property) -> Schema:
    return {name: _property(field) for name, field in prop.fields.items()}


def _closed(properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    closed: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**closed, "required": list(required)} if required else closed

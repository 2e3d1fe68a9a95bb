"""``archgraph catalog``: what is known of AWS."""

from __future__ import annotations

import json
from typing import Any

import click

from archgraph.catalog.catalog import builtin
from archgraph.catalog.types import ElementType, Property
from archgraph.cli.models import fail
from archgraph.source.diagnostics import did_you_mean


@click.command("catalog")
@click.argument("type_name", metavar="[TYPE]", required=False)
@click.option(
    "-f",
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to write it.",
)
@click.option("--category", help="Only the types of this category.")
def command(type_name: str | None, format_: str, category: str | None) -> None:
    """List the types that elements may have, or all that is known of one TYPE."""
    types = [kind for kind in builtin() if category is None or kind.category == category]
    if type_name is not None:
        found = builtin().get(type_name)
        if found is None:
            fail(f"there is no type {type_name!r}" + _hint(type_name))
        types = [found]
    elif not types:
        fail(f"there is no category {category!r}")
    if format_ == "json":
        click.echo(json.dumps([_as_json(kind) for kind in types], indent=2, ensure_ascii=False))
    elif type_name is not None:
        click.echo(_described(types[0]))
    else:
        width = max(len(kind.name) for kind in types)
        for kind in sorted(types, key=lambda kind: (kind.category, kind.name)):
            click.echo(f"{kind.name:<{width}}  {kind.category:<13}  {kind.service}")


def _hint(name: str) -> str:
    hint = did_you_mean(name, builtin().names())
    return f"; {hint}" if hint else ""


def _described(kind: ElementType) -> str:
    """All that is known of one type, for reading."""
    lines = [
        f"{kind.name}: {kind.title} ({kind.service}, {kind.category})",
        "",
        kind.description,
        kind.source,
        "",
    ]
    if kind.part:
        lines.append("A part: written inside its owner.")
    if kind.places:
        lines.append(f"Stands in: {', '.join(kind.places)}")
    if kind.placed_by:
        lines.append(f"Placed by: {kind.placed_by}")
    if kind.cloudformation:
        lines.append(f"CloudFormation: {', '.join(kind.cloudformation)}")
    if kind.terraform:
        lines.append(f"Terraform: {', '.join(kind.terraform)}")
    lines += ["", "Properties:"]
    width = max(len(name) for name in kind.properties)
    for prop in kind.properties.values():
        need = " (required)" if prop.required else ""
        lines.append(f"  {prop.name:<{width}}  {_shape(prop)}{need}: {prop.description}")
    return "\n".join(lines)


def _shape(prop: Property) -> str:
    """How a property is written, in a few words."""
    if prop.kind == "choice":
        shape = "|".join(prop.values)
    elif prop.kind in ("reference", "part"):
        shape = "-> " + "|".join(prop.targets)
    elif prop.kind == "list" and prop.items:
        shape = f"list of {_shape(prop.items)}"
    elif prop.kind == "map" and prop.items and prop.keys:
        shape = f"map of {_shape(prop.keys)} to {_shape(prop.items)}"
    elif prop.kind == "record":
        shape = "{" + ", ".join(prop.fields) + "}"
    else:
        shape = prop.kind
    bounds = " to ".join(text for text in (prop.minimum, prop.maximum) if text)
    default = f", default {prop.default}" if prop.default else ""
    return f"{shape}{f' {bounds}' if bounds else ''}{default}"


def _as_json(kind: ElementType) -> dict[str, Any]:
    return {
        "name": kind.name,
        "service": kind.service,
        "title": kind.title,
        "category": kind.category,
        "description": kind.description,
        "source": kind.source,
        "part": kind.part,
        "places": list(kind.places),
        "placed_by": kind.placed_by,
        "cloudformation": list(kind.cloudformation),
        "terraform": list(kind.terraform),
        "traits": sorted(kind.traits),
        "legacy": kind.legacy,
        "properties": {prop.name: _property_json(prop) for prop in kind.properties.values()},
    }


def _property_json(prop: Property) -> dict[str, Any]:
    """The stated parts of a property only."""
    shown: dict[str, Any] = {
        "kind": prop.kind,
        "description": prop.description,
        "required": prop.required,
        "default": prop.default,
        "values": list(prop.values),
        "minimum": prop.minimum,
        "maximum": prop.maximum,
        "source": prop.source,
        "targets": list(prop.targets),
        "relationship": prop.relationship,
        "items": _property_json(prop.items) if prop.items else None,
        "fields": {name: _property_json(field) for name, field in prop.fields.items()},
    }
    return {name: value for name, value in shown.items() if value not in (None, "", [], {}, False)}

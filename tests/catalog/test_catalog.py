"""Reading types: lazily from the built-in files, and strictly from a model's own ``types:``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from archgraph.catalog.catalog import builtin
from archgraph.catalog.files import FOLDER, CatalogError, read_data

COMMON = read_data((FOLDER / "data" / "common.yaml").read_text(encoding="utf-8"))
DATA = sorted(path for path in (FOLDER / "data").glob("*.yaml") if path.stem != "common")

SENSOR: dict[str, Any] = {
    "service": "Plant",
    "title": "Sensor",
    "category": "External",
    "description": "Measures a tank.",
    "source": "https://example.com/sensor",
    "places": ["model"],
    "properties": {"interval": {"kind": "duration", "minimum": "1s", "default": "5s", "description": "How often"}},
}


def sensor(**changes: Any) -> dict[str, Any]:
    return {**SENSOR, **changes}


def test_an_own_type_stands_beside_the_built_in_ones() -> None:
    catalog = builtin().extended({"Sensor": SENSOR})

    found = catalog.get("Sensor")

    assert found is not None
    assert found.properties["interval"].default == "5s"
    assert "owner" in found.properties, "every type has the common properties"
    assert "Vpc" in catalog
    assert "Sensor" in catalog.names()
    assert "Sensor" not in builtin()


def test_an_own_type_may_take_the_place_of_a_built_in_one() -> None:
    catalog = builtin().extended({"Vpc": sensor(title="Our VPC")})

    found = catalog.get("Vpc")

    assert found is not None
    assert found.title == "Our VPC"
    assert catalog.names().count("Vpc") == 1


def test_flags_are_read_as_flags() -> None:
    properties = {"level": {"kind": "percent", "required": "false", "description": "How full it is"}}

    found = builtin().extended({"Sensor": sensor(part="false", properties=properties)}).get("Sensor")

    assert found is not None
    assert found.part is False
    assert found.properties["level"].required is False


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        ({}, "type Sensor needs 'service'"),
        (sensor(category="Gadget"), "there is no category Gadget"),
        (sensor(traits=["shiny"]), "there is no trait shiny"),
        (sensor(places="model"), "places must be a list"),
        (sensor(title={"en": "Sensor"}), "title must be a text"),
        (sensor(properties="none"), "type Sensor"),
        (sensor(properties={"x": {"description": "No kind"}}), "type Sensor needs 'kind'"),
        (sensor(properties={"x": {"kind": "colour"}}), "there is no kind colour"),
        (sensor(properties={"x": {"kind": "text", "colour": "red"}}), "unknown key 'colour'"),
        (sensor(properties={"x": {"kind": "choice"}}), "a choice has values"),
        (sensor(properties={"x": {"kind": "choice", "values": "red"}}), "values must be a list"),
        (sensor(properties={"x": {"kind": "choice", "values": ["a"], "default": "b"}}), "default b is none"),
        (sensor(properties={"x": {"kind": "list"}}), "a list needs items"),
        (sensor(properties={"x": {"kind": "map", "values": {"kind": "text"}}}), "a map needs keys"),
        (sensor(properties={"x": {"kind": "reference", "relationship": "CALLS"}}), "to must list"),
        (sensor(properties={"x": {"kind": "reference", "to": ["Vpc"], "relationship": "LIKES"}}), "LIKES is no"),
        (sensor(properties={"x": {"kind": "reference", "to": ["Vpc"], "relationship": "REACHES"}}), "REACHES is no"),
        (sensor(properties={"x": {"kind": "reference", "to": ["Vpc"], "flow": {"kind": "drip"}}}), "kind drip"),
        (sensor(properties={"x": {"kind": "reference", "to": ["Vpc"], "literals": "dots"}}), "literals must be"),
        (sensor(properties={"x": {"kind": "statements"}}), "to must be one of identity"),
        (sensor(properties={"x": {"kind": "duration", "minimum": "5"}}), "minimum 5 cannot be read"),
        (sensor(properties={"x": {"kind": "record", "fields": {"y": {"kind": "hue"}}}}), "there is no kind hue"),
        (sensor(properties={"x": {"kind": "text", "pattern": "("}}), "is not a regular expression"),
    ],
)
def test_what_does_not_follow_the_format_is_named(definition: dict[str, Any], message: str) -> None:
    with pytest.raises(CatalogError, match=re.escape(message)):
        builtin().extended({"Sensor": definition})


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.stem)
def test_properties_read_one_at_a_time_are_those_of_the_file(path: Path) -> None:
    for name, data in read_data(path.read_text(encoding="utf-8")).items():
        found = builtin().get(name)
        own = data.get("properties") or {}
        assert found is not None
        assert [prop.name for prop in found.properties.values()] == list({**COMMON, **own})
        assert {key: found.properties[key].kind for key in own} == {key: own[key]["kind"] for key in own}
        assert found.required == tuple(key for key in own if own[key].get("required") == "true")

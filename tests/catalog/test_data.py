"""What holds for every type of the built-in catalogue, whichever file it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path

import pytest

from archgraph.catalog.catalog import builtin
from archgraph.catalog.check import problems
from archgraph.catalog.types import CATEGORIES, ElementType, Property
from archgraph.catalog.values import SCALARS, Quantity
from archgraph.catalog.vocabulary import RELATIONSHIPS

CATALOG = builtin()
NAMES = CATALOG.names()
ICONS = Path(str(metadata.distribution("diagrams").locate_file("resources")))
PLACE_WORDS = {"model", "Account", "AccountGlobal"}
GROUPS = {
    "organization", "organizational-unit", "account", "vpc", "subnet", "on-premises",
    "auto-scaling-group", "cluster", "generic",
}  # fmt: skip
NETWORK_PLACES = {"subnet", "subnets", "subnet_group", "vpc"}
NOT_OF_AWS = {"Actor", "External", "Data"}
COUNTED = {"list", "text"}
AWS_PAGE = re.compile(r"https://(docs\.aws\.amazon\.com|[a-z]+\.docs\.aws\.amazon\.com)/\S+")
ANY_PAGE = re.compile(r"https://\S+")


@dataclass(frozen=True)
class Place:
    """A property, at any depth of another, with the path by which an author would call it."""

    path: str
    prop: Property
    role: str
    sourced: bool
    """Whether it or what encloses it names the AWS page behind its limits."""


@pytest.fixture(params=NAMES)
def element_type(request: pytest.FixtureRequest) -> ElementType:
    found = CATALOG.get(request.param)
    assert found is not None
    return found


def test_no_type_is_defined_twice() -> None:
    folder = resources.files("archgraph.catalog") / "data"
    found = [
        name
        for entry in folder.iterdir()
        if entry.name.endswith(".yaml") and entry.name != "common.yaml"
        for name in re.findall(r"^([A-Za-z][A-Za-z0-9]*):", entry.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert sorted(found) == NAMES


def test_type_names_are_neither_verbs_nor_categories_nor_graph_labels() -> None:
    taken = {word.replace("_", "").lower() for word in (*RELATIONSHIPS, *CATEGORIES)}
    taken |= {"resource", "region", "availabilityzone", "internet"}
    assert not [name for name in NAMES if name.lower() in taken]


def test_every_part_type_lives_in_some_owner() -> None:
    owned = {target for place in _all_places() if place.prop.kind == "part" for target in place.prop.targets}
    assert owned == {found.name for found in CATALOG if found.part}


def test_a_type_is_described_and_sourced(element_type: ElementType) -> None:
    assert element_type.title
    assert element_type.service
    _assert_sentence(element_type.description)
    page = ANY_PAGE if element_type.category in NOT_OF_AWS else AWS_PAGE
    assert page.fullmatch(element_type.source), element_type.source


def test_a_type_keeps_to_the_closed_lists(element_type: ElementType) -> None:
    assert list(problems(element_type)) == []
    assert element_type.group in {None, *GROUPS}


def test_a_type_stands_in_places_that_exist(element_type: ElementType) -> None:
    assert bool(element_type.places) != element_type.part, "an element has places, a part has none"
    assert set(element_type.places) <= PLACE_WORDS | set(NAMES)
    assert bool(element_type.part_key) == element_type.part
    if element_type.part_key:
        assert element_type.part_key in element_type.properties
    if element_type.placed_by:
        assert element_type.placed_by in NETWORK_PLACES
        placing = element_type.properties[element_type.placed_by]
        assert (placing.items or placing).kind == "reference"


def test_an_icon_is_in_the_icon_package(element_type: ElementType) -> None:
    if element_type.icon is None:
        assert element_type.part, "what stands for itself needs an icon"
    else:
        assert (ICONS / f"{element_type.icon}.png").is_file(), element_type.icon


def test_every_property_is_described(element_type: ElementType) -> None:
    for place in _places(element_type):
        if place.role in ("property", "field"):
            _assert_sentence(place.prop.description, place.path)
        if place.prop.source:
            assert ANY_PAGE.fullmatch(place.prop.source), place.path


def test_every_property_is_whole(element_type: ElementType) -> None:
    for place in _places(element_type):
        prop = place.prop
        assert bool(prop.items) == (prop.kind in ("list", "map")), f"{place.path}: lists and maps say what they hold"
        assert bool(prop.keys) == (prop.kind == "map"), f"{place.path}: maps say what their keys are"
        assert not prop.fields or prop.kind in ("record", "reference"), place.path
        assert prop.kind != "record" or prop.fields, place.path
        assert len(set(prop.values)) == len(prop.values), place.path
        assert "unknown" not in prop.values, f"{place.path}: the word has its own meaning"


def test_references_name_types_that_exist(element_type: ElementType) -> None:
    for place in _places(element_type):
        prop = place.prop
        if prop.kind not in ("reference", "part"):
            continue
        assert prop.targets, f"{place.path}: a {prop.kind} says what it may name"
        assert set(prop.targets) <= {*NAMES, *CATEGORIES, "any"}, place.path
        if prop.kind == "part":
            assert len(prop.targets) == 1, place.path
            assert _type(prop.targets[0]).part, place.path
        if prop.inline:
            assert prop.inline in prop.targets, f"{place.path}: what is defined in place must be allowed there"


def test_references_become_stated_relationships(element_type: ElementType) -> None:
    for place in _places(element_type):
        prop = place.prop
        if prop.kind != "reference" or place.role == "key of references":
            continue
        assert prop.relationship is not None, place.path
        assert prop.relationship in RELATIONSHIPS, f"{place.path}: {prop.relationship}"
        assert not RELATIONSHIPS[prop.relationship].derived, f"{place.path}: {prop.relationship} is a fact"


def test_limits_can_be_read_and_have_a_source(element_type: ElementType) -> None:
    for place in _places(element_type):
        prop = place.prop
        bounds = [bound for bound in (prop.minimum, prop.maximum) if bound is not None]
        if not bounds:
            assert not prop.adjustable, f"{place.path}: only a limit can be adjustable"
            continue
        measures = [_measure(prop, bound) for bound in bounds]
        if len(measures) == 2:
            low, high = measures
            assert (high <= low) if prop.kind == "cidr" else (low <= high), place.path
        assert place.sourced or _is_plain(prop), f"{place.path}: which AWS page states {' to '.join(bounds)}?"


def test_defaults_are_allowed_values(element_type: ElementType) -> None:
    for place in _places(element_type):
        prop = place.prop
        if prop.default is None:
            continue
        value = SCALARS[prop.kind](prop.default)
        if prop.minimum is not None or prop.maximum is not None:
            measure = value.amount if isinstance(value, Quantity) else value
            assert prop.minimum is None or measure >= _measure(prop, prop.minimum), place.path
            assert prop.maximum is None or measure <= _measure(prop, prop.maximum), place.path
        if prop.pattern:
            assert re.fullmatch(prop.pattern, prop.default), place.path


def _all_places() -> Iterator[Place]:
    for found in CATALOG:
        yield from _places(found)


def _places(found: ElementType) -> Iterator[Place]:
    for prop in found.properties.values():
        yield from _inside(Place(f"{found.name}.{prop.name}", prop, "property", prop.source is not None))


def _inside(place: Place) -> Iterator[Place]:
    """A property and all that it is made of."""
    yield place
    prop = place.prop
    if prop.items:
        yield from _inside(_part(place, "[]", prop.items, "item"))
    if prop.keys:
        of_references = prop.items is not None and prop.items.kind == "reference"
        yield from _inside(_part(place, "{}", prop.keys, "key of references" if of_references else "key"))
    for name, field in prop.fields.items():
        yield from _inside(_part(place, f".{name}", field, "field"))


def _part(place: Place, step: str, prop: Property, role: str) -> Place:
    return Place(place.path + step, prop, role, place.sourced or prop.source is not None)


def _type(name: str) -> ElementType:
    found = CATALOG.get(name)
    assert found is not None, name
    return found


def _measure(prop: Property, bound: str) -> float:
    """A bound as a number: of items, of characters, a prefix length, or an amount in the base unit."""
    if prop.kind in COUNTED:
        return int(bound)
    if prop.kind == "cidr":
        return int(bound.removeprefix("/"))
    value = SCALARS[prop.kind](bound)
    return float(value.amount) if isinstance(value, Quantity) else float(value)


def _is_plain(prop: Property) -> bool:
    """Whether the bounds follow from the word itself: nothing, or one, as the least, 100 percent as the most."""
    low = prop.minimum is None or re.match(r"[01](?![0-9.])", prop.minimum)
    high = prop.maximum is None or (prop.kind == "percent" and _measure(prop, prop.maximum) == 100)
    return bool(low and high)


def _assert_sentence(text: str, path: str = "") -> None:
    assert text, f"{path} has no description"
    assert text == text.strip(), path
    assert "\n" not in text, path


def test_no_property_is_a_word_of_the_language(element_type: ElementType) -> None:
    """The language reads these itself, so that such a property could never be stated."""
    words = {"type", "in", "id", "contains", "regions", "for_each", "use", "with", "change"}
    assert not words & set(element_type.properties)

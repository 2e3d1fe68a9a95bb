"""Properties as every store can hold them."""

from __future__ import annotations

import ipaddress
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archgraph.catalog.types import Property
from archgraph.catalog.values import Ports, Quantity
from archgraph.graph.normalise import normalise
from archgraph.model.model import Absent, ElementId, Reference
from archgraph.source.diagnostics import Location

AT = Location("a.yaml", 1, 1)
TO_ELEMENT = Reference(ElementId("a"), ElementId("b"), "CALLS", "p", AT)
TO_ARN = Reference(ElementId("a"), None, "CALLS", "p", AT, literal="arn:aws:s3:::x")


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("text", "text"),
        (True, True),
        (7, 7),
        (2.5, 2.5),
        (Quantity(1209600, "14d"), 1209600),
        (date(2026, 10, 31), "2026-10-31"),
        (ipaddress.ip_network("10.0.0.0/16"), "10.0.0.0/16"),
        (Ports("tcp", 443, 443), "443"),
        ([Ports("tcp", 80, 90), Ports("udp", 53, 53)], ["80-90", "udp/53"]),
        ([Quantity(60, "1m"), Quantity(0.5, "500ms")], [60.0, 0.5]),
        ([1, 2], [1, 2]),
        ([1, 2.5], [1.0, 2.5]),
        ([True, False], [True, False]),
        ([], []),
        (["a", 1], '["a", 1]'),
        ([True, 1], "[true, 1]"),
        ([["a"], ["b"]], '[["a"], ["b"]]'),
        ([{"b": Quantity(60, "1m"), "a": TO_ELEMENT}], '[{"a": "b", "b": "1m"}]'),
        ({"10.0.0.0/8": [Ports("tcp", 443, 443)]}, '{"10.0.0.0/8": ["443"]}'),
        (frozenset({"b", "a"}), ["a", "b"]),
        (2**70, float(2**70)),
        ("half \ud800", "half ?"),
        (TO_ARN, "arn:aws:s3:::x"),
        ([TO_ELEMENT, TO_ARN], ["arn:aws:s3:::x"]),
    ],
)
def test_a_value_is_stored_as(value: Any, stored: Any) -> None:
    found = normalise({"p": value})
    assert found == {"p": stored}
    assert [type(found["p"])] == [type(stored)]


def test_records_are_flattened() -> None:
    assert normalise({"check": {"path": "/", "codes": [200], "wait": {"time": Quantity(5, "5s")}}}) == {
        "check_path": "/",
        "check_codes": [200],
        "check_wait_time": 5,
    }


@pytest.mark.parametrize("value", [TO_ELEMENT, [TO_ELEMENT], None])
def test_references_to_elements_are_relationships_not_properties(value: Any) -> None:
    assert normalise({"p": value}) == {}


def test_what_is_stated_to_be_absent_or_unknown_is_listed() -> None:
    values = {
        "b": Absent.NONE,
        "a": Absent.NONE,
        "c": Absent.UNKNOWN,
        "d": {"e": Absent.NONE},
        "f": ["x", Absent.UNKNOWN],
    }
    assert normalise(values) == {"stated_none": ["a", "b", "d_e"], "stated_unknown": ["c", "f"], "f": ["x"]}


def test_free_form_maps_and_statements_are_json_and_parts_are_left_out() -> None:
    specs = {
        name: Property(name, kind)
        for name, kind in (("m", "map"), ("s", "statements"), ("p", "part"), ("d", "document"))
    }
    specs["l"] = Property("l", "list", items=Property("l", "part"))
    values = {"m": {"a": "b"}, "s": [{"allow": ["s3:*"]}], "p": "x.y", "l": ["x.y", "x.z"], "d": Absent.NONE}
    assert normalise(values, specs) == {"m": '{"a": "b"}', "s": '[{"allow": ["s3:*"]}]', "stated_none": ["d"]}


@pytest.mark.parametrize("name", ["id", "type", "label", "node_type", "start", "end"])
def test_names_with_a_meaning_of_their_own_are_kept_apart(name: str) -> None:
    assert normalise({name: "x"}) == {f"stated_{name}": "x"}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.sampled_from(list(Absent)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), VALUES))
def test_whatever_is_stated_becomes_scalars_and_lists_of_one_kind(values: dict[str, Any]) -> None:
    for value in normalise(values).values():
        items = value if isinstance(value, list) else [value]
        assert {type(item) for item in items} <= {str, bool, int, float}
        assert len({type(item) for item in items}) <= 1
        json.dumps(value).encode("utf-8")

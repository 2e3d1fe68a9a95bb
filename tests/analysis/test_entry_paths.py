"""The entries that lead to an element, and the shortest way from each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archgraph.analysis.entry_paths import EntryPaths, entry_paths
from archgraph.model.model import ElementId, Model

ModelOf = Callable[..., Model]


def functions(*names: str) -> dict[str, Any]:
    prod = {"prod": {"type": "Account", "account_id": "000000000001"}}
    return prod | {name: {"type": "LambdaFunction", "in": "prod.eu-west-1"} for name in names}


def paths(model: Model, *entries: str, hops: int = 5, at_most: int = 9) -> EntryPaths:
    return entry_paths(model, [ElementId(entry) for entry in entries], hops=hops, at_most=at_most)


def test_each_entry_has_its_shortest_way_nearest_first(model_of: ModelOf) -> None:
    model = model_of(functions("a", "b", "c", "d"), flows=["a -> b", "b -> d", "c -> d", "b -> c"])
    found = paths(model, "a", "c")
    assert found.entries(ElementId("d")) == ["c", "a"]
    assert found.way(ElementId("d"), ElementId("a")) == ["a", "b", "d"]
    assert found.way(ElementId("d"), ElementId("c")) == ["c", "d"]


def test_an_entry_leads_to_itself_and_to_nothing_beyond_the_hops(model_of: ModelOf) -> None:
    model = model_of(functions("a", "b", "c"), flows=["a -> b", "b -> c", "c -> a"])
    found = paths(model, "a", hops=1)
    assert [found.entries(ElementId(name)) for name in "abc"] == [["a"], ["a"], []]


def test_an_element_takes_so_many_entries_and_no_more(model_of: ModelOf) -> None:
    entries = [f"e{number}" for number in range(6)]
    model = model_of(functions("hub", *entries), flows=[f"{entry} -> hub" for entry in entries])
    assert paths(model, *entries, at_most=3).entries(ElementId("hub")) == ["e0", "e1", "e2"]


def test_copies_and_control_carry_nobody_on(model_of: ModelOf) -> None:
    table = {"type": "DynamoDbTable", "in": "prod.eu-west-1"}
    elements = {**functions("a", "b"), "one": table, "two": table}
    flows = ["a -> one", {"one -> two": {"kind": "replicate"}}, {"a -> b": {"kind": "manage"}}]
    found = paths(model_of(elements, flows=flows), "a")
    assert [found.entries(ElementId(name)) for name in ("one", "two", "b")] == [["a"], [], []]


def test_who_watches_an_entry_is_not_reached(model_of: ModelOf) -> None:
    alarm = {"type": "CloudWatchAlarm", "in": "prod.eu-west-1", "watches": "a", "metric": "Errors", "above": "0"}
    assert paths(model_of({**functions("a"), "alarm": alarm}), "a").entries(ElementId("alarm")) == []

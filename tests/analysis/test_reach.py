"""What the internet reaches through others, and by which way."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from archgraph.analysis.facts import derive
from archgraph.analysis.reach import reached_through
from archgraph.model.model import ElementId, Model

ModelOf = Callable[..., Model]

PLACE = {"in": "prod.eu-west-1"}


def behind_api(**more: Any) -> dict[str, Any]:
    api = {"type": "ApiGatewayRestApi", "endpoint_type": "regional", "integrations": ["job"], **PLACE}
    return {"prod": {"type": "Account"}, "api": api, "job": {"type": "LambdaFunction", **PLACE}, **more}


def ways(model: Model) -> dict[ElementId, list[str]]:
    return {id_: [hop.text for hop in way] for id_, way in reached_through(model, derive(model)).items()}


@pytest.mark.parametrize(
    ("kind", "reached"),
    [("request", True), ("event", True), ("poll", True), ("stream", True), ("replicate", False), ("manage", False)],
)
def test_what_a_caller_sent_is_carried_on_by_some_flows(model_of: ModelOf, kind: str, reached: bool) -> None:
    model = model_of(behind_api(it={"type": "LambdaFunction", **PLACE}), flows=[{"job -> it": {"kind": kind}}])
    assert ("it" in ways(model)) == reached


def test_the_way_begins_at_the_entry_and_names_protocols(model_of: ModelOf) -> None:
    model = model_of(behind_api(db={"type": "DynamoDbTable", **PLACE}), flows=[{"job -> db": "https"}])
    assert ways(model)[ElementId("db")] == [
        "api is exposed to the internet on 443",
        "api -> job",
        "job -> db (https)",
    ]


def test_a_way_names_sixteen_hops_at_most_its_last_among_them(model_of: ModelOf) -> None:
    names = ["job", *(f"s{n:02}" for n in range(20))]
    code = {name: {"type": "LambdaFunction", **PLACE} for name in names}
    found = ways(model_of(behind_api(**code), flows=[f"{one} -> {to}" for one, to in pairwise(names)]))[
        ElementId("s19")
    ]
    assert (len(found), found[-1]) == (16, "s18 -> s19")

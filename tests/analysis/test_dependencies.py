"""Who waits for whom: circles, chains, entries, and the graph algorithms behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archgraph.analysis.components import components, shortest_way
from archgraph.analysis.cut_nodes import derive_cut_nodes
from archgraph.analysis.dependencies import derive_dependencies, passes_on
from archgraph.analysis.dominators import immediate_dominators
from archgraph.analysis.retries import derive_amplification
from archgraph.model.model import ElementId, Model

ModelOf = Callable[..., Model]

Graph = dict[int, list[int]]

graphs = st.integers(1, 7).flatmap(
    lambda size: st.lists(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), max_size=16).map(
        lambda edges: {node: [to for one, to in edges if one == node] for node in range(size)}
    )
)


def reached(graph: Graph, start: int, without: int | None = None) -> set[int]:
    """Everything that a node leads to by at least one step, if one node is taken away."""
    found: set[int] = set()
    ahead = [start]
    while ahead:
        for to in graph[ahead.pop()]:
            if to != without and to not in found:
                found.add(to)
                ahead.append(to)
    return found


@given(graphs)
def test_components_are_the_nodes_that_lead_to_each_other(graph: Graph) -> None:
    found = components(graph, graph.__getitem__)
    assert sorted(node for group in found for node in group) == sorted(graph)
    together = {node: set(group) for group in found for node in group}
    for one in graph:
        for other in graph:
            mutual = one == other or (other in reached(graph, one) and one in reached(graph, other))
            assert (other in together[one]) == mutual


@given(graphs)
def test_components_come_after_all_that_they_lead_to(graph: Graph) -> None:
    found = components(graph, graph.__getitem__)
    position = {node: index for index, group in enumerate(found) for node in group}
    assert all(position[to] <= position[one] for one in graph for to in graph[one])


@given(graphs, st.integers(0, 6), st.integers(0, 6))
def test_the_shortest_way_is_a_way_and_none_is_shorter(graph: Graph, start: int, end: int) -> None:
    start, end = start % len(graph), end % len(graph)
    way = shortest_way(start, end, graph.__getitem__)
    if end not in reached(graph, start):
        assert way == []
        return
    assert (way[0], way[-1]) == (start, end)
    assert all(to in graph[one] for one, to in pairwise(way))
    level, steps = {start}, 0
    while end not in level or steps == 0:
        level = {to for one in level for to in graph[one]}
        steps += 1
    assert len(way) == steps + 1


@given(graphs)
def test_a_dominator_is_what_no_way_can_avoid(graph: Graph) -> None:
    nearest = immediate_dominators(0, graph.__getitem__)
    assert set(nearest) == reached(graph, 0) | {0}
    for node in nearest:
        chain = {node}
        at = node
        while at != 0:
            at = nearest[at]
            chain.add(at)
        unavoidable = {n for n in nearest if n in (0, node) or node not in reached(graph, 0, without=n) | {0}}
        assert chain == unavoidable


def test_a_long_chain_needs_no_recursion() -> None:
    count = 20_000
    assert len(components(range(count), lambda node: range(node + 1, min(node + 2, count)))) == count
    nearest = immediate_dominators(0, lambda node: range(node + 1, min(node + 2, count)))
    assert nearest[count - 1] == count - 2


def services(*names: str, **more: Any) -> dict[str, Any]:
    return {
        "users": {"type": "EndUser"},
        "partner": {"type": "SaasService"},
        "prod": {"type": "Account"},
        **{name: {"type": "EcsService", "in": "prod.eu-west-1"} for name in names},
        **more,
    }


def test_entries_are_what_users_and_partners_call_but_not_by_ssh_or_dns(model_of: ModelOf) -> None:
    model = model_of(
        services("web", "hooks", "host", "desk", "inner"),
        flows=[
            {"users -> web": "https"},
            {"partner -> hooks": "https"},
            {"users -> host": "ssh"},
            {"users -> desk": "rdp"},
            {"users -> inner": "dns"},
        ],
    )
    assert derive_dependencies(model).entries == ("web", "hooks")


def test_a_circle_names_one_way_round(model_of: ModelOf) -> None:
    model = model_of(services("a", "b", "c"), flows=["a -> b", "b -> c", "c -> a"])
    (circle,) = derive_dependencies(model).circles
    assert circle.members == ("a", "b", "c")
    assert [hop.element for hop in circle.hops] == ["b", "c", "a"]
    assert circle.outside is None


def test_two_that_wait_for_each_other_are_a_circle(model_of: ModelOf) -> None:
    model = model_of(services("a", "b", "c"), flows=["a -> b", "b -> a", "b -> c"])
    assert [circle.members for circle in derive_dependencies(model).circles] == [("a", "b")]


def test_a_circle_through_a_partner_is_a_callback(model_of: ModelOf) -> None:
    flows = [{"a -> partner": "https"}, {"partner -> a": "https"}, "a -> b"]
    model = model_of(services("a", "b"), flows=flows)
    (circle,) = derive_dependencies(model).circles
    assert (circle.members, circle.outside) == (("a", "partner"), "partner")


def test_queues_and_standard_workflows_let_their_callers_go(model_of: ModelOf) -> None:
    elements = services(
        "a",
        "b",
        flow={"type": "StateMachine", "in": "prod.eu-west-1", "kind": "standard", "tasks": ["b"]},
        queue={"type": "SqsQueue", "in": "prod.eu-west-1"},
    )
    flows = [
        {"users -> a": "https"},
        {"a -> flow": {"kind": "request"}},
        "a -> queue",
        {"queue -> b": {"kind": "poll"}},
    ]
    assert derive_dependencies(model_of(elements, flows=flows)).chains["a"].depth == 1
    elements["flow"]["kind"] = "express"
    chain = derive_dependencies(model_of(elements, flows=flows)).chains["a"]
    assert (chain.depth, [hop.text for hop in chain.hops]) == (2, ["a -> flow", "flow -> b"])


@given(data=st.data())
def test_cut_nodes_are_those_without_which_an_end_is_out_of_reach(model_of: ModelOf, data: st.DataObject) -> None:
    names = ["a", "b", "c", "d"]
    pairs = [(one, to) for one in names for to in (*names, "db") if one != to]
    chosen = data.draw(st.lists(st.sampled_from(pairs), unique=True, max_size=9))
    entries = data.draw(st.lists(st.sampled_from(names), unique=True, min_size=1, max_size=2))
    elements = services(*names, db={"type": "DynamoDbTable", "in": "prod.eu-west-1"})
    flows = [{f"users -> {entry}": "https"} for entry in entries] + [f"{one} -> {to}" for one, to in chosen]
    found = derive_cut_nodes(model_of(elements, flows=flows))
    ahead: dict[str, set[str]] = {name: {to for one, to in chosen if one == name} for name in (*names, "db")}

    def reach(without: str | None) -> set[str]:
        return _closure(ahead, (entry for entry in entries if entry != without), without)

    everything = reach(None)
    assert found.reached == everything
    ends = {"db"} & everything | {name for name in everything if not ahead[name]}
    for name in sorted(everything - {"db"}):
        lost = {end for end in ends if end == name or end not in reach(name)}
        assert (name in found.ends) == bool(lost)


def _closure(ahead: dict[str, set[str]], start: Iterable[str], without: str | None) -> set[str]:
    found = set(start)
    waiting = list(found)
    while waiting:
        for to in ahead[waiting.pop()] - found - {without}:
            found.add(to)
            waiting.append(to)
    return found


@pytest.mark.parametrize(
    ("it", "passes"),
    [
        ({"type": "EcsService"}, True),
        ({"type": "EcsService", "external": True}, False),
        ({"type": "NetworkLoadBalancer", "scheme": "internal"}, True),
        ({"type": "ApiGatewayRestApi"}, True),
        ({"type": "RdsProxy", "database": "db"}, True),
        ({"type": "DaxCluster"}, True),
        ({"type": "DynamoDbTable"}, False),
        ({"type": "SqsQueue"}, False),
    ],
)
def test_who_answers_when_it_has_been_answered(model_of: ModelOf, it: dict[str, Any], passes: bool) -> None:
    db = {"type": "RdsInstance", "in": "prod.eu-west-1"}
    vpc = {"type": "Vpc", "in": "prod.eu-west-1", "cidr": "10.0.0.0/16"}
    placed = {"in": "vpc" if "LoadBalancer" in it["type"] else "prod.eu-west-1", **it}
    assert passes_on(model_of(services(vpc=vpc, db=db, it=placed)).elements[ElementId("it")]) == passes


def test_a_chain_names_sixteen_hops_at_most(model_of: ModelOf) -> None:
    names = [f"s{n:02}" for n in range(20)]
    model = model_of(services(*names), flows=["users -> s00", *(f"{one} -> {to}" for one, to in pairwise(names))])
    chain = derive_dependencies(model).chains[ElementId("s00")]
    assert (chain.depth, [hop.element for hop in chain.hops]) == (20, names[1:17])


def test_a_circle_through_an_api_is_one_service_deep(model_of: ModelOf) -> None:
    api = {"type": "ApiGatewayRestApi", "in": "prod.eu-west-1", "integrations": ["b"]}
    code = {"type": "LambdaFunction", "in": "prod.eu-west-1"}
    model = model_of(services(b=code, api=api), flows=["users -> api", "b -> api"])
    assert derive_dependencies(model).chains[ElementId("api")].depth == 1


@pytest.mark.parametrize(("store", "ends"), [({}, {"web"}), ({"criticality": "low"}, set())])
def test_a_store_of_low_criticality_makes_nobody_a_cut_node(
    model_of: ModelOf, store: dict[str, str], ends: set[str]
) -> None:
    elements = services("web", db={"type": "DynamoDbTable", "in": "prod.eu-west-1", **store})
    found = derive_cut_nodes(model_of(elements, flows=["users -> web", "web -> db"]))
    assert {element for element in found.ends if element != "db"} == ends


def test_code_of_low_criticality_that_needs_nothing_is_no_end(model_of: ModelOf) -> None:
    elements = services("web", "ads")
    elements["ads"]["criticality"] = "low"
    found = derive_cut_nodes(model_of(elements, flows=["users -> web", "web -> ads"]))
    assert (found.reached, dict(found.ends)) == ({"web", "ads"}, {})


@pytest.mark.parametrize("external", [False, True])
def test_who_publishes_to_a_broker_needs_it(model_of: ModelOf, external: bool) -> None:
    broker = {"type": "MqBroker", "in": "prod.eu-west-1", "external": external}
    elements = services("web", "batch", broker=broker)
    flows = ["users -> web", {"web -> broker": {"kind": "event"}}, {"batch -> broker": {"kind": "event"}}]
    found = derive_cut_nodes(model_of(elements, flows=flows))
    assert found.reached == ({"web"} if external else {"web", "broker"})
    assert found.ends["web"] == ("web" if external else "broker")


@pytest.mark.parametrize(
    "outside", [{"type": "SaasService"}, {"type": "EmailRecipient"}, {"type": "EcsService", "external": True}]
)
def test_what_lies_outside_is_no_end(model_of: ModelOf, outside: dict[str, Any]) -> None:
    place = {"in": "prod.eu-west-1"} if "external" in outside else {}
    elements = services("web", bank={**outside, **place})
    found = derive_cut_nodes(model_of(elements, flows=["users -> web", "web -> bank"]))
    assert (found.reached, dict(found.ends)) == ({"web"}, {"web": "web"})


def test_integrations_of_an_api_do_not_stand_in_for_each_other(model_of: ModelOf) -> None:
    api = {"type": "ApiGatewayRestApi", "in": "prod.eu-west-1", "integrations": ["one", "two"]}
    code = {"type": "LambdaFunction", "in": "prod.eu-west-1"}
    found = derive_cut_nodes(model_of(services(one=code, two=code, api=api), flows=["users -> api"]))
    assert set(found.ends) == {"api", "one", "two"}


def test_a_store_that_users_call_themselves_is_no_end(model_of: ModelOf) -> None:
    elements = services(files={"type": "S3Bucket", "in": "prod.eu-west-1"})
    found = derive_cut_nodes(model_of(elements, flows=["users -> files"]))
    assert (found.reached, dict(found.ends)) == ({"files"}, {})


def test_the_deepest_listener_counts(model_of: ModelOf) -> None:
    code = {"type": "LambdaFunction", "in": "prod.eu-west-1"}
    listeners = [{"port": port, "protocol": "http", "targets": [to]} for port, to in (("80", "one"), ("81", "two"))]
    elements = services(
        vpc={"type": "Vpc", "in": "prod.eu-west-1", "cidr": "10.0.0.0/16"},
        x={"type": "Subnet", "in": "vpc", "cidr": "10.0.0.0/24", "availability_zone": "a"},
        y={"type": "Subnet", "in": "vpc", "cidr": "10.0.1.0/24", "availability_zone": "b"},
        lb={"type": "ApplicationLoadBalancer", "scheme": "internal", "subnets": ["x", "y"], "listeners": listeners},
        one=code,
        two=code,
        far=code,
    )
    flows = [
        {"users -> lb": {"protocol": "http", "port": "81", "retries": {"max": "1"}}},
        {"partner -> lb": {"protocol": "http", "port": "80", "retries": {"max": "4"}}},
        "two -> far",
    ]
    model = model_of(elements, flows=flows)
    chain = derive_dependencies(model).chains[ElementId("lb")]
    assert (chain.depth, [hop.element for hop in chain.hops][-1]) == (2, "far")
    found = derive_amplification(model)
    assert {name: found[ElementId(name)].attempts for name in ("lb", "one", "far")} == {"lb": 5, "one": 5, "far": 2}

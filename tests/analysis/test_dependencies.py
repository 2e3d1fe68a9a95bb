"""Who waits for whom: circles, chains, entries, and the graph algorithms behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from archgraph.analysis.components import components, shortest_way
from archgraph.analysis.cut_nodes import derive_cut_nodes
from archgraph.analysis.dependencies import derive_dependencies
from archgraph.analysis.dominators import immediate_dominators
from archgraph.model.model import Model

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
        services("web", "hooks", "host", "inner"),
        flows=[
            {"users -> web": "https"},
            {"partner -> hooks": "https"},
            {"users -> host": "ssh"},
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


def test_a_circle_through_a_partner_is_a_callback(model_of: ModelOf) -> None:
    model = model_of(services("a"), flows=[{"a -> partner": "https"}, {"partner -> a": "https"}])
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

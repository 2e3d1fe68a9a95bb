"""What comes back from the embedded store, whatever stands in the model or in a parameter."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archgraph.query.embedded import EmbeddedStore
from archgraph.query.errors import QueryRefused, QueryStopped
from archgraph.query.store import NodeValue, PathValue, RelationshipValue, Result

HOSTILE = [
    "'}) DETACH DELETE n //",
    '"; MATCH (n) DELETE n; //',
    "`) RETURN 1 AS `x",
    "\\u0027 OR 1 = 1",
    "\x00\x1b[31mred\x07",
    "日本語 العربية \u202e",
    "${x} $(x) {{x}}",
    "a" * 100_000,
    " ",
    "null",
    "2026-01-01",
    "010",
]


def test_nodes_relationships_and_paths_are_values_of_our_graph(store: EmbeddedStore) -> None:
    result = store.query("MATCH p = (a:SqsQueue)-[r:FEEDS]->(b) RETURN a, r, p, [b] AS l, {x: r} AS m")
    ((a, r, p, listed, mapped),) = result.rows
    assert isinstance(a, NodeValue)
    assert (a.id, a.labels) == ("jobs", ("SqsQueue", "Messaging", "Resource"))
    assert a.properties["retention"] == 345600
    assert isinstance(r, RelationshipValue)
    assert (r.type, r.source, r.target, r.properties["batch_size"]) == ("FEEDS", "jobs", "worker", 10)
    assert isinstance(p, PathValue)
    assert [part.id for part in p] == ["jobs", "jobs -> worker", "worker"]
    assert isinstance(listed[0], NodeValue)
    assert mapped == {"x": r}


def test_a_map_that_looks_like_a_node_stays_a_map(store: EmbeddedStore) -> None:
    forged = {"id": 1, "labels": ["Vpc"], "properties": {"id": "db"}}
    assert store.query("RETURN $m AS m", {"m": forged}).rows == [(forged,)]
    path = {"nodes": [1], "relationships": []}
    assert store.query("RETURN $m AS m", {"m": path}).rows == [(path,)]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_parameter_is_a_value_whatever_it_holds(store: EmbeddedStore, text: str) -> None:
    assert store.query("MATCH (n) WHERE n.id = $x RETURN n.id", {"x": text}).rows == []
    assert store.query("MATCH (n {id: $x}) RETURN n.id", {"x": text}).rows == []
    assert store.query("RETURN $x AS x, [$x] AS l, {k: $x} AS m", {"x": text}).rows == [(text, [text], {"k": text})]
    assert store.query("MATCH (n) RETURN count(n)").rows == [(14,)]


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_of_a_model_are_values_whatever_they_hold(store_of: Any, text: str) -> None:
    store = store_of({"x": ("Vpc", "Network", {"title": text, f"tag_{text[:50]}": text, "texts": [text, "b"]})})
    ((node, title, texts),) = store.query("MATCH (n:Vpc) RETURN n, n.title, n.texts").rows
    assert (title, texts, node.properties[f"tag_{text[:50]}"]) == (text, [text, "b"], text)
    assert store.query("MATCH (n) WHERE n.title = $t RETURN n.id", {"t": text}).rows == [("x",)]


@pytest.mark.parametrize("value", [2**63, float("inf"), float("nan"), "\ud800", {"a": object()}, [[2**70]]])
def test_a_parameter_that_no_store_takes_is_refused(store: EmbeddedStore, value: Any) -> None:
    with pytest.raises(QueryRefused) as caught:
        store.query("RETURN $x AS x", {"x": value})
    assert caught.value.code == "parameter-value"


def test_rows_without_an_order_are_sorted_by_their_values(store: EmbeddedStore) -> None:
    query = "UNWIND [null, 'b', 2, true, 'a', 1.5, [1], false] AS x RETURN x"
    assert [row[0] for row in store.query(query).rows] == ["a", "b", False, True, 1.5, 2, [1], None]
    assert store.query("UNWIND [2, 3, 1] AS x RETURN x ORDER BY x DESC").rows == [(3,), (2,), (1,)]


def test_two_relationships_of_one_kind_between_two_elements_stay_two(store_of: Any) -> None:
    nodes: dict[str, Any] = {"a": ("SecurityGroup", "Network", {}), "b": ("SecurityGroup", "Network", {})}
    edges = [("a", "ALLOWS_FROM", "b", {"id": "1", "ports": ["443"]}), ("a", "ALLOWS_FROM", "b", {"id": "2"})]
    assert store_of(nodes, edges).query("MATCH ()-[r]->() RETURN r.id").rows == [("1",), ("2",)]


def test_an_empty_graph_can_be_asked(store_of: Any) -> None:
    assert store_of({}).query("MATCH (n) RETURN count(n)").rows == [(0,)]
    assert store_of({}).query("MATCH (n:Vpc)-[:CALLS]->(m) RETURN n").rows == []


def test_the_engine_is_not_imported_before_a_query_runs() -> None:
    code = "import sys, archgraph.query.embedded, archgraph.query.gate, archgraph.query.formats; "
    code += "sys.exit('kglite' in sys.modules or 'networkx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


FRAGMENTS = [
    "MATCH", "(n)", "(n:Vpc)", "-[r:CALLS]->", "-[*1..3]-", "(m)", "WHERE", "n.id", "=", "'x'", "$p", "RETURN", "n",
    "m.id", "WITH", "AS x", "x", ",", "ORDER BY", "LIMIT 3", "count(*)", "collect(n)", "UNWIND", "[1, 2]", "NOT",
    "AND", "+", "1", "EXISTS {", "}", "CALL {", "UNION", "CASE WHEN", "THEN", "END", "n {.*}", "[x IN", "| x]", "(",
    ")", "p =", "-->",
]  # fmt: skip


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=14))
def test_a_query_is_answered_or_explained(store: EmbeddedStore, words: list[str]) -> None:
    try:
        result = store.query(" ".join(words), {"p": 1}, timeout=5, limit=50)
    except QueryRefused:
        return
    except QueryStopped as error:
        result = Result((), [(str(error),)] if "syntax" in str(error) else [])
    assert all(len(row) == len(result.columns) for row in result.rows)

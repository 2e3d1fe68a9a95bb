"""What kglite does differently, and that no query can see it.

Each quirk is shown on kglite itself first: when a release mends it, the test says so and its fence can go.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import kglite
import pytest

from archgraph.query.embedded import EmbeddedStore
from archgraph.query.errors import QueryRefused, QueryStopped


@pytest.fixture
def bare() -> Any:
    """kglite without any fence: two subnets of one VPC."""
    kglite.set_query_warning_policy("silent")
    engine = kglite.KnowledgeGraph()
    rows = [{"id": "a", "title": "A subnet"}, {"id": "b", "title": "b"}]
    engine.cypher("UNWIND $rows AS r CREATE (n:Subnet:Network) SET n = r", params={"rows": rows})
    engine.cypher("MATCH (a {id: 'a'}), (b {id: 'b'}) CREATE (a)-[:PEERS_WITH {port: 1}]->(b)")
    return engine


def answer(engine: Any, query: str, **options: Any) -> list[list[Any]]:
    return [list(row.values()) for row in engine.cypher(query, **options).to_list()]


def refused(store: EmbeddedStore, query: str) -> str:
    with pytest.raises(QueryRefused) as caught:
        store.query(query)
    return caught.value.code


def test_a_name_that_is_not_stated_would_be_the_title(bare: Any, store: EmbeddedStore) -> None:
    assert answer(bare, "MATCH (n {id: 'a'}) RETURN n.name") == [["A subnet"]]
    assert store.query("MATCH (n {id: 'alb'}) RETURN n.name, n.title, 'name' IN keys(n)").rows == [
        ("Web entry", "Web entry", True)
    ]


def test_the_type_would_be_a_property_without_being_one(bare: Any, store: EmbeddedStore) -> None:
    assert answer(bare, "MATCH (n {id: 'a'}) RETURN n.type") == [["Subnet"]]
    assert store.query("MATCH (n {id: 'alb'}) RETURN n.type, n['type'], properties(n).type").rows == [
        ("ApplicationLoadBalancer",) * 3
    ]


def test_a_relationship_without_an_id_would_have_a_number(bare: Any, store: EmbeddedStore) -> None:
    assert answer(bare, "MATCH ()-[r]->() RETURN r.id, r.type, r.start") == [[0, "PEERS_WITH", "a"]]
    assert store.query("MATCH ()-[r:FEEDS]->() RETURN r.id, r.type, properties(r)").rows == [
        ("jobs -> worker", "FEEDS", {"batch_size": 10, "id": "jobs -> worker", "type": "FEEDS"})
    ]
    assert refused(store, "MATCH ()-[r]->() RETURN r.start") == "engine-property"


@pytest.mark.parametrize("name", ["label", "node_type"])
def test_other_names_for_the_label_are_refused_on_nodes(bare: Any, store: EmbeddedStore, name: str) -> None:
    assert answer(bare, f"MATCH (n {{id: 'a'}}) RETURN n.{name}") == [["Subnet"]]
    for query in (
        f"MATCH (n) RETURN n.{name}",
        f"MATCH (n) RETURN n['{name}']",
        f"MATCH (n {{{name}: 'Vpc'}}) RETURN n.id",
        f"MATCH (n) RETURN n {{.{name}}}",
        f"MATCH p = (a)-[:CALLS]->(b) RETURN [n IN nodes(p) | n.{name}]",
        f"MATCH (n) WITH n AS m RETURN m.{name}",
        f"MATCH (n) WITH collect(n) AS l UNWIND l AS m RETURN m.{name}",
    ):
        assert refused(store, query) == "engine-property"


def test_a_flow_keeps_its_label(store: EmbeddedStore) -> None:
    assert store.query("MATCH ()-[r:CALLS]->() WHERE r.label = 'SQL' RETURN r.label").rows == [("SQL",)]


def test_map_projections_of_relationships_would_be_null(bare: Any, store: EmbeddedStore) -> None:
    assert answer(bare, "MATCH ()-[r]->() RETURN r {.port}") == [[None]]
    assert refused(store, "MATCH ()-[r]->() RETURN r {.port}") == "map-projection"


def test_the_start_of_a_relationship_would_be_a_text(bare: Any, store: EmbeddedStore) -> None:
    assert answer(bare, "MATCH ()-[r]->() RETURN startNode(r)") == [["A subnet"]]
    assert refused(store, "MATCH ()-[r]->() RETURN startNode(r)") == "start-node-value"
    assert refused(store, "MATCH ()-[r]->() RETURN [startNode(r)]") == "start-node-value"


def test_a_second_statement_would_run(store: EmbeddedStore) -> None:
    engine = kglite.KnowledgeGraph()
    engine.cypher("CREATE (:X {id: 1})")
    engine.cypher("MATCH (n) RETURN n; MATCH (n) DELETE n")
    assert answer(engine, "MATCH (n) RETURN count(n)") == [[0]]
    assert refused(store, "MATCH (n) RETURN n; MATCH (n) DETACH DELETE n") == "several-statements"
    assert store.query("MATCH (n:KmsKey) RETURN n.id;").rows == [("key",)]


def test_files_would_be_read_even_read_only(bare: Any, store: EmbeddedStore, tmp_path: Any) -> None:
    file = tmp_path / "secret.csv"
    file.write_text("secret\n")
    query = f"LOAD CSV FROM '{file.as_uri()}' AS l RETURN l"
    assert answer(bare.freeze(), query) == [[["secret"]]]
    assert refused(store, query) == "load-csv"
    assert refused(store, f"MATCH (n) WITH n {query}") == "load-csv"


def test_unbounded_paths_would_end_after_ten_hops(bare: Any, store_of: Any) -> None:
    nodes: dict[str, Any] = {f"s{i:02}": ("Subnet", "Network", {}) for i in range(20)}
    chain: list[Any] = [(f"s{i:02}", "PEERS_WITH", f"s{i + 1:02}", {}) for i in range(19)]
    store = store_of(nodes, chain)
    engine = store._engine
    assert answer(engine, "MATCH (:Subnet {id: 's00'})-[*]->(n) RETURN count(n)") == [[10]]
    assert store.query("MATCH (:Subnet {id: 's00'})-[*1..19]->(n) RETURN count(n)").rows == [(19,)]
    for path in ("*", "*2..", "*.."):
        assert refused(store, f"MATCH (a)-[{path}]->(n) RETURN n.id") == "unbounded-path"


def test_writes_are_refused_twice(store: EmbeddedStore) -> None:
    assert refused(store, "MATCH (n) SET n.x = 1") == "write-clause"
    with pytest.raises(kglite.ReadOnlyError):
        store._engine.cypher("MATCH (n) SET n.x = 1")


def test_columns_are_named_as_they_are_written(bare: Any, store: EmbeddedStore) -> None:
    alike = "1 IN [1], 2 IN [2], CASE WHEN true THEN 1 END, CASE WHEN true THEN 2 END, EXISTS { () }, EXISTS { (:Vpc) }"
    with pytest.raises(kglite.CypherSyntaxError, match="same name"):
        bare.cypher(f"RETURN {alike}")
    result = store.query(f"RETURN {alike}, '`' IN []")
    assert result.columns == (*alike.split(", "), "'`' IN []")
    assert result.rows == [(True, True, 1, 2, True, True, False)]
    assert store.query("RETURN 1 = 1, 2  >\n1 AS b, size('a')").columns == ("1 = 1", "b", "size('a')")
    assert store.query("MATCH (b:KmsKey), (a:Vpc) RETURN *").columns == ("a", "b")


def test_comments_and_reserved_words_would_not_be_read(bare: Any, store: EmbeddedStore) -> None:
    for query in ("RETURN /* c */ 1", "MATCH (n) RETURN n.match", "MATCH (order) RETURN order.id"):
        with pytest.raises(kglite.CypherSyntaxError):
            bare.cypher(query)
    query = "MATCH (order:KmsKey) /* c\n */ // d\n RETURN order.id AS end, order.match ORDER BY end"
    assert store.query(query).rows == [("key", None)]


def test_a_property_that_no_node_of_a_type_has_would_be_an_error(bare: Any, store: EmbeddedStore) -> None:
    with pytest.raises(kglite.SchemaError):
        bare.cypher("MATCH (n:Subnet {nothing: 1}) RETURN n")
    for pattern in ("(n:Subnet {nothing: 1})", "(n:Network:Subnet {nothing: 1})", "(n:Vpc|Subnet {nothing: 1})"):
        assert store.query(f"MATCH {pattern} RETURN n.id").rows == []
        assert store.query(f"MATCH (n) WHERE EXISTS {{ {pattern} }} RETURN n.id").rows == []
    assert store.query("MATCH (n:Subnet {cidr: '10.0.1.0/24'}) RETURN n.id").rows == [("public-b",)]


def test_a_long_union_would_end_the_process(store: EmbeddedStore) -> None:
    query = " UNION ".join(["RETURN 1 AS x"] * 3000)
    code = f"import kglite; kglite.KnowledgeGraph().cypher({query!r})"
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode != 0
    assert refused(store, query) == "too-deep"
    assert store.query(" UNION ".join(f"RETURN {i} AS x" for i in range(11))).rows == [(i,) for i in range(11)]


def test_new_variables_in_a_condition_would_match_anything(bare: Any, store: EmbeddedStore) -> None:
    assert answer(bare, "MATCH (n) WHERE (n)-->(other) RETURN n.id") == [["a"]]
    assert refused(store, "MATCH (n) WHERE (n)-->(other) RETURN n.id") == "unknown-variable"


def test_a_query_that_takes_too_long_is_stopped(store: EmbeddedStore) -> None:
    query = "UNWIND range(1, 3000) AS x UNWIND range(1, 3000) AS y WITH x, y WHERE x * y = 7 RETURN count(*)"
    with pytest.raises(QueryStopped, match=r"after 0.01 s") as caught:
        store.query(query, timeout=0.01)
    assert caught.value.reason == "timeout"


def test_a_query_that_goes_through_too_much_is_stopped(store: EmbeddedStore) -> None:
    for query in (
        "UNWIND range(1, 100000000) AS x RETURN count(x)",
        "UNWIND range(1, 5000) AS x UNWIND range(1, 5000) AS y RETURN x, y",
    ):
        with pytest.raises(QueryStopped) as caught:
            store.query(query, timeout=60)
        assert caught.value.reason == "work"


def test_a_value_that_an_operation_cannot_take_is_explained(store: EmbeddedStore) -> None:
    with pytest.raises(QueryStopped, match="division by zero") as caught:
        store.query("RETURN 1 / 0")
    assert caught.value.reason == "value"


def test_says_that_there_are_more_rows_than_the_limit(store: EmbeddedStore) -> None:
    result = store.query("MATCH (n:Resource) RETURN n.id ORDER BY n.id", limit=2)
    assert (result.rows, result.truncated) == ([("alb",), ("assets",)], True)
    assert not store.query("MATCH (n:Vpc) RETURN n.id", limit=1).truncated

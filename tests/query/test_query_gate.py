"""What the gate lets through, what it refuses, and how it says so."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archgraph.catalog.catalog import Catalog
from archgraph.query.clauses import WRITING
from archgraph.query.errors import REFUSALS, Position, QueryRefused
from archgraph.query.gate import admit, read_parameters

REFUSED: list[tuple[str, str]] = [
    ("", "empty"),
    ("  // nothing but a comment", "empty"),
    ("CREATE (n:Vpc)", "write-clause"),
    ("MATCH (n) SET n.x = 1 RETURN n", "write-clause"),
    ("MATCH (n) DETACH DELETE n", "write-clause"),
    ("MATCH (n) DELETE n", "write-clause"),
    ("MATCH (n) REMOVE n.x", "write-clause"),
    ("MERGE (n:Vpc {id: 'x'}) RETURN n", "write-clause"),
    ("MATCH (n) WITH n CREATE (m) RETURN m", "write-clause"),
    ("MATCH (n) FOREACH (x IN [1] | SET n.x = x)", "write-clause"),
    ("CALL { CREATE (n) RETURN n } RETURN n", "write-clause"),
    ("CALL { MATCH (n) SET n.x = 1 RETURN n } RETURN n", "write-clause"),
    ("MATCH (n) WHERE EXISTS { MATCH (n) SET n.x = 1 } RETURN n", "write-clause"),
    ("MATCH (n) INSERT (m)", "write-clause"),
    ("DROP INDEX x", "write-clause"),
    ("MATCH (n) RETURN n MERGE (m)", "write-clause"),
    ("mAtCh (n) sEt n.x = 1", "write-clause"),
    ("MATCH (n) RETURN n; MATCH (m) RETURN m", "several-statements"),
    ("RETURN 1; CREATE (n)", "several-statements"),
    ("RETURN 1;;", "several-statements"),
    ("LOAD CSV FROM 'file:///etc/passwd' AS l RETURN l", "load-csv"),
    ("MATCH (n) LOAD CSV FROM 'x' AS l RETURN l", "load-csv"),
    ("USE shop MATCH (n) RETURN n", "use-graph"),
    ("EXPLAIN MATCH (n) RETURN n", "administration"),
    ("PROFILE MATCH (n) RETURN n", "administration"),
    ("SHOW INDEXES", "administration"),
    ("MATCH (n) RETURN n.id FORMAT CSV", "administration"),
    ("MATCH (n) USING INDEX n:Vpc(id) RETURN n", "administration"),
    ("FOR VALID_TIME ALL MATCH (n) RETURN n", "administration"),
    ("CALL db.labels()", "procedure"),
    ("CALL db.labels() YIELD label RETURN label", "procedure"),
    ("CALL apoc.cypher.run('CREATE (n)', {})", "procedure"),
    ("MATCH (n) CALL pagerank() YIELD node RETURN node", "procedure"),
    ("MATCH (a)-[*]->(b) RETURN b", "unbounded-path"),
    ("MATCH (a)-[:CALLS*]->(b) RETURN b", "unbounded-path"),
    ("MATCH (a)-[r:CALLS*2..]->(b) RETURN b", "unbounded-path"),
    ("MATCH (n) WHERE (n)-[*..]->() RETURN n", "unbounded-path"),
    ("MATCH p = shortestPath((a:Vpc)-[*]->(b:Subnet)) RETURN p", "unbounded-path"),
    ("MATCH (a)-[*1..101]->(b) RETURN b", "hop-limit"),
    ("MATCH (a)-[*5..1]->(b) RETURN b", "hop-limit"),
    ("MATCH p = shortestPath((a:Vpc)-[*2..4]->(b:Subnet)) RETURN p", "hop-limit"),
    ("MATCH (n) WHERE n.id = $id RETURN n", "missing-parameter"),
    ("MATCH (n {id: $id}) RETURN n", "missing-parameter"),
    ("MATCH (n) RETURN n LIMIT $many", "missing-parameter"),
    ("MATCH (n) WHERE id(n) = 1 RETURN n", "engine-id"),
    ("MATCH (n) RETURN elementId(n)", "engine-id"),
    ("MATCH (n) WHERE 1 < n.min < 3 RETURN n", "chained-comparison"),
    ("MATCH (n) WHERE n.a = n.b = n.c RETURN n", "chained-comparison"),
    ("MATCH (a:Vpc)((x)-[:CALLS]->(y)){1,2}(b) RETURN b", "quantified-path"),
    ("MATCH (a)-[:CALLS]->+(b) RETURN b", "quantified-path"),
    ("MATCH (a)-[:CALLS]->{1,3}(b) RETURN b", "quantified-path"),
    ("MATCH ((x)-[:CALLS]->(y)){2} RETURN x", "quantified-path"),
    ("MATCH p = SHORTEST 1 (a)-[:CALLS]-(b) RETURN p", "shortest-k"),
    ("MATCH ANY SHORTEST (a)-[:CALLS]-(b) RETURN a", "shortest-k"),
    ("MATCH (n:Vpc&Network) RETURN n", "label-expression"),
    ("MATCH (n:!Vpc) RETURN n", "label-expression"),
    ("MATCH (n:(Vpc|Subnet)) RETURN n", "label-expression"),
    ("MATCH (n:Network:Vpc|Subnet) RETURN n", "label-expression"),
    ("MATCH (n) WHERE n:Vpc|Subnet RETURN n", "label-expression"),
    ("MATCH (a)-[:CALLS|:FEEDS]->(b) RETURN b", "label-expression"),
    ("MATCH (n IS Vpc) RETURN n", "label-expression"),
    ("MATCH (n:Vpc WHERE n.id = 'x') RETURN n", "inline-where"),
    ("MATCH (a)-[r:CALLS WHERE r.port = 1]->(b) RETURN b", "inline-where"),
    ("MATCH (n) RETURN COLLECT { MATCH (n)--(m) RETURN m.id }", "collect-subquery"),
    ("MATCH (a), p = shortestPath((a)-[*..5]->(b:Vpc)) RETURN p", "shortest-path-place"),
    ("MATCH (a), (b) RETURN shortestPath((a)-[*..5]->(b))", "shortest-path-place"),
    ("MATCH p = shortestPath((a)-[*..5]->(b)-[*..5]->(c)) RETURN p", "shortest-path-place"),
    ("MATCH (n) RETURN percentileCont(n.min, 0.5)", "unportable-function"),
    ("MATCH (n) RETURN percentileDisc(n.min, 0.5)", "unportable-function"),
    ("RETURN duration.between(date('2026-01-01'), date('2026-02-01'))", "unportable-function"),
    ("RETURN apoc.text.join(['a'], ',')", "unportable-function"),
    ("RETURN isEmpty([])", "unportable-function"),
    ("MATCH (n) WHERE exists(n.cidr) RETURN n", "property-exists"),
    ("RETURN date()", "not-deterministic"),
    ("RETURN datetime('2026-01-01T00:00:00Z')", "not-deterministic"),
    ("RETURN rand()", "not-deterministic"),
    ("RETURN timestamp()", "not-deterministic"),
    ("RETURN text_bm25('x')", "unknown-function"),
    ("RETURN toUper('x')", "unknown-function"),
    ("RETURN size()", "argument-count"),
    ("RETURN size([1], [2])", "argument-count"),
    ("MATCH (n:Vcp) RETURN n", "unknown-label"),
    ("MATCH (n) WHERE n:Vcp RETURN n", "unknown-label"),
    ("MATCH (a)-[:ENCRYPTS]->(b) RETURN b", "unknown-relationship"),
    ("MATCH (n) RETURN m", "unknown-variable"),
    ("MATCH (n) WITH n.id AS i RETURN n", "unknown-variable"),
    ("MATCH (n) WHERE (n)--(m) RETURN n", "unknown-variable"),
    ("MATCH (n) CALL { MATCH (m) WHERE m.id = n.id RETURN m } RETURN m", "unknown-variable"),
    ("MATCH (n) CALL (x) { RETURN 1 AS y } RETURN y", "unknown-variable"),
    ("MATCH (n)-[n]->(m) RETURN n", "variable-kind"),
    ("MATCH p = (a)-[:CALLS]->(p) RETURN p", "variable-kind"),
    ("MATCH (n) UNWIND [1] AS n RETURN n", "variable-kind"),
    ("MATCH (n) RETURN n.label", "engine-property"),
    ("MATCH (n) RETURN n.node_type", "engine-property"),
    ("MATCH ()-[r]->() RETURN r.start", "engine-property"),
    ("MATCH ()-[r]->() RETURN r {.id}", "map-projection"),
    ("MATCH (n) RETURN n {n}", "map-projection"),
    ("MATCH (n)-[r]->() RETURN startNode(r)", "start-node-value"),
    ("MATCH (n) RETURN size((n)--())", "pattern-place"),
    ("MATCH (n) RETURN (n)--()", "pattern-place"),
    ("MATCH (n) WHERE count(n) > 1 RETURN n", "aggregate-place"),
    ("MATCH (n) RETURN count(count(n))", "aggregate-place"),
    ("MATCH (n) WITH n.id RETURN 1", "missing-alias"),
    ("MATCH (n) RETURN n.id, n.id", "duplicate-column"),
    ("MATCH (n) CALL (n) { RETURN 1 AS n } RETURN n", "duplicate-column"),
    ("RETURN 1 AS a UNION RETURN 2 AS b", "union-columns"),
    ("RETURN 1 AS a UNION RETURN 2 AS a UNION ALL RETURN 3 AS a", "union-columns"),
    ("MATCH (n)", "clause-order"),
    ("MATCH (n) WHERE n.id = 'x'", "clause-order"),
    ("RETURN 1 MATCH (n) RETURN n", "clause-order"),
    ("MATCH (n) RETURN EXISTS { MATCH (n)--(m) RETURN m }", "clause-order"),
    ("MATCH (n:$label) RETURN n", "parameter-name"),
    ("MATCH (n $properties) RETURN n", "parameter-name"),
    ("MATCH (n)-[*1..$n]->(m) RETURN m", "parameter-name"),
    ("RETURN $0", "parameter-name"),
    ("RETURN 'it\\u0027s'", "string"),
    ("RETURN 'not closed", "string"),
    ("MATCH (n:`Vpc) RETURN n", "string"),
    ("RETURN 0x1F", "number"),
    ("RETURN 1_000", "number"),
    ("RETURN 007", "number"),
    ("RETURN 99999999999999999999", "number"),
    ("RETURN 1e999", "number"),
    ("RETURN 1 # 2", "character"),
    ("RETURN 'a\x1b[31m'", "character"),
    ("RETURN 'a\u202eb'", "character"),
    ("RETURN 'a\ud800'", "character"),
    ("MACTH (n) RETURN n", "syntax"),
    ("MATCH n RETURN n", "syntax"),
    ("MATCH (n) RETURN n.id ORDER n.id", "syntax"),
    ("MATCH (n) WHERE n.id != 'x' RETURN n", "syntax"),
    ("MATCH (a)<-[:CALLS]->(b) RETURN b", "syntax"),
    ("MATCH (n) RETURN [1, 2", "syntax"),
    ("MATCH (n) RETURN [1,]", "syntax"),
    ("RETURN +1", "syntax"),
    ("RETURN /* not closed", "syntax"),
    ("MATCH (n) RETURN n LIMIT -1", "syntax"),
    ("RETURN CASE WHEN true THEN 1", "syntax"),
    ("OPTIONAL CALL { RETURN 1 AS x } RETURN x", "syntax"),
    ("RETURN " + "(" * 60 + "1" + ")" * 60, "too-deep"),
    ("RETURN " + "[" * 20_000, "too-deep"),
    ("MATCH (n) RETURN n" + ".a" * 10_000, "too-deep"),
    (" UNION ".join(["RETURN 1 AS x"] * 500), "too-deep"),
    ("RETURN " + "NOT " * 1000 + "true", "too-deep"),
    ("RETURN " + " OR ".join(["true"] * 1000), "too-deep"),
    ("RETURN " + "1 + " * 1000 + "1", "too-deep"),
    ("RETURN '" + "a" * 100_000 + "'", "too-long"),
]

ADMITTED = [
    "MATCH (n) RETURN n",
    "match (n) return n.id;",
    "MATCH (n)\nRETURN n.id // the ids\n",
    "MATCH (n) /* all\nof them */ RETURN n.id",
    "MATCH (n:Vpc) RETURN n.id AS id, n.cidr AS `its range`",
    "MATCH (n:Network:Vpc) RETURN n",
    "MATCH (n:Vpc|Subnet) RETURN n",
    "MATCH (:Vpc)<--(:Subnet) RETURN count(*)",
    "MATCH (n:`Vpc`) RETURN `n`.`cidr`",
    "MATCH (n {id: 'x', multi_az: true}) RETURN n",
    "MATCH (n:Vpc {id: $id}) RETURN n",
    "MATCH (a)-[r]-(b) RETURN a, r, b",
    "MATCH (a)-[:CALLS|FEEDS]->(b) RETURN b",
    "MATCH (a)-[r:CALLS {port: 443}]->(b) RETURN r.port",
    "MATCH (a)-[*1..3]->(b) RETURN b",
    "MATCH (a)-[*..3]->(b) RETURN b",
    "MATCH (a)-[*2]->(b) RETURN b",
    "MATCH (a)-[rs:CALLS*1..3]->(b) RETURN [r IN rs | r.port]",
    "MATCH p = (a)-[:CALLS]->(b) RETURN p",
    "MATCH p = shortestPath((a:EndUser)-[*..9]-(b:Vpc)) RETURN length(p)",
    "MATCH p = allShortestPaths((a:EndUser)-[:CALLS*1..9]->(b:Vpc)) RETURN p",
    "MATCH (a:Vpc), (b:Subnet) MATCH p = shortestPath((a)-[*..9]-(b)) RETURN p",
    "MATCH (a:Vpc), (b:Subnet) WHERE (a)<-[:LOCATED_IN]-(b) RETURN a, b",
    "MATCH (n) WHERE NOT (n)--() RETURN n",
    "MATCH (n) WHERE (n)-->() AND NOT (n)<--() OR (n:Vpc) RETURN n",
    "MATCH (n) WHERE exists((n)--()) RETURN n",
    "MATCH (n) WHERE EXISTS { (n)-->(:Vpc) } RETURN n",
    "MATCH (n) WHERE EXISTS { MATCH (n)-->(m) WHERE m.id = n.id } RETURN n",
    "MATCH (n) WHERE NOT EXISTS { MATCH (n)-->(m) MATCH (m)-->(o) } RETURN n",
    "MATCH (n) WHERE COUNT { (n)-->() } > 2 RETURN n",
    "MATCH (n) WHERE n.a IS NULL AND n.b IS NOT NULL XOR n.c RETURN n",
    "MATCH (n) WHERE n.id IN ['a', 'b'] AND NOT n.id = 'c' RETURN n",
    "MATCH (n) WHERE n.id STARTS WITH 'a' OR n.id ENDS WITH 'b' OR n.id CONTAINS 'c' OR n.id =~ 'd.*' RETURN n",
    "MATCH (n) WHERE n.min >= 1 AND n.max <= 3 AND n.min <> n.max RETURN n",
    "MATCH (n) WHERE n:Vpc OR n:Subnet AND n:Network:Resource RETURN n",
    "MATCH (n) WHERE (n.a = 1) = (n.b = 2) RETURN n",
    "MATCH (n) WHERE any(z IN n.zones WHERE z ENDS WITH 'a') RETURN n",
    "MATCH (n) RETURN [x IN range(1, 9) WHERE x % 2 = 0 | x ^ 2] AS squares",
    "MATCH (n) RETURN [(n)-[:CALLS]->(m) WHERE m:Vpc | m.id] AS called",
    "MATCH (n) RETURN [p = (n)-->(m) | length(p)]",
    "MATCH (n) RETURN reduce(s = 0, x IN [1, 2] | s + x) AS s",
    "MATCH (n) RETURN CASE WHEN (n)--() THEN 1 ELSE 0 END",
    "MATCH (n) RETURN CASE n.type WHEN 'Vpc' THEN 1 WHEN 'Subnet' THEN 2 END AS x",
    "MATCH (n) RETURN n {.id, .*, zones: size(n.zones)} AS m",
    "MATCH (n) RETURN {id: n.id, `a b`: [1, 2.5, -3, .5, 1e3]} AS m",
    "MATCH (n) RETURN n.zones[0], n.zones[-1], n.zones[0..2], n.zones[..2], n.zones[1..]",
    "MATCH (n) RETURN n['id']",
    "MATCH (n) RETURN DISTINCT n.type ORDER BY n.type DESC SKIP 2 LIMIT 3",
    "MATCH (n) RETURN n.id ORDER BY n.type ASC, n.id DESCENDING LIMIT $id",
    "MATCH (n) WITH n.type AS t, count(*) AS c WHERE c > 1 RETURN t, c ORDER BY c",
    "MATCH (n) WITH n ORDER BY n.id LIMIT 3 MATCH (n)-->(m) RETURN m",
    "MATCH (n) WITH *, n.id AS i RETURN *",
    "MATCH (n) WITH DISTINCT n.type AS t RETURN collect(t) AS types",
    "MATCH (n) RETURN count(DISTINCT n.type), count(*), sum(n.min), avg(n.min), stDev(n.min)",
    "MATCH (n) OPTIONAL MATCH (n)-->(m:Vpc) RETURN n, m",
    "UNWIND [1, 2, null] AS x RETURN x",
    "UNWIND $id AS i MATCH (n {id: i}) RETURN n",
    "MATCH (n) CALL (n) { MATCH (n)-->(m) RETURN count(m) AS c } RETURN n.id, c",
    "MATCH (n) CALL { WITH n MATCH (n)-->(m) RETURN count(m) AS c } RETURN n.id, c",
    "CALL () { MATCH (n) RETURN count(n) AS c } RETURN c",
    "CALL { RETURN 1 AS x UNION ALL RETURN 2 AS x } RETURN x",
    "MATCH (n:Vpc) RETURN n.id AS id UNION MATCH (n:Subnet) RETURN n.id AS id",
    "MATCH (n)-[r]->(m) RETURN type(r), startNode(r).id, endNode(r).id, keys(r), properties(n)",
    "MATCH (n) RETURN labels(n), toUpper(n.id) + '-' + toString(n.min), coalesce(n.min, 0)",
    "RETURN date('2026-10-31') + duration({days: 1}) AS d, date('2026-01-01').year AS y",
    "MATCH (n) RETURN n.create, n.set, n.delete, n.match, n.order",
    "MATCH (set:Vpc) RETURN set.id AS merge",
    "RETURN 'CREATE (n); DELETE n' AS text, \"it's\", 'it\\'s', 'a\\\\b\\n'",
    "RETURN $id + 1 - 2 * 3 / 4 % 5 ^ 6 AS n, -(1 + 2) AS m, NOT NOT true AS b",
    "MATCH (n) RETURN n.größe AS größe",
]


def refusal(query: str, catalog: Catalog, **parameters: object) -> QueryRefused:
    with pytest.raises(QueryRefused) as caught:
        admit(query, parameters, catalog)
    return caught.value


@pytest.mark.parametrize(("query", "code"), REFUSED, ids=[query[:70] for query, _ in REFUSED])
def test_refuses(catalog: Catalog, query: str, code: str) -> None:
    assert refusal(query, catalog).code == code


@pytest.mark.parametrize("query", ADMITTED, ids=[query[:70] for query in ADMITTED])
def test_admits(catalog: Catalog, query: str) -> None:
    admit(query, {"id": 1}, catalog)


def test_every_reason_is_shown_by_a_refused_query() -> None:
    assert {code for _, code in REFUSED} | {"parameter-value"} == set(REFUSALS)


def test_a_refusal_shows_the_place_and_what_would_be_right(catalog: Catalog) -> None:
    error = refusal("MATCH (n:Vpc)\nWHERE (n)-[:LOCATED_IN*]->()\nRETURN n", catalog)
    assert error.position == Position(2, 23, "WHERE (n)-[:LOCATED_IN*]->()")
    assert str(error).splitlines() == [
        "query:2:23: a path without an upper bound [unbounded-path]",
        "    WHERE (n)-[:LOCATED_IN*]->()",
        "                          ^",
        "  hint: write an upper bound, like *1..10",
    ]


def test_the_caret_stands_under_wide_characters_and_in_long_lines(catalog: Catalog) -> None:
    lines = str(refusal("RETURN '日本' AS x, y", catalog)).splitlines()
    assert lines[1:3] == ["    RETURN '日本' AS x, y", "                        ^"]
    lines = str(refusal("RETURN " + "1 + " * 100 + "y + " + "1 + " * 100, catalog)).splitlines()
    assert len(lines[1]) < 120
    assert lines[1][lines[2].index("^")] == "y"


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("MATCH (n:Subnett) RETURN n", "did you mean 'Subnet'?"),
        ("MATCH (n:network) RETURN n", "did you mean 'Network'?"),
        ("MATCH (a)-[:LOCATED]->(b) RETURN b", "did you mean 'LOCATED_IN'?"),
        ("RETURN tolowr('x')", "did you mean 'toLower'?"),
        ("MATCH (subnet) RETURN subnt.id", "did you mean 'subnet'?"),
        ("MTCH (n) RETURN n", "did you mean 'MATCH'?"),
        ("RETURN $nam", "did you mean 'name'?"),
    ],
)
def test_suggests_the_likely_word(catalog: Catalog, query: str, hint: str) -> None:
    assert refusal(query, catalog, name="x").hint == hint


def test_engines_get_names_in_backticks_and_no_comments(catalog: Catalog) -> None:
    query = admit("MATCH (order:Vpc) /* CREATE */\nRETURN *, order.match // x\n;", {}, catalog)
    assert query.text == "MATCH (`order`:Vpc)             \nRETURN `order`, `order`.`match`"
    assert query.columns == ("order", "order.match")


@pytest.mark.parametrize(
    ("query", "columns", "ordered"),
    [
        ("MATCH (n) RETURN n.id, n.id  +\n1, size('a  b') AS c", ("n.id", "n.id + 1", "c"), False),
        ("MATCH (b)--(a) RETURN *", ("a", "b"), False),
        ("MATCH (n) WITH n ORDER BY n.id RETURN n", ("n",), False),
        ("MATCH (n) RETURN n.id ORDER BY n.id", ("n.id",), True),
        ("RETURN 1 AS a ORDER BY a UNION RETURN 2 AS a ORDER BY a", ("a",), False),
    ],
)
def test_knows_columns_and_order(catalog: Catalog, query: str, columns: tuple[str, ...], ordered: bool) -> None:
    admitted = admit(query, {}, catalog)
    assert (admitted.columns, admitted.ordered) == (columns, ordered)


def test_parameters_are_read_as_json_where_they_are_json() -> None:
    pairs = [
        "a=1",
        "b=true",
        "c=[1, 2]",
        'd={"x": null}',
        "e=web-alb",
        'f="1"',
        "g=NaN",
        "h=",
        "i=a=b",
        "j=" + "[" * 9999,
    ]
    assert read_parameters(pairs) == {
        "a": 1, "b": True, "c": [1, 2], "d": {"x": None}, "e": "web-alb", "f": "1", "g": "NaN", "h": "", "i": "a=b",
        "j": "[" * 9999,
    }  # fmt: skip


@pytest.mark.parametrize("pair", ["x", "=1", "a b=1", "é=1", "1a=2"])
def test_a_parameter_needs_a_name(pair: str) -> None:
    with pytest.raises(QueryRefused):
        read_parameters([pair])


WORDS = [
    "MATCH", "OPTIONAL", "WHERE", "RETURN", "WITH", "UNWIND", "CALL", "UNION", "ALL", "AS", "ORDER", "BY", "(n)",
    "(n:Vpc", "-[:CALLS*", "..3]->", "{", "}", "(", ")", "[", "]", "|", ":", ",", ".", "$x", "'a'", "`b`", "1", "n",
    "n.id", "=", "<", "NOT", "IN", "CASE", "WHEN", "THEN", "END", "EXISTS", "COUNT", "count(*)", "*", "+", "-", ";",
    "//", "/*", "*/", "\n", *sorted(WRITING), "LOAD CSV FROM", "'file:///x'", "db.labels()", "YIELD",
]  # fmt: skip


@given(st.one_of(st.text(), st.lists(st.sampled_from(WORDS)).map(" ".join)))
@example("\x00")
@example("RETURN '\\")
@example("`" * 3)
@example("$")
@example("/*" * 1000)
def test_any_text_is_admitted_or_explained(catalog: Catalog, text: str) -> None:
    explained = ""
    try:
        admit(text, {"x": 1}, catalog)
    except QueryRefused as error:
        explained = str(error)
    assert explained.replace("\n", "").isprintable()


@given(
    st.sampled_from([query for query in ADMITTED if not query.endswith("\n")]),
    st.sampled_from(sorted(WRITING)),
    st.sampled_from(["(x:Vpc)", "n.x = 1", "n", "n:Vpc", "INDEX x"]),
    st.booleans(),
)
def test_a_write_clause_after_a_query_never_passes(
    catalog: Catalog, query: str, word: str, rest: str, semicolon: bool
) -> None:
    text = f"{query.rstrip(';')}{';' if semicolon else ''} {word} {rest}"
    assert refusal(text, catalog, id=1).code in ("write-clause", "several-statements")

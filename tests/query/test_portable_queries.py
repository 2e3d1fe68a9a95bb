"""Queries of the portable subset, with the rows that every store must give."""

from __future__ import annotations

from typing import Any

import pytest

from archgraph.query.embedded import EmbeddedStore

BATTERY: list[tuple[str, list[tuple[Any, ...]]]] = [
    ("MATCH (n:SqsQueue) RETURN n.id", [("failed",), ("jobs",)]),
    ("MATCH (n:Network:Vpc) RETURN n.cidr", [("10.0.0.0/16",)]),
    ("MATCH (n:KmsKey|S3Bucket) RETURN n.id ORDER BY n.id DESC", [("key",), ("assets",)]),
    ("MATCH (n) WHERE n:KmsKey OR n:S3Bucket RETURN n.id", [("assets",), ("key",)]),
    ("MATCH (n:Resource) RETURN count(n)", [(14,)]),
    ("MATCH (n {id: 'db'}) RETURN n.engine, n.multi_az, n.backup_retention", [("postgres", True, 1209600)]),
    ("MATCH (n:Database) WHERE NOT n.multi_az RETURN n.id", [("cache",)]),
    ("MATCH (n:Database) WHERE n.backup_retention IS NULL RETURN n.id", [("cache",)]),
    ("MATCH (n:SqsQueue) WHERE n.retention >= 1209600 RETURN n.id", [("failed",)]),
    ("MATCH (n) WHERE n.cidr STARTS WITH '10.0.2' RETURN n.id", [("data-a",)]),
    ("MATCH (n) WHERE n.id =~ 'public-.' RETURN n.id", [("public-a",), ("public-b",)]),
    ("MATCH (n) WHERE 'eu-west-1b' IN n.zones RETURN n.id", [("public-b",)]),
    ("MATCH (a)-[:IN_SUBNET]->(s) RETURN a.id, s.id", [("alb", "public-a"), ("alb", "public-b"), ("db", "data-a")]),
    ("MATCH (s)<-[:IN_SUBNET]-(a:RdsInstance) RETURN s.id, a.id", [("data-a", "db")]),
    ("MATCH (a {id: 'key'})--(b) RETURN b.id", [("assets",), ("db",)]),
    ("MATCH (a {id: 'web'})-[r:CALLS|TRIGGERS]->(b) RETURN b.id, type(r)",
     [("cache", "CALLS"), ("db", "CALLS"), ("jobs", "TRIGGERS")]),
    ("MATCH (a)-[r {port: 5432}]->(b) RETURN a.id, b.id, r.label", [("web", "db", "SQL")]),
    ("MATCH (a:EndUser)-[:CALLS*1..5]->(d:Database) RETURN DISTINCT d.id", [("cache",), ("db",)]),
    ("MATCH p = (a:EndUser)-[:CALLS*1..5]->(d:RdsInstance) RETURN length(p), [n IN nodes(p) | n.id]",
     [(3, ["customers", "alb", "web", "db"])]),
    ("MATCH (a {id: 'alb'})-[:CALLS*0..1]->(b) RETURN b.id", [("alb",), ("web",)]),
    ("MATCH (a {id: 'jobs'}), (b {id: 'key'}) MATCH p = shortestPath((a)-[*..10]->(b)) RETURN length(p)", [(3,)]),
    ("MATCH p = allShortestPaths((a:SqsQueue {id: 'jobs'})-[*..10]->(b:KmsKey)) RETURN [n IN nodes(p) | n.id]",
     [(["jobs", "worker", "assets", "key"],), (["jobs", "worker", "db", "key"],)]),
    ("MATCH (n:Database) WHERE NOT (n)-[:ENCRYPTED_BY]->(:KmsKey) RETURN n.id", [("cache",)]),
    ("MATCH (n) WHERE EXISTS { (n)-[:DEAD_LETTERS_TO]->() } RETURN n.id", [("jobs",)]),
    ("MATCH (n) WHERE EXISTS { MATCH (n)-[r:CALLS]->(d) WHERE r.timeout < 5 } RETURN n.id", [("web",)]),
    ("MATCH (n:Database) RETURN n.id, COUNT { (n)<-[:CALLS]-() } AS callers ORDER BY callers DESC",
     [("db", 2), ("cache", 1)]),
    ("MATCH (n:Vpc) RETURN [(n)<-[:LOCATED_IN]-(s) WHERE s.cidr STARTS WITH '10.0.2' | s.id] AS s", [(["data-a"],)]),
    ("MATCH (s:Subnet) OPTIONAL MATCH (s)<-[:IN_SUBNET]-(r:RdsInstance) RETURN s.id, r.id",
     [("data-a", "db"), ("public-a", None), ("public-b", None)]),
    ("MATCH (n) RETURN n.category AS c, count(*) AS k ORDER BY k DESC, c LIMIT 2", [("Network", 4), ("Compute", 2)]),
    ("MATCH (d)<-[:CALLS]-(c) WITH d, count(c) AS callers WHERE callers > 1 RETURN d.id, callers", [("db", 2)]),
    ("MATCH (n:SqsQueue) RETURN sum(n.retention), avg(n.retention), min(n.retention), max(n.retention)",
     [(1555200, 777600.0, 345600, 1209600)]),
    ("MATCH (n:Subnet) WITH n ORDER BY n.id RETURN collect(n.id) AS ids", [(["data-a", "public-a", "public-b"],)]),
    ("UNWIND ['db', 'web', 'nothing'] AS i MATCH (n {id: i}) RETURN n.id", [("db",), ("web",)]),
    ("UNWIND $ids AS i MATCH (n {id: i}) RETURN n.type", [("KmsKey",), ("Vpc",)]),
    ("MATCH (v:Vpc) CALL (v) { MATCH (v)<-[:LOCATED_IN]-(s) RETURN count(s) AS n } RETURN v.id, n",
     [("shop-vpc", 3)]),
    ("MATCH (v:Vpc) CALL { WITH v MATCH (v)<-[:LOCATED_IN]-(s) RETURN count(s) AS n } RETURN v.id, n",
     [("shop-vpc", 3)]),
    ("MATCH (n:KmsKey) RETURN n.id AS id UNION MATCH (n:Vpc) RETURN n.id AS id", [("key",), ("shop-vpc",)]),
    ("MATCH (n:RdsInstance) RETURN n {.id, .engine, big: n.backup_retention > 0} AS m",
     [({"big": True, "engine": "postgres", "id": "db"},)]),
    ("MATCH (n:RdsInstance) RETURN CASE WHEN n.multi_az THEN 'several' ELSE 'one' END AS zones", [("several",)]),
    ("RETURN reduce(a = 0, x IN [1, 2, 3] | a + x) AS s, [x IN range(1, 6) WHERE x % 2 = 0 | x * x] AS l",
     [(6, [4, 16, 36])]),
    ("RETURN all(x IN [1, 2] WHERE x > 0) AS a, any(x IN [] WHERE x) AS b, none(x IN [1] WHERE x > 1) AS c",
     [(True, False, True)]),
    ("MATCH (k:KmsKey) RETURN date(k.created) + duration({months: 1}) AS d, date(k.created).year AS y",
     [("2026-02-28", 2026)]),
    ("MATCH (k:KmsKey) WHERE k.created < $today RETURN k.id", [("key",)]),
    ("MATCH ()-[r:ENCRYPTED_BY]->() RETURN startNode(r).id, endNode(r).id", [("assets", "key"), ("db", "key")]),
    ("MATCH (n:LambdaFunction) RETURN n.name, n.title, n.type, n.tag_team",
     [("order-worker", "worker", "LambdaFunction", "orders")]),
    ("MATCH (n {id: 'alb'}) RETURN toUpper(n.id) + '!' AS a, size(n.title) AS b, split(n.title, ' ')[0] AS c",
     [("ALB!", 9, "Web")]),
    ("MATCH (n:S3Bucket) RETURN n.stated_unknown, coalesce(n.logging, 'unknown')", [(["logging"], "unknown")]),
    ("MATCH (n) WHERE n.nothing = n.nothing RETURN n.id", []),
    ("MATCH (a)-[r]->(b) RETURN type(r) AS t, count(*) AS n ORDER BY n DESC, t SKIP 1 LIMIT 2",
     [("IN_SUBNET", 3), ("LOCATED_IN", 3)]),
]  # fmt: skip


@pytest.mark.parametrize(("query", "rows"), BATTERY, ids=[query for query, _ in BATTERY])
def test_gives_the_rows_of_the_portable_subset(store: EmbeddedStore, query: str, rows: list[tuple[Any, ...]]) -> None:
    result = store.query(query, {"ids": ["key", "shop-vpc"], "today": "2026-11-24"})
    assert result.rows == rows
    assert not result.truncated

"""A small shop, built by hand: two zones, a load balancer, servers, a database, a queue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import networkx
import pytest

from archgraph.catalog.catalog import Catalog, builtin
from archgraph.catalog.vocabulary import RELATIONSHIPS
from archgraph.query.embedded import EmbeddedStore

NODES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "customers": ("EndUser", "Actor", {}),
    "shop-vpc": ("Vpc", "Network", {"cidr": "10.0.0.0/16", "environment": "production"}),
    "public-a": ("Subnet", "Network", {"cidr": "10.0.0.0/24", "zones": ["eu-west-1a"]}),
    "public-b": ("Subnet", "Network", {"cidr": "10.0.1.0/24", "zones": ["eu-west-1b"]}),
    "data-a": ("Subnet", "Network", {"cidr": "10.0.20.0/24", "zones": ["eu-west-1a"]}),
    "alb": ("ApplicationLoadBalancer", "LoadBalancing", {"scheme": "internet-facing", "title": "Web entry"}),
    "web": ("AutoScalingGroup", "Compute", {"min": 2, "max": 6, "environment": "production"}),
    "worker": ("LambdaFunction", "Compute", {"timeout": 30, "tag_team": "orders", "name": "order-worker"}),
    "db": ("RdsInstance", "Database", {"engine": "postgres", "multi_az": True, "backup_retention": 1209600}),
    "cache": ("ElastiCacheCluster", "Database", {"engine": "valkey", "multi_az": False}),
    "jobs": ("SqsQueue", "Messaging", {"retention": 345600}),
    "failed": ("SqsQueue", "Messaging", {"retention": 1209600}),
    "key": ("KmsKey", "Security", {"rotation": True, "created": "2026-01-31"}),
    "assets": ("S3Bucket", "Storage", {"versioning": True, "stated_unknown": ["logging"]}),
}
EDGES: list[tuple[str, str, str, dict[str, Any]]] = [
    ("public-a", "LOCATED_IN", "shop-vpc", {}),
    ("public-b", "LOCATED_IN", "shop-vpc", {}),
    ("data-a", "LOCATED_IN", "shop-vpc", {}),
    ("alb", "IN_SUBNET", "public-a", {}),
    ("alb", "IN_SUBNET", "public-b", {}),
    ("db", "IN_SUBNET", "data-a", {}),
    ("customers", "CALLS", "alb", {"id": "browse", "protocol": "https", "port": 443}),
    ("alb", "CALLS", "web", {"id": "alb -> web", "protocol": "http", "port": 8080}),
    ("web", "CALLS", "db", {"id": "web -> db", "protocol": "tls", "port": 5432, "timeout": 3, "label": "SQL"}),
    ("web", "CALLS", "cache", {"id": "web -> cache", "protocol": "tls", "port": 6379}),
    ("web", "TRIGGERS", "jobs", {"id": "web -> jobs"}),
    ("jobs", "FEEDS", "worker", {"id": "jobs -> worker", "batch_size": 10}),
    ("worker", "CALLS", "db", {"id": "worker -> db", "protocol": "tls"}),
    ("worker", "CALLS", "assets", {"id": "worker -> assets", "protocol": "https"}),
    ("jobs", "DEAD_LETTERS_TO", "failed", {"property": "dead_letter_queue", "max_receives": 5}),
    ("db", "ENCRYPTED_BY", "key", {"property": "kms_key"}),
    ("assets", "ENCRYPTED_BY", "key", {"property": "kms_key"}),
]


def graph_of(
    nodes: dict[str, tuple[str, str, dict[str, Any]]], edges: list[tuple[str, str, str, dict[str, Any]]]
) -> networkx.MultiDiGraph[str]:
    graph: networkx.MultiDiGraph[str] = networkx.MultiDiGraph(id="shop", name="Shop")
    for node, (kind, category, properties) in sorted(nodes.items()):
        own = {"id": node, "type": kind, "title": node, "name": properties.get("title", node), "category": category}
        graph.add_node(node, labels=(kind, category, "Resource"), properties=own | properties)
    for source, verb, target, properties in sorted(edges, key=lambda edge: edge[:3]):
        key = properties.get("id", f"{source} {verb} {target}")
        own = {**properties, "id": key, "type": verb}
        graph.add_edge(source, target, key=key, type=verb, kind=RELATIONSHIPS[verb].kind, properties=own)
    return graph


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The built-in types, and those of the small shop however far the catalogue reaches."""
    block = {"service": "AWS", "title": "a type", "description": "a type", "source": "https://example.com"}
    own = {kind: {**block, "category": category} for kind, category, _ in NODES.values()}
    return builtin().extended(own)


@pytest.fixture(scope="session")
def graph() -> networkx.MultiDiGraph[str]:
    return graph_of(NODES, EDGES)


@pytest.fixture(scope="session")
def store(graph: networkx.MultiDiGraph[str], catalog: Catalog) -> EmbeddedStore:
    return EmbeddedStore(graph, catalog)


@pytest.fixture(scope="session")
def store_of(catalog: Catalog) -> Callable[..., EmbeddedStore]:
    """Makes a store of other nodes and edges, given like those of the small shop."""
    return lambda nodes, edges=(): EmbeddedStore(graph_of(nodes, list(edges)), catalog)

"""The graph that a model becomes."""

from __future__ import annotations

from typing import Any

import networkx
import pytest

from archgraph.graph.build import build, relate


def edges(graph: networkx.MultiDiGraph[str]) -> set[tuple[str, str, str]]:
    return {(source, data["type"], target) for source, target, data in graph.edges(data=True)}


def only_edge(graph: networkx.MultiDiGraph[str], verb: str) -> dict[str, Any]:
    (found,) = (data for _, _, data in graph.edges(data=True) if data["type"] == verb)
    return found


def test_an_element_is_a_node_with_its_type_and_category(shop: Any) -> None:
    shop.element(
        "db", "RdsInstance", category="Database", title="Orders", account="prod", region="eu-west-1",
        zones=("eu-west-1a", "eu-west-1b"), owner="team", environment="production", tags={"cost center": "7"},
        properties={"engine": "postgres", "tags": {"cost center": "7"}, "owner": "team"},
    )  # fmt: skip
    shop.element("prod", "Account", category="Place")
    node = build(shop.model).nodes["db"]
    assert node["labels"] == ("RdsInstance", "Database", "Resource")
    assert node["properties"] == {
        "id": "db", "type": "RdsInstance", "title": "Orders", "name": "Orders", "category": "Database",
        "aws_service": "Amazon X", "account": "prod", "region": "eu-west-1", "zones": ["eu-west-1a", "eu-west-1b"],
        "owner": "team", "environment": "production", "tag_cost center": "7", "engine": "postgres", "external": False,
        "file": "architecture.yaml", "line": 3,
    }  # fmt: skip


def test_name_is_awss_or_else_what_pictures_show(shop: Any) -> None:
    shop.element("a", properties={"name": "aws-name"}, title="Title")
    shop.element("b")
    graph = build(shop.model)
    assert [graph.nodes[n]["properties"]["name"] for n in "ab"] == ["aws-name", "b"]
    assert [graph.nodes[n]["properties"]["title"] for n in "ab"] == ["Title", "b"]


def test_a_reference_is_a_relationship_with_its_property_and_what_it_states(shop: Any) -> None:
    shop.element("cdn")
    shop.element("assets")
    shop.reference("cdn", "LOGS_TO", "assets", "logging.bucket", properties={"prefix": "x/"}, path="*")
    edge = only_edge(build(shop.model), "LOGS_TO")
    assert edge["kind"] == "observation"
    assert edge["properties"] == {
        "id": "cdn LOGS_TO assets logging.bucket", "type": "LOGS_TO", "property": "logging.bucket", "prefix": "x/",
        "path": "*", "file": "architecture.yaml", "line": 3,
    }  # fmt: skip


def test_repeated_references_stay_apart(shop: Any) -> None:
    shop.element("acl")
    shop.element("sg")
    for _ in range(3):
        shop.reference("acl", "ALLOWS_FROM", "sg", "inbound")
    keys = [key for _, _, key in build(shop.model).edges(keys=True)]
    assert keys == [f"acl ALLOWS_FROM sg inbound{n}" for n in ("", " #2", " #3")]


@pytest.mark.parametrize("block", ["0.0.0.0/0", "::/0"])
def test_rules_for_every_address_name_the_internet(shop: Any, block: str) -> None:
    shop.element("sg")
    shop.reference("sg", "ALLOWS_FROM", None, "inbound", literal=block, properties={"ports": ["443"]})
    shop.reference("sg", "ALLOWS_TO", None, "outbound", literal="10.0.0.0/8")
    shop.reference("sg", "TRUSTS", None, "trust", literal=block)
    graph = build(shop.model)
    assert edges(graph) == {("sg", "ALLOWS_FROM", "aws:internet")}
    assert only_edge(graph, "ALLOWS_FROM")["properties"]["literal"] == block
    assert graph.nodes["aws:internet"]["labels"] == ("Internet", "Place", "Resource")


def test_places(shop: Any) -> None:
    at = {"account": "prod", "region": "eu-west-1"}
    shop.element("prod", "Account", account="prod")
    shop.element("bucket", parent="prod", **at)
    shop.element("role", parent="prod", account="prod")
    shop.element("vpc", "Vpc", parent="prod", **at)
    shop.element("subnet", "Subnet", parent="vpc", zones=("eu-west-1a",), **at)
    shop.element("server", parent="subnet", subnets=("subnet",), zones=("eu-west-1a",), **at)
    shop.element("disk", zones=("eu-west-1b",), parent="prod", **at)
    shop.element("listener", part=True, part_of="server", parent="subnet", **at)
    graph = build(shop.model)
    placed = {e for e in edges(graph) if e[1] != "OWNED_BY"}
    assert placed == {
        ("bucket", "LOCATED_IN", "aws:eu-west-1"),
        ("role", "LOCATED_IN", "prod"),
        ("vpc", "LOCATED_IN", "aws:eu-west-1"),
        ("subnet", "LOCATED_IN", "vpc"),
        ("subnet", "LOCATED_IN", "aws:eu-west-1a"),
        ("server", "LOCATED_IN", "subnet"),
        ("server", "IN_SUBNET", "subnet"),
        ("disk", "LOCATED_IN", "aws:eu-west-1b"),
        ("listener", "PART_OF", "server"),
        ("aws:eu-west-1a", "LOCATED_IN", "aws:eu-west-1"),
        ("aws:eu-west-1b", "LOCATED_IN", "aws:eu-west-1"),
    }
    assert {s for s, verb, t in edges(graph) if verb == "OWNED_BY"} == {
        "bucket", "role", "vpc", "subnet", "server", "disk",
    }  # fmt: skip
    assert graph.nodes["aws:eu-west-1a"]["properties"]["region"] == "eu-west-1"
    assert graph.nodes["aws:eu-west-1a"]["labels"][0] == "AvailabilityZone"


def test_a_stated_subnet_is_not_stated_twice(shop: Any) -> None:
    shop.element("s")
    shop.element("alb", subnets=("s",))
    shop.reference("alb", "IN_SUBNET", "s", "subnets")
    assert only_edge(build(shop.model), "IN_SUBNET")["properties"]["property"] == "subnets"


def test_a_flow_is_a_relationship_of_its_kind(shop: Any) -> None:
    shop.element("web")
    shop.element("db")
    shop.element("data")
    carries = [shop.reference("data", "HOLDS", None, "carries", literal="order")]
    shop.flow("web", "db", properties={"protocol": "tls", "retries": {"max": 2}, "carries": carries}, label="SQL")
    shop.flow("db", "web", "poll", id="take", declared=False)
    graph = build(shop.model)
    assert edges(graph) == {("web", "CALLS", "db"), ("db", "FEEDS", "web")}
    assert only_edge(graph, "CALLS")["properties"] == {
        "id": "web -> db", "type": "CALLS", "kind": "request", "protocol": "tls", "retries_max": 2, "label": "SQL",
        "carries": ["order"], "declared": True, "file": "architecture.yaml", "line": 3,
    }  # fmt: skip
    assert only_edge(graph, "FEEDS")["properties"]["id"] == "take"


def test_a_flow_and_the_reference_that_it_refines_are_one_relationship(shop: Any) -> None:
    shop.element("topic")
    shop.element("queue")
    reference = shop.reference("topic", "TRIGGERS", "queue", "subscriptions", properties={"filter": "mail"})
    shop.flow("topic", "queue", "event", properties={"order": "none"}, implied_by=reference)
    shop.flow("topic", "queue", "event", id="other")
    graph = build(shop.model)
    properties = {key: data["properties"] for _, _, key, data in graph.edges(keys=True, data=True)}
    assert properties.keys() == {"topic -> queue", "other"}
    assert properties["topic -> queue"]["property"] == "subscriptions"
    assert properties["topic -> queue"]["filter"] == "mail"
    assert "property" not in properties["other"]


def test_a_flow_beside_a_reference_of_another_verb_stays_beside_it(shop: Any) -> None:
    shop.element("rule")
    shop.element("target")
    reference = shop.reference("rule", "LISTENS_FOR", "target", "targets")
    shop.flow("rule", "target", implied_by=reference)
    assert edges(build(shop.model)) == {("rule", "LISTENS_FOR", "target"), ("rule", "CALLS", "target")}


def test_nodes_and_relationships_are_sorted(shop: Any) -> None:
    for name in "cab":
        shop.element(name)
    for source, target in ("ca", "bc", "ab", "ac"):
        shop.reference(source, "PEERS_WITH", target)
    graph = build(shop.model)
    assert list(graph) == ["a", "b", "c"]
    assert list(graph.edges(keys=False)) == sorted(graph.edges(keys=False))


def test_facts_are_related_under_verbs_of_the_vocabulary(shop: Any) -> None:
    shop.element("a")
    graph = build(shop.model)
    relate(graph, "a", "REACHES", "a", "a REACHES a", {"derived": True})
    assert only_edge(graph, "REACHES")["properties"] == {"derived": True, "id": "a REACHES a", "type": "REACHES"}
    with pytest.raises(KeyError):
        relate(graph, "a", "LIKES", "a", "x", {})

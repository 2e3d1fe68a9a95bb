"""What pictures show: which elements, under which names, joined by which lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from archgraph.analysis.facts import derive
from archgraph.dsl.load import load
from archgraph.views.pictures import pictures
from archgraph.views.view import Edge, Node, Role, View

ROOT = Path(__file__).parents[2]


def views(path: str) -> dict[str, View]:
    model = load(ROOT / path).model
    assert model is not None
    return pictures(model, derive(model))


@pytest.fixture(scope="module")
def shop() -> dict[str, View]:
    return views("models/three-tier-web-app")


def node(view: View, name: str) -> Node:
    return next(node for node in view.nodes if node.id == name)


def joined(view: View) -> set[tuple[str, str]]:
    return {(edge.source, edge.target) for edge in view.edges}


def test_every_scenario_has_a_picture_of_its_own(shop: dict[str, View]) -> None:
    assert list(shop)[-2:] == ["scenario-checkout", "scenario-database-alarm"]


def test_settings_are_left_to_the_tables(shop: dict[str, View]) -> None:
    shown = {node.id for node in shop["overview"].nodes}
    assert {"web-alb", "web", "shop-db", "igw"} <= shown
    assert not {"alb-sg", "web-role", "public-acl", "shop-db.subnet-group", "customer-data"} & shown


def test_what_enters_a_vpc_passes_its_internet_gateway(shop: dict[str, View]) -> None:
    lines = joined(shop["overview"])
    assert {("cdn", "igw"), ("igw", "web-alb")} <= lines
    assert ("cdn", "web-alb") not in lines


def test_one_element_over_two_zones_is_one_icon(shop: dict[str, View]) -> None:
    assert [n.id for n in shop["overview"].nodes].count("web") == 1
    web = node(shop["overview"], "web")
    assert web.role is Role.SPANNING
    assert web.spans == ("zone-a.app", "zone-b.app")


def test_subnets_of_one_tier_share_a_row(shop: dict[str, View]) -> None:
    rows = {group.id: group.row for group in shop["overview"].groups if group.row is not None}
    assert rows["zone-a.public"] == rows["zone-b.public"] == 0
    assert rows["zone-a.app"] == rows["zone-b.app"] == 1
    assert rows["zone-a.data"] == rows["zone-b.data"] == 2


def test_steps_of_a_scenario_are_badges_on_their_flows(shop: dict[str, View]) -> None:
    def steps(edge: Edge) -> tuple[str, ...]:
        return edge.steps

    badges = {(edge.source, edge.target): steps(edge) for edge in shop["scenario-checkout"].edges}
    assert badges["customers", "cdn"] == ("2", "8")
    assert badges["web", "shop-db"] == ("5b", "7")


def test_the_network_shows_the_way_out(shop: dict[str, View]) -> None:
    assert {("zone-a.app", "zone-a.nat"), ("zone-a.nat", "igw")} <= joined(shop["network"])


def test_names_that_no_frame_tells_apart_show_their_namespace() -> None:
    titles = [node.title for node in views("tests/models/reuse.yaml")["overview"].nodes]
    assert len(titles) == len(set(titles))
    assert {"orders.queue", "stock.queue", "table"} <= set(titles)


def test_flows_through_a_target_group_end_at_its_targets(tmp_path: Path) -> None:
    (tmp_path / "architecture.yaml").write_text(
        """\
archgraph: 1
id: groups
elements:
  acc: {type: Account, account_id: "000000000001"}
  net:
    type: Vpc
    in: acc.eu-west-1
    cidr: 10.0.0.0/16
    contains:
      a: {type: Subnet, availability_zone: a, cidr: 10.0.0.0/24}
      b: {type: Subnet, availability_zone: b, cidr: 10.0.1.0/24}
      lb:
        type: ApplicationLoadBalancer
        scheme: internal
        subnets: [a, b]
        listeners: [{port: 80, protocol: http, targets: [group]}]
      group: {type: TargetGroup, port: 80, protocol: http, targets: [host]}
      host: {type: Ec2Instance, subnet: a}
"""
    )
    view = views(str(tmp_path))["overview"]
    assert ("lb", "host") in joined(view)
    assert "group" not in {node.id for node in view.nodes}

"""DOT text: what it says, and that Graphviz reads it as it was meant."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from archgraph import api
from archgraph.render import text
from archgraph.render.dot import node_lines, to_dot
from archgraph.views.pictures import pictures
from archgraph.views.view import Edge, EdgeStyle, Group, GroupKind, Node, View

from . import pictures as known
from .hostile import NAMES, everywhere
from .random_views import views

ROOT = Path(__file__).parents[2]
MODELS = [*sorted(ROOT.glob("models/**/architecture.yaml")), *sorted(ROOT.glob("tests/models/*.yaml"))]


def read(written: str, form: str = "dot_json") -> str:
    """What Graphviz makes of it."""
    done = subprocess.run(["dot", f"-T{form}"], input=written.encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert b"syntax error" not in done.stderr
    return done.stdout.decode()


def test_nodes_and_clusters_are_named_by_ids() -> None:
    written = to_dot(known.three_tier())
    assert '"web-alb" [label="web-alb\\nApplication Load Balancer"' in written
    assert 'subgraph "cluster_shop-prod/eu-west-1" {' in written
    assert '"web-alb" -> "web" [label="HTTP 8080"' in written


def test_every_style_of_line_looks_different() -> None:
    nodes = (Node("a", "a"), Node("b", "b"))
    edges = tuple(Edge(style, "a", "b", "", style) for style in EdgeStyle)
    lines = [line for line in to_dot(View("v", "", "", (), nodes, edges)).splitlines() if "->" in line]
    assert len(set(lines)) == len(EdgeStyle)


@pytest.mark.graphviz
def test_frames_of_one_title_stay_apart_and_empty_ones_are_drawn() -> None:
    groups = (
        Group("a", GroupKind.ZONE, "Zone"),
        Group("b", GroupKind.ZONE, "Zone"),
        Group("a/p", GroupKind.PRIVATE_SUBNET, "Private", "", "a"),
        Group("b/p", GroupKind.PRIVATE_SUBNET, "Private", "", "b"),
    )
    svg = read(to_dot(View("v", "", "", groups, (Node("n", "n", parent="a/p"),), ())), "svg")
    assert svg.count('class="cluster"') == 4


@pytest.mark.graphviz
def test_a_line_from_a_frame_begins_at_its_border() -> None:
    graph = json.loads(read(to_dot(known.landing_zone())))
    assert graph
    groups = (Group("app", GroupKind.PRIVATE_SUBNET, "app"), Group("public", GroupKind.PUBLIC_SUBNET, "public"))
    view = View("v", "", "", groups, (Node("nat", "nat", parent="public"),), (Edge("e", "app", "nat"),))
    (edge,) = json.loads(read(to_dot(view)))["edges"]
    assert edge["ltail"] == "cluster_app"
    assert "lhead" not in edge


@pytest.mark.graphviz
@pytest.mark.parametrize("name", NAMES)
def test_graphviz_reads_hostile_names_as_they_are(name: str) -> None:
    view = everywhere(name)
    graph = json.loads(read(to_dot(view)))
    objects = {found["name"]: found for found in graph["objects"]}
    assert {"a", "b", "c", "cluster_outer", "cluster_inner", "cluster_empty"} <= set(objects)
    assert len(objects) == 6 + 3  # and the anchors of the frames
    assert len(graph["edges"]) == len(view.edges)
    label = objects["a"].get("label", "").replace("&amp;", "&")
    assert label == r"\n".join(line.replace("\\", r"\\") for line in node_lines(view.nodes[0]))
    svg = read(to_dot(view), "svg")
    assert "<script" not in svg
    assert text.clean(name) in NAMES or svg


@pytest.mark.graphviz
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(views(most=8))
def test_graphviz_accepts_any_view(view: View) -> None:
    assert "</svg>" in read(to_dot(view), "svg")


@pytest.mark.graphviz
@pytest.mark.parametrize("path", MODELS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_graphviz_draws_the_pictures_of_every_model(path: Path) -> None:
    model = api.load(path).model
    assert model is not None
    for view in pictures(model, api.facts(model)).values():
        assert "</svg>" in read(to_dot(view), "svg")


@pytest.mark.graphviz
def test_ids_with_anything_in_them_stay_apart() -> None:
    ids = ['a"b', "a\\", "a:b", "<a>", "a\x00", "a\x01", "node", "a;b -> c"]
    nodes = tuple(Node(key, "t") for key in ids)
    edges = tuple(Edge(f"e{number}", ids[0], key) for number, key in enumerate(ids))
    graph = json.loads(read(to_dot(View("v", "", "", (), nodes, edges))))
    assert len(graph["objects"]) == len(ids)
    assert len(graph["edges"]) == len(ids)

"""What an author asks of the layout is done where it can be, and harms nothing where it cannot."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archgraph.render.layout import lay_out
from archgraph.render.scene import Scene
from archgraph.views.view import Direction, Edge, Group, GroupKind, Hints, Node, View

from . import pictures, reader


def _view(hints: Hints, *joined: tuple[str, str]) -> View:
    nodes = tuple(Node(name, name, category="Compute", parent="region") for name in "abcd")
    edges = tuple(Edge(f"{one} -> {other}", one, other, "HTTPS") for one, other in joined)
    return View("hints", "Hints", "", (Group("region", GroupKind.REGION, "eu-west-1"),), nodes, edges, hints=hints)


def _centres(scene: Scene) -> dict[str, tuple[float, float]]:
    return {icon.id: icon.box.centre for icon in scene.icons}


CHAIN = (("a", "b"), ("b", "c"), ("c", "d"))


def test_flows_run_to_the_right_unless_asked_to_run_down() -> None:
    right = _centres(lay_out(_view(Hints(), *CHAIN)))
    down = _centres(lay_out(_view(Hints(direction=Direction.DOWN), *CHAIN)))
    assert [name for name, _ in sorted(right.items(), key=lambda one: one[1][0])] == list("abcd")
    assert [name for name, _ in sorted(down.items(), key=lambda one: one[1][1])] == list("abcd")
    assert len({x for x, _ in down.values()}) == 1


def test_order_stands_whatever_the_flows_say() -> None:
    centres = _centres(lay_out(_view(Hints(order=("d", "c", "b", "a")), *CHAIN)))
    assert [name for name, _ in sorted(centres.items(), key=lambda one: one[1][0])] == list("dcba")


@pytest.mark.parametrize("joined", [CHAIN, (("a", "b"), ("a", "c"), ("a", "d")), ()])
def test_a_row_stands_level(joined: tuple[tuple[str, str], ...]) -> None:
    centres = _centres(lay_out(_view(Hints(rows=(("b", "c", "d"),)), *joined)))
    assert len({centres[name][1] for name in "bcd"}) == 1
    assert centres["b"][0] < centres["c"][0] < centres["d"][0]


@pytest.mark.parametrize("joined", [CHAIN, (("a", "b"), ("a", "c"), ("a", "d")), ()])
def test_a_column_stands_upright(joined: tuple[tuple[str, str], ...]) -> None:
    centres = _centres(lay_out(_view(Hints(columns=(("b", "d"),)), *joined)))
    assert abs(centres["b"][0] - centres["d"][0]) <= 1
    assert centres["b"][1] != centres["d"][1]


@pytest.mark.parametrize(
    "hints",
    [
        Hints(order=("a", "b", "a")),
        Hints(order=("a", "nobody", "c"), rows=(("a", "a"), ()), columns=(("a", "b"), ("b", "a"))),
        Hints(order=("b", "a"), rows=(("a", "b"),), columns=(("a", "b"),)),
        Hints(order=("region", "a")),
    ],
)
def test_contradictory_and_unknown_wishes_do_no_harm(hints: Hints) -> None:
    scene = lay_out(_view(hints, *CHAIN))
    assert sorted(icon.id for icon in scene.icons) == list("abcd")
    assert reader.overlapping(scene) == []


@pytest.mark.parametrize("direction", list(Direction))
def test_a_row_of_a_subnet_and_something_beside_the_zones(direction: Direction) -> None:
    """The zones of a VPC are placed as one; a wish about a part of them is about all."""
    groups = (
        Group("vpc", GroupKind.VPC, "VPC"),
        Group("zone", GroupKind.ZONE, "a", parent="vpc"),
        Group("subnet", GroupKind.PRIVATE_SUBNET, "Private", parent="zone"),
    )
    nodes = (
        Node("app", "App", category="Compute", parent="subnet"),
        Node("resolver", "Resolver", category="Network", parent="vpc"),
        Node("cache", "Cache", category="Database", parent="vpc"),
    )
    for wish in (Hints(direction, rows=(("zone", "resolver"),)), Hints(direction, columns=(("zone", "resolver"),))):
        view = View("v", "V", "", groups, nodes, (Edge("app -> cache", "app", "cache"),), hints=wish)
        scene = lay_out(view)
        assert sorted(icon.id for icon in scene.icons) == ["app", "cache", "resolver"]
        assert reader.overlapping(scene) == []


@pytest.mark.parametrize("name", ["three_tier", "serverless", "landing_zone"])
def test_pictures_that_run_down_keep_the_rules(name: str) -> None:
    view = replace(getattr(pictures, name)(), hints=Hints(direction=Direction.DOWN))
    scene = lay_out(view)
    assert reader.overlapping(scene) == []
    assert reader.lines_through(scene) == []
    assert reader.outside_parent(scene, view) == []
    assert reader.off_page(scene) == []

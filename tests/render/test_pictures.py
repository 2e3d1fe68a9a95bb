"""Pictures of well-known architectures look as an architect would draw them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archgraph.render.layout import lay_out
from archgraph.render.scene import Frame, Icon, Line, Scene
from archgraph.views.view import EdgeStyle, GroupKind, View

from . import pictures, reader

DRAWN: dict[str, Callable[[], View]] = {
    "three-tier": pictures.three_tier,
    "network-of-three-zones": lambda: pictures.three_tier(3, whole=False),
    "serverless": pictures.serverless,
    "landing-zone": pictures.landing_zone,
    "one-node": pictures.one_node,
    "chain": pictures.chain,
    "hub": pictures.hub,
    "hostile": pictures.hostile,
    "fifty": lambda: pictures.synthetic(50),
}


@pytest.mark.parametrize("name", DRAWN)
def test_nothing_covers_anything(name: str) -> None:
    view = DRAWN[name]()
    scene = lay_out(view)
    assert reader.overlapping(scene) == []
    assert reader.lines_through(scene) == []
    assert reader.labels_overlapping(scene) == []
    assert reader.outside_parent(scene, view) == []
    assert reader.loose_ends(scene) == []
    assert reader.slanted(scene) == []
    assert reader.off_page(scene) == []
    assert 0.5 <= scene.width / scene.height <= 3.0


@pytest.mark.parametrize("name", DRAWN)
def test_everything_in_the_view_is_drawn_once(name: str) -> None:
    view = DRAWN[name]()
    scene = lay_out(view)
    assert sorted(icon.id for icon in scene.icons) == sorted(node.id for node in view.nodes)
    assert sorted(frame.id for frame in scene.frames) == sorted(group.id for group in view.groups)
    assert [line.id for line in scene.lines] == [edge.id for edge in view.edges]


@pytest.mark.parametrize(
    ("name", "crossings", "bends"),
    [("three-tier", 0, 12), ("network-of-three-zones", 2, 14), ("serverless", 4, 36), ("landing-zone", 1, 12)],
)
def test_lines_cross_and_bend_little(name: str, crossings: int, bends: int) -> None:
    scene = lay_out(DRAWN[name]())
    assert reader.crossings(scene) <= crossings
    assert sum(len(line.points) - 2 for line in scene.lines) <= bends


@pytest.mark.parametrize("name", ["three-tier", "network-of-three-zones", "serverless", "landing-zone", "chain"])
def test_every_label_stands_at_its_line(name: str) -> None:
    scene = lay_out(DRAWN[name]())
    for line in scene.lines:
        assert not line.text or (line.label is not None and line.label.lines), line.id


@pytest.mark.parametrize("zones", [1, 2, 3])
def test_zones_are_equal_columns_and_tiers_are_rows(zones: int) -> None:
    scene = lay_out(pictures.three_tier(zones))
    columns = [frame.box for frame in scene.frames if frame.kind is GroupKind.ZONE]
    assert len({(box.y, box.width, box.height) for box in columns}) == 1
    tops = []
    for tier in ("public", "app", "data"):
        row = [frame.box for frame in scene.frames if frame.id.startswith(f"{tier}-")]
        assert len({(box.y, box.width, box.height) for box in row}) == 1
        tops.append(row[0].y)
    assert tops == sorted(tops)


def test_a_spanning_node_is_shown_once_across_its_zones() -> None:
    scene = lay_out(pictures.three_tier())
    for strip in scene.strips:
        crossed = [
            frame for frame in scene.frames if frame.kind is GroupKind.ZONE and reader.shared(frame.box, strip.box)
        ]
        assert len(crossed) == 2
        assert not any(reader.shared(frame.header, strip.box) for frame in scene.frames if frame.header)
        others = [icon for icon in scene.icons if reader.shared(icon.box, strip.box)]
        assert strip.node in {icon.id for icon in others}
        assert all(strip.box.contains(icon.box) for icon in others)
    assert [strip.kind for strip in scene.strips if strip.node == "web"] == [GroupKind.AUTO_SCALING]


def test_traffic_enters_straight_through_the_gateway_on_the_border() -> None:
    scene = lay_out(pictures.three_tier())
    vpc = _frame(scene, "shop-vpc").box
    assert _icon(scene, "igw").box.centre[0] == vpc.x
    assert len(_line(scene, "cdn -> igw").points) == 2
    assert len(_line(scene, "igw -> web-alb").points) == 2
    assert len(_line(scene, "web-alb -> web").points) == 2


def test_actors_stand_left_of_the_cloud_and_receivers_right() -> None:
    scene = lay_out(pictures.three_tier())
    cloud = _frame(scene, "aws:cloud").box
    region = _frame(scene, "shop-prod/eu-west-1").box
    assert _icon(scene, "customers").box.right < cloud.x
    assert _icon(scene, "oncall").box.x > cloud.right
    assert _icon(scene, "cdn").box.right < region.x


def test_a_long_chain_is_read_in_lines_from_left_to_right() -> None:
    scene = lay_out(pictures.chain(12))
    places = [(icon.box.y, icon.box.x) for icon in scene.icons]
    assert places == sorted(places)
    assert len({y for y, _ in places}) > 1


def test_the_legend_explains_what_is_used_and_nothing_else() -> None:
    scene = lay_out(pictures.three_tier())
    samples = [entry.sample for entry in scene.legend]
    assert EdgeStyle.EVENT in samples
    assert EdgeStyle.STREAM not in samples
    assert GroupKind.ON_PREMISES not in samples
    assert GroupKind.AUTO_SCALING in samples
    assert len(samples) == len(set(samples))


def test_words_without_room_on_their_line_are_in_the_legend() -> None:
    scene = lay_out(pictures.synthetic(50))
    missing = [line for line in scene.lines if line.text and not (line.label and line.label.lines)]
    assert len([entry for entry in scene.legend if entry.sample == "note"]) == len(missing)


def _frame(scene: Scene, name: str) -> Frame:
    return next(frame for frame in scene.frames if frame.id == name)


def _icon(scene: Scene, name: str) -> Icon:
    return next(icon for icon in scene.icons if icon.id == name)


def _line(scene: Scene, name: str) -> Line:
    return next(line for line in scene.lines if line.id == name)

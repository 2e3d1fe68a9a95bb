"""draw.io's own viewer shows what was written: every cell, in its frame, at its place, with its words."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from archgraph import api
from archgraph.render.drawio import to_drawio
from archgraph.render.layout import lay_out
from archgraph.render.scene import Scene
from archgraph.views.pictures import pictures
from archgraph.views.view import Group, GroupKind, Node, View

from . import pictures as known
from .drawio_page import Cell, missing, show, viewer
from .hostile import NAMES, everywhere
from .test_drawio import later_stencils, stencil_names

__all__ = ["viewer"]

pytestmark = [pytest.mark.chromium, pytest.mark.node]

MODELS = sorted((Path(__file__).parents[2] / "models").glob("*/architecture.yaml"))
HALF_AN_ICON = 24.5


def drawn(view: View) -> str:
    return to_drawio(lay_out(view), view)


def views() -> list[View]:
    found = [known.three_tier(), known.serverless(), known.landing_zone(), known.hub(), known.synthetic(60)]
    for path in MODELS:
        model = api.load(path).model
        assert model is not None
        found += pictures(model, api.facts(model)).values()
    return found


@pytest.fixture(scope="module")
def shown(viewer: Path) -> list[tuple[Scene, dict[str, Cell]]]:
    """Pictures, each with its cells in the viewer."""
    asked = [(view, lay_out(view)) for view in views()]
    found = show(viewer, [to_drawio(scene, view) for view, scene in asked])
    return [(scene, picture.cells) for (_, scene), picture in zip(asked, found, strict=True)]


def frame_around(cells: dict[str, Cell], cell: str, frames: set[str]) -> str | None:
    """The frame that a cell stands in, be it on a strip."""
    parent = cells[cell].parent
    while parent is not None and parent not in frames:
        parent = cells[parent].parent
    return parent


def test_frames_and_icons_stand_in_their_frames_at_their_places(shown: list[tuple[Scene, dict[str, Cell]]]) -> None:
    for scene, cells in shown:
        frames = {frame.id for frame in scene.frames}
        for thing in (*scene.frames, *scene.icons):
            assert frame_around(cells, thing.id, frames) == thing.parent
            assert cells[thing.id].box == pytest.approx(
                (thing.box.x, thing.box.y, thing.box.width, thing.box.height), abs=0.02
            ), (scene.title, thing.id)


def test_lines_lead_where_they_should_and_keep_their_right_angles(shown: list[tuple[Scene, dict[str, Cell]]]) -> None:
    for scene, cells in shown:
        for line in scene.lines:
            found = cells[line.id]
            assert found.ends == [line.source, line.target]
            assert found.points[1:-1] == [pytest.approx(point, abs=0.02) for point in line.points[1:-1]], line.id
            # a stencil that is narrower than its cell draws the ends of lines to itself
            for end in (0, -1):
                assert found.points[end] == pytest.approx(line.points[end], abs=HALF_AN_ICON), line.id
            assert all(min(abs(a[0] - b[0]), abs(a[1] - b[1])) < 0.02 for a, b in pairwise(found.points)), line.id


def test_lines_are_kept_where_draw_io_keeps_them(shown: list[tuple[Scene, dict[str, Cell]]]) -> None:
    lines = [cell for _, cells in shown for cell in cells.values() if cell.home]
    assert len(lines) > 100
    assert [cell.parent for cell in lines] == [cell.home for cell in lines]


def test_labels_say_what_the_picture_says(shown: list[tuple[Scene, dict[str, Cell]]]) -> None:
    for scene, cells in shown:
        for thing in (*scene.frames, *scene.icons):
            assert cells[thing.id].label == "".join(line.text for line in thing.lines)
        for line in scene.lines:
            assert cells[line.id].label == "".join(words.text for words in (line.label.lines if line.label else ()))
            steps = [cells[f"{line.id}/step {badge.text.text}"] for badge in (line.label.badges if line.label else ())]
            assert [step.parent for step in steps] == [line.id] * len(steps)
            for step, badge in zip(steps, line.label.badges if line.label else (), strict=True):
                assert step.label == badge.text.text
                assert step.box is not None
                assert step.box[:2] == pytest.approx((badge.box.x, badge.box.y), abs=HALF_AN_ICON / 4)


def test_a_frame_takes_what_is_inside_with_it(viewer: Path) -> None:
    view = known.three_tier()
    found = show(viewer, [drawn(view)], move="shop-vpc")[0]
    inside = ["public-a", "nat-a", "web-alb", "igw"]
    outside = ["shop-prod", "assets", "customers"]
    for name, way in [*((name, 100.0) for name in inside), *((name, 0.0) for name in outside)]:
        before, after = found.cells[name].box, found.moved[name].box
        assert before is not None
        assert after is not None
        assert after[0] - before[0] == pytest.approx(way), name
    for line in lay_out(view).lines:
        if {line.source, line.target} <= {"web-alb", "web", "shop-db", "sessions", "igw"}:
            before_points, after_points = found.cells[line.id].points, found.moved[line.id].points
            assert after_points == [pytest.approx((x + 100, y), abs=0.02) for x, y in before_points], line.id


def test_names_stay_text(viewer: Path) -> None:
    asked = [known.hostile(), *(everywhere(name) for name in NAMES)]
    for view, found in zip(asked, show(viewer, [drawn(view) for view in asked]), strict=True):
        assert found.live == []
        scene = lay_out(view)
        for thing in (*scene.frames, *scene.icons):
            assert found.cells[thing.id].label == "".join(line.text for line in thing.lines)


def test_ids_that_mean_something_to_draw_io_do_no_harm(viewer: Path) -> None:
    ids = ["0", "1", "constructor", "__proto__", "toString", "title", "legend", "v"]
    nodes = tuple(Node(name, f"title of {name}", "", None, "Compute", "v") for name in ids[:-1])
    view = View("1", "1", "", (Group("v", GroupKind.VPC, "VPC"),), nodes, ())
    found = show(viewer, [drawn(view)])[0].cells
    for name in ids[:-1]:
        assert [cell.parent for cell in found.values() if cell.label == f"title of {name}"] == ["v"]


def test_the_viewer_knows_the_stencils(viewer: Path) -> None:
    assert missing(viewer, sorted(stencil_names() - later_stencils())) == []

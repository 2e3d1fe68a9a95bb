"""Whatever a view holds, its picture keeps the rules."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from archgraph.render.layout import lay_out
from archgraph.render.svg import to_svg
from archgraph.views.view import View

from . import reader
from .random_views import views

_SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


@_SETTINGS
@given(views())
def test_nothing_covers_anything_and_everything_is_inside_its_frame(view: View) -> None:
    scene = lay_out(view)
    assert reader.overlapping(scene) == []
    assert reader.outside_parent(scene, view) == []
    assert reader.off_page(scene) == []
    assert 0.5 <= scene.width / scene.height <= 3.001


@_SETTINGS
@given(views())
def test_lines_are_level_or_upright_and_join_their_ends(view: View) -> None:
    scene = lay_out(view)
    known = {group.id for group in view.groups} | {node.id for node in view.nodes}
    assert [line.id for line in scene.lines] == [e.id for e in view.edges if {e.source, e.target} <= known]
    assert reader.slanted(scene) == []
    assert reader.loose_ends(scene) == []


@_SETTINGS
@given(views())
def test_lines_and_their_labels_cover_nothing(view: View) -> None:
    scene = lay_out(view)
    assert reader.lines_through(scene) == []
    assert reader.labels_overlapping(scene) == []


@_SETTINGS
@given(views())
def test_the_svg_is_well_formed_and_stands_alone(view: View) -> None:
    reader.read_svg(to_svg(lay_out(view)))

"""Laying out takes time in proportion to what is drawn. Limits are several times what was measured."""

from __future__ import annotations

import time

import pytest

from archgraph.render.layout import lay_out
from archgraph.render.svg import to_svg

from . import pictures, reader


@pytest.mark.parametrize(("count", "seconds"), [(50, 1.5), pytest.param(200, 9.0, marks=pytest.mark.slow)])
def test_usual_pictures_take_moments(count: int, seconds: float) -> None:
    view = pictures.synthetic(count)
    start = time.process_time()
    to_svg(lay_out(view))
    assert time.process_time() - start < seconds


@pytest.mark.slow
def test_a_thousand_elements_are_still_drawn() -> None:
    view = pictures.synthetic(1000)
    scene = lay_out(view)
    assert len(scene.icons) == 1000
    assert len(scene.lines) == 1200
    assert reader.overlapping(scene) == []
    assert reader.outside_parent(scene, view) == []

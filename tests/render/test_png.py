"""The PNG is drawn from the SVG with the bundled font."""

from __future__ import annotations

from struct import unpack

import pytest

from archgraph.render.layout import lay_out
from archgraph.render.png import to_png
from archgraph.render.svg import to_svg

from . import pictures


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_the_scale_is_pixels_per_unit(scale: float) -> None:
    scene = lay_out(pictures.one_node())
    drawn = to_png(to_svg(scene), scale)
    assert drawn.startswith(b"\x89PNG")
    assert unpack(">II", drawn[16:24]) == (round(scene.width * scale), round(scene.height * scale))


def test_the_same_picture_gives_the_same_bytes() -> None:
    svg = to_svg(lay_out(pictures.chain(4)))
    assert to_png(svg) == to_png(svg)


@pytest.mark.parametrize("scale", [0.0, -1.0, float("nan")])
def test_a_scale_that_is_not_positive_is_refused(scale: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        to_png("<svg/>", scale)

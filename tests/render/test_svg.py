"""The SVG is self-contained, safe, and the same wherever it is made."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from archgraph.render.icons import icon_bytes
from archgraph.render.layout import lay_out
from archgraph.render.palette import category_colour
from archgraph.render.svg import number, to_svg
from archgraph.views.view import Node, View

from . import pictures, reader

_MAKE = """
import hashlib
from render import pictures
from archgraph.render.layout import lay_out
from archgraph.render.palette import category_colour
from archgraph.render.svg import to_svg
views = [pictures.three_tier(), pictures.serverless(), pictures.landing_zone(), pictures.synthetic(50)]
print(hashlib.sha256("".join(to_svg(lay_out(view)) for view in views).encode()).hexdigest())
"""


def test_the_same_view_gives_the_same_bytes_with_any_hash_seed() -> None:
    views = [pictures.three_tier(), pictures.serverless(), pictures.landing_zone(), pictures.synthetic(50)]
    here = hashlib.sha256("".join(to_svg(lay_out(view)) for view in views).encode()).hexdigest()
    for seed in ("1", "4242"):
        tests = str(Path(__file__).parents[1])
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo", "PYTHONPATH": tests}
        there = subprocess.run(
            [sys.executable, "-c", _MAKE], env=environment, capture_output=True, text=True, check=True
        )
        assert there.stdout.strip() == here


def test_each_icon_file_is_embedded_once() -> None:
    root = reader.read_svg(to_svg(lay_out(pictures.serverless())))
    symbols = [symbol.get("id") for symbol in root.iter(f"{reader.SVG}symbol")]
    uses = [use.get(f"{reader.XLINK}href", "")[1:] for use in root.iter(f"{reader.SVG}use")]
    assert len(symbols) == len(set(symbols))
    assert set(uses) == set(symbols)
    assert len(uses) > len(symbols)


def test_every_text_is_pinned_to_its_measured_width() -> None:
    root = reader.read_svg(to_svg(lay_out(pictures.three_tier())))
    texts = list(root.iter(f"{reader.SVG}text"))
    assert texts
    assert all(float(element.get("textLength", "0")) > 0 for element in texts)


def test_elements_carry_ids_titles_and_a_description() -> None:
    view = pictures.three_tier()
    root = reader.read_svg(to_svg(lay_out(view)))
    assert root.get("role") == "img"
    assert root.findtext(f"{reader.SVG}title") == view.title
    assert root.findtext(f"{reader.SVG}desc") == view.description
    ids = {element.get("data-id") for element in root.iter() if element.get("data-id")}
    assert ids >= {node.id for node in view.nodes} | {group.id for group in view.groups} | {e.id for e in view.edges}


def test_markup_and_control_characters_in_names_stay_text() -> None:
    svg = to_svg(lay_out(pictures.hostile()))
    root = reader.read_svg(svg)
    assert "<script" not in svg
    assert any("<script>alert(1)" in (element.text or "") for element in root.iter(f"{reader.SVG}title"))


@pytest.mark.parametrize(
    "icon", ["../../secret", "/etc/passwd", "aws/compute/no-such-icon", "aws\\compute\\lambda", ""]
)
def test_an_icon_that_is_not_one_of_the_installed_files_is_not_read(icon: str) -> None:
    assert icon_bytes(icon) is None


@pytest.mark.parametrize(("value", "text"), [(1.0, "1"), (0.125, "0.12"), (-0.001, "0"), (10.10, "10.1"), (100, "100")])
def test_numbers_have_at_most_two_decimals(value: float, text: str) -> None:
    assert number(value) == text


def test_an_icon_that_is_missing_is_drawn_as_letters_in_the_colour_of_its_category() -> None:
    node = Node("q", "orders-queue", "", "aws/no/such-icon", "Messaging")
    root = reader.read_svg(to_svg(lay_out(View("v", "", "", (), (node,), ()))))
    assert not list(root.iter(f"{reader.SVG}use"))
    assert "OQ" in [element.text for element in root.iter(f"{reader.SVG}text")]
    assert category_colour("Messaging") in [element.get("fill") for element in root.iter(f"{reader.SVG}rect")]

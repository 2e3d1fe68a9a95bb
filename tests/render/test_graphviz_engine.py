"""The second engine: pictures drawn with `diagrams` and laid out by Graphviz, as portable as our own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import gettempdir

import pytest

from archgraph.render import graphviz_process, text
from archgraph.render.graphviz_engine import draw
from archgraph.render.graphviz_process import GraphvizError
from archgraph.render.png import to_png
from archgraph.views.view import Group, GroupKind, Node, View

from . import pictures, reader
from .hostile import NAMES, everywhere

pytestmark = pytest.mark.graphviz


@pytest.fixture(params=["pygraphviz", "dot"])
def graphviz(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each way to run Graphviz: the one that the extra brings, and the system's."""
    if request.param == "dot":
        monkeypatch.setattr(graphviz_process, "find_spec", lambda name: None)
    else:
        assert find_spec("pygraphviz")
    return str(request.param)


@pytest.mark.usefixtures("graphviz")
@pytest.mark.parametrize("view", [pictures.three_tier(), pictures.serverless(), pictures.landing_zone()])
def test_everything_shown_is_in_the_picture_by_its_id(view: View) -> None:
    root = reader.read_svg(draw(view))
    ids = {element.get("data-id") for element in root.iter() if element.get("data-id")}
    assert ids == {view.id, *(item.id for item in (*view.groups, *view.nodes, *view.edges))}
    assert root.findtext(f"{reader.SVG}title") == view.title
    assert root.findtext(f"{reader.SVG}desc") == (view.description or view.subtitle)


@pytest.mark.usefixtures("graphviz")
def test_the_picture_needs_nothing_else() -> None:
    svg = draw(pictures.three_tier())
    root = reader.read_svg(svg)
    links = [value for element in root.iter() for name, value in element.attrib.items() if name.endswith("href")]
    assert links
    assert all(link.startswith(("#icon-", "data:image/png;base64,")) for link in links)
    symbols = [symbol.get("id") for symbol in root.iter(f"{reader.SVG}symbol")]
    assert len(symbols) == len(set(symbols))
    assert {link[1:] for link in links if link.startswith("#")} == set(symbols)
    assert str(Path(sys.prefix)) not in svg
    assert gettempdir() not in svg
    assert not re.search(r"resources|Generated|DOCTYPE", svg)


def test_the_same_view_gives_the_same_bytes_in_another_process(graphviz: str) -> None:
    code = "import sys; from tests.render import pictures\n"
    code += "from archgraph.render import graphviz_engine, graphviz_process\n"
    if graphviz == "dot":
        code += "graphviz_process.find_spec = lambda name: None\n"
    code += "sys.stdout.buffer.write(graphviz_engine.draw(pictures.three_tier()).encode())"
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONPATH": str(root)}
    done = subprocess.run([sys.executable, "-c", code], cwd=root, env=environment, capture_output=True, check=True)
    assert done.stdout.decode() == draw(pictures.three_tier())


@pytest.mark.usefixtures("graphviz")
def test_frames_of_one_title_stay_apart() -> None:
    groups = (
        Group("a", GroupKind.ZONE, "Zone"),
        Group("b", GroupKind.ZONE, "Zone"),
        Group("a/p", GroupKind.PRIVATE_SUBNET, "Private", "", "a"),
        Group("b/p", GroupKind.PRIVATE_SUBNET, "Private", "", "b"),
    )
    nodes = (Node("n", "n", parent="a/p"), Node("m", "m", parent="b/p"))
    svg = draw(View("v", "", "", groups, nodes, ()))
    assert re.findall(r'class="cluster" data-id="([^"]*)"', svg) == ["a", "a/p", "b", "b/p"]


@pytest.mark.usefixtures("graphviz")
@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_is_shown_as_it_is(name: str) -> None:
    view = everywhere(name)
    root = reader.read_svg(draw(view))
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {
        "svg", "title", "desc", "defs", "symbol", "image", "use", "g", "path", "polygon", "polyline", "ellipse", "text"
    }  # fmt: skip
    read = {element.text for element in root.iter(f"{reader.SVG}text")}
    shown = text.clean(name)
    if 0 < text.width(shown, 12.0, semibold=True) <= 140:
        assert {shown, f"(1) (2a) {shown}"} & read == {shown, f"(1) (2a) {shown}"} or text.width(shown, 11.0) > 100


@pytest.mark.usefixtures("graphviz")
def test_the_picture_becomes_a_png() -> None:
    svg = draw(pictures.one_node())
    root = reader.read_svg(svg)
    data = to_png(svg, 2.0)
    assert data.startswith(b"\x89PNG")
    assert int.from_bytes(data[16:20]) == pytest.approx(2 * float(root.get("width", "0")), abs=2)


def test_without_graphviz_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graphviz_process, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(GraphvizError, match=r"pip install 'archgraph\[graphviz\]'"):
        draw(pictures.one_node())


def test_a_graphviz_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import sys; sys.exit('no layout for this')"
    monkeypatch.setattr(graphviz_process, "_command", lambda: [sys.executable, "-c", code])
    with pytest.raises(GraphvizError, match="Graphviz failed: no layout for this"):
        draw(pictures.one_node())


def test_a_line_that_graphviz_loses_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    real = graphviz_process.run_graphviz

    def losing(source: str, images: list[str], side: int) -> str:
        return re.sub(r'<g id="e1".*?</g>', "", real(source, images, side), flags=re.DOTALL)

    monkeypatch.setattr("archgraph.render.graphviz_engine.run_graphviz", losing)
    with pytest.raises(GraphvizError, match="lost 'e0'"):
        draw(pictures.chain(3))

"""draw.io files: whatever a view holds, the file can be read back, and says it in draw.io's own shapes."""

from __future__ import annotations

import html
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings

from archgraph.catalog.catalog import builtin
from archgraph.render import stencils
from archgraph.render.drawio import to_drawio
from archgraph.render.layout import lay_out
from archgraph.render.palette import category_colour
from archgraph.views.view import Edge, Group, GroupKind, Node, Role, View

from . import pictures
from .hostile import NAMES, everywhere
from .random_views import views

LAYER = "1"


@dataclass
class Cell:
    """A cell as it is written, its places made absolute."""

    parent: str
    label: str
    tooltip: str
    style: dict[str, str]
    source: str | None
    target: str | None
    x: float = 0.0
    y: float = 0.0
    points: list[tuple[float, float]] = field(default_factory=list)


def read(text: str) -> dict[str, Cell]:
    """The cells of a file by id, in its order. Fails if an id is there twice, or an end or a frame is not there."""
    root = ElementTree.fromstring(text)  # noqa: S314 - our own file
    assert root.tag == "mxfile"
    assert root.get("compressed") == "false"
    found: dict[str, Cell] = {LAYER: Cell("0", "", "", {}, None, None)}
    model = root.find("diagram/mxGraphModel/root")
    assert model is not None
    assert [(cell.get("id"), cell.get("parent")) for cell in model[:2]] == [("0", None), (LAYER, "0")]
    for element in model[2:]:
        cell = element if element.tag == "mxCell" else element[0]
        name, parent = element.attrib["id"], cell.attrib["parent"]
        assert name not in found
        pairs = [item.partition("=") for item in cell.attrib["style"].rstrip(";").split(";")]
        made = Cell(
            parent, element.get("value") or element.get("label") or "", element.get("tooltip", ""),
            {key: value for key, _, value in pairs}, cell.get("source"), cell.get("target"),
        )  # fmt: skip
        geometry = cell.find("mxGeometry")
        assert geometry is not None
        made.x = found[parent].x + float(geometry.get("x", 0))
        made.y = found[parent].y + float(geometry.get("y", 0))
        made.points = [
            (found[parent].x + float(point.attrib["x"]), found[parent].y + float(point.attrib["y"]))
            for point in geometry.iterfind("Array/mxPoint")
        ]
        assert {made.source, made.target} <= {None, *found}
        found[name] = made
    return found


def written(view: View) -> dict[str, Cell]:
    return read(to_drawio(lay_out(view), view))


def stencil_names() -> set[str]:
    """Names that draw.io is known to have."""
    return set(_listed().splitlines()) - {line for line in _listed().splitlines() if line.startswith("#")}


def later_stencils() -> set[str]:
    """Those among them that are too new for the viewer that tests use."""
    return set(_listed().rpartition("#")[2].splitlines()[1:])


def _listed() -> str:
    return Path(__file__).with_name("drawio_stencils.txt").read_text(encoding="utf-8")


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(views())
def test_whatever_is_drawn_can_be_read_back(view: View) -> None:
    scene = lay_out(view)
    cells = read(to_drawio(scene, view))
    for thing in (*scene.frames, *scene.icons):
        assert (cells[thing.id].x, cells[thing.id].y) == pytest.approx((thing.box.x, thing.box.y), abs=0.2)
    for line in scene.lines:
        assert (cells[line.id].source, cells[line.id].target) == (line.source, line.target)
        assert cells[line.id].points == [pytest.approx(point, abs=0.2) for point in line.points[1:-1]]


def test_the_same_view_gives_the_same_file() -> None:
    assert to_drawio(lay_out(pictures.serverless()), pictures.serverless()) == to_drawio(
        lay_out(pictures.serverless()), pictures.serverless()
    )


def test_a_new_label_changes_the_line_of_its_cell_only() -> None:
    view = pictures.serverless()
    nodes = tuple(replace(node, subtitle="SQS euqeu") if node.id == "packing" else node for node in view.nodes)
    before = to_drawio(lay_out(view), view).splitlines()
    after = to_drawio(lay_out(replace(view, nodes=nodes)), replace(view, nodes=nodes)).splitlines()
    changed = [line for line, other in zip(before, after, strict=True) if line != other]
    assert len(changed) == 1
    assert 'id="packing"' in changed[0]


def test_frames_nest_and_look_as_aws_draws_them() -> None:
    cells = written(pictures.three_tier())
    chain = ["nat-a", "public-a", "shop-vpc/a", "shop-vpc", "shop-prod/eu-west-1", "shop-prod", "aws:cloud", LAYER]
    assert [cells[cell].parent for cell in chain[:-1]] == chain[1:]
    corners = {name: cells[name].style.get("grIcon", "") for name in chain[1:-1]}
    assert corners == {
        "public-a": "mxgraph.aws4.group_security_group",
        "shop-vpc/a": "",
        "shop-vpc": "mxgraph.aws4.group_vpc2",
        "shop-prod/eu-west-1": "mxgraph.aws4.group_region",
        "shop-prod": "mxgraph.aws4.group_account",
        "aws:cloud": "mxgraph.aws4.group_aws_cloud_alt",
    }
    assert (cells["public-a"].style["strokeColor"], cells["public-a"].style["fillColor"]) == ("#7AA116", "#F2F6E8")
    assert (cells["app-a"].style["strokeColor"], cells["app-a"].style["fillColor"]) == ("#00A4A6", "#E6F6F7")
    assert cells["shop-vpc/a"].style["dashed"] == cells["shop-prod/eu-west-1"].style["dashed"] == "1"
    assert cells["shop-vpc"].style["dashed"] == "0"


def test_what_serves_several_subnets_stands_on_its_strip() -> None:
    cells = written(pictures.three_tier())
    assert cells["web"].parent == "web/strip"
    assert (cells["web/strip"].parent, cells["web/strip"].style["strokeColor"]) == ("shop-vpc", "#ED7100")
    assert cells["shop-db"].parent == cells["sessions"].parent


def test_services_are_white_on_their_colour_and_resources_are_drawn_in_it() -> None:
    cells = written(pictures.three_tier())
    cdn, queue = cells["cdn"].style, written(pictures.serverless())["packing"].style
    assert (cdn["shape"], cdn["resIcon"]) == ("mxgraph.aws4.resourceIcon", "mxgraph.aws4.cloudfront")
    assert (cdn["fillColor"], cdn["strokeColor"]) == ("#8C4FFF", "#FFFFFF")
    assert cells["nat-a"].style["shape"] == "mxgraph.aws4.nat_gateway"
    assert (queue["resIcon"], queue["fillColor"]) == ("mxgraph.aws4.sqs", "#E7157B")


def test_lines_look_like_what_they_stand_for() -> None:
    cells = written(pictures.serverless())
    request, event = cells["api -> place"].style, cells["notify -> mail-queue"].style
    assert (request["dashed"], event["dashed"], event["dashPattern"]) == ("0", "1", "7 4")
    assert request["endArrow"] == "block"
    assert float(cells["orders -> project"].style["strokeWidth"]) > 2 * float(request["strokeWidth"])


def test_a_line_is_kept_in_the_innermost_frame_that_holds_both_ends() -> None:
    groups = (Group("v", GroupKind.VPC, "VPC"), Group("s", GroupKind.PUBLIC_SUBNET, "Subnet", "", "v"))
    nodes = (Node("a", "a", parent="s"), Node("b", "b", parent="s"), Node("c", "c", parent="v"), Node("d", "d"))
    ends = [("a", "b", "s"), ("a", "c", "v"), ("a", "d", LAYER), ("a", "a", "s"), ("s", "c", "v"), ("v", "a", "v")]
    edges = tuple(Edge(f"{source} {target}", source, target) for source, target, _ in ends)
    cells = written(View("v", "", "", groups, nodes, edges))
    assert [cells[edge.id].parent for edge in edges] == [place for _, _, place in ends]


def test_a_label_that_is_cut_short_has_the_whole_name_as_its_tooltip() -> None:
    name = "word " * 40
    cells = written(View("v", "", "", (Group("g", GroupKind.VPC, name),), (Node("n", name, "detail", parent="g"),), ()))
    assert cells["n"].label != cells["n"].tooltip == f"{name.strip()}, detail"
    assert cells["g"].tooltip == name.strip()


def test_words_that_found_no_room_are_the_lines_tooltip() -> None:
    view = pictures.hub(40)
    scene = lay_out(view)
    cells = read(to_drawio(scene, view))
    homeless = [line for line in scene.lines if line.text and not (line.label and line.label.lines)]
    told = [cells[line.id].tooltip for line in homeless]
    assert told == [line.text for line in homeless]
    assert not any(cells[line.id].tooltip for line in scene.lines if line.label and line.label.lines)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_text_in_html_within_xml(name: str) -> None:
    view = everywhere(name)
    scene = lay_out(view)
    cells = read(to_drawio(scene, view))
    for thing in (*scene.frames, *scene.icons):
        shown = cells[thing.id].label.split("<br>")
        lines = [ElementTree.fromstring(f"<p>{line}</p>") for line in shown]  # noqa: S314 - our own file
        assert ["".join(line.itertext()) for line in lines] == ([line.text for line in thing.lines] or [""])
        assert {element.tag for line in lines for element in line.iter()} <= {"p", "b", "font"}
        assert "<" not in cells[thing.id].tooltip


def test_hostile_ids_and_texts_leave_a_file_that_can_be_read() -> None:
    view = pictures.hostile()
    cells = read(to_drawio(lay_out(view), view))
    assert 'n<0>&"' in cells
    assert "<script" not in "".join(cell.label + cell.tooltip for cell in cells.values())


@pytest.mark.parametrize("name", ["0", "1", "constructor", "__proto__"])
def test_an_id_that_draw_io_has_itself_is_changed(name: str) -> None:
    cells = written(View("v", "", "", (), (Node(name, "mine"),), ()))
    assert [cell for cell, found in cells.items() if "mine" in found.label] == [f"{name} (2)"]


def test_icons_and_lines_of_one_id_are_told_apart() -> None:
    nodes = (Node("a", "a"), Node("b", "b"))
    cells = written(View("v", "", "", (), nodes, (Edge("a", "a", "b"), Edge("a", "b", "a"))))
    assert (cells["a (2)"].source, cells["a (3)"].source) == ("a", "b")


def test_draw_io_has_every_stencil() -> None:
    used = {found.name for found in stencils.icons().values()}
    used |= set(stencils.categories().values()) | set(stencils.corners().values())
    assert used <= stencil_names()


def test_every_icon_of_the_catalogue_has_a_stencil() -> None:
    icons = {found.icon for found in builtin() if found.icon}
    assert icons - set(stencils.icons()) == {"aws/network/private-subnet"}, "draw.io has none of these"


def test_what_has_no_stencil_is_a_box_in_the_colour_of_its_category() -> None:
    node = Node("q", "orders-queue", "", "aws/no/such-icon", "Messaging")
    cells = written(View("v", "", "", (), (node,), ()))
    assert "shape" not in cells["q"].style
    assert cells["q"].style["fillColor"] == category_colour("Messaging")
    assert (cells["q/initials"].parent, cells["q/initials"].label) == ("q", "OQ")


def test_a_gateway_hides_the_border_that_it_stands_on() -> None:
    gateway = Node("igw", "Gateway", "", "aws/network/internet-gateway", "Network", "v", Role.GATEWAY)
    cells = written(View("v", "", "", (Group("v", GroupKind.VPC, "VPC"),), (gateway,), ()))
    assert "ellipse" in cells["igw"].style
    assert (cells["igw/icon"].parent, cells["igw/icon"].style["part"]) == ("igw", "1")
    assert (cells["igw/icon"].x, cells["igw/icon"].y) == (cells["igw"].x, cells["igw"].y)


def test_the_legend_is_one_thing() -> None:
    cells = written(pictures.three_tier())
    inside = {name for name in cells if name.startswith("legend/")}
    assert {cells[name].parent for name in inside} == {"legend"}
    assert {"VPC", "Request", "Event"} <= {html.unescape(cells[name].label) for name in inside}

"""A view drawn with the ``diagrams`` package and laid out by Graphviz: the second engine."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from archgraph.render import dot, sizes, text
from archgraph.render.containers import Place, Tree, build
from archgraph.render.graphviz_process import GraphvizError, run_graphviz
from archgraph.render.graphviz_svg import portable
from archgraph.render.icons import icon_bytes
from archgraph.render.nesting import anchored, cut_at, frames_around, places
from archgraph.render.palette import category_colour
from archgraph.views.view import Node, View

_LINE = 15.0
"""Height of a line under an icon, in points."""
_ROW = 4
"""Icons of a row that no line joins."""


def draw(view: View) -> str:
    """The view as one self-contained SVG; one Graphviz draws one view always alike.

    Raises :class:`archgraph.render.graphviz_process.GraphvizError`.
    """
    tree = build(view)
    short = {key: f"n{number}" for number, key in enumerate(frames_around(tree), 1)}
    icons = sorted({node.icon for node in view.nodes if node.icon and icon_bytes(node.icon) is not None})
    named = _named(tree, short)
    drawn = run_graphviz(_source(view, tree, short), icons, round(sizes.ICON))
    lost = [key for name, (key, _) in named.items() if f'id="{name}"' not in drawn]
    if lost:
        raise GraphvizError(f"Graphviz lost '{text.clean(lost[0])}'; draw another view, or with another version of it")
    return portable(drawn, view, named, icons)


def _named(tree: Tree, short: dict[str, str]) -> dict[str, tuple[str, str]]:
    """What the short names stand for: an id, and what screen readers say."""
    named = {f"e{number}": (edge.id, edge.label) for number, edge in enumerate(tree.edges, 1)}
    for place in places(tree.root):
        if place.group:
            named[short[place.group.id]] = (place.group.id, place.group.title)
        for node in place.nodes:
            said = ", ".join(part for part in (node.title, node.subtitle) if part)
            named[short[node.id]] = (node.id, said)
    return named


def _source(view: View, tree: Tree, short: dict[str, str]) -> str:
    """The DOT that ``diagrams`` writes. Everything has a short name: the package takes colons and brackets apart."""
    from diagrams import Diagram, Edge, setdiagram

    around, anchors = frames_around(tree), anchored(tree)
    page = Diagram(graph_attr=_plain(dot.graph_attributes(view)), node_attr=dot.NODES, edge_attr=dot.EDGES)
    setdiagram(page)  # `with` would run Graphviz and write files
    try:
        made: dict[str, Any] = {}
        _write(tree.root, short, anchors, made)
        for number, edge in enumerate(tree.edges, 1):
            attributes = {**dot.EDGES, **_plain(dot.edge_attributes(edge)), "id": f"e{number}"}
            for end, frame in zip(("ltail", "lhead"), cut_at(edge, around, anchors), strict=True):
                if frame is not None:
                    attributes[end] = f"cluster_{short[frame]}"
            _ = made[edge.source] >> Edge(**attributes) >> made[edge.target]
        for before, after in _neighbours(tree):
            _ = made[before] >> Edge(style="invis") >> made[after]
    finally:
        setdiagram(None)
    return str(page.dot.source)


def _neighbours(tree: Tree) -> Iterator[tuple[str, str]]:
    """Icons without a line, to be drawn beside each other in short rows: Graphviz would make one high column."""
    joined = {end for edge in tree.edges for end in (edge.source, edge.target)}
    for place in places(tree.root):
        loose = [node.id for node in place.nodes if node.id not in joined]
        yield from (pair for number, pair in enumerate(pairwise(loose), 1) if number % _ROW)


def _write(place: Place, short: dict[str, str], anchors: set[str], made: dict[str, Any]) -> None:
    """The nodes and frames inside a place, within the package's current diagram and cluster."""
    from diagrams import Cluster
    from diagrams import Node as Shape

    if place.group and place.group.id in anchors:
        made[place.group.id] = Shape("", nodeid=short[place.group.id], **dot.ANCHOR)
    for node in place.nodes:
        made[node.id] = _shape(node, short[node.id])
    for inner in place.places:
        if inner.group:
            name = short[inner.group.id]
            cluster = Cluster("", graph_attr={**_plain(dot.cluster_attributes(inner.group)), "id": name})
            cluster.dot.name = f"cluster_{name}"  # the package names clusters by label: two of one title would merge
            with cluster:
                _write(inner, short, anchors, made)


def _shape(node: Node, name: str) -> Any:
    """An icon with its lines below, in a box as wide as they are; or a plain box, if there is no icon."""
    from diagrams import Node as Shape
    from diagrams.custom import Custom

    lines = dot.node_lines(node)
    wide = max([sizes.ICON, *(text.width(line, sizes.TITLE_SIZE) for line in lines)]) + 8
    attributes = {"id": name, "width": _inches(wide)}
    words = _plain({"label": dot.label(lines)})["label"]
    if node.icon and icon_bytes(node.icon) is not None:
        tall = sizes.ICON + sizes.LABEL_GAP + _LINE * len(lines)
        placed = {"height": _inches(tall), "imagepos": "tc", "imagescale": "false", "labelloc": "b"}
        return Custom(words, f"{node.icon}.png", nodeid=name, **attributes, **placed)
    tall = 12 + _LINE * max(len(lines), 1)
    return Shape(
        words, nodeid=name, **attributes, height=_inches(tall), labelloc="c", color=category_colour(node.category)
    )


def _inches(points: float) -> str:
    return f"{points / 72:.3f}"


def _plain(attributes: dict[str, str]) -> dict[str, str]:
    """Attributes whose values ``graphviz``, under ``diagrams``, never takes for HTML, whatever they look like."""
    from graphviz import nohtml

    return {name: nohtml(value) for name, value in attributes.items()}

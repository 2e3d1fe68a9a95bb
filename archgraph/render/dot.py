"""A view as Graphviz DOT, for whatever reads, styles or lays out DOT; without icons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from archgraph.render import sizes, text
from archgraph.render.containers import Place, build
from archgraph.render.nesting import anchored, cut_at, frames_around
from archgraph.render.palette import FRAMES, INK, LINES, PAPER, category_colour
from archgraph.views.view import Direction, Edge, EdgeStyle, Group, Node, View

_FONT = {"fontname": "Open Sans,Helvetica,Arial,sans-serif", "fontcolor": INK}
NODES = {"shape": "box", "style": "rounded", "fontsize": "12", **_FONT}
EDGES = {"fontsize": "11", "arrowsize": "0.8", **_FONT}
ANCHOR = {"shape": "point", "style": "invis", "width": "0.01"}
"""What a frame holds at whose border a line ends, or that would be empty: Graphviz draws neither without."""
_DASHES: dict[EdgeStyle, str] = {
    EdgeStyle.EVENT: "dashed",
    EdgeStyle.REPLICATION: "dotted",
    EdgeStyle.MANAGEMENT: "dashed",
}


def to_dot(view: View) -> str:
    """The view as the text of a directed graph. Nodes and clusters are named by the ids of the model."""
    return "\n".join(_document(view)) + "\n"


def graph_attributes(view: View) -> dict[str, str]:
    """Of the page. Labels here and below are DOT's escape strings."""
    return {
        "label": label(text.wrap(text.clean(view.title), 20.0, 800.0, 2, True), left=True),
        "labelloc": "t",
        "labeljust": "l",
        "fontsize": "20",
        **_FONT,
        "compound": "true",
        "newrank": "true",  # without it, Graphviz loses lines with labels beside frames, or fails
        "rankdir": "TB" if view.hints.direction is Direction.DOWN else "LR",
        "splines": "spline",
        "nodesep": "0.4",
        "ranksep": "0.7",
        "pad": "0.3",
    }


def cluster_attributes(group: Group) -> dict[str, str]:
    """Of a frame, in AWS's colours."""
    look = FRAMES[group.kind]
    title = text.wrap(text.clean(group.title), sizes.FRAME_TITLE_SIZE, sizes.FRAME_TITLE_WIDTH, 2, True)
    subtitle = text.wrap(text.clean(group.subtitle), sizes.FRAME_TITLE_SIZE, sizes.FRAME_TITLE_WIDTH, 2)
    return {
        "label": label([*title, *subtitle], left=True),
        "fontsize": "12",
        **_FONT,
        "fontcolor": look.colour,
        "pencolor": look.colour,
        "bgcolor": look.fill or PAPER,
        "style": "dashed" if look.dash else "solid",
        "margin": "14",
    }


def edge_attributes(edge: Edge) -> dict[str, str]:
    """Of a line, by its style, with its steps and its words."""
    look = LINES[edge.style]
    words = text.clean(" ".join([*(f"({step})" for step in edge.steps), edge.label]))
    said = {"label": label(text.wrap(words, sizes.EDGE_SIZE, 1.5 * sizes.EDGE_LABEL_WIDTH, 3))} if words else {}
    return {
        **said,
        "color": f"{look.colour}:{PAPER}:{look.colour}" if look.double else look.colour,
        "penwidth": "1.2" if look.double else str(look.width),
        "style": _DASHES.get(edge.style, "solid"),
    }


def node_lines(node: Node) -> list[str]:
    """The lines of a node's label: its title, and the detail below."""
    title = text.wrap(text.clean(node.title), sizes.TITLE_SIZE, sizes.STRIP_LABEL_WIDTH, 2, True)
    return [*title, *text.wrap(text.clean(node.subtitle), sizes.TITLE_SIZE, sizes.STRIP_LABEL_WIDTH, 2)]


def label(lines: Sequence[str], *, left: bool = False) -> str:
    """Lines, centred or flush left, as an escape string: backslashes doubled, nothing that is an entity."""
    plain = [line.replace("\\", r"\\").replace("&", "&amp;") for line in lines]
    return "".join(rf"{line}\l" for line in plain) if left else r"\n".join(plain)


def _document(view: View) -> Iterator[str]:
    tree = build(view)
    anchors = anchored(tree)
    around = frames_around(tree)
    known = _names(around)
    yield "digraph {"
    yield f"  graph {_list(graph_attributes(view))}"
    yield f"  node {_list(NODES)}"
    yield f"  edge {_list(EDGES)}"
    yield from _inside(tree.root, anchors, known, "  ")
    for edge in tree.edges:
        attributes = edge_attributes(edge)
        for name, frame in zip(("ltail", "lhead"), cut_at(edge, around, anchors), strict=True):
            if frame is not None:
                attributes[name] = f"cluster_{known[frame]}"
        yield f"  {_quoted(known[edge.source])} -> {_quoted(known[edge.target])} {_list(attributes)}"
    yield "}"


def _names(ids: Iterable[str]) -> dict[str, str]:
    """The ids in characters that DOT allows, still no two alike."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for key in ids:
        stem = name = text.clean(key)
        number = 1
        while name in taken:
            number += 1
            name = f"{stem} {number}"
        taken.add(name)
        found[key] = name
    return found


def _inside(place: Place, anchors: set[str], known: Mapping[str, str], indent: str) -> Iterator[str]:
    if place.group and place.group.id in anchors:
        yield f"{indent}{_quoted(known[place.group.id])} {_list(ANCHOR)}"
    for node in place.nodes:
        attributes = {"label": label(node_lines(node)), "color": category_colour(node.category)}
        yield f"{indent}{_quoted(known[node.id])} {_list(attributes)}"
    for inner in place.places:
        if inner.group:
            yield f"{indent}subgraph {_quoted('cluster_' + known[inner.group.id])} {{"
            yield f"{indent}  graph {_list(cluster_attributes(inner.group))}"
            yield from _inside(inner, anchors, known, indent + "  ")
            yield f"{indent}}}"


def _quoted(name: str) -> str:
    """An id as a quoted string. DOT knows one escape in it, and keeps backslashes otherwise."""
    return _string(name.replace("\\", r"\\"))


def _list(attributes: Mapping[str, str]) -> str:
    return "[" + ", ".join(f"{name}={_string(value)}" for name, value in attributes.items()) + "]"


def _string(value: str) -> str:
    return '"' + value.replace('"', r"\"") + '"'

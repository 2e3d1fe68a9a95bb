"""A view as a Mermaid flowchart: text that code hosts and documentation sites draw themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from archgraph.render import text
from archgraph.render.containers import Place, build
from archgraph.render.nesting import places
from archgraph.render.palette import FRAMES, INK, LINES, PAPER, category_colour
from archgraph.views.view import Direction, Edge, EdgeStyle, GroupKind, View

_LABEL, _SENTENCE = 120, 400
"""Characters of a label, and of what screen readers say."""
_ARROWS: dict[EdgeStyle, str] = {
    EdgeStyle.REQUEST: "-->",
    EdgeStyle.EVENT: "-.->",
    EdgeStyle.STREAM: "==>",
    EdgeStyle.REPLICATION: "-.->",
    EdgeStyle.NETWORK: "-->",
    EdgeStyle.MANAGEMENT: "-.->",
    EdgeStyle.RELATION: "-->",
}
# What Mermaid might take for its own syntax, for Markdown or for HTML; among it the word `end`, which ends
# blocks in old versions. Hyphens, dots and underscores inside a word (eu-west-1, 10.0.0.0) mean nothing to it.
_SPECIAL = re.compile(r"(?<=\ben)d\b|(?<![A-Za-z0-9])[-._]|[-._](?![A-Za-z0-9])|[!-&*+:-@\[-^`{-~]")
# Formulas ($$x$$), icons (fa:fa-user) and new lines (\n): Mermaid looks for them after it has read entity codes.
_LATE = re.compile(r"(?<=\$)(?=\$)|(?<=:)(?=fa-)|(?<=\\)(?=n)")
_NOTHING = "\u200b"
"""A space of no width, which keeps them from being found."""


def to_mermaid(view: View) -> str:
    """The view as the text of a flowchart, without a fence. Names of the model stay text in it.

    A line from a frame to itself is left out: Mermaid fails on it.
    """
    return "\n".join(_document(view)) + "\n"


def escaped(words: str, longest: int = _LABEL) -> str:
    """A text of the model for a label: one line, special characters as entity codes, never empty.

    Entity codes look like ``#91;`` (https://mermaid.js.org/syntax/flowchart.html, "Entity codes to escape
    characters"). A text of more than ``longest`` characters ends in an ellipsis.
    """
    line = text.clean(words)
    if len(line) > longest:
        line = line[: longest - 1].rstrip() + "…"
    return _SPECIAL.sub(lambda match: f"#{ord(match[0])};", _LATE.sub(_NOTHING, line)) or " "


def spoken(keyword: str, words: str) -> Iterator[str]:
    """An ``accTitle`` or ``accDescr``, for screen readers. One without words would swallow the next line."""
    if text.clean(words):
        yield f"  {keyword}: {escaped(words, _SENTENCE)}"


def labelled(title: str, subtitle: str, between: str = "<br/>") -> str:
    """A name and the detail that belongs to it, as one label."""
    return between.join(escaped(words) for words in (title, subtitle) if text.clean(words)) or " "


def names(ids: Iterable[str], prefix: str) -> dict[str, str]:
    """Names that Mermaid accepts, made of ids so that they stay when others come and go; no two are alike.

    The prefix keeps them apart from Mermaid's words (`end`, `default`) and arrow heads (`o`, `x`).
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for key in ids:
        stem = name = prefix + re.sub(r"[^A-Za-z0-9]+", "_", key)
        number = 1
        while name in taken:
            number += 1
            name = f"{stem}_{number}"
        taken.add(name)
        found[key] = name
    return found


def _document(view: View) -> Iterator[str]:
    tree = build(view)
    frames = {place.group.id for place in places(tree.root) if place.group}
    edges = [edge for edge in tree.edges if edge.source != edge.target or edge.source not in frames]
    known = names((place.group.id for place in places(tree.root) if place.group), "g_")
    known |= names((node.id for place in places(tree.root) for node in place.nodes), "n_")
    yield "flowchart TB" if view.hints.direction is Direction.DOWN else "flowchart LR"
    yield from spoken("accTitle", view.title)
    yield from spoken("accDescr", view.description or view.subtitle)
    yield from _inside(tree.root, known, "  ")
    for edge in edges:
        yield f"  {known[edge.source]} {_ARROWS[edge.style]}{_label(edge)} {known[edge.target]}"
    yield from _looks(tree.root, edges, known)


def _inside(place: Place, known: dict[str, str], indent: str) -> Iterator[str]:
    for node in place.nodes:
        yield f'{indent}{known[node.id]}["{labelled(node.title, node.subtitle)}"]'
    for inner in place.places:
        if inner.group:
            # Mermaid leaves room for one line above what is inside
            title = labelled(inner.group.title, inner.group.subtitle, " · ")
            yield f'{indent}subgraph {known[inner.group.id]}["{title}"]'
            yield from _inside(inner, known, indent + "  ")
            yield f"{indent}end"


def _label(edge: Edge) -> str:
    words = " ".join([*(f"({step})" for step in edge.steps), edge.label]).strip()
    return f'|"{escaped(words)}"|' if text.clean(words) else ""


def _looks(root: Place, edges: Sequence[Edge], known: dict[str, str]) -> Iterator[str]:
    """Colours and strokes of the pictures: a class per kind of frame and per category, a style per kind of line."""
    kinds: dict[GroupKind, list[str]] = {}
    categories: dict[str, list[str]] = {}
    for place in places(root):
        if place.group:
            kinds.setdefault(place.group.kind, []).append(known[place.group.id])
        for node in place.nodes:
            categories.setdefault(node.category, []).append(known[node.id])
    for kind, members in kinds.items():
        look, name = FRAMES[kind], "frame_" + kind.replace("-", "_")
        yield f"  classDef {name} fill:{look.fill or PAPER},stroke:{look.colour},color:{INK}{_dashes(look.dash)}"
        yield f"  class {','.join(members)} {name}"
    for category, name in names(categories, "icon_").items():
        yield f"  classDef {name} fill:{PAPER},stroke:{category_colour(category)},color:{INK}"
        yield f"  class {','.join(categories[category])} {name}"
    styles: dict[EdgeStyle, list[str]] = {}
    for number, edge in enumerate(edges):
        styles.setdefault(edge.style, []).append(str(number))
    for style, numbers in styles.items():
        line = LINES[style]
        stroke = f"stroke:{line.colour},stroke-width:{line.width}px{_dashes(line.dash)}"
        yield f"  linkStyle {','.join(numbers)} {stroke}"


def _dashes(dash: str | None) -> str:
    return f",stroke-dasharray:{dash}" if dash else ""

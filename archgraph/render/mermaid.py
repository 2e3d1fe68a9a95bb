"""A view as a Mermaid flowchart: text that code hosts and documentation sites draw themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from archgraph.render import text
from archgraph.render.containers import Place, Tree, build
from archgraph.render.palette import FRAMES, INK, LINES, PAPER, category_colour
from archgraph.views.view import Edge, EdgeStyle, Node, View

_LONGEST = 120
"""Characters of a label."""
_ARROWS: dict[EdgeStyle, str] = {
    EdgeStyle.REQUEST: "-->",
    EdgeStyle.EVENT: "-.->",
    EdgeStyle.STREAM: "==>",
    EdgeStyle.REPLICATION: "-.->",
    EdgeStyle.NETWORK: "-->",
    EdgeStyle.MANAGEMENT: "-.->",
}
# What Mermaid might take for its own syntax, for Markdown or for HTML. Hyphens, dots and underscores
# inside a word (eu-west-1, 10.0.0.0) mean nothing to it; `end` as a word ends blocks in old versions.
_SPECIAL = re.compile(r"(?<=[A-Za-z0-9])[-._](?=[A-Za-z0-9])|(?<=\b[Ee][Nn])[Dd]\b|[!-&*+\-.:-@\[-`{-~]")
_IN_WORD = frozenset("-._")


def to_mermaid(view: View) -> str:
    """The view as the text of a flowchart, without a fence. Names of the model stay text in it."""
    return "\n".join(_document(view)) + "\n"


def escaped(words: str) -> str:
    """A text of the model for a label: one line, special characters as entity codes, never empty.

    Mermaid writes a code as ``#91;``; see https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters.
    """
    line = text.clean(words)
    if len(line) > _LONGEST:
        line = line[: _LONGEST - 1].rstrip() + "…"
    return _SPECIAL.sub(_coded, line) or " "


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


def _coded(match: re.Match[str]) -> str:
    character = match[0]
    after, before = match.string[match.end() : match.end() + 1], match.string[max(match.start() - 1, 0)]
    inside = character in _IN_WORD and match.start() > 0 and _plain(before) and _plain(after)
    return character if inside else f"#{ord(character)};"


def _plain(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _document(view: View) -> Iterator[str]:
    tree = build(view)
    known = names((place.group.id for place in _places(tree.root) if place.group), "g_")
    known |= names((node.id for place in _places(tree.root) for node in place.nodes), "n_")
    yield "flowchart LR"
    yield f"  accTitle: {escaped(view.title)}"
    yield f"  accDescr: {escaped(view.description or view.subtitle)}"
    yield from _inside(tree.root, known, "  ")
    for edge in tree.edges:
        yield f"  {known[edge.source]} {_ARROWS[edge.style]}{_label(edge)} {known[edge.target]}"
    yield from _looks(tree, known)


def _places(place: Place) -> Iterator[Place]:
    yield place
    for inner in place.places:
        yield from _places(inner)


def _inside(place: Place, known: dict[str, str], indent: str) -> Iterator[str]:
    for node in place.nodes:
        yield f'{indent}{known[node.id]}["{_lines(node.title, node.subtitle)}"]'
    for inner in place.places:
        if inner.group:
            yield f'{indent}subgraph {known[inner.group.id]}["{_lines(inner.group.title, inner.group.subtitle)}"]'
            yield from _inside(inner, known, indent + "  ")
            yield f"{indent}end"


def _lines(title: str, subtitle: str) -> str:
    return f"{escaped(title)}<br/>{escaped(subtitle)}" if text.clean(subtitle) else escaped(title)


def _label(edge: Edge) -> str:
    words = " ".join([*(f"({step})" for step in edge.steps), edge.label]).strip()
    return f'|"{escaped(words)}"|' if text.clean(words) else ""


def _looks(tree: Tree, known: dict[str, str]) -> Iterator[str]:
    """Colours and strokes of the pictures: a class per kind of frame and per category, a style per kind of line."""
    frames: dict[str, list[str]] = {}
    icons: dict[str, list[str]] = {}
    for place in _places(tree.root):
        if place.group:
            look = FRAMES[place.group.kind]
            dash = f",stroke-dasharray:{look.dash}" if look.dash else ""
            style = f"fill:{look.fill or PAPER},stroke:{look.colour},color:{INK}{dash}"
            frames.setdefault(style, []).append(known[place.group.id])
        for node in place.nodes:
            style = f"fill:{PAPER},stroke:{category_colour(node.category)},color:{INK}"
            icons.setdefault(style, []).append(known[node.id])
    for prefix, styles in (("frame", frames), ("icon", icons)):
        for number, (style, members) in enumerate(styles.items(), 1):
            yield f"  classDef {prefix}{number} {style}"
            yield f"  class {','.join(members)} {prefix}{number}"
    for style_of_line, numbers in _numbered(tree.edges).items():
        line = LINES[style_of_line]
        dash = f",stroke-dasharray:{line.dash}" if line.dash else ""
        yield f"  linkStyle {','.join(numbers)} stroke:{line.colour},stroke-width:{line.width}px{dash}"


def _numbered(edges: Sequence[Edge]) -> dict[EdgeStyle, list[str]]:
    found: dict[EdgeStyle, list[str]] = {}
    for number, edge in enumerate(edges):
        found.setdefault(edge.style, []).append(str(number))
    return found

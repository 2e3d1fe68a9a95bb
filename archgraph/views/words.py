"""The last touches of a view: links to the views that exist, what stands aside, and its description."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from archgraph.views.view import Group, Hints, Node, Role, View
from archgraph.views.vocabulary import listed

_NAMED = 8
"""How many icons a description names."""


class Details:
    """The views of places, to which icons that stand for several elements can link."""

    def __init__(self, groups: Iterable[Group], views: Mapping[str, View]) -> None:
        """``groups`` are all places of the model, ``views`` those that exist of places, by the place."""
        self._parents = {group.id: group.parent for group in groups}
        self._views = {place: view.id for place, view in views.items()}
        self._shown = {view.id: {node.id for node in view.nodes} for view in views.values()}

    def of(self, node: Node) -> str | None:
        """The view of the innermost place around what a node stands for, if it shows more than this icon."""
        place = node.link
        while place is not None and place not in self._views:
            place = self._parents.get(place)
        if place is None or node.id in self._shown[self._views[place]]:
            return None
        return self._views[place]


def finished(view: View, details: Details) -> View:
    """The view as it is drawn.

    What nothing leads to stands aside; links name views instead of places; hints speak of what is
    shown only; subtitle and description say what was folded, and where it is shown in detail.
    """
    joined = {end for edge in view.edges for end in (edge.source, edge.target)}
    nodes = tuple(_with_role(replace(node, link=details.of(node)), joined) for node in view.nodes)
    folded = _folded(nodes)
    return replace(
        view,
        nodes=nodes,
        hints=_about(view.hints, {node.id for node in nodes} | {group.id for group in view.groups}),
        subtitle=" ".join(filter(None, (_sentence(view.subtitle) if folded else view.subtitle, folded))),
        description=" ".join(filter(None, (view.description, _contents(view, nodes, joined), folded))),
    )


def _about(hints: Hints, shown: Collection[str]) -> Hints:
    """The hints without what is not shown; a row or column of one thing says nothing."""

    def kept(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(name for name in names if name in shown)

    rows, columns = ((kept(line) for line in lines) for lines in (hints.rows, hints.columns))
    return replace(
        hints,
        order=kept(hints.order),
        rows=tuple(row for row in rows if len(row) > 1),
        columns=tuple(column for column in columns if len(column) > 1),
    )


def _with_role(node: Node, joined: set[str]) -> Node:
    return replace(node, role=Role.SUPPORT) if node.role is Role.PLAIN and node.id not in joined else node


def _contents(view: View, nodes: Iterable[Node], joined: Collection[str]) -> str:
    """What is on the page: ``It shows 22 elements (Customers, Shop CDN ... and 14 more) and 25 connections.``

    Frames count if lines end at them, or if there is nothing else.
    """
    titles = [node.title for node in nodes]
    titles += [group.title for group in view.groups if group.id in joined]
    titles = titles or [group.title for group in view.groups]
    if not titles:
        return "It is empty."
    lines = "1 connection" if len(view.edges) == 1 else f"{len(view.edges)} connections"
    things = "1 element" if len(titles) == 1 else f"{len(titles)} elements"
    return f"It shows {things} ({listed(titles, _NAMED)}) and {lines}."


def _folded(nodes: Iterable[Node]) -> str:
    """A sentence about icons that stand for several elements, and the views that show these."""
    many = [node for node in nodes if node.count > 1]
    if not many:
        return ""
    elements = sum(node.count for node in many)
    icons = "1 icon stands" if len(many) == 1 else f"{len(many)} icons stand"
    text = f"{icons} for {elements} elements"
    views = list(dict.fromkeys(node.link for node in many if node.link))
    if not views:
        return f"{text}."
    return f"{text}; in detail in {listed(views)}."


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."

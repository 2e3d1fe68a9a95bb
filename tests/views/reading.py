"""What a view shows, in the words of a test."""

from __future__ import annotations

from archgraph.views.view import Node, View


def icons(view: View) -> set[str]:
    return {node.id for node in view.nodes}


def frames(view: View) -> set[str]:
    return {group.id for group in view.groups}


def joined(view: View) -> set[tuple[str, str]]:
    return {(edge.source, edge.target) for edge in view.edges}


def labels(view: View) -> dict[tuple[str, str], str]:
    return {(edge.source, edge.target): edge.label for edge in view.edges}


def node(view: View, name: str) -> Node:
    return next(node for node in view.nodes if node.id == name)

"""Dominators: the nodes that every way from a root to a node passes.

Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm" (Rice University, 2001).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Node = TypeVar("Node")


def immediate_dominators(root: Node, successors: Callable[[Node], Iterable[Node]]) -> dict[Node, Node]:
    """For every node that the root leads to, the last node before it that no way can avoid.

    The root is its own. Following the result from a node up to the root gives all its dominators.
    """
    order = _finished(root, successors)
    rank = {node: position for position, node in enumerate(order)}
    before: dict[Node, list[Node]] = {}
    for node in order:
        for successor in successors(node):
            before.setdefault(successor, []).append(node)
    found = {root: root}
    changed = True
    while changed:
        changed = False
        for node in reversed(order):
            if node == root:
                continue
            known = [one for one in before[node] if one in found]
            nearest = known[0]
            for other in known[1:]:
                nearest = _common(nearest, other, found, rank)
            if found.get(node) != nearest:
                found[node] = nearest
                changed = True
    return found


def _finished(root: Node, successors: Callable[[Node], Iterable[Node]]) -> list[Node]:
    """Every node that the root leads to, in the order in which a depth-first search leaves them."""
    seen = {root}
    order: list[Node] = []
    path: list[tuple[Node, Iterator[Node]]] = [(root, iter(successors(root)))]
    while path:
        node, ahead = path[-1]
        following = next((n for n in ahead if n not in seen), None)
        if following is None:
            order.append(node)
            path.pop()
        else:
            seen.add(following)
            path.append((following, iter(successors(following))))
    return order


def _common(first: Node, second: Node, found: dict[Node, Node], rank: dict[Node, int]) -> Node:
    """The nearest dominator of both."""
    while first != second:
        while rank[first] < rank[second]:
            first = found[first]
        while rank[second] < rank[first]:
            second = found[second]
    return first

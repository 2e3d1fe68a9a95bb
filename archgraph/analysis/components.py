"""Strongly connected components: groups of nodes of which each leads to every other.

Tarjan's algorithm ("Depth-first search and linear graph algorithms", SIAM Journal on Computing,
1972), without recursion, in time linear in nodes and edges.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Node = TypeVar("Node")


def components(nodes: Iterable[Node], successors: Callable[[Node], Iterable[Node]]) -> list[list[Node]]:
    """The components of a graph, each after all those that it leads to.

    The order is fixed by the order of ``nodes`` and of their successors. A node that is alone in its
    component lies on no circle, unless it is its own successor.
    """
    number: dict[Node, int] = {}
    lowest: dict[Node, int] = {}
    open_nodes: dict[Node, None] = {}
    found: list[list[Node]] = []
    for root in nodes:
        if root in number:
            continue
        path: list[tuple[Node, Iterator[Node]]] = [(root, iter(successors(root)))]
        number[root] = lowest[root] = len(number)
        open_nodes[root] = None
        while path:
            node, ahead = path[-1]
            following = next((n for n in ahead if n not in number or n in open_nodes), None)
            if following is None:
                path.pop()
                if path:
                    lowest[path[-1][0]] = min(lowest[path[-1][0]], lowest[node])
                if lowest[node] == number[node]:
                    found.append(_closed(node, open_nodes))
            elif following in number:
                lowest[node] = min(lowest[node], number[following])
            else:
                number[following] = lowest[following] = len(number)
                open_nodes[following] = None
                path.append((following, iter(successors(following))))
    return found


def _closed(node: Node, open_nodes: dict[Node, None]) -> list[Node]:
    """Take from the stack of open nodes all that were opened since the node, and the node itself."""
    members: list[Node] = []
    while True:
        member, _ = open_nodes.popitem()
        members.append(member)
        if member == node:
            return members[::-1]


def way_round(start: Node, successors: Callable[[Node], Iterable[Node]]) -> list[Node]:
    """The shortest way from a node back to itself, which begins and ends with it; empty if none."""
    came_from: dict[Node, Node] = {}
    waiting = [start]
    while waiting:
        following: list[Node] = []
        for node in waiting:
            for successor in successors(node):
                if successor == start:
                    return [*_traced(start, node, came_from), start]
                if successor not in came_from:
                    came_from[successor] = node
                    following.append(successor)
        waiting = following
    return []


def _traced(start: Node, end: Node, came_from: dict[Node, Node]) -> list[Node]:
    way = [end]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]

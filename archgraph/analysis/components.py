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
            for following in ahead:
                if following not in number:
                    number[following] = lowest[following] = len(number)
                    open_nodes[following] = None
                    path.append((following, iter(successors(following))))
                    break
                if following in open_nodes and number[following] < lowest[node]:
                    lowest[node] = number[following]
            else:
                path.pop()
                if path and lowest[node] < lowest[path[-1][0]]:
                    lowest[path[-1][0]] = lowest[node]
                if lowest[node] == number[node]:
                    found.append(_closed(node, open_nodes))
    return found


def _closed(node: Node, open_nodes: dict[Node, None]) -> list[Node]:
    """Take from the stack of open nodes all that were opened since the node, and the node itself."""
    members: list[Node] = []
    while True:
        member, _ = open_nodes.popitem()
        members.append(member)
        if member == node:
            return members[::-1]


def shortest_way(start: Node, end: Node, successors: Callable[[Node], Iterable[Node]]) -> list[Node]:
    """The shortest way of at least one step, both ends included; empty if there is none.

    From a node to itself it is the shortest circle through it.
    """
    came_from: dict[Node, Node] = {}
    waiting = [start]
    while waiting:
        following: list[Node] = []
        for node in waiting:
            for successor in successors(node):
                if successor == end:
                    return [*_traced(start, node, came_from), end]
                if successor not in came_from and successor != start:
                    came_from[successor] = node
                    following.append(successor)
        waiting = following
    return []


def _traced(start: Node, end: Node, came_from: dict[Node, Node]) -> list[Node]:
    way = [end]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]

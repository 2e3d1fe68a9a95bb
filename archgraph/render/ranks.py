"""Ranks: how many steps along the links an item is from where traffic enters."""

from __future__ import annotations

from collections.abc import Sequence


def ranks_of(
    count: int,
    links: Sequence[tuple[int, int]],
    stages: Sequence[int],
    before: Sequence[tuple[int, int]] = (),
    alike: Sequence[tuple[int, int]] = (),
) -> list[int]:
    """Longest-path ranks, stage after stage; links that close a cycle, in the author's order, are ignored.

    ``before`` are pairs of which the first has a lower rank whatever the links say, ``alike`` pairs that
    have one rank.
    """
    following: list[list[int]] = [[] for _ in range(count)]
    for first, second in before:
        if stages[first] == stages[second] and first not in _reached(following, second):
            following[first].append(second)
    wished = [list(after) for after in following]
    for source, target in links:
        if stages[source] == stages[target] and source not in ({target} | _reached(wished, target)):
            following[source].append(target)
    order = _without_cycles(following)
    ranks = _longest(order, following, alike)
    start = 0
    for stage in sorted(set(stages)):
        members = [item for item in range(count) if stages[item] == stage]
        for item in members:
            ranks[item] += start
        start = max(ranks[item] for item in members) + 1
    return ranks


def _longest(order: list[int], following: list[list[int]], alike: Sequence[tuple[int, int]]) -> list[int]:
    """How many links lead to each item at most; entries stand right before what they lead to."""
    ranks = [0] * len(order)
    for _ in range(len(alike) + 1):
        for item in order:
            for after in following[item]:
                ranks[after] = max(ranks[after], ranks[item] + 1)
        for first, second in alike:
            ranks[first] = ranks[second] = max(ranks[first], ranks[second])
    entered = {after for item in order for after in following[item]} | {item for pair in alike for item in pair}
    for item in reversed(order):
        if following[item] and item not in entered:
            ranks[item] = min(ranks[after] for after in following[item]) - 1
    return ranks


def _reached(following: Sequence[Sequence[int]], start: int) -> set[int]:
    """What the links lead to from an item."""
    found: set[int] = set()
    waiting = [start]
    while waiting:
        for after in following[waiting.pop()]:
            if after not in found:
                found.add(after)
                waiting.append(after)
    return found


def _without_cycles(following: list[list[int]]) -> list[int]:
    """Topological order; removes from ``following`` the links that lead back."""
    state = [0] * len(following)
    done: list[int] = []
    for root in range(len(following)):
        if state[root]:
            continue
        state[root] = 1
        stack = [(root, iter(list(following[root])))]
        while stack:
            item, rest = stack[-1]
            for after in rest:
                if state[after] == 1:
                    following[item] = [other for other in following[item] if other != after]
                elif state[after] == 0:
                    state[after] = 1
                    stack.append((after, iter(list(following[after]))))
                    break
            else:
                state[item] = 2
                done.append(item)
                stack.pop()
    return done[::-1]

"""Event loops: what sets itself in motion again, however much hangs on it or leads to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from archgraph.analysis.event_loops import derive_event_loops
from archgraph.model.model import Model

ModelOf = Callable[..., Model]


def functions(count: int) -> dict[str, Any]:
    """A model's elements with functions f0, f1 ..."""
    place: dict[str, Any] = {"prod": {"type": "Account", "account_id": "000000000001"}}
    return place | {f"f{n}": {"type": "LambdaFunction", "in": "prod.eu-west-1"} for n in range(count)}


def event(one: int, to: int) -> dict[str, Any]:
    return {f"f{one} -> f{to}": {"kind": "event"}}


def test_a_loop_is_found_in_the_middle_of_a_long_chain(model_of: ModelOf) -> None:
    flows = [event(n, n + 1) for n in range(79)]
    found = derive_event_loops(model_of(functions(80), flows=[*flows, event(41, 40)]))
    assert [loop.members for loop in found.loops] == [("f40", "f41")]
    assert [hop.element for hop in found.loops[0].hops] == ["f41", "f40"]


def test_a_chain_that_comes_to_rest_is_no_loop_and_moves_all_but_its_ends(model_of: ModelOf) -> None:
    found = derive_event_loops(model_of(functions(40), flows=[event(n, n + 1) for n in range(39)]))
    assert found.loops == ()
    assert found.moved == tuple(f"f{n}" for n in range(1, 39))


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda pair: pair[0] != pair[1]), unique=True))
def test_loops_are_the_functions_that_set_each_other_in_motion(model_of: ModelOf, pairs: list[tuple[int, int]]) -> None:
    found = derive_event_loops(model_of(functions(6), flows=[event(one, to) for one, to in pairs]))
    reached = {n: _reached(pairs, n) for n in range(6)}
    together = {frozenset(m for m in range(6) if m in reached[n] and n in reached[m]) for n in range(6)}
    expected = sorted(tuple(sorted(f"f{n}" for n in group)) for group in together if group)
    assert sorted(loop.members for loop in found.loops) == expected


def _reached(pairs: list[tuple[int, int]], start: int) -> set[int]:
    """Everything that a function sets in motion, itself included if it comes back."""
    found: set[int] = set()
    ahead = [start]
    while ahead:
        current = ahead.pop()
        for one, to in pairs:
            if one == current and to not in found:
                found.add(to)
                ahead.append(to)
    return found

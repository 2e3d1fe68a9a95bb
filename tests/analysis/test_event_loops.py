"""Event loops: what sets itself in motion again, however much hangs on it or leads to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archgraph.analysis.event_loops import derive_event_loops
from archgraph.analysis.evidence import Certainty
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


def test_a_loop_is_told_from_its_first_step_all_the_way_round(model_of: ModelOf) -> None:
    found = derive_event_loops(model_of(functions(3), flows=[event(0, 1), event(1, 2), event(2, 0)]))
    (loop,) = found.loops
    assert found.redrives == ()
    assert [hop.text for hop in loop.hops] == ["f0 sets off f1", "f1 sets off f2", "f2 sets off f0"]
    assert (loop.certainty, loop.guards, loop.missing) == (Certainty.CERTAIN, (), ())


def test_a_function_that_sets_itself_off_is_a_loop(model_of: ModelOf) -> None:
    elements = functions(2)
    elements["bucket"] = {"type": "S3Bucket", "in": "prod.eu-west-1", "notifications": ["f0"]}
    (loop,) = derive_event_loops(
        model_of(elements, flows=[{"f0 -> bucket": {"protocol": "https", "prefix": "a"}}])
    ).loops
    assert [hop.text for hop in loop.hops] == ["f0 writes to bucket", "bucket sets off f0"]


def guarded(one: int, to: int) -> dict[str, Any]:
    return {f"f{one} -> f{to}": {"kind": "event", "loop_guard": "three rounds"}}


def test_loops_without_a_guard_come_first_and_every_guard_is_named(model_of: ModelOf) -> None:
    flows = [guarded(0, 1), event(1, 0), event(2, 3), event(3, 2), event(1, 2)]
    found = derive_event_loops(model_of(functions(4), flows=flows))
    assert [(loop.members, loop.guards) for loop in found.loops] == [
        (("f2", "f3"), ()),
        (("f0", "f1"), ("three rounds",)),
    ]


def test_a_loop_that_runs_on_is_shown_rather_than_one_that_a_guard_ends(model_of: ModelOf) -> None:
    flows = [guarded(0, 1), event(1, 0), event(0, 2), event(2, 0)]
    assert [loop.members for loop in derive_event_loops(model_of(functions(3), flows=flows)).loops] == [("f0", "f2")]


def test_a_certain_loop_is_shown_rather_than_a_possible_one(model_of: ModelOf) -> None:
    elements = functions(2)
    elements["topic"] = {
        "type": "SnsTopic",
        "in": "prod.eu-west-1",
        "subscriptions": [{"to": "f0", "filter": {"kind": ["order"]}}],
    }
    flows = [{"f0 -> topic": {"kind": "event"}}, event(0, 1), event(1, 0)]
    assert [loop.members for loop in derive_event_loops(model_of(elements, flows=flows)).loops] == [("f0", "f1")]


def test_a_loop_with_a_filter_is_possible(model_of: ModelOf) -> None:
    elements = functions(1)
    elements["topic"] = {
        "type": "SnsTopic",
        "in": "prod.eu-west-1",
        "subscriptions": [{"to": "f0", "filter": {"kind": ["order"]}}],
    }
    (loop,) = derive_event_loops(model_of(elements, flows=[{"f0 -> topic": {"kind": "event"}}])).loops
    assert loop.certainty is Certainty.POSSIBLE
    assert loop.missing == ("whether what comes back matches the filter for f0",)


def test_workflows_and_code_are_moved_and_queues_are_not(model_of: ModelOf) -> None:
    place = {"in": "prod.eu-west-1"}
    elements = functions(2) | {"steps": {"type": "StateMachine", **place}, "queue": {"type": "SqsQueue", **place}}
    flows: list[Any] = [
        {"f0 -> steps": {"kind": "event"}},
        {"steps -> queue": {"kind": "event"}},
        {"queue -> f1": {"kind": "poll"}},
    ]
    assert derive_event_loops(model_of(elements, flows=flows)).moved == ("steps",)


def test_a_redrive_without_a_guard_is_shown_rather_than_one_with(model_of: ModelOf) -> None:
    place = {"in": "prod.eu-west-1"}
    elements = functions(2) | {
        "work": {"type": "SqsQueue", "dead_letter_queue": "dead", **place},
        "dead": {"type": "SqsQueue", **place},
    }
    guard = {"kind": "event", "loop_guard": "once"}
    flows = [{"dead -> f0 & f1": {"kind": "poll"}}, {"f0 -> work": guard}, {"f1 -> work": {"kind": "event"}}]
    (redrive,) = derive_event_loops(model_of(elements, flows=flows)).redrives
    assert (redrive.members, redrive.guards) == (("dead", "f1", "work"), ())


@pytest.mark.parametrize("guard", [{}, {"loop_guard": "by hand, once"}])
def test_what_failed_and_comes_back_is_a_redrive(model_of: ModelOf, guard: dict[str, str]) -> None:
    place = {"in": "prod.eu-west-1"}
    elements = functions(1) | {
        "work": {"type": "SqsQueue", "dead_letter_queue": "dead", **place},
        "dead": {"type": "SqsQueue", **place},
    }
    flows: list[Any] = [{"dead -> f0": {"kind": "poll"}}, {"f0 -> work": {"kind": "event", **guard}}]
    found = derive_event_loops(model_of(elements, flows=flows))
    assert found.loops == ()
    assert [(loop.members, loop.guards) for loop in found.redrives] == [(("dead", "f0", "work"), tuple(guard.values()))]


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

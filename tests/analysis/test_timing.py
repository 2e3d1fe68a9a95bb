"""Times along requests: patience, what targets take, latencies of scenarios, and retries that multiply."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, prod
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from archgraph.analysis.evidence import Certainty
from archgraph.analysis.retries import derive_amplification
from archgraph.analysis.timing import derive_request_times, derive_waiting
from archgraph.model.model import Model

ModelOf = Callable[..., Model]


def shop(**more: Any) -> dict[str, Any]:
    return {
        "users": {"type": "EndUser"},
        "prod": {"type": "Account"},
        **{name: {"type": "EcsService", "in": "prod.eu-west-1"} for name in ("web", "orders", "stock")},
        "job": {"type": "LambdaFunction", "in": "prod.eu-west-1", "timeout": "20s"},
        "db": {"type": "DynamoDbTable", "in": "prod.eu-west-1"},
        **more,
    }


def test_retries_lengthen_the_wait(model_of: ModelOf) -> None:
    model = model_of(shop(), flows=[{"web -> db": {"timeout": "3s", "retries": {"max": "2"}}}])
    assert derive_waiting(model)["web -> db"].patience.seconds == 9


def test_no_timeout_is_for_ever_and_an_unstated_one_is_missing(model_of: ModelOf) -> None:
    model = model_of(shop(), flows=[{"web -> db": {"timeout": "none"}}, {"web -> job": {"kind": "request"}}])
    waiting = derive_waiting(model)
    assert waiting["web -> db"].patience.seconds == inf
    assert waiting["web -> job"].patience.missing == ("web -> job.timeout",)


def test_a_function_takes_its_timeout_and_other_code_its_longest_wait(model_of: ModelOf) -> None:
    model = model_of(
        shop(),
        flows=[
            {"web -> orders": {"timeout": "5s"}},
            {"orders -> db": {"timeout": "2s"}},
            {"orders -> stock": {"timeout": "4s"}},
            {"orders -> job": {"kind": "request"}},
        ],
    )
    takes = derive_waiting(model)["web -> orders"].takes
    assert (takes.seconds, takes.missing) == (20, ("orders -> job.timeout",))


def test_defaults_of_aws_are_possible_and_fixed_limits_certain(model_of: ModelOf) -> None:
    api = {"in": "prod.eu-west-1", "integrations": ["job"]}
    model = model_of(
        shop(
            rest={"type": "ApiGatewayRestApi", **api},
            edge={"type": "ApiGatewayRestApi", "endpoint_type": "edge", **api},
            http={"type": "ApiGatewayHttpApi", **api},
            sockets={"type": "ApiGatewayHttpApi", "protocol": "websocket", **api},
        )
    )
    found = {id_: waiting.patience for id_, waiting in derive_waiting(model).items()}
    assert {id_.split()[0]: (p.seconds, p.certainty) for id_, p in found.items()} == {
        "rest": (29, Certainty.POSSIBLE),
        "edge": (29, Certainty.CERTAIN),
        "http": (30, Certainty.CERTAIN),
        "sockets": (29, Certainty.CERTAIN),
    }
    assert found["rest -> job"].missing == ("rest.timeout",)


def test_each_request_of_a_scenario_has_its_own_time(model_of: ModelOf) -> None:
    model = model_of(
        shop(),
        flows=[
            {"users -> web": {"latency_p99": "100ms"}},
            {"users -> orders": {"latency_p99": "10ms"}},
            {"web -> orders": {"latency_p99": "200ms"}},
            {"web -> stock": {"latency_p99": "300ms"}},
            {"orders -> db": {"latency_p99": "5ms"}},
        ],
        scenarios={
            "buy": {
                "steps": [
                    {"users -> orders": "look"},
                    {"users -> web": "buy"},
                    [{"web -> orders": "in parallel"}, {"web -> stock": "in parallel"}],
                    {"orders -> db": "store"},
                    {"users <- web": "done"},
                    {"web -> stock": "later"},
                ]
            }
        },
    )
    found = {time.flow: (time.time.seconds, len(time.time.hops)) for time in derive_request_times(model)}
    assert found == {"users -> orders": (0.01, 1), "users -> web": (0.405, 3)}


@settings(deadline=None)
@given(data=st.data())
def test_amplification_is_the_worst_product_over_all_ways(model_of: ModelOf, data: st.DataObject) -> None:
    names = ["web", "orders", "stock", "job", "db"]
    pairs = [(one, to) for index, one in enumerate(names) for to in names[index + 1 :]]
    chosen = data.draw(st.lists(st.sampled_from(pairs), unique=True))
    most = {pair: data.draw(st.integers(0, 4)) for pair in chosen}
    flows = [{f"{one} -> {to}": {"kind": "request", "retries": {"max": str(m)}}} for (one, to), m in most.items()]
    found = derive_amplification(model_of(shop(), flows=flows))
    for name in names:
        ways = [way for way in _ways(chosen, name) if way]
        if ways:
            assert found[name].attempts == max(prod(1 + most[pair] for pair in way) for way in ways)
        else:
            assert name not in found


def _ways(pairs: list[tuple[str, str]], end: str) -> list[list[tuple[str, str]]]:
    """Every way along the pairs that ends at a node, the empty one included."""
    return [[], *([*way, pair] for pair in pairs if pair[1] == end for way in _ways(pairs, pair[0]))]

"""Times along requests: patience, what targets take, latencies of scenarios, and retries that multiply."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import inf, prod
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archgraph.analysis.evidence import Certainty
from archgraph.analysis.retries import derive_amplification
from archgraph.analysis.timing import Duration, derive_request_times, derive_waiting, in_words
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


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "no stated time"), (inf, "for ever"), (9, "9s"), (1, "1s"), (1.5, "1.5s"), (0.25, "250ms")],
)
def test_times_are_told_as_people_write_them(seconds: float | None, text: str) -> None:
    assert in_words(seconds) == text


def test_the_evidence_of_patience_names_timeout_and_attempts(model_of: ModelOf) -> None:
    flows = [
        {"web -> db": {"timeout": "3s", "retries": {"max": "2"}}},
        {"web -> job": {"kind": "request", "timeout": "3s"}},
        {"web -> orders": {"timeout": "3s", "retries": "none"}},
        {"web -> stock": {"timeout": "none"}},
        {"orders -> db": {"timeout": "3s", "retries": {"max": "1"}}},
    ]
    found = derive_waiting(model_of(shop(), flows=flows))
    assert {id_: [hop.text for hop in waiting.patience.hops] for id_, waiting in found.items()} == {
        "web -> db": ["web -> db: timeout 3s, 3 attempts"],
        "web -> job": ["web -> job: timeout 3s"],
        "web -> orders": ["web -> orders: timeout 3s"],
        "web -> stock": ["web -> stock: web waits for ever"],
        "orders -> db": ["orders -> db: timeout 3s, 2 attempts"],
    }
    assert [waiting.attempt.seconds for waiting in found.values()] == [3, 3, 3, inf, 3]
    assert found["web -> db"].takes == Duration()


def test_services_wait_as_long_as_aws_lets_them(model_of: ModelOf) -> None:
    place = {"in": "prod.eu-west-1"}
    host = {"type": "Ec2Instance", **place}
    listeners = [{"port": "80", "protocol": "http", "targets": ["host"]}]
    net = {
        "vpc": {"type": "Vpc", "cidr": "10.0.0.0/16", **place},
        "a": {"type": "Subnet", "in": "vpc", "cidr": "10.0.0.0/24", "availability_zone": "a"},
        "b": {"type": "Subnet", "in": "vpc", "cidr": "10.0.1.0/24", "availability_zone": "b"},
    }
    spread = {"scheme": "internal", "subnets": ["a", "b"], "listeners": listeners}
    model = model_of(
        shop(
            **net,
            host=host,
            alb={"type": "ApplicationLoadBalancer", **spread},
            slow={"type": "ApplicationLoadBalancer", "idle_timeout": "90s", **spread},
            old={"type": "ClassicLoadBalancer", **spread},
            cdn={"type": "CloudFrontDistribution", "in": "prod", "origins": ["host"]},
            steps={"type": "StateMachine", "kind": "express", "tasks": ["web"], **place},
        ),
        flows=[{"users -> web": "https"}],
    )
    found = derive_waiting(model)
    by_caller = {id_.split(" -> ")[0].split(".")[0]: waiting.patience for id_, waiting in found.items()}
    assert {caller: (time.seconds, time.missing) for caller, time in by_caller.items()} == {
        "alb": (60, ("alb.idle_timeout",)),
        "slow": (90, ()),
        "old": (60, ("old.idle_timeout",)),
        "cdn": (30, ("cdn -> host.timeout",)),
        "steps": (None, ("steps -> web.timeout",)),
        "users": (None, ()),
    }


def test_a_function_takes_its_timeout_whatever_it_waits_for(model_of: ModelOf) -> None:
    flows = [{"users -> web": "https"}, {"web -> job": {"kind": "request"}}, {"job -> db": {"timeout": "60s"}}]
    assert derive_waiting(model_of(shop(), flows=flows))["web -> job"].takes.seconds == 20


def test_the_longest_stated_wait_counts_beside_one_that_nobody_states(model_of: ModelOf) -> None:
    flows = [{"users -> web": "https"}, "web -> orders", "orders -> db", {"orders -> stock": {"timeout": "500ms"}}]
    takes = derive_waiting(model_of(shop(), flows=flows))["web -> orders"].takes
    assert (takes.seconds, takes.missing) == (0.5, ("orders -> db.timeout",))


def test_a_callee_that_names_no_time_names_what_is_missing_eight_times_at_most(model_of: ModelOf) -> None:
    tables = {f"t{n}": {"type": "DynamoDbTable", "in": "prod.eu-west-1"} for n in range(10)}
    flows = [
        {"users -> web": "https"},
        {"web -> orders": "https"},
        *({f"orders -> {name}": "https"} for name in tables),
    ]
    takes = derive_waiting(model_of(shop(**tables), flows=flows))["web -> orders"].takes
    assert (takes.seconds, takes.missing) == (None, tuple(f"orders -> t{n}.timeout" for n in range(8)))


def test_requests_of_a_scenario_begin_outside_and_end_with_the_reply(model_of: ModelOf) -> None:
    latency = {"latency_p99": "1ms"}
    model = model_of(
        shop(partner={"type": "SaasService"}, host={"type": "Ec2Instance", "in": "prod.eu-west-1"}),
        flows=[
            {"users -> host": {"protocol": "ssh", **latency}},
            {"users -> web": latency},
            {"partner -> orders": latency},
            {"web -> stock": {"latency_p99": "0.0034ms"}},
            {"orders -> stock": {"protocol": "https"}},
        ],
        scenarios={
            "one": {
                "steps": [
                    {"users -> host": "look after it"},
                    {"users -> web": "ask"},
                    {"web -> stock": "ask"},
                    {"partner -> orders": "order"},
                    {"orders -> stock": "take"},
                    {"users -> web": "ask again"},
                ]
            }
        },
    )
    found = [(time.flow, time.time.seconds, time.time.missing) for time in derive_request_times(model)]
    assert found == [
        ("users -> web", 0.001003, ()),
        ("partner -> orders", 0.001, ("orders -> stock.latency_p99",)),
        ("users -> web", 0.001, ()),
    ]


def test_parallel_steps_that_take_equally_long_count_once(model_of: ModelOf) -> None:
    model = model_of(
        shop(),
        flows=[
            {"users -> web": {}},
            {"web -> orders": {"latency_p99": "5ms"}},
            {"web -> stock": {"latency_p99": "5ms"}},
        ],
        scenarios={"one": {"steps": [{"users -> web": "a"}, [{"web -> orders": "b"}, {"web -> stock": "c"}]]}},
    )
    (found,) = derive_request_times(model)
    assert (found.time.seconds, [hop.text for hop in found.time.hops]) == (0.005, ["web -> orders: 5ms"])
    assert found.time.missing == ("users -> web.latency_p99",)


def retried(*flows: tuple[str, str]) -> list[dict[str, Any]]:
    return [{flow: {"kind": "request", **({"retries": {"max": most}} if most else {})}} for flow, most in flows]


def test_the_evidence_of_amplification_names_what_is_tried_again_and_what_nobody_states(model_of: ModelOf) -> None:
    elements = shop(steps={"type": "StateMachine", "kind": "express", "in": "prod.eu-west-1"})
    flows = retried(("users -> web", "1"), ("web -> steps", ""), ("steps -> orders", ""), ("orders -> db", "2"))
    found = derive_amplification(model_of(elements, flows=flows))["db"]
    assert (found.attempts, found.multiplied) == (6, 3)
    assert [hop.text for hop in found.hops] == ["users -> web: 2 attempts", "orders -> db: 3 attempts"]
    assert found.missing == ("web -> steps.retries", "steps -> orders.retries")


def test_what_a_queue_lets_go_begins_again_at_one_attempt(model_of: ModelOf) -> None:
    elements = shop(queue={"type": "SqsQueue", "in": "prod.eu-west-1"})
    flows = [*retried(("web -> queue", "4"), ("orders -> db", "2")), {"queue -> orders": {"kind": "poll"}}]
    assert derive_amplification(model_of(elements, flows=flows))["db"].attempts == 3


def test_a_circle_is_one_layer(model_of: ModelOf) -> None:
    flows = retried(("users -> web", "1"), ("web -> orders", "4"), ("orders -> web", "4"), ("orders -> db", "2"))
    found = derive_amplification(model_of(shop(), flows=flows))
    assert {name: found[name].attempts for name in ("web", "db")} == {"web": 2, "db": 6}


def test_all_of_a_circle_is_called_as_often_as_its_worst_member(model_of: ModelOf) -> None:
    calls = retried(("users -> web", "1"), ("users -> orders", "4"), ("web -> orders", ""), ("orders -> web", ""))
    found = derive_amplification(
        model_of(shop(), flows=[*calls, *retried(("web -> db", "")), *retried(("web -> job", "1"))])
    )
    assert {name: (found[name].attempts, found[name].multiplied) for name in ("db", "job")} == {
        "db": (5, 1),
        "job": (10, 2),
    }


def test_an_api_decides_about_no_retries(model_of: ModelOf) -> None:
    api = {"type": "ApiGatewayRestApi", "in": "prod.eu-west-1", "integrations": ["job"]}
    found = derive_amplification(model_of(shop(api=api), flows=retried(("users -> api", "2"))))["job"]
    assert (found.attempts, found.missing) == (3, ())


def test_a_request_tried_once_everywhere_multiplies_nothing(model_of: ModelOf) -> None:
    found = derive_amplification(model_of(shop(), flows=retried(("web -> orders", ""), ("orders -> db", ""))))
    assert (found["db"].attempts, found["db"].hops, found["db"].missing) == (1, (), ())


def test_counting_stops_at_a_billion_and_evidence_at_sixteen_hops(model_of: ModelOf) -> None:
    names = [f"s{n:02}" for n in range(20)]
    chain = {name: {"type": "EcsService", "in": "prod.eu-west-1"} for name in names}
    deep = retried(*((f"{one} -> {to}", "9") for one, to in pairwise(names)))
    last = derive_amplification(model_of(shop(**chain), flows=deep))["s19"]
    assert last.attempts == 10**9
    assert [hop.element for hop in last.hops] == names[4:]

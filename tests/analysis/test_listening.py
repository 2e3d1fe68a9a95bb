"""Where an element listens: by its listeners, by its port, or not said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from archgraph.analysis.listening import listening_ports
from archgraph.model.model import ElementId, Model

ACCOUNT = {"type": "Account", "account_id": "000000000001"}


def ports_of(model: Model, name: str) -> list[str] | None:
    found = listening_ports(model, model.elements[ElementId(name)])
    return None if found is None else sorted(f"{p.protocol} {p.first}-{p.last}" for p in found)


@pytest.mark.parametrize(
    ("protocol", "expected"),
    [
        ("tcp", ["tcp 443-443"]),
        ("tls", ["tcp 443-443"]),
        ("udp", ["udp 443-443"]),
        ("quic", ["udp 443-443"]),
        ("tcp_udp", ["tcp 443-443", "udp 443-443"]),
        ("tcp_quic", ["tcp 443-443", "udp 443-443"]),
    ],
)
def test_listeners_of_a_network_load_balancer(
    model_of: Callable[..., Model], protocol: str, expected: list[str]
) -> None:
    model = model_of({"prod": ACCOUNT, "nlb": _balancer([{"port": 443, "protocol": protocol}])})
    assert ports_of(model, "nlb") == expected


def test_every_listener_counts(model_of: Callable[..., Model]) -> None:
    model = model_of(
        {"prod": ACCOUNT, "nlb": _balancer([{"port": 443, "protocol": "tls"}, {"port": 53, "protocol": "udp"}])}
    )
    assert ports_of(model, "nlb") == ["tcp 443-443", "udp 53-53"]


def test_without_listeners_nobody_knows(model_of: Callable[..., Model]) -> None:
    model = model_of({"prod": ACCOUNT, "nlb": {"type": "NetworkLoadBalancer", "in": "prod.eu-west-1"}})
    assert ports_of(model, "nlb") is None


@pytest.mark.parametrize("stated", ["unknown", "none"])
def test_listeners_that_are_not_known_or_not_there_are_no_ports(model_of: Callable[..., Model], stated: str) -> None:
    balancer = {"type": "NetworkLoadBalancer", "in": "prod.eu-west-1", "listeners": stated}
    assert ports_of(model_of({"prod": ACCOUNT, "nlb": balancer}), "nlb") is None


def test_a_database_listens_on_its_port(model_of: Callable[..., Model]) -> None:
    database = {"type": "RdsInstance", "in": "prod.eu-west-1", "engine": "postgres"}
    model = model_of({"prod": ACCOUNT, "said": database | {"port": 5433}, "unsaid": database})
    assert ports_of(model, "said") == ["tcp 5433-5433"]
    assert ports_of(model, "unsaid") is None


def test_a_listener_of_an_unknown_port_may_listen_on_any(model_of: Callable[..., Model]) -> None:
    model = model_of({"prod": ACCOUNT, "nlb": _balancer([{"port": "unknown", "protocol": "tcp"}])})
    assert ports_of(model, "nlb") == ["tcp 0-65535"]


def _balancer(listeners: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "NetworkLoadBalancer", "in": "prod.eu-west-1", "listeners": listeners}

"""Stretches of addresses: cut at what holds them, and named as people write them."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archgraph.analysis.internet import Interval, interval
from archgraph.analysis.reachability_trips import named, split

SIZE = 24
stretches = st.sets(st.integers(0, SIZE)).map(lambda found: _pairs(sorted(found)))


@given(stretches, stretches)
def test_split_tells_what_is_among_others(spans: list[Interval], among: list[Interval]) -> None:
    inside, outside = split(tuple(spans), among)
    for address in range(SIZE):
        expected = _holds(spans, address), _holds(among, address)
        assert _holds(inside, address) == (expected == (True, True))
        assert _holds(outside, address) == (expected == (True, False))


@pytest.mark.parametrize(
    ("networks", "version", "text"),
    [
        (["10.1.0.0/24"], 4, "10.1.0.0/24"),
        (["10.1.0.6/32"], 4, "10.1.0.6/32"),
        (["10.1.0.0/24", "192.168.0.0/16"], 4, "10.1.0.0/24"),
        (["8.0.0.0/8"], 4, "the internet"),
        (["fd00::/64"], 6, "fd00::/64"),
        (["2600::/16"], 6, "the internet"),
    ],
)
def test_addresses_are_named_by_their_first_network(networks: list[str], version: int, text: str) -> None:
    assert named(tuple(interval(ip_network(network)) for network in networks), version) == text


def _holds(spans: tuple[Interval, ...] | list[Interval], address: int) -> bool:
    return any(first <= address < last for first, last in spans)


def _pairs(numbers: list[int]) -> list[Interval]:
    return list(zip(numbers[::2], numbers[1::2], strict=False))

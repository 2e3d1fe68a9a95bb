"""Which ports the internet can connect to, held against asking for every port and stretch of addresses."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archgraph.analysis.filters import Filter, Rule
from archgraph.analysis.internet import FEW
from archgraph.analysis.passage import admitted, joined_ranges, merged, open_ports, shared
from archgraph.catalog.values import Ports, read_ports

EDGES = (0, 1, 21, 22, 23, 79, 80, 443, 1023, 1024, 65534, 65535)
"""Ports at which the rules below begin and end, and their neighbours."""
LISTED = ("22", "21-22", "23-80", "80-65535", "0-1023", "1024-65535", "udp/22", "udp/all", "tcp/all", "icmp", "all")
PROBES = [(protocol, port) for protocol in ("tcp", "udp", "icmp") for port in EDGES]
BLOCK = FEW[4] // 2
"""Three blocks of addresses are more than a few named networks, two are not."""

port_lists = st.lists(st.sampled_from(LISTED).map(read_ports), max_size=4)
spans = st.tuples(st.integers(0, 6), st.integers(1, 6)).map(lambda s: (s[0] * BLOCK, (s[0] + s[1]) * BLOCK))
rules = st.builds(
    lambda version, span, ports, allow: Rule(version, *span, ports, allow),
    st.sampled_from([4, 4, 4, 6]),
    spans,
    st.sampled_from(LISTED).map(read_ports),
    st.booleans(),
)
filters = st.lists(rules, max_size=4).map(lambda listed: Filter(tuple(listed)))
groups = st.lists(rules, max_size=4).map(lambda listed: Filter(tuple(rule._replace(allow=True) for rule in listed)))


@settings(deadline=None)
@given(
    routed=st.lists(st.integers(0, 12), unique=True, max_size=8).map(sorted), entry=filters, group=groups, reply=filters
)
def test_open_ports(routed: list[int], entry: Filter, group: Filter, reply: Filter) -> None:
    intervals = [(block * BLOCK, (block + 1) * BLOCK) for block in routed]
    found = open_ports(4, intervals, entry, group, reply)
    for protocol, port in PROBES:
        callers = sum(_connects(block * BLOCK, protocol, port, entry, group, reply) for block in routed)
        assert any(ports.contains(port, protocol) for ports in found) is (callers > 2)
    assert found == merged(found)


def _connects(address: int, protocol: str, port: int, entry: Filter, group: Filter, reply: Filter) -> bool:
    enters = _first(entry, address, protocol, port) and any(
        _holds(rule, address) and rule.ports.contains(port, protocol) for rule in group.rules
    )
    return enters and any(_first(reply, address, protocol, client) for client in EDGES if client >= 1024)


def _first(one: Filter, address: int, protocol: str, port: int) -> bool:
    matching = [rule.allow for rule in one.rules if _holds(rule, address) and rule.ports.contains(port, protocol)]
    return bool(matching) and matching[0]


def _holds(rule: Rule, address: int) -> bool:
    return rule.version == 4 and rule.start <= address < rule.end


@pytest.mark.parametrize(("more", "expected"), [(0, ()), (1, ("443",))])
def test_one_address_more_than_a_few_networks_is_the_internet(more: int, expected: tuple[str, ...]) -> None:
    whole = Filter((Rule(4, 0, 2**32, read_ports("all")),))
    https = Filter((Rule(4, 0, 2**32, read_ports("443")),))
    found = open_ports(4, [(2**24, 2**24 + FEW[4] + more)], whole, https, whole)
    assert tuple(map(str, found)) == expected
    beside = Filter((*https.rules, Rule(4, 2**30, 2**32, read_ports("444"))))
    found = open_ports(4, [(2**30 - 1 - more, 2**30 - 1 + FEW[4])], whole, beside, whole)
    assert tuple(map(str, found)) == expected


@pytest.mark.parametrize(
    ("replies", "expected"),
    [("1024", True), ("65535", True), ("1023", False), ("icmp", False), ("udp/1024-65535", False)],
)
def test_replies_go_to_ports_from_1024_on(replies: str, expected: bool) -> None:
    whole = Filter((Rule(4, 0, 2**32, read_ports("all")),))
    back = Filter((Rule(4, 0, 2**32, read_ports(replies)),))
    tcp = Filter((Rule(4, 0, 2**32, read_ports("tcp/all")),))
    assert bool(open_ports(4, [(0, 2**32)], whole, tcp, back)) is expected


@settings(deadline=None)
@given(port_lists)
def test_merged_ports_are_the_same_ones_and_do_not_touch(listed: list[Ports]) -> None:
    found = merged(listed)
    for protocol, port in PROBES:
        assert _any(found, protocol, port) is _any(listed, protocol, port)
    by_protocol = [(one.protocol, one.first, one.last) for one in found]
    for (protocol, _, last), (following, first, _) in pairwise(by_protocol):
        assert protocol != following or last + 1 < first


@settings(deadline=None)
@given(port_lists, port_lists)
def test_shared_ports_are_in_both(left: list[Ports], right: list[Ports]) -> None:
    found = shared(left, right)
    for protocol, port in PROBES:
        assert _any(found, protocol, port) is (_any(left, protocol, port) and _any(right, protocol, port))


def _any(listed: list[Ports] | tuple[Ports, ...], protocol: str, port: int) -> bool:
    return any(ports.contains(port, protocol) for ports in listed)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(LISTED).map(read_ports), st.booleans()), max_size=5))
def test_the_first_rule_that_matches_decides(listed: list[tuple[Ports, bool]]) -> None:
    for protocol in ("tcp", "udp", "icmp"):
        found = admitted(listed, protocol, (0, 65535))
        for port in EDGES:
            first = next((allow for ports, allow in listed if ports.contains(port, protocol)), False)
            assert any(start <= port <= end for start, end in found) is first
        assert found == joined_ranges(found)


@pytest.mark.parametrize(
    ("ranges", "joined"),
    [
        ([], []),
        ([(3, 4), (1, 2)], [(1, 4)]),
        ([(1, 2), (4, 5)], [(1, 2), (4, 5)]),
        ([(1, 9), (3, 4)], [(1, 9)]),
        ([(1, 4), (3, 9)], [(1, 9)]),
        ([(5, 9), (1, 2), (3, 3), (20, 30)], [(1, 3), (5, 9), (20, 30)]),
    ],
)
def test_joined_ranges(ranges: list[tuple[int, int]], joined: list[tuple[int, int]]) -> None:
    assert joined_ranges(ranges) == joined

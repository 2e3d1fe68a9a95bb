"""Public addresses, and the arithmetic of address ranges, held against counting one address at a time."""

from __future__ import annotations

import ipaddress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archgraph.analysis.internet import (
    EVERYWHERE,
    FEW,
    PUBLIC,
    Interval,
    interval,
    is_internet,
    overlap,
    union,
    without,
)

NOT_PUBLIC = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
    "198.18.0.0/15", "224.0.0.0/3",
)  # fmt: skip
"""IANA IPv4 Special-Purpose Address Registry, without the documentation ranges, and multicast and above."""

SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 8)).map(lambda span: (span[0], span[0] + span[1])))


@pytest.mark.parametrize("network", NOT_PUBLIC)
def test_special_ranges_are_not_public_and_what_is_next_to_them_is(network: str) -> None:
    first, last = interval(ipaddress.ip_network(network))
    assert not _public(first, 4)
    assert not _public(last - 1, 4)
    for beside in (first - 1, last):
        in_another = any(beside in _addresses(other) for other in NOT_PUBLIC)
        if 0 <= beside < 2**32 and not in_another:
            assert _public(beside, 4)


def test_public_ipv4_addresses_are_all_but_the_special_ones() -> None:
    special = sum(ipaddress.ip_network(network).num_addresses for network in NOT_PUBLIC)
    assert sum(end - start for start, end in PUBLIC[4]) == 2**32 - special


def test_public_ipv6_addresses_are_the_global_unicast_ones() -> None:
    assert PUBLIC[6] == ((int(ipaddress.ip_address("2000::")), int(ipaddress.ip_address("4000::"))),)


@pytest.mark.parametrize(("version", "everything"), [(4, "0.0.0.0/0"), (6, "::/0")])
def test_everywhere_is_the_whole_address_space(version: int, everything: str) -> None:
    assert EVERYWHERE[version] == interval(ipaddress.ip_network(everything))


@pytest.mark.parametrize(("version", "base", "few"), [(4, 0x40000000, 2**24), (6, 0x2A00 << 112, 2**96)])
def test_more_than_a_few_networks_are_the_internet(version: int, base: int, few: int) -> None:
    """A /8 of IPv4 or a /32 of IPv6 is still a named network; one address more is the internet."""
    assert FEW[version] == few
    assert not is_internet([(base, base + few)], version)
    assert is_internet([(base, base + few + 1)], version)


def test_private_addresses_are_no_part_of_the_internet() -> None:
    assert not is_internet([interval(ipaddress.ip_network("10.0.0.0/7"))], 4)
    assert is_internet([interval(ipaddress.ip_network("8.0.0.0/6"))], 4)


@given(SPANS)
def test_union_has_the_same_addresses_and_no_two_that_touch(spans: list[Interval]) -> None:
    joined = union(spans)
    assert _each(joined) == _each(spans)
    assert all(end < start for (_, end), (start, _) in pairwise(joined))


@given(SPANS, SPANS)
def test_overlap_has_the_addresses_that_are_in_both(left: list[Interval], right: list[Interval]) -> None:
    shared = overlap(union(left), union(right))
    assert _each(shared) == _each(left) & _each(right)
    assert shared == sorted(shared)
    assert all(start < end for start, end in shared)


@given(st.lists(st.integers(0, 30)))
def test_what_is_left_of_a_range_without_networks(addresses: list[int]) -> None:
    left = without([f"0.0.0.{address}/32" for address in addresses], (0, 32))
    assert _each(list(left)) == set(range(32)) - set(addresses)
    assert all(start < end for start, end in left)


def _public(address: int, version: int) -> bool:
    return any(start <= address < end for start, end in PUBLIC[version])


def _addresses(network: str) -> range:
    return range(*interval(ipaddress.ip_network(network)))


def _each(spans: list[Interval]) -> set[int]:
    return {address for start, end in spans for address in range(start, end)}

"""The most specific route wins, whatever routes there are: compared with trying every address."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from archgraph.analysis.internet import Interval
from archgraph.analysis.longest_prefix import by_way, longest_prefix

SIZE = 32
"""Addresses from 0 to 31, in blocks as CIDR makes them."""
blocks = st.integers(0, 5).flatmap(
    lambda bits: st.integers(0, SIZE // 2**bits - 1).map(lambda n: (n * 2**bits, (n + 1) * 2**bits))
)
routes = st.lists(st.tuples(blocks, st.sampled_from("abc")), max_size=6)
spans = st.sets(st.integers(0, SIZE)).map(lambda found: _pairs(sorted(found)))


@given(routes)
def test_the_smallest_block_that_holds_an_address_decides(routes: list[tuple[Interval, str]]) -> None:
    found = longest_prefix(routes)
    assert all(first < last for (first, last), _ in found)
    assert all(one[1] <= other[0] for (one, _), (other, _) in itertools.pairwise(found))
    for address in range(SIZE):
        assert [way for (first, last), way in found if first <= address < last] == _decides(routes, address)


@given(routes, spans)
def test_addresses_by_their_way(routes: list[tuple[Interval, str]], spans: list[Interval]) -> None:
    found = by_way(longest_prefix(routes), spans, "elsewhere")
    for address in range(SIZE):
        inside = any(first <= address < last for first, last in spans)
        expected = (_decides(routes, address) or ["elsewhere"]) if inside else []
        assert [w for w, parts in found.items() for first, last in parts if first <= address < last] == expected


def _decides(routes: list[tuple[Interval, str]], address: int) -> list[str]:
    """The way of the smallest block that holds the address; of equal ones the last."""
    holding = [(last - first, way) for (first, last), way in reversed(routes) if first <= address < last]
    return [min(holding, key=lambda route: route[0])[1]] if holding else []


def _pairs(numbers: list[int]) -> list[Interval]:
    return [(first, last) for first, last in zip(numbers[::2], numbers[1::2], strict=False)]

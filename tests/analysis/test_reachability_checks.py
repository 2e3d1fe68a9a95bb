"""Chains of filters, held against sending packets between every pair of addresses, one port at a time."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archgraph.analysis.evidence import Hop
from archgraph.analysis.filters import Filter, Rule
from archgraph.analysis.internet import FEW
from archgraph.analysis.reachability_checks import (
    EVERYTHING,
    Check,
    Public,
    as_granted,
    every_grant,
    granted,
    hops_of,
    passage,
    touches,
)
from archgraph.catalog.values import Ports, read_ports

BLOCK = FEW[4] // 2
"""Three blocks of addresses are more than a few named networks, two are not."""
LISTED = ("22", "443", "22-80", "80-1024", "1024-65535", "1025-65534", "udp/53", "udp/all", "tcp/all", "icmp", "all")
EDGES = (0, 21, 22, 23, 52, 53, 54, 79, 80, 81, 442, 443, 444, 1023, 1024, 1025, 65534, 65535)
PROBES = frozenset((protocol, port) for protocol in ("tcp", "udp", "icmp") for port in EDGES)
CLIENTS = frozenset((protocol, port) for protocol, port in PROBES if port >= 1024)
STOP = Hop("filter", "it lets nothing pass")

Probes = frozenset[tuple[str, int]]


class Link(NamedTuple):
    """One filter of a chain, as the packets below read it."""

    at_source: bool
    reply: bool
    ordered: bool
    rules: tuple[Rule, ...]
    named: tuple[tuple[str, Ports], ...]

    def grants(self, address: int) -> Probes:
        here = [r for r in self.rules if r.version == 4 and r.start <= address < r.end]
        if self.ordered:
            first = {probe: next((r.allow for r in here if r.ports.contains(probe[1], probe[0])), False)
                     for probe in PROBES}  # fmt: skip
            return frozenset(probe for probe, allow in first.items() if allow)
        listed = [*(r.ports for r in here), *(ports for name, ports in self.named if name == "mine")]
        return frozenset((p, n) for p, n in PROBES if any(ports.contains(n, p) for ports in listed))


listed_ports = st.sampled_from(LISTED).map(read_ports)
rules = st.builds(
    lambda version, start, size, ports, allow: Rule(version, start * BLOCK, (start + size) * BLOCK, ports, allow),
    st.sampled_from([4, 4, 4, 6]),
    st.integers(0, 6),
    st.integers(1, 8),
    listed_ports,
    st.booleans(),
)
links = st.builds(
    Link,
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.lists(rules, min_size=1, max_size=3).map(tuple),
    st.lists(st.tuples(st.sampled_from(["mine", "theirs"]), listed_ports), max_size=2).map(tuple),
)
places = st.lists(st.integers(0, 9), min_size=1, max_size=4, unique=True).map(sorted)


@settings(deadline=None)
@given(
    chain=st.lists(links, max_size=4),
    source=places,
    destination=places,
    public=st.sampled_from(Public),
    wanted=st.sampled_from(["all", "22", "udp/53", "80-1024"]).map(read_ports),
)
def test_passage(chain: list[Link], source: list[int], destination: list[int], public: Public, wanted: Ports) -> None:
    found = passage(
        [_check(link, source if link.at_source else destination) for link in chain],
        4, _intervals(source), _intervals(destination), public, as_granted(wanted),
    )  # fmt: skip
    asked = frozenset((p, n) for p, n in PROBES if wanted.contains(n, p))
    cells = {(s, d): _sent(chain, s * BLOCK, d * BLOCK, asked) for s in source for d in destination}
    some = frozenset().union(*(got for got, _ in cells.values()))
    assert {(p, n) for p, n in PROBES if any(ports.contains(n, p) for ports in found.ports)} == some
    assert found.reached == max(reached for _, reached in cells.values())
    alike = {cell for cell, (got, _) in cells.items() if got == some}
    large = {
        Public.SOURCE: [s for s in source if all((s, d) in alike for d in destination)],
        Public.DESTINATION: [d for d in destination if all((s, d) in alike for s in source)],
        Public.NEITHER: [],
    }[public]
    assert found.everywhere is (len(alike) == len(cells) or len(large) > 2)


def _intervals(blocks: list[int]) -> list[tuple[int, int]]:
    return [(block * BLOCK, (block + 1) * BLOCK) for block in blocks]


def _check(link: Link, blocks: list[int]) -> Check:
    pieces = granted(
        Filter(link.rules, named=link.named), 4, _intervals(blocks), frozenset({"mine"}), ordered=link.ordered
    )
    return Check(link.at_source, link.reply, pieces, lambda ports: (), lambda: STOP)


def _sent(chain: list[Link], source: int, destination: int, asked: Probes) -> tuple[Probes, int]:
    """The ports on which some client gets an answer, and how many filters something passes."""
    forward, back = asked, CLIENTS
    passing = asked
    for number, link in enumerate(chain):
        grant = link.grants(source if link.at_source else destination)
        forward, back = (forward, back & grant) if link.reply else (forward & grant, back)
        answered = {protocol for protocol, _ in back}
        passing = frozenset((p, n) for p, n in forward if p in answered)
        if not passing:
            return passing, number
    return passing, len(chain)


@settings(deadline=None)
@given(rules=st.lists(rules, max_size=4), ordered=st.booleans(), blocks=places)
def test_what_a_filter_grants(rules: list[Rule], ordered: bool, blocks: list[int]) -> None:
    pieces = granted(Filter(tuple(rules)), 4, _intervals(blocks), frozenset(), ordered=ordered)
    link = Link(True, False, ordered, tuple(rules), ())
    for block in blocks:
        [grant] = [grant for (start, end), grant in pieces if start <= block * BLOCK < end]
        told = {(p, n) for (p, ranges) in zip(("tcp", "udp", "icmp"), grant, strict=True)
                for n in EDGES if any(a <= n <= b for a, b in ranges)}  # fmt: skip
        assert told == link.grants(block * BLOCK)
    edges = [edge for (start, end), _ in pieces for edge in (start, end)]
    assert edges == sorted(edges), "pieces are in the order of their addresses"


def test_addresses_that_are_granted_the_same_are_one_piece() -> None:
    halves = Filter((Rule(4, 0, 8, read_ports("443")), Rule(4, 8, 16, read_ports("443"))))
    assert granted(halves, 4, [(2, 4), (8, 12)], frozenset(), ordered=False) == [
        ((2, 12), as_granted(Ports("tcp", 443, 443)))
    ]


@pytest.mark.parametrize(
    ("ports", "expected"),
    [
        ("443", (((443, 443),), (), ())),
        ("udp/1-9", ((), ((1, 9),), ())),
        ("icmp", ((), (), ((0, 65535),))),
        ("all", EVERYTHING),
    ],
)
def test_ports_as_a_grant(ports: str, expected: tuple[tuple[tuple[int, int], ...], ...]) -> None:
    assert as_granted(read_ports(ports)) == expected
    assert every_grant([((0, 9), expected), ((9, 12), as_granted(read_ports("22")))])[0] == tuple(
        sorted({(22, 22), *expected[0]}) if ports != "all" else [(0, 65535)]
    )


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("22", "22", True),
        ("22", "23", False),
        ("1-22", "22-30", True),
        ("1-21", "22-30", False),
        ("1-100", "22", True),
        ("22", "udp/22", False),
        ("all", "udp/22", True),
        ("icmp", "tcp/all", False),
    ],
)
def test_ports_that_have_some_in_common(left: str, right: str, expected: bool) -> None:
    assert touches(read_ports(left), read_ports(right)) is expected
    assert touches(read_ports(right), read_ports(left)) is expected


def test_evidence_is_asked_of_every_filter_in_order() -> None:
    def named(name: str) -> Check:
        return Check(
            True, False, [((0, 1), EVERYTHING)], lambda ports: [Hop(name, f"{len(ports)} ports")], lambda: STOP
        )

    assert hops_of([named("one"), named("other")], [read_ports("22")]) == [
        Hop("one", "1 ports"),
        Hop("other", "1 ports"),
    ]


def _one(at_source: bool, reply: bool, spans: list[tuple[int, int]], *rules: Rule) -> Check:
    pieces = granted(Filter(rules), 4, spans, frozenset(), ordered=True)
    return Check(at_source, reply, pieces, lambda ports: (), lambda: STOP)


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        ("1023", ()),
        ("1024", ("tcp/all",)),
        ("65535", ("tcp/all",)),
        ("udp/1023", ()),
        ("udp/1024", ("udp/all",)),
        ("udp/65535", ("udp/all",)),
        ("icmp", ("icmp",)),
    ],
)
def test_clients_call_from_ports_above_1023(replies: str, expected: tuple[str, ...]) -> None:
    spans = [(0, 9)]
    found = passage([_one(True, True, spans, Rule(4, 0, 9, read_ports(replies)))], 4, spans, spans)
    assert tuple(map(str, found.ports)) == expected


@pytest.mark.parametrize(("more", "everywhere"), [(0, False), (1, True)])
@pytest.mark.parametrize("public", [Public.SOURCE, Public.DESTINATION])
def test_more_than_a_few_networks_served_alike_are_everywhere(public: Public, more: int, everywhere: bool) -> None:
    large, small = [(0, 2 * FEW[4]), (3 * FEW[4], 3 * FEW[4] + 1)], [(0, 8)]
    at_source = public is Public.SOURCE
    rule = Rule(4, 0, FEW[4] + more, read_ports("443"))
    chain = [_one(at_source, False, large, rule)]
    ends = (large, small) if at_source else (small, large)
    assert passage(chain, 4, *ends, public) == ((Ports("tcp", 443, 443),), everywhere, 1)
    assert not passage(chain, 4, *ends).everywhere
    halves = _one(not at_source, False, small, Rule(4, 0, 4, read_ports("443")))
    assert not passage([*chain, halves], 4, *ends, public).everywhere

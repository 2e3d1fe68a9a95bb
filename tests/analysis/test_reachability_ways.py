"""What several ways between two ends come to together."""

from __future__ import annotations

import pytest

from archgraph.analysis.evidence import Certainty, Hop, PathVerdict
from archgraph.analysis.reachability_ways import (
    Way,
    blocked_way,
    either,
    every,
    narrowed,
    open_way,
    path_of,
    through,
    unknown_way,
)
from archgraph.catalog.values import Ports, read_ports

HERE, THERE = Hop("here", "it leaves"), Hop("there", "it arrives")


def ports(text: str) -> tuple[Ports, ...]:
    return tuple(read_ports(port) for port in text.split())


def opened(text: str, name: str = "there", *, certain: bool = True) -> Way:
    return open_way(Hop(name, "it is open"), ports=ports(text), certain=certain)


def unknown(text: str, missing: str) -> Way:
    return unknown_way((missing,), Hop("there", "who knows"), ports=ports(text))


def stopped(name: str, depth: int = 0) -> Way:
    return blocked_way(Hop(name, "it is closed"), (HERE,), depth=depth)


def summary(way: Way) -> str:
    path = path_of("one", "other", way)
    stop = path.blocked_by.element if path.blocked_by else ""
    doubt = "?" if path.certainty is Certainty.POSSIBLE else ""
    return " ".join(filter(None, [path.verdict.value, *path.ports, stop, *path.missing, doubt]))


@pytest.mark.parametrize(
    ("ways", "alternatives", "places"),
    [
        ([opened("443")], "open 443", "open 443"),
        ([opened("443"), opened("443")], "open 443", "open 443"),
        ([opened("443"), opened("443", certain=False)], "open 443", "open 443 ?"),
        ([opened("443"), opened("22")], "open 22 443 ?", "open 22 443 ?"),
        ([opened("22 443"), opened("22")], "open 22 443", "open 22 443 ?"),
        ([opened("443"), stopped("sg")], "open 443", "open 443 ?"),
        ([stopped("sg"), opened("443")], "open 443", "open 443 ?"),
        ([unknown("443", "x.cidr"), opened("443")], "open 443", "open 443 ?"),
        ([unknown("443", "x.cidr"), stopped("sg")], "unknown 443 x.cidr", "unknown 443 x.cidr"),
        ([stopped("sg"), unknown("443", "x.cidr")], "unknown 443 x.cidr", "unknown 443 x.cidr"),
        ([unknown("443", "x.cidr"), unknown("22", "y.cidr")], *["unknown 22 443 x.cidr y.cidr"] * 2),
        ([stopped("far", 3), stopped("near", 1)], "blocked far", "blocked far"),
        ([stopped("near", 1), stopped("far", 3)], "blocked far", "blocked far"),
        ([stopped("sure"), blocked_way(HERE, missing=("x.groups",))], *["blocked sure x.groups ?"] * 2),
    ],
)
def test_several_ways(ways: list[Way], alternatives: str, places: str) -> None:
    assert summary(either(ways)) == alternatives
    assert summary(every(ways)) == places


def test_evidence_is_of_the_surest_way() -> None:
    sure, doubtful = opened("443", "sure"), opened("443", "doubtful", certain=False)
    for ways in ([sure, doubtful], [doubtful, sure], [stopped("sg"), unknown("443", "x"), sure]):
        assert either(ways).hops == sure.hops


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (opened("443"), opened("443 8080"), "open 443"),
        (opened("443", certain=False), opened("443"), "open 443 ?"),
        (opened("443"), opened("443", certain=False), "open 443 ?"),
        (opened("443"), unknown("443", "x.cidr"), "unknown 443 x.cidr"),
        (unknown("443", "x.cidr"), unknown("443", "y.cidr"), "unknown 443 x.cidr y.cidr"),
        (stopped("out"), opened("443"), "blocked out"),
        (stopped("out"), stopped("in"), "blocked out"),
        (opened("443"), stopped("in"), "blocked in"),
        (opened("443"), opened("22"), "blocked there"),
        (opened("443", certain=False), stopped("in"), "blocked in ?"),
    ],
)
def test_one_way_after_the_other(first: Way, second: Way, expected: str) -> None:
    assert summary(through(first, second)) == expected


def test_the_evidence_of_two_halves_is_in_the_order_of_the_packets() -> None:
    out = open_way(HERE, Hop("gateway", "it goes out"), ports=ports("443"))
    assert through(out, open_way(THERE)).hops == (*out.hops, THERE)
    stop = through(out, open_way(THERE, ports=ports("22"))).stop
    assert stop == Hop("gateway", "no port is open on both halves of the way")


def test_what_blocks_behind_the_internet_is_further_than_what_blocks_on_a_private_way() -> None:
    behind = through(opened("443"), stopped("in"))
    assert either([stopped("private", 15), behind]).stop == behind.stop


@pytest.mark.parametrize(
    ("way", "wanted", "expected"),
    [
        (opened("22-443"), None, "open 22-443"),
        (opened("22-443"), "443 8080", "open 443"),
        (opened("22"), "443", "blocked other"),
        (unknown("all", "x.cidr"), "443", "unknown 443 x.cidr"),
        (Way(ports("22"), ports("22 443"), missing=("x.cidr",)), "443", "unknown 443 x.cidr"),
    ],
)
def test_narrowed(way: Way, wanted: str | None, expected: str) -> None:
    assert summary(narrowed(way, None if wanted is None else ports(wanted))) == expected


def test_a_path_says_what_is_missing_only_if_the_answer_hangs_on_it() -> None:
    sure = Way(ports("22"), ports("22 443"), missing=("x.cidr",))
    assert path_of("one", "other", sure).missing == ()
    assert path_of("one", "other", sure._replace(certain=False)).missing == ("x.cidr",)
    assert path_of("one", "other", unknown_way(())).missing == ("other.port",)
    found = path_of("one", "other", Way())
    assert found.verdict is PathVerdict.BLOCKED
    assert found.blocked_by == Hop("other", "other does not take what gets through")

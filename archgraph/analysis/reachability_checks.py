"""Which ports a chain of filters lets through, for all pairs of addresses at the two ends at once.

Every filter looks at one end only: the outbound rules of the source and of its subnet at the
destination's address, the inbound rules of the destination at the source's. So the addresses of each
end are cut where any rule begins or ends, and every pair of pieces is judged by a fold over the chain.
Replies go to some port of the client's from 1024 to 65535, the same one at every network ACL on their
way back; security groups let replies pass. Sources, Amazon VPC User Guide: "Compare security groups and
network ACLs" (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-comparison.html) and
"Ephemeral ports" (https://docs.aws.amazon.com/vpc/latest/userguide/nacl-ephemeral-ports.html).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from archgraph.analysis.evidence import Hop
from archgraph.analysis.filters import Filter, Rule
from archgraph.analysis.internet import FEW, Interval
from archgraph.analysis.passage import ALL, EPHEMERAL, PROTOCOLS, PortRange, admitted, common, joined_ranges, merged
from archgraph.catalog.values import Ports

Granted = tuple[tuple[PortRange, ...], ...]
"""The ports that are let through, per protocol of :data:`PROTOCOLS`."""
Pieces = Sequence[tuple[Interval, Granted]]
"""What is granted to stretches of addresses, in their order; one stretch if all are granted the same."""

EVERYTHING: Granted = ((ALL,),) * len(PROTOCOLS)
NOTHING: Granted = ((),) * len(PROTOCOLS)
_REPLIES: Granted = ((EPHEMERAL,),) * len(PROTOCOLS)


class Check(NamedTuple):
    """One filter on the way: what it grants to each piece of the addresses that it looks at."""

    at_source: bool
    """Whether its rules look at the source's addresses (or at the destination's)."""
    reply: bool
    """Whether it stands on the way back."""
    pieces: Pieces
    passes: Callable[[Sequence[Ports]], Iterable[Hop]]
    """What says that it lets ports through, or whatever passes if none is given."""
    stop: Callable[[], Hop]
    """What to say if nothing passes it."""


class Passed(NamedTuple):
    """What a chain lets through: the ports open between some addresses, and whether between all of them.

    ``reached`` counts the checks that something passed; if it is less than all, the check of that
    number is the first that nothing passes.
    """

    ports: tuple[Ports, ...]
    everywhere: bool
    reached: int


class Public(StrEnum):
    """Which end's addresses are public ones that the model does not state."""

    NEITHER = "neither"
    SOURCE = "source"
    DESTINATION = "destination"


def passage(
    checks: Sequence[Check],
    version: int,
    source: Sequence[Interval],
    destination: Sequence[Interval],
    public: Public = Public.NEITHER,
    wanted: Granted = EVERYTHING,
) -> Passed:
    """Judge a chain of filters between the addresses of two ends (sorted, disjoint), for the wanted ports."""
    uniform = [check.pieces[0][1] for check in checks if len(check.pieces) == 1]
    if len(uniform) == len(checks):
        only, reached = _folded(checks, uniform, wanted)
        return Passed(_as_ports(only), True, reached)
    at_source = _refined([c.pieces for c in checks if c.at_source], source)
    at_destination = _refined([c.pieces for c in checks if not c.at_source], destination)
    cells: list[tuple[int, int, Granted]] = []
    known: dict[tuple[tuple[Granted, ...], tuple[Granted, ...]], tuple[Granted, int]] = {}
    reached = 0
    for s, (_, by_source) in enumerate(at_source):
        for d, (_, by_destination) in enumerate(at_destination):
            key = (by_source, by_destination)
            if key not in known:
                known[key] = _folded(checks, _in_order(checks, by_source, by_destination), wanted)
            granted, depth = known[key]
            reached = max(reached, depth)
            cells.append((s, d, granted))
    union = tuple(tuple(joined_ranges(r for _, _, g in cells for r in g[n])) for n in range(len(PROTOCOLS)))
    good = {(s, d) for s, d, granted in cells if granted == union}
    everywhere = len(good) == len(cells) or _at_large(at_source, at_destination, good, version, public)
    return Passed(_as_ports(union), everywhere, reached)


@lru_cache(maxsize=4096)
def _as_ports(granted: Granted) -> tuple[Ports, ...]:
    return merged(
        Ports(protocol, first, last)
        for protocol, ranges in zip(PROTOCOLS, granted, strict=True)
        for first, last in ranges
    )


def as_granted(ports: Ports) -> Granted:
    """Ports as a grant."""
    return tuple(((ports.first, ports.last),) if ports.protocol in ("all", name) else () for name in PROTOCOLS)


def every_grant(pieces: Pieces) -> Granted:
    """What some address is granted."""
    return tuple(tuple(joined_ranges(r for _, grant in pieces for r in grant[n])) for n in range(len(PROTOCOLS)))


def hops_of(checks: Iterable[Check], ports: Sequence[Ports] = ()) -> list[Hop]:
    """What lets ports through, or whatever passes if none is given."""
    return [hop for check in checks for hop in check.passes(ports)]


def touches(left: Ports, right: Ports) -> bool:
    """Whether they have a port in common."""
    alike = "all" in (left.protocol, right.protocol) or left.protocol == right.protocol
    return alike and left.first <= right.last and right.first <= left.last


def granted(
    rules: Filter, version: int, spans: Sequence[Interval], names: frozenset[str], *, ordered: bool
) -> list[tuple[Interval, Granted]]:
    """What a filter grants to the addresses of spans, cut where its answer changes.

    ``names`` are the security groups and prefix lists that the addresses belong to; ``ordered`` tells a
    network ACL, whose first matching rule decides, from security groups, whose rules add up.
    """
    by_name = tuple([ports for name, ports in rules.named if name in names])
    first, last = spans[0][0], spans[-1][1]
    mine = []
    cut = False
    for rule in rules.rules:
        if rule.version == version and rule.start < last and first < rule.end:
            mine.append(rule)
            cut = cut or first < rule.start or rule.end < last
    if not cut:
        return [((first, last), _granted_by(mine, by_name, ordered))]
    return _cut(mine, spans, by_name, ordered)


def _cut(
    rules: Sequence[Rule], spans: Sequence[Interval], by_name: tuple[Ports, ...], ordered: bool
) -> list[tuple[Interval, Granted]]:
    """What rules grant to the addresses of spans, some of which begin or end among them."""
    found: list[tuple[Interval, Granted]] = []
    for start, end in spans:
        here = [rule for rule in rules if rule.start < end and start < rule.end]
        edges = {start, end}
        edges.update([edge for rule in here for edge in (rule.start, rule.end) if start < edge < end])
        for first, last in pairwise(sorted(edges)):
            covering = [rule for rule in here if rule.start <= first and last <= rule.end]
            found.append(((first, last), _granted_by(covering, by_name, ordered)))
    same = found[0][1]
    if all(grant == same for _, grant in found):
        return [((spans[0][0], spans[-1][1]), same)]
    return found


def _granted_by(rules: Sequence[Rule], by_name: tuple[Ports, ...], ordered: bool) -> Granted:
    """What rules grant to addresses that they all cover."""
    if ordered:
        return _by_order(tuple([(rule.ports, rule.allow) for rule in rules]))
    return _added(tuple([rule.ports for rule in rules]) + by_name)


@lru_cache(maxsize=4096)
def _by_order(rules: tuple[tuple[Ports, bool], ...]) -> Granted:
    grant = tuple(tuple(admitted(rules, protocol, ALL)) for protocol in PROTOCOLS)
    return EVERYTHING if grant == EVERYTHING else grant


@lru_cache(maxsize=4096)
def _added(listed: tuple[Ports, ...]) -> Granted:
    grant = tuple(
        tuple(joined_ranges((p.first, p.last) for p in listed if p.protocol in ("all", protocol)))
        for protocol in PROTOCOLS
    )
    return EVERYTHING if grant == EVERYTHING else grant


def _refined(all_pieces: Sequence[Pieces], spans: Sequence[Interval]) -> list[tuple[int, tuple[Granted, ...]]]:
    """Pieces that no filter cuts any further: how many addresses, and what each filter grants them."""
    if all(len(pieces) == 1 for pieces in all_pieces):
        return [(sum(end - start for start, end in spans), tuple([pieces[0][1] for pieces in all_pieces]))]
    starts = [[piece[0][0] for piece in pieces] for pieces in all_pieces]
    sizes: dict[tuple[Granted, ...], int] = {}
    for start, end in spans:
        edges = {start, end}
        for pieces in all_pieces:
            edges.update(edge for piece, _ in pieces for edge in piece if start < edge < end)
        ordered = sorted(edges)
        for first, last in pairwise(ordered):
            grants = tuple(
                pieces[bisect_right(begins, first) - 1][1] for pieces, begins in zip(all_pieces, starts, strict=True)
            )
            sizes[grants] = sizes.get(grants, 0) + last - first
    return [(size, grants) for grants, size in sizes.items()]


def _in_order(
    checks: Sequence[Check], by_source: tuple[Granted, ...], by_destination: tuple[Granted, ...]
) -> list[Granted]:
    """What each check grants between two pieces."""
    sources, destinations = iter(by_source), iter(by_destination)
    return [next(sources) if check.at_source else next(destinations) for check in checks]


def _folded(checks: Sequence[Check], grants: Sequence[Granted], wanted: Granted) -> tuple[Granted, int]:
    """What passes all checks by what each of them grants, and how many checks something passes."""
    forward, back, passing = wanted, _REPLIES, wanted
    for number, here in enumerate(grants):
        if here is EVERYTHING:
            continue
        if checks[number].reply:
            back = _both(back, here)
        else:
            forward = here if forward is EVERYTHING else _both(forward, here)
        passing = tuple([f if b else () for f, b in zip(forward, back, strict=True)])
        if not any(passing):
            return NOTHING, number
    return passing, len(checks)


def _both(left: Granted, right: Granted) -> Granted:
    return tuple([tuple(common(one, other)) for one, other in zip(left, right, strict=True)])


def _at_large(
    at_source: Sequence[tuple[int, object]],
    at_destination: Sequence[tuple[int, object]],
    good: set[tuple[int, int]],
    version: int,
    public: Public,
) -> bool:
    """Whether one end is the internet and more of it than a few named networks is served alike."""
    sources, destinations = range(len(at_source)), range(len(at_destination))
    sizes: list[int] = []
    if public is Public.SOURCE:
        sizes = [at_source[s][0] for s in sources if all((s, d) in good for d in destinations)]
    elif public is Public.DESTINATION:
        sizes = [at_destination[d][0] for d in destinations if all((s, d) in good for s in sources)]
    return sum(sizes) > FEW[version]

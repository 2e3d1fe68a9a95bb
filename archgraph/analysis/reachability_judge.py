"""One conversation judged: security groups and network ACLs on a way that routes have found.

Sources, Amazon VPC User Guide: "Security group rules"
(https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html): a group as a source
means the private addresses of its members; "Network ACL rules"
(https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from archgraph.analysis.evidence import Hop
from archgraph.analysis.filters import EVERY_PORT, Filter, Rule
from archgraph.analysis.internet import EVERYWHERE, Interval, interval, union
from archgraph.analysis.network_filters import CLOSED, OPEN, NetworkFilters, joined
from archgraph.analysis.passage import common
from archgraph.analysis.reachability_checks import (
    EVERYTHING,
    Check,
    Pieces,
    Public,
    as_granted,
    every_grant,
    granted,
    hops_of,
    passage,
    touches,
)
from archgraph.analysis.reachability_ends import End
from archgraph.analysis.reachability_hybrid import Hybrid
from archgraph.analysis.reachability_trips import Arrival, Gate, Trip
from archgraph.analysis.reachability_ways import Way, blocked_way
from archgraph.analysis.route_tables import vpc_networks
from archgraph.catalog.values import Network, Ports, read_cidr
from archgraph.model.model import ElementId, Model

NOBODY: frozenset[str] = frozenset()
PRIVATE = tuple(interval(read_cidr(text)) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
"""The private IPv4 ranges (RFC 1918), for networks that do not state theirs."""


class Talk(NamedTuple):
    """What one conversation is judged by: addresses and groups of both ends, and the borders between them."""

    version: int
    source: tuple[Interval, ...]
    destination: tuple[Interval, ...]
    out: tuple[str, ...] | None
    into: tuple[str, ...] | None
    names_out: frozenset[str]
    """What the destination's addresses are called in rules."""
    names_in: frozenset[str]
    """What the source's addresses are called in rules."""
    forward: tuple[Gate, ...]
    back: tuple[Gate, ...]
    assumed: tuple[str, ...]
    hops: tuple[Hop, ...]
    public: Public = Public.NEITHER
    anyone: bool = False
    """Packets carry the addresses of clients that the model does not name."""


class _Noted(NamedTuple):
    """Filters on a way, and what is noted about them: what the model does not say, what is assumed."""

    checks: tuple[Check, ...] = ()
    unsaid: tuple[str, ...] = ()
    leaning: tuple[str, ...] = ()


class _Groups(NamedTuple):
    """What all security groups of an end allow in one direction."""

    rules: Filter
    others: frozenset[str]
    """The peers that are named, not addressed."""
    everything: bool
    unstated: bool
    """They are the default group of a VPC that the model does not state."""


class Judge:
    """The filters of one model.

    Only the ``wanted`` ports are followed, so that what blocks is what blocks these.
    """

    def __init__(self, model: Model, hybrid: Hybrid, filters: NetworkFilters, wanted: Ports | None = None) -> None:
        self._model = model
        self._hybrid = hybrid
        self._wanted = EVERYTHING if wanted is None else as_granted(wanted)
        self._filters = filters
        self._joined: dict[tuple[tuple[str, ...], bool], _Groups] = {}
        self._known: dict[tuple[object, ...], _Noted] = {}
        self._pieces: dict[tuple[object, ...], Pieces] = {}
        self._spans: dict[tuple[ElementId, int], tuple[Interval, ...]] = {}
        self._harmless: dict[tuple[str, int], bool] = {}

    def judged(self, talk: Talk, source: End, target: End) -> Way:
        """Judge a conversation as if what is not known let nothing pass, and if need be as if it did."""
        noted = self._noted(talk, source, target, False)
        leaning = talk.assumed + noted.leaning
        if leaning:
            leaning = tuple(dict.fromkeys(leaning))
        found = passage(noted.checks, talk.version, talk.source, talk.destination, talk.public, self._wanted)
        if found.ports:
            hops = (*talk.hops, *hops_of(noted.checks, found.ports))
            return Way(found.ports, found.ports, found.everywhere and not leaning, hops, None, leaning)
        checks = noted.checks
        if noted.unsaid:
            checks = self._noted(talk, source, target, True).checks
            found = passage(checks, talk.version, talk.source, talk.destination, talk.public, self._wanted)
            if found.ports:
                hops = (*talk.hops, *hops_of(noted.checks, found.ports))
                return Way((), found.ports, True, hops, None, tuple(dict.fromkeys(noted.unsaid)))
        number = self._blocker(talk, checks, found.reached)
        hops = (*talk.hops, *hops_of(checks[:number]))
        doubt = tuple(name for name in leaning if name.endswith(".security_groups"))
        return blocked_way(checks[number].stop(), hops, depth=1 + found.reached, missing=doubt)

    def likeness(self, talk: Talk) -> Hashable:
        """The network ACLs on a way to or from public addresses; ``None`` if they may tell subnets apart.

        Conversations of the same groups with the same public addresses, over ways of the same likeness,
        are judged alike.
        """
        found: list[Hashable] = []
        for gates, reply in ((talk.forward, False), (talk.back, True)):
            for gate in gates:
                entry, exit_, hop, _ = self._filters.acl(gate.subnet)
                rules = exit_ if gate.outbound else entry
                if rules is OPEN:
                    continue
                at_source = gate.outbound == reply
                at_public = at_source == (talk.public is Public.SOURCE) and not (at_source and gate.source)
                if not (at_public or self.lets_everything(gate.subnet, talk.version)):
                    return None
                found.append((reply, gate.outbound, hop.element))
        return tuple(found)

    def _blocker(self, talk: Talk, checks: Sequence[Check], number: int) -> int:
        """Which check to name: the one at which nothing is left, or an earlier one that takes away just the
        ports that this one would let through.
        """
        asked = every_grant(checks[number].pieces)
        if checks[number].reply or not any(asked):
            return number
        wanted = tuple(tuple(common(a, w)) for a, w in zip(asked, self._wanted, strict=True))
        if not any(wanted):
            return number
        again = passage(checks, talk.version, talk.source, talk.destination, talk.public, wanted)
        return min(again.reached, number)

    def _noted(self, talk: Talk, source: End, target: End, hopeful: bool) -> _Noted:
        """The filters of a conversation in the order in which its packets meet them."""
        out = _UNFILTERED if talk.out is None else self._by_groups(talk, source, True, hopeful)
        there = self._at_gates(talk, talk.forward, False, hopeful)
        into = _UNFILTERED if talk.into is None else self._by_groups(talk, target, False, hopeful)
        back = self._at_gates(talk, talk.back, True, hopeful)
        return _Noted(
            out.checks + there.checks + into.checks + back.checks,
            out.unsaid + there.unsaid + into.unsaid + back.unsaid,
            out.leaning + there.leaning + into.leaning + back.leaning,
        )

    def _at_gates(self, talk: Talk, gates: tuple[Gate, ...], reply: bool, hopeful: bool) -> _Noted:
        key = (gates, reply, hopeful, talk.version, talk.source, talk.destination)
        found = self._known.get(key)
        if found is None:
            noted = [self._at_gate(talk, gate, reply, hopeful) for gate in gates]
            found = self._known[key] = _Noted(
                tuple([check for one in noted for check in one.checks]),
                tuple([name for one in noted for name in one.unsaid]),
                tuple([name for one in noted for name in one.leaning]),
            )
        return found

    def _at_gate(self, talk: Talk, gate: Gate, reply: bool, hopeful: bool) -> _Noted:
        entry, exit_, hop, _ = self._filters.acl(gate.subnet)
        rules = exit_ if gate.outbound else entry
        if rules is OPEN:
            return _UNFILTERED
        acl = hop.element
        known = rules if not rules.unknown else OPEN if hopeful else CLOSED
        at_source = gate.outbound == reply
        spans = talk.source if at_source else talk.destination
        seen = self._address_of(gate.source, talk.version) if at_source else ()
        key = (acl, gate.outbound, hopeful, talk.version, seen or spans)
        pieces = self._pieces.get(key)
        if pieces is None:
            pieces = self._pieces[key] = granted(known, talk.version, seen or spans, NOBODY, ordered=True)
        leaning: tuple[str, ...] = ()
        if seen:
            pieces, leaning = _spread(pieces, spans, gate.source)
        told = f"{'replies' if reply else 'it'} {'out of' if gate.outbound else 'into'} {gate.subnet}"
        passes = [Hop(acl, f"{acl} lets {told}")]
        stop = partial(Hop, acl, f"{acl} does not let {told}")
        return _Noted((Check(at_source, reply, pieces, lambda ports: passes, stop),), rules.unknown, leaning)

    def _by_groups(self, talk: Talk, end: End, outbound: bool, hopeful: bool) -> _Noted:
        groups = end.groups or ()
        rules, others, everything, implicit = self._all_groups(groups, outbound)
        names = (talk.names_out if outbound else talk.names_in) & others
        spans = talk.destination if outbound else talk.source
        speaker = None
        if not outbound:
            speaker = next((gate.source for gate in reversed(talk.forward) if gate.source is not None), None)
        doubted = end.id if implicit else None
        key = (groups, outbound, hopeful, talk.anyone, talk.version, spans, names, speaker, doubted)
        found = self._known.get(key)
        if found is None:
            leaning = rules.assumed if doubted is None else (f"{doubted}.security_groups", *rules.assumed)
            if everything:
                found = self._known[key] = _Noted(leaning=leaning)
                return found
            known = OPEN if rules.unknown and hopeful else rules
            if talk.anyone and not outbound:
                known = _for_anyone(known)
            seen = self._address_of(speaker, talk.version)
            pieces: Pieces = granted(known, talk.version, seen or spans, names, ordered=False)
            if seen:
                pieces, more = _spread(pieces, spans, speaker)
                leaning += more
            passes = partial(self._allowing, groups, outbound, talk.version, seen or spans, names)
            stop = partial(self._refusing, groups, outbound, talk.version)
            check = Check(not outbound, False, pieces, passes, stop)
            found = self._known[key] = _Noted((check,), rules.unknown, leaning)
        return found

    def _all_groups(self, groups: tuple[str, ...], outbound: bool) -> _Groups:
        found = self._joined.get((groups, outbound))
        if found is None:
            rules = joined([self._one_group(group, outbound) for group in groups])
            everything = rules.rules == OPEN.rules and not rules.unknown
            others = frozenset(rules.others)
            found = self._joined[groups, outbound] = _Groups(rules, others, everything, unstated(groups))
        return found

    def _one_group(self, group: str, outbound: bool) -> Filter:
        """A group's rules; the default group that nobody stated admits its members and lets all out:
        https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
        """
        if group.startswith(_IMPLICIT):
            return OPEN if outbound else Filter(named=((group, EVERY_PORT),))
        return self._filters.outbound(group) if outbound else self._filters.inbound(group)

    def _allowing(
        self,
        groups: tuple[str, ...],
        outbound: bool,
        version: int,
        spans: Sequence[Interval],
        names: frozenset[str],
        ports: Sequence[Ports],
    ) -> Iterator[Hop]:
        word = "to" if outbound else "from"
        for group in groups:
            one = self._one_group(group, outbound)
            peers = [(name, about) for name, about in one.named if name in names]
            peers += [(rule.text, rule.ports) for rule in one.rules if rule.version == version and _meets(rule, spans)]
            for name, about in peers[:_SHOWN]:
                if not ports or any(touches(about, port) for port in ports):
                    yield Hop(group.removeprefix(_IMPLICIT), f"{_shown(group)} allows {about} {word} {_shown(name)}")

    def _refusing(self, groups: tuple[str, ...], outbound: bool, version: int) -> Hop:
        texts = []
        for group in groups:
            one = self._one_group(group, outbound)
            peers = [f"{_shown(name)} ({ports})" for name, ports in one.named]
            peers += [f"{rule.text} ({rule.ports})" for rule in one.rules if rule.version == version]
            more = " and others" if len(peers) > _SHOWN else ""
            only = f"only {', '.join(peers[:_SHOWN])}{more}" if peers else "nothing"
            texts.append(f"{_shown(group)} lets {only} {'out' if outbound else 'in'}")
        return Hop(groups[0].removeprefix(_IMPLICIT), "; ".join(texts[:_SHOWN]))

    def spans(self, place: ElementId, version: int) -> tuple[Interval, ...]:
        """The addresses of a subnet (of its VPC, if it does not state its own) or of a network."""
        found = self._spans.get((place, version))
        if found is None:
            found = self._spans[place, version] = self._spans_of(place, version)
        return found

    def _spans_of(self, place: ElementId, version: int) -> tuple[Interval, ...]:
        element = self._model.elements[place]
        if element.type.name != "Subnet":
            networks = self._hybrid.networks_of(place)
            stated = tuple(union(interval(n) for n in networks if n.version == version))
            return stated or (PRIVATE if version == 4 and not networks else ())
        mine = element.properties.get("cidr" if version == 4 else "ipv6_cidr")
        if isinstance(mine, Network):
            return (interval(mine),)
        if element.vpc is None or (version == 4 and element.properties.get("ipv6_only") is True):
            return ()
        networks = tuple(vpc_networks(self._model.elements[element.vpc]))
        return tuple(union(interval(n) for n in networks if n.version == version)) if version == 4 else ()

    def _address_of(self, translator: ElementId | None, version: int) -> tuple[Interval, ...]:
        """The private addresses of a NAT gateway or an appliance, whose own packets carry."""
        element = self._model.elements.get(translator) if translator is not None else None
        return self.spans(element.subnets[0], version) if element is not None and element.subnets else ()

    def vpc(self, end: End) -> ElementId | None:
        return self._model.elements[end.subnets[0]].vpc if end.subnets else None

    def with_groups(self, end: End) -> End:
        """The end with its groups; without any it is in the default group of its VPC, stated or not."""
        if end.groups != ():
            return end
        vpc = self.vpc(end)
        stated = self._filters.default_group(vpc)
        return end._replace(groups=(stated if stated is not None else f"{_IMPLICIT}{vpc}",))

    def strayed(self, trip: Trip, wanted: ElementId) -> Hop | None:
        """Why a trip does not end where it should, if it does not."""
        element = self._model.elements[wanted]
        home = element.vpc if element.type.name == "Subnet" else wanted
        if trip.arrival is Arrival.NOWHERE:
            return trip.hops[-1]
        if trip.arrival is Arrival.UNKNOWN or trip.place == home:
            return None
        text = f"these addresses lead to {trip.place or 'the internet'}, not to {home}"
        return Hop(trip.hops[-1].element, text)

    def acl_of(self, subnet: ElementId) -> str | None:
        """What tells the network ACL of a subnet from others; ``None`` if it lets everything pass."""
        entry, exit_, hop, _ = self._filters.acl(subnet)
        return None if entry is OPEN and exit_ is OPEN else hop.element

    def lets_everything(self, subnet: ElementId, version: int) -> bool:
        """Whether the network ACL of a subnet is known to let everything pass, in both directions."""
        entry, exit_, hop, _ = self._filters.acl(subnet)
        found = self._harmless.get((hop.element, version))
        if found is None:
            found = self._harmless[hop.element, version] = all(
                rules is OPEN or (not rules.unknown and _grants_everything(rules, version)) for rules in (entry, exit_)
            )
        return found


_UNFILTERED = _Noted()
_SHOWN = 3
"""The most peers that one piece of evidence names."""
_IMPLICIT = "default group of "


def unstated(groups: tuple[str, ...] | None) -> bool:
    """Whether they are the default group of a VPC that the model does not state."""
    return bool(groups) and groups is not None and groups[0].startswith(_IMPLICIT)


def _shown(group: str) -> str:
    return f"the {group}" if group.startswith(_IMPLICIT) else group


def _meets(rule: Rule, spans: Iterable[Interval]) -> bool:
    return any(rule.start < end and start < rule.end for start, end in spans)


def _for_anyone(rules: Filter) -> Filter:
    """What a filter grants to somebody: every permission as one for everywhere."""
    wide = [
        Rule(version, *EVERYWHERE[version], ports, text=text)
        for version in (4, 6)
        for text, ports in (*rules.named, *((r.text, r.ports) for r in rules.rules if r.version == version))
    ]
    return Filter(tuple(wide), rules.unknown)


def _grants_everything(rules: Filter, version: int) -> bool:
    pieces = granted(rules, version, [EVERYWHERE[version]], NOBODY, ordered=True)
    return all(grant == EVERYTHING for _, grant in pieces)


def _spread(pieces: Pieces, spans: Sequence[Interval], translator: ElementId | None) -> tuple[Pieces, tuple[str, ...]]:
    """What is granted to the address of a NAT gateway, as a grant to all that it speaks for. If it depends
    on which address of its subnet it has, some address is enough, and that is noted.
    """
    all_spans = (spans[0][0], spans[-1][1])
    if len(pieces) == 1:
        return [(all_spans, pieces[0][1])], ()
    return [(all_spans, every_grant(pieces))], (f"which address of its subnet {translator} has",)

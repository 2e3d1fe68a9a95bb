"""What the loss of one Availability Zone breaks: worked out for all zones and entries at once.

An element is down with a zone if it stands there alone, if something that it cannot do without is, or
if its way out leads through a NAT gateway there ("NAT gateway basics",
https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html). Targets of one listener or
target group stand in for one another; so do a distribution's origins with failover.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from archgraph.analysis.dependencies import LONGEST, Dependencies, derive_dependencies, told, whole
from archgraph.analysis.evidence import Hop
from archgraph.analysis.reachability_services import SERVICES, service_name
from archgraph.analysis.redundancy import Standing, standing
from archgraph.analysis.routing import SubnetRouting
from archgraph.model.model import Element, ElementId, Flow, Model


class ZoneLoss(NamedTuple):
    """What happens to one entry when a zone is lost.

    ``breaks`` gives for each zone that takes it down the way to what is lost. ``bound`` is false if
    nothing behind the entry stands in any zone; ``missing`` is what the model does not say.
    ``scenarios`` are those that call the entry from outside and break with some zone.
    """

    entry: ElementId
    breaks: Mapping[str, tuple[Hop, ...]]
    bound: bool
    missing: tuple[str, ...]
    scenarios: tuple[str, ...]


def derive_zone_losses(model: Model, routing: Mapping[ElementId, SubnetRouting]) -> tuple[ZoneLoss, ...]:
    """The loss of each zone for each entry, in time linear in the model."""
    dependencies = derive_dependencies(model)
    outages = _Outages(model, routing, dependencies)
    for broker in model.of_type("MqBroker"):
        _settle(outages, (broker.id,))
    for group in dependencies.order:
        _settle(outages, group)
    begun = _scenarios_by_entry(model, dependencies)
    return tuple(_loss(outages, entry, begun.get(entry, {})) for entry in dependencies.entries)


_NONE: frozenset[str] = frozenset()

Cause = Flow | Hop
"""Why an element is down with a zone: the flow to what it needs, or a statement about itself."""


@dataclass(slots=True)
class _Outages:
    """For each element the zones that take it down, each with its cause; and what is not known."""

    model: Model
    routing: Mapping[ElementId, SubnetRouting]
    dependencies: Dependencies
    down: dict[ElementId, dict[str, Cause]] = field(default_factory=dict)
    missing: dict[ElementId, tuple[str, ...]] = field(default_factory=dict)
    bound: set[ElementId] = field(default_factory=set)
    standings: dict[ElementId, Standing | None] = field(default_factory=dict)
    endpoints: dict[ElementId | None, set[str]] = field(default_factory=dict)
    """Per VPC, the services that its endpoints lead to."""

    def __post_init__(self) -> None:
        for endpoint in self.model.of_type("VpcEndpoint"):
            self.endpoints.setdefault(endpoint.vpc, set()).add(service_name(endpoint))

    def standing(self, element: ElementId) -> Standing | None:
        """How an element stands; a listener or rule as its load balancer does."""
        if element not in self.standings:
            self.standings[element] = standing(self.model, self.model.elements[whole(self.model, element)])
        return self.standings[element]


def _settle(outages: _Outages, group: tuple[ElementId, ...]) -> None:
    """Work out the members of one circle, or one element, after all that they call."""
    for member in group:
        found = outages.standing(member)
        outages.down[member] = dict.fromkeys(found.lost_with, found.hop) if found else {}
        outages.missing[member] = found.missing[:_MOST_MISSING] if found else ()
        if found is not None and found.bound:
            outages.bound.add(member)
    needing = tuple(reversed(group))  # callees stand last
    changed = True
    while changed:
        grown = [_grown(outages, member) for member in needing]
        changed = len(group) > 1 and any(grown)


def _grown(outages: _Outages, member: ElementId) -> bool:
    """Add what an element suffers from those that it needs; whether anything was new."""
    down, before = outages.down[member], len(outages.down[member])
    missing = dict.fromkeys(outages.missing[member])
    for group in _needs(outages, member):
        targets = [outages.dependencies.arrival(flow) for flow in group]
        if not outages.bound.isdisjoint(targets):
            outages.bound.add(member)
        first, *others = (outages.down.get(target, {}) for target in targets)
        for zone in first:
            if len(down) < _MOST_ZONES and all(zone in other for other in others):
                down.setdefault(zone, group[0])
        if not others:
            missing.update(dict.fromkeys(outages.missing.get(targets[0], ())))
    for zone, hop in _without_way_out(outages, outages.model.elements[member]):
        down.setdefault(zone, hop)
    outages.missing[member] = tuple(missing)[:_MOST_MISSING]
    return len(down) > before


_MOST_MISSING = 8
"""The most missing statements that one answer names."""

_MOST_ZONES = 16
"""The most zones with which one element is said to be down; one is enough for a verdict."""


def _needs(outages: _Outages, member: ElementId) -> Iterator[list[Flow]]:
    """What an element cannot do without: groups of flows, of each of which one is enough."""
    source = outages.model.elements[whole(outages.model, member)]
    shared: dict[str, list[Flow]] = {}
    flows = outages.dependencies.onward.get(member, ())
    failover = any(_told(flow, "failover") is True for flow in flows)
    for flow in outages.model.flows_from(member):
        target = outages.model.elements[flow.target]
        if flow.kind == "event" and target.type.name == "MqBroker" and _is_needed(flow, target):
            yield [flow]  # a publisher waits for its broker
    for flow in flows:
        target = outages.model.elements[outages.dependencies.target(flow)]
        if not _is_needed(flow, target):
            continue
        if failover:
            shared.setdefault("", []).append(flow)
        elif source.has("load-balancer") and flow.implied_by is not None:
            shared.setdefault(flow.implied_by.source, []).append(flow)
        else:
            yield [flow]
    yield from shared.values()


def _is_needed(flow: Flow, target: Element) -> bool:
    """Whether the caller fails without the target: unless it is said to do without, or it is a cache."""
    critical = flow.properties.get("critical")
    if isinstance(critical, bool):
        return critical
    return not flow.properties.get("fallback") and not target.has("cache")


def _told(flow: Flow, name: str) -> object:
    return flow.implied_by.properties.get(name) if flow.implied_by is not None else None


def _without_way_out(outages: _Outages, element: Element) -> Iterator[tuple[str, Hop]]:
    """The zones whose NAT gateways carry all that the element's other zones send to systems outside."""
    if len(element.zones) < 2:
        return
    calls = [flow for flow in outages.model.flows_from(element.id) if _leaves_by_nat(outages, element, flow)]
    if not calls:
        return
    for zone in element.zones:
        others = [subnet for subnet in element.subnets if outages.model.elements[subnet].zones != (zone,)]
        gateways = [_gateways_elsewhere(outages, subnet, zone) for subnet in others]
        if gateways and all(gateways):
            text = f"{others[0]} reaches {calls[0].target} through {gateways[0]}, which is in {zone}"
            yield zone, Hop(element.id, text)


def _leaves_by_nat(outages: _Outages, element: Element, flow: Flow) -> bool:
    """Whether a call needs the way to the internet: to systems outside, and to services without an endpoint."""
    target = outages.model.elements[flow.target]
    if flow.kind not in ("request", "event") or flow.implied_by is not None or not _is_needed(flow, target):
        return False
    if target.type.category == "External":
        return True
    names = SERVICES.get(target.type.name, ())
    return bool(names) and not target.subnets and outages.endpoints.get(element.vpc, _NONE).isdisjoint(names)


def _gateways_elsewhere(outages: _Outages, subnet: ElementId, zone: str) -> str:
    """The NAT gateways of a subnet, if all of them stand in the zone."""
    found = outages.routing.get(subnet)
    gateways = [outages.model.elements[id_] for id_ in found.nat_gateways] if found else []
    zonal = all(nat.zones == (zone,) and nat.get("availability") != "regional" for nat in gateways)
    return ", ".join(nat.id for nat in gateways) if zonal else ""


def _scenarios_by_entry(model: Model, dependencies: Dependencies) -> dict[ElementId, dict[str, None]]:
    """For each entry the scenarios in which someone outside sends it a request."""
    found: dict[ElementId, dict[str, None]] = {}
    entries = set(dependencies.entries)
    for scenario in model.scenarios.values():
        for flow in (model.flows[step.flow] for step in scenario.steps if not step.reply):
            sender = model.elements[flow.source]
            target = dependencies.ends.get(flow.target, flow.target)
            outside = sender.external or sender.type.category in ("Actor", "External")
            if flow.kind == "request" and target in entries and outside:
                found.setdefault(target, {})[scenario.id] = None
    return found


def _loss(outages: _Outages, entry: ElementId, scenarios: Iterable[str]) -> ZoneLoss:
    breaks = {zone: _way(outages, entry, zone) for zone in sorted(outages.down.get(entry, ()))}
    missing = tuple(dict.fromkeys(outages.missing.get(entry, ())))
    return ZoneLoss(entry, breaks, entry in outages.bound, missing, tuple(scenarios) if breaks else ())


def _way(outages: _Outages, entry: ElementId, zone: str) -> tuple[Hop, ...]:
    """From an entry along what it needs to what the zone takes down."""
    hops: list[Hop] = []
    at = entry
    seen: set[ElementId] = set()
    while at not in seen and len(hops) < LONGEST:
        seen.add(at)
        cause = outages.down[at][zone]
        if isinstance(cause, Hop):
            return (*hops, cause)
        hops.append(told(cause))
        at = outages.dependencies.arrival(cause)
    return tuple(hops)

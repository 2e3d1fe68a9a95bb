"""Where data assets are: in the stores that hold them, in what flows bring there, and in every copy.

A store has an asset if it says so (``holds``), if a flow that carries the asset begins or ends at it,
or if it is a copy of a store that has it: a replica, or a backup vault. A flow of requests says nothing
about direction, so both ends have what it carries. A replication of chosen objects only (``prefix``)
brings what it is said to carry and nothing else.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from archgraph.analysis.backups import backup_plans, vaults_of
from archgraph.model.model import Element, ElementId, Flow, Model

KEEPING = frozenset({"data-store", "cache", "queue", "log-store"})
"""Traits of what keeps the data that passes through it."""

KEEPING_TYPES = frozenset({"KinesisStream"})
"""Types without such a trait that keep data for days all the same."""

COPY_REGIONS = ("replica_regions", "backup_copy_regions")
"""Properties that name Regions in which AWS keeps a copy that is no element of its own."""

MOST_COPIES = 200_000
"""How many copies of assets are followed in one model; far more than any real one has."""

_TO_ONE_SIDE = frozenset({"event", "poll", "stream", "replicate"})
"""Kinds of flow in which data moves from the source to the target only."""


class RegionCopy(NamedTuple):
    """A copy of a store's data in a Region, stated by a property: ``orders.replica_regions``."""

    store: ElementId
    region: str
    text: str


class DataFlows(NamedTuple):
    """Where the data assets of a model are.

    ``stored``: per element, the assets kept there, each with the sentence that shows it.
    ``places``: the same by asset. ``carried``: per flow, the assets that move along it.
    ``copies``: per element, the Regions to which AWS copies it.
    """

    stored: Mapping[ElementId, Mapping[ElementId, str]]
    places: Mapping[ElementId, Mapping[ElementId, str]]
    carried: Mapping[str, tuple[ElementId, ...]]
    copies: Mapping[ElementId, tuple[RegionCopy, ...]]


@lru_cache(maxsize=1)  # several rules ask about the same model, one after the other
def data_flows(model: Model) -> DataFlows:
    """Follow every data asset of a model, in time linear in elements, flows and assets."""
    stored: dict[ElementId, dict[ElementId, str]] = {}
    carried: dict[str, tuple[ElementId, ...]] = {}
    for holder, asset in _held(model):
        stored.setdefault(holder, {}).setdefault(asset, f"{holder} holds {asset}")
    for flow in model.flows.values():
        assets = _assets(model, flow) if "carries" in flow.properties else ()
        if not assets:
            continue
        carried[flow.id] = assets
        for end in (flow.source, flow.target):
            kind = model.elements[end].type
            if kind.name in KEEPING_TYPES or not KEEPING.isdisjoint(kind.traits):
                for asset in assets:
                    stored.setdefault(end, {}).setdefault(asset, f"'{flow.id}' carries {asset}")
    _copy(model, stored)
    places: dict[ElementId, dict[ElementId, str]] = {}
    for element, assets_here in stored.items():
        for asset, text in assets_here.items():
            places.setdefault(asset, {})[element] = text
    copies = {id_: found for id_ in stored if (found := tuple(region_copies(model.elements[id_])))}
    return DataFlows(stored, places, carried, copies)


def copies_all(flow: Flow) -> bool:
    """Whether a flow copies all that its source has: a replication without ``carries`` and ``prefix``."""
    chosen = flow.properties.get("carries") or flow.properties.get("prefix")
    cause = flow.implied_by
    return flow.kind == "replicate" and not chosen and (cause is None or not cause.properties.get("prefix"))


def receivers(flow: Flow) -> tuple[ElementId, ...]:
    """The ends of a flow that get the data which it carries."""
    return (flow.target,) if flow.kind in _TO_ONE_SIDE else (flow.source, flow.target)


def is_reproducible(model: Model, store: Element) -> bool:
    """Whether all that a store is said to hold can be made again."""
    held = model.targets(store.id, "HOLDS")
    return bool(held) and all(asset.properties.get("reproducible") is True for asset in held)


def _held(model: Model) -> Iterator[tuple[ElementId, ElementId]]:
    for reference in model.references_of("HOLDS"):
        if reference.target is not None:
            yield reference.source, reference.target


def _assets(model: Model, flow: Flow) -> tuple[ElementId, ...]:
    """What a flow is said to carry; an ARN of something outside the model is no data asset."""
    named = flow.properties.get("carries") or ()
    return tuple(dict.fromkeys(ElementId(str(name)) for name in named if name in model.elements))


def _copy(model: Model, stored: dict[ElementId, dict[ElementId, str]]) -> None:
    """Pass on what a store has to its replicas and to the vaults of its backups."""
    waiting = deque((element, asset) for element, assets in stored.items() for asset in assets)
    copies: dict[ElementId, list[tuple[ElementId, str]]] = {}
    followed = 0
    while waiting and followed < MOST_COPIES:
        element, asset = waiting.popleft()
        if element not in copies:
            copies[element] = list(_copies_of(model, element))
        for target, text in copies[element]:
            if asset not in stored.setdefault(target, {}):
                stored[target][asset] = text
                waiting.append((target, asset))
                followed += 1


def _copies_of(model: Model, store: ElementId) -> Iterator[tuple[ElementId, str]]:
    for flow in model.flows_from(store):
        if copies_all(flow):
            yield flow.target, f"{store} is copied to {flow.target}"
    for plan in backup_plans(model).get(store, ()):
        for vault in vaults_of(model, plan):
            yield vault.id, f"{plan.id} keeps backups of {store} in {vault.id}"


def region_copies(element: Element) -> Iterator[RegionCopy]:
    """The copies of an element in Regions that it names."""
    for name in COPY_REGIONS:
        regions = element.properties.get(name)
        for region in regions if isinstance(regions, list) else ():
            yield RegionCopy(element.id, str(region), f"{element.id}.{name} names {region}")

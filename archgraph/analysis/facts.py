"""Facts: what follows from a model, with evidence, and what does not for lack of a statement."""

from __future__ import annotations

from dataclasses import dataclass, field

from archgraph.analysis.addressing import AddressBlock, address_plan
from archgraph.analysis.evidence import Certainty, Exposure, Hop, Verdict
from archgraph.analysis.exposure import derive_exposures
from archgraph.analysis.network_filters import NetworkFilters
from archgraph.analysis.reachability import Reachability
from archgraph.analysis.routing import RoutingKind, SubnetRouting, derive_routing
from archgraph.model.model import ElementId, Model

__all__ = [
    "AddressBlock", "Certainty", "Exposure", "Facts", "Hop", "RoutingKind", "SubnetRouting", "Verdict", "derive",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one model: subnets' routing, elements' exposure, and the address plan.

    ``reachability`` answers for pairs of elements, each when it is asked.
    """

    subnets: dict[ElementId, SubnetRouting]
    exposures: dict[ElementId, Exposure]
    addresses: tuple[AddressBlock, ...]
    reachability: Reachability = field(repr=False, compare=False)


def derive(model: Model) -> Facts:
    """Derive all facts, in time linear in the model; nothing is written to the model."""
    subnets = derive_routing(model)
    filters = NetworkFilters(model)
    exposures = derive_exposures(model, subnets, filters)
    return Facts(subnets, exposures, address_plan(model), Reachability(model, exposures, filters))

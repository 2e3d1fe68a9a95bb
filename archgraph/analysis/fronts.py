"""What the internet reaches and hands requests on as they are, to elements without a public address.

An accelerator leads from the internet to internal load balancers and instances in private subnets: "Secure
VPC connections in AWS Global Accelerator",
https://docs.aws.amazon.com/global-accelerator/latest/dg/secure-vpc-connections.html. A Network Load Balancer
opens no connection of its own, so what comes in on its listener is what its target gets.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from archgraph.analysis.evidence import Certainty, Exposure, PathVerdict, Verdict
from archgraph.analysis.facts import Facts
from archgraph.analysis.reachability import NoEnd
from archgraph.analysis.reachability_flows import Connection, connection
from archgraph.catalog.values import Ports, read_ports
from archgraph.model.model import ElementId, Model


@dataclass(frozen=True, slots=True)
class Front:
    """An entry that hands requests on: its exposure, and the ports of the element to which they come."""

    entry: ElementId
    exposure: Exposure
    ports: tuple[Ports, ...]
    sure: bool
    """Whether the internet reaches the entry, and the entry the element, for certain."""


def fronts(model: Model, facts: Facts, element: ElementId, types: Collection[str]) -> Iterator[Front]:
    """The entries of some types from which requests of the internet come to an element."""
    for flow in model.flows_to(element):
        exposure = facts.exposures.get(flow.source)
        if model.elements[flow.source].type.name not in types or exposure is None:
            continue
        found = connection(model, flow)
        if exposure.verdict is Verdict.BLOCKED or not isinstance(found, Connection):
            continue
        try:
            path = facts.reachability.path(found.caller, found.callee, found.ports)
        except NoEnd:
            continue
        if path.verdict is PathVerdict.BLOCKED:
            continue
        sure = path.verdict is PathVerdict.OPEN and exposure.verdict is Verdict.EXPOSED
        sure = sure and path.certainty is exposure.certainty is Certainty.CERTAIN
        ports = (found.ports,) if found.ports is not None else tuple(map(read_ports, exposure.ports))
        yield Front(flow.source, exposure, ports, sure)

"""Which flows are connections that the network has to let through, and who opens them."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from archgraph.catalog.values import Ports
from archgraph.catalog.vocabulary import RELATIONSHIPS
from archgraph.model.model import Element, ElementId, Flow, Model

CALLERS = frozenset({
    "ApiGatewayHttpApi", "ApiGatewayRestApi", "AppSyncApi", "CloudFrontDistribution", "FirehoseStream",
    "GlobalAccelerator", "LambdaFunction",
})  # fmt: skip
"""Services outside VPCs that open connections to addresses; others act through the APIs of AWS."""


class Connection(NamedTuple):
    """A flow as a connection: ``caller`` opens it to ``callee``, on ``ports`` if the model says which."""

    caller: ElementId
    callee: ElementId
    ports: Ports | None


def connection(model: Model, flow: Flow) -> Connection | str | None:
    """The connection behind a flow; why there is none; or ``None`` if no network of the model is involved.

    A poll and a stream are opened by their consumer. AWS Lambda itself, not the function, polls queues
    and streams ("Lambda event source mappings",
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html) and delivers to dead
    letter queues and destinations.
    """
    cause = flow.implied_by.relationship if flow.implied_by is not None else None
    if flow.kind in ("manage", "replicate") or (cause is not None and _is_observation(cause)):
        return None
    source, target = model.elements[flow.source], model.elements[flow.target]
    if source.external or target.external:
        return None
    if not (source.subnets or target.subnets or "Vpc" in (source.type.name, target.type.name)):
        return None  # no network is drawn
    taken = flow.kind in ("poll", "stream") and not source.has("compute")
    caller, callee = (target, source) if taken else (source, target)
    if taken and caller.type.name == "LambdaFunction":
        return f"AWS Lambda polls {callee.id} for {caller.id}, outside its VPC"
    if caller.type.name == "LambdaFunction" and cause in ("TRIGGERS", "DEAD_LETTERS_TO"):
        return f"AWS Lambda delivers to {callee.id} for {caller.id}, outside its VPC"
    managed = caller.type.service.startswith(("AWS ", "Amazon ")) and not _has_interfaces(caller)
    if managed and caller.type.name not in CALLERS:
        return f"{caller.id} acts through the API of AWS, not over the network"
    if callee.properties.get("data_api") is True and flow.properties.get("protocol") == "https":
        return f"{callee.id} answers by its Data API, which needs no way into the VPC"
    return Connection(caller.id, callee.id, _ports(flow))


@cache
def _is_observation(relationship: str) -> bool:
    return RELATIONSHIPS[relationship].kind == "observation"


def _has_interfaces(element: Element) -> bool:
    return "vpc-resource" in element.type.traits or bool(element.subnets) or element.type.name == "Vpc"


def _ports(flow: Flow) -> Ports | None:
    """The port that a flow states, or the reference that implies it; UDP only where the protocol says so."""
    port = flow.properties.get("port")
    if port is None and flow.implied_by is not None and flow.implied_by.target == flow.target:
        port = flow.implied_by.properties.get("port")
    protocol = flow.properties.get("protocol")
    if not isinstance(port, int) or protocol == "dns":
        return None
    return Ports("udp" if protocol == "udp" else "tcp", port, port)

"""Who can open a connection to whom: between any two elements, and from the internet.

``Reachability.path`` judges one pair on demand: where both ends stand, every way between them, and on
each way routes, network ACLs and security groups in both directions. A load balancer, a proxy or an
endpoint service ends a conversation and begins another one, so what stands behind it is a pair of its
own. Semantics follow Amazon VPC Reachability Analyzer, "How Reachability Analyzer works"
(https://docs.aws.amazon.com/vpc/latest/reachability/how-reachability-analyzer-works.html), and the pages
that the modules named ``reachability_*`` cite.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from archgraph.analysis.evidence import Certainty, Exposure, Hop, Path, PathVerdict, Verdict
from archgraph.analysis.listening import listening_ports
from archgraph.analysis.network_filters import NetworkFilters
from archgraph.analysis.reachability_ends import INTERNET_END, End, Kind, NoEnd, ends_of
from archgraph.analysis.reachability_judge import Judge
from archgraph.analysis.reachability_private import PrivateWays
from archgraph.analysis.reachability_public import PublicWays
from archgraph.analysis.reachability_routes import Router
from archgraph.analysis.reachability_services import Services, called_from_anywhere
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
from archgraph.model.model import Element, ElementId, Model

__all__ = ["INTERNET_END", "NoEnd", "Path", "PathVerdict", "Reachability"]

CLOUDFRONT = frozenset(
    {"com.amazonaws.global.cloudfront.origin-facing", "com.amazonaws.global.ipv6.cloudfront.origin-facing"}
)
"""The prefix lists of CloudFront's servers: "Available AWS-managed prefix lists",
https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html"""


class Reachability:
    """The paths of one model. Nothing is derived before it is asked for; what pairs share is judged once."""

    def __init__(
        self,
        model: Model,
        exposures: Mapping[ElementId, Exposure],
        filters: NetworkFilters,
        wanted: Ports | None = None,
    ) -> None:
        self._model = model
        self._exposures = exposures
        self._filters = filters
        self._wanted = wanted
        self._by_port: dict[Ports, Reachability] = {}
        self._ways: dict[tuple[str, str], Way] = {}
        self._ends: dict[tuple[str, bool], list[End]] = {}

    def path(self, source: str, target: str, port: Ports | None = None) -> Path:
        """Whether ``source`` can open a connection to ``target``, on a port or on any.

        Both are ids of elements, or ``internet``. Raises ``KeyError`` for an id that the model does not
        have, and :class:`NoEnd` for what is no end of a connection, such as an account.
        """
        way = self._ways.get((source, target))
        if way is None:
            way = self._ways[source, target] = self._way(source, target)
        if port is None or not way.hoped:
            return path_of(source, target, way)
        asked = narrowed(way, (port,))
        return path_of(source, target, asked if asked.hoped else self._why_not(source, target, port, way))

    def _why_not(self, source: str, target: str, port: Ports, way: Way) -> Way:
        """What blocks one port on a way that is open on others."""
        for_port = self._by_port.get(port)
        if for_port is None:
            for_port = self._by_port[port] = Reachability(self._model, self._exposures, self._filters, port)
        found = narrowed(for_port._way(source, target), (port,))
        if source != INTERNET_END and not found.hoped and found.stop is not None:
            return found
        opened = ", ".join(map(str, way.sure or way.hoped))
        stop = Hop(target, f"only {opened} {'is' if way.sure else 'might be'} open, not {port}")
        return Way((), (), way.certain, way.hops, stop)

    def _way(self, source: str, target: str) -> Way:
        starts = self._ends_of(source, receiving=False)
        [end] = self._ends_of(target, receiving=True)
        if source == INTERNET_END and ElementId(target) in self._exposures:
            return _of_exposure(self._exposures[ElementId(target)])
        way = every([self._between(start, end) for start in starts])
        listening = self._listening(end)
        if listening is None or not way.hoped:
            return way
        heard = narrowed(way, listening)
        if heard.hoped:
            return heard
        opened = ", ".join(map(str, way.sure or way.hoped))
        stop = Hop(target, f"{target} does not listen on what is open: {opened}")
        return Way((), (), way.certain, way.hops, stop, way.missing)

    def _ends_of(self, name: str, *, receiving: bool) -> list[End]:
        found = self._ends.get((name, receiving))
        if found is None:
            found = self._ends[name, receiving] = ends_of(self._model, name, receiving=receiving)
        return found

    def _listening(self, end: End) -> list[Ports] | None:
        element = self._model.elements.get(ElementId(end.id))
        if element is None or end.kind is not Kind.INTERFACES:
            return None
        return listening_ports(self._model, element)

    def _between(self, source: End, target: End) -> Way:
        for end in (source, target):
            if end.kind is Kind.UNKNOWN:
                return unknown_way(end.missing, Hop(end.id, f"the model does not say where {end.id} stands"))
        if source.id == target.id and source.kind is Kind.INTERFACES and target.kind is not Kind.INTERFACES:
            return self._to_service(source, target)
        return _JUDGES[source.kind](self, source, target)

    def _from_interfaces(self, source: End, target: End) -> Way:
        if target.kind is Kind.INTERFACES:
            private = self._private.way(source, target)
            if private.sure and private.certain:
                return private
            cluster = self._model.elements[ElementId(target.id)].type.name == "EksCluster"
            if cluster and ElementId(target.id) in self._exposures:
                return either([private, through(self._public.outbound(source), self._called(target))])
            return either([private, self._public.over_the_internet(source, target)])
        if target.kind is Kind.ON_PREMISES:
            return self._stating(self._private.way(source, target), target)
        if target.kind is Kind.SERVICE:
            return self._to_service(source, target)
        return self._public.outbound(source)

    def _to_service(self, source: End, target: End) -> Way:
        service = self._model.elements[ElementId(target.id)]
        balancer = self._model.elements[ElementId(source.id)]
        if service.type.name == "LambdaFunction" and balancer.has("load-balancer"):
            # "Lambda functions as targets": Elastic Load Balancing invokes the function itself,
            # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
            return open_way(Hop(source.id, f"{source.id} invokes {service.id} through AWS Lambda"))
        if service.type.name == "HostedZone":
            return self._resolved(source, service)
        return self._services.way(source, service)

    def _resolved(self, source: End, zone: Element) -> Way:
        """Names are answered by the VPC's own DNS server: a public zone's, and a private one's for its VPCs.

        "Considerations when working with a private hosted zone",
        https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
        """
        vpc = self._model.elements[source.subnets[0]].vpc
        listed = [getattr(r, "target", None) or getattr(r, "literal", None) for r in zone.properties.get("vpcs") or ()]
        if listed and vpc not in listed:
            return blocked_way(Hop(zone.id, f"{zone.id} answers only to {', '.join(map(str, listed))}"))
        hop = Hop(str(vpc), f"the DNS server of {vpc} answers for {zone.id}")
        return narrowed(open_way(hop), (Ports("tcp", 53, 53), Ports("udp", 53, 53)))

    def _from_service(self, source: End, target: End) -> Way:
        if target.kind is Kind.INTERFACES:
            return self._into_vpc(source, target)
        if target.kind is Kind.ON_PREMISES:
            return unknown_way((f"how {target.id} is reached from the internet",))
        if target.kind is Kind.SERVICE:
            return called_from_anywhere(self._model.elements[ElementId(target.id)])
        return open_way(Hop(source.id, f"{source.id} has the internet"))

    def _into_vpc(self, source: End, target: End) -> Way:
        """From a service of AWS into a VPC: over its public address, or by a link that the service has for it."""
        caller = self._model.elements[ElementId(source.id)]
        kind = caller.type.name
        if kind == "CloudFrontDistribution":
            if self._property(source, target, "access") == "vpc":
                return self._by_vpc_origin(source, target)
            return self._public.inbound(target, CLOUDFRONT)
        link = self._property(source, target, "vpc_link")
        link_id = getattr(link, "target", link)
        if isinstance(link_id, str) and link_id in self._model.elements:
            [start] = self._ends_of(link_id, receiving=False)
            if start.kind is Kind.INTERFACES:
                return self._private.way(start, target)
            return open_way(Hop(link_id, f"{link_id} leads to {target.id}"), certain=False)
        if kind == "GlobalAccelerator":
            # "Requirements for VPC resources": the accelerator has an interface in the VPC, and targets see
            # the clients' addresses, https://docs.aws.amazon.com/global-accelerator/latest/dg/secure-vpc-connections.html
            return self._public.inbound(target, addressed=True)
        return self._called(target)

    def _called(self, target: End) -> Way:
        """From some public address; the Kubernetes API of a cluster has a public endpoint beside its interfaces."""
        exposure = self._exposures.get(ElementId(target.id))
        if exposure is not None and self._model.elements[exposure.element].type.name == "EksCluster":
            return _of_exposure(exposure)
        return self._public.inbound(target)

    def _by_vpc_origin(self, source: End, target: End) -> Way:
        """CloudFront's interfaces in the origin's own subnets, in a security group that it manages.

        "Restrict access with VPC origins",
        https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
        """
        group = "CloudFront-VPCOrigins-Service-SG"
        start = End(source.id, Kind.INTERFACES, target.subnets, None)
        private = self._private.way(start, target)
        if private.sure:
            return private
        listed = self._public.inbound(target, CLOUDFRONT, addressed=True)
        return either([private, listed]) if listed.hoped else unknown_way(
            (f"whether {', '.join(target.groups or ())} admits {group}",)
        )  # fmt: skip

    def _property(self, source: End, target: End, name: str) -> object:
        for reference in self._model.references_from(ElementId(source.id), "CALLS"):
            if reference.target == target.id and name in reference.properties:
                return reference.properties[name]
        return None

    def _from_outside(self, source: End, target: End) -> Way:
        if target.kind is Kind.INTERFACES:
            return self._called(target)
        if target.kind is Kind.SERVICE:
            return called_from_anywhere(self._model.elements[ElementId(target.id)])
        if target.kind is Kind.ON_PREMISES:
            return unknown_way((f"how {target.id} is reached from the internet",))
        return open_way(Hop(target.id, f"{source.id} and {target.id} both stand on the internet"))

    def _from_network(self, source: End, target: End) -> Way:
        if target.kind is Kind.INTERFACES:
            private = self._stating(self._private.way(source, target), source)
            if private.sure and private.certain:
                return private
            public = self._called(target)
            return either([private, public]) if public.hoped else private
        if target.kind is Kind.ON_PREMISES:
            if source.network == target.network:
                return open_way(Hop(target.id, f"both stand in {source.network}"))
            return unknown_way((f"how {source.network} and {target.network} are connected",))
        if target.kind is Kind.SERVICE:
            found = called_from_anywhere(self._model.elements[ElementId(target.id)])
            unsaid = (f"how {source.network} reaches the internet",)
            return Way(found.sure, found.hoped, False, found.hops, found.stop, unsaid)
        return unknown_way((f"how {source.network} reaches the internet",))

    def _stating(self, way: Way, end: End) -> Way:
        """A way to a network whose addresses are not stated is not known, if it is not blocked."""
        network = end.network
        if network is None or self._router.hybrid.networks_of(network) or not way.hoped:
            return way
        return Way((), way.hoped, True, way.hops, None, tuple(dict.fromkeys((*way.missing, f"{network}.cidr"))))

    @cached_property
    def _router(self) -> Router:
        return Router(self._model)

    @cached_property
    def _judge(self) -> Judge:
        return Judge(self._model, self._router.hybrid, self._filters, self._wanted)

    @cached_property
    def _private(self) -> PrivateWays:
        return PrivateWays(self._model, self._router, self._judge)

    @cached_property
    def _public(self) -> PublicWays:
        return PublicWays(self._model, self._router, self._judge)

    @cached_property
    def _services(self) -> Services:
        return Services(self._model, self._router, self._private, self._public)


def _of_exposure(exposure: Exposure) -> Way:
    """The way from the internet at large, which the facts already know."""
    ports = tuple(read_ports(port) for port in exposure.ports) or (Ports("all", 0, 65535),)
    certain = exposure.certainty is Certainty.CERTAIN
    if exposure.verdict is Verdict.EXPOSED:
        return Way(ports, ports, certain, exposure.hops, None, exposure.missing)
    if exposure.verdict is Verdict.UNKNOWN:
        return Way((), ports, True, exposure.hops, None, exposure.missing)
    return Way((), (), certain, exposure.hops, exposure.blocked_by, exposure.missing)


_JUDGES: Mapping[Kind, Callable[[Reachability, End, End], Way]] = {
    Kind.INTERFACES: Reachability._from_interfaces,
    Kind.SERVICE: Reachability._from_service,
    Kind.OUTSIDE: Reachability._from_outside,
    Kind.INTERNET: Reachability._from_outside,
    Kind.ON_PREMISES: Reachability._from_network,
}

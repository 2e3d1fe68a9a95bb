"""How what stands in a VPC gets to what AWS runs outside: through an endpoint, NAT, or a public address.

Sources: AWS PrivateLink Guide, "Gateway endpoints"
(https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html): Amazon S3 and DynamoDB of
the same Region, for the subnets whose route tables are associated; "Access an AWS service using an
interface VPC endpoint", section "Private DNS"
(https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html): with it the
service's usual name leads to the endpoint; "AWS services that integrate with AWS PrivateLink"
(https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from archgraph.analysis.evidence import Hop
from archgraph.analysis.reachability_ends import End, ends_of
from archgraph.analysis.reachability_private import PrivateWays
from archgraph.analysis.reachability_public import PublicWays
from archgraph.analysis.reachability_routes import Router
from archgraph.analysis.reachability_ways import Way, blocked_way, either, every, narrowed, open_way
from archgraph.catalog.values import Ports
from archgraph.model.model import Absent, Element, ElementId, Model, Reference

HTTPS = (Ports("tcp", 443, 443),)
GATEWAY_SERVICES = frozenset({"s3", "dynamodb"})
"""The services that gateway endpoints reach."""
SERVICES: Mapping[str, tuple[str, ...]] = {
    "ApiGatewayHttpApi": ("execute-api",),
    "ApiGatewayRestApi": ("execute-api",),
    "AppSyncApi": ("appsync-api",),
    "CloudWatchAlarm": ("monitoring",),
    "CodeRepository": ("git-codecommit", "codecommit"),
    "CognitoIdentityPool": ("cognito-identity",),
    "CognitoUserPool": ("cognito-idp",),
    "DynamoDbTable": ("dynamodb",),
    "EcrRepository": ("ecr.dkr", "ecr.api"),
    "EventBus": ("events",),
    "FirehoseStream": ("kinesis-firehose",),
    "KinesisStream": ("kinesis-streams",),
    "KmsKey": ("kms",),
    "LambdaFunction": ("lambda",),
    "LogGroup": ("logs",),
    "PrivateCertificateAuthority": ("acm-pca",),
    "S3Bucket": ("s3",),
    "Secret": ("secretsmanager",),
    "SesIdentity": ("email-smtp", "email"),
    "SnsTopic": ("sns",),
    "SqsQueue": ("sqs",),
    "SsmParameter": ("ssm",),
    "StateMachine": ("states", "sync-states"),
    "XRayTracing": ("xray",),
}
"""The names of the endpoints by which a type is called."""


class Services:
    """The ways from the VPCs of one model to AWS services."""

    def __init__(self, model: Model, router: Router, private: PrivateWays, public: PublicWays) -> None:
        self._model = model
        self._router = router
        self._private = private
        self._public = public
        self._interfaces: dict[str, list[Element]] = {}
        self._in_vpc: dict[tuple[str, ElementId | None], list[Element]] = {}
        self._gateways: dict[tuple[ElementId, str], Element] = {}
        for endpoint in model.of_type("VpcEndpoint"):
            self._note(endpoint)
        self._known: dict[tuple[object, ...], Way] = {}
        self._ends: dict[ElementId, End] = {}
        self._sorts: dict[tuple[tuple[ElementId, ...], tuple[str, ...]], list[ElementId]] = {}

    def way(self, source: End, service: Element) -> Way:
        """From interfaces in a VPC to a service, by its API or its public endpoint."""
        names = SERVICES.get(service.type.name, ())
        vpc = self._model.elements[source.subnets[0]]
        private = _is_private_api(service)
        here = service.region is None or vpc.region is None or service.region == vpc.region
        key = (source.id, names if here else (), private and service.id)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._way(source, service, names if here else (), private)
        return narrowed(found, HTTPS if names else None)

    def _way(self, source: End, service: Element, names: tuple[str, ...], private: bool) -> Way:
        home = self._model.elements[source.subnets[0]]
        mine = [endpoint for name in names for endpoint in self._in_vpc.get((name, home.vpc), ())]
        ways = [self._by_interface(source, endpoint) for endpoint in mine]
        if private:
            interfaces = self._interfaces_of(names)
            stated = service.properties.get("vpc_endpoints")
            named = [r.target for r in stated if isinstance(r, Reference)] if isinstance(stated, list) else []
            ways += [self._by_interface(source, e) for e in interfaces if e.id in named and e not in mine]
            stop = Hop(
                service.id,
                f"{service.id} is a private API, and {home.vpc} has no {SERVICES[service.type.name][0]} endpoint",
            )
            return either(ways) if ways else blocked_way(stop)
        captured = [e for e in mine if self._takes_the_name(e)]
        gateway = tuple(name for name in names if name in GATEWAY_SERVICES)
        if not captured or gateway:
            subnets = self._sorted(source.subnets, gateway)
            ways.append(every([self._from_subnet(source, subnet, gateway) for subnet in subnets]))
        if any(way.sure for way in ways):
            return either(ways)
        interfaces = self._interfaces_of(names)
        elsewhere = [e for e in interfaces if e.vpc != home.vpc and e.region == home.region][:_TRIED]
        if elsewhere:
            # An endpoint in another VPC is reached by its own name, or over a private hosted zone.
            shared = either([self._by_interface(source, endpoint) for endpoint in elsewhere])
            if shared.sure:
                ways.append(shared._replace(certain=False))
        return either(ways)

    def _interfaces_of(self, names: tuple[str, ...]) -> list[Element]:
        return [endpoint for name in names for endpoint in self._interfaces.get(name, ())]

    def _by_interface(self, source: End, endpoint: Element) -> Way:
        target = self._ends.get(endpoint.id)
        if target is None:
            [target] = ends_of(self._model, endpoint.id, receiving=True)
            self._ends[endpoint.id] = target
        if not target.subnets:
            missing = (f"{endpoint.id}.subnets",)
            return Way(hoped=HTTPS, hops=(Hop(endpoint.id, f"{endpoint.id} states no subnets"),), missing=missing)
        way = self._private.way(source, target)
        said = Hop(endpoint.id, f"{endpoint.id} leads to {endpoint.get('service')}")
        return way._replace(hops=(*way.hops, said)) if way.hoped else way

    def _sorted(self, subnets: tuple[ElementId, ...], gateway: tuple[str, ...]) -> list[ElementId]:
        """One subnet of each sort: the first of those out of which the same ways lead."""
        found = self._sorts.get((subnets, gateway))
        if found is None:
            sorts: dict[Hashable, ElementId] = {}
            for subnet in subnets:
                sorts.setdefault(self._public.likeness(subnet, self._listed(subnet, gateway)), subnet)
            found = self._sorts[subnets, gateway] = list(sorts.values())
        return found

    def _listed(self, subnet: ElementId, gateway: tuple[str, ...]) -> list[tuple[str, ElementId]]:
        """The gateway endpoints of a subnet for services, each with the prefix list that it routes."""
        element = self._model.elements[subnet]
        table = self._router.hops.table_of(element) if gateway else None
        if table is None:
            return []
        endpoints = ((name, self._gateways.get((table, name))) for name in gateway)
        return [(f"com.amazonaws.{element.region}.{name}", found.id) for name, found in endpoints if found is not None]

    def _from_subnet(self, source: End, subnet: ElementId, gateway: tuple[str, ...]) -> Way:
        ways = []
        for prefix_list, endpoint in self._listed(subnet, gateway):
            way = self._public.to_listed(source, subnet, prefix_list, endpoint)
            if way.sure and way.certain:
                return way
            ways.append(way)
        ways.append(self._public.outbound(source._replace(subnets=(subnet,))))
        found = either(ways)
        if not found.hoped and len(ways) == 1 and found.depth == 0 and found.stop is not None:
            kinds = "neither a gateway endpoint, an" if gateway else "neither an"
            vpc = self._model.elements[subnet].vpc
            text = f"{vpc} has {kinds} interface endpoint for it, nor a way out: {found.stop.text}"
            return found._replace(stop=Hop(found.stop.element, text))
        return found

    def _takes_the_name(self, endpoint: Element) -> bool:
        """Whether the service's usual name leads to the endpoint, and so to no other way."""
        vpc = self._model.elements[endpoint.vpc] if endpoint.vpc is not None else None
        names = vpc is not None and False not in (
            vpc.properties.get("dns_support"),
            vpc.properties.get("dns_hostnames"),
        )
        return endpoint.properties.get("private_dns") is True and names

    def _note(self, endpoint: Element) -> None:
        service = service_name(endpoint)
        kind = endpoint.properties.get("kind")
        by_table = [r.source for r in self._model.references_to(endpoint.id, "ROUTES_TO")]
        if kind == "gateway" or (kind is None and by_table):
            for table in by_table:
                self._gateways[table, service] = endpoint
        elif not isinstance(kind, Absent):
            self._interfaces.setdefault(service, []).append(endpoint)
            self._in_vpc.setdefault((service, endpoint.vpc), []).append(endpoint)


def called_from_anywhere(service: Element) -> Way:
    """From outside every VPC to a service: its public endpoint, unless it is a private API."""
    if _is_private_api(service):
        return blocked_way(Hop(service.id, f"{service.id} is a private API: only VPC endpoints reach it"))
    ports = HTTPS if service.type.name in SERVICES else None
    return narrowed(open_way(Hop(service.id, f"{service.id} has a public endpoint of {service.type.service}")), ports)


def _is_private_api(service: Element) -> bool:
    """An API that interface endpoints reach and nothing else.

    "Private REST APIs in API Gateway", https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-apis.html;
    "Using AWS AppSync Private APIs", https://docs.aws.amazon.com/appsync/latest/devguide/using-private-apis.html
    """
    return service.type.name in ("ApiGatewayRestApi", "AppSyncApi") and service.get("endpoint_type") == "private"


def service_name(endpoint: Element) -> str:
    """``s3`` for ``s3`` and ``com.amazonaws.eu-west-1.s3``, ``ecr.api`` for ``com.amazonaws.eu-west-1.ecr.api``."""
    stated = str(endpoint.get("service"))
    return stated.split(".", 3)[-1] if stated.startswith("com.amazonaws.") else stated


_TRIED = 8
"""The most endpoints in other VPCs that are tried."""

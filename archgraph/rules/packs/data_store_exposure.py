"""Security: data stores that the internet could get to, by a public endpoint or a public subnet."""

from __future__ import annotations

from collections.abc import Iterator

from archgraph.analysis.data_flows import data_flows
from archgraph.analysis.evidence import Certainty, Exposure, Verdict
from archgraph.analysis.routing import RoutingKind
from archgraph.model.model import Absent, Element, ElementId, Model
from archgraph.rules.registry import rule
from archgraph.rules.results import Pillar, Severity
from archgraph.rules.rule import (
    Adjusted,
    Conclusion,
    Context,
    Remediation,
    Subject,
    failed,
    not_applicable,
    passed,
    unknown,
)
from archgraph.rules.severity import lowered_outside_production


def _lowered_if_unreached(context: Context, subject: Subject, severity: Severity) -> Adjusted | None:
    """A public name behind a closed door is one change away from being open."""
    exposure = context.facts.exposures.get(ElementId(subject.id))
    if exposure is None or exposure.verdict is not Verdict.BLOCKED or exposure.blocked_by is None:
        return None
    return Adjusted(Severity.MEDIUM, f"the internet does not reach it today: {exposure.blocked_by.text}")


@rule(
    id="sec-datastore-publicly-accessible",
    title="No data store has a public endpoint",
    pillar=Pillar.SECURITY,
    practices={
        "SEC05-BP01": "Create network layers",
        "SEC03-BP07": "Analyze public and cross-account access",
    },
    severity=Severity.CRITICAL,
    population="""RDS instances, Aurora clusters, Amazon MQ brokers and OpenSearch domains. Fails if it is
    publicly accessible, or for OpenSearch if it stands in no subnets; the severity is lower while routes,
    network ACLs or security groups keep the internet out. Passes if it is not, or if nothing that the
    model leaves open could make the internet reach it; unknown if the model does not say; does not apply
    to what holds public data only.""",
    rationale="""A public endpoint leaves a password and a security group rule between the internet and
    the data. Whoever finds the name can try both, all day.""",
    remediation=Remediation(
        """State that it is not public and put it into private subnets. Amazon MQ and OpenSearch fix this
        when they are made, so they have to be replaced.""",
        """
elements:
  shop-db: {type: RdsInstance, publicly_accessible: false, subnet_group: {subnets: [data-a, data-b]}}
  search: {type: OpenSearchDomain, subnets: [data-a, data-b], security_groups: [search-sg]}
""",
    ),
    false_positives="""A store that partners read over the internet from known addresses, where no
    private connection is possible: waive it naming the addresses. Data that is public anyway: draw it as
    a data asset with `classification: public`.""",
    references=[
        "https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-2",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/opensearch-controls.html#opensearch-2",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_network_protection_create_layers.html",
    ],
    adjust=_lowered_if_unreached,
)
def datastore_publicly_accessible(context: Context) -> Iterator[Conclusion]:
    for store in context.of_type("RdsInstance", "AuroraCluster", "MqBroker", "OpenSearchDomain"):
        if _holds_public_data_only(context.model, store):
            yield not_applicable(store, "it holds public data only")
        elif store.type.name == "OpenSearchDomain":
            yield _search_domain(store)
        else:
            yield _endpoint(store, context.facts.exposures.get(store.id))


def _holds_public_data_only(model: Model, store: Element) -> bool:
    held = data_flows(model).stored.get(store.id, ())
    return bool(held) and all(model.elements[id_].properties.get("classification") == "public" for id_ in held)


def _search_domain(domain: Element) -> Conclusion:
    """A domain has its endpoint in a VPC or on the internet, as it was made.

    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/vpc.html
    """
    if domain.get("subnets") is Absent.UNKNOWN:
        missing = [f"{domain.id}.subnets"]
        return unknown(domain, "the model does not say whether it stands in a VPC", missing=missing)
    if domain.subnets or domain.get("subnets"):
        return passed(domain, "its endpoint is in a VPC")
    return failed(
        domain,
        "has a public endpoint",
        evidence=[f"{domain.id} stands in no subnets, so its endpoint is on the internet"],
        fix="replace it by a domain in private subnets: 'subnets'",
    )


def _endpoint(store: Element, exposure: Exposure | None) -> Conclusion:
    stated = store.get("publicly_accessible")
    if stated is True:
        return failed(
            store,
            "has a public endpoint",
            evidence=[f"{store.id}.publicly_accessible is true", *_reach(exposure)],
            fix="set 'publicly_accessible: false'",
            at=store.where("publicly_accessible"),
        )
    if stated is not Absent.UNKNOWN:
        return passed(store, "it is not publicly accessible")
    if exposure is not None and exposure.verdict is Verdict.BLOCKED and exposure.certainty is Certainty.CERTAIN:
        return passed(store, "the internet cannot reach it, publicly accessible or not", _reach(exposure))
    return unknown(
        store,
        "the model does not say whether it is publicly accessible",
        missing=[f"{store.id}.publicly_accessible"],
    )


def _reach(exposure: Exposure | None) -> list[str]:
    if exposure is None:
        return []
    if exposure.blocked_by is not None:
        return [exposure.blocked_by.text]
    return [hop.text for hop in exposure.hops] if exposure.verdict is Verdict.EXPOSED else []


_WITHOUT_SUBNETS = frozenset({"EfsFileSystem", "OpenSearchDomain"})
"""Types that AWS also runs without subnets; all others always stand in some, of the default VPC at worst."""


@rule(
    id="sec-datastore-in-public-subnet",
    title="No data store stands in a public subnet",
    pillar=Pillar.SECURITY,
    practices={"SEC05-BP01": "Create network layers"},
    severity=Severity.HIGH,
    population="""Databases, caches, file systems and brokers that stand in subnets of a VPC. Fails if the
    route table of one of its subnets leads to an internet gateway; passes if none does; unknown if the
    routing or the subnets are not stated; does not apply to what has no network interfaces.""",
    rationale="""In a private subnet a wrong security group rule or a public address by mistake exposes
    nothing, because no route leads in. In a public subnet each of them alone is enough.""",
    remediation=Remediation(
        "Give data a layer of its own: subnets whose route table has no route to an internet gateway.",
        """
elements:
  data-routes: {type: RouteTable, in: shop-vpc, routes: {}}
  data-a: {type: Subnet, in: shop-vpc, availability_zone: a, cidr: 10.0.20.0/24, route_table: data-routes}
  shop-db: {type: RdsInstance, subnet_group: {subnets: [data-a, data-b]}}
""",
    ),
    false_positives="""A playground in a default VPC, which has public subnets only, without data worth
    protecting: waive it for the time that it lives.""",
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_network_protection_create_layers.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html",
    ],
    adjust=lowered_outside_production(Severity.MEDIUM),
)
def datastore_in_public_subnet(context: Context) -> Iterator[Conclusion]:
    for element in context.with_trait("vpc-resource"):
        if not element.type.traits.isdisjoint(("data-store", "cache", "queue")):
            yield _placed(context, element)


def _placed(context: Context, store: Element) -> Conclusion:
    if not store.subnets:
        return _unplaced(store)
    public: list[str] = []
    missing: list[str] = []
    for subnet in store.subnets:
        routing = context.facts.subnets.get(subnet)
        if routing is None or routing.kind is RoutingKind.UNKNOWN:
            missing += routing.missing if routing else (f"{subnet}.route_table",)
        elif routing.kind is RoutingKind.PUBLIC:
            public += [hop.text for hop in routing.evidence]
    if public:
        return failed(
            store,
            "stands in a public subnet",
            evidence=list(dict.fromkeys(public)),
            fix="move it to subnets whose route table has no route to an internet gateway",
            at=store.where("subnets" if "subnets" in store.properties else store.type.placed_by or "subnets"),
        )
    if missing:
        named = list(dict.fromkeys(missing))
        return unknown(store, "the model does not say how its subnets are routed", missing=named)
    return passed(store, "none of its subnets is public")


def _unplaced(store: Element) -> Conclusion:
    name = store.type.placed_by or "subnets"
    if store.type.name in _WITHOUT_SUBNETS and store.get(name) is not Absent.UNKNOWN:
        return not_applicable(store, "it stands in no subnet")
    return unknown(store, "the model does not say in which subnets it stands", missing=[f"{store.id}.{name}"])

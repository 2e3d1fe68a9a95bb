"""Security: data that is encrypted where it lies and where it moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from archgraph.analysis.data_flows import KEEPING, DataFlows, data_flows
from archgraph.catalog.types import ElementType
from archgraph.model.model import Absent, Element, ElementId, Flow, Model
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

_ENCRYPTED_SINCE: Mapping[str, str] = {
    "AuroraCluster": "Aurora encrypts every cluster made since 18 February 2026",
    "SqsQueue": "Amazon SQS encrypts new queues with its own keys unless told otherwise",
}
"""Types whose encryption can be off, but is on for new ones that say nothing: Amazon Aurora User Guide,
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.html, and Amazon SQS Developer
Guide, https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-sqs-sse-queue.html"""

_KEEPING_TYPES = ("KinesisStream",)
"""Types without the trait of a store that keep data for days all the same."""


@rule(
    id="sec-datastore-unencrypted-at-rest",
    title="Every data store is encrypted at rest",
    pillar=Pillar.SECURITY,
    practices={"SEC08-BP02": "Enforce encryption at rest"},
    severity=Severity.HIGH,
    population="""Databases, buckets, file systems, volumes, caches, queues, brokers, log groups and Kinesis
    streams. Passes with a key or a stated encryption, if AWS always encrypts the type, or if AWS encrypts
    new ones that say nothing (Aurora, SQS, volumes of an account with EBS encryption by default); fails
    with `encryption: none`; unknown if nothing is stated and AWS leaves new ones unencrypted or lets the
    way of making them decide. Does not apply to public data, to read replicas, which are encrypted as
    their source is, nor to Memcached, which writes nothing to disk.""",
    rationale="""Encryption with keys that AWS KMS guards makes a copied disk, snapshot or backup useless to
    whoever has no right to the key, and puts every use of the key on record.""",
    remediation=Remediation(
        """State a key, or `encryption`. RDS, EFS, OpenSearch and node-based ElastiCache take it only when they
        are made: restore a snapshot into an encrypted one.""",
        """
elements:
  shop-db: {type: RdsInstance, kms_key: data-key}
  uploads: {type: EfsFileSystem, encryption: aws_managed}
""",
    ),
    false_positives="""Data that the application encrypts before it stores it: waive the finding naming the
    keys. Data that is public anyway: draw it as a data asset with `classification: public`.""",
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_protect_data_rest_encrypt.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html",
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-sqs-sse-queue.html",
        "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html",
        "https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html",
    ],
    adjust=lowered_outside_production(Severity.MEDIUM),
)
def datastore_unencrypted_at_rest(context: Context) -> Iterator[Conclusion]:
    for element in context.model.whose_type(_keeps_data):
        if not element.external:
            yield _at_rest(context.model, element)


def _keeps_data(type_: ElementType) -> bool:
    """Whether elements of the type keep data, and say how they encrypt it."""
    keeps = type_.name in _KEEPING_TYPES or not KEEPING.isdisjoint(type_.traits)
    return keeps and "encryption" in type_.properties


def _at_rest(model: Model, element: Element) -> Conclusion:
    for reference in model.references_from(element.id, "ENCRYPTED_BY"):
        return passed(element, f"it is encrypted with {reference.target or reference.literal}")
    stated = element.get("encryption")
    if stated is not Absent.UNKNOWN and stated is not Absent.NONE and stated != "none":
        return passed(element, f"it is encrypted with a key that is {str(stated).replace('_', ' ')}")
    held = data_flows(model).stored.get(element.id, ())
    if held and all(model.elements[id_].properties.get("classification") == "public" for id_ in held):
        return not_applicable(element, "it holds public data only")
    if stated is Absent.UNKNOWN:
        return _unstated(model, element)
    return failed(
        element,
        "is not encrypted at rest",
        evidence=[f"{element.id}.encryption is none"],
        fix="state 'kms_key', or an 'encryption' with a key that AWS manages",
        at=element.where("encryption"),
    )


def _unstated(model: Model, element: Element) -> Conclusion:
    name = element.type.name
    if element.properties.get("encryption") is None:
        if "none" not in element.type.properties["encryption"].values:
            return passed(element, f"{element.type.service} encrypts every {element.type.title}")
        if name in _ENCRYPTED_SINCE:
            return passed(element, _ENCRYPTED_SINCE[name])
        if name == "ElastiCacheCluster" and element.get("serverless") is True:
            return passed(element, "a serverless cache is always encrypted")
        if name == "ElastiCacheCluster" and element.get("engine") == "memcached":
            return not_applicable(element, "Memcached keeps data in memory only")
        if name == "RdsInstance" and element.get("replica_of"):
            return not_applicable(element, "a read replica is encrypted if its source is")
        account = model.elements[element.account] if element.account is not None else None
        if name == "EbsVolume" and account is not None and account.properties.get("ebs_encryption") is True:
            return passed(element, f"{account.id} encrypts new volumes by itself")
    missing = [f"{element.id}.encryption"]
    return unknown(element, "the model does not say whether it is encrypted", missing=missing)


_NOT_PUBLIC = frozenset({"internal", "confidential", "restricted"})

_ENCRYPTED = frozenset({"https", "tls", "ssh", "sftp", "ipsec"})
"""Protocols that encrypt by definition."""

_REPLICATED_ENCRYPTED = frozenset({"AuroraCluster", "DynamoDbTable", "EfsFileSystem", "RdsInstance", "S3Bucket"})
"""Types whose replication AWS encrypts by itself, such as "Encrypting Amazon RDS resources":
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html"""

_TLS_IS_A_SETTING = frozenset({"DaxCluster", "ElastiCacheCluster"})
"""Types that speak no TLS at all unless it is turned on."""


def _lowered_in_one_vpc(context: Context, subject: Subject, severity: Severity) -> Adjusted | None:
    """Who would listen inside one VPC has to be inside it, or inside AWS."""
    if isinstance(subject, Flow):
        source, target = (context.model.elements[end] for end in (subject.source, subject.target))
        if source.vpc is not None and source.vpc == target.vpc:
            return Adjusted(Severity.MEDIUM, f"both ends are in {source.vpc}")
    return lowered_outside_production(Severity.MEDIUM)(context, subject, severity)


@rule(
    id="sec-edge-unencrypted-in-transit",
    title="Data that is not public moves encrypted",
    pillar=Pillar.SECURITY,
    practices={"SEC09-BP02": "Enforce encryption in transit"},
    severity=Severity.HIGH,
    population="""Every flow that carries a data asset which is not public, or that leads to a store which
    holds one, and every flow whose protocol is HTTP or whose encryption is stated to be none. Passes if
    the protocol or the stated encryption protects it, if the target refuses clients without TLS, if AWS
    encrypts it (replication, calls of AWS's own APIs), or if HTTP is only redirected to HTTPS. Fails if it
    is plain and carries such data; unknown if the protocol, the data or its classification is not stated.
    Severity is medium if both ends are in one VPC.""",
    rationale="""What moves in plain text can be read and changed by whatever stands in between: a wireless
    network, a proxy, a compromised neighbour. TLS also proves that the other end is the right one.""",
    remediation=Remediation(
        "Speak TLS to the target, and let the target refuse everything else.",
        """
elements:
  sessions: {type: ElastiCacheCluster, engine: valkey, encryption_in_transit: true}
flows:
  - web -> sessions: {protocol: tls, port: 6379, carries: [customer-data]}
""",
    ),
    false_positives="""A protocol that encrypts the payload itself, or a network that encrypts underneath (an
    IPsec tunnel, MACsec): state `encryption: ipsec` on the flow, or waive it naming the layer.""",
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_protect_data_transit_encrypt.html",
        "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption.html",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-https-listener.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html",
    ],
    adjust=_lowered_in_one_vpc,
)
def edge_unencrypted_in_transit(context: Context) -> Iterator[Conclusion]:
    model, known = context.model, data_flows(context.model)
    for flow in model.flows.values():
        assets = _moved(flow, known)
        plain = flow.properties.get("protocol") == "http" or flow.properties.get("encryption") == "none"
        if not assets and not plain:
            continue
        if not model.elements[flow.source].external or not model.elements[flow.target].external:
            yield _in_transit(model, flow, assets)


def _moved(flow: Flow, known: DataFlows) -> Mapping[ElementId, str]:
    """The data assets on a flow and what shows it: what it carries, or else what the store behind it holds."""
    if flow.id in known.carried:
        return {asset: f"'{flow.id}' carries {asset}" for asset in known.carried[flow.id]}
    if flow.implied_by is not None and flow.implied_by.relationship == "WATCHES":
        return {}
    store = flow.source if flow.kind in ("poll", "stream", "replicate") else flow.target
    return known.stored.get(store, {})


def _in_transit(model: Model, flow: Flow, assets: Mapping[ElementId, str]) -> Conclusion:
    levels = {asset: model.elements[asset].properties.get("classification") for asset in assets}
    if assets and all(isinstance(level, str) and level not in _NOT_PUBLIC for level in levels.values()):
        return not_applicable(flow, "it carries public data only")
    protected, evidence = _protection(model, flow)
    if protected is True:
        return passed(flow, evidence)
    if protected is None:
        missing = [f"{flow.id}.encryption" if "protocol" in flow.properties else f"{flow.id}.protocol"]
        return unknown(flow, evidence, missing=missing, evidence=list(assets.values()))
    secret = [f"{asset} is {level}" for asset, level in levels.items() if level in _NOT_PUBLIC]
    if secret:
        return failed(
            flow,
            "carries data that is not public in plain text",
            evidence=[evidence, *assets.values(), *secret],
            fix="use TLS: 'protocol: https' or 'protocol: tls', and refuse clients without it",
        )
    unclassified = [f"{asset}.classification" for asset, level in levels.items() if not isinstance(level, str)]
    missing = unclassified or [f"{flow.id}.carries"]
    return unknown(flow, "is not encrypted, and the model does not say what it carries", missing=missing)


def _protection(model: Model, flow: Flow) -> tuple[bool | None, str]:
    """Whether a flow is encrypted, ``None`` if the model does not say, and why."""
    stated, protocol = flow.properties.get("encryption"), flow.properties.get("protocol")
    source, target = model.elements[flow.source], model.elements[flow.target]
    server = source if flow.kind in ("poll", "stream") else target
    if stated in ("tls", "mtls", "ipsec"):
        return True, f"its encryption is {stated}"
    if stated == "none":
        return False, f"the encryption of '{flow.id}' is none"
    if protocol in _ENCRYPTED:
        return True, f"its protocol is {protocol}"
    if protocol == "http":
        redirect = _redirects(model, target, flow.properties.get("port"))
        return (True, redirect) if redirect else (False, f"the protocol of '{flow.id}' is http")
    if protocol is None and flow.kind == "replicate" and {source.type.name, target.type.name} <= _REPLICATED_ENCRYPTED:
        return True, f"AWS encrypts what {source.id} copies to {target.id}"
    setting = server.properties.get("encryption_in_transit")
    if setting is True:
        return True, f"{server.id} refuses connections without TLS"
    if server.type.name == "ElastiCacheCluster" and server.get("serverless") is True:
        return True, "a serverless cache speaks TLS only"
    if setting is False and server.type.name in _TLS_IS_A_SETTING:
        return False, f"{server.id}.encryption_in_transit is false, so it speaks no TLS"
    if protocol is None and (server.has("api-endpoint") or _delivered_by_aws(source, target, flow)):
        return True, f"{server.type.service} is called over HTTPS"
    return None, f"{protocol} may be plain" if protocol else "the model does not say by which protocol it moves"


def _redirects(model: Model, target: Element, port: object) -> str | None:
    """How a target answers HTTP with nothing but a redirect to HTTPS, if it does."""
    if target.properties.get("viewer_protocol") in ("redirect_to_https", "https_only"):
        return f"{target.id} serves HTTPS only"
    listeners = [model.elements[id_] for id_ in target.properties.get("listeners") or ()]
    plain = [
        listener
        for listener in listeners
        if port in (None, listener.properties.get("port"))
        and (listener.properties.get("protocol") == "http" or listener.properties.get("port") == 80)
    ]
    if plain and all(listener.properties.get("redirect") for listener in plain):
        return f"{target.id} redirects HTTP to HTTPS"
    return None


def _delivered_by_aws(source: Element, target: Element, flow: Flow) -> bool:
    """Whether one AWS service hands an event to another, without a connection of the author's making."""
    inside = all(end.vpc is None and not end.external for end in (source, target))
    own = not {source.type.category, target.type.category} & {"Actor", "External", "Place"}
    return flow.kind == "event" and inside and own

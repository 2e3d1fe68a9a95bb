"""Sustainability: hardware that does more with less, and nothing that runs for nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from archgraph.catalog.types import ElementType
from archgraph.model.model import Element, ElementId, Model
from archgraph.rules.registry import rule
from archgraph.rules.results import Pillar, Severity
from archgraph.rules.rule import (
    Conclusion,
    Context,
    Remediation,
    failed,
    not_applicable,
    passed,
    unknown,
)

_EC2 = "https://docs.aws.amazon.com/ec2/latest/instancetypes/pg.html"
_RDS = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Types.html"
_ELASTICACHE = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html"
_OPENSEARCH = "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/supported-instance-types.html"

_PREVIOUS: Mapping[str, frozenset[str]] = {
    _EC2: frozenset({"a1", "c1", "c3", "c4", "g3", "i2", "m1", "m2", "m3", "m4", "p3", "p3dn", "r3", "r4", "t1"}),
    _RDS: frozenset({"cr1", "m1", "m2", "m3", "m4", "r3", "r4", "t1", "t2"}),
    _ELASTICACHE: frozenset({"c1", "m1", "m2", "m3", "r3", "t1"}),
    _OPENSEARCH: frozenset({"c4", "i2", "m3", "m4", "r3", "r4", "t2"}),
}
"""The families that each service's page lists as previous generation."""

_SUCCESSORS: Mapping[str, str] = {
    "a": "m7g",
    "c": "c7g",
    "g": "g6",
    "i": "i4i",
    "m": "m7g",
    "p": "p5",
    "r": "r7g",
    "t": "t4g",
}
_MEMORY_OPTIMIZED = frozenset({"m2", "cr1"})

_SETTINGS: Mapping[str, tuple[str, str]] = {
    "Ec2Instance": ("instance_type", _EC2),
    "LaunchTemplate": ("instance_type", _EC2),
    "AutoScalingGroup": ("instance_types", _EC2),
    "EksNodeGroup": ("instance_types", _EC2),
    "RdsInstance": ("instance_class", _RDS),
    "AuroraCluster": ("instance_class", _RDS),
    "AuroraInstance": ("instance_class", _RDS),
    "ElastiCacheCluster": ("node_type", _ELASTICACHE),
    "OpenSearchDomain": ("instance_type", _OPENSEARCH),
}
"""The property that names the hardware of each type, and the page that judges it."""


@rule(
    id="sus-inefficient-instance-family",
    title="No instance is of a previous generation",
    pillar=Pillar.SUSTAINABILITY,
    practices={"SUS05-BP02": "Use instance types with the least impact"},
    severity=Severity.INFO,
    population="""Everything that names an instance type, instance class or node type: EC2 instances,
    launch templates, Auto Scaling groups, EKS node groups, RDS, Aurora, ElastiCache and OpenSearch. Fails
    if AWS lists the family as previous generation for that service; unknown if no type is stated; does
    not apply to serverless capacity, nor to a group whose launch template names the type.""",
    rationale="""Each generation does more work per watt, and usually per dollar, than the one
    before.""",
    remediation=Remediation(
        "Move to a current family; Graviton families (with a `g`) need software built for arm64.",
        """
elements:
  web: {type: LaunchTemplate, instance_type: m7g.large}
  shop-db: {type: RdsInstance, instance_class: db.m7g.large}
""",
    ),
    false_positives="""Software that is certified for one family only, or Reserved Instances that
    still run: waive it until they end.""",
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/sus_sus_hardware_a3.html",
        _EC2,
        _RDS,
        _ELASTICACHE,
        _OPENSEARCH,
    ],
)
def inefficient_instance_family(context: Context) -> Iterator[Conclusion]:
    for element in context.of_type(*_SETTINGS):
        conclusion = _hardware(context.model, element, *_SETTINGS[element.type.name])
        if conclusion is not None:
            yield conclusion


def _hardware(model: Model, element: Element, name: str, page: str) -> Conclusion | None:
    stated = element.get(name)
    types = stated if isinstance(stated, list) else [stated] if isinstance(stated, str) else []
    if "db.serverless" in types:
        return not_applicable(element, "its capacity is serverless")
    if not types:
        return _unstated(model, element, name)
    old = {text: family for text in types if (family := _family(text)) in _PREVIOUS[page]}
    if not old:
        return passed(element, f"{', '.join(types)} is of a current generation")
    return failed(
        element,
        f"uses the previous generation {', '.join(sorted(set(old.values())))}",
        evidence=[f"{element.id}.{name} is {text}; AWS lists {family} as previous" for text, family in old.items()],
        fix=f"use a current family, like {', '.join(sorted({_successor(element, page, f) for f in old.values()}))}",
        at=element.where(name),
    )


def _unstated(model: Model, element: Element, name: str) -> Conclusion | None:
    if element.type.name in ("AutoScalingGroup", "AuroraInstance"):
        return None  # the launch template or the cluster states it
    if "serverless" in element.type.properties and element.get("serverless"):
        return not_applicable(element, "its capacity is serverless")
    if "launch_template" in element.type.properties and element.get("launch_template"):
        return not_applicable(element, "its launch template names the type")
    users = [model.elements[reference.source] for reference in model.references_to(element.id, "LAUNCHES")]
    if users and all(user.properties.get("instance_types") for user in users):
        return not_applicable(element, f"{users[0].id} names the types")
    if element.type.name == "AuroraCluster" and element.get("instances"):
        return not_applicable(element, "its instances name their classes")
    return unknown(element, "the model does not say on which hardware it runs", missing=[f"{element.id}.{name}"])


def _family(text: str) -> str:
    """The family in ``m4.large``, ``db.m4.large``, ``cache.m3.medium`` and ``m4.large.search``."""
    words = text.split(".")
    return words[1] if words[0] in ("db", "cache") and len(words) > 1 else words[0]


def _successor(element: Element, page: str, family: str) -> str:
    """A current family of the same kind that the service and the engine run on."""
    current = "r7g" if family in _MEMORY_OPTIMIZED else _SUCCESSORS[family[0]]
    if page == _OPENSEARCH and current == "t4g":
        return "t3"
    if page == _ELASTICACHE and current == "c7g":
        return "c7gn"
    if str(element.properties.get("engine", "")).startswith(_X86_ENGINES):
        return {"m7g": "m7i", "r7g": "r7i", "t4g": "t3"}.get(current, current)
    return current


_X86_ENGINES = ("oracle", "sqlserver", "db2", "custom-")
"""Beginnings of the engines that run on no Graviton class: "Supported DB engines for DB instance classes",
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html"""


_WORKING = frozenset({"compute", "data-store", "cache", "queue", "load-balancer"})
"""Traits of what is there to be used by something."""

_ELSEWHERE = frozenset({"EksNodeGroup", "TargetGroup"})
"""Types whose use shows at another element: the cluster that they carry, the listener that they serve."""

_NOT_USE = frozenset(
    {"WATCHES", "RECORDS", "LOCATED_IN", "PART_OF", "OWNED_BY", "MEMBER_OF", "IN_SUBNET", "ATTACHED_TO"}
)
"""Relationships that lead to an element without making use of it."""

_FORWARDS = frozenset({"DEAD_LETTERS_TO", "LISTENS_FOR"})
"""Relationships that say where something would hand on what it gets; they do not show that it gets anything."""

_USE = frozenset({"CALLS", "FEEDS", "STREAMS_TO", "TRIGGERS", "REPLICATES_TO", "MANAGES", "HOLDS"})
"""Relationships by which an element shows that it works for something."""

_IDLE: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "NatGateway": (("ROUTES_TO",), (), "no route leads to it"),
    "ElasticIp": (("USES_ADDRESS",), ("ATTACHED_TO",), "nothing uses the address"),
    "EbsVolume": (("ATTACHED_TO",), ("ATTACHED_TO",), "it is attached to no instance"),
}
"""What is billed while idle: the references (to it, from it) that show its use, and what is said without."""


@rule(
    id="sus-unused-component",
    title="Every component is used by something",
    pillar=Pillar.SUSTAINABILITY,
    practices={"SUS02-BP03": "Stop the creation and maintenance of unused assets"},
    severity=Severity.LOW,
    population="""Compute, data stores, caches, queues and load balancers: passes if a flow begins or
    ends at it, if it holds a data asset, or if another element refers to it other than by watching or
    recording it. NAT gateways, Elastic IP addresses and EBS volumes: passes if a route leads to it,
    something uses it, or it is attached. Flows are only missed in a model that declares any.""",
    rationale="""What nothing uses still takes hardware, energy and money, has to be patched, and is
    one more way in.""",
    remediation=Remediation(
        "Remove it, or draw the flow that uses it.",
        """
flows:
  - web -> reports-db: {protocol: tls, port: 5432}
""",
    ),
    false_positives="""Standby capacity and disaster recovery sites that nothing calls yet: draw the
    replication or failover that feeds them, or waive it. A model that leaves a caller out on purpose can
    name it as an element with `external: true`.""",
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/sus_sus_user_a4.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-pricing.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html",
    ],
)
def unused_component(context: Context) -> Iterator[Conclusion]:
    model = context.model
    touched = _touched_by_flows(model)
    for element in model.whose_type(_is_judged):
        if element.external:
            continue
        if element.type.name in _IDLE:
            yield _idle(model, element)
        else:
            yield _used(model, element, touched)


def _is_judged(type_: ElementType) -> bool:
    own = not type_.part and type_.name not in _ELSEWHERE
    return own and (type_.name in _IDLE or not _WORKING.isdisjoint(type_.traits))


def _touched_by_flows(model: Model) -> set[ElementId]:
    """Every element at an end of a flow, and the owners of those that are parts or defined in place."""
    touched: set[ElementId] = set()
    for flow in model.flows.values():
        cause = flow.implied_by.relationship if flow.implied_by is not None and not flow.declared else None
        if cause in _NOT_USE:
            continue
        touched.add(flow.target)
        if cause not in _FORWARDS:
            touched.add(flow.source)
    for end in tuple(touched):
        element = model.elements[end]
        while element.type.part and element.part_of is not None:
            element = model.elements[element.part_of]
            touched.add(element.id)
    return touched


def _idle(model: Model, element: Element) -> Conclusion:
    incoming, outgoing, said = _IDLE[element.type.name]
    if model.references_to(element.id, *incoming) or (outgoing and model.references_from(element.id, *outgoing)):
        return passed(element, "it is in use")
    return failed(
        element,
        said,
        evidence=[f"no element of the model refers to {element.id} by {' or '.join(incoming)}"],
        fix="remove it, or draw what uses it",
    )


def _used(model: Model, element: Element, touched: set[ElementId]) -> Conclusion:
    if element.id in touched:
        return passed(element, "a flow begins or ends at it")
    for reference in model.references_to(element.id):
        if reference.relationship not in _NOT_USE and reference.source != element.id:
            return passed(element, f"{reference.source} refers to it")
    if any(reference.relationship in _USE for reference in model.references_from(element.id)):
        return passed(element, "it works for another element")
    if not any(flow.declared for flow in model.flows.values()):
        return not_applicable(element, "the model declares no flows, so it does not describe use")
    return failed(
        element,
        "nothing in the model uses it",
        evidence=[
            "no flow begins or ends at it",
            "no element refers to it, other than to watch or record it",
        ],
        fix="remove it, or draw the flow that uses it",
    )

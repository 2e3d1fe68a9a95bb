"""What pictures leave out, and the one detail that each kind of icon shows under its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from archgraph.catalog.types import ElementType
from archgraph.model.model import Element, Flow
from archgraph.views.view import EdgeStyle

SETTINGS_TYPES = frozenset(
    {
        "SecurityGroup", "NetworkAcl", "RouteTable", "TransitGatewayRouteTable", "ElasticIp", "NetworkInterface",
        "PrefixList", "FlowLog", "IamPolicy", "IamRole", "InstanceProfile", "LaunchTemplate", "MachineImage",
        "DbSubnetGroup", "CacheSubnetGroup", "DataAsset", "AcmCertificate", "ServiceControlPolicy", "LambdaLayer",
        "EcsTaskDefinition", "TargetGroup", "BackupVault", "DirectConnectGatewayAssociation",
    }
)  # fmt: skip
"""Types that are settings of other things: their place is the page's tables, not the picture."""

FLOW_STYLES: dict[str, EdgeStyle] = {
    "request": EdgeStyle.REQUEST,
    "event": EdgeStyle.EVENT,
    "poll": EdgeStyle.EVENT,
    "stream": EdgeStyle.STREAM,
    "replicate": EdgeStyle.REPLICATION,
    "manage": EdgeStyle.MANAGEMENT,
}


def detail(element: Element) -> str:
    """The line under an icon's name: what matters most about this type, or the type's title.

    Empty if it would only repeat the name.
    """
    read = _DETAILS.get(element.type.name)
    said = (read(element) if read else "") or element.type.title
    return "" if said.lower() == short_name(element).lower() else said


def short_name(element: Element) -> str:
    """The title, or the last name of the id: the namespace shows in the frames around it."""
    return element.title or element.id.rpartition(".")[2]


def service_name(kind: ElementType) -> str:
    """The type's service without its vendor: ``EC2``, ``Lambda``, ``Elastic Load Balancing``."""
    return kind.service.removeprefix("Amazon ").removeprefix("AWS ")


def plural(noun: str) -> str:
    """``Lambda functions``, ``IAM policies``, ``Event buses``: the plural of a type's title."""
    if noun.endswith("y") and noun[-2:-1] not in tuple("aeiou"):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"


def listed(names: Iterable[str], most: int = 3) -> str:
    """``a``, ``a and b``, ``a, b, c and 4 more``."""
    shown = list(names)
    if len(shown) > most + 1:
        shown = [*shown[:most], f"{len(shown) - most} more"]
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else "".join(shown)


def ports_text(ports: Iterable[str]) -> str:
    """Open ports as a label: ``443``, ``80, 443``, or the first of many."""
    shown = list(ports)
    return ", ".join(shown[:4]) + (" ..." if len(shown) > 4 else "")


def flow_label(flow: Flow) -> str:
    """What a line says: the author's label, or protocol and port."""
    if flow.label:
        return flow.label
    protocol, port = flow.properties.get("protocol"), flow.properties.get("port")
    words = [
        protocol.upper() if isinstance(protocol, str) else "",
        str(port) if isinstance(port, int) else "",
    ]
    return " ".join(word for word in words if word)


def _text(element: Element, name: str) -> str:
    value = element.properties.get(name)
    return value if isinstance(value, str) else ""


def _instances(element: Element) -> str:
    low, high = element.properties.get("min"), element.properties.get("max")
    if not isinstance(low, int) or not isinstance(high, int):
        return ""
    if low == high:
        return "1 instance" if low == 1 else f"{low} instances"
    return f"{low} to {high} instances"


def _named(name: str) -> Callable[[Element], str]:
    return lambda element: name


def _database(element: Element) -> str:
    engine = _ENGINES.get(_text(element, "engine"), element.type.title)
    return f"{engine}, Multi-AZ" if element.properties.get("multi_az") is True else engine


_ENGINES = {
    "postgres": "PostgreSQL",
    "mysql": "MySQL",
    "mariadb": "MariaDB",
    "aurora-postgresql": "Aurora PostgreSQL",
    "aurora-mysql": "Aurora MySQL",
    "valkey": "Valkey",
    "redis": "Redis OSS",
    "memcached": "Memcached",
}


_DETAILS: dict[str, Callable[[Element], str]] = {
    "AutoScalingGroup": _instances,
    "Ec2Instance": lambda e: _text(e, "instance_type"),
    "RdsInstance": _database,
    "AuroraCluster": _database,
    "ElastiCacheCluster": _database,
    "LambdaFunction": lambda e: _text(e, "runtime"),
    "HostedZone": lambda e: _text(e, "domain"),
    "CloudFrontDistribution": _named("CloudFront"),
    "VpcEndpoint": lambda e: _text(e, "service"),
}

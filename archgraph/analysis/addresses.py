"""Whether the internet has an address for an element in a VPC.

Which setting gives one depends on the type: a load balancer's scheme, an instance's public or
Elastic IP address, a database's public access. A type with none of these settings has private
addresses only. Sources: "Elastic Load Balancing User Guide", section "Load balancer scheme"
(https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html);
"IP addressing for your VPCs and subnets", section "Public IPv4 addresses"
(https://docs.aws.amazon.com/vpc/latest/userguide/vpc-ip-addressing.html); "Working with a DB instance
in a VPC", section "Hiding a DB instance in a VPC from the internet"
(https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html).
"""

from __future__ import annotations

from enum import Enum
from typing import Any, NamedTuple

from archgraph.analysis.evidence import Hop
from archgraph.model.model import Absent, Element, Model, Reference


class Answer(Enum):
    """Whether something holds, as far as the model says."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Addressed(NamedTuple):
    """Whether an element has a public address of an IP version, and why."""

    answer: Answer
    hop: Hop
    missing: tuple[str, ...] = ()


def public_address(model: Model, element: Element, subnet: Element | None, version: int) -> Addressed:
    """Whether clients on the internet have an IPv4 or IPv6 address for the element in a subnet."""
    settings = launched_from(model, element)
    if version == 4 and subnet is not None and subnet.properties.get("ipv6_only") is True:
        return Addressed(Answer.NO, Hop(subnet.id, f"{subnet.id} has IPv6 addresses only"))
    for name, read in _SETTINGS:
        if name in element.type.properties or name in settings.type.properties:
            return read(element, settings, subnet, version)
    return Addressed(Answer.NO, Hop(element.id, f"{element.id} has private addresses only"))


def launched_from(model: Model, element: Element) -> Element:
    """The launch template that describes an element's instances, or the element itself."""
    template = element.properties.get("launch_template")
    if isinstance(template, Reference) and template.target is not None:
        return model.elements[template.target]
    return element


def _by_scheme(element: Element, settings: Element, subnet: Element | None, version: int) -> Addressed:
    scheme = element.get("scheme")
    kinds = element.properties.get("ip_address_type")
    if version == 4 and kinds == "dualstack-without-public-ipv4":
        return Addressed(Answer.NO, Hop(element.id, f"{element.id} has no public IPv4 address"))
    if version == 6 and kinds in (None, Absent.UNKNOWN) and scheme != "internal":
        text = f"{element.id} does not say whether it has IPv6 addresses"
        return Addressed(Answer.UNKNOWN, Hop(element.id, text), (f"{element.id}.ip_address_type",))
    if version == 6 and kinds == "ipv4":
        return Addressed(Answer.NO, Hop(element.id, f"{element.id} has no IPv6 addresses"))
    if scheme == "internet-facing":
        return Addressed(Answer.YES, Hop(element.id, f"{element.id} is internet-facing"))
    if scheme is Absent.UNKNOWN:
        text = f"{element.id} does not say whether it is internet-facing or internal"
        return Addressed(Answer.UNKNOWN, Hop(element.id, text), (f"{element.id}.scheme",))
    return Addressed(Answer.NO, Hop(element.id, f"{element.id} is internal: its name resolves to private addresses"))


def _by_public_access(element: Element, settings: Element, subnet: Element | None, version: int) -> Addressed:
    """Databases and brokers. AWS's default depends on the subnet group, so it is not assumed:
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
    """
    return _by_flag(element, element, "publicly_accessible", "is publicly accessible", "is not publicly accessible")


def _by_assigned_address(element: Element, settings: Element, subnet: Element | None, version: int) -> Addressed:
    if version == 6:
        return Addressed(Answer.YES, Hop(element.id, f"the tasks of {element.id} have IPv6 addresses"))
    if element.properties.get("launch_type") == "ec2":
        # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html
        text = f"the tasks of {element.id} run on EC2 instances, where task interfaces get no public addresses"
        return Addressed(Answer.NO, Hop(element.id, text))
    return _by_flag(element, element, "assign_public_ip", "assigns public addresses", "assigns no public addresses")


def _by_instance_address(element: Element, settings: Element, subnet: Element | None, version: int) -> Addressed:
    """An Elastic IP, an IPv6 address, or a public address: the instance's own setting, else its
    subnet's. "Public IPv4 addresses"; "Modify the IP addressing attributes of your subnet",
    https://docs.aws.amazon.com/vpc/latest/userguide/subnet-public-ip.html
    """
    if version == 6:
        return _by_assigned_ipv6(element, subnet)
    elastic = element.properties.get("elastic_ip")
    if isinstance(elastic, Reference):
        address = elastic.target or elastic.literal
        return Addressed(Answer.YES, Hop(element.id, f"{element.id} has the Elastic IP address {address}"))
    if elastic is Absent.UNKNOWN and settings.properties.get("public_ip") is not True:
        text = f"whether {element.id} has an Elastic IP address is not known"
        return Addressed(Answer.UNKNOWN, Hop(element.id, text), (f"{element.id}.elastic_ip",))
    inherited = subnet.properties.get("auto_assign_public_ip") if subnet is not None else None
    if subnet is not None and isinstance(inherited, bool) and "public_ip" not in settings.properties:
        verb = "assigns" if inherited else "does not assign"
        answer = Answer.YES if inherited else Answer.NO
        return Addressed(answer, Hop(subnet.id, f"{subnet.id} {verb} public addresses at launch"))
    if "public_ip" not in settings.type.properties:
        text = f"{element.id} does not say what its instances are launched from"
        return Addressed(Answer.UNKNOWN, Hop(element.id, text), (f"{element.id}.launch_template",))
    return _by_flag(element, settings, "public_ip", "has a public address", "has no public address")


def _by_assigned_ipv6(element: Element, subnet: Element | None) -> Addressed:
    """Interfaces in a subnet with an IPv6 block get an IPv6 address if the subnet assigns them."""
    assigns = subnet.properties.get("auto_assign_ipv6", Absent.UNKNOWN) if subnet is not None else False
    if subnet is not None and assigns is Absent.UNKNOWN:
        text = f"{subnet.id} does not say whether it assigns IPv6 addresses"
        return Addressed(Answer.UNKNOWN, Hop(subnet.id, text), (f"{subnet.id}.auto_assign_ipv6",))
    if assigns is True:
        return Addressed(Answer.YES, Hop(element.id, f"{element.id} has an IPv6 address"))
    return Addressed(Answer.NO, Hop(element.id, f"{element.id} has no IPv6 address"))


def _by_flag(element: Element, settings: Element, name: str, yes: str, no: str) -> Addressed:
    stated: Any = settings.get(name)
    if stated is Absent.UNKNOWN:
        text = f"{settings.id} does not say {name}"
        return Addressed(Answer.UNKNOWN, Hop(settings.id, text), (f"{settings.id}.{name}",))
    return Addressed(Answer.YES, Hop(element.id, f"{element.id} {yes}")) if stated is True else (
        Addressed(Answer.NO, Hop(element.id, f"{element.id} {no}"))
    )  # fmt: skip


_SETTINGS = (
    ("scheme", _by_scheme),
    ("publicly_accessible", _by_public_access),
    ("assign_public_ip", _by_assigned_address),
    ("public_ip", _by_instance_address),
    ("launch_template", _by_instance_address),
)
"""The settings that give a type a public address, and how each is read."""

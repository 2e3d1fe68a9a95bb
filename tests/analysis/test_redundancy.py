"""How elements stand: their instances, the zones whose loss takes them down, and what nobody says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from archgraph.analysis.redundancy import Standing, counts_instances, standing
from archgraph.model.model import ElementId, Model

ModelOf = Callable[..., Model]

SOMEWHERE = ("the zone of it",)
HOST = {"type": "Ec2Instance"}


def found_of(model: Model) -> Standing | None:
    return standing(model, model.elements[ElementId("it")])


@pytest.fixture
def regional(model_of: ModelOf) -> Callable[..., Model]:
    """A model in which ``it`` stands in a Region, outside any VPC."""

    def model(**it: Any) -> Model:
        more = {"db": {"type": "RdsInstance", "in": "prod.eu-west-1"}} if it.get("database") else {}
        return model_of({"prod": {"type": "Account"}, "it": {"in": "prod.eu-west-1", **it}, **more})

    return model


@pytest.fixture
def placed(model_of: ModelOf) -> Callable[..., Model]:
    """A model in which ``it`` stands in a VPC with subnets in two zones and one whose zone nobody states."""

    def model(more: Any = (), **it: Any) -> Model:
        return model_of({
            "prod": {"type": "Account"},
            "vpc": {"type": "Vpc", "in": "prod.eu-west-1", "cidr": "10.0.0.0/16"},
            "a": {"type": "Subnet", "in": "vpc", "cidr": "10.0.0.0/24", "availability_zone": "a"},
            "a2": {"type": "Subnet", "in": "vpc", "cidr": "10.0.3.0/24", "availability_zone": "a"},
            "b": {"type": "Subnet", "in": "vpc", "cidr": "10.0.1.0/24", "availability_zone": "b"},
            "bare": {"type": "Subnet", "in": "vpc", "cidr": "10.0.2.0/24"},
            "it": it if "subnet" in it or "subnets" in it else {"in": "vpc", **it},
            **dict(more),
        })  # fmt: skip

    return model


@pytest.mark.parametrize(
    ("it", "text", "instances", "spans", "lost_with"),
    [
        ({"type": "RdsInstance", "multi_az": True}, "it is Multi-AZ", None, True, ()),
        ({"type": "RdsInstance", "multi_az": False}, "it.multi_az is false", 1, False, SOMEWHERE),
        (
            {"type": "RdsInstance", "multi_az": False, "availability_zone": "a"},
            "it.multi_az is false", 1, False, ("eu-west-1a",),
        ),
        (
            {"type": "RdsInstance", "availability_zone": "a"},
            "it is pinned to zone a, as only an instance without standby is", 1, False, ("eu-west-1a",),
        ),
        (
            {"type": "RdsInstance", "readable_standbys": True, "availability_zone": "a"},
            "it has two readable standbys in other zones", 3, True, (),
        ),
        (
            {"type": "RdsProxy", "database": "db"},
            "it spans the zones of its subnets by AWS's design", None, True, (),
        ),
        (
            {"type": "AuroraCluster", "count": "1"},
            "it has one instance, and no reader in another zone", 1, False, SOMEWHERE,
        ),
        ({"type": "AuroraCluster", "count": "2"}, "it has 2 instances", 2, True, ()),
        (
            {"type": "AuroraCluster", "count": "1", "scaling": {"min": "1", "max": "3"}},
            "it has 2 instances", 2, True, (),
        ),
        (
            {"type": "AuroraCluster", "count": "4", "scaling": {"min": "1", "max": "3"}},
            "it has 4 instances", 4, True, (),
        ),
        (
            {"type": "ElastiCacheCluster", "engine": "valkey", "replicas": "0"},
            "it has no replica", 1, False, SOMEWHERE,
        ),
        (
            {"type": "ElastiCacheCluster", "engine": "valkey", "replicas": "1", "multi_az": False},
            "it.multi_az is false", 1, False, SOMEWHERE,
        ),
        (
            {"type": "ElastiCacheCluster", "engine": "valkey", "replicas": "2", "multi_az": True},
            "it is Multi-AZ", None, True, (),
        ),
        (
            {"type": "ElastiCacheCluster", "engine": "memcached", "serverless": True},
            "it is serverless, and spans zones by itself", None, True, (),
        ),
        ({"type": "OpenSearchDomain", "standby": True}, "it is Multi-AZ with standby", None, True, ()),
        ({"type": "OpenSearchDomain", "count": "1"}, "it has one data node", 1, False, SOMEWHERE),
        ({"type": "OpenSearchDomain", "count": "2", "multi_az": False}, "it.multi_az is false", 1, False, SOMEWHERE),
        ({"type": "OpenSearchDomain", "count": "1", "multi_az": True}, "it is Multi-AZ", None, True, ()),
        ({"type": "RedshiftCluster", "multi_az": True}, "it is Multi-AZ", None, True, ()),
        ({"type": "DaxCluster", "count": "1"}, "it has one node", 1, False, SOMEWHERE),
        ({"type": "EfsFileSystem", "one_zone": True}, "it is a One Zone file system", 1, False, SOMEWHERE),
        (
            {"type": "EfsFileSystem", "availability_zone": "b"},
            "it is a One Zone file system", 1, False, ("eu-west-1b",),
        ),
        ({"type": "EfsFileSystem", "one_zone": False}, "it is a Regional file system", None, True, ()),
        (
            {"type": "FsxFileSystem", "kind": "lustre"},
            "it is a Lustre file system, which lives in one zone", 1, False, SOMEWHERE,
        ),
        (
            {"type": "FsxFileSystem", "scratch": True},
            "it is a Lustre file system, which lives in one zone", 1, False, SOMEWHERE,
        ),
        ({"type": "FsxFileSystem", "kind": "windows", "multi_az": True}, "it is Multi-AZ", None, True, ()),
        (
            {"type": "MqBroker", "deployment_mode": "single_instance"},
            "it.deployment_mode is single_instance", 1, False, SOMEWHERE,
        ),
        (
            {"type": "MqBroker", "deployment_mode": "cluster"},
            "it is a broker of deployment mode cluster", 2, True, (),
        ),
        ({"type": "DynamoDbTable"}, "it is redundant over zones by AWS's design", None, True, ()),
        ({"type": "CloudFrontDistribution"}, "it is redundant over zones by AWS's design", None, True, ()),
        ({"type": "LambdaFunction"}, "it runs in several zones by AWS's design", None, True, ()),
    ],
)  # fmt: skip
def test_how_elements_stand_by_their_settings(
    regional: ModelOf, it: dict[str, Any], text: str, instances: int | None, spans: bool, lost_with: tuple[str, ...]
) -> None:
    found = found_of(regional(**it))
    assert found is not None
    assert (found.hop.text, found.instances, found.spans, found.lost_with) == (text, instances, spans, lost_with)
    assert (found.missing, found.missing_instances) == ((), ())


@pytest.mark.parametrize(
    ("it", "missing", "missing_instances"),
    [
        ({"type": "RdsInstance"}, ("it.multi_az",), ("it.multi_az",)),
        ({"type": "AuroraCluster"}, ("it.count",), ("it.count",)),
        ({"type": "ElastiCacheCluster", "engine": "valkey"}, ("it.multi_az",), ("it.multi_az",)),
        ({"type": "ElastiCacheCluster", "engine": "valkey", "replicas": "2"}, ("it.multi_az",), ("it.multi_az",)),
        ({"type": "OpenSearchDomain"}, ("it.multi_az",), ("it.multi_az",)),
        ({"type": "OpenSearchDomain", "count": "2"}, ("it.multi_az",), ("it.multi_az",)),
        ({"type": "EfsFileSystem"}, ("it.one_zone",), ("it.one_zone",)),
        ({"type": "FsxFileSystem", "kind": "windows"}, ("it.multi_az",), ("it.multi_az",)),
        ({"type": "MqBroker"}, ("it.deployment_mode",), ("it.deployment_mode",)),
        ({"type": "Ec2Instance"}, ("it.subnet",), ()),
        ({"type": "EcsService"}, ("it.subnets",), ("it.min",)),
        ({"type": "EksNodeGroup"}, ("it.subnets",), ("it.min",)),
        ({"type": "EcsService", "min": "2"}, ("it.subnets",), ()),
        ({"type": "DaxCluster", "count": "3"}, ("it.subnets",), ()),
    ],
)
def test_what_the_model_would_have_to_say(
    regional: ModelOf, it: dict[str, Any], missing: tuple[str, ...], missing_instances: tuple[str, ...]
) -> None:
    found = found_of(regional(**it))
    assert found is not None
    assert (found.spans, found.missing, found.missing_instances) == (None, missing, missing_instances)


@pytest.mark.parametrize(
    "it",
    [
        {"type": "EbsVolume"},
        {"type": "Ec2Instance", "external": True},
        {"type": "ElastiCacheCluster", "engine": "memcached"},
        {"type": "IamRole"},
    ],
)
def test_nobody_can_judge_how_some_stand(regional: ModelOf, it: dict[str, Any]) -> None:
    assert found_of(regional(**it)) is None


@pytest.mark.parametrize(
    ("it", "by"),
    [
        ({"type": "RdsInstance", "multi_az": False}, "multi_az"),
        ({"type": "AuroraCluster", "count": "1"}, "count"),
        ({"type": "AuroraCluster", "instances": [{}]}, "instances"),
        ({"type": "ElastiCacheCluster", "engine": "valkey", "replicas": "0"}, "replicas"),
        ({"type": "EfsFileSystem", "one_zone": True, "availability_zone": "a"}, "one_zone"),
        ({"type": "EfsFileSystem", "availability_zone": "a"}, "availability_zone"),
        ({"type": "FsxFileSystem", "kind": "lustre"}, "kind"),
    ],
)
def test_the_property_that_makes_it_one_is_named(regional: ModelOf, it: dict[str, Any], by: str) -> None:
    found = found_of(regional(**it))
    assert found is not None
    assert found.by == by


@pytest.mark.parametrize(
    ("it", "bound"),
    [
        ({"type": "RdsInstance", "multi_az": True}, True),
        ({"type": "MqBroker", "deployment_mode": "cluster"}, True),
        ({"type": "EfsFileSystem", "one_zone": False}, False),
        ({"type": "DynamoDbTable"}, False),
        ({"type": "LambdaFunction"}, False),
    ],
)
def test_what_no_single_zone_holds_is_not_bound(regional: ModelOf, it: dict[str, Any], bound: bool) -> None:
    found = found_of(regional(**it))
    assert found is not None
    assert found.bound == bound


@pytest.mark.parametrize(
    ("sizes", "instances"),
    [
        ({"type": "AutoScalingGroup", "min": "2", "max": "4"}, 2),
        ({"type": "AutoScalingGroup", "desired": "3"}, 3),
        ({"type": "AutoScalingGroup", "min": "1", "desired": "3"}, 3),
        ({"type": "AutoScalingGroup", "min": "1", "desired": "3", "scaling": [{"metric": "cpu", "target": "50"}]}, 1),
        ({"type": "AutoScalingGroup", "desired": "3", "scaling": [{"metric": "cpu", "target": "50"}]}, 3),
        ({"type": "EksNodeGroup", "min": "1", "desired": "3"}, 1),
        ({"type": "EksNodeGroup", "desired": "3"}, 3),
        ({"type": "EcsService", "min": "none", "desired": "unknown"}, None),
        ({"type": "Ec2Instance", "count": "2"}, 2),
        ({"type": "DaxCluster", "count": "3"}, 3),
    ],
)
def test_how_many_instances_something_surely_keeps(
    regional: ModelOf, sizes: dict[str, Any], instances: int | None
) -> None:
    found = found_of(regional(**sizes))
    assert found is not None
    assert found.instances == instances


@pytest.mark.parametrize(
    ("it", "text", "spans", "lost_with", "missing"),
    [
        ({"subnets": ["a", "b"], "min": "2"}, "it stands in eu-west-1a, eu-west-1b", True, (), ()),
        (
            {"subnets": ["a", "b"], "min": "1"},
            "it keeps one instance, in one of eu-west-1a, eu-west-1b", True, SOMEWHERE, (),
        ),
        ({"subnets": ["a", "a2"], "min": "2"}, "it stands in eu-west-1a only", False, ("eu-west-1a",), ()),
        (
            {"subnets": ["a", "bare"], "min": "2"},
            "nobody says in which zones it stands", None, (), ("bare.availability_zone",),
        ),
        (
            {"subnets": ["bare"], "min": "1"},
            "it stands for one instance", None, SOMEWHERE, ("bare.availability_zone",),
        ),
        ({"subnets": ["a", "b", "bare"], "min": "2"}, "it stands in eu-west-1a, eu-west-1b", True, (), ()),
    ],
)  # fmt: skip
def test_how_a_group_stands_by_its_subnets(
    placed: ModelOf,
    it: dict[str, Any],
    text: str,
    spans: bool | None,
    lost_with: tuple[str, ...],
    missing: tuple[str, ...],
) -> None:
    found = found_of(placed(type="AutoScalingGroup", **it))
    assert found is not None
    assert (found.hop.text, found.spans, found.lost_with, found.missing) == (text, spans, lost_with, missing)
    assert found.by == "subnets"


@pytest.mark.parametrize(
    "it",
    [
        {"type": "EksNodeGroup", "min": "2"},
        {"type": "EcsService", "min": "2"},
        {"type": "LambdaFunction"},
        {"type": "DaxCluster", "count": "3"},
        {"type": "OpenSearchDomain", "count": "2"},
        {"type": "FsxFileSystem", "kind": "windows"},
        {"type": "NetworkLoadBalancer", "scheme": "internal"},
        {"type": "ClassicLoadBalancer", "scheme": "internal"},
    ],
    ids=lambda it: it["type"],
)
def test_what_has_subnets_stands_in_their_zones(placed: ModelOf, it: dict[str, Any]) -> None:
    over_two, in_one = found_of(placed(**it, subnets=["a", "b"])), found_of(placed(**it, subnets=["a", "a2"]))
    assert over_two is not None
    assert (over_two.spans, over_two.lost_with) == (True, ())
    assert in_one is not None
    assert (in_one.spans, in_one.lost_with) == (False, ("eu-west-1a",))


def test_application_load_balancers_stand_in_two_zones_at_least(placed: ModelOf) -> None:
    found = found_of(placed(type="ApplicationLoadBalancer", scheme="internal", subnets=["a", "b"]))
    assert found is not None
    assert (found.spans, found.lost_with) == (True, ())


def test_a_file_system_in_two_zones_is_regional(placed: ModelOf) -> None:
    over_two, in_one = (found_of(placed(type="EfsFileSystem", subnets=zones)) for zones in (["a", "b"], ["a", "a2"]))
    assert over_two is not None
    assert over_two.hop.text == "it is a Regional file system"
    assert in_one is not None
    assert in_one.missing == ("it.one_zone",)


@pytest.mark.parametrize(("subnets", "lost_with"), [(["b"], ("eu-west-1b",)), (["a", "b"], SOMEWHERE)])
def test_a_single_node_is_in_the_zone_of_its_subnets_if_they_have_one(
    placed: ModelOf, subnets: list[str], lost_with: tuple[str, ...]
) -> None:
    found = found_of(placed(type="OpenSearchDomain", subnets=subnets, multi_az=False))
    assert found is not None
    assert found.lost_with == lost_with


def test_an_instance_is_in_the_zone_of_its_subnet(placed: ModelOf) -> None:
    found = found_of(placed(type="Ec2Instance", subnet="b"))
    assert found is not None
    assert (found.hop.text, found.instances, found.by) == ("it stands in eu-west-1b only", 1, "subnet")
    assert found.lost_with == ("eu-west-1b",)


@pytest.mark.parametrize(
    ("zones", "lost_with"),
    [(("a", "a"), ("eu-west-1a",)), (("a", "b"), ()), (("a", None), ()), ((None, None), ())],
)
def test_a_cluster_all_of_whose_instances_state_one_zone_is_lost_with_it(
    regional: ModelOf, model_of: ModelOf, zones: tuple[str | None, ...], lost_with: tuple[str, ...]
) -> None:
    model = regional(type="AuroraCluster", instances=[{"availability_zone": zone} if zone else {} for zone in zones])
    found = found_of(model)
    assert found is not None
    assert (found.instances, found.spans, found.lost_with) == (2, not lost_with, lost_with)


@pytest.mark.parametrize(
    ("hosts", "text", "lost_with"),
    [
        ({"x": "a", "y": "a"}, "it stands in eu-west-1a only, as all its hosts do", ("eu-west-1a",)),
        ({"x": "a", "y": "b"}, "it stands in eu-west-1a, eu-west-1b", ()),
        ({"x": "a", "y": "b", "z": "bare"}, "it stands in eu-west-1a, eu-west-1b", ()),
        ({"x": "a", "y": "bare"}, "nobody says in which zones it stands", ()),
        ({}, "nobody says in which zones it stands", ()),
    ],
)
@pytest.mark.parametrize("inside", [True, False])
def test_tasks_without_subnets_stand_where_the_hosts_of_their_cluster_do(
    placed: ModelOf, hosts: dict[str, str], text: str, lost_with: tuple[str, ...], inside: bool
) -> None:
    more = {name: {**HOST, "subnet": subnet} for name, subnet in hosts.items()}
    cluster = {"type": "EcsCluster", "in": "prod.eu-west-1", "hosts": list(hosts)}
    it = {"type": "EcsService", "min": "2"} | ({"in": "cluster"} if inside else {"cluster": "cluster"})
    found = found_of(placed({**more, "cluster": cluster}, **it))
    assert found is not None
    assert (found.hop.text, found.lost_with) == (text, lost_with)
    assert found.missing == (() if text.startswith("it") else ("it.subnets",))


@pytest.mark.parametrize(
    ("it", "counts"),
    [
        ({"type": "Ec2Instance"}, True),
        ({"type": "AutoScalingGroup"}, True),
        ({"type": "EcsService"}, True),
        ({"type": "EksNodeGroup"}, True),
        ({"type": "MqBroker"}, True),
        ({"type": "Ec2Instance", "external": True}, False),
        ({"type": "RdsInstance"}, False),
    ],
)
def test_whose_instances_the_author_counts(regional: ModelOf, it: dict[str, Any], counts: bool) -> None:
    assert counts_instances(regional(**it).elements[ElementId("it")]) == counts

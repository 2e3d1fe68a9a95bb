"""Families of hardware: which ones AWS lists as previous generation for a service, and what to use instead."""

from __future__ import annotations

import pytest

from archgraph.model.model import Model
from archgraph.rules.engine import evaluate
from archgraph.rules.registry import builtin_rules
from archgraph.rules.results import Status

from .conftest import AS_OF, LoadModel

RULE = next(rule for rule in builtin_rules() if rule.id == "sus-inefficient-instance-family")

EC2 = "a1-m7g c1-c7g c3-c7g c4-c7g g3-g6 i2-i4i m1-m7g m2-r7g m3-m7g m4-m7g p3-p5 p3dn-p5 r3-r7g r4-r7g t1-t4g"
RDS = "cr1-r7g m1-m7g m2-r7g m3-m7g m4-m7g r3-r7g r4-r7g t1-t4g t2-t4g"

PREVIOUS = [
    # https://docs.aws.amazon.com/ec2/latest/instancetypes/pg.html
    ("{{type: Ec2Instance, instance_type: {}.large}}", EC2, "t2 t3 m5 c5 r5 m7g"),
    ("{{type: LaunchTemplate, instance_type: {}.large}}", EC2, "t2 m5"),
    ("{{type: AutoScalingGroup, instance_types: [{}.large]}}", EC2, "t2 m5"),
    ("{{type: EksNodeGroup, instance_types: [{}.large]}}", EC2, "t2 m5"),
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Types.html
    ("{{type: RdsInstance, engine: postgres, instance_class: db.{}.large}}", RDS, "t3 m5 r5 x2g"),
    ("{{type: AuroraCluster, instance_class: db.{}.large}}", RDS, "t3 r5"),
    ("{{type: RdsInstance, engine: oracle-ee, instance_class: db.{}.large}}", "m4-m7i r4-r7i t2-t3", "m5 r5"),
    # https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html
    (
        "{{type: ElastiCacheCluster, node_type: cache.{}.medium}}",
        "c1-c7gn m1-m7g m2-r7g m3-m7g r3-r7g t1-t4g",
        "m4 r4 t2 t3",
    ),
    # https://docs.aws.amazon.com/opensearch-service/latest/developerguide/supported-instance-types.html
    (
        "{{type: OpenSearchDomain, instance_type: {}.large.search}}",
        "c4-c7g i2-i4i m3-m7g m4-m7g r3-r7g r4-r7g t2-t3",
        "t3 m5 c5 r5 i3",
    ),
]


@pytest.mark.parametrize(("element", "previous", "current"), PREVIOUS)
def test_families_of_a_service(element: str, previous: str, current: str, load_model: LoadModel) -> None:
    successors = dict(pair.split("-") for pair in previous.split())
    model = of_families(element, [*successors, *current.split()], load_model)

    found = {result.element: result for result in evaluate(model, as_of=AS_OF, rules=[RULE]).results}

    for family, successor in successors.items():
        result = found[f"on-{family}"]
        assert (result.status, result.message) == (Status.FAIL, f"uses the previous generation {family}")
        assert result.fix == f"use a current family, like {successor}"
    assert [found[f"on-{family}"].status for family in current.split()] == [Status.PASS] * len(current.split())


def of_families(element: str, families: list[str], load_model: LoadModel) -> Model:
    """A model with an element on each family."""
    elements = "".join(f"\n  on-{family}: {element.format(family)}" for family in families)
    regional = elements.replace("{type:", "{in: prod.eu-west-1, type:")
    account = '\n  prod: {type: Account, account_id: "000000000001"}'
    return load_model(f"archgraph: 1\nid: case\nname: Families\nelements:{account}{regional}\n")

"""A finding is the same finding when its element is moved, shown under another name, or written elsewhere."""

from __future__ import annotations

import pytest

from archgraph.rules.engine import evaluate
from archgraph.rules.results import Status

from .conftest import AS_OF, LoadModel

AS_WRITTEN = """
    archgraph: 1
    id: shop
    name: Shop
    elements:
      prod:
        type: Account
        account_id: "000000000001"
        owner: shop-team
        regions:
          eu-west-1:
            app-logs: {type: LogGroup, retention: none}
            vpc:
              type: Vpc
              cidr: 10.0.0.0/16
              contains:
                a: {type: Subnet, availability_zone: a, cidr: 10.0.0.0/24}
                db: {type: RdsInstance, engine: postgres, subnets: [a], multi_az: false}
      test: {type: Account, account_id: "000000000002"}
"""
MOVED = """
    archgraph: 1
    id: shop
    name: Shop
    elements:
      test: {type: Account, account_id: "000000000002"}
      prod: {type: Account, account_id: "000000000001", owner: shop-team}
      db: {type: RdsInstance, engine: postgres, subnets: [a], multi_az: false, in: vpc}
      app-logs: {type: LogGroup, retention: none, in: prod.eu-west-1}
      vpc: {type: Vpc, cidr: 10.0.0.0/16, in: prod.eu-west-1}
      a: {type: Subnet, availability_zone: a, cidr: 10.0.0.0/24, in: vpc}
"""
RENAMED = AS_WRITTEN.replace("name: Shop", "name: The shop of tomorrow").replace(
    "retention: none", "retention: none, title: Logs of the application, name: app/logs"
)
REORDERED = AS_WRITTEN.replace('      test: {type: Account, account_id: "000000000002"}\n', "").replace(
    "    elements:\n", '    elements:\n      test: {account_id: "000000000002", type: Account}\n'
)


def fingerprints(load_model: LoadModel, text: str) -> set[tuple[str, str, str]]:
    results = evaluate(load_model(text), as_of=AS_OF).results
    return {(r.rule, r.element, r.fingerprint) for r in results if r.status in (Status.FAIL, Status.UNKNOWN)}


@pytest.mark.parametrize("text", [MOVED, RENAMED, REORDERED], ids=["moved", "renamed", "reordered"])
def test_findings_keep_their_fingerprints(load_model: LoadModel, text: str) -> None:
    before = fingerprints(load_model, AS_WRITTEN)
    assert {"ops-log-retention-undefined", "ops-owner-missing"} <= {rule for rule, _, _ in before}
    assert fingerprints(load_model, text) == before


def test_another_model_or_another_id_is_another_finding(load_model: LoadModel) -> None:
    before = fingerprints(load_model, AS_WRITTEN)
    assert not before & fingerprints(load_model, AS_WRITTEN.replace("id: shop", "id: store"))
    assert fingerprints(load_model, AS_WRITTEN.replace("app-logs", "web-logs")) != before

"""Which plans back an element up, and how old backups may be."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any

import pytest

from archgraph.analysis.backup_ages import BackupAges, backup_ages, told
from archgraph.analysis.backups import backup_plans
from archgraph.model.model import ElementId, Model

ModelOf = Callable[..., Model]

PROD: dict[str, Any] = {"prod": {"type": "Account", "account_id": "000000000001"}}
HOUR, DAY = 3600, 86_400


def test_plans_protect_by_name_by_tags_and_with_the_instance(model_of: ModelOf) -> None:
    by_tag = {"type": "BackupPlan", "in": "prod.eu-west-1", "selection_tags": {"backup": "daily", "team": "web"}}
    elements = {
        **PROD,
        "named": {"type": "EfsFileSystem", "in": "prod.eu-west-1"},
        "both": {"type": "S3Bucket", "in": "prod.eu-west-1", "tags": {"backup": "daily", "team": "web"}},
        "one": {"type": "S3Bucket", "in": "prod.eu-west-1", "tags": {"backup": "daily"}},
        "far": {"type": "S3Bucket", "in": "prod.us-east-1", "tags": {"backup": "daily", "team": "web"}},
        "host": {"type": "Ec2Instance", "in": "prod.eu-west-1", "volumes": ["disk"]},
        "disk": {"type": "EbsVolume", "in": "prod.eu-west-1"},
        "plan": {"type": "BackupPlan", "in": "prod.eu-west-1", "protects": ["named", "host"]},
        "by-tag": by_tag,
    }
    found = {str(id_): [plan.id for plan in plans] for id_, plans in backup_plans(model_of(elements)).items()}
    assert found == {"named": ["plan"], "host": ["plan"], "disk": ["plan"], "both": ["by-tag"]}


@pytest.mark.parametrize(
    "type_",
    ["AuroraCluster", "DynamoDbTable", "EbsVolume", "Ec2Instance", "EfsFileSystem", "RdsInstance", "S3Bucket"],
)
def test_plans_take_stores_by_their_tags(model_of: ModelOf, type_: str) -> None:
    plan = {"type": "BackupPlan", "in": "prod.eu-west-1", "selection_tags": {"backup": "daily"}}
    store = {"type": type_, "in": "prod.eu-west-1", "tags": {"backup": "daily"}}
    found = backup_plans(model_of({**PROD, "plan": plan, "store": store}))
    assert {id_: [plan.id for plan in plans] for id_, plans in found.items()} == {"store": ["plan"]}


@pytest.mark.parametrize("tags", [{}, {"selection_tags": {}}, {"selection_tags": "unknown"}])
def test_a_plan_without_tags_takes_nothing_by_them(model_of: ModelOf, tags: dict[str, Any]) -> None:
    plan = {"type": "BackupPlan", "in": "prod.eu-west-1", "protects": ["named"], **tags}
    stores = {name: {"type": "EfsFileSystem", "in": "prod.eu-west-1"} for name in ("named", "other")}
    assert list(backup_plans(model_of({**PROD, "plan": plan, **stores}))) == ["named"]


@pytest.mark.parametrize(
    ("store", "ages"),
    [
        (
            {"type": "RdsInstance", "backup_retention": "1d"},
            [(300, "automated backups, with transaction logs every five minutes")],
        ),
        ({"type": "AuroraCluster"}, [(300, "Aurora backs up continuously")]),
        ({"type": "DynamoDbTable", "point_in_time_recovery": True}, [(300, "point-in-time recovery")]),
        ({"type": "S3Bucket", "versioning": True}, [(0, "older versions of its objects stay")]),
        (
            {"type": "S3Bucket", "versioning": True, "object_lock": "30d"},
            [(0, "older versions of its objects are locked")],
        ),
        ({"type": "EfsFileSystem", "automatic_backups": True}, [(DAY, "automatic backups every day")]),
        (
            {"type": "FsxFileSystem", "kind": "windows", "backup_retention": "7d"},
            [(DAY, "automatic backups every day")],
        ),
        ({"type": "EbsVolume", "snapshots": "rate(12 hours)"}, [(DAY / 2, "snapshots every 12 hours")]),
        ({"type": "OpenSearchDomain"}, [(HOUR, "OpenSearch Service makes a snapshot every hour")]),
        ({"type": "EksCluster"}, []),
    ],
)
def test_how_old_the_newest_backup_of_a_store_may_be(
    model_of: ModelOf, store: dict[str, Any], ages: list[tuple[float, str]]
) -> None:
    model = model_of({**PROD, "store": {**store, "in": "prod.eu-west-1"}})
    assert backup_ages(model, model.elements[ElementId("store")]) == BackupAges(ages)


@pytest.mark.parametrize(
    ("store", "plan", "expected"),
    [
        ({"type": "AuroraCluster"}, {"continuous": True}, BackupAges([(300, "plan backs it up continuously")])),
        (
            {"type": "RdsInstance", "backup_retention": "7d"},
            {"continuous": True},
            BackupAges([(300, "plan backs it up continuously")]),
        ),
        (
            {"type": "AuroraCluster"},
            {"continuous": False, "schedule": "rate(12 hours)"},
            BackupAges([(DAY / 2, "plan backs it up at least every 12 hours")]),
        ),
        (
            {"type": "EfsFileSystem"},
            {"continuous": True, "schedule": "rate(1 day)"},
            BackupAges([(DAY, "plan backs it up at least every day")]),
        ),
        (
            {"type": "AuroraCluster"},
            {},
            BackupAges([(inf, "plan backs it up")], [(0, "plan.schedule")]),
        ),
        (
            {"type": "AuroraCluster"},
            {"schedule": "cron(0 5 L * ? *)"},
            BackupAges([(inf, "plan backs it up")], [(0, "plan.schedule")]),
        ),
    ],
)
def test_plans_make_backups_as_often_as_they_say(
    model_of: ModelOf, store: dict[str, Any], plan: dict[str, Any], expected: BackupAges
) -> None:
    elements = {"store": {**store, "in": "prod.eu-west-1"}}
    planned = {"type": "BackupPlan", "in": "prod.eu-west-1", "protects": ["store"], **plan}
    alone, model = model_of({**PROD, **elements}), model_of({**PROD, **elements, "plan": planned})
    own = backup_ages(alone, alone.elements[ElementId("store")])
    found = backup_ages(model, model.elements[ElementId("store")])
    assert found == BackupAges(own.ages + expected.ages, own.missing + expected.missing)


def test_a_plan_cannot_back_up_a_bucket_without_versions(model_of: ModelOf) -> None:
    bucket = {"type": "S3Bucket", "in": "prod.eu-west-1", "versioning": False}
    plan = {"type": "BackupPlan", "in": "prod.eu-west-1", "protects": ["store"], "schedule": "rate(1 day)"}
    model = model_of({**PROD, "store": bucket, "plan": plan})
    none = ["store.versioning is false", "plan cannot back it up: AWS Backup needs versioning"]
    assert backup_ages(model, model.elements[ElementId("store")]) == BackupAges(none=none)


@pytest.mark.parametrize(
    ("store", "expected"),
    [
        (
            {"type": "RdsInstance", "backup_retention": "0d"},
            BackupAges(none=["store.backup_retention is 0d"]),
        ),
        ({"type": "RdsInstance"}, BackupAges(missing=[(300, "store.backup_retention")])),
        ({"type": "EbsVolume", "snapshots": "none"}, BackupAges(none=["store.snapshots is none"])),
        ({"type": "EbsVolume"}, BackupAges(missing=[(0, "store.snapshots")])),
        (
            {"type": "EbsVolume", "snapshots": "cron(0 5 L * ? *)"},
            BackupAges([(inf, "scheduled snapshots")], [(0, "how often store.snapshots happens")]),
        ),
        ({"type": "S3Bucket"}, BackupAges(missing=[(0, "store.versioning")])),
    ],
)
def test_no_backup_and_not_known(model_of: ModelOf, store: dict[str, Any], expected: BackupAges) -> None:
    model = model_of({**PROD, "store": {**store, "in": "prod.eu-west-1"}})
    assert backup_ages(model, model.elements[ElementId("store")]) == expected


def test_what_is_not_stated_is_missing_and_what_is_off_is_none(model_of: ModelOf) -> None:
    elements = {
        **PROD,
        "silent": {"type": "DynamoDbTable", "in": "prod.eu-west-1"},
        "off": {"type": "DynamoDbTable", "in": "prod.eu-west-1", "point_in_time_recovery": False},
    }
    model = model_of(elements)
    silent, off = (backup_ages(model, model.elements[ElementId(name)]) for name in ("silent", "off"))
    assert (silent.ages, silent.missing) == ([], [(300, "silent.point_in_time_recovery")])
    assert (off.ages, off.missing, off.none) == ([], [], ["off.point_in_time_recovery is false"])


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(DAY, "day"), (12 * HOUR, "12 hours"), (60, "minute"), (2 * DAY, "2 days"), (90, "90 seconds")],
)
def test_spans_are_told_in_words(seconds: float, text: str) -> None:
    assert told(seconds) == text

"""Which plans back an element up, how far apart runs of a schedule are, and how old backups may be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from archgraph.analysis.backup_ages import backup_ages, told
from archgraph.analysis.backups import backup_plans
from archgraph.analysis.schedules import longest_gap
from archgraph.model.model import ElementId, Model

ModelOf = Callable[..., Model]

PROD: dict[str, Any] = {"prod": {"type": "Account", "account_id": "000000000001"}}
HOUR, DAY = 3600, 86_400


@pytest.mark.parametrize(
    ("schedule", "gap"),
    [
        ("rate(15 minutes)", HOUR / 4),
        ("rate(1 day)", DAY),
        ("cron(0 5 ? * * *)", DAY),
        ("cron(0 0,12 * * ? *)", DAY / 2),
        ("cron(0/20 * * * ? *)", HOUR / 3),
        ("cron(0 8-18 * * ? *)", 14 * HOUR),
        ("cron(0 5 ? * MON-FRI *)", 3 * DAY),
        ("cron(0 5 ? * 1 *)", 7 * DAY),
        ("cron(0 5 1 * ? *)", 31 * DAY),
        ("cron(0 22-2 * * ? *)", 20 * HOUR),
    ],
)
def test_the_longest_gap_between_two_runs(schedule: str, gap: float) -> None:
    assert longest_gap(schedule) == gap


@pytest.mark.parametrize(
    "schedule",
    ["at(2026-11-24T10:00:00)", "cron(0 5 L * ? *)", "cron(0 5 ? * 2#1 *)", "cron(99 5 * * ? *)", "daily"],
)
def test_a_schedule_that_runs_once_or_cannot_be_read_has_no_gap(schedule: str) -> None:
    assert longest_gap(schedule) is None


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
    ("store", "age"),
    [
        ({"type": "RdsInstance", "backup_retention": "7d"}, 300),
        ({"type": "AuroraCluster"}, 300),
        ({"type": "DynamoDbTable", "point_in_time_recovery": True}, 300),
        ({"type": "S3Bucket", "versioning": True}, 0),
        ({"type": "EfsFileSystem", "automatic_backups": True}, DAY),
        ({"type": "EbsVolume", "snapshots": "rate(12 hours)"}, DAY / 2),
        ({"type": "OpenSearchDomain"}, HOUR),
    ],
)
def test_how_old_the_newest_backup_of_a_store_may_be(model_of: ModelOf, store: dict[str, Any], age: float) -> None:
    model = model_of({**PROD, "store": {**store, "in": "prod.eu-west-1"}})
    assert [found for found, _ in backup_ages(model, model.elements[ElementId("store")]).ages] == [age]


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


@pytest.mark.parametrize(("seconds", "text"), [(DAY, "day"), (12 * HOUR, "12 hours"), (90, "90 seconds")])
def test_spans_are_told_in_words(seconds: float, text: str) -> None:
    assert told(seconds) == text

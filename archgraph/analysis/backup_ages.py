"""How old the newest backup of a store may be: by its own backups, and by the plans that protect it.

RDS, Aurora and DynamoDB can be restored to a moment that is typically within the last five minutes ("Restoring a
DB instance to a specified time", https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html;
"Point-in-time recovery: how it works",
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html). OpenSearch
Service makes a snapshot every hour
(https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-snapshots.html), EFS and FSx
one every day (https://docs.aws.amazon.com/efs/latest/ug/automatic-backups.html,
https://docs.aws.amazon.com/fsx/latest/WindowsGuide/using-backups.html), Redshift one every eight hours or 5 GB of
changes (https://docs.aws.amazon.com/redshift/latest/mgmt/working-with-snapshots.html).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from archgraph.analysis.backups import backup_plans
from archgraph.analysis.schedules import longest_gap
from archgraph.catalog.values import Quantity
from archgraph.model.model import Absent, Element, Model

_FIVE_MINUTES, _HOUR, _EIGHT_HOURS, _DAY = 300, 3600, 28_800, 86_400
_UNKNOWN_AGE = float("inf")


@dataclass(slots=True)
class BackupAges:
    """The backups of a store.

    ``ages``: by how many seconds the newest one may be older than the data, and what shows it (infinity if the
    model does not say how often it is made). ``missing``: what the model does not say, with the age that it
    could mean at best. ``none``: what it says there is not.
    """

    ages: list[tuple[float, str]] = field(default_factory=list)
    missing: list[tuple[float, str]] = field(default_factory=list)
    none: list[str] = field(default_factory=list)


def backup_ages(model: Model, store: Element) -> BackupAges:
    """Everything that the model says about backups of a store; copies that follow it at once are none."""
    found = BackupAges()
    judge = _OWN_BACKUPS.get(store.type.name)
    if judge is not None:
        judge(store, found)
    for plan in backup_plans(model).get(store.id, ()):
        if store.type.name == "S3Bucket" and store.get("versioning") in (False, Absent.NONE):
            found.none.append(f"{plan.id} cannot back it up: AWS Backup needs versioning")
            continue
        stated = plan.get("schedule")
        gap = longest_gap(stated) if isinstance(stated, str) else None
        if plan.get("continuous") is True and store.type.name in ("RdsInstance", "AuroraCluster"):
            found.ages.append((_FIVE_MINUTES, f"{plan.id} backs it up continuously"))
        elif gap is not None:
            found.ages.append((gap, f"{plan.id} backs it up at least every {told(gap)}"))
        else:
            found.ages.append((_UNKNOWN_AGE, f"{plan.id} backs it up"))
            found.missing.append((0, f"{plan.id}.schedule"))
    return found


def told(seconds: float) -> str:
    """A span of time in words: ``12 hours``, ``day``."""
    for name, length in (("days", _DAY), ("hours", _HOUR), ("minutes", 60)):
        if seconds >= length and seconds % length == 0:
            count = int(seconds // length)
            return f"{count} {name}" if count > 1 else name[:-1]
    return f"{seconds:g} seconds"


Judge = Callable[[Element, BackupAges], None]


def _by_retention(age: float, shown: str) -> Judge:
    return lambda store, found: _state(store, "backup_retention", found, lambda kept: kept.amount > 0, age, shown)


def _by_flag(name: str, age: float, shown: str) -> Judge:
    return lambda store, found: _state(store, name, found, lambda on: on is True, age, shown)


def _always(age: float, shown: str) -> Judge:
    return lambda store, found: found.ages.append((age, shown))


def _state(store: Element, name: str, found: BackupAges, holds: Callable[[Any], bool], age: float, shown: str) -> None:
    """Note what one property says: a backup of that age, none, or nothing."""
    value = store.get(name)
    if value is Absent.UNKNOWN:
        found.missing.append((age, f"{store.id}.{name}"))
    elif value is not Absent.NONE and holds(value):
        found.ages.append((age, shown))
    else:
        found.none.append(f"{store.id}.{name} is {'false' if value is False else value}")


def _bucket(store: Element, found: BackupAges) -> None:
    if isinstance(store.get("object_lock"), Quantity):
        found.ages.append((0, "older versions of its objects are locked"))
    else:
        _state(store, "versioning", found, lambda on: on is True, 0, "older versions of its objects stay")


def _volume(store: Element, found: BackupAges) -> None:
    stated = store.get("snapshots")
    gap = longest_gap(stated) if isinstance(stated, str) else None
    if isinstance(stated, str) and gap is None:
        found.ages.append((_UNKNOWN_AGE, "scheduled snapshots"))
        found.missing.append((0, f"how often {store.id}.snapshots happens"))
    else:
        _state(store, "snapshots", found, bool, gap or 0, f"snapshots every {told(gap or 0)}")


_OWN_BACKUPS: Mapping[str, Judge] = {
    "RdsInstance": _by_retention(_FIVE_MINUTES, "automated backups, with transaction logs every five minutes"),
    "AuroraCluster": _always(_FIVE_MINUTES, "Aurora backs up continuously"),
    "DynamoDbTable": _by_flag("point_in_time_recovery", _FIVE_MINUTES, "point-in-time recovery"),
    "S3Bucket": _bucket,
    "EbsVolume": _volume,
    "EfsFileSystem": _by_flag("automatic_backups", _DAY, "automatic backups every day"),
    "FsxFileSystem": _by_retention(_DAY, "automatic backups every day"),
    "OpenSearchDomain": _always(_HOUR, "OpenSearch Service makes a snapshot every hour"),
    "RedshiftCluster": _by_retention(_EIGHT_HOURS, "automated snapshots, every eight hours at the latest"),
}
"""How each type backs itself up."""

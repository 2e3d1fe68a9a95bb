"""Which backup plans of AWS Backup protect an element, and where they keep its recovery points."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from archgraph.model.model import Element, ElementId, Model

_TAKEN_BY_TAG = (
    "AuroraCluster", "DynamoDbTable", "EbsVolume", "Ec2Instance", "EfsFileSystem", "FsxFileSystem",
    "RdsInstance", "S3Bucket",
)  # fmt: skip
"""Types that AWS Backup backs up: "AWS Backup feature availability",
https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-feature-availability.html"""


@lru_cache(maxsize=1)  # several rules ask about the same model, one after the other
def backup_plans(model: Model) -> Mapping[ElementId, tuple[Element, ...]]:
    """For each element that is backed up, its plans: those that name it, and those that select its tags.

    A plan selects what has every one of its tags, in its own account and Region. An EBS volume is also
    backed up with the instance that it is attached to: "Working with supported AWS services",
    https://docs.aws.amazon.com/aws-backup/latest/devguide/working-with-supported-services.html
    """
    found: dict[ElementId, dict[ElementId, Element]] = {}
    for plan in model.of_type("BackupPlan"):
        for reference in model.references_to(plan.id, "BACKED_UP_BY"):
            found.setdefault(reference.source, {})[plan.id] = plan
    selecting = _selecting(model)
    for element in model.of_type(*_TAKEN_BY_TAG) if selecting else ():
        for plan, tags in selecting.get((element.account, element.region), ()):
            if tags.items() <= element.tags.items():
                found.setdefault(element.id, {})[plan.id] = plan
    for volume in model.of_type("EbsVolume"):
        for instance in model.targets(volume.id, "ATTACHED_TO"):
            if instance.id in found:
                found[volume.id] = found.get(volume.id, {}) | found[instance.id]
    return {element: tuple(plans.values()) for element, plans in found.items()}


def vaults_of(model: Model, plan: Element) -> list[Element]:
    """The vaults that keep a plan's recovery points and their copies."""
    return model.targets(plan.id, "BACKS_UP_TO")


def _selecting(model: Model) -> Mapping[tuple[ElementId | None, str | None], list[tuple[Element, dict[str, str]]]]:
    """The plans that select by tags, by account and Region."""
    found: dict[tuple[ElementId | None, str | None], list[tuple[Element, dict[str, str]]]] = {}
    for plan in model.of_type("BackupPlan"):
        tags = plan.properties.get("selection_tags")
        if isinstance(tags, dict) and tags:
            stated = {str(key): str(value) for key, value in tags.items()}
            found.setdefault((plan.account, plan.region), []).append((plan, stated))
    return found

"""How broad an identity's permissions are: the services in which it may do everything with everything.

Action ``s3:*`` on every resource is full access to a service; on one bucket it is not. What a deny
takes away and what a permissions boundary leaves out is not granted. Sources: "Policy evaluation
logic" (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html) and
"Permissions boundaries for IAM entities"
(https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from archgraph.analysis.policies import Condition, Statement, conditions


class Services(NamedTuple):
    """A set of services by the prefixes of their actions: those named, or all but those named."""

    names: frozenset[str] = frozenset()
    all_but: bool = False

    def __bool__(self) -> bool:
        return self.all_but or bool(self.names)

    def __or__(self, other: Services) -> Services:
        if not self or not other:
            return self or other
        if self.all_but and other.all_but:
            return Services(self.names & other.names, True)
        if self.all_but or other.all_but:
            broad, named = (self, other) if self.all_but else (other, self)
            return Services(broad.names - named.names, True)
        return Services(self.names | other.names)

    def __invert__(self) -> Services:
        return Services(self.names, not self.all_but)

    def __and__(self, other: Services) -> Services:
        return ~(~self | ~other) if self and other else NONE

    def __sub__(self, other: Services) -> Services:
        return self & ~other

    def __str__(self) -> str:
        named = ", ".join(sorted(self.names))
        if not self.all_but:
            return named or "no service"
        return f"every service but {named}" if named else "every service"


NONE = Services()
EVERY = Services(all_but=True)


def _named(*names: str) -> Services:
    return Services(frozenset(names))


MANAGED: Mapping[str, Services] = {
    "AdministratorAccess": EVERY,
    "PowerUserAccess": ~_named("iam", "organizations", "account"),
    "IAMFullAccess": _named("iam"),
    "AmazonBedrockFullAccess": _named("bedrock"),
    "AmazonDynamoDBFullAccess": _named("dynamodb", "dax"),
    "AmazonDynamoDBFullAccess_v2": _named("dynamodb", "dax"),
    "AmazonEC2ContainerRegistryFullAccess": _named("ecr"),
    "AmazonEC2FullAccess": _named("ec2", "elasticloadbalancing", "cloudwatch", "autoscaling"),
    "AmazonECS_FullAccess": _named("ecs"),
    "AmazonElastiCacheFullAccess": _named("elasticache"),
    "AmazonEventBridgeFullAccess": _named("events", "schemas", "scheduler", "pipes"),
    "AmazonKinesisFullAccess": _named("kinesis"),
    "AmazonOpenSearchServiceFullAccess": _named("es"),
    "AmazonRDSFullAccess": _named("rds"),
    "AmazonRoute53FullAccess": _named("route53", "route53domains"),
    "AmazonS3FullAccess": _named("s3", "s3-object-lambda"),
    "AmazonSNSFullAccess": _named("sns"),
    "AmazonSQSFullAccess": _named("sqs"),
    "AmazonSSMFullAccess": _named("ssm", "logs", "ec2messages"),
    "AWSCloudFormationFullAccess": _named("cloudformation"),
    "AWSLambda_FullAccess": _named("lambda"),
    "AWSStepFunctionsFullAccess": _named("states"),
    "CloudWatchFullAccess": _named("cloudwatch", "logs", "sns"),
    "CloudWatchFullAccessV2": _named("application-signals", "cloudwatch", "logs", "rum", "synthetics", "xray"),
    "CloudWatchLogsFullAccess": _named("logs"),
    "SecretsManagerReadWrite": _named("secretsmanager"),
}
"""AWS managed policies with ``service:*`` on every resource: AWS Managed Policy Reference Guide,
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html"""


def full_access(policy: Sequence[Statement]) -> Services:
    """The services with every action on every resource allowed and not denied again.

    Conditions that narrow what may be used (a tag of the resource, the service that a role is passed
    to) take a statement out; those on the caller or the time do not. Denies count if they hold always.
    """
    allowed = NONE
    for statement in policy:
        if statement["effect"].startswith("allow") and not _narrowed(statement):
            allowed |= _whole(statement) & _wholly_named(statement.get("resources", ()))
    for statement in policy if allowed else ():
        if statement["effect"].startswith("deny") and _on_everything(statement) and not statement.get("when"):
            allowed -= _whole(statement) if statement["effect"] == "deny" else ~_services(statement["actions"])
    return allowed


def unplaced(policy: Sequence[Statement]) -> Services:
    """The services in which every action is allowed by statements that name no resources at all."""
    found = NONE
    for statement in policy:
        if statement["effect"].startswith("allow") and not statement.get("resources"):
            found |= _whole(statement)
    return found


def _whole(statement: Statement) -> Services:
    """The services of which a statement names every action; NotAction names all but those listed."""
    named = _services(statement["actions"])
    return ~named if statement["effect"].endswith("_except") else named


def _services(actions: Iterable[str]) -> Services:
    found: set[str] = set()
    for action in actions:
        service, _, name = action.partition(":")
        if service == "*":
            return EVERY
        if name and not name.strip("*?") and "*" in name:
            found.add(service.lower())
    return _named(*found)


def _wholly_named(resources: Iterable[str]) -> Services:
    """The services of which resources name all of some kind: ``*``, ``arn:aws:dynamodb:*:*:table/*``."""
    found: set[str] = set()
    for resource in resources:
        if resource == "*":
            return EVERY
        parts = resource.split(":", 5)
        if len(parts) == 6 and parts[0] == "arn" and parts[3] in ("", "*") and _ALL_OF_A_KIND.fullmatch(parts[5]):
            found.add(parts[2].lower())
    return _named(*found)


_ALL_OF_A_KIND = re.compile(r"([A-Za-z-]+[:/])?\*([:/]\*)*")
"""How the last part of an ARN ends that leaves out no resource of a kind: ``*``, ``table/*``, ``*/*``."""


def _on_everything(statement: Statement) -> bool:
    resources = statement.get("resources", ())
    return "*" in resources or any(map(_is_everything, resources))


def _is_everything(resource: str) -> bool:
    """Whether it is an ARN like ``arn:aws:s3:::*`` or ``arn:aws:sqs:*:111122223333:*``."""
    if not resource.endswith("*"):
        return False
    parts = resource.split(":")
    return len(parts) == 6 and parts[0] == "arn" and parts[3] in ("", "*") and parts[5] == "*"


def _narrowed(statement: Statement) -> bool:
    return any(_narrows(test) for test in conditions(statement))


_ON_THE_RESOURCE = ("aws:resourcetag/", "aws:requesttag/", "aws:tagkeys", "aws:calledvia", "aws:viaawsservice")


def _narrows(test: Condition) -> bool:
    """Whether a test limits what is acted on, or to calls that another service makes.

    Global keys other than these are about the caller, the network and the time; keys of a service
    (``ec2:ResourceTag/team``, ``iam:PassedToService``) are about what is acted on.
    """
    if test.negated or not test.binding or "*" in test.values:
        return False
    return test.key.startswith(_ON_THE_RESOURCE) or not test.key.startswith("aws:")

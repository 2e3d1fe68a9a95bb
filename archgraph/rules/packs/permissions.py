"""Security: what identities may do, and with which credentials."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from archgraph.analysis.breadth import EVERY, MANAGED, Services, full_access, unplaced
from archgraph.analysis.policies import statements
from archgraph.model.model import Absent, Element, ElementId, Model, Reference
from archgraph.rules.registry import rule
from archgraph.rules.results import Pillar, Severity
from archgraph.rules.rule import (
    Conclusion,
    Context,
    Parameter,
    Remediation,
    failed,
    not_applicable,
    passed,
    unknown,
)
from archgraph.rules.severity import lowered_outside_production


@rule(
    id="sec-iam-wildcard-permission",
    title="No identity may do everything with all resources of a service",
    pillar=Pillar.SECURITY,
    practices={"SEC03-BP02": "Grant least privilege access"},
    severity=Severity.HIGH,
    population="""IAM roles, users, groups and permission sets, with the policies in them, the shared
    policies that they name and the AWS managed policies whose contents are known. Fails if they allow `*`
    or `service:*` on every resource, or everything but some actions; what an unconditional deny takes away
    or a permissions boundary leaves out does not count, nor does a statement whose condition narrows what
    is acted on. `s3:*` on one bucket passes. Unknown if a policy or the boundary is not in the model; does
    not apply without policies, to service-linked roles, nor to roles for emergencies.""",
    rationale="""Whoever takes over such an identity, through a flaw in the code that runs with it for
    example, can read, change and delete everything in the service, other teams' things included.""",
    remediation=Remediation(
        """Name the actions and resources that are used; IAM Access Analyzer generates them from the
        trail. Cap what builds infrastructure with a permissions boundary.""",
        """
elements:
  worker:
    type: IamRole
    in: shop-prod
    trust: [lambda.amazonaws.com]
    policies: [{allow: [s3:GetObject, s3:PutObject], resources: receipts/*}]
""",
    ),
    false_positives="""Roles of platform teams that build accounts: bound them, or waive the finding
    naming who may assume them. Service control policies are not taken into account, since what the
    organization forbids is not thereby granted sparingly.""",
    parameters=[
        Parameter(
            "accepted_services",
            ("ec2messages", "tag"),
            "Prefixes of services for which `service:*` on every resource is accepted, like those whose actions "
            "take no resources",
        )
    ],
    references=[
        "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-1",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-21",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
        "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html",
    ],
    adjust=lowered_outside_production(Severity.MEDIUM),
)
def iam_wildcard_permission(context: Context) -> Iterator[Conclusion]:
    accepted = Services(frozenset(context.parameters["accepted_services"]))
    for identity in context.of_type("IamRole", "IamUser", "IamGroup", "PermissionSet"):
        policies = identity.get("policies")
        if identity.properties.get("service_linked") is True:
            yield not_applicable(identity, "AWS defines what a service-linked role may do")
        elif identity.properties.get("break_glass") is True:
            yield not_applicable(identity, "it is for emergencies only")
        elif policies is Absent.UNKNOWN:
            missing = [f"{identity.id}.policies"]
            yield unknown(identity, "the model does not say what it may do", missing=missing)
        elif not policies:
            yield not_applicable(identity, "it has no policies")
        else:
            yield _judged(context.model, identity, policies, accepted)


def _judged(model: Model, identity: Element, policies: list[dict[str, Any]], accepted: Services) -> Conclusion:
    """Full access is what all the policies together allow, less their denies, within the boundary."""
    shared = {item["policy"]: model.elements[item["policy"]] for item in policies if "policy" in item}
    by_source = {"its statements": statements(policies)}
    by_source |= {id_: statements(policy.properties.get("statements")) for id_, policy in shared.items()}
    inline = [statement for source in by_source.values() for statement in source]
    granted = full_access(inline)
    parts = [(name, full_access(source) & granted) for name, source in by_source.items()] if granted else []
    unread: list[str] = []
    for name in (str(item["managed"]) for item in policies if "managed" in item):
        known = MANAGED.get(name.rpartition("/")[2])
        if known is None and _MAY_BE_BROAD.search(name):
            unread.append(f"what {name} allows")
        if known is not None:
            parts.append((name, known - _denied(inline)))
            granted |= parts[-1][1]
    evidence = [f"{name}: every action in {services}" for name, services in parts if services]
    boundary, within, missing = _boundary(model, identity)
    effective = (granted & within) - accepted
    if effective and missing is None:
        return failed(
            identity,
            f"may do everything in {effective}",
            evidence=[*evidence, *boundary],
            fix="name the actions and the resources that it uses, or set a permissions boundary",
            at=identity.where("policies"),
        )
    stated = {id_: policy.properties.get("statements") for id_, policy in shared.items()}
    absent = [f"{id_}.statements" for id_, value in stated.items() if not isinstance(value, list)]
    absent += unread if within else []
    if effective or absent or (unplaced(inline) & within) - accepted:
        unsaid = [missing] if missing else absent or [f"{identity.id}.policies"]
        return unknown(identity, "the model does not say on what it may act", missing=unsaid, evidence=evidence)
    return passed(identity, "what it may do is limited", [*evidence, *boundary])


_MAY_BE_BROAD = re.compile(r"Full_?Access|Administrator|PowerUser", re.IGNORECASE)
"""What AWS calls managed policies that may allow everything in a service."""


def _denied(inline: list[dict[str, Any]]) -> Services:
    """The services that the denies take away from whatever else is allowed."""
    whole = {"effect": "allow", "actions": ["*"], "resources": ["*"]}
    return EVERY - full_access([whole, *(item for item in inline if item["effect"].startswith("deny"))])


def _boundary(model: Model, identity: Element) -> tuple[list[str], Services, str | None]:
    """What a boundary is in evidence, the services that it leaves whole, and what the model does not say."""
    stated = identity.get("permissions_boundary") if "permissions_boundary" in identity.type.properties else None
    if stated is Absent.UNKNOWN:
        return [], EVERY, f"{identity.id}.permissions_boundary"
    if not isinstance(stated, Reference):
        return [], EVERY, None
    if stated.target is None:
        within = MANAGED.get(str(stated.literal).rpartition("/")[2])
        name = str(stated.literal)
    else:
        policy = model.elements[stated.target]
        stated = policy.properties.get("statements")
        within = full_access(statements(stated)) if isinstance(stated, list) else None
        name = policy.id
    if within is None:
        return [], EVERY, f"what {name} allows"
    return [f"its boundary {name} leaves {within}"], within, None


@rule(
    id="sec-workload-uses-long-lived-keys",
    title="Nothing signs with long-lived access keys",
    pillar=Pillar.SECURITY,
    practices={"SEC02-BP02": "Use temporary credentials"},
    severity=Severity.HIGH,
    population="""Every IAM user, and every flow whose `auth` says that the caller signs with an access
    key. A user passes without access keys, fails with some, and is unknown if the model does not say how
    many it has. A flow fails if its target is in AWS; it does not apply to the keys of other systems.""",
    rationale="""An access key works from anywhere until someone deletes it, and is found in code, images,
    logs and laptops. Credentials of a role end by themselves.""",
    remediation=Remediation(
        """Give workloads in AWS a role, pipelines elsewhere an OIDC provider, machines elsewhere IAM Roles
        Anywhere, and people IAM Identity Center.""",
        """
elements:
  github: {type: OidcProvider, in: shop-prod, url: "https://token.actions.githubusercontent.com"}
  deploy:
    type: IamRole
    in: shop-prod
    trust:
      - allow: github
        when: {StringLike: {"token.actions.githubusercontent.com:sub": "repo:example/shop:*"}}
""",
    ),
    false_positives="""Software that can use neither roles nor federation: waive the finding with the
    rotation and the networks to which its policy ties the key.""",
    parameters=[
        Parameter("auth", ("access_key", "access_keys", "iam_user"), "What flows state as `auth` for an access key")
    ],
    references=[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#bp-workloads-use-roles",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html",
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_identities_unique.html",
    ],
)
def workload_uses_long_lived_keys(context: Context) -> Iterator[Conclusion]:
    model = context.model
    for user in context.of_type("IamUser"):
        yield _keys(user)
    words = frozenset(context.parameters["auth"])
    for flow in model.flows.values():
        if "auth" not in flow.properties:
            continue
        auth = str(flow.properties["auth"]).lower().replace("-", "_").replace(" ", "_")
        if auth not in words:
            continue
        if not _in_aws(model, flow.target):
            yield not_applicable(flow, "the key is not one of AWS")
            continue
        yield failed(
            flow,
            "signs with a long-lived access key",
            evidence=[f"'{flow.id}' states auth: {flow.properties['auth']}"],
            fix=f"let {flow.source} assume a role, and state 'auth: iam' or 'auth: oidc'",
        )


def _keys(user: Element) -> Conclusion:
    stated = user.get("access_keys")
    if stated is Absent.UNKNOWN:
        return unknown(user, "the model does not say whether it has keys", missing=[f"{user.id}.access_keys"])
    if not stated:
        return passed(user, "it has no access keys")
    return failed(
        user,
        f"has {stated} long-lived access key{'s' if stated > 1 else ''}",
        evidence=[f"{user.id}.access_keys is {stated}"],
        fix="replace the user by a role that its callers assume, and delete the keys",
        at=user.where("access_keys"),
    )


def _in_aws(model: Model, target: ElementId) -> bool:
    return model.elements[target].type.category not in ("External", "Actor")

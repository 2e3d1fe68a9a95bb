"""Security: who outside the account may assume its roles and use its resources."""

from __future__ import annotations

from collections.abc import Iterator

from archgraph.analysis.policies import Statement, admitting_everyone, statements
from archgraph.analysis.trust import Organizations, Safety, outside_trust
from archgraph.model.model import Absent, Element
from archgraph.rules.registry import rule
from archgraph.rules.results import Pillar, Severity
from archgraph.rules.rule import (
    Conclusion,
    Context,
    Remediation,
    failed,
    not_applicable,
    passed,
    unknown,
)


@rule(
    id="sec-external-account-trust",
    title="Trust in others is tied to the right caller",
    pillar=Pillar.SECURITY,
    practices={
        "SEC03-BP09": "Share resources securely with a third party",
        "SEC03-BP07": "Analyze public and cross-account access",
    },
    severity=Severity.HIGH,
    population="""Every IAM role. Passes if whoever it trusts outside the organization has to prove to be the
    right one: another account by an external id, an organization or a second factor; an OIDC provider by a
    claim that names whose tokens are taken, such as `sub`, and not only a branch, an environment or how
    somebody signed in; everyone by a condition on the caller. Fails without such a condition; unknown if the
    model does not say whom it trusts, or whose account an id is, unless it draws the organization; does not
    apply to roles that trust only AWS services and the organization's own accounts, roles and SAML providers.""",
    rationale="""A third party serves many customers with the same account. Without an external id any of
    them, naming your role, makes it act on your account. A provider like GitHub signs tokens for every
    repository in the world.""",
    remediation=Remediation(
        "Let the third party give you an external id and require it; name the repository of the pipeline.",
        """
elements:
  audit: {type: IamRole, in: shop-prod, trust: [{allow: auditors, when: {StringEquals: {"sts:ExternalId": 7f3a}}}]}
  deploy:
    type: IamRole
    in: shop-prod
    trust:
      - allow: github
        when: {StringLike: {"token.actions.githubusercontent.com:sub": "repo:example/shop:*"}}
""",
    ),
    false_positives="""An account of your own that another model describes: place it in the organization
    (`in: org`), or require the organization with `aws:PrincipalOrgID`.""",
    references=[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html",
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_permissions_share_securely_third_party.html",
    ],
)
def external_account_trust(context: Context) -> Iterator[Conclusion]:
    organizations = Organizations(context.model)
    for role in context.of_type("IamRole"):
        if role.get("trust") is Absent.UNKNOWN:
            yield unknown(role, "the model does not say whom it trusts", missing=[f"{role.id}.trust"])
        else:
            yield _trusting(organizations, role)


def _trusting(organizations: Organizations, role: Element) -> Conclusion:
    found = list(outside_trust(organizations, role))
    if not found:
        return not_applicable(role, "it trusts nobody outside the organization")
    said = {safety: [one.text for one in found if one.safety is safety] for safety in Safety}
    if said[Safety.OPEN]:
        return failed(
            role,
            "trusts others without knowing for whom they act",
            evidence=said[Safety.OPEN],
            fix="add a condition to the statement: sts:ExternalId, aws:PrincipalOrgID, or the claim of the provider",
            at=role.where("trust"),
        )
    if said[Safety.UNKNOWN]:
        return unknown(role, "the model does not say whom it trusts", missing=said[Safety.UNKNOWN])
    return passed(role, "whom it trusts outside has to prove to be the right caller", said[Safety.TIED])


_SHARED = (
    "SqsQueue", "SnsTopic", "EventBus", "KinesisStream", "DynamoDbTable", "LambdaFunction", "EcrRepository",
    "KmsKey", "Secret", "SsmParameter", "BackupVault", "LogGroup", "SesIdentity", "OpenSearchDomain",
)  # fmt: skip
"""The types whose resource policy alone decides who outside the account may use them. Buckets, public
APIs, file systems and VPC endpoints have other gates as well."""


@rule(
    id="sec-resource-policy-public-principal",
    title="No resource policy admits everyone",
    pillar=Pillar.SECURITY,
    practices={"SEC03-BP07": "Analyze public and cross-account access"},
    severity=Severity.CRITICAL,
    population="""Queues, topics, event buses, streams, tables, functions, repositories, keys, secrets,
    parameters, vaults, log groups, e-mail identities and search domains. Fails if a statement of the
    resource policy allows `*` without a condition that names callers or places, by fixed values of
    aws:PrincipalOrgID, aws:SourceArn, aws:SourceVpce and the like, and no deny keeps all others out; passes
    otherwise; unknown if the model does not know the policy; does not apply to a search domain in a VPC.
    What has no policy is left out. Statements for a function's URL are judged by sec-public-api-unauthenticated.""",
    rationale="""With `*` every account in AWS, and often a caller without any, may send to the queue, use
    the key or read the secret.""",
    remediation=Remediation(
        "Name the callers, or keep `*` and add a condition on the organization, the source or the endpoint.",
        """
elements:
  orders:
    type: SqsQueue
    in: shop-prod.eu-west-1
    policy:
      - allow: sqs:SendMessage
        principals: "*"
        when: {StringEquals: {"aws:PrincipalOrgID": o-exampleorgid}}
""",
    ),
    false_positives="""Resources that are published on purpose, like a topic with public announcements:
    waive the finding saying so. A resource control policy of the organization that keeps outsiders out is
    not taken into account.""",
    references=[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/sqs-controls.html#sqs-3",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/sns-controls.html#sns-4",
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_permissions_analyze_cross_account.html",
    ],
)
def resource_policy_public_principal(context: Context) -> Iterator[Conclusion]:
    for resource in context.of_type(*_SHARED):
        policy = resource.properties.get("policy")
        if policy is Absent.UNKNOWN:
            missing = [f"{resource.id}.policy"]
            yield unknown(resource, "the model does not say whom its policy admits", missing=missing)
        elif not statements(policy):
            continue  # only its own account may use it
        elif resource.type.name == "OpenSearchDomain" and resource.subnets:
            yield not_applicable(resource, "only its VPC reaches it")
        elif resource.properties.get("fine_grained_access") is True:
            yield not_applicable(resource, "it asks every caller who it is: fine-grained access control")
        else:
            yield _admitting(resource, [one for one in statements(policy) if not _is_for_function_url(one)])


def _is_for_function_url(statement: Statement) -> bool:
    """Whether a statement opens a function's URL only; AWS wants one for everyone if that asks for nothing.

    "Control access to Lambda function URLs", https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
    """
    keys = [str(key).lower() for tests in statement["when"].values() if isinstance(tests, dict) for key in tests]
    by_key = not {"lambda:functionurlauthtype", "lambda:invokedviafunctionurl"}.isdisjoint(keys)
    return by_key or set(statement["actions"]) == {"lambda:InvokeFunctionUrl"}


def _admitting(resource: Element, policy: list[Statement]) -> Conclusion:
    statement = admitting_everyone(policy)
    if statement is None:
        return passed(resource, "its policy does not admit everyone")
    actions = ", ".join(statement["actions"][:3])
    tested = "no condition" if not statement["when"] else "no condition that names callers or places"
    return failed(
        resource,
        "may be used by everyone",
        evidence=[f"the policy of {resource.id} allows {actions} to *, with {tested}"],
        fix="name the principals, or add a condition like aws:PrincipalOrgID or aws:SourceArn",
        at=resource.where("policy"),
    )

"""Security: passwords and keys that programs get from a vault."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from archgraph.analysis.policies import matches, statements
from archgraph.catalog.types import ElementType
from archgraph.model.model import Absent, Element, ElementId, Flow, Model
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
from archgraph.rules.severity import lowered_outside_production

_WITH_A_SECRET = frozenset({"password", "basic", "api_key", "api-key", "apikey", "api key"})
"""What flows call an authentication by something that the caller must keep secret for long."""

_PASSWORD_UNLESS_IAM = frozenset({"AuroraCluster", "RdsInstance"})
"""Types that ask for a password unless IAM authentication is used: "Database authentication with Amazon RDS",
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/database-authentication.html"""

_SECRET_NAME = re.compile(
    r"(^|_)((PG|MYSQL_?|REDIS_?)?PASSWORD|PASSWD|PASS|PWD|PASSPHRASE|SECRET|SECRET_KEY|API_?KEY|PRIVATE_KEY|ACCESS_KEY|AUTH_TOKEN|ACCESS_TOKEN"
    r"|BEARER_TOKEN|API_TOKEN|WEBHOOK_URL)$"
)
"""How the names of environment variables end that hold a secret itself, not where or how long it is kept."""

_NO_SECRET_ITSELF = re.compile(r"arn:|\{\{|/|[<({*$]|ssm:|secretsmanager:")
"""How values begin that name a secret, or stand for one: ARNs, dynamic references, parameter names, blanks."""

_SECRET_VALUE = re.compile(
    r"[a-z][a-z0-9+.-]{0,30}://[^/\s:@]{0,100}:[^/\s@${<*]{1,200}@"
    r"|gh[opsu]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{50}|glpat-[A-Za-z0-9_-]{20}|xox[abprs]-|sk_live_|AKIA[A-Z0-9]{16}"
    r"|-----BEGIN [A-Z ]{0,20}PRIVATE KEY",
)
"""How values begin that are secrets whatever the variable is called: URLs with a password, tokens, private keys."""

_SWITCH = frozenset({"true", "false", "yes", "no", "on", "off", "0", "1"})

_VAULT = frozenset({"Secret", "SsmParameter"})

_READS = (
    "secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue", "ssm:GetParameter", "ssm:GetParameters",
    "ssm:GetParametersByPath",
)  # fmt: skip
"""Actions that let a caller read secrets or parameters."""


@rule(
    id="sec-secret-outside-vault",
    title="Programs get their secrets from a vault",
    pillar=Pillar.SECURITY,
    practices={"SEC02-BP03": "Store and use secrets securely"},
    severity=Severity.HIGH,
    population="""Everything that runs code and calls something with a password or an API key, or has
    environment variables. Fails if an environment variable named like a password, key or token has a
    value, or if a flow authenticates with a password or an API key and the caller reads no secret and no
    parameter: not by `secrets`, not by a flow, and not by a permission of its role. Passes if it reads one,
    or if it signs in with IAM; unknown if it calls a relational database and the model does not say how it
    signs in, or if its role is outside the model. Does not apply to code that needs no long-lived secret.""",
    rationale="""What stands in code, images and environment variables is read by everyone who can read these,
    is copied with them, and never changes. A vault gives it to one role, logs every reading, and rotates
    it.""",
    remediation=Remediation(
        "Keep it in Secrets Manager or as a SecureString parameter, or let the caller sign in with IAM.",
        """
elements:
  db-login: {type: Secret, in: shop-prod.eu-west-1, rotation: 30d}
  report: {type: LambdaFunction, in: shop-prod.eu-west-1, secrets: [db-login]}
flows:
  - report -> shop-db: {protocol: tls, port: 5432, auth: password}
""",
    ),
    false_positives="""A vault that is no AWS service: draw it as an external system, and waive the finding
    naming it. A variable whose name only sounds like a secret.""",
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_identities_secrets.html",
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/intro.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-8",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html",
    ],
    adjust=lowered_outside_production(Severity.MEDIUM),
)
def secret_outside_vault(context: Context) -> Iterator[Conclusion]:
    model = context.model
    for element in model.whose_type(_may_keep):
        if element.external:
            continue
        variables = list(_variables(element))
        calls = list(model.flows_from(element.id)) if element.has("compute") else []
        if variables or calls:
            yield _kept(model, element, variables, calls)


def _may_keep(type_: ElementType) -> bool:
    return "compute" in type_.traits or not type_.properties.keys().isdisjoint(("containers", "environment_variables"))


def _variables(element: Element) -> Iterator[tuple[str, str]]:
    """The environment variables of a function, a build, or the containers of a task."""
    holders: list[Mapping[str, object]] = [element.properties]
    containers = element.properties.get("containers")
    holders += [item for item in containers if isinstance(item, dict)] if isinstance(containers, list) else []
    for holder in holders:
        stated = holder.get("environment_variables")
        if isinstance(stated, dict):
            yield from ((str(name), str(value)) for name, value in stated.items())


def _kept(model: Model, element: Element, variables: Iterable[tuple[str, str]], calls: Iterable[Flow]) -> Conclusion:
    plain = sorted({name for name, value in variables if _is_secret(model, name, value)})
    if plain:
        return failed(
            element,
            "keeps secrets in environment variables",
            evidence=[f"{element.id}.environment_variables sets {name[:80]}" for name in plain],
            fix="keep it in Secrets Manager or Parameter Store, and name it in 'secrets'",
            at=element.where("environment_variables"),
        )
    needing = [flow for flow in calls if str(flow.properties.get("auth", "")).lower() in _WITH_A_SECRET]
    silent = [flow for flow in calls if "auth" not in flow.properties and _wants_password(model, flow)]
    if not needing and not silent:
        return not_applicable(element, "the model shows nothing for which it needs a secret")
    vault = _vault(model, element)
    evidence = [f"'{flow.id}' authenticates with {flow.properties['auth']}" for flow in needing]
    if vault is not None:
        return passed(element, vault, evidence)
    external = _external_roles(model, element)
    if external:
        missing = [f"what {role} may read" for role in external]
        return unknown(element, "its role is outside the model", missing=missing, evidence=evidence)
    if needing:
        return failed(
            element,
            "uses a password or a key that comes from no vault",
            evidence=[*evidence, f"{element.id} reads no Secret and no SsmParameter"],
            fix="name the secret in 'secrets', or authenticate with IAM",
            at=needing[0].location,
        )
    missing = [f"{flow.id}.auth" for flow in silent]
    return unknown(element, "the model does not say how it signs in to a database", missing=missing)


def _is_secret(model: Model, name: str, value: str) -> bool:
    if _SECRET_VALUE.match(value):
        return True
    if not value or value.lower() in _SWITCH or _NO_SECRET_ITSELF.match(value) or not _names_a_secret(name):
        return False
    named = model.elements.get(ElementId(value))
    return (named is None or named.type.name not in _VAULT) and value not in _vault_names(model)


@lru_cache(maxsize=1)  # asked for every variable of one model
def _vault_names(model: Model) -> frozenset[str]:
    """The names of secrets and parameters, which are no secrets themselves."""
    return frozenset(str(vault.properties.get("name", "")) for kind in _VAULT for vault in model.of_type(kind))


def _names_a_secret(name: str) -> bool:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name[:200]).upper()
    return _SECRET_NAME.search(words) is not None


def _wants_password(model: Model, flow: Flow) -> bool:
    target = model.elements[flow.target]
    return (
        flow.kind == "request"
        and target.type.name in _PASSWORD_UNLESS_IAM
        and target.properties.get("iam_auth") is not True
    )


def _vault(model: Model, element: Element) -> str | None:
    """How the caller comes to its secret, if the model shows it."""
    parts = [element, *model.targets(element.id, "LAUNCHES")]
    for part in parts:
        for secret in model.targets(part.id, "USES_SECRET"):
            if secret.type.name in _VAULT:
                return f"it reads {secret.id}"
    for flow in model.flows_from(element.id):
        if model.elements[flow.target].type.name in _VAULT:
            return f"it reads {flow.target}"
    for role in (role for part in parts for role in model.targets(part.id, "ASSUMES")):
        for holder in (role, *model.targets(role.id, "HAS_POLICY")):
            if _may_read(model, holder):
                return f"{role.id} may read secrets"
    return None


def _may_read(model: Model, holder: Element) -> bool:
    """Whether the statements of a role or a policy let its bearer read a secret or a parameter."""
    stated = statements(holder.properties.get("policies")) + statements(holder.properties.get("statements"))
    allowed = [action for item in stated if item["effect"] == "allow" for action in item["actions"]]
    if any(matches(action, read) for action in allowed for read in _READS):
        return True
    grants = model.references_from(holder.id, "GRANTS")
    return any(grant.target is not None and model.elements[grant.target].type.name in _VAULT for grant in grants)


def _external_roles(model: Model, element: Element) -> list[str]:
    """Roles of which the model does not say what they may read."""
    parts = [element, *model.targets(element.id, "LAUNCHES")]
    references = [r for part in parts for r in model.references_from(part.id, "ASSUMES")]
    return [
        str(r.target or r.literal)
        for r in references
        if r.target is None or model.elements[r.target].external or _is_open(model.elements[r.target])
    ]


def _is_open(role: Element) -> bool:
    """Whether a role has policies that the model does not spell out."""
    policies = role.get("policies")
    if policies is Absent.UNKNOWN:
        return True
    return isinstance(policies, list) and any(isinstance(item, dict) and "managed" in item for item in policies)

"""Security: what has to agree before a change reaches production."""

from __future__ import annotations

from collections.abc import Iterator

from archgraph.analysis.breadth import EVERY, full_access
from archgraph.analysis.policies import statements
from archgraph.model.model import Absent, Element, Model
from archgraph.rules.registry import rule
from archgraph.rules.results import Pillar, Severity
from archgraph.rules.rule import (
    Adjusted,
    Conclusion,
    Context,
    Remediation,
    Subject,
    failed,
    not_applicable,
    passed,
    unknown,
)
from archgraph.rules.severity import is_production

_REVIEWS = frozenset({"approval", "test"})
"""Kinds of stage that keep a change back until a person or a test agrees."""


def _raised_for_administrators(context: Context, subject: Subject, severity: Severity) -> Adjusted | None:
    """Whoever changes the source of a pipeline that may do everything may do everything."""
    roles = context.model.targets(subject.id, "ASSUMES") if isinstance(subject, Element) else []
    for role in roles:
        policies = role.properties.get("policies")
        managed = [str(item.get("managed", "")) for item in policies] if isinstance(policies, list) else []
        if full_access(statements(policies)) == EVERY or any(name.endswith("AdministratorAccess") for name in managed):
            return Adjusted(Severity.CRITICAL, f"{role.id} may do everything in the account")
    return None


@rule(
    id="sec-pipeline-unreviewed-to-prod",
    title="No change reaches production unreviewed",
    pillar=Pillar.SECURITY,
    practices={"SEC11-BP06": "Deploy software programmatically"},
    severity=Severity.HIGH,
    population="""Every pipeline that deploys to elements in production. Passes if a stage of kind approval
    or test stands before the first deployment to production, if a build of it scans the code, or if its
    repository wants approvals; fails if its stages are stated and none of them reviews; unknown if its stages or the
    approvals of its repository are not stated, or if the repository is outside AWS and may want some. Does
    not apply to pipelines that deploy elsewhere. Severity is critical if its role may do everything.""",
    rationale="""A pipeline turns a commit into a running system with rights that no developer has. Without a
    second person or a test in between, one stolen laptop or one mistake is in production minutes later.""",
    remediation=Remediation(
        "Add a stage of kind `approval` or `test` before production, or require approvals in the repository.",
        """
elements:
  code: {type: CodeRepository, in: tools.eu-west-1, approvals: 1}
  release:
    type: CodePipeline
    in: tools.eu-west-1
    source: code
    stages: [{kind: source}, {kind: build}, {kind: test}, {kind: approval}, {kind: deploy, environment: production}]
    deploys: [web]
""",
    ),
    false_positives="""Reviews that the pipeline does not show, such as protected branches of a repository
    outside AWS: name a stage for them, or waive the finding naming the setting.""",
    references=[
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_appsec_deploy_software_programmatically.html",
        "https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals.html",
        "https://docs.aws.amazon.com/codecommit/latest/userguide/approval-rule-templates.html",
    ],
    adjust=_raised_for_administrators,
)
def pipeline_unreviewed_to_prod(context: Context) -> Iterator[Conclusion]:
    model = context.model
    for pipeline in context.of_type("CodePipeline"):
        stages = _stages(pipeline)
        reached = _production(model, pipeline, stages)
        if not reached:
            yield not_applicable(pipeline, "it deploys nothing to production")
            continue
        review = _review(model, pipeline, stages)
        if review is not None:
            yield passed(pipeline, review)
        else:
            yield _unreviewed(model, pipeline, stages, reached)


def _stages(pipeline: Element) -> list[dict[str, object]]:
    stated = pipeline.get("stages")
    return [stage for stage in stated if isinstance(stage, dict)] if isinstance(stated, list) else []


def _production(model: Model, pipeline: Element, stages: list[dict[str, object]]) -> list[str]:
    """What shows that a pipeline deploys to production."""
    shown = [
        f"{pipeline.id} deploys {target.id}, which is in {target.environment}"
        for target in model.targets(pipeline.id, "DEPLOYS")
        if is_production(target.environment)
    ]
    environments = [str(stage.get("environment", "")) for stage in stages if stage.get("kind") == "deploy"]
    shown += [f"a stage of {pipeline.id} deploys to {name}" for name in environments if is_production(name)]
    return shown


def _review(model: Model, pipeline: Element, stages: list[dict[str, object]]) -> str | None:
    """Who or what agrees before the first deployment to production, which is the last if none says so."""
    kinds = [stage.get("kind") for stage in stages]
    deploys = [n for n, kind in enumerate(kinds) if kind == "deploy"]
    producing = [n for n in deploys if is_production(str(stages[n].get("environment", "")))]
    first = producing[0] if producing else deploys[-1] if deploys else len(kinds)
    for stage in stages[:first]:
        if stage.get("kind") in _REVIEWS:
            return f"a stage of kind {stage['kind']} comes before it deploys to production"
    for project in model.targets(pipeline.id, "MANAGES"):
        scans = project.properties.get("scans")
        if isinstance(scans, list) and scans:
            return f"{project.id} checks {', '.join(map(str, scans))}"
    for source in _sources(model, pipeline):
        approvals = source.properties.get("approvals")
        if isinstance(approvals, int) and approvals > 0:
            return f"{source.id} wants {approvals} approvals" if approvals > 1 else f"{source.id} wants an approval"
    return None


def _sources(model: Model, pipeline: Element) -> list[Element]:
    return [model.elements[reference.source] for reference in model.references_to(pipeline.id, "TRIGGERS")]


def _unreviewed(model: Model, pipeline: Element, stages: list[dict[str, object]], reached: list[str]) -> Conclusion:
    missing = [] if stages else [f"{pipeline.id}.stages"]
    for source in _sources(model, pipeline):
        if source.type.name == "CodeRepository" and source.get("approvals") is Absent.UNKNOWN:
            missing.append(f"{source.id}.approvals")
        elif source.external or source.type.category == "External":
            missing.append(f"whether {source.id} wants approvals")
    if missing:
        return unknown(pipeline, "the model does not say who reviews what it deploys", missing=missing)
    return failed(
        pipeline,
        "deploys to production what nobody reviews",
        evidence=[*reached, "no stage of kind approval or test comes before it deploys to production"],
        fix="add a stage of kind 'approval' or 'test', or require approvals in its repository",
        at=pipeline.where("stages"),
    )

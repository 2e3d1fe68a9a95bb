"""What findings show: the words, numbers and elements that a reader acts upon."""

from __future__ import annotations

import pytest

from archgraph.rules.engine import evaluate
from archgraph.rules.registry import builtin_rules
from archgraph.rules.results import Result, Severity, Status

from .conftest import AS_OF, LoadModel

RULES = {rule.id: rule for rule in builtin_rules()}

ACCOUNT = 'prod: {type: Account, account_id: "000000000001"}'


def judged(load_model: LoadModel, rule: str, elements: str, flows: str = "") -> dict[str, Result]:
    """The results of one rule by element, for elements and flows of one line each."""
    lines = "".join(f"  {line.strip()}\n" for line in elements.strip().splitlines())
    drawn = "".join(f"  - {line.strip()}\n" for line in flows.strip().splitlines())
    text = f"archgraph: 1\nid: case\nname: Case\nelements:\n{lines}" + (f"flows:\n{drawn}" if drawn else "")
    results = evaluate(load_model(text), as_of=AS_OF, rules=[RULES[rule]]).results
    return {result.element: result for result in results}


@pytest.mark.parametrize(
    ("stores", "last"),
    [
        ([], None),
        (["orders"], "nor does the element inside it"),
        (["orders", "carts"], "nor do 2 elements inside it"),
        (["orders", "carts", "users"], "nor do 3 elements inside it"),
    ],
)
def test_an_account_without_tags_counts_what_stands_in_it(
    stores: list[str], last: str | None, load_model: LoadModel
) -> None:
    inside = "\n".join(f"{name}: {{type: DynamoDbTable, in: prod.eu-west-1}}" for name in stores)
    beside = "jobs: {type: SqsQueue, in: prod.eu-west-1, tags: {cost-center: jobs}}"

    result = judged(load_model, "cost-allocation-tags-missing", f"{ACCOUNT}\n{beside}\n{inside}")["prod"]

    first = "neither it nor the place around it has the tag cost-center"
    assert list(result.evidence) == [first, *([last] if last else [])]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("type: Ec2Instance", "web stands for one instance"),
        ("type: Ec2Instance, count: 1", "web.count is 1"),
        ("type: AutoScalingGroup, min: 1, max: 1", "web.min is 1"),
        ("type: EcsService, desired: 1", "web.desired is 1"),
    ],
)
def test_what_stands_once_says_why(settings: str, said: str, load_model: LoadModel) -> None:
    elements = f"""
        users: {{type: EndUser}}
        {ACCOUNT}
        web: {{in: prod.eu-west-1, {settings}}}
    """

    result = judged(load_model, "rel-spof-cut-node", elements, "users -> web: tls")["web"]

    assert list(result.evidence)[:1] == [said]


@pytest.mark.parametrize(
    ("classification", "said"),
    [
        ("internal", "order is internal"),
        ("confidential", "order is confidential"),
        ("restricted", "order is restricted"),
    ],
)
def test_plain_text_names_what_it_carries(classification: str, said: str, load_model: LoadModel) -> None:
    elements = f"""
        users: {{type: EndUser}}
        order: {{type: DataAsset, classification: {classification}}}
        {ACCOUNT}
        web: {{type: Ec2Instance, in: prod.eu-west-1}}
    """
    flow = "users -> web: {id: buy, protocol: http, carries: [order]}"

    result = judged(load_model, "sec-edge-unencrypted-in-transit", elements, flow)["buy"]

    assert list(result.evidence) == ["the protocol of 'buy' is http", "'buy' carries order", said]


def test_growth_names_who_adds_objects(load_model: LoadModel) -> None:
    elements = f"""
        {ACCOUNT}
        fed: {{type: LambdaFunction, in: prod.eu-west-1}}
        bucket: {{type: S3Bucket, in: prod.eu-west-1, lifecycle: none}}
    """
    flows = "fed -> bucket: {id: add, kind: event}\nfed -> bucket: {id: pour, kind: stream}\nfed -> bucket: {id: ask}"

    result = judged(load_model, "cost-no-lifecycle", elements, flows)["bucket"]

    assert list(result.evidence) == ["'add' adds objects", "'pour' adds objects", "bucket.lifecycle states no rule"]


@pytest.mark.parametrize(
    ("stores", "last", "fix"),
    [
        ([], None, "state 'owner' on it, or on its account"),
        (["orders"], "nor does the element inside it", "state 'owner' on prod"),
        (["orders", "carts"], "nor do 2 elements inside it", "state 'owner' on prod"),
        (["orders", "carts", "users"], "nor do 3 elements inside it", "state 'owner' on prod"),
    ],
)
def test_an_account_without_owner_counts_what_stands_in_it(
    stores: list[str], last: str | None, fix: str, load_model: LoadModel
) -> None:
    inside = "\n".join(f"{name}: {{type: DynamoDbTable, in: prod.eu-west-1}}" for name in stores)

    results = judged(load_model, "ops-owner-missing", f"{ACCOUNT}\n{inside}")

    assert list(results["prod"].evidence) == [
        "neither it nor an enclosing place states an owner",
        *([last] if last else []),
    ]
    assert results["prod"].fix == fix
    assert {results[name].message for name in stores} <= {"prod, which encloses it, has no owner"}


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["line"], "line is its only line and nothing takes over"),
        (["line", "second"], "line, second end at one location, EqDC2"),
    ],
)
def test_where_lines_of_direct_connect_end(lines: list[str], said: str, load_model: LoadModel) -> None:
    drawn = "\n".join(
        f"{line}: {{type: DirectConnectConnection, in: prod.eu-west-1, location: EqDC2, device: router}}"
        for line in lines
    )
    elements = f"""
        {ACCOUNT}
        office: {{type: OnPremisesNetwork, cidr: 192.168.0.0/16, contains: {{router: {{type: CustomerRouter}}}}}}
        {drawn}
    """

    result = judged(load_model, "rel-hybrid-link-single", elements)["office"]

    assert list(result.evidence) == [said]


@pytest.mark.parametrize(
    ("zones", "said"),
    [
        ("a", "is down when eu-west-1a is lost"),
        ("a b", "each zone can be lost alone"),
    ],
)
def test_which_zone_takes_an_entry_down(zones: str, said: str, load_model: LoadModel) -> None:
    subnets = {zone: f"s{zone}" for zone in zones.split()}
    drawn = "\n".join(
        f"{id_}: {{type: Subnet, in: net, availability_zone: {zone}, cidr: 10.0.{number}.0/24}}"
        for number, (zone, id_) in enumerate(subnets.items())
    )
    elements = f"""
        users: {{type: EndUser}}
        {ACCOUNT}
        net: {{type: Vpc, in: prod.eu-west-1, cidr: 10.0.0.0/16}}
        {drawn}
        web: {{type: AutoScalingGroup, subnets: [{", ".join(subnets.values())}], min: 2}}
    """

    result = judged(load_model, "rel-az-loss-breaks-path", elements, "users -> web: https")["web"]

    assert result.message == said


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        ("min: 1, max: 3", "web.max is 3"),
        ("desired: 2, max: 4", "web.max is 4"),
        ("min: 2", "web.min is 2"),
    ],
)
def test_the_largest_size_counts_for_balancing(sizes: str, said: str, load_model: LoadModel) -> None:
    elements = f"""
        users: {{type: EndUser}}
        {ACCOUNT}
        web: {{type: AutoScalingGroup, in: prod.eu-west-1, {sizes}}}
    """

    result = judged(load_model, "perf-replicas-without-load-balancing", elements, "users -> web: {id: get}")["web"]

    assert list(result.evidence) == [said, "requests come by 'get'"]


@pytest.mark.parametrize(
    ("approvals", "said"),
    [(1, "code wants an approval"), (2, "code wants 2 approvals")],
)
def test_a_repository_wants_approvals(approvals: int, said: str, load_model: LoadModel) -> None:
    elements = f"""
        prod: {{type: Account, account_id: "000000000001", environment: production}}
        web: {{type: LambdaFunction, in: prod.eu-west-1}}
        code: {{type: CodeRepository, in: prod.eu-west-1, approvals: {approvals}}}
        release: {{type: CodePipeline, in: prod.eu-west-1, source: code, stages: [{{kind: deploy}}], deploys: [web]}}
    """

    assert judged(load_model, "sec-pipeline-unreviewed-to-prod", elements)["release"].message == said


@pytest.mark.parametrize(
    ("trail", "said"),
    [
        (
            "multi_region: false, organization: false",
            ["prod uses eu-central-1, eu-west-1", "trail records eu-west-1 only"],
        ),
        (
            "multi_region: true, organization: false, management_events: false",
            ["prod uses eu-central-1, eu-west-1", "trail leaves management events out"],
        ),
    ],
)
def test_what_a_trail_leaves_out(trail: str, said: list[str], load_model: LoadModel) -> None:
    elements = f"""
        {ACCOUNT}
        jobs: {{type: SqsQueue, in: prod.eu-west-1}}
        far: {{type: SqsQueue, in: prod.eu-central-1}}
        role: {{type: IamRole, in: prod, trust: [lambda.amazonaws.com]}}
        trail: {{type: CloudTrail, in: prod.eu-west-1, {trail}}}
    """

    assert list(judged(load_model, "sec-audit-trail-incomplete", elements)["prod"].evidence) == said


@pytest.mark.parametrize(
    ("elements", "said"),
    [
        ("role: {type: IamRole, in: prod, trust: [lambda.amazonaws.com]}", "prod uses global services"),
        ("jobs: {type: SqsQueue, in: prod.eu-west-1}", "prod uses eu-west-1"),
    ],
)
def test_what_is_not_recorded_without_a_trail(elements: str, said: str, load_model: LoadModel) -> None:
    result = judged(load_model, "sec-audit-trail-incomplete", f"{ACCOUNT}\n{elements}")["prod"]

    assert list(result.evidence) == [said, "no trail of the model records it"]


@pytest.mark.parametrize(
    ("when", "tested"),
    [
        ("", "no condition"),
        (", when: {Bool: {'aws:SecureTransport': 'true'}}", "no condition that names callers or places"),
    ],
)
def test_what_a_policy_lets_everyone_do(when: str, tested: str, load_model: LoadModel) -> None:
    actions = '["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:PurgeQueue"]'
    elements = f"""
        {ACCOUNT}
        jobs: {{type: SqsQueue, in: prod.eu-west-1, policy: [{{allow: {actions}, principals: "*"{when}}}]}}
    """

    result = judged(load_model, "sec-resource-policy-public-principal", elements)["jobs"]

    assert result.evidence[0].endswith(f"with {tested}")
    assert "sqs:SendMessage, sqs:ReceiveMessage, sqs:DeleteMessage" in result.evidence[0]
    assert "PurgeQueue" not in result.evidence[0]


@pytest.mark.parametrize(
    ("hidden", "window", "status", "severity"),
    [
        ("180s", "", Status.PASS, None),
        ("179s", "", Status.FAIL, Severity.HIGH),
        ("190s", "20s", Status.FAIL, Severity.HIGH),
        ("200s", "20s", Status.PASS, None),
        ("30s", "", Status.FAIL, Severity.HIGH),
        ("29s", "", Status.FAIL, Severity.CRITICAL),
    ],
)
def test_how_long_messages_stay_hidden(
    hidden: str, window: str, status: Status, severity: Severity | None, load_model: LoadModel
) -> None:
    source = f"{{to: jobs, batch_window: {window}}}" if window else "jobs"
    elements = f"""
        {ACCOUNT}
        jobs: {{type: SqsQueue, in: prod.eu-west-1, visibility_timeout: {hidden}}}
        work: {{type: LambdaFunction, in: prod.eu-west-1, timeout: 30s, event_sources: [{source}]}}
    """

    result = judged(load_model, "rel-visibility-timeout-too-short", elements)["jobs -> work"]

    assert result.status is status
    if severity is not None:
        assert result.severity is severity
        shown = [f"jobs.visibility_timeout is {hidden}", "work.timeout is 30s"]
        assert list(result.evidence) == [*shown, *([f"the batch window is {window}"] if window else [])]
        assert result.location.line == 6, "the line of the queue's timeout"

"""Rules in YAML: what they conclude, what is said about malformed ones, and where they come from."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import yaml

from archgraph.catalog.catalog import builtin
from archgraph.model.model import Model
from archgraph.rules.engine import evaluate
from archgraph.rules.own_rules.cases import run_case
from archgraph.rules.own_rules.load import OwnRules, load_own_rules
from archgraph.rules.own_rules.starter import starter
from archgraph.rules.results import Pillar, Result, Results, Severity, Status
from archgraph.rules.rule import Rule
from archgraph.source.codes import CODES
from archgraph.source.messages import render

from .conftest import AS_OF, LoadModel

HEAD = """\
id: acme-logs
title: Logs end
pillar: Operational Excellence
severity: low
rationale: Because.
remediation: State a retention.
"""
MISTAKES = Path(__file__).with_name("own_rule_mistakes.yaml")


def read(folder: Path, text: str) -> OwnRules:
    path = folder / "rule.yaml"
    path.write_text(text, encoding="utf-8")
    return load_own_rules([str(path)], builtin())


def rule_of(folder: Path, text: str) -> Rule:
    loaded = read(folder, HEAD + dedent(text))
    assert loaded.rules, render(loaded.diagnostics, loaded.sources)
    return loaded.rules[0]


def judged(model: Model, rule: Rule, **settings: object) -> Results:
    return evaluate(model, as_of=AS_OF, rules=[rule], settings={rule.id: settings} if settings else None)


def statuses(results: Results) -> dict[str, str]:
    assert results.crashes == ()
    return {result.element: result.status.value for result in results.results}


def of(results: Results, element: str) -> Result:
    return next(result for result in results.results if result.element == element)


OFFENDERS = "query: MATCH (n:LogGroup) WHERE 'retention' IN n.stated_none RETURN n.id AS element\n"


def test_offenders_fail_and_nothing_else_is_judged(shop: Model, tmp_path: Path) -> None:
    results = judged(shop, rule_of(tmp_path, OFFENDERS))
    assert statuses(results) == {"app-logs": "fail", "old-logs": "fail"}
    found = of(results, "app-logs")
    assert (found.severity, found.pillar) == (Severity.LOW, Pillar.OPERATIONAL_EXCELLENCE)
    assert found.message == "does not hold: Logs end"
    assert found.fix == "State a retention."
    assert found.evidence
    assert found.location.line == 12


@pytest.mark.parametrize(
    "applies_to",
    ["applies_to: [type:LogGroup]", "applies_to: MATCH (n:LogGroup) RETURN n AS element"],
    ids=["selectors", "query"],
)
def test_the_others_that_it_applies_to_pass(shop: Model, tmp_path: Path, applies_to: str) -> None:
    rule = rule_of(tmp_path, f"{OFFENDERS}{applies_to}\n")
    expected = {"app-logs": "fail", "old-logs": "fail", "web-logs": "pass", "job-logs": "pass"}
    assert statuses(judged(shop, rule)) == expected


def test_it_judges_only_what_it_applies_to(shop: Model, tmp_path: Path) -> None:
    rule = rule_of(tmp_path, OFFENDERS + "applies_to: ['tag:team=shop']\n")
    assert statuses(judged(shop, rule)) == {"app-logs": "fail"}


def test_what_the_model_does_not_say_is_unknown(shop: Model, tmp_path: Path) -> None:
    rule = rule_of(
        tmp_path,
        OFFENDERS
        + "applies_to: [type:LogGroup]\n"
        + "unknown: MATCH (n:LogGroup) WHERE n.retention IS NULL AND n.stated_none IS NULL"
        + " RETURN n.id AS element, n.id + '.retention' AS missing\n",
    )
    results = judged(shop, rule)
    assert statuses(results)["job-logs"] == "unknown"
    found = of(results, "job-logs")
    assert (found.missing, found.message, found.evidence) == (
        ("job-logs.retention",), "the model does not say enough", (),
    )  # fmt: skip
    assert statuses(results)["app-logs"] == "fail"


def test_columns_say_why(shop: Model, tmp_path: Path) -> None:
    rule = rule_of(
        tmp_path,
        """
        query: |
          MATCH (n:LogGroup {id: 'app-logs'})
          UNWIND ['one', 'two'] AS reason
          RETURN n AS element, 'never ends' AS message, [reason] AS evidence, 'end it' AS fix,
                 n.region AS region, 3 AS days, true AS logged, null AS nothing
        """,
    )
    found = of(judged(shop, rule), "app-logs")
    assert (found.message, found.fix) == ("never ends", "end it")
    assert found.evidence == ("one", "region: eu-west-1", "days: 3", "logged: true", "two")


def test_parameters_are_values_of_the_query_and_can_be_set(shop: Model, tmp_path: Path) -> None:
    rule = rule_of(
        tmp_path,
        """
        parameters:
          allowed: {default: [web-logs], description: Which may be there}
          days: {default: 30, description: The longest time, minimum: 1}
        query: >-
          MATCH (n:LogGroup) WHERE n.retention >= $days * 86400 AND NOT n.id IN $allowed RETURN n.id AS element
        """,
    )
    assert statuses(judged(shop, rule)) == {}
    assert statuses(judged(shop, rule, allowed=["none-of-them"])) == {"web-logs": "fail"}
    assert statuses(judged(shop, rule, allowed=["none-of-them"], days=31)) == {}
    with pytest.raises(ValueError, match="at least 1"):
        judged(shop, rule, days=0)


def test_flows_are_judged_and_external_elements_are_not(load_model: LoadModel, tmp_path: Path) -> None:
    model = load_model(
        """
        archgraph: 1
        id: flows
        elements:
          users: {type: EndUser}
          partner: {type: Account, account_id: "000000000002", external: true}
          prod:
            type: Account
            account_id: "000000000001"
            regions:
              eu-west-1:
                api: {type: ApiGatewayHttpApi, integrations: [fn]}
                fn: {type: LambdaFunction}
        flows:
          - users -> api: https
        """
    )
    flows = rule_of(
        tmp_path, "query: MATCH (:EndUser)-[call:CALLS]->() RETURN call AS element, call.protocol AS protocol\n"
    )
    assert statuses(judged(model, flows)) == {"users -> api": "fail"}
    accounts = rule_of(tmp_path, "query: MATCH (n:Account) RETURN n.id AS element\n")
    assert statuses(judged(model, accounts)) == {"prod": "fail"}


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("MATCH (n:Region) RETURN n.id AS element", "'aws:eu-west-1', which is no element or flow"),
        ("MATCH (n:LogGroup) RETURN n.retention AS element", "instead of an id or a node"),
        ("MATCH (n:LogGroup) RETURN n.id AS element, 1 / 0 AS message", "QueryStopped"),
    ],
)
def test_a_rule_that_crashes_does_not_stop_the_others(shop: Model, tmp_path: Path, query: str, error: str) -> None:
    broken = rule_of(tmp_path, f"query: {query}\n")
    good = rule_of(tmp_path, OFFENDERS.replace("acme-logs", "acme-other"))
    results = evaluate(shop, as_of=AS_OF, rules=[broken, good])
    assert [crash.rule for crash in results.crashes][:1] == ["acme-logs"]
    assert error in results.crashes[0].error


def test_queries_see_what_archgraph_concludes(load_model: LoadModel, tmp_path: Path) -> None:
    model = load_model(
        """
        archgraph: 1
        id: facts
        elements:
          prod: {type: Account}
          api: {type: ApiGatewayRestApi, in: prod.eu-west-1, endpoint_type: regional}
        """
    )
    rule = rule_of(tmp_path, "query: MATCH ()-[fact]->(n) WHERE fact.derived RETURN n.id AS element\n")
    assert statuses(judged(model, rule)) == {"api": "fail"}


def test_practices_references_and_waivable_are_kept(tmp_path: Path) -> None:
    rule = rule_of(
        tmp_path,
        OFFENDERS
        + """\
practices: {OPS02-BP01: Resources have identified owners}
references: [https://example.com/policy]
waivable: false
""",
    )
    assert [practice.id for practice in rule.practices] == ["OPS02-BP01"]
    assert rule.references == ("https://example.com/policy",)
    assert not rule.waivable


def mistakes() -> list[Any]:
    cases = yaml.load(MISTAKES.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return [pytest.param(case, id=case["name"]) for case in cases]


def test_every_code_of_rules_is_reported_three_times_at_least() -> None:
    cases = yaml.load(MISTAKES.read_text(encoding="utf-8"), yaml.CSafeLoader)
    reported = Counter(expected.split()[0] for case in cases for expected in case["expect"])
    assert all(reported[code] >= 3 for code in CODES if code.startswith("AG8")), reported


@pytest.mark.parametrize("case", mistakes())
def test_a_malformed_rule_is_reported_where_it_is_wrong(case: dict[str, Any], tmp_path: Path) -> None:
    loaded = read(tmp_path, case["rule"])
    found = [f"{d.code} {d.location.line}:{d.location.column}" for d in loaded.diagnostics]
    assert found == case["expect"], render(loaded.diagnostics, loaded.sources)
    assert loaded.rules == ()
    shown = render(loaded.diagnostics, loaded.sources)
    assert case.get("says", "") in shown
    assert "Traceback" not in shown
    assert "None" not in shown


def test_every_code_of_own_rules_has_a_mistake() -> None:
    seen = {expected.partition(" ")[0] for case in mistakes() for expected in case.values[0]["expect"]}
    assert {"AG801", "AG802", "AG803", "AG804", "AG805", "AG806"} <= seen


def test_the_line_of_a_fault_is_shown(tmp_path: Path) -> None:
    for text, line in (
        (HEAD.replace("Operational Excellence", "Operations") + OFFENDERS, "pillar: Operations"),
        ("id: [acme-logs\ntitle: Logs end\n", "1 | id: [acme-logs"),
    ):
        loaded = read(tmp_path, text)
        assert line in render(loaded.diagnostics, loaded.sources)


def test_two_files_with_one_id(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(HEAD + OFFENDERS, encoding="utf-8")
    loaded = load_own_rules([str(tmp_path)], builtin())
    assert [d.code for d in loaded.diagnostics] == ["AG802"]
    assert "a.yaml" in next(iter(loaded.diagnostics)).message


def test_a_place_without_rules_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds no rule file"):
        load_own_rules([str(tmp_path)], builtin())
    with pytest.raises(ValueError, match="neither a rule file, nor a folder"):
        load_own_rules(["no-such-place"], builtin())


@pytest.mark.parametrize("inner", ["", ".reviews"])
def test_an_installed_package_offers_rules_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inner: str) -> None:
    outer = tmp_path / "acme_rules"
    package = outer / inner.lstrip(".")
    package.mkdir(parents=True)
    (outer / "__init__.py").write_text("raise RuntimeError('no code of it is run')\n")
    (package / "logs.yaml").write_text(HEAD + OFFENDERS)
    metadata = tmp_path / "acme_rules-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-rules\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[archgraph.rules]\nacme = acme_rules{inner}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert [rule.id for rule in load_own_rules(["acme"], builtin()).rules] == ["acme-logs"]


def test_a_label_of_a_models_own_type_is_judged_when_the_query_runs(tmp_path: Path) -> None:
    (tmp_path / "rule.yaml").write_text(HEAD + "query: MATCH (n:Widget) RETURN n.id AS element\n")
    assert load_own_rules([str(tmp_path)]).rules
    assert [d.code for d in load_own_rules([str(tmp_path)], builtin()).diagnostics] == ["AG803"]


@pytest.mark.parametrize("pillar", list(Pillar))
def test_the_starter_is_right_and_its_cases_pass(pillar: Pillar, tmp_path: Path) -> None:
    loaded = read(tmp_path, starter("acme-new", pillar))
    assert list(loaded.diagnostics) == []
    (own,) = loaded.found
    assert own.rule.pillar is pillar
    assert [run_case(own.rule, case, as_of=AS_OF) for case in own.cases] == [[]]


@pytest.mark.parametrize("id_", ["Acme-x", "acme", "acme-", "a b-c", "x" * 79 + "-y"])
def test_a_starter_needs_the_id_of_a_rule(id_: str) -> None:
    with pytest.raises(ValueError, match="is not the id of a rule"):
        starter(id_, Pillar.SECURITY)


def test_the_id_of_a_rule_may_have_eighty_letters() -> None:
    assert "x" * 78 + "-y" in starter("x" * 78 + "-y", Pillar.SECURITY)


def test_a_remediation_may_have_yaml_to_copy(tmp_path: Path) -> None:
    head = HEAD.replace("State a retention.", "{text: State a retention., yaml: 'elements: {}'}")
    (rule,) = read(tmp_path, head + OFFENDERS).rules
    assert (rule.remediation.text, rule.remediation.yaml) == ("State a retention.", "elements: {}\n")
    (rule,) = read(tmp_path, HEAD.replace("State a retention.", "{text: State a retention.}") + OFFENDERS).rules
    assert (rule.remediation.text, rule.remediation.yaml) == ("State a retention.", "")


def test_a_parameter_is_a_list_of_integers_if_all_of_it_is(shop: Model, tmp_path: Path) -> None:
    rule = rule_of(
        tmp_path,
        """
        parameters:
          days: {default: [7, 30], description: What is allowed}
          words: {default: [7, week], description: What is said}
        query: >-
          MATCH (n:LogGroup) WHERE n.retention IS NOT NULL AND NOT n.retention / 86400 IN $days
          RETURN n.id AS element, $words AS words
        """,
    )
    assert [(parameter.default, parameter.kind) for parameter in rule.parameters] == [
        ((7, 30), "list of integers"),
        (("7", "week"), "list of texts"),
    ]
    assert statuses(judged(shop, rule)) == {}
    assert statuses(judged(shop, rule, days=[7])) == {"web-logs": "fail"}


CASE = """\
cases:
  - name: one
    model:
      archgraph: 1
      id: case
      elements:
        prod: {type: Account, account_id: "000000000001"}
        endless: {type: LogGroup, in: prod.eu-west-1, retention: none}
    expect: {endless: fail}
"""


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("", ""), None),
        (("endless: fail", "endless: pass"), "endless: fail instead of pass (does not hold: Logs end)"),
        (("{endless: fail}", "{endless: fail, prod: pass}"), "prod: no result instead of pass"),
        (("{endless: fail}", "{}"), "endless: fail instead of no result"),
        (("expect: ", "severity: {endless: high}\n    expect: "), "endless: severity low instead of high"),
        (("expect: ", "missing: {endless: [x]}\n    expect: "), "endless: misses nothing instead of x"),
        (("{endless: fail}", "{endless: fail}\n    missing: {gone: [x]}\n    severity: {gone: low}"), None),
        (("LogGroup", "LogGrup"), "AG401"),
        (("archgraph: 1", "archgraph: 2"), "AG201"),
    ],
)
def test_a_case_says_what_differs(change: tuple[str, str], problem: str | None, tmp_path: Path) -> None:
    text = HEAD + OFFENDERS + (CASE.replace(*change) if change[0] else CASE)
    loaded = read(tmp_path, text)
    (own,) = loaded.found
    found = run_case(own.rule, own.cases[0], as_of=AS_OF)
    assert found == [] if problem is None else problem in found[0]
    if problem == "AG401":
        assert "rule.yaml:15:25" in found[0], "errors of a case's model are placed in the rule's file"


def test_a_case_of_a_rule_that_crashes_says_so_and_nothing_else(tmp_path: Path) -> None:
    query = "query: MATCH (n:LogGroup) RETURN n.id AS element, 1 / 0 AS message\n"
    (own,) = read(tmp_path, HEAD + query + CASE).found
    (found,) = run_case(own.rule, own.cases[0], as_of=AS_OF)
    assert found.startswith("the rule crashes: QueryStopped")


def test_a_case_can_state_its_day(tmp_path: Path) -> None:
    text = (
        HEAD
        + OFFENDERS
        + CASE.replace("endless: fail", "endless: waived")
        .replace("    expect", "    as_of: 2020-02-01\n    expect")
        .replace(
            "      elements:",
            "      waivers:\n"
            "        - {rule: acme-logs, elements: [endless], reason: r, owner: o,\n"
            "           accepted: 2020-01-01, expires: 2020-03-01}\n"
            "      elements:",
        )
    )
    (own,) = read(tmp_path, text).found
    assert run_case(own.rule, own.cases[0], as_of=AS_OF) == []


def test_the_query_engine_is_loaded_by_own_rules_only() -> None:
    script = (
        "import sys; from datetime import date; from pathlib import Path\n"
        "from archgraph import api\n"
        "api.check(api.load(Path('models/three-tier-web-app')).model, as_of=date(2026, 11, 1))\n"
        "print(sorted({'kglite', 'networkx', 'neo4j', 'xml.etree.ElementTree'} & set(sys.modules)))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_results_are_the_same_every_time(shop: Model, tmp_path: Path) -> None:
    rule = rule_of(tmp_path, OFFENDERS + "applies_to: [type:LogGroup]\n")
    assert judged(shop, rule).results == judged(shop, rule).results
    assert {r.status for r in judged(shop, rule).results} == {Status.PASS, Status.FAIL}

"""Living with results: which rules run, baselines, profiles, reports, own rules and the review, from outside."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.acceptance.conftest import ROOT, WEB_SHOP, Archgraph

AS_OF = ("--as-of", "2026-11-01")
CRASHING = """\
id: acme-crashes
title: Nothing crashes
pillar: Security
severity: low
rationale: Because.
remediation: Do not divide.
query: MATCH (n:LambdaFunction) RETURN n.id AS element, 1 / 0 AS message
"""
FUNCTIONS = """\
id: acme-function
title: There is no function
pillar: Reliability
severity: high
rationale: Because.
remediation: Remove it.
query: MATCH (n:LambdaFunction) RETURN n.id AS element
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder with one own rule."""
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "function.yaml").write_text(FUNCTIONS, encoding="utf-8")
    return folder


def findings(text: str) -> set[tuple[str, str]]:
    return {(r["rule"], r["element"]) for r in json.loads(text)["results"] if r["status"] == "fail"}


def test_globs_pillars_and_exclusions_choose_rules(archgraph: Archgraph) -> None:
    def ran(*options: str) -> set[str]:
        done = archgraph("check", WEB_SHOP, "--format", "json", "--fail-on", "never", *AS_OF, *options)
        assert done.status == 0, done.err
        return set(json.loads(done.out)["summary"]["rules"])

    assert all(rule.startswith("sec-") for rule in ran("--rule", "sec-*"))
    assert ran("--rule", "sec-*", "--exclude", "sec-admin-*") == ran("--rule", "sec-*") - {
        "sec-admin-port-open-to-internet"
    }
    assert ran("--pillar", "security") == ran("--pillar", "Security") == ran("--rule", "sec-*")
    assert ran("--pillar", "cost-optimization", "--pillar", "sustainability") == ran(
        "--rule", "cost-*", "--rule", "sus-*"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--rule", "sec-admin-port"], "there is no rule sec-admin-port"),
        (["--exclude", "sec-admn-*"], "there is no rule sec-admn-*"),
        (["--pillar", "securty"], "did you mean 'security'?"),
        (["--profile", "release"], "there is no profile 'release'"),
        (["--update-baseline"], "--update-baseline needs --baseline FILE"),
        (["--baseline", "gone.json"], "gone.json does not exist; --update-baseline writes it"),
        (["--rules", "no-such-folder"], "no-such-folder is neither a rule file"),
    ],
)
def test_wrong_choices_exit_with_2(archgraph: Archgraph, small: Path, options: list[str], message: str) -> None:
    ran = archgraph("check", small, *options)
    assert ran.status == 2
    assert message in ran.err


def test_a_baseline_lets_only_new_findings_fail(archgraph: Archgraph, small: Path, own: Path, tmp_path: Path) -> None:
    check = ("check", small, "--rules", own, "--fail-on", "info", *AS_OF, "--baseline", "known.json")
    first = archgraph(*check, "--update-baseline")
    assert first.status == 0
    assert re.search(r"small: \d+ new, 0 known, 0 resolved", first.err)
    written = (tmp_path / "known.json").read_text()
    assert ("acme-function", "fn") in {(e["rule"], e["element"]) for e in json.loads(written)["models"]["small"]}

    again = archgraph(*check)
    assert again.status == 0
    assert "KNOWN (" in again.out
    assert (tmp_path / "known.json").read_text() == written

    model = small / "architecture.yaml"
    model.write_text(
        model.read_text().replace("        fn:", "        other: {type: LambdaFunction, external: false}\n        fn:")
    )
    added = archgraph(*check, "--rule", "acme-function")
    assert added.status == 1
    assert "1 new, 1 known, 0 resolved" in added.err

    model.write_text(
        model.read_text().replace("fn: {type: LambdaFunction", "fn: {external: true, type: LambdaFunction")
    )
    fixed = archgraph(*check, "--rule", "acme-function", "--update-baseline")
    assert "1 new, 0 known, 1 resolved" in fixed.err
    entries = json.loads((tmp_path / "known.json").read_text())["models"]["small"]
    assert [e["element"] for e in entries if e["rule"] == "acme-function"] == ["other"]


def test_a_broken_baseline_exits_with_2(archgraph: Archgraph, small: Path, tmp_path: Path) -> None:
    (tmp_path / "known.json").write_text("{")
    ran = archgraph("check", small, "--baseline", "known.json")
    assert ran.status == 2
    assert "known.json is not JSON" in ran.err


def test_a_profile_chooses_rules_and_the_command_line_wins(archgraph: Archgraph, small: Path, own: Path) -> None:
    (small / "archgraph.toml").write_text(
        """\
rules_path = "../rules"
[check]
format = "json"
[profiles.calm]
rules = ["acme-*", "ops-*"]
exclude = ["ops-*"]
fail_on = "critical"
[profiles.strict]
pillars = ["reliability"]
severity = {"acme-*" = "critical"}
fail_on = "critical"
"""
    )
    calm = archgraph("check", small, "--profile", "calm")
    assert calm.status == 0
    assert set(json.loads(calm.out)["summary"]["rules"]) == {"acme-function"}
    assert archgraph("check", small, "--profile", "calm", "--fail-on", "high").status == 1
    strict = archgraph("check", small, "--profile", "strict")
    assert strict.status == 1
    assert {r["severity"] for r in json.loads(strict.out)["results"] if r["rule"] == "acme-function"} == {"critical"}
    only = archgraph("check", small, "--profile", "calm", "--rule", "rel-*", "--fail-on", "never")
    assert all(rule.startswith("rel-") for rule in json.loads(only.out)["summary"]["rules"])


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("[profiles]\na = 1\n", "[profiles] must hold tables"),
        ("[profiles.a]\nrule = []\n", "a profile has no key 'rule'"),
        ("[profiles.a]\nrules = 'x'\n", "'rules' of profile a must be a list"),
        ("[profiles.a]\nfail_on = 'now'\n", "'fail_on' of profile a"),
        ("[profiles.a]\nseverity = {'ops-*' = 'never'}\n", "severity of ops-* must be one of"),
        ("[profiles.a]\npillars = ['speed']\n", "there is no pillar 'speed'"),
        ("[rules]\nops-owner-missing = 1\n", "[rules] must hold tables"),
    ],
)
def test_a_wrong_profile_exits_with_2(archgraph: Archgraph, small: Path, table: str, message: str) -> None:
    (small / "archgraph.toml").write_text(table)
    ran = archgraph("check", small, "--profile", "a")
    assert ran.status == 2
    assert message in ran.err


def test_a_rule_that_crashes_is_reported_and_the_others_run(archgraph: Archgraph, small: Path, own: Path) -> None:
    (own / "crashing.yaml").write_text(CRASHING)
    ran = archgraph("check", small, "--rules", own, "--format", "json", "--fail-on", "info")
    assert ran.status == 3
    assert "rule acme-crashes crashed" in ran.err
    report = json.loads(ran.out)
    assert [crash["rule"] for crash in report["crashes"]] == ["acme-crashes"]
    assert ("acme-function", "fn") in findings(ran.out)
    assert len(report["summary"]["rules"]) > 10


def test_all_reports_in_one_run_and_twice_the_same(
    archgraph: Archgraph, small: Path, own: Path, tmp_path: Path
) -> None:
    written = []
    for seed in ("1", "4242"):
        options = [f"--report={kind}={seed}.{kind}" for kind in ("text", "json", "sarif", "junit", "markdown")]
        ran = archgraph(
            "check",
            small,
            "--rules",
            own,
            "--fail-on",
            "never",
            *AS_OF,
            *options,
            env={"PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo"},
        )
        assert ran.status == 0, ran.err
        written.append({path.suffix: path.read_bytes() for path in tmp_path.glob(f"{seed}.*")})
    assert written[0] == written[1]
    assert len(written[0]) == 5
    assert all(b"acme-function" in data for data in written[0].values())


def test_verbose_says_how_long_each_rule_took(archgraph: Archgraph, small: Path) -> None:
    ran = archgraph("check", small, "--verbose", "--rule", "ops-owner-missing", "--fail-on", "never")
    assert re.search(r"^ +[0-9.]+ ms  ops-owner-missing$", ran.err, re.MULTILINE)
    assert re.search(r"^ +[0-9.]+ ms  facts$", ran.err, re.MULTILINE)


def test_a_malformed_own_rule_shows_line_and_caret(archgraph: Archgraph, small: Path, own: Path) -> None:
    (own / "function.yaml").write_text(FUNCTIONS.replace("LambdaFunction", "LamdaFunction"))
    for command in (
        ("check", small, "--rules", "rules"),
        ("rules", "test", "rules"),
        ("build", small, "--rules", "rules"),
    ):
        ran = archgraph(*command)
        if command[0] == "rules":
            assert ran.status == 1, "a label may be that of a model's own type; here nothing tests it"
            continue
        assert ran.status == 2
        assert "rules/function.yaml:7:17: error AG803" in ran.err
        assert "LambdaFunction" in ran.err


def test_own_rules_are_begun_listed_tested_and_explained(archgraph: Archgraph, small: Path, tmp_path: Path) -> None:
    assert archgraph("rules", "new", "acme-team", "--pillar", "cost-optimization", "-o", "team.yaml").status == 0
    assert "pillar: Cost Optimization\n" in (tmp_path / "team.yaml").read_text()
    again = archgraph("rules", "new", "acme-team", "-o", "team.yaml")
    assert (again.status, "exists already" in again.err) == (2, True)
    assert archgraph("rules", "new", "Acme").status == 2
    assert archgraph("rules", "new", "acme-x").out.startswith("# A rule of our own")

    tested = archgraph("rules", "test", "team.yaml")
    assert (tested.status, tested.out) == (0, "acme-team: 1 of 1 case passed\n")
    assert archgraph("rules", "list", "team.yaml").out.startswith("acme-team  medium")
    assert json.loads(archgraph("rules", "list", "team.yaml", "--format", "json").out)[0]["id"] == "acme-team"
    assert "### acme-team" in archgraph("rules", "list", "team.yaml", "--format", "markdown").out
    assert archgraph("explain", "acme-team", "--rules", "team.yaml").out.startswith("acme-team: Every bucket")

    file = tmp_path / "team.yaml"
    file.write_text(file.read_text().replace("tagged: pass", "tagged: fail"))
    failed = archgraph("rules", "test", "team.yaml")
    assert failed.status == 1
    assert (
        "team.yaml:27:5: acme-team: a bucket with the tag, and one without: tagged: pass instead of fail" in failed.out
    )


def test_own_rules_are_in_the_build(archgraph: Archgraph, small: Path, own: Path, tmp_path: Path) -> None:
    assert archgraph("build", small, "--rules", own, *AS_OF).status == 0
    output = tmp_path / "output" / "small"
    assert ("acme-function", "fn") in findings((output / "findings.json").read_text())
    assert "acme-function" in (output / "index.md").read_text()
    assert archgraph("build", small, "--rules", own, *AS_OF, "--check").status == 0
    assert archgraph("build", small, "--rules", own, *AS_OF, "--fail-on", "high").status == 1


def test_the_review_is_in_the_build_and_a_command(archgraph: Archgraph, small: Path, tmp_path: Path) -> None:
    assert archgraph("build", small, *AS_OF).status == 0
    page = (tmp_path / "output" / "small" / "review.md").read_text()
    assert archgraph("review", small, *AS_OF).out == page
    assert archgraph("review", small, *AS_OF, "-o", "own.md").out == ""
    assert (tmp_path / "own.md").read_text() == page
    document = json.loads(archgraph("review", small, *AS_OF, "--format", "json").out)
    assert document["model"] == "small"
    assert sum(document["summary"].values()) == 307


def test_a_waiver_of_an_own_rule_that_cannot_be_waived(archgraph: Archgraph, small: Path, own: Path) -> None:
    (own / "function.yaml").write_text(FUNCTIONS + "waivable: false\n")
    with (small / "architecture.yaml").open("a") as file:
        file.write(
            "waivers:\n  - {rule: acme-function, elements: [fn], reason: r, owner: o,\n"
            "     accepted: 2026-10-01, expires: 2027-03-01}\n"
        )
    ran = archgraph("check", small, "--rules", own, "--format", "json", "--fail-on", "never", *AS_OF)
    found = findings(ran.out)
    assert ("acme-function", "fn") in found
    assert "ops-waiver-not-allowed" in {rule for rule, _ in found}


def test_the_example_of_the_page_on_own_rules(archgraph: Archgraph, tmp_path: Path) -> None:
    """The rule of docs/own-rules.md, its commands, and what they find on a model of this test."""
    page = (ROOT / "docs" / "own-rules.md").read_text(encoding="utf-8")
    name, rule = re.findall(r"<!-- example: (\S+) -->\n```yaml\n# fragment\n(.*?)```", page, re.DOTALL)[0]
    (commands,) = re.findall(r"<!-- example: commands -->\n```sh\n(.*?)```", page, re.DOTALL)
    (tmp_path / "rules").mkdir()
    (tmp_path / name).write_text(rule, encoding="utf-8")
    model = tmp_path / "models" / "serverless"
    model.mkdir(parents=True)
    (model / "architecture.yaml").write_text(
        """\
archgraph: 1
id: serverless
elements:
  users: {type: EndUser}
  prod:
    type: Account
    account_id: "000000000001"
    owner: me
    regions:
      eu-west-1:
        checkout: {type: LambdaFunction, timeout: 5m}
flows:
  - users -> checkout: https
""",
        encoding="utf-8",
    )
    ran = [archgraph(*line.split()[1:]) for line in commands.splitlines()]
    assert ran[0].out == "acme-function-timeout: 1 of 1 case passed\n"
    assert ran[1].out.startswith("acme-function-timeout  medium  ")
    assert ran[2].status == 1
    assert "checkout: may run for 300 s" in ran[2].out
    assert "- users waits for it" in ran[2].out

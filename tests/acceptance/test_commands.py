"""Every command, from outside: what it says, where, and with which exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.conftest import ROOT, WEB_SHOP, Archgraph

COMMANDS = [
    "validate",
    "check",
    "query",
    "diagram",
    "docs",
    "build",
    "catalog",
    "rules",
    "explain",
    "schema",
    "init",
    "review",
    "paths",
]


def test_help_names_every_command(archgraph: Archgraph) -> None:
    ran = archgraph("--help")
    assert ran.status == 0
    for command in COMMANDS:
        assert f"  {command} " in ran.out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(archgraph: Archgraph, command: str) -> None:
    ran = archgraph(command, "--help")
    assert ran.status == 0
    assert ran.out.startswith("Usage:")


def test_a_mistyped_command_gets_a_suggestion(archgraph: Archgraph) -> None:
    ran = archgraph("chek", "x")
    assert ran.status == 2
    assert "did you mean 'check'?" in ran.err


def test_validate_accepts_the_example(archgraph: Archgraph) -> None:
    ran = archgraph("validate", WEB_SHOP)
    assert ran.status == 0, ran.out
    assert "web-shop:" in ran.out
    assert ran.err == ""


def test_validate_shows_line_caret_and_suggestion(archgraph: Archgraph, small: Path) -> None:
    file = small / "architecture.yaml"
    file.write_text(file.read_text().replace("LambdaFunction", "LamdaFunction"))
    ran = archgraph("validate", "small")
    assert ran.status == 2
    assert "architecture.yaml:14:20: error AG401" in ran.out
    assert "did you mean 'LambdaFunction'?" in ran.out
    assert "\x1b" not in ran.out


def test_all_problems_come_in_one_run(archgraph: Archgraph, small: Path) -> None:
    file = small / "architecture.yaml"
    file.write_text(
        file.read_text().replace("timeout: 10s", "timeout: 10, memry: 3").replace("users -> api", "user -> api")
    )
    ran = archgraph("validate", "small")
    assert {"AG403", "AG402", "AG502"} <= {word.strip(":") for word in ran.out.split() if word.startswith("AG")}


def test_a_missing_file_is_one_clear_line(archgraph: Archgraph) -> None:
    for command in (["validate"], ["check"], ["build"], ["query"], ["diagram"], ["docs"]):
        ran = archgraph(*command, "nowhere.yaml")
        assert ran.status == 2
        assert "does not exist" in ran.out + ran.err


def test_a_folder_without_models_is_said(archgraph: Archgraph, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = archgraph("validate", "empty")
    assert ran.status == 2
    assert "holds no model" in ran.err


def test_check_exits_by_severity(archgraph: Archgraph) -> None:
    everything = archgraph("check", WEB_SHOP, "--fail-on", "info")
    assert everything.status == 1
    assert archgraph("check", WEB_SHOP, "--fail-on", "never").status == 0


def test_check_writes_several_reports(archgraph: Archgraph, tmp_path: Path) -> None:
    ran = archgraph("check", WEB_SHOP, "--fail-on", "never", "--report", "json=r.json", "--report", "sarif=r.sarif")
    assert ran.status == 0
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["model"] == "web-shop"
    assert report["schema_version"]
    assert json.loads((tmp_path / "r.sarif").read_text())["version"] == "2.1.0"


def test_check_of_an_unknown_rule(archgraph: Archgraph, small: Path) -> None:
    ran = archgraph("check", small, "--rule", "no-such-rule")
    assert ran.status == 2
    assert "no-such-rule" in ran.err


def test_query_finds_what_the_internet_can_reach_with_evidence(archgraph: Archgraph) -> None:
    ran = archgraph("query", WEB_SHOP, "--format", "json")
    assert ran.status == 0
    rows = json.loads(ran.out)
    reached = {row["element"] for row in rows["rows"]} if isinstance(rows, dict) else {row["element"] for row in rows}
    assert "cdn" in reached
    assert "shop-db" not in reached


def test_a_refused_query_exits_with_2_and_a_caret(archgraph: Archgraph, small: Path) -> None:
    ran = archgraph("query", small, "MATCH (n) DETACH DELETE n")
    assert ran.status == 2
    assert "DELETE" in ran.err
    assert "^" in ran.err


def test_query_reads_standard_input_and_parameters(archgraph: Archgraph, small: Path) -> None:
    query = "MATCH (n:LambdaFunction) WHERE n.id = $id RETURN n.id AS id"
    ran = archgraph("query", small, "-", "-p", "id=fn", "--format", "csv", stdin=query)
    assert ran.status == 0
    assert ran.out.splitlines() == ["id", "fn"]


def test_diagram_writes_svg_and_png(archgraph: Archgraph, small: Path, tmp_path: Path) -> None:
    assert archgraph("diagram", small).out.startswith("<svg")
    assert archgraph("diagram", small, "-o", "a.png").status == 0
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert archgraph("diagram", small, "--list").out.startswith("overview:")
    ran = archgraph("diagram", small, "--view", "overvew")
    assert ran.status == 2
    assert "did you mean 'overview'?" in ran.err


def test_docs_prints_the_page(archgraph: Archgraph, small: Path) -> None:
    ran = archgraph("docs", small)
    assert ran.status == 0
    assert ran.out.startswith("# Small\n")


def test_init_writes_a_model_that_builds(archgraph: Archgraph, tmp_path: Path) -> None:
    assert archgraph("init", "my-app").status == 0
    assert archgraph("validate", "my-app", "--strict").status == 0
    assert archgraph("build", "my-app").status == 0
    assert (tmp_path / "output" / "my-app" / "index.md").is_file()
    again = archgraph("init", "my-app")
    assert again.status == 2
    assert "exists already" in again.err


def test_schema_is_json(archgraph: Archgraph) -> None:
    assert json.loads(archgraph("schema").out)["$schema"].startswith("http://json-schema.org/draft-07")


def test_catalog_lists_describes_and_suggests(archgraph: Archgraph) -> None:
    assert "NatGateway" in archgraph("catalog").out
    assert "elastic_ip" in archgraph("catalog", "NatGateway").out
    assert len(json.loads(archgraph("catalog", "--format", "json").out)) >= 80
    ran = archgraph("catalog", "NatGatway")
    assert ran.status == 2
    assert "did you mean 'NatGateway'?" in ran.err


def test_rules_and_explain(archgraph: Archgraph, small: Path) -> None:
    listed = json.loads(archgraph("rules", "list", "--format", "json").out)
    rules = listed["rules"] if isinstance(listed, dict) else listed
    assert len(rules) >= 12
    for name in ("rel-nat-not-per-az", "REL10-BP01", "AG407"):
        ran = archgraph("explain", name)
        assert ran.status == 0
        assert ran.out.startswith(name)
    report = json.loads(archgraph("check", small, "--format", "json", "--fail-on", "never").out)
    ran = archgraph("explain", report["results"][0]["fingerprint"], small)
    assert ran.status == 0
    assert archgraph("explain", "rel-nat-not-per-zone").status == 2


def test_a_reader_that_leaves_early_is_no_error(small: Path) -> None:
    command = f"{sys.executable} -m archgraph catalog --format json | head -c 10"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


def test_configuration_gives_defaults_and_is_checked(archgraph: Archgraph, small: Path) -> None:
    ran = archgraph("check", small, "--format", "text")
    (small / "archgraph.toml").write_text('[check]\nformat = "json"\n')
    assert json.loads(archgraph("check", small).out)["model"] == "small"
    assert archgraph("check", small, "--format", "text").out == ran.out
    (small / "archgraph.toml").write_text("[check]\nfail_onn = 1\n")
    ran = archgraph("check", small)
    assert ran.status == 2
    assert "fail_onn" in ran.err
    (small / "archgraph.toml").write_text("[check\n")
    assert archgraph("check", small).status == 2

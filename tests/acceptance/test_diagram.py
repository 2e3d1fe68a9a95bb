"""`archgraph diagram`: every format and engine, and what does not go together."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.conftest import WEB_SHOP, Archgraph

BEGINNINGS = {
    "svg": "<svg",
    "drawio": "<mxfile",
    "mermaid": "flowchart ",
    "dot": "digraph {",
}
ENDINGS = {"svg": "svg", "drawio": "drawio", "mermaid": "mmd", "dot": "dot"}


@pytest.mark.parametrize("name", BEGINNINGS)
def test_a_format_is_chosen_by_name_or_by_ending(archgraph: Archgraph, small: Path, tmp_path: Path, name: str) -> None:
    ran = archgraph("diagram", small, "--format", name)
    assert ran.status == 0, ran.err
    assert ran.out.startswith(BEGINNINGS[name])
    assert archgraph("diagram", small, "-o", f"a.{ENDINGS[name].upper()}").status == 0
    assert (tmp_path / f"a.{ENDINGS[name].upper()}").read_text(encoding="utf-8") == ran.out


def test_the_named_format_wins_over_the_ending(archgraph: Archgraph, small: Path, tmp_path: Path) -> None:
    assert archgraph("diagram", small, "-f", "dot", "-o", "a.svg").status == 0
    assert (tmp_path / "a.svg").read_text(encoding="utf-8").startswith("digraph {")


def test_an_ending_without_a_format_is_refused(archgraph: Archgraph, small: Path, tmp_path: Path) -> None:
    ran = archgraph("diagram", small, "-o", "a.pdf")
    assert ran.status == 2
    assert "'.pdf' is the ending of no format" in ran.err
    assert not (tmp_path / "a.pdf").exists()


def test_scenarios_have_a_sequence_diagram(archgraph: Archgraph, tmp_path: Path) -> None:
    listed = archgraph("diagram", WEB_SHOP, "--list").out
    assert "sequence-checkout: Three-tier web shop: A customer checks out (sequence diagram, only as mermaid)" in listed
    ran = archgraph("diagram", WEB_SHOP, "--view", "sequence-checkout")
    assert ran.status == 0
    assert ran.out.startswith("sequenceDiagram\n")
    assert archgraph("diagram", WEB_SHOP, "--view", "sequence-checkout", "-o", "a.mmd").status == 0
    assert (tmp_path / "a.mmd").read_text(encoding="utf-8") == ran.out
    assert archgraph("diagram", WEB_SHOP, "--view", "scenario-checkout", "-f", "mermaid").out.startswith("flowchart ")


@pytest.mark.parametrize("options", [["-o", "a.svg"], ["--format", "png"], ["--format", "drawio"], ["-f", "dot"]])
def test_a_sequence_diagram_is_mermaid_only(archgraph: Archgraph, options: list[str]) -> None:
    ran = archgraph("diagram", WEB_SHOP, "--view", "sequence-checkout", *options)
    assert ran.status == 2
    assert ran.err == "archgraph: sequence-checkout is a sequence diagram, which is written as mermaid only\n"


@pytest.mark.parametrize("name", ["drawio", "mermaid", "dot"])
def test_graphviz_draws_only_svg_and_png(archgraph: Archgraph, small: Path, name: str) -> None:
    ran = archgraph("diagram", small, "--engine", "graphviz", "--format", name)
    assert ran.status == 2
    assert ran.err == f"archgraph: the engine graphviz draws svg and png, not {name}\n"


@pytest.mark.graphviz
def test_graphviz_draws_svg_and_png(archgraph: Archgraph, small: Path, tmp_path: Path) -> None:
    ran = archgraph("diagram", small, "--engine", "graphviz")
    assert ran.status == 0, ran.err
    assert ran.out.startswith("<svg")
    assert 'data-id="fn"' in ran.out
    assert archgraph("diagram", small, "--engine", "graphviz", "-o", "a.png").status == 0
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "small"]

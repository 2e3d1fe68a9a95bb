"""Mermaid flowcharts: what they say, and that Mermaid draws every one of them as it was meant."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from archgraph import api
from archgraph.render import text
from archgraph.render.mermaid import to_mermaid
from archgraph.render.sequence import to_sequence
from archgraph.views.pictures import pictures
from archgraph.views.sequence import sequences
from archgraph.views.view import Edge, EdgeStyle, Group, GroupKind, Node, View

from . import pictures as known
from .hostile import NAMES, everywhere
from .mermaid_page import draw, mermaid
from .random_views import views

__all__ = ["mermaid"]

ROOT = Path(__file__).parents[2]
MODELS = [*sorted(ROOT.glob("models/**/architecture.yaml")), *sorted(ROOT.glob("tests/models/*.yaml"))]


def test_frames_nest_and_close() -> None:
    lines = to_mermaid(known.three_tier()).splitlines()
    assert lines[0] == "flowchart LR"
    opened = [line.strip() for line in lines if line.strip().startswith("subgraph ")]
    assert len(opened) == len(known.three_tier().groups)
    assert sum(line.strip() == "end" for line in lines) == len(opened)
    depth = {line.split("[")[0].split()[-1]: len(line) - len(line.lstrip()) for line in lines if "subgraph" in line}
    assert depth["g_aws_cloud"] < depth["g_shop_prod"] < depth["g_shop_vpc"] < depth["g_public_a"]


def test_lines_show_steps_words_and_style() -> None:
    written = to_mermaid(known.serverless())
    assert 'n_shopper -->|"(1) HTTPS"| n_api' in written
    assert 'n_orders ==>|"(4) stream"| n_project' in written
    assert 'n_bus -.->|"(6) match"| n_on_placed' in written
    assert "n_notify -.-> n_mail_queue" in written


def test_ids_that_differ_only_in_punctuation_stay_apart() -> None:
    nodes = tuple(Node(name, name) for name in ("a-b", "a.b", "a b"))
    written = to_mermaid(View("v", "", "", (), nodes, (Edge("e", "a-b", "a.b"),)))
    assert 'n_a_b["a-b"]' in written
    assert 'n_a_b_2["a.b"]' in written
    assert 'n_a_b_3["a b"]' in written
    assert "n_a_b --> n_a_b_2" in written


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_only_ever_inside_its_label(name: str) -> None:
    """With the quoted labels taken out, the text is the same whatever the names are."""
    plain = _without_labels(to_mermaid(everywhere("plain")))
    assert _without_labels(to_mermaid(everywhere(name))) == plain or not text.clean(name)
    assert "```" not in to_mermaid(everywhere(name))


def _without_labels(written: str) -> str:
    return re.sub(r'"[^"\n]*"|(?<=acc)(Title|Descr): .*', "", written)


def test_every_kind_of_line_has_its_look() -> None:
    nodes = (Node("a", "a"), Node("b", "b"))
    edges = tuple(Edge(style, "a", "b", "", style) for style in EdgeStyle)
    written = to_mermaid(View("v", "", "", (), nodes, edges))
    styles = [line.split(" ", 3)[-1] for line in written.splitlines() if "linkStyle" in line]
    assert len(styles) == len(set(styles)) == len(EdgeStyle)


@pytest.mark.chromium
@pytest.mark.node
def test_mermaid_draws_the_pictures_of_every_model(mermaid: Path) -> None:
    texts: dict[str, str] = {}
    for path in MODELS:
        model = api.load(path).model
        assert model is not None
        for view in pictures(model, api.facts(model)).values():
            texts[f"{path.parent.name}/{path.name} {view.id}"] = to_mermaid(view)
        for sequence in sequences(model).values():
            texts[f"{path.parent.name}/{path.name} {sequence.id}"] = to_sequence(sequence)
    errors = {name: drawn.error for name, drawn in zip(texts, draw(mermaid, [*texts.values()]), strict=True)}
    assert {name: error for name, error in errors.items() if error} == {}


@pytest.mark.chromium
@pytest.mark.node
def test_mermaid_shows_hostile_names_as_they_are(mermaid: Path) -> None:
    """Each label reads as the name does, and nothing in the picture is markup that the name brought."""
    for name, drawn in zip(NAMES, draw(mermaid, [to_mermaid(everywhere(name)) for name in NAMES]), strict=True):
        assert drawn.error == ""
        assert drawn.live == []
        shown = text.clean(name)
        read = {" ".join(label.replace("\u200b", "").split()) for label in drawn.labels}
        if 0 < len(shown) <= 100:
            assert {shown, f"{shown} · {shown}", f"{shown}{shown}", f"(1) (2a) {shown}"} <= read, name
        elif shown:
            assert any(shown.startswith(label.rstrip("…")) for label in read if label)


@pytest.mark.chromium
@pytest.mark.node
@settings(
    max_examples=3, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(views(most=8), min_size=12, max_size=12))
def test_mermaid_draws_any_view(mermaid: Path, many: list[View]) -> None:
    for view, drawn in zip(many, draw(mermaid, [to_mermaid(view) for view in many]), strict=True):
        assert drawn.error == "", to_mermaid(view)
        assert drawn.live == []


def test_an_empty_view_is_a_flowchart_too() -> None:
    assert to_mermaid(View("v", "Nothing", "", (), (), ())).startswith("flowchart LR\n")
    assert "subgraph" in to_mermaid(View("v", "", "", (Group("g", GroupKind.VPC, "vpc"),), (), ()))

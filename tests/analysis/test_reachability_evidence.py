"""What is said about each hop of a way, and what is missing: ``reachability_evidence.yaml``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from archgraph.analysis.facts import derive
from archgraph.analysis.reachability import Path as Found
from archgraph.analysis.reachability import Reachability
from archgraph.catalog.values import read_ports
from archgraph.model.model import Model

from .test_reachability import changed, summary

CASES: list[dict[str, Any]] = yaml.load(
    (Path(__file__).parent / "reachability_evidence.yaml").read_text(encoding="utf-8"),
    Loader=yaml.BaseLoader,  # noqa: S506 - every scalar is text, as in the language
)["cases"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_what_is_said_on_the_way(case: dict[str, Any], model_of: Callable[..., Model]) -> None:
    reachability = derive(model_of(changed(case))).reachability
    found = {question: _asked(reachability, question) for question in case["expect"]}
    assert {question: summary(path) for question, path in found.items()} == case["expect"]
    for question, told in case.get("evidence", {}).items():
        assert _told(found[question]) == told


def _asked(reachability: Reachability, question: str) -> Found:
    ends, _, port = question.partition(" : ")
    source, target = ends.split(" -> ")
    return reachability.path(source, target, read_ports(port) if port else None)


def _told(path: Found) -> list[str]:
    hops = [*path.hops, *([path.blocked_by] if path.blocked_by is not None else [])]
    missing = [f"missing: {', '.join(path.missing)}"] if path.missing else []
    return [*(hop.text for hop in hops), *missing]

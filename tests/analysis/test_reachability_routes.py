"""Where routes, gateways and lines lead, and what is said about it: ``route_cases.yaml``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from archgraph.analysis.facts import derive
from archgraph.catalog.values import read_ports
from archgraph.model.model import Model

from .test_reachability import changed, summary

CASES: list[dict[str, Any]] = yaml.load(
    (Path(__file__).parent / "route_cases.yaml").read_text(encoding="utf-8"),
    Loader=yaml.BaseLoader,  # noqa: S506 - every scalar is text, as in the language
)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_path(case: dict[str, Any], model_of: Callable[..., Model]) -> None:
    reachability = derive(model_of(changed(case))).reachability
    for question, (expected, *texts) in case["expect"].items():
        ends, _, port = question.partition(" : ")
        source, target = ends.split(" -> ")
        path = reachability.path(source, target, read_ports(port) if port else None)
        assert summary(path) == expected, path
        said = [hop.text for hop in (*path.hops, path.blocked_by) if hop is not None]
        for text in texts:
            assert text in said

"""The classic questions of exposure, each with AWS's answer: ``exposure_cases.yaml``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from archgraph.analysis.facts import Certainty, Exposure, Verdict, derive
from archgraph.catalog.values import read_ports
from archgraph.model.model import Model

TABLE = yaml.load(
    (Path(__file__).parent / "exposure_cases.yaml").read_text(encoding="utf-8"),
    Loader=yaml.BaseLoader,  # noqa: S506 - every scalar is text, as in the language
)
CASES: list[dict[str, Any]] = TABLE["cases"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_exposure(case: dict[str, Any], model_of: Callable[..., Model]) -> None:
    facts = derive(model_of(changed(case.get("with", {}))))
    for subnet, kind in case.get("routing", {}).items():
        assert str(facts.subnets[subnet].kind) == kind
    for element, expected in case["expect"].items():
        found = facts.exposures[element]
        assert _summary(found) == expected, found
        wanted = Certainty.POSSIBLE if "possible" in case else Certainty.CERTAIN
        assert found.certainty is wanted


def test_every_case_has_its_own_name_and_an_aws_source() -> None:
    assert len({case["name"] for case in CASES}) == len(CASES)
    assert all(case["source"].startswith("https://docs.aws.amazon.com/") for case in CASES)


def changed(changes: dict[str, Any]) -> dict[str, Any]:
    elements = {name: dict(body) for name, body in TABLE["base"].items()}
    for name, change in changes.items():
        if change == "-":
            del elements[name]
            continue
        body = elements.setdefault(name, {})
        body.update(change)
        elements[name] = {key: value for key, value in body.items() if value != "-"}
    for body in elements.values():
        if "route_table" in body and body["route_table"] not in elements:
            del body["route_table"]
    return elements


def _summary(found: Exposure) -> str:
    """An exposure in the words of the table; ports in the order of their protocols."""
    if found.verdict is Verdict.EXPOSED:
        assert found.hops
        assert [str(read_ports(port)) for port in found.ports] == list(found.ports)
        return f"exposed {' '.join(found.ports)}"
    if found.verdict is Verdict.BLOCKED:
        assert found.blocked_by is not None
        assert not found.ports
        return f"blocked {found.blocked_by.element}"
    return f"unknown {' '.join(found.missing)}"

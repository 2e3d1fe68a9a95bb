"""The classic questions of reachability, each with AWS's answer: ``reachability_cases.yaml``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from archgraph.analysis.facts import Certainty, Verdict, derive
from archgraph.analysis.reachability import NoEnd, PathVerdict
from archgraph.analysis.reachability import Path as Found
from archgraph.catalog.values import read_ports
from archgraph.model.model import Model

from .test_exposure import CASES as EXPOSURES
from .test_exposure import changed as exposure_elements

TABLE = yaml.load(
    (Path(__file__).parent / "reachability_cases.yaml").read_text(encoding="utf-8"),
    Loader=yaml.BaseLoader,  # noqa: S506 - every scalar is text, as in the language
)
CASES: list[dict[str, Any]] = TABLE["cases"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_path(case: dict[str, Any], model_of: Callable[..., Model]) -> None:
    model = model_of(changed(case))
    reachability = derive(model).reachability
    for question, expected in case["expect"].items():
        ends, _, port = question.partition(" : ")
        source, target = ends.split(" -> ")
        path = reachability.path(source, target, read_ports(port) if port else None)
        assert summary(path) == expected, path
        assert path.verdict is not PathVerdict.OPEN or path.hops


def test_every_case_has_its_own_name_and_an_aws_source() -> None:
    assert len({case["name"] for case in CASES}) == len(CASES) >= 60
    assert all(case["source"].startswith("https://docs.aws.amazon.com/") for case in CASES)


@pytest.mark.parametrize("case", EXPOSURES, ids=[case["name"] for case in EXPOSURES])
def test_what_the_internet_reaches_strangers_reach(case: dict[str, Any], model_of: Callable[..., Model]) -> None:
    """Exposure and reachability are derived apart; for what stands in a VPC they never contradict."""
    elements = exposure_elements(case.get("with", {})) | {"stranger": {"type": "EndUser"}}
    facts = derive(model_of(elements))
    for element in case["expect"]:
        exposure = facts.exposures[element]
        if element not in elements or "subnet" not in str(elements[element]):
            continue
        path = facts.reachability.path("stranger", element)
        if exposure.verdict is Verdict.EXPOSED:
            assert path.verdict is PathVerdict.OPEN, (exposure, path)
            assert set(exposure.ports) <= set(path.ports), (exposure, path)
        if path.verdict is PathVerdict.BLOCKED:
            assert exposure.verdict is Verdict.BLOCKED, (exposure, path)


def test_ends_that_are_none(model_of: Callable[..., Model]) -> None:
    reachability = derive(model_of(TABLE["base"])).reachability
    for source, target in (("prod", "web"), ("web", "app-routes"), ("web", "igw"), ("web-sg", "db")):
        with pytest.raises(NoEnd, match="neither sends nor receives"):
            reachability.path(source, target)
    with pytest.raises(KeyError):
        reachability.path("web", "nobody")


def test_a_listener_stands_for_its_load_balancer(model_of: Callable[..., Model]) -> None:
    model = model_of(TABLE["base"])
    [listener] = model.of_type("Listener")
    assert derive(model).reachability.path("users", listener.id).verdict is PathVerdict.OPEN


def changed(case: dict[str, Any]) -> dict[str, Any]:
    elements = {name: dict(body) for name, body in TABLE["base"].items()}
    for changes in (TABLE["scenes"].get(case.get("scene"), {}), case.get("with", {})):
        for name, change in changes.items():
            if change == "-":
                elements.pop(name, None)
                continue
            body = {**elements.get(name, {}), **change}
            elements[name] = {key: value for key, value in body.items() if value != "-"}
    return elements


def summary(path: Found) -> str:
    """A path in the words of the table."""
    doubt = " ?" if path.certainty is Certainty.POSSIBLE else ""
    if path.verdict is PathVerdict.OPEN:
        return f"open {' '.join(path.ports)}{doubt}"
    if path.verdict is PathVerdict.UNKNOWN:
        return f"unknown {' '.join(path.missing)}"
    assert path.blocked_by is not None
    assert not path.ports
    return f"blocked {path.blocked_by.element}{doubt}"

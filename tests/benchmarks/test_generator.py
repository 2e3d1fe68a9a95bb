"""The generator's models are right, realistic, and the same everywhere."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import yaml

from archgraph import api
from benchmarks.generator import generate

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> api.Model:
    path = tmp_path_factory.mktemp("generated") / "architecture.yaml"
    path.write_text(generate(1_000), encoding="utf-8")
    loaded = api.load(path)
    assert list(loaded.diagnostics) == []
    assert loaded.model is not None
    return loaded.model


def test_has_the_size_that_was_asked_for(model: api.Model) -> None:
    assert 1_000 <= len(model.elements) <= 1_025


def test_uses_many_types(model: api.Model) -> None:
    assert len({element.type.name for element in model.elements.values()}) >= 25


def test_states_three_references_per_element(model: api.Model) -> None:
    stated = sum(len(element.references) for element in model.elements.values())
    assert 3.0 <= stated / len(model.elements) <= 3.5


def test_is_as_long_as_real_models_are(model: api.Model) -> None:
    events = yaml.parse(generate(1_000), Loader=yaml.SafeLoader)
    nodes = sum(isinstance(event, yaml.NodeEvent) for event in events)
    assert 14 <= nodes / len(model.elements) <= 16


@pytest.mark.parametrize("elements", [5, 50, 400])
def test_is_right_at_any_size(elements: int, tmp_path: Path) -> None:
    path = tmp_path / "architecture.yaml"
    path.write_text(generate(elements), encoding="utf-8")
    assert list(api.load(path).diagnostics) == []


def test_has_findings_of_several_pillars(model: api.Model) -> None:
    findings = api.check(model, as_of=date(2026, 11, 1)).findings()
    assert len({finding.pillar for finding in findings}) >= 2


@pytest.mark.parametrize("seed", ["0", "1"])
def test_text_does_not_depend_on_the_hash_seed(seed: str) -> None:
    command = [sys.executable, "-m", "benchmarks.generator", "300"]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == generate(300)

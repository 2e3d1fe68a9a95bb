"""The example models show what they say: they load cleanly, and the rules find what was built into them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from archgraph import api
from archgraph.rules.results import Severity, Status

EXAMPLES = Path(__file__).parents[2] / "models" / "examples"
VERDICTS = Path(__file__).with_name("example_verdicts")
AS_OF = date(2026, 11, 1)
NAMES = sorted(path.name for path in EXAMPLES.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_the_rules_say_what_the_example_was_made_to_show(name: str) -> None:
    loaded = api.load(EXAMPLES / name)
    assert loaded.model is not None
    assert [str(problem) for problem in loaded.diagnostics] == []
    expected = yaml.safe_load((VERDICTS / f"{name}.yaml").read_text(encoding="utf-8"))

    results = api.check(loaded.model, as_of=AS_OF)

    said = {(result.rule, result.element): result.status.value for result in results.results}
    wanted = {(rule, element): status for rule, found in expected.items() for element, status in found.items()}
    assert {key: said.get(key) for key in wanted} == wanted
    severe = {
        (result.rule, result.element)
        for result in results.with_status(Status.FAIL)
        if result.severity in (Severity.CRITICAL, Severity.HIGH)
    }
    assert severe <= {key for key, status in wanted.items() if status == "fail"}


def test_every_example_states_its_weaknesses() -> None:
    for name in NAMES:
        head = (EXAMPLES / name / "architecture.yaml").read_text(encoding="utf-8").split("archgraph:")[0]
        assert "Deliberate weakness" in head, name


def test_there_is_a_verdict_file_for_every_example_and_no_other() -> None:
    assert sorted(path.stem for path in VERDICTS.glob("*.yaml")) == NAMES

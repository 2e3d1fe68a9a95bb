"""Models for the tests of rules, written in the language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from textwrap import dedent

import pytest

from archgraph.dsl.load import load
from archgraph.model.model import Model

AS_OF = date(2026, 11, 24)

LoadModel = Callable[[str], Model]


@pytest.fixture
def load_model(tmp_path: Path) -> LoadModel:
    """Load a model from YAML text; a model with errors fails the test and says why."""

    def read(text: str) -> Model:
        path = tmp_path / "architecture.yaml"
        path.write_text(dedent(text), encoding="utf-8")
        loaded = load(path)
        assert loaded.model is not None, "\n".join(f"{d.location} {d.message}" for d in loaded.diagnostics)
        return loaded.model

    return read


@pytest.fixture
def shop(load_model: LoadModel) -> Model:
    """Three findings of two rules: log groups without end in two places, and no owner."""
    return load_model(
        """
        archgraph: 1
        id: shop
        name: Shop
        elements:
          prod:
            type: Account
            account_id: "000000000001"
            owner: shop-team
            regions:
              eu-west-1:
                app-logs: {type: LogGroup, retention: none, tags: {team: shop}}
                old-logs: {type: LogGroup, retention: none}
                web-logs: {type: LogGroup, retention: 30d}
                job-logs: {type: LogGroup}
          test:
            type: Account
            account_id: "000000000002"
            environment: test
        """
    )

"""Views of models: those of this repository, made once, and small ones written in a test."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from archgraph.analysis.facts import derive
from archgraph.dsl.load import load
from archgraph.model.model import Model
from archgraph.views.pictures import pictures
from archgraph.views.view import View

ROOT = Path(__file__).parents[2]

Views = dict[str, View]


@cache
def views_of(path: Path) -> Views:
    """The pictures of the model at a path below the repository, or anywhere."""
    loaded = load(ROOT / path)
    assert loaded.model is not None, list(loaded.diagnostics)
    return pictures(loaded.model, derive(loaded.model))


@pytest.fixture
def model_from(tmp_path: Path) -> Callable[[str], Model]:
    """Loads a model from its text, in which every element stands for itself."""

    def write(text: str) -> Model:
        path = tmp_path / "architecture.yaml"
        path.write_text(f"archgraph: 1\nid: small\n{text}")
        loaded = load(path)
        assert loaded.model is not None, list(loaded.diagnostics)
        return loaded.model

    return write


@pytest.fixture
def drawn(model_from: Callable[[str], Model]) -> Callable[[str], Views]:
    """The pictures of a model written in a test."""

    def views(text: str) -> Views:
        model = model_from(text)
        return pictures(model, derive(model))

    return views

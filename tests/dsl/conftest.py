"""Writing models to files and loading them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from archgraph.dsl.load import Loaded, load
from archgraph.model.model import Model
from archgraph.source.messages import render

MARGIN = re.compile(r"^ {8}", re.MULTILINE)
"""The indentation of texts inside tests; pieces from module level have none as deep."""
Load = Callable[..., Loaded]
LoadModel = Callable[..., Model]


@pytest.fixture
def load_text(tmp_path: Path) -> Load:
    """Load a model from the text of ``architecture.yaml`` and of further files, by name."""

    def run(text: str, **files: str) -> Loaded:
        folder = tmp_path / "model"
        folder.mkdir(exist_ok=True)
        for name, content in {"architecture": text, **files}.items():
            (folder / f"{name}.yaml").write_text(MARGIN.sub("", content), encoding="utf-8")
        return load(folder)

    return run


@pytest.fixture
def model_of(load_text: Load) -> LoadModel:
    """The model of a text whose head (language version and id) is understood; it must be valid."""

    def run(text: str, **files: str) -> Model:
        heads = {name: "archgraph: 1\n" + content for name, content in files.items()}
        loaded = load_text("archgraph: 1\nid: shop\n" + text, **heads)
        assert loaded.model is not None, render(loaded.diagnostics, loaded.sources)
        return loaded.model

    return run

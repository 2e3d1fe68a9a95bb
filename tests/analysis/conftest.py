"""Small models for the tests of facts, written as plain dicts and loaded like any author's file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from archgraph.dsl.load import load
from archgraph.model.model import Model


@pytest.fixture(scope="session")
def model_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Model]:
    """``model_of(elements, **sections)``: the model that such a file means; it must have no errors."""
    path = tmp_path_factory.mktemp("models") / "architecture.yaml"

    def model(elements: Mapping[str, Any], **sections: Any) -> Model:
        document = {"archgraph": 1, "id": "case", "name": "Case", "elements": elements, **sections}
        path.write_text(_flow(document), encoding="utf-8")
        loaded = load(path)
        assert loaded.model is not None, [str(problem) for problem in loaded.diagnostics.errors]
        return loaded.model

    return model


def _flow(value: Any) -> str:
    """YAML in flow style with every text quoted, but for the words that the language gives a meaning."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(str(key))}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if value in ("unknown", "none", "default") else json.dumps(str(value))

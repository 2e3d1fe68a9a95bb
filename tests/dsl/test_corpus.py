"""Broken models: one file per error code, each case with all of its diagnostics.

A case has a ``name``, the text of ``architecture.yaml`` as ``model`` (or its ``bytes`` in base64; without
either there is none), further ``files``, texts to put in place of markers (``fill: {MARKER: [text, times]}``)
and what is expected: ``code line:column``, with ``file:`` in front where it is another file. Of a case that
has ``many`` diagnostics, only those of its own code are listed.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from archgraph.dsl.load import Loaded, load
from archgraph.source.codes import CODES
from archgraph.source.diagnostics import Diagnostic
from archgraph.source.messages import render

CORPUS = Path(__file__).parents[1] / "corpus"
INTERNAL = re.compile(
    r"\bNone\b|\bScalar\b|\bMapping\b|\bSequence\b|Traceback|<[a-z_.]+ object|\bElementId\b|<class|\bAbsent\b"
)


def cases() -> Iterator[Any]:
    for file in sorted(CORPUS.glob("AG*.yaml")):
        for case in yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader):
            yield pytest.param(file.stem, case, id=f"{file.stem}: {case['name']}")


CASES = list(cases())


_LOADED: dict[int, Loaded] = {}


def loaded(case: dict[str, Any], folder: Path) -> Loaded:
    """Write the files of a case and load the model; once for all tests of the case."""
    if id(case) not in _LOADED:
        _LOADED[id(case)] = _load(case, folder)
    return _LOADED[id(case)]


def _load(case: dict[str, Any], folder: Path) -> Loaded:
    model = folder / "model"
    model.mkdir()
    contents: dict[str, Any] = dict(case.get("files", {}))
    if case.get("bytes") is not None:
        contents["architecture.yaml"] = {"bytes": case["bytes"]}
    elif case.get("model") is not None:
        contents["architecture.yaml"] = case["model"]
    for name, content in contents.items():
        path = model / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, dict):
            path.write_bytes(base64.b64decode(content["bytes"]))
            continue
        for marker, (text, times) in case.get("fill", {}).items():
            content = content.replace(marker, text * times)
        path.write_bytes(content.encode("utf-8"))
    return load(model)


def shown(diagnostic: Diagnostic) -> str:
    at = diagnostic.location
    file = "" if at.file == "architecture.yaml" else f"{at.file}:"
    return f"{diagnostic.code} {file}{at.line}:{at.column}"


@pytest.mark.parametrize(("code", "case"), CASES)
def test_a_broken_model_is_reported_where_it_is_broken(code: str, case: dict[str, Any], tmp_path: Path) -> None:
    result = loaded(case, tmp_path)

    diagnostics = list(result.diagnostics)
    if case.get("many"):
        diagnostics = [found for found in diagnostics if found.code == code]
    assert [shown(found) for found in diagnostics] == case["expect"]
    assert code in {found.code for found in diagnostics}
    assert (result.model is None) == bool(result.diagnostics.errors)


@pytest.mark.parametrize(("code", "case"), CASES)
def test_a_message_is_written_for_the_author(code: str, case: dict[str, Any], tmp_path: Path) -> None:
    result = loaded(case, tmp_path)

    for diagnostic in list(result.diagnostics)[:20]:
        words = f"{diagnostic.message} {diagnostic.hint or ''}"
        assert not INTERNAL.search(words), words
        assert "\n" not in words
        assert len(diagnostic.message) < 600, diagnostic.message
        assert str(tmp_path) not in words, "paths are relative to the model"


@pytest.mark.parametrize(("code", "case"), CASES)
def test_a_message_shows_the_line_and_a_caret(code: str, case: dict[str, Any], tmp_path: Path) -> None:
    result = loaded(case, tmp_path)

    for diagnostic in list(result.diagnostics)[:20]:
        lines = render([diagnostic], result.sources).split("\n")
        at = diagnostic.location
        level = diagnostic.level.value
        assert lines[0].startswith(f"{at.file}:{at.line}:{at.column}: {level} {diagnostic.code}: ")
        source = result.sources.get(at.file)
        if source is not None and source.line(at.line):
            assert lines[1].startswith(f"{at.line:>5} | ")
            assert re.fullmatch(r" {6}\| *\^", lines[2])


def test_every_code_has_cases() -> None:
    counts = {
        file.stem: len(yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
        for file in CORPUS.glob("AG*.yaml")
    }

    elsewhere = {"AG708"}  # queries are read above the language: tests/views/test_queries.py
    of_models = {code for code in CODES if not code.startswith("AG8")} - elsewhere  # rules: own_rule_mistakes.yaml
    assert counts.keys() == of_models
    assert min(counts.values()) >= 3
    assert sum(counts.values()) >= 280

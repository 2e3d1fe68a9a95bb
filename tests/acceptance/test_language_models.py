"""Whole models in the language: each is right without a warning, is reviewed, builds and draws."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.acceptance.conftest import ROOT, Archgraph

MODELS = sorted((ROOT / "tests" / "models").glob("*.yaml"))


def test_the_seven_models_are_there() -> None:
    assert [path.stem for path in MODELS] == [
        "environment-base",
        "environment-dev",
        "iam-retries-and-ssh-responder",
        "landing-zone",
        "reuse",
        "serverless-orders",
        "three-tier-web-app",
    ]


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_a_model_validates_builds_and_draws(archgraph: Archgraph, path: Path, tmp_path: Path) -> None:
    assert archgraph("validate", "--strict", path).status == 0
    ran = archgraph("build", path, "--as-of", "2026-11-01")
    assert ran.status == 0, ran.err
    (folder,) = (tmp_path / "output").iterdir()
    report = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
    assert report["summary"]
    for picture in sorted((folder / "diagrams").glob("*.svg")):
        root = ElementTree.fromstring(picture.read_bytes())  # noqa: S314  our own output
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert archgraph("diagram", path, "-o", "picture.png").status == 0
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")

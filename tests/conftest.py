"""Tests that need a tool beside Python are skipped, and say so, where the tool is missing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable

import pytest

TOOLS: dict[str, tuple[Callable[[], str | None], str]] = {
    "neo4j": (lambda: os.environ.get("ARCHGRAPH_NEO4J_URI"), "ARCHGRAPH_NEO4J_URI names no server"),
    "chromium": (
        lambda: shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome"),
        "Chromium is not installed",
    ),
    "node": (lambda: shutil.which("node"), "Node.js is not installed"),
    "graphviz": (lambda: shutil.which("dot"), "Graphviz is not installed"),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = {marker: reason for marker, (find, reason) in TOOLS.items() if not find()}
    for item in items:
        for marker, reason in missing.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))

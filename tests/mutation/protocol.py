"""Run single tests by pytest's own protocol, in an order of one's own."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import pytest


def run_item(item: pytest.Item, following: pytest.Item | None) -> str:
    """``passed``, ``failed`` or ``skipped``; fixtures that ``following`` shares stay as they are."""
    outcomes = _Outcomes()
    manager = item.config.pluginmanager
    manager.register(outcomes)
    try:
        item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
    finally:
        manager.unregister(outcomes)
    return next((outcome for outcome in ("failed", "skipped") if outcome in outcomes.seen), "passed")


def clear_caches(modules: Iterable[str]) -> None:
    """Make the functions of these modules forget what they remember."""
    for name in modules:
        for value in list(vars(sys.modules[name]).values()):
            clear = getattr(value, "cache_clear", None)
            if callable(clear) and getattr(value, "__module__", None) == name:
                clear()


class _Outcomes:
    def __init__(self) -> None:
        self.seen: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seen.add(report.outcome)

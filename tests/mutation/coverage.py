"""Which lines each test runs, how long it takes, and whether it passes when nothing is changed."""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import pytest

from .protocol import clear_caches, run_item

Line = tuple[str, int]


@dataclass(slots=True)
class Baseline:
    """What the tests do when nothing is changed.

    ``seconds``: the processor time of each, watched as it was. ``outcomes``: ``passed``, ``failed`` or
    ``skipped``. ``tests``: those that run a line.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    outcomes: dict[str, str] = field(default_factory=dict)
    tests: dict[Line, list[str]] = field(default_factory=dict)


def observe(items: list[pytest.Item], files: Iterable[str], modules: Iterable[str]) -> Baseline:
    """Run every test once, and see which lines of these files it runs.

    What a fixture of a module or of the session runs counts for every test that asks for it, and what
    functions remember is forgotten before each test: it does not matter which test came first.
    """
    tracer = _Tracer(frozenset(files))
    items[0].config.pluginmanager.register(tracer)
    baseline = Baseline()
    for item, following in _pairs(items):
        clear_caches(modules)
        tracer.lines = set()
        begin = time.process_time()
        sys.settrace(tracer.enter)
        baseline.outcomes[item.nodeid] = run_item(item, following)
        sys.settrace(None)
        baseline.seconds[item.nodeid] = time.process_time() - begin
        shared = (tracer.by_fixture.get(name, set()) for name in getattr(item, "fixturenames", ()))
        for line in tracer.lines.union(*shared):
            baseline.tests.setdefault(line, []).append(item.nodeid)
    return baseline


def _pairs(items: list[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    return zip(items, [*items[1:], None], strict=True)


Trace = Callable[[FrameType, str, Any], Any]


class _Tracer:
    """Collects lines into ``lines``, and those of wider fixtures into ``by_fixture`` as well."""

    def __init__(self, files: frozenset[str]) -> None:
        self._files = files
        self.lines: set[Line] = set()
        self.by_fixture: defaultdict[str, set[Line]] = defaultdict(set)

    def enter(self, frame: FrameType, event: str, argument: Any) -> Trace | None:
        if frame.f_code.co_filename not in self._files:
            return None
        add, file = self.lines.add, frame.f_code.co_filename

        def inside(frame: FrameType, event: str, argument: Any) -> Trace:
            if event == "line":
                add((file, frame.f_lineno))
            return inside

        return inside

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Iterator[None]:
        if fixturedef.scope == "function":
            return (yield)
        before, self.lines = self.lines, set()
        try:
            return (yield)
        finally:
            self.by_fixture[fixturedef.argname] |= self.lines
            self.lines = before

"""In which order tests are asked about a mutant: those that are likely to notice it, and fast, come first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

import pytest

from .mutants import Mutant

_BANDS = (0.02, 0.1, 1.0, float("inf"))
"""Tests up to so many seconds take turns by file; slower ones come after all of them."""


class Order:
    """Remembers which tests noticed what. Tests that share a fixture of their module stay together."""

    def __init__(self, items: Iterable[pytest.Item], seconds: Mapping[str, float]) -> None:
        self._seconds = seconds
        self._items = {item.nodeid: item for item in items}
        self._unit = {item.nodeid: _unit(item) for item in self._items.values()}
        self._noticed: defaultdict[tuple[str, ...], Counter[str]] = defaultdict(Counter)

    def noticed(self, mutant: Mutant, nodeid: str) -> None:
        """A test noticed this mutant: it is the first to ask about the next one nearby."""
        for near in _neighbourhoods(mutant):
            self._noticed[near][self._unit[nodeid]] += 1

    def of(self, mutant: Mutant, tests: Iterable[str]) -> list[pytest.Item]:
        """These tests, the most promising first."""
        units: defaultdict[str, list[str]] = defaultdict(list)
        for nodeid in tests:
            units[self._unit[nodeid]].append(nodeid)
        near = [self._noticed[key] for key in _neighbourhoods(mutant)]
        cost = {unit: sum(self._seconds[nodeid] for nodeid in members) for unit, members in units.items()}
        turn: Counter[tuple[int, str]] = Counter()
        keys = {}
        for unit in sorted(units, key=lambda unit: (cost[unit], unit)):
            band = next(index for index, most in enumerate(_BANDS) if cost[unit] <= most)
            file = unit.partition("::")[0]
            turn[band, file] += 1
            keys[unit] = (band, *(-noticed[unit] for noticed in near), turn[band, file], file)
        return [
            self._items[nodeid] for unit in sorted(units, key=lambda unit: (keys[unit], unit)) for nodeid in units[unit]
        ]


def _neighbourhoods(mutant: Mutant) -> tuple[tuple[str, ...], ...]:
    file = str(mutant.place.file)
    return (file, mutant.place.name, mutant.place.source), (file, mutant.place.name), (file,)


def _unit(item: pytest.Item) -> str:
    assert isinstance(item, pytest.Function)
    definitions = item._fixtureinfo.name2fixturedefs.values()
    shares = any(found[-1].scope in ("module", "class", "package") for found in definitions if found)
    return item.nodeid.partition("[")[0] if shares else item.nodeid

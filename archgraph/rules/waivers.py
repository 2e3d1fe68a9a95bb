"""Waivers: accepted risks, in force from one day to another, never for longer than a set span."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from archgraph.model.model import Model, Waiver
from archgraph.model.selectors import select
from archgraph.rules.results import Result, Status

LONGEST_WAIVER: Mapping[str, Any] = {"max_months": 12}
"""How long a waiver holds at most, unless ``ops-waiver-too-long`` is set otherwise."""


def accept(model: Model, results: Mapping[str, list[Result]], waivers: Iterable[Waiver]) -> dict[str, list[Result]]:
    """The results by rule, with every failed one that a waiver covers turned into a waived one.

    ``waivers`` are those in force. A waived result keeps all that it said, and names the waiver;
    the first of several wins. A selector that cannot be read covers nothing.
    """
    by_rule: dict[str, list[tuple[Waiver, set[str]]]] = {}
    for waiver in waivers:
        by_rule.setdefault(waiver.rule, []).append((waiver, _covered(model, waiver.selectors)))
    return {
        rule: [_waived(result, by_rule[rule]) for result in found] if rule in by_rule else found
        for rule, found in results.items()
    }


def in_force(waiver: Waiver, as_of: date, max_months: int) -> bool:
    """Whether the waiver holds on that day; the first and the last day included."""
    return waiver.accepted <= as_of <= last_day(waiver, max_months)


def last_day(waiver: Waiver, max_months: int) -> date:
    """The last day on which the waiver holds: its own, or the end of the longest span."""
    return min(waiver.expires, months_after(waiver.accepted, max_months))


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year >= date.max.year:
        return date.max
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))


def _covered(model: Model, selectors: Iterable[str]) -> set[str]:
    """Ids of what the selectors match; one that cannot be read matches nothing."""
    ids: set[str] = set()
    for selector in selectors:
        try:
            ids.update(select(model, [selector]))
        except ValueError:
            continue
    return ids


def _waived(result: Result, waivers: Sequence[tuple[Waiver, set[str]]]) -> Result:
    if result.status is Status.FAIL:
        for waiver, ids in waivers:
            if result.element in ids:
                return replace(result, status=Status.WAIVED, waiver=waiver)
    return result

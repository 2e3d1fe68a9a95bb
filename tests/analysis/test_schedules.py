"""How far apart the runs of a schedule are."""

from __future__ import annotations

from calendar import day_abbr, month_abbr
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archgraph.analysis.schedules import longest_gap, shortest_gap

MINUTE, HOUR, DAY = 60, 3600, 86_400


@pytest.mark.parametrize(
    ("schedule", "shortest", "longest"),
    [
        ("rate(1 minute)", MINUTE, MINUTE),
        ("rate(15 minutes)", 15 * MINUTE, 15 * MINUTE),
        ("rate(12 hours)", 12 * HOUR, 12 * HOUR),
        ("rate(1 day)", DAY, DAY),
        ("cron(* * * * ? *)", MINUTE, MINUTE),
        ("cron(* 5 * * ? *)", MINUTE, 23 * HOUR + MINUTE),
        ("cron(0 * * * ? *)", HOUR, HOUR),
        ("cron(0/20 * * * ? *)", 20 * MINUTE, 20 * MINUTE),
        ("cron(0/1 5 * * ? *)", MINUTE, 23 * HOUR + MINUTE),
        ("cron(50/5 5 * * ? *)", 5 * MINUTE, 23 * HOUR + 55 * MINUTE),
        ("cron(0 5 ? * * *)", DAY, DAY),
        ("cron(59 23 * * ? *)", DAY, DAY),
        ("cron(0 0,12 * * ? *)", 12 * HOUR, 12 * HOUR),
        ("cron(0 8-18 * * ? *)", HOUR, 14 * HOUR),
        ("cron(0 22-2 * * ? *)", HOUR, 20 * HOUR),
        ("cron(0 5 ? * MON-FRI *)", DAY, 3 * DAY),
        ("cron(0 5 ? * fri-mon *)", DAY, 4 * DAY),
        ("cron(0 5 ? * 1 *)", 7 * DAY, 7 * DAY),
        ("cron(0 5 ? * 7 *)", 7 * DAY, 7 * DAY),
        ("cron(0 5 ? * */3 *)", DAY, 3 * DAY),
        ("cron(0 5 1 * ? *)", 28 * DAY, 31 * DAY),
        ("cron(0 5 29 * ? *)", 29 * DAY, 59 * DAY),
        ("cron(0 5 31 * ? *)", 31 * DAY, 61 * DAY),
        ("cron(0 5 */2 * ? *)", DAY, 2 * DAY),
        ("cron(0 5 2 1 ? *)", 365 * DAY, 366 * DAY),
        ("cron(0 5 29 2 ? *)", 1461 * DAY, 1461 * DAY),
        ("cron(0 5 1 */5 ? *)", 61 * DAY, 153 * DAY),
    ],
)
def test_the_gaps_between_two_runs(schedule: str, shortest: int, longest: int) -> None:
    assert (shortest_gap(schedule), longest_gap(schedule)) == (shortest, longest)


@pytest.mark.parametrize(
    "schedule",
    [
        "at(2026-11-24T10:00:00)",
        "daily",
        "cron(0 5 L * ? *)",
        "cron(0 5 ? * 2#1 *)",
        "cron(0 5 31 2 ? *)",
        "cron(0,60 5 * * ? *)",
        "cron(0 5,24 * * ? *)",
        "cron(0 5 0,15 * ? *)",
        "cron(0 5 1,32 * ? *)",
        "cron(0 5 1 0,6 ? *)",
        "cron(0 5 1 1,13 ? *)",
        "cron(0 5 ? * 0,3 *)",
        "cron(0 5 ? * 1,8 *)",
        "cron(0/0 5 * * ? *)",
        "cron(0/-5 5 * * ? *)",
    ],
)
def test_a_schedule_that_runs_once_or_cannot_be_read_has_no_gap(schedule: str) -> None:
    assert longest_gap(schedule) is None


@pytest.mark.parametrize("month", range(1, 13))
def test_a_month_goes_by_its_name(month: int) -> None:
    named = longest_gap(f"cron(0 5 1 {month_abbr[month].upper()},7 ? *)")
    assert named is not None
    assert named == longest_gap(f"cron(0 5 1 {month},7 ? *)")


@pytest.mark.parametrize("number", range(1, 8))
def test_a_day_of_the_week_goes_by_its_name(number: int) -> None:
    name = day_abbr[(number - 2) % 7].upper()  # AWS counts from Sunday, Python from Monday
    named = longest_gap(f"cron(0 5 ? * {name},3 *)")
    assert named is not None
    assert named == longest_gap(f"cron(0 5 ? * {number},3 *)")


def some(lowest: int, highest: int, most: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(lowest, highest), unique=True, min_size=1, max_size=most)


@settings(deadline=None, max_examples=30)
@given(some(0, 59, 2), some(0, 23, 2), some(1, 28, 5), some(1, 12, 4))
def test_gaps_are_those_of_the_calendar(
    minutes: Sequence[int], hours: Sequence[int], days: Sequence[int], months: Sequence[int]
) -> None:
    days_of_all_years = [(year, month, day) for year in range(2024, 2029) for month in months for day in days]
    times = sorted(datetime(*day, hour, minute) for day in days_of_all_years for hour in hours for minute in minutes)
    gaps = [(after - before) // timedelta(seconds=1) for before, after in pairwise(times)]
    fields = (",".join(map(str, field)) for field in (minutes, hours, days, months))
    schedule = f"cron({' '.join(fields)} ? *)"
    assert (shortest_gap(schedule), longest_gap(schedule)) == (min(gaps), max(gaps))

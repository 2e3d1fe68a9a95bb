"""How far apart the runs of a schedule are: ``rate(12 hours)``, ``cron(0 5 ? * * *)``.

Expressions are those of Amazon EventBridge and AWS Backup: "Schedule expressions",
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

_UNITS = {"minute": 60, "hour": 3600, "day": 86_400}
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) \S+\)")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIRST_DAY, _DAYS = date(2024, 1, 1), 5 * 366
"""Five years with two 29 Februaries: every gap between two days of the calendar occurs."""


@lru_cache(maxsize=4096)
def longest_gap(schedule: str) -> int | None:
    """The longest time between two runs, in seconds; ``None`` if it runs once or cannot be read."""
    return _gap(schedule, max)


@lru_cache(maxsize=4096)
def shortest_gap(schedule: str) -> int | None:
    """The shortest time between two runs, in seconds; ``None`` if it runs once or cannot be read."""
    return _gap(schedule, min)


def _gap(schedule: str, which: Callable[[Iterable[int]], int]) -> int | None:
    rate = _RATE.fullmatch(schedule)
    if rate:
        return int(rate[1]) * _UNITS[rate[2]]
    cron = _CRON.fullmatch(schedule)
    try:
        return _gap_of_cron(cron.groups(), which) if cron else None
    except ValueError:
        return None


def _gap_of_cron(fields: Sequence[str], which: Callable[[Iterable[int]], int]) -> int:
    """Raises ``ValueError`` if fewer than two days have a run, or a field cannot be read."""
    minutes, hours = _numbers(fields[0], 0, 59), _numbers(fields[1], 0, 23)
    runs = [60 * (60 * hour + minute) for hour in hours for minute in minutes]
    on_day = _day_test(*fields[2:])
    days = [n for n in range(_DAYS) if on_day(_FIRST_DAY + timedelta(days=n))]
    between = which(after - before for before, after in pairwise(days)) * _UNITS["day"] - runs[-1] + runs[0]
    return which([between, *(after - before for before, after in pairwise(runs))])


def _day_test(days: str, months: str, weekdays: str) -> Callable[[date], bool]:
    """A test of days. Raises ``ValueError`` for L, W and #, which no schedule of backups needs."""
    in_month = frozenset(_numbers(days, 1, 31))
    of_year = frozenset(_numbers(months, 1, 12, _MONTHS))
    of_week = frozenset(_numbers(weekdays, 1, 7, _WEEKDAYS))

    def test(day: date) -> bool:
        weekday = day.isoweekday() % 7 + 1  # Sunday is 1
        return day.month in of_year and day.day in in_month and weekday in of_week

    return test


def _numbers(text: str, lowest: int, highest: int, names: Sequence[str] = ()) -> list[int]:
    """The numbers that a field means: ``*``, ``?``, ``5``, ``1-5``, ``0/15``, ``*/2``, ``MON-FRI``, lists of these."""

    def number(word: str) -> int:
        value = names.index(word.upper()) + 1 if word.upper() in names else int(word)
        if not lowest <= value <= highest:
            raise ValueError(word)
        return value

    found: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        if span in ("*", "?"):
            first, last = lowest, highest
        elif "-" in span:
            first, last = (number(word) for word in span.split("-"))
        else:
            first = number(span)
            last = highest if step else first
        if step and not step.isdecimal():
            raise ValueError(part)
        wraps = first > last
        found.update(range(first, (highest if wraps else last) + 1, int(step or 1)))
        if wraps:
            found.update(range(lowest, last + 1))
    return sorted(found)

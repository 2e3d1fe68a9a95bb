"""The mutation run finds what tests overlook, on a small package of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from .forks import Ended
from .mutants import Mutant, Place
from .report import Listed, report
from .run import Tried

ROOT = Path(__file__).parents[2]

SHOP = '''
    from functools import cache, cached_property

    from shop.tables import FREE, WORDS

    def is_cheap(price: int) -> bool:
        """Weakly tested: no test asks about exactly ten."""
        return price < 10

    @cache
    def doubled(price: int) -> int:
        return price + price

    def above(least: int):
        def asked(price: int) -> bool:
            return price > least
        return asked

    above_five = above(5)  # made when the module is imported: no test runs ``above`` itself
    rounded = {"up": lambda price: price + 1}

    class Basket:
        def __init__(self, prices: list[int]) -> None:
            self.prices = prices

        @property
        def first(self) -> int:
            return self.prices[0]

        @cached_property
        def total(self) -> int:
            return max(self.prices) - 1

    def counted(until: int) -> int:
        while until > 0:
            until -= 1
        return until

    def names(words: list[str]):
        for word in words:
            if word == "skip":
                continue
            yield word

    def is_free(word: str) -> bool:
        return word in FREE

    def count_words() -> int:
        return len(WORDS)

    def unused() -> int:
        return 3
'''
TABLES = """
    FREE = frozenset({"gift", "sample"})
    WORDS = ("a", "b")
"""
CHECKS = """
    from shop import prices

    def test_cheap():
        assert prices.is_cheap(9)
        assert not prices.is_cheap(11)

    def test_doubled():
        assert prices.doubled(4) == 8

    def test_doubled_again():
        assert prices.doubled(4) > 0

    def test_above():
        assert prices.above_five(6) and not prices.above_five(5) and not prices.above_five(4)

    def test_rounded():
        assert prices.rounded["up"](1) == 2

    def test_basket():
        basket = prices.Basket([3, 5])
        assert (basket.first, basket.total) == (3, 4)

    def test_counted():
        assert prices.counted(3) == 0

    def test_names():
        assert list(prices.names(["a", "skip", "b"])) == ["a", "b"]

    def test_free():
        assert prices.is_free("gift")
        assert not prices.is_free("book")

    def test_words():
        assert prices.count_words() == 2
"""
RUN = """
    import json, sys
    from pathlib import Path
    from tests.mutation.run import Target, Unready, mutate

    here = Path.cwd()
    try:
        tried = mutate(Target(here, ("shop",), ("shop", "checks"), ("checks",), cpu_seconds=0.3))
    except Unready as problem:
        sys.exit(str(problem))
    Path("tried.json").write_text(json.dumps([
        [one.mutant.place.name, one.mutant.text, one.ended.killed, one.ended.by or one.why]
        for one in tried
        if one.ended
    ]))
"""

Ends = dict[tuple[str, str], tuple[bool, str]]


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", dedent(RUN)],
        cwd=folder,
        env={"PYTHONPATH": f"{folder}:{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def written(folder: Path, checks: str = CHECKS) -> Path:
    for name, text in {
        "shop/__init__.py": "",
        "shop/prices.py": SHOP,
        "shop/tables.py": TABLES,
        "checks/__init__.py": "",
        "checks/test_prices.py": checks,
    }.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> Ends:
    folder = written(tmp_path_factory.mktemp("shop"))
    done = run(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    tried = json.loads((folder / "tried.json").read_text(encoding="utf-8"))
    return {(name, text): (killed, by) for name, text, killed, by in tried}


def test_what_no_test_notices_survives_and_nothing_else(ends: Ends) -> None:
    survivors = {(name, text) for (name, text), (killed, _) in ends.items() if not killed}
    assert survivors == {
        ("is_cheap", "`price < 10` -> `price <= 10` in `return price < 10`"),
        ("is_cheap", "`10` -> `11` in `return price < 10`"),
        ("above", "`return asked` -> `return None` in `return asked`"),
        ("unused", "`return 3` -> `return None` in `return 3`"),
        ("unused", "`3` -> `4` in `return 3`"),
        ("unused", "`3` -> `2` in `return 3`"),
        ("FREE", '`\'sample\'` dropped in `FREE = frozenset({"gift", "sample"})`'),
        ("WORDS", "`'a'` -> `'another'` in `WORDS = (\"a\", \"b\")`"),
        ("WORDS", "`'b'` -> `'another'` in `WORDS = (\"a\", \"b\")`"),
    }


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("doubled", "`price + price` -> `price - price`"),
        ("above.asked", "`price > least` -> `price >= least`"),
        ("rounded", "`price + 1` -> `price - 1`"),
        ("Basket.__init__", "`self.prices = prices` removed"),
        ("Basket.first", "`0` -> `1`"),
        ("Basket.total", "`max(self.prices)` -> `min(self.prices)`"),
        ("names", "`continue` removed"),
        ("names", "`yield word` removed"),
        ("names", "`'skip'` -> `'another'`"),
        ("FREE", "`'gift'` dropped"),
        ("WORDS", "`'a'` dropped"),
    ],
)
def test_it_changes_what_is_already_imported(ends: Ends, name: str, change: str) -> None:
    found = [
        killed for (where, text), (killed, _) in ends.items() if where == name and text.startswith(f"{change} in ")
    ]
    assert found == [True]


def test_a_loop_without_end_is_noticed(ends: Ends) -> None:
    assert ends["counted", "`until -= 1` removed in `until -= 1`"] == (True, "a time limit")


def test_it_says_that_no_test_runs_a_mutant(ends: Ends) -> None:
    assert ends["unused", "`3` -> `4` in `return 3`"] == (False, "no test runs it")


def test_tests_that_fail_anyway_judge_nothing(tmp_path: Path) -> None:
    done = run(written(tmp_path, CHECKS.replace("== 8", "== 9")))
    assert done.returncode == 1
    assert "test_prices.py::test_doubled" in done.stderr


def tried(survives: int, killed: int = 97) -> list[Tried]:
    place = Place(Path("/here/shop/prices.py"), "is_cheap", 3, "return price < 10")
    return [
        Tried(Mutant(place, f"`10` -> `{number}`", frozenset()), Ended(number >= survives), "tests that run it: 1")
        for number in range(survives + killed)
    ]


TEN = Listed("shop/prices.py is_cheap", "`10` -> `0` in `return price < 10`", "No price is ten.")


def test_a_survivor_that_is_not_listed_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(tried(survives=1), [], Path("/here")) == 1
    told = capsys.readouterr().out
    assert "97 of 98 mutants killed: 99.0% (0 of them by a time limit)" in told
    assert "/here/shop/prices.py:3 is_cheap" in told
    assert TEN.mutant in told


def test_a_listed_survivor_is_accounted_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(tried(survives=1), [TEN], Path("/here")) == 0
    assert TEN.mutant not in capsys.readouterr().out


def test_a_listed_mutant_that_does_not_survive_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(tried(survives=0), [TEN], Path("/here")) == 1
    assert f"does not survive: {TEN.where}: {TEN.mutant}" in capsys.readouterr().out


def test_modules_that_were_not_tried_are_not_judged() -> None:
    elsewhere = Listed("shop/other.py is_cheap", TEN.mutant, TEN.reason)
    assert report(tried(survives=1), [TEN, elsewhere], Path("/here"), whole=False) == 0
    assert report(tried(survives=1), [TEN, elsewhere], Path("/here")) == 1


def test_too_few_killed_is_a_failure_whatever_is_listed() -> None:
    assert report(tried(survives=1, killed=9), [TEN], Path("/here")) == 1

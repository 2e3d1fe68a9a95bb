"""The whole run: collect the tests once, see what they reach, try every mutant, and say what survived."""

from __future__ import annotations

import gc
import os
import pickle
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

import pytest

from .apply import Live
from .bindings import Bindings, bindings
from .coverage import Baseline, observe
from .forks import Ended, Limits, Trial, become_quiet, in_fork, run_trials
from .mutants import Mutant, mutants
from .order import Order
from .progress import Progress
from .tables import table_mutants


@dataclass(frozen=True, slots=True)
class Target:
    """What is changed, and who has to notice.

    ``packages`` are changed; modules below ``family`` may hold names of theirs. ``tests`` are arguments of
    pytest. ``prepare`` loads what stays as it is, once for all trials. A test that uses
    ``cpu_seconds`` more than three times what it uses when nothing is changed has noticed.
    """

    root: Path
    packages: tuple[str, ...]
    family: tuple[str, ...]
    tests: tuple[str, ...]
    prepare: Callable[[], None] = lambda: None
    cpu_seconds: float = 2.0


@dataclass(frozen=True, slots=True)
class Tried:
    """A mutant and how it ended; ``ended`` is ``None`` for one that could not be tried."""

    mutant: Mutant
    ended: Ended | None
    why: str


class Unready(Exception):
    """The tests cannot judge mutants: they do not pass as things are."""


def mutate(target: Target, only: Sequence[Path] = (), workers: int = 2) -> list[Tried]:
    """Try every mutant of the target, or of some of its files. Raises :class:`Unready`."""
    driver = _Driver(target, frozenset(path.resolve() for path in only), workers)
    status = pytest.main([*target.tests, *_OPTIONS, f"--rootdir={target.root}"], plugins=[driver])
    if driver.problem:
        raise Unready(driver.problem)
    if driver.tried is None:
        raise Unready(f"pytest ended with status {int(status)} before any test ran")
    return driver.tried


def all_mutants(target: Target, only: Sequence[Path] = ()) -> list[Mutant]:
    """What :func:`mutate` would try."""
    modules = _modules(target.packages)
    return list(_mutants(modules, frozenset(path.resolve() for path in only), bindings(_family(target.family))))


_OPTIONS = (
    "-q", "-s", "--assert=plain", "--tb=no", "--strict-markers", "-o", "addopts=", "-o",
    "tmp_path_retention_policy=none", "-p", "no:cacheprovider", "-p", "no:faulthandler",
)  # fmt: skip


class _Driver:
    """Takes the place of pytest's loop over the tests."""

    def __init__(self, target: Target, only: frozenset[Path], workers: int) -> None:
        self._target, self._only, self._workers = target, only, workers
        self.tried: list[Tried] | None = None
        self.problem = ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed or not session.items:
            self.problem = "not every test could be collected"
            return True
        with TemporaryDirectory(prefix="mutation-") as scratch:
            try:
                tried = dict(self._try_all(session.items, Path(scratch)))
                self.tried = [tried[number] for number in sorted(tried)]
            except Unready as problem:
                self.problem = str(problem)
        return True

    def _try_all(self, items: list[pytest.Item], scratch: Path) -> Iterator[tuple[int, Tried]]:
        """Each mutant's number and how it ended, as they end."""
        self._target.prepare()
        modules = _modules(self._target.packages)
        known = bindings(_family(self._target.family))
        found = list(_mutants(modules, self._only, known))
        live = Live((str(module.__file__) for module in modules), known)
        names = [module.__name__ for module in modules]
        baseline = _unchanged(items, scratch, {file for mutant in found for file, _ in mutant.lines}, names)
        self._check(baseline)
        order = Order(items, baseline.seconds)
        todo: dict[int, list[str]] = {}
        for number, mutant in enumerate(found):
            reached = {test for line in mutant.lines for test in baseline.tests.get(line, ())}
            tests = sorted(test for test in reached if baseline.outcomes[test] == "passed")
            if why := live.hindrance(mutant):
                yield number, Tried(mutant, None, why)
            elif not tests:
                yield number, Tried(mutant, Ended(False), "no test runs it")
            else:
                todo[number] = tests

        # Pages that nobody writes to are shared with every fork.
        gc.collect()
        gc.freeze()
        trials = (
            Trial(number, partial(live.apply, found[number]), order.of(found[number], tests))
            for number, tests in todo.items()
        )
        limits = Limits(baseline.seconds, self._target.cpu_seconds)
        progress = Progress(len(todo))
        for number, ended in run_trials(trials, self._workers, scratch, limits, names):
            if ended.by in baseline.seconds:
                order.noticed(found[number], ended.by)
            progress.step(ended.killed)
            yield number, Tried(found[number], ended, f"tests that run it: {len(todo[number])}")
        progress.end()

    def _check(self, baseline: Baseline) -> None:
        """Every test has to pass; in a run over some modules, every test that runs a line of theirs."""
        asked = {test for tests in baseline.tests.values() for test in tests} if self._only else {*baseline.outcomes}
        if failed := sorted(test for test in asked if baseline.outcomes[test] == "failed"):
            raise Unready("these tests fail without any change:\n  " + "\n  ".join(failed))


def _mutants(modules: list[ModuleType], only: frozenset[Path], known: Bindings) -> Iterator[Mutant]:
    for module in modules:
        file = Path(str(module.__file__))
        if not only or file.resolve() in only:
            yield from mutants(file)
            yield from table_mutants(module, file, known.reads)


def _unchanged(items: list[pytest.Item], scratch: Path, files: set[str], modules: list[str]) -> Baseline:
    """What a fork finds that runs the tests as things are."""
    answer = scratch / "unchanged"

    def work() -> None:
        become_quiet(items[0], scratch / "temporary")
        answer.write_bytes(pickle.dumps(observe(items, files, modules)))

    os.waitpid(in_fork(work), 0)
    if not answer.exists():
        raise Unready("the tests did not run to their end")
    baseline: Baseline = pickle.loads(answer.read_bytes())  # noqa: S301 - the fork wrote it
    return baseline


def _modules(packages: tuple[str, ...]) -> list[ModuleType]:
    """Every module of these packages, imported."""
    found = []
    for package in packages:
        folder = Path(str(import_module(package).__file__)).parent
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            name = ".".join([package, *(part for part in parts if part != "__init__")])
            found.append(import_module(name))
    return found


def _family(roots: tuple[str, ...]) -> list[ModuleType]:
    """Every module with source below these packages that is imported so far."""
    return [
        module
        for name, module in sorted(sys.modules.items())
        if name.partition(".")[0] in roots and str(getattr(module, "__file__", "")).endswith(".py")
    ]

"""``python -m tests.mutation``: mutation testing of the rules and of the facts below them."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings

from .report import read_listed, report, where, write_json
from .run import Target, Unready, all_mutants, mutate

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "archgraph"
SURVIVORS = Path(__file__).with_name("survivors.yaml")
SEED = "0"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--only", nargs="+", type=Path, default=[], metavar="FILE", help="try these modules only")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="how many processes (%(default)s)")
    parser.add_argument("--list", action="store_true", help="say what would be tried, and try nothing")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the survivors as JSON")
    options = parser.parse_args()
    if os.environ.get("PYTHONHASHSEED") != SEED:
        # What survives must not depend on the order of a set.
        again = [sys.executable, "-m", "tests.mutation", *sys.argv[1:]]
        os.execve(sys.executable, again, {**os.environ, "PYTHONHASHSEED": SEED})  # noqa: S606
    if options.list:
        for mutant in all_mutants(_TARGET, options.only):
            print(f"{where(mutant, PACKAGE)}: {mutant.text}")
        return 0
    _make_hypothesis_repeatable()
    try:
        tried = mutate(_TARGET, options.only, options.workers)
    except Unready as problem:
        print(problem, file=sys.stderr)
        return 2
    if options.write:
        write_json(tried, options.write, PACKAGE)
    return report(tried, read_listed(SURVIVORS), PACKAGE, whole=not options.only)


def _make_hypothesis_repeatable() -> None:
    """The same examples in every run, and no search for the smallest one that fails."""
    settings.register_profile(
        "mutation",
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("mutation")


def _prepare() -> None:
    """Read the whole catalogue and the shipped models, which no mutant changes."""
    from archgraph.catalog.catalog import builtin
    from archgraph.dsl.load import find_models, load

    for kind in builtin():
        list(kind.properties.values())
    for path in find_models(ROOT / "models"):
        load(path)


_TARGET = Target(
    root=ROOT,
    packages=("archgraph.rules", "archgraph.analysis"),
    family=("archgraph", "tests"),
    tests=(
        "tests/rules",
        "tests/analysis",
        "tests/reports",
        "-m",
        "not neo4j and not chromium and not node and not graphviz and not slow",
    ),
    prepare=_prepare,
)

if __name__ == "__main__":
    sys.exit(main())

"""Measures the costs that docs/design.md bounds, as ratios of CPU time taken in one run.

Every figure compares two commands that take turns, so that a busy machine slows both. A figure is
the ratio of their medians; absolute times differ between machines and are not printed.

``python -m benchmarks.run`` exits 1 if a bound does not hold.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.generator import generate

ARCHGRAPH = str(Path(sys.executable).with_name("archgraph"))
LAZY_MODULES = ("diagrams", "jinja2", "kglite", "neo4j", "networkx", "resvg_py")

ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""Commands use modules that are compiled, as those of an installed package are."""

Measure = Callable[[], float]
"""Runs a command once and returns the seconds of CPU (user and system) that it took."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured ratio, and the bound that it must keep if it has one."""

    title: str
    ratio: float
    bound: float | None = None

    @property
    def holds(self) -> bool:
        return self.bound is None or self.ratio <= self.bound

    def __str__(self) -> str:
        line = f"{self.title:<68} {self.ratio:6.2f}"
        if self.bound is None:
            return line
        return f"{line}  at most {self.bound:5.2f}  {'ok' if self.holds else 'TOO SLOW'}"


def main() -> int:
    """Measure everything and print it; the exit status is 1 if a bound does not hold."""
    parser = argparse.ArgumentParser(description="Measure archgraph's costs as ratios.")
    parser.add_argument("--repeat", type=int, default=5, help="how often each command runs (default 5)")
    repeat = parser.parse_args().repeat
    held = True
    with tempfile.TemporaryDirectory() as folder:
        models = {size: _write_model(Path(folder), size) for size in (50, 1_000, 10_000)}
        for figure in _figures(models, Path(folder), repeat):
            held &= figure.holds
            print(figure, flush=True)
        for command, loaded in _needless_imports(models[50]):
            held &= not loaded
            verdict = "nothing needless" if not loaded else "NEEDLESS: " + ", ".join(loaded)
            print(f"{'modules loaded by ' + command:<68} {verdict}")
    return 0 if held else 1


def _write_model(folder: Path, size: int) -> Path:
    path = folder / f"model-{size}.yaml"
    path.write_text(generate(size), encoding="utf-8")
    return path


def _figures(models: dict[int, Path], folder: Path, repeat: int) -> Iterator[Figure]:
    large, middle, small = models[10_000], models[1_000], models[50]
    for state, bound in (("on", 0.35), ("off", None)):
        yield Figure(
            f"positioned load of 10,000 elements / CSafeLoader, collector {state}",
            _ratio(_section(_READ, large, state), _section(_LOAD, large, state), repeat),
            bound,
        )
    yield Figure(
        "check of 10,000 elements / process with CSafeLoader only",
        _ratio(_process([ARCHGRAPH, "check", str(large), "--quiet"]), _process(_python(_LOAD, large, "on")), repeat),
        0.80,
    )
    yield Figure(
        "the same, the other process with its collector off",
        _ratio(_process([ARCHGRAPH, "check", str(large), "--quiet"]), _process(_python(_LOAD, large, "off")), repeat),
    )
    yield Figure(
        "check of 10,000 elements / check of 1,000 elements",
        _ratio(
            _process([ARCHGRAPH, "check", str(large), "--quiet"]),
            _process([ARCHGRAPH, "check", str(middle), "--quiet"]),
            repeat,
        ),
        12.0,
    )
    bare = folder / "bare.py"
    bare.write_text(_BARE_CLICK, encoding="utf-8")
    yield Figure(
        "archgraph --help / a bare click program's --help",
        _ratio(_process([ARCHGRAPH, "--help"]), _process([sys.executable, str(bare), "--help"]), 3 * repeat),
        1.30,
    )
    yield Figure(
        "validate of 50 elements / import yaml, click",
        _ratio(
            _process([ARCHGRAPH, "validate", str(small), "--quiet"]),
            _process([sys.executable, "-c", "import yaml, click"]),
            3 * repeat,
        ),
        2.50,
    )


def _ratio(first: Measure, second: Measure, repeat: int) -> float:
    """The ratio of the medians of two measures that take turns, after one turn that does not count."""
    first(), second()
    pairs = [(first(), second()) for _ in range(repeat)]
    return statistics.median(pair[0] for pair in pairs) / statistics.median(pair[1] for pair in pairs)


def _process(command: list[str]) -> Measure:
    """CPU time of a whole process."""

    def measure() -> float:
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)
        said = child.stderr.read() if child.stderr else ""
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.stderr:
            child.stderr.close()
        if child.returncode not in (0, 1):  # 1: check has findings
            raise SystemExit(f"{' '.join(command)} failed with {child.returncode}:\n{said}")
        return usage.ru_utime + usage.ru_stime

    return measure


def _section(script: str, model: Path, collector: str) -> Measure:
    """CPU time of the part of a fresh process that its script measures itself."""

    def measure() -> float:
        done = subprocess.run(
            _python(script, model, collector), capture_output=True, text=True, check=True, env=ENVIRONMENT
        )
        return float(done.stdout)

    return measure


def _python(script: str, model: Path, collector: str) -> list[str]:
    return [sys.executable, "-c", script, str(model), collector]


def _needless_imports(model: Path) -> Iterator[tuple[str, list[str]]]:
    """Which modules ``--help`` and ``validate`` load though neither needs them."""
    for arguments in (["--help"], ["validate", str(model)]):
        done = subprocess.run(
            [sys.executable, "-c", _MODULES, *arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=True,
        )
        loaded = set(done.stderr.splitlines()[-1].split())
        yield f"archgraph {arguments[0]}", [name for name in LAZY_MODULES if name in loaded]


_READ = """
import gc, sys, time
from pathlib import Path
from archgraph.source.diagnostics import Diagnostics
from archgraph.source.reader import read
text = Path(sys.argv[1]).read_text(encoding="utf-8")
gc.enable() if sys.argv[2] == "on" else gc.disable()
started = time.process_time()
read(text, "model.yaml", Diagnostics())
print(time.process_time() - started)
"""

_LOAD = """
import gc, sys, time
from pathlib import Path
import yaml
text = Path(sys.argv[1]).read_text(encoding="utf-8")
gc.enable() if sys.argv[2] == "on" else gc.disable()
started = time.process_time()
yaml.load(text, Loader=yaml.CSafeLoader)
print(time.process_time() - started)
"""

_BARE_CLICK = """
import click

@click.group()
def main() -> None:
    "A program with one command."

@main.command()
@click.argument("path")
def show(path: str) -> None:
    "Show a path."
    click.echo(path)

main()
"""

_MODULES = """
import sys
from archgraph.cli.main import cli
cli.main(standalone_mode=False)
print(*sorted(sys.modules), file=sys.stderr)
"""

if __name__ == "__main__":
    sys.exit(main())

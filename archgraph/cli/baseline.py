"""The file of ``check --baseline``: read before the run, compared with each model, written on request."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from archgraph.cli.main import OUTSIDE
from archgraph.cli.models import fail, write_or_fail

if TYPE_CHECKING:
    from archgraph.rules.results import Results


class BaselineFile:
    """A baseline on disk, or none. Exit 2 for one that is not there or cannot be read."""

    def __init__(self, path: Path | None, *, update: bool) -> None:
        if update and path is None:
            fail("--update-baseline needs --baseline FILE")
        self._path = path
        self._update = update
        if path is None:
            return
        from archgraph.rules.baseline import Baseline, read_baseline

        try:
            there = path.exists()
            if not there and not update:
                fail(f"{path} does not exist; --update-baseline writes it")
            self._baseline = read_baseline(path.read_text(encoding="utf-8")) if there else Baseline()
        except OSError as error:
            fail(f"{path} cannot be read: {error.strerror or error}", OUTSIDE)
        except ValueError as error:
            fail(f"{path} {error}")

    def compared(self, results: Results, *, quiet: bool) -> Results:
        """The results with known findings marked; says on stderr how many are new, known and resolved."""
        if self._path is None:
            return results
        from archgraph.rules.baseline import compare, updated

        found = compare(results, self._baseline)
        if not quiet:
            click.echo(
                f"{results.model}: {found.new} new, {found.known} known, {found.resolved} resolved since the baseline",
                err=True,
            )
        if self._update:
            self._baseline = updated(self._baseline, results)
            found = compare(results, self._baseline)
        return found.results

    def write(self) -> None:
        """Write the baseline if it was to be updated. Exit 3 if that fails."""
        if self._path is None or not self._update:
            return
        from archgraph.output import write_file
        from archgraph.rules.baseline import to_json

        path, content = self._path, to_json(self._baseline).encode()
        write_or_fail(lambda: write_file(path, content))

"""What every command on a model shares: its path, its options, loading it and saying what is wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from archgraph.cli.main import OUTSIDE, WRONG
from archgraph.dsl.load import Loaded, find_models, load
from archgraph.model.model import Model
from archgraph.source.messages import render

Command = TypeVar("Command", bound=Callable[..., Any])


class Day(click.ParamType[date]):
    """A date, or ``today``."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        if value == "today":
            return date.today()
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            self.fail(f"{value!r} is not a date; write it like 2026-10-31", param, ctx)


def one_path(command: Command) -> Command:
    """The argument PATH: one model."""
    return click.argument("path", type=click.Path(path_type=Path))(command)


def many_paths(command: Command) -> Command:
    """The argument PATH...: models, or folders of models."""
    return click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))(command)


def as_of_option(command: Command) -> Command:
    """The option ``--as-of``: the day on which waivers and attestations are judged."""
    return click.option(
        "--as-of",
        type=Day(),
        default="today",
        show_default=True,
        help="Judge waivers and attestations on this day.",
    )(command)


def quiet_option(command: Command) -> Command:
    """The option ``--quiet``: nothing on stderr but errors."""
    return click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors and what was asked for.")(command)


def use_colour(stream: Any = None) -> bool:
    """Whether to write colours: only to a terminal, and never with ``NO_COLOR`` set."""
    return not os.environ.get("NO_COLOR") and bool((stream or sys.stdout).isatty())


def terminal_width() -> int:
    """The width of the terminal in columns; 100 when there is none."""
    import shutil  # takes the compression libraries with it

    return shutil.get_terminal_size((100, 24)).columns


def expand(paths: tuple[Path, ...]) -> list[Path]:
    """The models that the paths mean. Exit 2 if a folder holds none."""
    found: list[Path] = []
    for path in paths:
        models = find_models(path)
        if not models:
            fail(f"{path} holds no model: neither an architecture.yaml nor folders with one")
        found.extend(models)
    return list(dict.fromkeys(found))


def load_all(paths: tuple[Path, ...], *, quiet: bool = False) -> Iterator[Model]:
    """The valid models of the paths, one after another. Exit 2 after saying what is wrong with one."""
    for path in expand(paths):
        yield load_one(path, quiet=quiet)


def load_one(path: Path, *, quiet: bool = False) -> Model:
    """The model at a path. Exit 2 after saying what is wrong with it."""
    loaded = load_checked(path)
    say_diagnostics(loaded, quiet=quiet)
    if loaded.model is None or loaded.diagnostics.has_errors:
        raise click.exceptions.Exit(WRONG)
    return loaded.model


def load_checked(path: Path) -> Loaded:
    """What a file says, with the queries of its views checked as well."""
    loaded = load(path)
    if loaded.model is not None and any(spec.cypher is not None for spec in loaded.model.views.values()):
        from archgraph.views.queries import check_queries  # few models have one, and others need no gate

        check_queries(loaded.model, loaded.diagnostics)
    return loaded


def say_diagnostics(loaded: Loaded, *, quiet: bool = False) -> None:
    """Write what is wrong with a model to stderr; warnings only if not quiet."""
    shown = loaded.diagnostics.errors if quiet else list(loaded.diagnostics)
    if shown:
        click.echo(render(shown, loaded.sources, colour=use_colour(sys.stderr)), err=True)


def fail(message: str, status: int = WRONG) -> NoReturn:
    """Leave with a message on stderr: 2 for what the user can mend, 3 for what failed outside."""
    click.echo(f"archgraph: {message}", err=True)
    raise click.exceptions.Exit(status)


def write_or_fail(write: Callable[[], None]) -> None:
    """Run a write to disk; exit 3 with the reason if it fails."""
    from archgraph.output import OutputError

    try:
        write()
    except OutputError as error:
        fail(str(error), OUTSIDE)

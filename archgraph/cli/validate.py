"""``archgraph validate``: is the model right?"""

from __future__ import annotations

import sys
from collections.abc import Sized
from pathlib import Path

import click

from archgraph.cli.config import ConfiguredCommand
from archgraph.cli.main import WRONG
from archgraph.cli.models import expand, load_checked, many_paths, quiet_option, use_colour
from archgraph.source.messages import render


@click.command("validate", cls=ConfiguredCommand)
@many_paths
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@quiet_option
def command(paths: tuple[Path, ...], strict: bool, quiet: bool) -> None:
    """Say whether each model at PATH is right, and everything that is wrong with it.

    PATH is a model file, a folder with an architecture.yaml, or a folder of such folders. Exits with
    2 if a model is wrong.
    """
    wrong = False
    for path in expand(paths):
        loaded = load_checked(path)
        errors, warnings = loaded.diagnostics.errors, loaded.diagnostics.warnings
        shown = errors if quiet and not strict else list(loaded.diagnostics)
        if shown:
            click.echo(render(shown, loaded.sources, colour=use_colour(sys.stdout)))
        wrong = wrong or bool(errors) or (strict and bool(warnings))
        if quiet:
            continue
        if loaded.model is not None and not errors:
            model = loaded.model
            said = f"{path}: {model.id}: {_count(model.elements, 'element')}, {_count(model.flows, 'flow')}"
            click.echo(said + (f", {_count(warnings, 'warning')}" if warnings else ""))
        else:
            click.echo(f"{path}: {_count(errors, 'error')}, {_count(warnings, 'warning')}")
    if wrong:
        raise click.exceptions.Exit(WRONG)


def _count(things: Sized, noun: str) -> str:
    return f"{len(things)} {noun}" + ("" if len(things) == 1 else "s")

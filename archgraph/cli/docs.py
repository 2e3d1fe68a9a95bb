"""``archgraph docs``: the page of a model."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from archgraph.cli.config import ConfiguredCommand
from archgraph.cli.models import as_of_option, fail, load_one, one_path, quiet_option, write_or_fail
from archgraph.cli.ruleset import OwnRules, rules_option


@click.command("docs", cls=ConfiguredCommand)
@one_path
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file instead of stdout.")
@rules_option
@as_of_option
@quiet_option
@click.pass_context
def command(
    ctx: click.Context, path: Path, output: Path | None, places: tuple[str, ...], as_of: date, quiet: bool
) -> None:
    """Write the page of the model at PATH as Markdown: inventory, flows, addresses, findings.

    `archgraph build` writes the same page together with the pictures that it shows.
    """
    from archgraph import api

    model = load_one(path, quiet=quiet)
    own = OwnRules(places).for_types(model.catalog)
    try:
        text = api.build(model, as_of=as_of, settings=ctx.meta["archgraph.rules"], own_rules=own)["index.md"].decode()
    except ValueError as error:
        fail(str(error))
    if output is None:
        click.echo(text, nl=False)
        return
    from archgraph.output import write_file

    write_or_fail(lambda: write_file(output, text.encode()))

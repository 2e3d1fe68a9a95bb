"""``archgraph review``: what is known about each practice of the framework, and what to answer next."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from archgraph.cli.config import ConfiguredCommand
from archgraph.cli.models import as_of_option, fail, load_one, one_path, quiet_option, write_or_fail
from archgraph.cli.ruleset import OwnRules, rules_option


@click.command("review", cls=ConfiguredCommand)
@one_path
@click.option(
    "-f",
    "--format",
    "format_",
    type=click.Choice(["markdown", "json"]),
    default="markdown",
    show_default=True,
    help="How to write it.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file instead of stdout.")
@rules_option
@as_of_option
@quiet_option
@click.pass_context
def command(
    ctx: click.Context,
    path: Path,
    format_: str,
    output: Path | None,
    places: tuple[str, ...],
    as_of: date,
    quiet: bool,
) -> None:
    """Write the review of the model at PATH by the AWS Well-Architected Framework.

    Each practice is checked by rules, attested by the team, or open; what to answer next comes first.
    `archgraph build` writes the same as review.md.
    """
    from archgraph import api
    from archgraph.output import write_file

    model = load_one(path, quiet=quiet)
    own = OwnRules(places).for_types(model.catalog)
    try:
        results = api.check(model, as_of=as_of, settings=ctx.meta["archgraph.rules"], own_rules=own)
    except ValueError as error:
        fail(str(error))
    review = api.review(model, results, as_of=as_of)
    if format_ == "json":
        from archgraph.reports.review import to_json

        text = to_json(review)
    else:
        from archgraph.documents.review import review_page

        text = review_page(review)
    if output is None:
        click.echo(text, nl=False)
    else:
        write_or_fail(lambda: write_file(output, text.encode()))

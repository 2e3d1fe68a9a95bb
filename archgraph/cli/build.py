"""``archgraph build``: everything about models, into the output folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from archgraph.cli.config import ConfiguredCommand
from archgraph.cli.main import FINDINGS, OUTSIDE
from archgraph.cli.models import as_of_option, fail, load_all, many_paths, quiet_option, write_or_fail
from archgraph.cli.ruleset import SEVERITIES, OwnRules, profile_option, read_profile, rules_option, selection, threshold


@click.command("build", cls=ConfiguredCommand)
@many_paths
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default="output",
    show_default=True,
    help="The output folder; each model gets a folder named by its id.",
)
@click.option("--check", "check_", is_flag=True, help="Write nothing; exit with 1 if the output is not current.")
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    default="never",
    show_default=True,
    help="Exit with 1 for findings of this severity or above.",
)
@rules_option
@profile_option
@as_of_option
@quiet_option
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[Path, ...],
    output: Path,
    check_: bool,
    fail_on: str,
    places: tuple[str, ...],
    profile: str | None,
    as_of: date,
    quiet: bool,
) -> None:
    """Write pictures, pages, findings and graph of the models at PATH into the output folder.

    The folder of a model is replaced whole or not at all. Set `as_of` in archgraph.toml so that
    committed output stays current until you move the day.
    """
    from archgraph.build import artifacts
    from archgraph.output import differences, write
    from archgraph.rules.results import Severity

    chosen = read_profile(ctx, profile)
    least = threshold(ctx, chosen)
    wanted = selection(chosen)
    own = OwnRules(places)
    models = list(load_all(paths, quiet=quiet))
    ids = [model.id for model in models]
    for twice in sorted({name for name in ids if ids.count(name) > 1}):
        fail(f"two models have the id '{twice}' and would share an output folder")
    failed = crashed = False
    for model in models:
        try:
            files, results = artifacts(
                model,
                as_of=as_of,
                settings=ctx.meta["archgraph.rules"],
                selection=wanted,
                own_rules=own.for_types(model.catalog),
            )
        except ValueError as error:
            fail(str(error))
        folder = output / model.id
        if check_:
            found = differences(files, folder)
            for line in found:
                click.echo(f"{folder}: {line}")
            failed = failed or bool(found)
            if not found and not quiet:
                click.echo(f"{folder}: current")
        else:
            write_or_fail(lambda files=files, folder=folder: write(files, folder))  # type: ignore[misc]
            if not quiet:
                click.echo(f"{folder}: {len(files)} files, {len(results.findings())} findings")
        failed = failed or (least != "never" and bool(results.findings(Severity(least))))
        crashed = crashed or bool(results.crashes)
        for crash in results.crashes:
            click.echo(f"archgraph: rule {crash.rule} crashed: {crash.error}", err=True)
    if crashed:
        raise click.exceptions.Exit(OUTSIDE)
    if failed:
        raise click.exceptions.Exit(FINDINGS)

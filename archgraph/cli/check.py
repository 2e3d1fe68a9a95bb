"""``archgraph check``: review models by the Well-Architected rules."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archgraph import __version__
from archgraph.cli.baseline import BaselineFile
from archgraph.cli.config import ConfiguredCommand
from archgraph.cli.main import FINDINGS, OUTSIDE
from archgraph.cli.models import (
    as_of_option,
    fail,
    load_all,
    many_paths,
    quiet_option,
    terminal_width,
    use_colour,
    write_or_fail,
)
from archgraph.cli.ruleset import SEVERITIES, OwnRules, profile_option, read_profile, rules_option, selection, threshold

if TYPE_CHECKING:
    from archgraph.rules.results import Results

FORMATS = ("text", "json", "sarif", "junit", "markdown")


@click.command("check", cls=ConfiguredCommand)
@many_paths
@click.option(
    "-f",
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How to report on stdout.",
)
@click.option(
    "--report",
    "reports",
    multiple=True,
    metavar="FORMAT=FILE",
    help="Write a report to a file as well; may be repeated.",
)
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    default="high",
    show_default=True,
    help="Exit with 1 for findings of this severity or above.",
)
@click.option("--rule", "only", multiple=True, metavar="ID", help="Run only this rule, or a glob; may be repeated.")
@click.option("--exclude", multiple=True, metavar="ID", help="Do not run this rule, or a glob; may be repeated.")
@click.option(
    "--pillar", "pillars", multiple=True, metavar="NAME", help="Run only rules of this pillar; may be repeated."
)
@rules_option
@profile_option
@click.option("--baseline", type=click.Path(path_type=Path), help="A file of findings that are known and do not fail.")
@click.option("--update-baseline", "update", is_flag=True, help="Write the findings of this run to the baseline.")
@as_of_option
@click.option("-v", "--verbose", is_flag=True, help="Say on stderr how long each rule took.")
@quiet_option
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[Path, ...],
    format_: str,
    reports: tuple[str, ...],
    fail_on: str,
    only: tuple[str, ...],
    exclude: tuple[str, ...],
    pillars: tuple[str, ...],
    places: tuple[str, ...],
    profile: str | None,
    baseline: Path | None,
    update: bool,
    as_of: date,
    verbose: bool,
    quiet: bool,
) -> None:
    """Review the models at PATH by the Well-Architected rules.

    Each result is pass, fail, unknown (the model does not say), not applicable or waived. Exits with
    1 if there are findings at or above --fail-on that the baseline does not know, 2 if a model is wrong.
    """
    from archgraph import api
    from archgraph.rules.results import Severity

    files = [_report(text) for text in reports]
    known = BaselineFile(baseline, update=update)
    chosen = read_profile(ctx, profile)
    wanted = selection(chosen, rules=only, exclude=exclude, pillars=pillars)
    least = threshold(ctx, chosen)
    own = OwnRules(places)
    failed = crashed = False
    models = list(load_all(paths, quiet=quiet))
    if len(models) > 1 and (format_ != "text" or files):
        fail("machine-readable reports are for one model; name one PATH")
    for model in models:
        times: dict[str, float] = {}
        try:
            results = api.check(
                model,
                as_of=as_of,
                settings=ctx.meta["archgraph.rules"],
                selection=wanted,
                own_rules=own.for_types(model.catalog),
                timed=times.__setitem__ if verbose else None,
            )
        except ValueError as error:
            fail(str(error))
        results = known.compared(results, quiet=quiet)
        click.echo(_written(results, format_, as_of), nl=False)
        for kind, path in files:
            content = _written(results, kind, as_of, to_file=True).encode()
            write_or_fail(lambda path=path, content=content: _write(path, content))  # type: ignore[misc]
        failed = failed or (least != "never" and bool(results.new_findings(Severity(least))))
        crashed = crashed or bool(results.crashes)
        for name, seconds in sorted(times.items(), key=lambda pair: -pair[1]):
            click.echo(f"{seconds * 1000:9.1f} ms  {name}", err=True)
        for crash in results.crashes:
            click.echo(f"archgraph: rule {crash.rule} crashed: {crash.error}", err=True)
    known.write()
    if crashed:
        raise click.exceptions.Exit(OUTSIDE)
    if failed:
        raise click.exceptions.Exit(FINDINGS)


def _report(text: str) -> tuple[str, Path]:
    kind, equals, name = text.partition("=")
    if not equals or kind not in FORMATS or not name:
        fail(f"--report {text!r} is not FORMAT=FILE with one of {', '.join(FORMATS)}")
    return kind, Path(name)


def _written(results: Results, kind: str, as_of: date, *, to_file: bool = False) -> str:
    if kind == "text":
        from archgraph.reports.text import to_text

        return to_text(results) if to_file else to_text(results, colour=use_colour(), width=terminal_width())
    if kind == "json":
        from archgraph.reports.json import to_json

        return to_json(results, as_of=as_of)
    if kind == "sarif":
        from archgraph.reports.sarif import to_sarif

        return to_sarif(results, version=__version__)
    if kind == "junit":
        from archgraph.reports.junit import to_junit

        return to_junit(results)
    from archgraph.reports.markdown import to_markdown

    return to_markdown(results)


def _write(path: Path, content: bytes) -> None:
    from archgraph.output import write_file

    write_file(path, content)

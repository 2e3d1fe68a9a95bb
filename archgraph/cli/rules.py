"""``archgraph rules``: the rules that there are, and the user's own: begun from a template, and tested."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from archgraph.cli.main import FINDINGS
from archgraph.cli.models import as_of_option, fail, write_or_fail
from archgraph.cli.ruleset import load_rules, read_pillar


@click.group("rules")
def command() -> None:
    """The rules by which models are reviewed."""


@command.command("list")
@click.argument("places", metavar="[PATH]...", nargs=-1)
@click.option(
    "-f",
    "--format",
    "format_",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How to write them.",
)
def list_rules(places: tuple[str, ...], format_: str) -> None:
    """List the built-in rules, or the own rules at PATH: a file, a folder or an installed package."""
    from archgraph.reports.rules_reference import to_json, to_markdown
    from archgraph.reports.text import plain
    from archgraph.rules.registry import builtin_rules

    rules = load_rules(places).rules if places else builtin_rules()
    if format_ == "json":
        click.echo(to_json(rules), nl=False)
    elif format_ == "markdown":
        click.echo(to_markdown(rules, own=bool(places)), nl=False)
    else:
        width = max(len(rule.id) for rule in rules)
        for rule in rules:
            click.echo(f"{rule.id:<{width}}  {rule.severity:<8}  {plain(rule.title)}")


@command.command("new")
@click.argument("id_", metavar="ID")
@click.option("--pillar", default="security", show_default=True, help="The pillar that the rule belongs to.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file instead of stdout.")
def new_rule(id_: str, pillar: str, output: Path | None) -> None:
    """Write a rule to start from, with cases that pass. ID is in words joined by '-', like acme-bucket-owner."""
    from archgraph.output import write_file
    from archgraph.rules.own_rules.starter import starter

    try:
        text = starter(id_, read_pillar(pillar))
    except ValueError as error:
        fail(str(error))
    if output is None:
        click.echo(text, nl=False)
    elif output.exists():
        fail(f"{output} exists already")
    else:
        write_or_fail(lambda: write_file(output, text.encode()))


@command.command("test")
@click.argument("places", metavar="PATH...", nargs=-1, required=True)
@as_of_option
def test_rules(places: tuple[str, ...], as_of: date) -> None:
    """Run the cases of the own rules at PATH: a file, a folder or an installed package.

    Exits with 1 if a case does not give what it expects or a rule has no case, 2 if a rule is malformed.
    """
    from archgraph.reports.text import plain
    from archgraph.rules.own_rules.cases import run_case

    failed = False
    for own in load_rules(places).found:
        wrong = 0
        for case in own.cases:
            problems = run_case(own.rule, case, as_of=as_of)
            wrong += bool(problems)
            for problem in problems:
                click.echo(plain(f"{case.location}: {own.rule.id}: {case.name}: {problem}"))
        if not own.cases:
            click.echo(f"{own.location}: {own.rule.id}: has no case")
        else:
            noun = "case" if len(own.cases) == 1 else "cases"
            click.echo(f"{own.rule.id}: {len(own.cases) - wrong} of {len(own.cases)} {noun} passed")
        failed = failed or wrong > 0 or not own.cases
    if failed:
        raise click.exceptions.Exit(FINDINGS)

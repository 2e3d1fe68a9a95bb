"""``archgraph rules``: the rules that there are."""

from __future__ import annotations

import click


@click.group("rules")
def command() -> None:
    """The rules by which models are reviewed."""


@command.command("list")
@click.option(
    "-f",
    "--format",
    "format_",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How to write them.",
)
def list_rules(format_: str) -> None:
    """List all rules."""
    from archgraph.reports.rules_reference import to_json, to_markdown
    from archgraph.rules.registry import builtin_rules

    rules = builtin_rules()
    if format_ == "json":
        click.echo(to_json(rules), nl=False)
    elif format_ == "markdown":
        click.echo(to_markdown(rules), nl=False)
    else:
        width = max(len(rule.id) for rule in rules)
        for rule in rules:
            click.echo(f"{rule.id:<{width}}  {rule.severity:<8}  {rule.title}")

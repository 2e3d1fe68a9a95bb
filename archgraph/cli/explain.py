"""``archgraph explain``: what lies behind an id: of a rule, a practice, an error code or a finding."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import click

from archgraph.cli.config import ConfiguredCommand
from archgraph.cli.models import as_of_option, fail, load_one
from archgraph.cli.ruleset import OwnRules, rules_option
from archgraph.source.codes import CODES
from archgraph.source.diagnostics import did_you_mean


@click.command("explain", cls=ConfiguredCommand)
@click.argument("name", metavar="RULE|PRACTICE|CODE|FINGERPRINT")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@rules_option
@as_of_option
@click.pass_context
def command(ctx: click.Context, name: str, path: Path | None, places: tuple[str, ...], as_of: date) -> None:
    """Explain a rule (rel-nat-not-per-az), a practice (REL10-BP01), an error code (AG407), or, with the
    PATH of its model, a finding by its fingerprint (or the first digits of it)."""
    from archgraph.reports.explain import explain_practice, explain_result, explain_rule
    from archgraph.rules.framework import practices
    from archgraph.rules.registry import builtin_rules

    model = load_one(path, quiet=True) if path is not None else None
    own = OwnRules(places).for_types(model.catalog if model else None)
    rules = {rule.id: rule for rule in (*builtin_rules(), *own)}
    if name in rules:
        click.echo(explain_rule(rules[name]), nl=False)
    elif name.upper() in CODES:
        code = CODES[name.upper()]
        click.echo(f"{name.upper()}: {code.title} ({'warning' if code.warning else 'error'})\n\n{code.explanation}")
    elif name.upper() in practices():
        click.echo(explain_practice(practices()[name.upper()], list(rules.values())), nl=False)
    elif re.fullmatch(r"[0-9a-f]{6,32}", name):
        if model is None:
            fail("a finding is explained with its model: archgraph explain FINGERPRINT PATH")
        from archgraph import api

        try:
            results = api.check(model, as_of=as_of, settings=ctx.meta["archgraph.rules"], own_rules=own)
        except ValueError as error:
            fail(str(error))
        found = [result for result in results.results if result.fingerprint.startswith(name)]
        if len(found) != 1:
            fail(f"{'several results begin' if found else 'no result begins'} with {name}")
        click.echo(explain_result(found[0], rules[found[0].rule]), nl=False)
    else:
        hint = did_you_mean(name, [*rules, *practices(), *CODES])
        fail(f"nothing is called {name!r}" + (f"; {hint}" if hint else "; `archgraph rules list` names the rules"))

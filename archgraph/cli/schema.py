"""``archgraph schema``: the JSON Schema of the language."""

from __future__ import annotations

from pathlib import Path

import click

from archgraph.cli.models import load_one, write_or_fail


@click.command("schema")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file instead of stdout.")
def command(path: Path | None, output: Path | None) -> None:
    """Write the JSON Schema (draft 7) of the language, for completion and checks in editors.

    With PATH, the own types of that model are in it too.
    """
    from archgraph.catalog.catalog import builtin
    from archgraph.dsl.schema import schema_text

    text = schema_text(load_one(path).catalog if path else builtin())
    if output is None:
        click.echo(text, nl=False)
        return
    from archgraph.output import write_file

    write_or_fail(lambda: write_file(output, text.encode()))

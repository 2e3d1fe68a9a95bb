"""``archgraph query``: ask in Cypher."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from archgraph.cli.config import ConfiguredCommand
from archgraph.cli.models import fail, load_one, one_path, quiet_option, terminal_width

INTERNET_REACH = """\
MATCH (:Internet)-[reach:REACHES]->(n)
UNWIND range(0, size(reach.evidence) - 1) AS hop
RETURN n.id AS element, n.type AS type, reach.ports AS ports, reach.certainty AS certainty,
       hop + 1 AS hop, reach.evidence[hop] AS evidence
ORDER BY element, hop"""
"""The question that is asked when none is: what can the internet reach, and how, hop by hop?"""


@click.command("query", cls=ConfiguredCommand)
@one_path
@click.argument("text", metavar="[CYPHER]", required=False)
@click.option(
    "-p",
    "--param",
    "params",
    multiple=True,
    metavar="KEY=VALUE",
    help="A query parameter; JSON if it parses, else text.",
)
@click.option(
    "-f",
    "--format",
    "format_",
    type=click.Choice(["table", "json", "csv", "markdown"]),
    default="table",
    show_default=True,
    help="How to write the rows.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 3600),
    default=10,
    show_default=True,
    help="Seconds after which the query is stopped.",
)
@click.option("--limit", type=click.IntRange(1, 10_000_000), default=10_000, show_default=True, help="Rows at most.")
@quiet_option
def command(
    path: Path,
    text: str | None,
    params: tuple[str, ...],
    format_: str,
    timeout: float,
    limit: int,
    quiet: bool,
) -> None:
    """Ask the graph of the model at PATH a question in Cypher.

    CYPHER may be `-` for standard input. Without it, the answer is what the internet can reach, with
    evidence. docs/cypher.md describes labels, relationships and the portable subset.
    """
    from archgraph import api
    from archgraph.query.errors import QueryError
    from archgraph.query.formats import to_csv, to_json, to_markdown, to_table
    from archgraph.query.gate import read_parameters

    model = load_one(path, quiet=quiet)
    if text == "-":
        text = sys.stdin.buffer.read().decode("utf-8", errors="replace")
    try:
        answer = api.query(model, text or INTERNET_REACH, read_parameters(params), timeout=timeout, limit=limit)
    except QueryError as error:
        fail(str(error))
    writers: dict[str, Callable[[], str]] = {
        "table": lambda: to_table(answer, terminal_width() if sys.stdout.isatty() else None),
        "json": lambda: to_json(answer),
        "csv": lambda: to_csv(answer),
        "markdown": lambda: to_markdown(answer),
    }
    click.echo(writers[format_](), nl=False)
    if answer.truncated and not quiet:
        click.echo(f"archgraph: stopped at {limit} rows; raise --limit for more", err=True)

"""``archgraph paths``: whether one element can open a connection to another, hop by hop."""

from __future__ import annotations

from pathlib import Path

import click

from archgraph.cli.config import ConfiguredCommand
from archgraph.cli.main import DONE, FINDINGS
from archgraph.cli.models import fail, load_one, quiet_option
from archgraph.model.model import Model
from archgraph.source.diagnostics import did_you_mean


@click.command("paths", cls=ConfiguredCommand)
@click.argument("path", type=click.Path(path_type=Path))
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("-p", "--port", metavar="N|udp/N", help="Ask for one port (443, udp/53) or a range; any without.")
@click.option(
    "-f",
    "--format",
    "format_",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="How to write the answer.",
)
@quiet_option
@click.pass_context
def command(
    ctx: click.Context, path: Path, source: str, target: str, port: str | None, format_: str, quiet: bool
) -> None:
    """Say whether FROM can open a connection to TO, and which hops let it pass or block it.

    FROM and TO are ids of elements of the model at PATH; FROM may be `internet`, which is anyone
    there. Exits with 0 if the way is open, and with 1 if it is blocked or not known.
    """
    from archgraph import api
    from archgraph.analysis.reachability import INTERNET_END, NoEnd, PathVerdict
    from archgraph.catalog.values import read_ports
    from archgraph.reports.paths import path_json, path_text

    try:
        ports = read_ports(port) if port is not None else None
    except ValueError as error:
        fail(f"--port {port!r} {error}")
    model = load_one(path, quiet=quiet)
    if source != INTERNET_END:
        _known(model, source)
    _known(model, target)
    try:
        found = api.facts(model).reachability.path(source, target, ports)
    except NoEnd as error:
        fail(str(error))
    write = path_json if format_ == "json" else path_text
    click.echo(write(found, str(ports) if ports is not None else None), nl=False)
    ctx.exit(DONE if found.verdict is PathVerdict.OPEN else FINDINGS)


def _known(model: Model, name: str) -> None:
    """Leave with a suggestion if the model has no element of that name."""
    if name not in model.elements:
        hint = did_you_mean(name, model.elements)
        fail(f"{model.id} has no element {name[:60]!r}" + (f"; {hint}" if hint else ""))
